"""From the resources of a program to a stack file: what is in it, and what became of the rest."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from infra.existing import (
    aws_clusters,
    aws_identities,
    aws_jobs,
    aws_kubernetes,
    aws_nodes,
    aws_stores,
    gcp_parts,
)
from infra.existing.found import Fate, Found, free_name
from infra.existing.kinds_told import fate_of, is_component
from infra.existing.resource import Program
from models.catalog.providers import CLOUDS
from models.catalog.records import Catalog
from models.reading.faults import Fault, InvalidDescription

VPC, SUBNETWORK = "aws:ec2/vpc:Vpc", "gcp:compute/subnetwork:Subnetwork"
CLOUD_OF = {"aws": "aws", "awsx": "aws", "eks": "aws", "gcp": "gcp", "google": "gcp"}


def stack_of(program: Program, catalog: Catalog, name: str) -> tuple[str, Found]:
    """What a program builds, as a stack: its cloud, and its parts.

    Arguments:
        program: its resources.
        catalog: that has the instances and services.
        name: of the file, for messages.

    Raises:
        InvalidDescription: its resources are of no cloud that is known, or of several.
    """
    cloud = _cloud(program, name)
    found = Found(free_name(program.name, (), "imported"), region=program.region)
    if cloud == "aws":
        aws_nodes.find(program, found, catalog)
        aws_clusters.find(program, found, catalog)
        aws_jobs.find(program, found, catalog)
        aws_stores.find(program, found, catalog)
        aws_kubernetes.find(program, found)
        aws_identities.find(program, found)
        ranges = [one.text("cidrBlock") for one in program.of(VPC)]
    else:
        gcp_parts.find(program, found, catalog)
        ranges = [one.text("ipCidrRange") for one in program.of(SUBNETWORK)]
    found.cidr = next((one for one in ranges if one), "")
    for resource in program.resources:
        if resource.key in found.told or is_component(resource.type):
            continue
        found.tell(resource, *fate_of(resource.type))
    found.region = found.region or _region(found, cloud)
    if not found.region:
        found.open["region"] = "the region is not in the file"
    if program.left_out:
        found.open["resources"] = (
            f"{program.left_out} that do not change are not in the file; write it with"
            " `pulumi preview --json --show-sames`, or add `--state` and an export"
        )
    return cloud, found


def tree_of(cloud: str, found: Found, catalog: Catalog) -> dict[str, Any]:
    """The stack as its file has it, without workloads and objectives.

    Arguments:
        cloud: of the stack.
        found: its parts.
        catalog: that has the regions.
    """
    tree: dict[str, Any] = {"name": found.name, "cloud": cloud}
    if found.region:
        tree["region"] = found.region
    zones = [one for one in found.zones if not found.region or one.startswith(found.region)]
    if zones:
        tree["zones"] = zones
    if found.cidr and _room(found.cidr):
        tree["network"] = {"cidr": found.cidr}
    for key in ("nodes", "kubernetes", "storage", "identities"):
        parts = getattr(found, key)
        if parts:
            tree[key] = parts
    return tree


def merged(tree: Mapping[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    """A stack with what an overlay says of it: parts of parts, and values in place of others.

    Arguments:
        tree: of the stack.
        overlay: of the same shape; null takes a part away.
    """
    found = dict(tree)
    for key, value in overlay.items():
        if value is None:
            found.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(found.get(key), Mapping):
            found[key] = merged(found[key], value)
        else:
            found[key] = value
    return found


def _cloud(program: Program, name: str) -> str:
    prefixes = Counter(
        CLOUD_OF.get(one.type.replace("_", ":").split(":")[0]) for one in program.resources
    )
    known = [one for one in prefixes if one in CLOUDS]
    if len(known) == 1:
        return str(known[0])
    if known:
        told = f"has resources of {' and '.join(map(str, known))}; a stack is in one cloud"
        raise InvalidDescription(name, [Fault((), told)])
    kinds = sorted({one.type for one in program.resources})[:3]
    told = f"has no resource of {' or '.join(sorted(set(CLOUD_OF.values())))}"
    raise InvalidDescription(name, [Fault((), told, f"it has {', '.join(kinds)}")])


def _region(found: Found, cloud: str) -> str:
    """The region of the zones, of an ARN, or of a location."""
    for zone in found.zones:
        return zone.rpartition("-")[0] if cloud == "gcp" else zone[:-1]
    for told in found.told.values():
        for one in told.resource.ids:
            parts = one.split(":")
            if len(parts) > 5 and parts[0] == "arn" and parts[3]:
                return parts[3]
        if told.resource.region:
            return told.resource.region
    return ""


def _room(cidr: str) -> bool:
    """Whether a stack file takes the range: private, between /16 and /20."""
    import ipaddress

    try:
        network = ipaddress.ip_network(cidr)
    except ValueError:
        return False
    return network.version == 4 and network.is_private and 16 <= network.prefixlen <= 20


def untold(found: Found) -> list[str]:
    """Sentences on what was not understood, and on what a stack needs and the file does not say.

    Arguments:
        found: the stack.
    """
    told = [
        f"{one.resource.name} ({one.resource.type}): {one.fate.value}: {one.why}"
        for one in found.told.values()
        if one.fate is Fate.LEFT_OUT
    ]
    return [*told, *(f"{path}: {why}" for path, why in found.open.items())]
