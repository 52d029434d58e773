"""An identity on AWS: the role of a node group, which may do what was listed and nothing else."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import iam

from infra.names import tags

Statement = Mapping[str, Any]
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
        arn: of what holds the store.
        statements: of the policy, once the ARN is known.
    """

    arn: pulumi.Input[str]
    statements: Callable[[str], list[Statement]]


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
            statements = [grant.statements for grant in arguments.grants]
            arns = pulumi.Output.all(*(grant.arn for grant in arguments.grants))
            iam.RolePolicy(
                name,
                role=role.id,
                policy=arns.apply(lambda known: policy(zip(known, statements, strict=True))),
                opts=inside,
            )
        profile = iam.InstanceProfile(
            name, role=role.name, tags=tags(arguments.stack, name), opts=inside
        )
        self.instance_profile_arn = profile.arn
        self.register_outputs({"instance_profile_arn": self.instance_profile_arn})


def policy(grants: Iterable[tuple[str, Callable[[str], list[Statement]]]]) -> str:
    """The least that lets a role do what was listed.

    Arguments:
        grants: for each store its ARN, and the statements of that.
    """
    statements = [one for arn, statements in grants for one in statements(arn)]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def allow(actions: Mapping[str, Sequence[str]], rights: Sequence[str], resource: str) -> Statement:
    """A statement that allows what some rights mean.

    Arguments:
        actions: of each right.
        rights: list, read and write, or some of them.
        resource: its ARN.
    """
    wanted = list(dict.fromkeys(action for right in rights for action in actions[right]))
    return {"Effect": "Allow", "Action": wanted, "Resource": resource}
