"""Node groups: what their machines can do, how they fail, what they cost."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from models.catalog.errors import UnknownName
from models.catalog.hardware import BURSTABLE
from models.catalog.providers import cloud as cloud_of
from models.catalog.providers import service_of
from models.catalog.records import Accelerator, Link, Price
from models.description.quantities import HOUR, PriceOfAll
from models.description.stack import NodeGroup, Stack
from models.laws.break_even import break_even_time
from models.parts.billing import (
    GIVEN,
    cited,
    monthly_line,
    own_price_line,
    unpriced_line,
    whole_gib,
)
from models.parts.facts import Facts
from models.parts.place import provider_of
from models.prediction import BreakEven, CostLine, Finding

_GB = 1e9


@dataclass(frozen=True)
class Hardware:
    """What one node of a group can do, whether it comes from the catalog or is described by hand.

    Arguments:
        name: of the instance, or "machine".
        accelerator: its accelerators; for a node without any, its processor counted as one.
        accelerators: how many.
        accelerator_memory: of each, bytes.
        vcpus: hardware threads.
        memory: main memory, bytes.
        network_bandwidth: one way, bytes/s.
        network_link: between nodes.
        intra_link: between accelerators; None if there is only one.
    """

    name: str
    accelerator: Accelerator | None
    accelerators: int
    accelerator_memory: float
    vcpus: int
    memory: float
    network_bandwidth: float
    network_link: Link
    intra_link: Link | None


def hardware(group: NodeGroup, cloud: str, facts: Facts) -> Hardware:
    """Look up what a node of the group can do.

    Arguments:
        group: the node group.
        cloud: provider of the instance.
        facts: the catalog.

    Raises:
        UnknownName: a name that the catalog does not hold.
    """
    if group.machine is not None:
        machine = group.machine
        accelerator = facts.accelerator(machine.accelerator) if machine.accelerator else None
        memory = accelerator.memory if accelerator else 0.0
        intra = facts.link(machine.intra_link) if machine.intra_link else None
        link = facts.link(machine.network_link)
        return Hardware(
            "machine", accelerator, machine.accelerators, memory, machine.vcpus, machine.memory,
            machine.network, link, intra,
        )  # fmt: skip
    instance = facts.instance(cloud, str(group.instance))
    return Hardware(
        instance.name,
        facts.accelerator(instance.accelerator) if instance.accelerator else None,
        instance.accelerators,
        instance.accelerator_memory,
        instance.vcpus,
        instance.memory,
        instance.network_bandwidth,
        facts.link(instance.network_link),
        facts.link(instance.intra_link) if instance.intra_link else None,
    )


def findings(name: str, group: NodeGroup, stack: Stack, facts: Facts) -> Iterator[Finding]:
    """What the hardware of a group does that its figures do not hold.

    Arguments:
        name: of the group.
        group: as described.
        stack: that it belongs to.
        facts: the catalog.
    """
    if group.machine is not None or provider_of(stack).owned:
        return
    instance = facts.instance(stack.cloud, str(group.instance))
    if instance.instance_class == BURSTABLE:
        yield Finding(
            "warning",
            f"nodes.{name}.instance",
            f"{instance.name} works at full speed while CPU credits last, then at a fraction of it;"
            " the fraction is not simulated",
        )


def hourly_price(group: NodeGroup, stack: Stack, facts: Facts) -> Price | float | None:
    """What one node costs an hour: the price of the stack file, or the catalog's, or not known.

    Arguments:
        group: the node group.
        stack: that it belongs to.
        facts: the catalog.
    """
    if group.price is not None:
        return group.price
    if provider_of(stack).owned:
        return None
    try:
        return facts.price(
            stack.cloud,
            _sold_by(group, stack),
            str(group.instance),
            str(stack.region),
            group.purchase,
            "USD/h",
        )
    except UnknownName:
        return None


def _sold_by(group: NodeGroup, stack: Stack) -> str:
    """The service of the cloud that bills the nodes."""
    service = service_of(stack.cloud, str(group.instance))
    return cloud_of(stack.cloud).compute if service is None else service.name


def cost_lines(name: str, group: NodeGroup, stack: Stack, facts: Facts) -> tuple[CostLine, ...]:
    """What the nodes of a group cost by the hour, with the price of the other purchase option.

    Arguments:
        name: of the group.
        group: the node group.
        stack: that it belongs to.
        facts: the catalog.
    """
    price = hourly_price(group, stack, facts)
    units = group.count + group.spares
    bought = "owned" if provider_of(stack).owned else group.purchase.replace("_", "-")
    kept = ", in a reservation" if group.kept else ""
    item = f"{group.instance or 'machine'}, {bought}{kept}"
    if price is None:
        line = unpriced_line(name, item, units, "nodes", f"give nodes.{name}.price")
    else:
        usd, source = (price, GIVEN) if isinstance(price, float) else (price.usd, cited(price))
        other = _other_price(group, stack, facts)
        both = None if other is None else units * other
        sold_by = "" if isinstance(price, float) else price.service
        line = CostLine(name, item, units, "nodes", usd, False, both, source, service=sold_by)
    lines = [replace(line, node_group=name)]
    # The price of one's own node holds its disks, unless the file has one of them.
    if group.boot_disk_price is not None or _has_volumes(group, stack, facts):
        lines.append(replace(_boot_disks(name, group, stack, facts), volumes_of=name))
    return tuple(lines)


def _has_volumes(group: NodeGroup, stack: Stack, facts: Facts) -> bool:
    """System volumes are rented; a service that trains takes an instance's own disks instead.

    Source: Amazon SageMaker API reference, ResourceConfig, VolumeSizeInGB (2026-11-28).
    """
    if provider_of(stack).owned:
        return False
    if service_of(stack.cloud, str(group.instance)) is None:
        return True
    return not facts.instance(stack.cloud, str(group.instance)).local_disk


def break_even(name: str, group: NodeGroup, stack: Stack, facts: Facts) -> BreakEven | None:
    """When own nodes have cost less than these; None where the file or the catalog has no price.

    Arguments:
        name: of the group.
        group: the node group.
        stack: that it belongs to.
        facts: the catalog.
    """
    price, own, units = hourly_price(group, stack, facts), group.own, group.count + group.spares
    if own is None or price is None:
        return None
    cloud = units * (price if isinstance(price, float) else price.usd)
    hours = break_even_time(units * own.price, cloud, units * own.hourly)
    return BreakEven(name, units, units * own.price, units * own.hourly, cloud, hours * HOUR)


def _other_price(group: NodeGroup, stack: Stack, facts: Facts) -> float | None:
    spot = group.purchase == "spot"
    if group.kept or provider_of(stack).owned:
        return None
    if group.price is not None and not spot:  # what one has agreed on holds for no other way
        return None
    other = "on_demand" if spot else "spot"
    service = _sold_by(group, stack)
    try:
        return facts.price(
            stack.cloud, service, str(group.instance), str(stack.region), other, "USD/h"
        ).usd
    except LookupError:  # not every instance is sold as spot
        return None


def whole_gigabytes(size: float) -> int:
    """The volume of an instance that a service rents out, as it is provisioned and billed, GB.

    Arguments:
        size: as described, bytes.
    """
    return math.ceil(size / _GB)


def _boot_disks(name: str, group: NodeGroup, stack: Stack, facts: Facts) -> CostLine:
    resource, units = f"{name} system volumes", group.count + group.spares
    size, own = whole_gib(group.boot_disk) * units, group.boot_disk_price
    if isinstance(own, PriceOfAll):
        return CostLine(resource, "system volume", units, "volumes", own.usd, False, None, GIVEN)
    if own is not None:
        return own_price_line(resource, own, size)
    sold_by, runs = cloud_of(stack.cloud), service_of(stack.cloud, str(group.instance))
    if runs is not None:
        whole = whole_gigabytes(group.boot_disk) * _GB * units
        return monthly_line(resource, stack, facts, runs.name, runs.storage, whole)
    return monthly_line(resource, stack, facts, sold_by.boot_service, sold_by.boot_volume, size)
