"""What policies say of EFS: who may mount it, and that nobody does without TLS."""

from infra.access import Granted
from infra.aws.policies import Statement, allow, said

ACTIONS = {  # on EFS
    "list": ["elasticfilesystem:ClientMount"],
    "read": ["elasticfilesystem:ClientMount"],
    # EFS belongs to root at first; without root access nobody could create anything.
    "write": ["elasticfilesystem:ClientWrite", "elasticfilesystem:ClientRootAccess"],
}


def statements_on(arn: str, granted: Granted) -> list[Statement]:
    """What a permission is on EFS.

    Arguments:
        arn: of the file system.
        granted: by the permission.
    """
    return [said(granted, allow(ACTIONS, granted.rights, arn))]


def only_roles_over_tls(arn: str) -> Statement:
    """Refuses every request to EFS that is not encrypted on its way.

    With a policy in place EFS no longer lets in whoever reaches it: a role needs a permission.

    Arguments:
        arn: of the file system.
    """
    return {
        "Sid": "OnlyOverTls",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "*",
        "Resource": arn,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
