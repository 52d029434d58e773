"""A role that a service of AWS takes for a part of a stack, which may do what is listed."""

from collections.abc import Sequence

import pulumi
from pulumi_aws import iam

from infra.aws.identity import assumed_by
from infra.aws.policies import Grant, identity_policy
from infra.names import tags


class ServiceRole(pulumi.ComponentResource):
    """A role that one service alone can take.

    Attributes:
        arn: by which the service is given it.
    """

    def __init__(
        self,
        name: str,
        stack: str,
        service: str,
        grants: Sequence[Grant],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build it.

        Arguments:
            name: of the role.
            stack: name of the stack.
            service: that takes it, such as lambda.amazonaws.com.
            grants: all that it may do.
            opts: of the component.
        """
        super().__init__("windtunnel:aws:ServiceRole", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        role = iam.Role(
            name, assume_role_policy=assumed_by(service), tags=tags(stack, name), opts=inside
        )
        policy = iam.RolePolicy(name, role=role.id, policy=identity_policy(grants), opts=inside)
        # Whoever takes the role finds it with all that it may do.
        self.arn = pulumi.Output.all(role.arn, policy.id).apply(lambda known: str(known[0]))
        self.register_outputs({"arn": self.arn})
