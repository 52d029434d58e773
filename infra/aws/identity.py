"""An identity on AWS: the role of a node group, which may do what was listed and nothing else."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import iam

from infra.names import tags

OBJECTS = {
    "read": ["s3:GetObject"],
    # An abandoned part of an upload is billed, so who may write may also abort.
    "write": ["s3:PutObject", "s3:AbortMultipartUpload"],
}
FILES = {
    "read": ["elasticfilesystem:ClientMount"],
    # EFS belongs to root at first; without root access nobody could create anything.
    "write": [
        "elasticfilesystem:ClientMount",
        "elasticfilesystem:ClientWrite",
        "elasticfilesystem:ClientRootAccess",
    ],
}
ASSUMED_BY_INSTANCES = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


@dataclass(frozen=True)
class Grant:
    """What a role may do with one store.

    Arguments:
        arn: of the bucket or the file system.
        kind: object for a bucket, nas for a file system.
        access: read, write or both.
    """

    arn: pulumi.Input[str]
    kind: str
    access: Sequence[str]


@dataclass(frozen=True)
class IdentityArguments:
    """What a role is made of.

    Arguments:
        stack: name of the stack.
        grants: all that it may do.
    """

    stack: str
    grants: Sequence[Grant]


class Identity(pulumi.ComponentResource):
    """A role that only instances can take: no user, no key that could leak.

    It may not use Systems Manager: its managed policy would let a node read every parameter of
    the account. Whoever wants its shell adds the policy and says so.

    Attributes:
        instance_profile_arn: what the launch template of the nodes names.
    """

    def __init__(
        self, name: str, arguments: IdentityArguments, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("windtunnel:aws:Identity", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        role = iam.Role(
            name,
            assume_role_policy=json.dumps(ASSUMED_BY_INSTANCES),
            tags=tags(arguments.stack, name),
            opts=inside,
        )
        if arguments.grants:
            kinds = [(grant.kind, tuple(grant.access)) for grant in arguments.grants]
            arns = pulumi.Output.all(*(grant.arn for grant in arguments.grants))
            iam.RolePolicy(
                name,
                role=role.id,
                policy=arns.apply(lambda known: policy(list(zip(known, kinds, strict=True)))),
                opts=inside,
            )
        profile = iam.InstanceProfile(
            name, role=role.name, tags=tags(arguments.stack, name), opts=inside
        )
        self.instance_profile_arn = profile.arn
        self.register_outputs({"instance_profile_arn": self.instance_profile_arn})


def policy(grants: Sequence[tuple[str, tuple[str, Sequence[str]]]]) -> str:
    """The least that lets a role do what was listed.

    Arguments:
        grants: for each store its ARN, its kind and the access.
    """
    statements = [
        statement for arn, (kind, access) in grants for statement in _statements(arn, kind, access)
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _statements(arn: str, kind: str, access: Sequence[str]) -> list[Mapping[str, Any]]:
    if kind == "nas":
        return [_allow(_actions(FILES, access), arn)]
    objects = _allow(_actions(OBJECTS, access), f"{arn}/*")
    # Who reads must find; who only writes needs no list of what others wrote.
    return [_allow(["s3:ListBucket"], arn), objects] if "read" in access else [objects]


def _actions(table: Mapping[str, Sequence[str]], access: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(action for right in access for action in table[right]))


def _allow(actions: list[str], resource: str) -> Mapping[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}
