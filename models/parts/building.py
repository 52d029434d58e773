"""The building, on premises: what of it fails, and which racks the nodes stand in."""

from collections import Counter
from collections.abc import Mapping, Sequence

from models.description.stack import Stack
from models.laws.reliability.blocks import series
from models.laws.reliability.tiers import tier_reached
from models.parts import energy
from models.parts.billing import GIVEN
from models.parts.block_names import (
    COOLING_SYSTEMS,
    COOLING_UNITS,
    POWER_FEEDS,
    POWER_PATHS,
    POWER_SUPPLY,
)
from models.parts.facts import Facts
from models.parts.failure import Cause, Component
from models.prediction import BlockResult

# Names of blocks: feeds alone, and what is described of power and cooling beyond them.
BACKED_UP = frozenset({POWER_SUPPLY, POWER_PATHS, COOLING_UNITS, COOLING_SYSTEMS})


def components(stack: Stack, facts: Facts) -> tuple[Component, ...]:
    """How power and cooling fail: blocks in series.

    Arguments:
        stack: the description.
        facts: the catalog.

    Raises:
        TooSmall: UPS, generators or cooling units that do not carry their load.
        UnknownPower: the catalog does not know what a node draws.
    """
    facility = stack.facility
    if facility is None:
        return ()
    if facility.power is None and facility.cooling is None:
        return (_feeds(facility.power_feeds, facts),)
    from models.parts import power_supply  # brings numpy, which a plain description can do without

    def computing() -> float:
        return energy.computing_power(stack, facts)

    def building() -> float:
        return energy.draw(stack, facts).building

    if facility.power is None:
        parts = [_feeds(facility.power_feeds, facts)]
    else:
        parts = power_supply.power(facility.power, computing, building, facts)
    if facility.cooling is not None:
        parts.append(power_supply.cooling(facility.cooling, computing, facts))
    return tuple(parts)


def racks(stack: Stack, groups: Mapping[str, Component], facts: Facts) -> tuple[Component, ...]:
    """How racks fail, each with all its nodes: by their switches or by their power.

    Nodes fill one rack after the other, the spares of a group behind its nodes.

    Arguments:
        stack: the description.
        groups: how the nodes of each group fail, by its name.
        facts: the catalog.
    """
    facility = stack.facility
    if facility is None or not (facility.rack_switches or facility.rack_power):
        return ()
    from models.parts import power_supply  # as above
    from models.parts.node_racks import GroupInRacks

    slots, used = facility.nodes_per_rack or 1, energy.racks_in_use(stack)
    placed, first = [], 0
    for name, described in stack.nodes.items():
        nodes = groups[name]
        # Of nodes that nothing runs on it doesn't matter where they stand.
        working = nodes.units - described.spares
        places = [*range(first, first + working)]
        places += range(first + described.count, first + described.count + described.spares)
        counts = Counter(place // slots for place in places)
        placed.append(GroupInRacks(nodes, tuple(counts[rack] for rack in range(used))))
        first += described.count + described.spares
    part = power_supply.racks(facility, used, tuple(placed), facts)
    return (part,) if part else ()


def hosts(stack: Stack, groups: Mapping[str, Component]) -> tuple[Component, ...]:
    """How hosts fail, each with all nodes that it holds; a node that fails takes no other along.

    Nodes fill one host after the other, the spares of a group behind its nodes.

    Arguments:
        stack: the description.
        groups: how the nodes of each group fail, by its name.
    """
    described = {name: one for name, one in stack.nodes.items() if one.hosts is not None}
    if not described:
        return ()
    from models.parts.node_racks import HOSTS, GroupInRacks, NodeRacks

    filled, placed, first = {}, [], 0
    for name, group in described.items():
        assert group.hosts is not None  # as chosen
        filled[name] = -(-(group.count + group.spares) // group.hosts.nodes)
    total = sum(filled.values())
    for name, group in described.items():
        assert group.hosts is not None  # as above
        nodes = groups[name]
        # As in racks, where it doesn't matter where nodes stand that nothing runs on.
        places = [*range(nodes.units - group.spares)]
        places += range(group.count, group.count + group.spares)
        counts = Counter(first + place // group.hosts.nodes for place in places)
        placed.append(GroupInRacks(nodes, tuple(counts[host] for host in range(total))))
        first += filled[name]
    one = next(group.hosts for group in described.values() if group.hosts is not None)
    cause = Cause("host failure", one.mttf, one.mttr)
    spare = sum((group.nodes.units - group.nodes.required) // max(group.racks) for group in placed)
    return (
        NodeRacks(
            name=HOSTS,
            required=max(1, total - spare),
            units=total,
            causes=(cause,),
            carries_work=True,
            source=GIVEN,
            redundant=False,
            groups=tuple(placed),
        ),
    )


def unavailability(blocks: Sequence[BlockResult]) -> float | None:
    """Of power and cooling alone; None where no more than feeds is described of them.

    Arguments:
        blocks: of the stack.
    """
    away = {result.block.name: result.unavailability for result in blocks}
    if not away.keys() & BACKED_UP:
        return None
    return series(value for name, value in away.items() if name in BACKED_UP | {POWER_FEEDS})


def tier(unavailability: float) -> str | None:
    """Name of the highest tier whose availability power and cooling reach; None below the first.

    Arguments:
        unavailability: of power and cooling, a share of time.
    """
    reached = tier_reached(unavailability)
    return reached.name if reached else None


def _feeds(units: int, facts: Facts) -> Component:
    rate = facts.failure_rate("power-feed")
    cause = Cause("failure", rate.mttf, rate.mttr)
    return Component(POWER_FEEDS, 1, units, (cause,), False, rate.component)
