"""A role of a service of AWS with policies of AWS itself, where the service demands these."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi_aws import iam

from infra.aws.identity import assumed_by, role
from infra.aws.policies import Grant, identity_policy

_MANAGED = "arn:aws:iam::aws:policy"


class ManagedRole(pulumi.ComponentResource):
    """A role that one service alone can take.

    Attributes:
        arn: of the role.
        parts: what it may do, on which whoever takes it at once must wait.
    """

    def __init__(
        self,
        name: str,
        stack: str,
        service: str,
        policies: Sequence[str],
        grants: Sequence[Grant] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build it.

        Arguments:
            name: of the role.
            stack: name of the stack.
            service: that takes it, as policies call it.
            policies: of AWS, by name.
            grants: what else it may do.
            opts: of the component.
        """
        super().__init__("windtunnel:aws:ManagedRole", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        made = role(name, stack, assumed_by(service), inside)
        given: list[pulumi.Resource] = [
            iam.RolePolicyAttachment(
                f"{name}-{one}", role=made.id, policy_arn=f"{_MANAGED}/{one}", opts=inside
            )
            for one in policies
        ]
        if grants:
            policy = identity_policy(grants)
            given.append(iam.RolePolicy(name, role=made.id, policy=policy, opts=inside))
        # A cluster that loses them before its nodes are gone could not end these.
        self.parts = given
        self.arn: pulumi.Output[str] = made.arn
        self.register_outputs({"arn": self.arn})
