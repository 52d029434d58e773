"""Rules of security groups: who may speak to whom, and on which ports."""

from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import vpc

from infra.names import tags


def described_once(opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    """Options of a group that keeps the description which it was made with.

    AWS changes none: another name of the stack would make the group anew, and with it what stands
    in it for ever, such as a file system with its data.

    Arguments:
        opts: of the group.
    """
    return pulumi.ResourceOptions.merge(
        opts, pulumi.ResourceOptions(ignore_changes=["description"])
    )


@dataclass(frozen=True)
class Traffic:
    """What a rule lets through.

    Arguments:
        description: why.
        first_port: first TCP port; None for all protocols and ports.
        last_port: last TCP port; the first if None.
    """

    description: str
    first_port: int | None = None
    last_port: int | None = None

    def rule(self) -> dict[str, Any]:
        """The same in the words of a security group rule."""
        if self.first_port is None:
            return {"ip_protocol": "-1", "description": self.description}
        return {
            "ip_protocol": "tcp",
            "from_port": self.first_port,
            "to_port": self.last_port or self.first_port,
            "description": self.description,
        }


EVERYTHING = Traffic("Everything between nodes: EFA is not TCP, so it needs all protocols")
HTTPS = Traffic("Packages, images and the APIs of AWS", 443)
SSH = Traffic("Log in", 22)
NFS = Traffic("NFS", 2049)
LUSTRE = (Traffic("Lustre", 988), Traffic("Lustre between clients and servers", 1018, 1023))


@dataclass(frozen=True)
class Between:
    """Two security groups that speak to each other; they may be the same one.

    Arguments:
        stack: name of the stack.
        client: the group that asks.
        server: the group that answers.
        parent: the component that the rules belong to.
    """

    stack: str
    client: pulumi.Input[str]
    server: pulumi.Input[str]
    parent: pulumi.Resource

    def allow(self, name: str, traffic: Traffic) -> list[pulumi.Resource]:
        """Let the client call the server: out of one group and into the other.

        Arguments:
            name: of the two rules.
            traffic: what is let through.
        """
        shared: dict[str, Any] = {
            **traffic.rule(),
            "tags": tags(self.stack, name),
            "opts": pulumi.ResourceOptions(parent=self.parent),
        }
        return [
            vpc.SecurityGroupIngressRule(
                name,
                security_group_id=self.server,
                referenced_security_group_id=self.client,
                **shared,
            ),
            vpc.SecurityGroupEgressRule(
                name,
                security_group_id=self.client,
                referenced_security_group_id=self.server,
                **shared,
            ),
        ]
