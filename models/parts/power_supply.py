"""How the redundant parts of a building fail: feeds, UPS, generators, paths, cooling, racks."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from models.description.facility import Facility, PowerSupply, Redundant
from models.description.quantities import format_scaled
from models.laws.backup_power import Generators, backed_up
from models.laws.redundancy import redundancy, units_for
from models.laws.reliability.redundant_systems import group_cycle, redundant_cycle, series_cycle
from models.laws.reliability.repairable import Repaired
from models.parts.block_names import (
    COOLING_SYSTEMS,
    COOLING_UNITS,
    POWER_PATHS,
    POWER_SUPPLY,
)
from models.parts.energy import TooSmall
from models.parts.facts import Facts
from models.parts.failure import Cause, Component
from models.parts.node_racks import NAME, GroupInRacks, NodeRacks
from models.prediction import BlockResult

Load = Callable[[], float]


@dataclass(frozen=True)
class Compound(Component):
    """A block whose unit is made of others: the power supply as a whole.

    Arguments:
        redundant: nothing that fails alone within a unit stops it.
    """

    redundant: bool

    def result(self) -> BlockResult:
        """The block and its unavailability; no single point where each unit is redundant within."""
        result = super().result()
        return replace(result, single_point=result.single_point and not self.redundant)


def power(described: PowerSupply, computing: Load, building: Load, facts: Facts) -> list[Component]:
    """Utility, UPS and generators as one block, and the paths from there to the racks.

    The generators of all systems feed one bus. A UPS that is down passes the utility's power on.

    Arguments:
        described: the power of a building.
        computing: load of the UPS, W.
        building: load of the generators, W.
        facts: the catalog.

    Raises:
        TooSmall: UPS or generators that do not carry their load.
    """
    utility, sources = _utility(described, facts)
    away, autonomy, engines, systems = 1.0, 0.0, None, 1
    if described.ups is not None:
        ups, unit = described.ups, _unit("ups", facts)
        arrangement, needed = redundancy(ups.redundancy), _needed("UPS", ups, computing)
        away = redundant_cycle(arrangement, needed, unit).unavailability
        autonomy, systems = ups.autonomy, arrangement.systems
        sources.append(f"ups {ups.redundancy}")
    if described.generators is not None:
        engines = _generators(described, building, facts)
        sources.append(f"generator {described.generators.redundancy}")
    cycle = backed_up(utility, away, autonomy, engines).cycle
    redundant = described.feeds > 1 or engines is not None
    outage = Cause("outage", cycle.mean_up_time, cycle.mean_down_time)
    supply = Compound(POWER_SUPPLY, 1, 1, (outage,), False, ", ".join(sources), redundant)
    switchgear = _unit("switchgear", facts)
    paths = described.paths or systems
    return [supply, Component(POWER_PATHS, 1, paths, (_cause(switchgear),), False, "switchgear")]


def cooling(described: Redundant, computing: Load, facts: Facts) -> Component:
    """Cooling units: those of one system, or systems of which one suffices.

    Arguments:
        described: the units.
        computing: heat to carry away, W.
        facts: the catalog.

    Raises:
        TooSmall: too few units.
    """
    arrangement, unit = redundancy(described.redundancy), _unit("cooling", facts)
    needed = _needed("cooling", described, computing)
    units, source = needed + arrangement.spares, f"cooling {described.redundancy}"
    if arrangement.systems == 1:
        return Component(COOLING_UNITS, needed, units, (_cause(unit),), False, source)
    system = _cause(group_cycle(needed, units, unit))
    return Component(COOLING_SYSTEMS, 1, arrangement.systems, (system,), False, source)


def racks(
    facility: Facility, used: int, groups: tuple[GroupInRacks, ...], facts: Facts
) -> NodeRacks | None:
    """Racks, each of which takes its nodes along; None where nothing is said of what fails.

    Arguments:
        facility: the building.
        used: racks that hold nodes.
        groups: of nodes in them.
        facts: the catalog.
    """
    inside = (
        ("top-of-rack-switch", facility.rack_switches),
        ("rack-power", facility.rack_power),
    )
    causes = {
        kind: _cause(group_cycle(1, units, _unit(kind, facts)), kind)
        for kind, units in inside
        if units is not None
    }
    if not causes:
        return None
    slots = facility.nodes_per_rack or 1
    spare = sum((one.nodes.units - one.nodes.required) // slots for one in groups)
    redundant = all(units is None or units > 1 for _, units in inside)
    return NodeRacks(
        name=NAME,
        required=max(1, used - spare),
        units=used,
        causes=tuple(causes.values()),
        carries_work=True,
        source=", ".join(causes),
        redundant=redundant,
        groups=groups,
    )


def _utility(described: PowerSupply, facts: Facts) -> tuple[Repaired, list[str]]:
    """Feeds of which one suffices; several also fail together, by what they share.

    The outages of both kinds are taken as exponential with their common mean.
    """
    utility = group_cycle(1, described.feeds, _unit("power-feed", facts))
    if described.feeds == 1:
        return utility, ["power-feed"]
    together = _unit("power-feeds-together", facts)
    return series_cycle([utility, together]), ["power-feed", "power-feeds-together"]


def _generators(described: PowerSupply, building: Load, facts: Facts) -> Generators:
    engines = described.generators
    assert engines is not None
    rate = facts.failure_rate("generator")
    arrangement = redundancy(engines.redundancy)
    needed = _needed("generators", engines, building)
    fails = rate.failures_per_demand or 0.0
    if engines.start_failure is not None:
        fails = engines.start_failure
    return Generators(
        required=needed,
        units=arrangement.units(needed),
        start_failure=fails * (1 - engines.common_cause),
        failure_rate=1 / rate.mttf,
        start_time=engines.start,
        fuel=engines.fuel,
        none_starts=fails * engines.common_cause,
    )


def _needed(what: str, described: Redundant, load: Load) -> int:
    """N: from the units there are, from what they must carry, or else 1."""
    arrangement = redundancy(described.redundancy)
    there = None if described.units is None else arrangement.needed(described.units)
    if described.capacity is None:
        return there or 1
    needed = units_for(load(), described.capacity)
    if there is not None and there < needed:
        each, all_of_it = format_scaled(described.capacity, "W"), format_scaled(load(), "W")
        raise TooSmall(
            what,
            f"{described.units} units as {arrangement} carry {there} x {each},"
            f" but the load is {all_of_it}; take {arrangement.units(needed)}",
        )
    return there or needed


def _unit(kind: str, facts: Facts) -> Repaired:
    rate = facts.failure_rate(kind)
    return Repaired.of_times(rate.mttf, rate.mttr)


def _cause(cycle: Repaired, name: str = "failure") -> Cause:
    return Cause(name, cycle.mean_up_time, cycle.mean_down_time)
