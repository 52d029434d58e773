"""Where the nodes of a group are, for programs that others start on them."""

import ipaddress
from collections.abc import Iterable

import pulumi
from pulumi_aws import autoscaling, ec2

from models.catalog.records import Instance


def addresses(group: autoscaling.Group) -> pulumi.Output[list[str]]:
    """Private addresses of the nodes that run once a group is as described, in order.

    Arguments:
        group: of Auto Scaling.
    """
    found = ec2.get_instances_output(
        filters=[
            {"name": "tag:aws:autoscaling:groupName", "values": [group.name]},
            {"name": "instance-state-name", "values": ["running"]},
        ],
        # Its name is known before its nodes are there, or are as many as is wanted now.
        opts=pulumi.InvokeOutputOptions(depends_on=[group]),
    )
    ordered: pulumi.Output[list[str]] = found.private_ips.apply(
        lambda known: sorted(known, key=ipaddress.ip_address)
    )
    return ordered


def host_file(known: Iterable[str], instance: Instance) -> str:
    """Nodes as mpirun, DeepSpeed and Horovod read them: a line each, with its accelerators.

    Arguments:
        known: their addresses.
        instance: their type.
    """
    return "".join(f"{one} slots={slots_of(instance)}\n" for one in known)


def slots_of(instance: Instance) -> int:
    """How many processes a node runs: one for each accelerator, or each vCPU where it has none.

    Arguments:
        instance: its type.
    """
    return instance.accelerators or instance.vcpus
