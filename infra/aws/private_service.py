"""What a service of AWS needs that works inside the private network of a stack."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2, vpc

from infra.aws.network import EVERYWHERE, Network
from infra.aws.policies import Grant, Statement
from infra.aws.security_group import HTTPS, described_once
from infra.builders import Place
from infra.names import tags

_LOOKS = (
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
)


@dataclass(frozen=True)
class Inside:
    """Where in the network a service is.

    Arguments:
        subnets: private ones.
        security_group: that lets nothing in, and out by https alone.
        grant: what the role of the service needs for network interfaces there.
    """

    subnets: Sequence[pulumi.Output[str]]
    security_group: pulumi.Output[str]
    grant: Grant


def inside(name: str, network: Network, place: Place, opts: pulumi.ResourceOptions) -> Inside:
    """A place in the network for a service that takes network interfaces there.

    Arguments:
        name: of the part.
        network: of the stack.
        place: where the stack is built.
        opts: of the resources.
    """
    stack = place.stack.name
    group = ec2.SecurityGroup(
        name,
        description=f"{name} of {stack}",
        vpc_id=network.vpc_id,
        tags=tags(stack, name),
        opts=described_once(opts),
    )
    vpc.SecurityGroupEgressRule(
        f"{name}-https",
        security_group_id=group.id,
        cidr_ipv4=EVERYWHERE,
        **HTTPS.rule(),
        tags=tags(stack, f"{name}-https"),
        opts=opts,
    )
    where = f"arn:aws:ec2:{place.region}:{place.owner}"
    subnets = network.private_subnet_ids
    known = pulumi.Output.all(group.id, *subnets).apply(" ".join)
    return Inside(subnets, group.id, Grant(known, lambda ids: _interfaces(where, ids.split())))


def _interfaces(where: str, identifiers: Sequence[str]) -> list[Statement]:
    """Network interfaces with one security group in some subnets, and what is looked up."""
    group, *subnets = identifiers
    there = [f"{where}:subnet/{one}" for one in subnets]
    return [
        {
            "Effect": "Allow",
            "Action": ["ec2:CreateNetworkInterface"],
            "Resource": [
                *there,
                f"{where}:security-group/{group}",
                f"{where}:network-interface/*",
            ],
        },
        {
            "Effect": "Allow",
            "Action": [
                "ec2:CreateNetworkInterfacePermission",
                "ec2:DeleteNetworkInterface",
                "ec2:DeleteNetworkInterfacePermission",
            ],
            "Resource": f"{where}:network-interface/*",
            "Condition": {"ArnEquals": {"ec2:Subnet": there}},
        },
        # These know no resource that could be named.
        {"Effect": "Allow", "Action": list(_LOOKS), "Resource": "*"},
    ]
