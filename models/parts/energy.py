"""Electricity of a stack: what its hardware draws, what the building adds, cost and carbon."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.description.quantities import format_scaled
from models.description.stack import Stack
from models.laws.facility_power import JOULES_PER_KWH, facility_power
from models.parts import kinds
from models.parts.billing import unpriced_line
from models.parts.facts import Facts
from models.parts.node_power import node_power
from models.parts.place import provider_of
from models.parts.workloads.workload_kind import SolvedWorkload
from models.prediction import CostLine


class TooSmall(ValueError):
    """Units of a building that do not carry their load.

    Arguments:
        what: they are: UPS, generators or cooling.
        message: what is wrong with them.
    """

    def __init__(self, what: str, message: str) -> None:
        self.what, self.message = what, message
        super().__init__(f"{what}: {message}")


@dataclass(frozen=True)
class Draw:
    """What a stack draws while it works, and what its electricity emits.

    Arguments:
        computing: of all nodes, switches and disks, W.
        building: with what the building adds, W.
        carbon_intensity: kg of CO2 equivalent per J; None if no grid is known.
        source: of the carbon intensity; empty if there is none.
        of_node: what one node of each group draws, W, by name of the group.
    """

    computing: float
    building: float
    carbon_intensity: float | None
    source: str
    of_node: Mapping[str, float]


def computing_power(stack: Stack, facts: Facts) -> float:
    """What all nodes, spares too, and on premises switches and disks draw at work, W.

    Arguments:
        stack: the description.
        facts: the catalog.

    Raises:
        UnknownPower: the catalog does not know what a node draws.
    """
    power = math.fsum(
        (group.count + group.spares) * node_power(name, group, stack, facts)
        for name, group in stack.nodes.items()
    )
    if not provider_of(stack).owned:
        return power
    switches = stack.network.switches
    if stack.facility is not None and stack.facility.rack_switches is not None:
        switches += racks_in_use(stack) * stack.facility.rack_switches
    power += switches * facts.power_draw("switch").power
    return power + math.fsum(
        kinds.store_kind(described).power(described, stack, facts)
        for described in stack.storage.values()
    )


def outside(workloads: Iterable[SolvedWorkload]) -> Draw | None:
    """What draws where there is neither building nor node; None where one of them is not outside.

    Arguments:
        workloads: all of the stack.
    """
    powers = [
        one.kind.outside_power(one.answer) if one.kind.outside(one.described) else None
        for one in workloads
    ]
    known = [one for one in powers if one is not None]
    if len(known) < len(powers) or not known:
        return None
    return Draw(math.fsum(known), math.fsum(known), None, "", {})


def racks_in_use(stack: Stack) -> int:
    """Racks that the nodes of a stack fill; 0 where it does not say how many go into one.

    Arguments:
        stack: the description.
    """
    if stack.facility is None or stack.facility.nodes_per_rack is None:
        return 0
    nodes = sum(group.count + group.spares for group in stack.nodes.values())
    return math.ceil(nodes / stack.facility.nodes_per_rack)


def draw(stack: Stack, facts: Facts) -> Draw:
    """What a stack draws while it works; buildings whose pue is not given add nothing.

    Arguments:
        stack: the description.
        facts: the catalog.

    Raises:
        UnknownName: a grid that the catalog does not hold.
        UnknownPower: the catalog does not know what a node draws.
    """
    computing = computing_power(stack, facts)
    nodes = {name: node_power(name, group, stack, facts) for name, group in stack.nodes.items()}
    if not provider_of(stack).owned:
        region = facts.region(stack.cloud, str(stack.region))
        grid = facts.grid(region.grid)
        power = facility_power(computing, region.pue)
        return Draw(computing, power, grid.carbon_intensity, grid.source, nodes)
    pue = stack.facility.pue if stack.facility is not None else None
    building = facility_power(computing, pue or 1.0)
    electricity = stack.facility.electricity if stack.facility is not None else None
    if electricity is not None and electricity.grid is not None:
        grid = facts.grid(electricity.grid)
        return Draw(computing, building, grid.carbon_intensity, grid.source, nodes)
    carbon = electricity.carbon if electricity is not None else None
    source = "" if carbon is None else "the stack file"
    return Draw(computing, building, carbon, source, nodes)


def cost_lines(stack: Stack, facts: Facts) -> tuple[CostLine, ...]:
    """What the electricity costs by the hour, on premises; a cloud has it in its prices.

    Arguments:
        stack: the description.
        facts: the catalog.

    Raises:
        UnknownPower: the catalog does not know what a node draws.
    """
    facility = stack.facility
    if facility is None or facility.electricity is None:
        return ()
    power = draw(stack, facts)
    if facility.electricity.price is None:
        why = "give facility.electricity.price"
        return (unpriced_line("building", "electricity", power.building / 1e3, "kW", why),)
    item = f"electricity: {format_scaled(power.computing, 'W')} at a pue of {facility.pue:g}"
    price = facility.electricity.price * JOULES_PER_KWH
    return (
        CostLine(
            "building", item, power.building / 1e3, "kW", price, False, None, "the stack file"
        ),
    )
