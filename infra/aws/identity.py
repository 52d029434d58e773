"""Identities on AWS: the role of a node group, users and their groups; each may do what is listed.

Each is built before the stores, whose own policies name it, and gets its policy after them.
"""

import json
from collections.abc import Sequence

import pulumi
from pulumi_aws import iam

from infra.aws.policies import Grant, identity_policy
from infra.names import fitting_name, tags

INSTANCES = "ec2.amazonaws.com"
PODS = "pods.eks.amazonaws.com"
LONGEST_ROLE = 64  # characters of its name


def assumed_by(service: str) -> str:
    """The policy of a role that one service alone can take.

    Arguments:
        service: as policies call it.
    """
    # EKS tags the session with the cluster and the account of the pod (Amazon EKS user guide,
    # "Assign an IAM role to a Kubernetes service account").
    tagged = ["sts:AssumeRole", "sts:TagSession"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": tagged if service == PODS else "sts:AssumeRole",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def role(name: str, stack: str, trust: str, opts: pulumi.ResourceOptions, **more: str) -> iam.Role:
    """A role, whose name fits whatever it is for.

    Arguments:
        name: of the part of the stack.
        stack: name of the stack.
        trust: the policy that says who takes it.
        opts: of the resource.
        more: further tags.
    """
    return iam.Role(
        name,
        name=fitting_name(stack, name, LONGEST_ROLE),
        assume_role_policy=trust,
        tags={**tags(stack, name), **more},
        opts=opts,
    )


class Identity(pulumi.ComponentResource):
    """A role that only instances can take, or one service: no user, no key that could leak.

    It never has the managed policy of Systems Manager, which would let a node read every parameter
    of the account.

    Attributes:
        arn: what the policies of stores call it.
        parts: it and what it may do, on which whoever takes it at once must wait.
    """

    def __init__(
        self,
        name: str,
        stack: str,
        service: str = INSTANCES,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("windtunnel:aws:Identity", name, None, opts)
        self._name = name
        self._inside = pulumi.ResourceOptions(parent=self)
        self._role = role(name, stack, assumed_by(service), self._inside)
        self.arn = self._role.arn
        self.parts: list[pulumi.Resource] = [self]
        self._profile: iam.InstanceProfile | None = None
        if service == INSTANCES:
            self._profile = iam.InstanceProfile(
                name, role=self._role.name, tags=tags(stack, name), opts=self._inside
            )
        self.register_outputs({"arn": self.arn})

    @property
    def instance_profile_arn(self) -> pulumi.Output[str]:
        """What the launch template of the nodes names."""
        assert self._profile is not None, "a service takes the role, and no instance"
        arn: pulumi.Output[str] = self._profile.arn
        return arn

    def may(self, grants: Sequence[Grant]) -> None:
        """Give it its policy; without grants it has none.

        Arguments:
            grants: all that it may do.
        """
        if grants:
            policy = identity_policy(grants)
            self.parts.append(
                iam.RolePolicy(self._name, role=self._role.id, policy=policy, opts=self._inside)
            )


class UserGroup(pulumi.ComponentResource):
    """Users who share permissions.

    Attributes:
        group: its name in the account.
    """

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("windtunnel:aws:UserGroup", name, None, opts)
        self._name = name
        self._inside = pulumi.ResourceOptions(parent=self)
        self.group = iam.Group(name, opts=self._inside).name
        self.register_outputs({"group": self.group})

    def may(self, grants: Sequence[Grant]) -> None:
        """Give it its policy; without grants it has none.

        Arguments:
            grants: all that its users may do.
        """
        if grants:
            policy = identity_policy(grants)
            iam.GroupPolicy(self._name, group=self.group, policy=policy, opts=self._inside)


class User(pulumi.ComponentResource):
    """A person, without password and keys: an administrator gives those, outside of any state.

    Attributes:
        arn: what the policies of stores call the user.
        user: the name in the account.
    """

    def __init__(
        self,
        name: str,
        stack: str,
        groups: Sequence[UserGroup],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("windtunnel:aws:User", name, None, opts)
        self._name = name
        self._inside = pulumi.ResourceOptions(parent=self)
        user = iam.User(name, tags=tags(stack, name), opts=self._inside)
        self.arn, self.user = user.arn, user.name
        if groups:
            iam.UserGroupMembership(
                name, user=user.name, groups=[one.group for one in groups], opts=self._inside
            )
        self.register_outputs({"user": self.user})

    def may(self, grants: Sequence[Grant]) -> None:
        """Give the user a policy; without grants there is none.

        Arguments:
            grants: all that the user may do beside what groups may.
        """
        if grants:
            policy = identity_policy(grants)
            iam.UserPolicy(self._name, user=self.user, policy=policy, opts=self._inside)
