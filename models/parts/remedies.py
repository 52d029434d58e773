"""What a stack can have more of, so that it is down less, and what that costs by the hour."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from models.catalog.records import Price
from models.description.stack import Stack
from models.laws.reliability.blocks import series
from models.parts import building, network_block, node_group
from models.parts.block_names import COOLING_SYSTEMS, COOLING_UNITS, POWER_FEEDS, POWER_PATHS
from models.parts.failure import Component
from models.parts.node_racks import NAME
from models.parts.place import provider_of
from models.parts.solve import SolvedStack, zones_of

_MOST_SWITCHES = 16  # of a stack file
_WORTH = 1e-9  # share of the downtime, below which nothing is saved but rounding


@dataclass(frozen=True)
class Remedy:
    """One more of something.

    Arguments:
        what: in words.
        changed: components as they then are, in the place of those of the same name.
        hourly: what it costs, USD/h; None where no price is known.
        gone: names of components that are then no more.
    """

    what: str
    changed: tuple[Component, ...]
    hourly: float | None = None
    gone: frozenset[str] = frozenset()

    def saved(self, components: tuple[Component, ...]) -> float:
        """Unavailability that goes away with it; 0 where that is no more than rounding.

        Arguments:
            components: of the stack.
        """
        replaced = self.gone | {one.name for one in self.changed}
        kept = [one for one in components if one.name not in replaced]
        before = series(one.result().unavailability for one in components)
        after = series(one.result().unavailability for one in (*kept, *self.changed))
        return before - after if before - after > _WORTH * before else 0.0


def remedies(solved: SolvedStack) -> dict[str, Remedy]:
    """What can be added to a stack for each of its blocks that more of it makes better.

    Arguments:
        solved: the stack.
    """
    offered = (*_spares(solved), *_network(solved), *_building(solved), *_racks(solved))
    return {name: one for name, one in offered if one.saved(solved.components) > 0}


def _spares(solved: SolvedStack) -> Iterator[tuple[str, Remedy]]:
    """A spare more of a group, where a slot of the racks or an address is left for it."""
    stack, facts = solved.stack, solved.site.facts
    if not _slot_is_left(stack):
        return
    for name, group in solved.site.groups.items():
        described = group.described.model_copy(update={"spares": group.described.spares + 1})
        more = stack.model_copy(update={"nodes": {**stack.nodes, name: described}})
        nodes = replace(group.component, units=group.component.units + 1)
        groups = {other: one.component for other, one in solved.site.groups.items()}
        racks = building.racks(more, {**groups, name: nodes}, facts)
        price = node_group.hourly_price(group.described, stack, facts)
        hourly = price.usd if isinstance(price, Price) else price
        yield name, Remedy("one more spare", (nodes, *racks), hourly)


def _slot_is_left(stack: Stack) -> bool:
    facility = stack.facility
    if facility is None or not facility.racks or not facility.nodes_per_rack:
        return True
    nodes = sum(group.count + group.spares for group in stack.nodes.values())
    return nodes < facility.racks * facility.nodes_per_rack


def _network(solved: SolvedStack) -> Iterator[tuple[str, Remedy]]:
    """A switch more, or a zone more, over which everything is spread or can be."""
    stack, facts = solved.stack, solved.site.facts
    if provider_of(stack).owned:
        now = network_block.component(stack, facts)
        if stack.network.switches < _MOST_SWITCHES:
            yield now.name, Remedy("one more switch", (replace(now, units=now.units + 1),))
        return
    zones = facts.region(stack.cloud, str(stack.region)).zones
    used = stack.zones or zones[:1]
    free = [zone for zone in zones if zone not in used]
    if not free:
        return
    more = stack.model_copy(update={"zones": (*used, free[0])})
    asked = [(one.kind, one.described, one.answer) for one in solved.workloads.values()]
    before, after = (
        zones_of(asked, replace(solved.site, stack=one)) or ()
        for one in (stack.model_copy(update={"zones": used}), more)
    )
    for one in before:
        names = frozenset(other.name for other in before)
        yield one.name, Remedy("one more zone", after, gone=names)


def _building(solved: SolvedStack) -> Iterator[tuple[str, Remedy]]:
    """A feed, a path or a cooling unit more."""
    words: Mapping[str, str] = {
        POWER_FEEDS: "one more feed",
        POWER_PATHS: "one more path",
        COOLING_UNITS: "one more unit",
        COOLING_SYSTEMS: "one more system",
    }
    for one in solved.components:
        if one.name in words:
            yield one.name, Remedy(words[one.name], (replace(one, units=one.units + 1),))


def _racks(solved: SolvedStack) -> Iterator[tuple[str, Remedy]]:
    """In each rack a switch or a power strip more, of which one suffices."""
    stack, facility = solved.stack, solved.stack.facility
    now = next((one for one in solved.components if one.name == NAME), None)
    if facility is None or now is None:
        return
    groups = {name: one.component for name, one in solved.site.groups.items()}
    choices = []
    for key, what in (("rack_switches", "switch"), ("rack_power", "power strip")):
        there = getattr(facility, key)
        if there is not None:
            more = facility.model_copy(update={key: there + 1})
            changed = building.racks(
                stack.model_copy(update={"facility": more}), groups, solved.site.facts
            )
            choices.append(Remedy(f"one more {what} in each", changed))
    yield NAME, max(choices, key=lambda one: one.saved(solved.components))
