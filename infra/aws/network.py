"""The network of a stack on AWS: nodes have no public address and reach the world through NAT."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2, vpc

from infra.aws.log_store import LogStore
from infra.aws.security_group import EVERYTHING, HTTPS, SSH, Between, described_once
from infra.names import tags

EVERYWHERE = "0.0.0.0/0"


@dataclass(frozen=True)
class NetworkArguments:
    """What a network is made of.

    Arguments:
        stack: name of the stack.
        region: where it is.
        cidr: its address range, /16 to /20.
        zones: the availability zones in use, 10 at most; nodes are in the first, or in all.
        ssh_from: address ranges that may log in to nodes; none closes ssh.
        logs: where it is written down who spoke to whom.
    """

    stack: str
    region: str
    cidr: str
    zones: Sequence[str]
    ssh_from: Sequence[str]
    logs: LogStore


class Network(pulumi.ComponentResource):
    """A VPC with a public and a private subnet in each zone, and the security group of the nodes.

    Attributes:
        vpc_id: the VPC.
        private_subnet_ids: one a zone, in the order of the zones.
        public_subnet_ids: the same, where load balancers stand that the internet calls.
        node_security_group_id: the security group of all nodes.
        logs: where it is written down who spoke to whom.
    """

    def __init__(
        self, name: str, arguments: NetworkArguments, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("windtunnel:aws:Network", name, None, opts)
        self._name = name
        self._arguments = arguments
        self._inside = pulumi.ResourceOptions(parent=self)
        network = ec2.Vpc(
            name,
            cidr_block=arguments.cidr,
            # File systems are mounted by name.
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self._tags(name),
            opts=self._inside,
        )
        self.vpc_id = network.id
        self.logs = arguments.logs
        self._close_default_security_group()
        self._log_connections()
        private_ranges, public_ranges = subnet_ranges(arguments.cidr, len(arguments.zones))
        public = self._subnets("public", public_ranges)
        private = self._subnets("private", private_ranges)
        self.private_subnet_ids = [subnet.id for subnet in private]
        self.public_subnet_ids = [subnet.id for subnet in public]
        internet = self._route_public_subnets(public)
        self._route_private_subnets(private, public[0], internet)
        self.node_security_group_id = self._node_security_group()
        self.register_outputs(
            {
                "vpc_id": self.vpc_id,
                "private_subnet_ids": self.private_subnet_ids,
                "node_security_group_id": self.node_security_group_id,
            }
        )

    def _tags(self, part: str) -> dict[str, str]:
        return tags(self._arguments.stack, part)

    def _close_default_security_group(self) -> None:
        """What names no security group gets that of the network, which lets all through."""
        ec2.DefaultSecurityGroup(
            f"{self._name}-default",
            vpc_id=self.vpc_id,
            ingress=[],
            egress=[],
            tags=self._tags(f"{self._name}-default"),
            opts=self._inside,
        )

    def _log_connections(self) -> None:
        ec2.FlowLog(
            self._name,
            vpc_id=self.vpc_id,
            traffic_type="ALL",
            log_destination_type="s3",
            log_destination=self.logs.connections,
            max_aggregation_interval=600,
            tags=self._tags(self._name),
            # It is refused where its bucket does not let it write yet.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.logs]),
        )

    def _subnets(self, kind: str, ranges: Sequence[str]) -> list[ec2.Subnet]:
        return [
            ec2.Subnet(
                f"{kind}-{zone}",
                vpc_id=self.vpc_id,
                availability_zone=zone,
                cidr_block=cidr,
                # Not even in the public subnets: the NAT gateway brings its own address.
                map_public_ip_on_launch=False,
                tags=self._tags(f"{kind}-{zone}"),
                opts=self._inside,
            )
            for zone, cidr in zip(self._arguments.zones, ranges, strict=True)
        ]

    def _route_public_subnets(self, subnets: Sequence[ec2.Subnet]) -> ec2.InternetGateway:
        internet = ec2.InternetGateway(
            self._name, vpc_id=self.vpc_id, tags=self._tags(self._name), opts=self._inside
        )
        table = self._route_table("public", subnets)
        ec2.Route(
            "public-to-internet",
            route_table_id=table.id,
            destination_cidr_block=EVERYWHERE,
            gateway_id=internet.id,
            opts=self._inside,
        )
        return internet

    def _route_private_subnets(
        self,
        subnets: Sequence[ec2.Subnet],
        public_subnet: ec2.Subnet,
        internet: ec2.InternetGateway,
    ) -> None:
        table = self._route_table("private", subnets)
        ec2.Route(
            "private-to-nat",
            route_table_id=table.id,
            destination_cidr_block=EVERYWHERE,
            nat_gateway_id=self._nat_gateway(public_subnet, internet).id,
            opts=self._inside,
        )
        # Training data would cost 0.045 USD/GB through the NAT gateway; this way it is free.
        ec2.VpcEndpoint(
            f"{self._name}-s3",
            vpc_id=self.vpc_id,
            service_name=f"com.amazonaws.{self._arguments.region}.s3",
            vpc_endpoint_type="Gateway",
            route_table_ids=[table.id],
            tags=self._tags(f"{self._name}-s3"),
            opts=self._inside,
        )

    def _nat_gateway(self, subnet: ec2.Subnet, internet: ec2.InternetGateway) -> ec2.NatGateway:
        """One is enough: what nodes of other zones fetch on their way up waits for its zone."""
        name = f"{self._name}-nat"
        # AWS wants the way out to exist before an address that uses it.
        after = pulumi.ResourceOptions(parent=self, depends_on=[internet])
        address = ec2.Eip(name, domain="vpc", tags=self._tags(name), opts=after)
        return ec2.NatGateway(
            name,
            allocation_id=address.id,
            subnet_id=subnet.id,
            tags=self._tags(name),
            opts=after,
        )

    def _route_table(self, name: str, subnets: Sequence[ec2.Subnet]) -> ec2.RouteTable:
        table = ec2.RouteTable(name, vpc_id=self.vpc_id, tags=self._tags(name), opts=self._inside)
        for subnet, zone in zip(subnets, self._arguments.zones, strict=True):
            ec2.RouteTableAssociation(
                f"{name}-{zone}",
                subnet_id=subnet.id,
                route_table_id=table.id,
                opts=self._inside,
            )
        return table

    def _node_security_group(self) -> pulumi.Output[str]:
        """Closed but for the traffic among nodes, https out, and ssh from where it was allowed."""
        stack = self._arguments.stack
        group = ec2.SecurityGroup(
            "nodes",
            description=f"Nodes of {stack}",
            vpc_id=self.vpc_id,
            tags=self._tags("nodes"),
            opts=described_once(self._inside),
        )
        Between(stack, group.id, group.id, self).allow("nodes", EVERYTHING)
        vpc.SecurityGroupEgressRule(
            "nodes-https",
            security_group_id=group.id,
            cidr_ipv4=EVERYWHERE,
            **HTTPS.rule(),
            tags=self._tags("nodes-https"),
            opts=self._inside,
        )
        for number, addresses in enumerate(self._arguments.ssh_from):
            version = ipaddress.ip_network(addresses).version
            vpc.SecurityGroupIngressRule(
                f"nodes-ssh-{number}",
                security_group_id=group.id,
                cidr_ipv4=addresses if version == 4 else None,
                cidr_ipv6=addresses if version == 6 else None,
                **SSH.rule(),
                tags=self._tags(f"nodes-ssh-{number}"),
                opts=self._inside,
            )
        identifier: pulumi.Output[str] = group.id
        return identifier


def subnet_ranges(cidr: str, zones: int) -> tuple[list[str], list[str]]:
    """Address ranges of the private and of the public subnets.

    A quarter of the network is the private subnet of the first zone, where the nodes are. The
    private subnets of other zones are a sixteenth each; the public ones, which hold nothing but
    a NAT gateway, share the last sixteenth.

    Arguments:
        cidr: address range of the network, /16 to /20.
        zones: how many zones, 10 at most.
    """
    network = ipaddress.IPv4Network(cidr)
    quarter, *_ = network.subnets(prefixlen_diff=2)
    sixteenths = list(network.subnets(prefixlen_diff=4))
    private = [quarter, *sixteenths[4:13]]
    public = list(sixteenths[15].subnets(prefixlen_diff=4))
    return [str(block) for block in private[:zones]], [str(block) for block in public[:zones]]
