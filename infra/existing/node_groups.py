"""Equal nodes as a group of a stack: what any cloud says of them, put together."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from infra.existing.found import Fate, Found, common_name, free_name
from infra.existing.resource import Resource
from models.catalog.records import Catalog, UnknownName

_NUMBER = re.compile(r"[-_.\[\"]*\d+[\]\"]*$")
GIB = 2**30


@dataclass(frozen=True)
class Volume:
    """A volume beside the one that a node starts from.

    Arguments:
        name: of it; empty for one that has none.
        service: of the catalog.
        size: GiB.
        iops: that it was bought with; None for what comes with it.
        bandwidth: MB/s that it was bought with, likewise.
    """

    name: str
    service: str
    size: float
    iops: int | None = None
    bandwidth: float | None = None


@dataclass(frozen=True)
class Machines:
    """Equal nodes.

    Arguments:
        name: that the program gave them.
        instance: of the catalog.
        count: of them.
        purchase: how they are paid for.
        boot_disk: GiB; None for that of the image.
        placement: as in a stack file.
        price: most that is paid for one, USD/h; None for the going price.
        volumes: further volumes of each.
        zones: that they are in.
        reservation: capacity that they run in: a key of that of a stack file, and its value.
        resources: that say so: the first is the group, others belong to it.
    """

    name: str
    instance: str
    count: int
    purchase: str = "on_demand"
    boot_disk: float | None = None
    placement: str = "none"
    price: float | None = None
    volumes: tuple[Volume, ...] = ()
    zones: tuple[str, ...] = ()
    reservation: tuple[str, str | bool] | None = None
    resources: tuple[Resource, ...] = field(default=(), compare=False)


def alike(machines: Iterable[Machines]) -> list[Machines]:
    """Single machines that are equal and are called alike, as groups.

    Arguments:
        machines: each with a count of 1.
    """
    groups: dict[tuple[Any, ...], list[Machines]] = {}
    for one in machines:
        plain = tuple(replace(volume, name="") for volume in one.volumes)
        key = (_NUMBER.sub("", one.name), replace(one, name="", volumes=plain, zones=()))
        groups.setdefault(key, []).append(one)
    return [
        replace(
            members[0],
            name=common_name([one.name for one in members]),
            count=sum(one.count for one in members),
            zones=tuple(dict.fromkeys(zone for one in members for zone in one.zones)),
            resources=tuple(each for one in members for each in one.resources),
        )
        for members in groups.values()
    ]


def add(found: Found, machines: Machines, catalog: Catalog, cloud: str) -> None:
    """Put a group into the stack, and its volumes beside it.

    Arguments:
        found: the stack.
        machines: the group.
        catalog: that has the instance, or hasn't.
        cloud: of the stack.
    """
    first, *others = machines.resources
    if not _known(catalog, cloud, machines.instance):
        for one in machines.resources:
            found.tell(one, Fate.LEFT_OUT, f"the catalog has no instance '{machines.instance}'")
        return
    if machines.count < 1:
        for one in machines.resources:
            found.tell(one, Fate.ASIDE, "has no node")
        return
    name = free_name(machines.name, found.nodes, "nodes")
    tree: dict[str, Any] = {"instance": machines.instance, "count": machines.count}
    if machines.purchase != "on_demand":
        tree["purchase"] = machines.purchase
    if machines.price is not None:
        tree["price"] = f"{machines.price:g} USD/h"
    if machines.placement != "none":
        tree["placement"] = machines.placement
    if machines.reservation is not None:
        tree["reservation"] = dict([machines.reservation])
    if machines.boot_disk is not None:
        tree["boot_disk"] = f"{machines.boot_disk:g} GiB"
    found.nodes[name] = tree
    found.zones += [zone for zone in machines.zones if zone not in found.zones]
    for one in machines.resources:
        found.groups.setdefault(one.key, []).append(name)
    found.tell(first, Fate.PART, ", ".join(f"nodes.{one}" for one in found.groups[first.key]))
    for one in others:
        fate = Fate.PART if one.type == first.type else Fate.WITHIN
        found.tell(one, fate, f"nodes.{name}")
    _add_volumes(found, name, machines.volumes, catalog, cloud, first)


def _known(catalog: Catalog, cloud: str, instance: str) -> bool:
    try:
        catalog.instance(cloud, instance)
    except UnknownName:
        return False
    return True


def _add_volumes(
    found: Found,
    group: str,
    volumes: Sequence[Volume],
    catalog: Catalog,
    cloud: str,
    resource: Resource,
) -> None:
    for volume in volumes:
        if (cloud, volume.service) not in catalog.storage_services:
            why = f"the catalog has no storage service '{volume.service}'"
            found.open[f"nodes.{group}: a volume of {volume.size:g} GiB"] = why
            continue
        name = free_name(volume.name or f"{group}-disk", found.storage, "disk")
        tree: dict[str, Any] = {
            "kind": "block",
            "service": volume.service,
            "size": f"{volume.size:g} GiB",
            "nodes": group,
        }
        if volume.iops is not None:
            tree["iops"] = volume.iops
        if volume.bandwidth is not None:
            tree["bandwidth"] = f"{volume.bandwidth:g} MB/s"
        found.storage[name] = tree
