"""A role that a service of AWS takes for a part of a stack, which may do what is listed."""

from collections.abc import Sequence

import pulumi
from pulumi_aws import iam

from infra.aws.identity import assumed_by, role
from infra.aws.policies import Grant, identity_policy


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
        made = role(name, stack, assumed_by(service), inside)
        policy = iam.RolePolicy(name, role=made.id, policy=identity_policy(grants), opts=inside)
        # Whoever takes the role finds it with all that it may do.
        self.arn = pulumi.Output.all(made.arn, policy.id).apply(lambda known: str(known[0]))
        self.register_outputs({"arn": self.arn})
