"""Ways through a private network: to services of AWS without the internet, and to its nodes."""

from collections.abc import Iterator, Sequence

import pulumi
from pulumi_aws import ec2, ec2transitgateway

from infra.aws.network import Network
from infra.aws.policies import Grant
from infra.aws.security_group import HTTPS, SSH, Between, described_once
from infra.names import tags
from models.description.stack import Network as Description

# Systems Manager user guide, "Set up your Session Manager permissions": what a node needs for
# sessions alone, and nothing of parameters, documents or buckets (2026-11-28). It knows no
# resources that could be named.
SESSIONS = (
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)


def session_grants(described: Description) -> Iterator[Grant]:
    """What the role of a node needs so that Session Manager reaches it.

    Arguments:
        described: the network.
    """
    if described.session_manager:
        yield Grant(
            "*",
            lambda everything: [
                {"Effect": "Allow", "Action": list(SESSIONS), "Resource": everything}
            ],
        )


class PrivateWays(pulumi.ComponentResource):
    """Interface endpoints of services, and the endpoint through which ssh comes in."""

    def __init__(
        self,
        name: str,
        stack: str,
        region: str,
        described: Description,
        network: Network,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build it.

        Arguments:
            name: of it.
            stack: name of the stack.
            region: of the network.
            described: the network as described.
            network: as built.
            opts: of the component.
        """
        super().__init__("windtunnel:aws:PrivateWays", name, None, opts)
        self._name, self._stack, self._network = name, stack, network
        self._inside = pulumi.ResourceOptions(parent=self)
        self._instance_connect: pulumi.Output[str] | None = None
        if described.endpoints:
            self._to_services(region, described.endpoints)
        if described.instance_connect:
            self._instance_connect = self._to_nodes()
        self.register_outputs({})

    def outputs(self) -> dict[str, pulumi.Output[str]]:
        """Where people come in, by the output of the Pulumi stack."""
        found = self._instance_connect
        return {} if found is None else {"instance_connect": found}

    def _to_services(self, region: str, services: Sequence[str]) -> None:
        """One security group for all; nodes come by https, and the names of AWS lead there."""
        network = self._network
        group = self._group("services")
        nodes = network.node_security_group_id
        Between(self._stack, nodes, group, self).allow(f"{self._name}-services", HTTPS)
        for service in services:
            name = f"{self._name}-{service.replace('.', '-')}"
            ec2.VpcEndpoint(
                name,
                vpc_id=network.vpc_id,
                service_name=f"com.amazonaws.{region}.{service}",
                vpc_endpoint_type="Interface",
                subnet_ids=network.private_subnet_ids,
                security_group_ids=[group],
                private_dns_enabled=True,
                tags=tags(self._stack, name),
                opts=self._inside,
            )

    def _to_nodes(self) -> pulumi.Output[str]:
        group = self._group("connect")
        nodes = self._network.node_security_group_id
        Between(self._stack, group, nodes, self).allow(f"{self._name}-connect", SSH)
        made = ec2transitgateway.InstanceConnectEndpoint(
            self._name,
            subnet_id=self._network.private_subnet_ids[0],
            security_group_ids=[group],
            # Nodes see the endpoint and not who comes through it.
            preserve_client_ip=False,
            tags=tags(self._stack, self._name),
            opts=self._inside,
        )
        identifier: pulumi.Output[str] = made.id
        return identifier

    def _group(self, part: str) -> pulumi.Output[str]:
        name = f"{self._name}-{part}"
        made = ec2.SecurityGroup(
            name,
            description=f"{part} of {self._stack}",
            vpc_id=self._network.vpc_id,
            tags=tags(self._stack, name),
            opts=described_once(self._inside),
        )
        identifier: pulumi.Output[str] = made.id
        return identifier
