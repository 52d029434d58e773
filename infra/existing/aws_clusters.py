"""Nodes of EMR on AWS: the master and core nodes of a cluster, and groups of task nodes."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from infra.existing.aws_nodes import SUBNET, bought_volume
from infra.existing.found import Fate, Found
from infra.existing.node_groups import Machines, add
from infra.existing.plain_json import text
from infra.existing.resource import Program, Resource, number
from models.catalog.records import Catalog

CLUSTER = "aws:emr/cluster:Cluster"
TASKS = "aws:emr/instanceGroup:InstanceGroup"
ROOT_DISK = 15.0  # GiB, where nothing is said (EMR Management Guide, "Default EBS storage", 6.10)
FLEETS = ("masterInstanceFleet", "coreInstanceFleet")


def find(program: Program, found: Found, catalog: Catalog) -> None:
    """Put the nodes of clusters into a stack.

    Arguments:
        program: its resources.
        found: the stack.
        catalog: that has the instances.
    """
    for cluster in program.of(CLUSTER):
        if any(cluster.get(one) for one in FLEETS):
            why = "its fleets are of several instance types, and a node group is of one"
            found.tell(cluster, Fate.LEFT_OUT, why)
            continue
        for one in _of_cluster(program, cluster):
            add(found, one, catalog, "aws")
    for resource in program.of(TASKS):
        of = [one for one in program.referred(resource, "clusterId") if one.type == CLUSTER]
        zones, disk = (_zones(program, of[0]), _boot_disk(of[0])) if of else ((), ROOT_DISK)
        named = resource.text("name") or resource.name
        one = replace(_machines(named, resource.values, resource), boot_disk=disk, zones=zones)
        add(found, one, catalog, "aws")


def clusters(program: Program, found: Found) -> Iterator[tuple[Resource, list[str]]]:
    """Each cluster with the names of its groups of nodes, who all have its one role.

    Arguments:
        program: its resources.
        found: the stack, with its nodes.
    """
    tasks: dict[str, list[str]] = {}
    for resource in program.of(TASKS):
        for cluster in program.referred(resource, "clusterId"):
            tasks.setdefault(cluster.key, []).extend(found.groups.get(resource.key, ()))
    for cluster in program.of(CLUSTER):
        yield cluster, [*found.groups.get(cluster.key, ()), *tasks.get(cluster.key, ())]


def _of_cluster(program: Program, cluster: Resource) -> Iterator[Machines]:
    zones = _zones(program, cluster)
    for role in ("master", "core"):
        for block in cluster.blocks(f"{role}InstanceGroup"):
            one = _machines(text(block.get("name")) or role, block, cluster)
            yield replace(one, boot_disk=_boot_disk(cluster), zones=zones)


def _machines(name: str, block: Mapping[str, Any], resource: Resource) -> Machines:
    disks = block.get("ebsConfigs")
    disks = disks if isinstance(disks, list) else []
    bid = number(block.get("bidPrice"))
    return Machines(
        name=name,
        instance=text(block.get("instanceType")),
        count=int(number(block.get("instanceCount")) or 1),
        purchase="on_demand" if bid is None else "spot",
        volumes=tuple(
            bought_volume(one)
            for one in disks
            if isinstance(one, Mapping)
            for _ in range(int(number(one.get("volumesPerInstance")) or 1))
        ),
        resources=(resource,),
    )


def _boot_disk(cluster: Resource) -> float:
    return cluster.number("ebsRootVolumeSize") or ROOT_DISK


def _zones(program: Program, cluster: Resource) -> tuple[str, ...]:
    subnets = [one for one in program.referred(cluster, "ec2Attributes") if one.type == SUBNET]
    return tuple(
        {one.text("availabilityZone"): None for one in subnets if one.text("availabilityZone")}
    )
