"""How nodes are paid for and kept: what a cloud does not sell, or not together."""

from collections.abc import Iterator

from models.catalog.providers import cloud as cloud_of
from models.description.stack import NodeGroup, Stack
from models.parts.place import provider_of
from models.parts.zones import in_all_zones
from models.prediction import Finding
from models.reading.faults import Fault, PathInFile

# What is taken back at any time, or given when there is some, can't be kept before.
NEVER_KEPT = ("spot", "flex_start")


def reservation_faults(path: PathInFile, group: NodeGroup, stack: Stack) -> Iterator[Fault]:
    """What can't be had of a purchase and a reservation.

    Arguments:
        path: of the node group.
        group: as described.
        stack: that it belongs to.
    """
    reservation, provider = group.reservation, provider_of(stack)
    if provider.owned:
        if group.purchase != "on_demand":
            yield Fault((*path, "purchase"), f"'{group.purchase}' is only for a cloud")
        if reservation is not None:
            yield Fault((*path, "reservation"), "is only for a cloud; these are one's own")
        return
    sold = cloud_of(stack.cloud).purchases
    if group.purchase not in sold:
        message = f"'{group.purchase}' is not sold by {provider.title}"
        yield Fault((*path, "purchase"), message, f"one of {', '.join(sold)}")
    if not group.kept:
        return
    if group.purchase in NEVER_KEPT:
        message = f"is not for nodes that are bought as '{group.purchase}'"
        yield Fault((*path, "reservation"), message, "leave it out, or buy them on_demand")
    if reservation is not None and reservation.make and group.purchase == "capacity_block":
        message = "is not made: a block of capacity is bought for a period, before the stack"
        yield Fault((*path, "reservation", "make"), message, "give 'name': of the one you bought")
    most, nodes = cloud_of(stack.cloud).reserved_together, group.count + group.spares
    if reservation is not None and reservation.make and 0 < most < nodes:
        message = f"{provider.title} reserves {most:,} nodes together at most, not {nodes:,}"
        yield Fault((*path, "reservation", "make"), message, "take several groups, or leave it out")
    if in_all_zones(stack):
        message = f"is of one zone, and these nodes stand in {len(stack.zones)}"
        yield Fault((*path, "reservation"), message, f"leave it out{or_one_zone(stack)}")


def or_one_zone(stack: Stack) -> str:
    """What else helps where nodes stand in several zones; the control plane of a cluster must.

    Arguments:
        stack: the description.
    """
    return ", or name one zone in 'zones'" if stack.kubernetes is None else ""


def reservation_findings(name: str, group: NodeGroup, stack: Stack) -> Iterator[Finding]:
    """What a purchase means that the figures do not hold.

    Arguments:
        name: of the group.
        group: as described.
        stack: that it belongs to.
    """
    place = f"nodes.{name}.purchase"
    if group.purchase == "flex_start":
        yield Finding(
            "warning",
            place,
            "the nodes start when all of them can be had, which may take days, and are taken back"
            " after 7 days at most, and a failed one is not replaced; none of it is simulated",
        )
    if group.purchase == "capacity_block":
        yield Finding(
            "warning",
            place,
            "a block is paid in advance for all of its days, and its nodes are taken back at its"
            " end; a run is billed for its own hours alone, and no end is simulated",
        )
