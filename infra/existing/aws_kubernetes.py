"""The control plane of a Kubernetes cluster on AWS, of which a stack has one."""

from collections.abc import Iterator
from typing import Any

from infra.existing.aws_nodes import EKS, SUBNET
from infra.existing.found import Fate, Found
from infra.existing.resource import Program, Resource
from models.catalog.providers import CLOUDS

CLUSTER = "aws:eks/cluster:Cluster"
_WORLD = "0.0.0.0/0"  # from where AWS lets the API be reached, where nothing is said


def find(program: Program, found: Found) -> None:
    """Put the cluster of a program into a stack.

    Arguments:
        program: its resources.
        found: the stack, with its nodes and stores.
    """
    for cluster in program.of(CLUSTER):
        groups = [*_nodes(program, cluster, found)]
        zones = _zones(program, cluster)
        why = _why_not(cluster, groups, zones, found)
        if why:
            found.tell(cluster, Fate.LEFT_OUT, why)
            continue
        found.kubernetes, opened = _described(cluster, groups)
        found.zones += [zone for zone in zones if zone not in found.zones]
        found.tell(cluster, Fate.PART, f"kubernetes{opened}")


def _nodes(program: Program, cluster: Resource, found: Found) -> Iterator[str]:
    for nodes in program.of(EKS):
        if cluster.key in {one.key for one in program.referred(nodes, "clusterName")}:
            yield from found.groups.get(nodes.key, ())


def _zones(program: Program, cluster: Resource) -> list[str]:
    subnets = [one for one in program.referred(cluster, "vpcConfig") if one.type == SUBNET]
    return sorted({one.text("availabilityZone") for one in subnets} - {""})


def _why_not(cluster: Resource, groups: list[str], zones: list[str], found: Found) -> str:
    """Why a stack can't have it; empty where it can."""
    service = CLOUDS["aws"].kubernetes
    assert service is not None  # AWS has one
    version = cluster.text("version") or None
    attached = [one for one in found.storage.values() if one.get("nodes") in groups]
    if found.kubernetes:
        return "a stack has one cluster, and it has another"
    if not groups:
        return "it has no managed node group in the file"
    if service.version(version) is None:
        return f"the catalog has no version '{version}' of {service.title}"
    if len({*zones, *found.zones}) < service.least_zones:
        return "the zones of its subnets are not in the file"
    if attached:
        return "its nodes have volumes, which those of a cluster of a stack have not"
    return ""


def _described(cluster: Resource, groups: list[str]) -> tuple[dict[str, Any], str]:
    """The part of the stack file, and what can't be said there."""
    tree: dict[str, Any] = {"nodes": groups}
    if version := cluster.text("version"):
        tree["version"] = version
    # Without a policy AWS keeps an old version, and bills it.
    if cluster.text("upgradePolicy", "supportType") != "STANDARD":
        tree["support"] = "extended"
    if cluster.get("vpcConfig", "endpointPublicAccess") is False:
        return tree, ""
    ranges = cluster.get("vpcConfig", "publicAccessCidrs")
    listed = [one for one in ranges if isinstance(one, str)] if isinstance(ranges, list) else []
    if not listed or _WORLD in listed:
        return tree, ", whose API is open to the world, which no stack file says"
    tree["open_to"] = listed
    return tree, ""
