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
RESERVATION = "aws:ec2/capacityReservation:CapacityReservation"
SUBNET = "aws:ec2/subnet:Subnet"
EKS_DISK = 20.0  # GiB, of a node of EKS where nothing is said (API CreateNodegroup, diskSize)
# What comes with gp3 (EBS user guide, "General Purpose SSD volumes").
GP3_IOPS, GP3_BANDWIDTH = 3000, 125
_AIM = (
    "capacityReservationSpecification",
    "capacityReservationTarget",
    "capacityReservationId",
)
ROOTS = ("/dev/xvda", "/dev/sda1")
PURCHASES = {"spot": "spot", "capacity-block": "capacity_block"}  # by the market of a template
BOUGHT = {"SPOT": "spot", "CAPACITY_BLOCK": "capacity_block"}  # by the capacity of EKS
PLACEMENTS = {"cluster": "cluster", "spread": "spread"}


def find(program: Program, found: Found, catalog: Catalog) -> None:
    """Put the nodes of a program into a stack.

    Arguments:
        program: its resources.
        found: the stack.
        catalog: that has the instances.
    """
    for resource in program.of(RESERVATION):
        unused = "no node of the file runs in this capacity; it is billed, and not in the stack"
        found.tell(resource, Fate.LEFT_OUT, unused)
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
        own = "spot" if resource.type == SPOT else _purchase(resource)
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
            purchase=own or (base.purchase if base else "on_demand"),
            boot_disk=root if root else base.boot_disk if base else None,
            placement=_placement(program, resource, "placementGroup"),
            price=resource.number("spotPrice"),
            volumes=tuple(volumes),
            zones=_zones(program, resource, "subnetId"),
            reservation=_reservation(program, resource) or (base.reservation if base else None),
            resources=(resource, *_reserved(program, resource)),
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
    spot = "spot" if share == 0 else ""
    disk = resource.number("diskSize") or (EKS_DISK if resource.type == EKS else None)
    own = _placement(program, resource, "placementGroup")
    return replace(
        base,
        name=resource.name,
        instance=instance,
        count=int(count or 0),
        purchase=BOUGHT.get(resource.text("capacityType"), "") or spot or base.purchase,
        boot_disk=base.boot_disk if base.boot_disk is not None else disk,
        placement=base.placement if own == "none" else own,
        zones=_zones(program, resource, "vpcZoneIdentifiers", "subnetIds", "availabilityZones"),
        resources=(
            resource,
            *templates,
            *(one for each in templates for one in _reserved(program, each)),
        ),
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
        purchase=_purchase(template) or ("spot" if price else "on_demand"),
        boot_disk=root or template.number("rootBlockDevice", "volumeSize"),
        placement=_placement(program, template, "placement"),
        volumes=tuple(volumes),
        price=price,
        reservation=_reservation(program, template),
    )


def _purchase(resource: Resource) -> str:
    """How an instance or a template buys; empty where it says nothing."""
    return PURCHASES.get(resource.text("instanceMarketOptions", "marketType"), "")


def _reserved(program: Program, resource: Resource) -> list[Resource]:
    """The reservation of the same file that an instance or a template aims at."""
    return _of(program, resource, RESERVATION, *_AIM)


def _reservation(program: Program, resource: Resource) -> tuple[str, str | bool] | None:
    """The same in the words of a stack file; one that is not in the file has its ID."""
    if _reserved(program, resource):
        return "make", True
    named = resource.text(*_AIM)
    return ("name", named) if named else None


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
