"""Policies of identities that AWS would find too long: refused before anything is registered."""

import pulumi

from infra.access import granted_by
from infra.aws import efs_policies, object_store
from infra.aws.policies import Statement, document
from infra.builders import Place
from infra.names import bucket_name
from models.catalog.providers.aws import Implementation
from models.description.identities import Permission
from models.parts.stores.file_system import FileSystem
from models.parts.stores.object_store import ObjectStore

# IAM user guide, "IAM and AWS STS quotas": characters of all policies in a user, a group and a
# role, white space not counted (2026-11-28).
LONGEST = {"user": 2048, "group": 5120, "role": 10_240}
# Of what roles of nodes may do beside stores: packages, states, queues, logs, images, sessions.
BESIDE = 3000
_FILE_SYSTEM = "fs-0123456789abcdef0"


def refuse_long_policies(place: Place) -> None:
    """Stop where an identity has permissions for more stores than a policy has room for.

    Arguments:
        place: where the stack is built.

    Raises:
        pulumi.RunError: AWS would refuse the policy.
    """
    for name, one in place.stack.identities.items():
        size = _size(one.permissions, place)
        most = LONGEST[one.kind] - (BESIDE if one.kind == "role" else 0)
        if size > most:
            hint = "let it be in a group that has them" if one.kind == "user" else "name fewer"
            raise pulumi.RunError(
                f"identities.{name}.permissions: are a policy of {size:,} characters, and AWS takes"
                f" {most:,} of a {one.kind}; {hint}, or let stores have permissions for it"
            )


def _size(permissions: tuple[Permission, ...], place: Place) -> int:
    stack, statements = place.stack, list[Statement]()
    for store, terms in granted_by(permissions, stack).items():
        described = stack.storage[store]
        if isinstance(described, ObjectStore):
            bucket = bucket_name(stack.name, store, place.owner, place.region)
            arn = f"arn:aws:s3:::{bucket}"
            statements += [one for each in terms for one in object_store.statements_on(arn, each)]
        elif isinstance(described, FileSystem) and _has_policies(described, place):
            where = f"arn:aws:elasticfilesystem:{place.region}:{place.owner}"
            arn = f"{where}:file-system/{_FILE_SYSTEM}"
            statements += [one for each in terms for one in efs_policies.statements_on(arn, each)]
    return len("".join(document(statements).split()))


def _has_policies(store: FileSystem, place: Place) -> bool:
    return place.service(str(store.service)).implementation is Implementation.EFS
