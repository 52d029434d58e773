"""Nodes on AWS: instances, Auto Scaling groups, node groups of EKS."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from infra.existing.found import Fate, Found
from infra.existing.node_groups import Machines, Volume, add, alike
from infra.existing.plain_json import sequence, text
from infra.existing.resource import Missing, Program, Resource, number
from models.catalog.records import Catalog

INSTANCE = "aws:ec2/instance:Instance"
SPOT = "aws:ec2/spotInstanceRequest:SpotInstanceRequest"
GROUP = "aws:autoscaling/group:Group"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
CONFIGURATION = "aws:ec2/launchConfiguration:LaunchConfiguration"
EKS = "aws:eks/nodeGroup:NodeGroup"
PLACEMENT = "aws:ec2/placementGroup:PlacementGroup"
VOLUME = "aws:ebs/volume:Volume"
ATTACHMENT = "aws:ec2/volumeAttachment:VolumeAttachment"
SUBNET = "aws:ec2/subnet:Subnet"
EKS_DISK = 20.0  # GiB, of a node of EKS where nothing is said (API CreateNodegroup, diskSize)
# What comes with gp3 (EBS user guide, "General Purpose SSD volumes").
GP3_IOPS, GP3_BANDWIDTH = 3000, 125
ROOTS = ("/dev/xvda", "/dev/sda1")
PLACEMENTS = {"cluster": "cluster", "spread": "spread"}


def find(program: Program, found: Found, catalog: Catalog) -> None:
    """Put the nodes of a program into a stack.

    Arguments:
        program: its resources.
        found: the stack.
        catalog: that has the instances.
    """
    for group in alike(list(_instances(program, found))):
        add(found, group, catalog, "aws")
    for resource in program.of(GROUP, EKS):
        machines = _group(program, resource, found)
        if machines is not None:
            add(found, machines, catalog, "aws")


def _instances(program: Program, found: Found) -> Iterator[Machines]:
    attached = _attached(program)
    for resource in program.of(INSTANCE, SPOT):
        template = next(iter(_of(program, resource, TEMPLATE, "launchTemplate")), None)
        base = _from_template(program, template) if template else None
        instance = resource.text("instanceType") or (base.instance if base else "")
        if not instance:
            found.tell(resource, Fate.LEFT_OUT, _why_no(resource.get("instanceType"), "instance"))
            continue
        spot = resource.type == SPOT or _market(resource) == "spot"
        volumes = [
            *(base.volumes if base else ()),
            *map(bought_volume, resource.blocks("ebsBlockDevices")),
            *attached.get(resource.key, ()),
        ]
        root = resource.number("rootBlockDevice", "volumeSize")
        yield Machines(
            name=resource.name,
            instance=instance,
            count=1,
            purchase="spot" if spot else base.purchase if base else "on_demand",
            boot_disk=root if root else base.boot_disk if base else None,
            placement=_placement(program, resource, "placementGroup"),
            price=resource.number("spotPrice"),
            volumes=tuple(volumes),
            zones=_zones(program, resource, "subnetId"),
            resources=(resource,),
        )


def _group(program: Program, resource: Resource, found: Found) -> Machines | None:
    """An Auto Scaling group, or a node group of EKS."""
    path = (
        ("mixedInstancesPolicy",) if resource.get("mixedInstancesPolicy") else ("launchTemplate",)
    )
    templates = _of(program, resource, TEMPLATE, *path)
    templates += _of(program, resource, CONFIGURATION, "launchConfiguration")
    base = _from_template(program, templates[0]) if templates else Machines("", "", 0)
    kind = sequence(resource.get("instanceTypes"))
    overrides = resource.blocks("mixedInstancesPolicy", "launchTemplate", "overrides")
    named = [text(one.get("instanceType")) for one in overrides]
    instance = next((one for one in [*map(text, kind), *named] if one), base.instance)
    if not instance:
        said = templates[0].get("instanceType") if templates else None
        found.tell(resource, Fate.LEFT_OUT, _why_no(said, "instance type"))
        return None
    counts = (
        ("desiredCapacity",),
        ("minSize",),
        ("scalingConfig", "desiredSize"),
        ("scalingConfig", "minSize"),
    )
    count = next((one for one in (resource.number(*path) for path in counts) if one), None)
    if count is None:
        known = [resource.get(*path) for path in counts]
        if not any(one == 0 for one in known):
            found.tell(resource, Fate.LEFT_OUT, "how many nodes it has is not in the file")
            return None
    share = resource.number(
        "mixedInstancesPolicy", "instancesDistribution", "onDemandPercentageAboveBaseCapacity"
    )
    spot = resource.text("capacityType") == "SPOT" or share == 0 or base.purchase == "spot"
    disk = resource.number("diskSize") or (EKS_DISK if resource.type == EKS else None)
    own = _placement(program, resource, "placementGroup")
    return replace(
        base,
        name=resource.name,
        instance=instance,
        count=int(count or 0),
        purchase="spot" if spot else "on_demand",
        boot_disk=base.boot_disk if base.boot_disk is not None else disk,
        placement=base.placement if own == "none" else own,
        zones=_zones(program, resource, "vpcZoneIdentifiers", "subnetIds", "availabilityZones"),
        resources=(resource, *templates),
    )


def _from_template(program: Program, template: Resource) -> Machines:
    """What a launch template or configuration says of each node."""
    root, volumes = None, []
    for mapping in template.blocks("blockDeviceMappings"):
        ebs = mapping.get("ebs")
        block = ebs[0] if isinstance(ebs, list) and ebs else ebs
        if not isinstance(block, Mapping):
            continue
        if mapping.get("deviceName") in ROOTS:
            root = number(block.get("volumeSize"))
        else:
            volumes.append(bought_volume(block))
    volumes += map(bought_volume, template.blocks("ebsBlockDevices"))
    price = template.number("spotPrice")
    return Machines(
        name=template.name,
        instance=template.text("instanceType"),
        count=0,
        purchase="spot" if _market(template) == "spot" or price else "on_demand",
        boot_disk=root or template.number("rootBlockDevice", "volumeSize"),
        placement=_placement(program, template, "placement"),
        volumes=tuple(volumes),
        price=price,
    )


def _market(resource: Resource) -> str:
    return resource.text("instanceMarketOptions", "marketType")


def bought_volume(block: Mapping[str, Any], name: str = "") -> Volume:
    """A volume as a block of a template, of a node or of a cluster has it.

    Arguments:
        block: its values.
        name: of it; empty for one that has none.
    """
    kind = text(block.get("volumeType")) or text(block.get("type")) or "gp2"
    iops, bandwidth = number(block.get("iops")), number(block.get("throughput"))
    bought = kind != "gp2"  # whose requests and bandwidth come with its size
    return Volume(
        name=name,
        service=f"ebs-{kind}",
        size=number(block.get("volumeSize")) or number(block.get("size")) or 0.0,
        iops=int(iops) if iops and bought and iops != GP3_IOPS else None,
        bandwidth=bandwidth if bandwidth and bought and bandwidth != GP3_BANDWIDTH else None,
    )


def _attached(program: Program) -> dict[str, list[Volume]]:
    """Volumes of their own that are attached to instances, by the instance."""
    found: dict[str, list[Volume]] = {}
    for one in program.of(ATTACHMENT):
        for instance in _of(program, one, INSTANCE, "instanceId"):
            for volume in _of(program, one, VOLUME, "volumeId"):
                block = {key: volume.get(key) for key in ("type", "size", "iops", "throughput")}
                found.setdefault(instance.key, []).append(bought_volume(block, volume.name))
    return found


def _placement(program: Program, resource: Resource, *path: str) -> str:
    groups = _of(program, resource, PLACEMENT, *path)
    return PLACEMENTS.get(groups[0].text("strategy"), "none") if groups else "none"


def _zones(program: Program, resource: Resource, *keys: str) -> tuple[str, ...]:
    own = resource.text("availabilityZone")
    zones = [own] if own else []
    for key in keys:
        listed = resource.get(key)
        if key == "availabilityZones" and isinstance(listed, list):
            zones += [one for one in listed if isinstance(one, str)]
        zones += [one.text("availabilityZone") for one in _of(program, resource, SUBNET, key)]
    return tuple(dict.fromkeys(zone for zone in zones if zone))


def _of(program: Program, resource: Resource, kind: str, *path: str) -> list[Resource]:
    return [one for one in program.referred(resource, *path) if one.type == kind]


def _why_no(value: Any, what: str) -> str:
    if isinstance(value, Missing):
        return f"its {what} is {value.value}"
    return f"its {what} is not in the file"
