"""A block diagram solved by laws: those that hold for what its file describes."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from models.laws.arrays import Floats
from models.laws.quadrature import integral
from models.laws.reliability.diagram import Diagram as LawDiagram
from models.laws.reliability.diagram import Identical, Parallel, Series
from models.laws.reliability.diagram_compile import compile_diagram
from models.laws.reliability.diagram_mission import FirstFailure, over_mission
from models.laws.reliability.diagram_times import mission, mttf, repaired
from models.laws.reliability.lifetime import Lifetime
from models.laws.reliability.maintenance import replacement_unavailability
from models.laws.reliability.repairable import Repaired, RepairedGroup
from models.laws.reliability.standby import Standby
from models.laws.reliability.structure import Structure
from models.prediction import Estimate
from models.reliability.block_diagram import BlockDiagram
from models.reliability.described_system import DescribedSystem, system_of
from models.reliability.diagram_answer import ComponentMeasures, DiagramAnswer, SystemMeasures
from models.reliability.unit_figures import UnitFigures, constant_rate
from models.reliability.weak_parts import WeakParts, weak_parts

_TOLERANCE = 1e-10
_SIMULATED = "only the simulation answers"
_exact = Estimate.exact


@dataclass(frozen=True)
class _Law:
    """What a law says.

    Arguments:
        words: its name.
        measures: of the system.
        components: unavailability of a unit of each.
        at: unavailabilities at which it is asked what matters.
        notes: on what it does not know.
    """

    words: str
    measures: SystemMeasures
    components: Mapping[str, float] = field(default_factory=dict)
    at: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def solve(description: BlockDiagram) -> DiagramAnswer:
    """What the laws say about a block diagram; the answer says where none is known.

    Arguments:
        description: as read and checked.
    """
    system = system_of(description)
    fixed = any(unit.chances is not None for unit in system.units.values())
    time = None if fixed else description.mission
    try:
        structure = compile_diagram(system.diagram)
    except ValueError as error:  # it shares too much, or its graph is too wide
        return _unknown(description.name, time, f"{_SIMULATED}: {error}.")
    law = _fixed(system, structure) if time is None else _timed(system, structure, time)
    if isinstance(law, str):
        return _unknown(description.name, time, law)
    weak = weak_parts(structure, law.at) if law.at else WeakParts((), (), False, (), ())
    counts = system.counts
    return DiagramAnswer(
        description.name,
        "exact",
        law.words,
        time,
        law.measures,
        tuple(
            ComponentMeasures(name, counts[name], _exact(value))
            for name, value in law.components.items()
        ),
        weak.importances,
        weak.cut_sets,
        weak.all_cut_sets,
        weak.single_points,
        (*law.notes, *weak.notes),
    )


def _unknown(name: str, time: float | None, note: str) -> DiagramAnswer:
    sentence = note[0].upper() + note[1:]
    return DiagramAnswer(name, "none", "none known", time, SystemMeasures(), notes=(sentence,))


def _fixed(system: DescribedSystem, structure: Structure) -> _Law:
    chances = {name: unit.chances or (0.0, 1.0) for name, unit in system.units.items()}
    fail = {name: failed for name, (failed, _) in chances.items()}
    work = {name: works for name, (_, works) in chances.items()}
    lost = float(structure.chances(fail, work).fail)
    measures = SystemMeasures(unavailability=_exact(lost))
    return _Law("block diagram at the probabilities of its components", measures, fail, fail)


def _timed(system: DescribedSystem, structure: Structure, time: float) -> _Law | str:
    units = system.units
    if system.crews is not None or any(unit.waits for unit in units.values()):
        return _group(system, time)
    if not any(unit.repair for unit in units.values()):
        return _unrepaired(structure, units, time)
    if all(unit.repair for unit in units.values()):
        return _repaired(structure, units, time)
    rates = _rates(units)
    if rates is None:
        return f"{_SIMULATED}: some units are repaired, and rates of others vary."
    return _Law(
        "block diagram at constant rates, some units not repaired",
        SystemMeasures(**_over_mission(structure, rates, time)),
        _mission_shares(rates, time),
        {name: _at(rate, time) for name, rate in rates.items()},
    )


def _unrepaired(structure: Structure, units: Mapping[str, UnitFigures], time: float) -> _Law:
    lives: dict[str, Lifetime] = {name: _lifetime(unit) for name, unit in units.items()}
    failed = float(mission(structure, lives, time).fail)

    def failed_by(times: Floats) -> Floats:
        return np.asarray(mission(structure, lives, times).fail)

    share = integral(failed_by, 0.0, time, _TOLERANCE) / time
    measures = SystemMeasures(
        mission_unavailability=_exact(share),
        mission_failures=_exact(failed),  # it fails once, or not
        unreliability=_exact(failed),
        mttf=_exact(mttf(structure, lives)),
    )
    shares = {name: life.time_lost(time) / time for name, life in lives.items()}
    at_end = {name: life.unreliability(time) for name, life in lives.items()}
    return _Law("block diagram without repair", measures, shares, at_end)


def _lifetime(unit: UnitFigures) -> Lifetime:
    assert unit.lifetime is not None  # it is no probability for all time
    return unit.lifetime


def _repaired(structure: Structure, units: Mapping[str, UnitFigures], time: float) -> _Law:
    down = {name: _long_run(unit) for name, unit in units.items()}
    rates, words = _rates(units), "block diagram, each unit repaired by a crew of its own"
    known = _mission_shares({n: unit.rates for n, unit in units.items() if unit.rates}, time)
    if any(unit.stop for unit in units.values()):
        lost = _exact(float(structure.unavailability(down)))
        note = "Units are stopped at an age: the laws say how much is down in the long run."
        return _Law(words, SystemMeasures(unavailability=lost), known, down, (note,))
    times = {
        name: (_lifetime(unit).mttf, unit.repair.mttf if unit.repair else math.inf)
        for name, unit in units.items()
    }
    long_run = _of_long_run(repaired(structure, times))
    if rates is None:
        note = "Times are not all exponential: the laws say what holds in the long run."
        return _Law(words, SystemMeasures(**long_run), known, down, (note,))
    both = SystemMeasures(**long_run, **_over_mission(structure, rates, time))
    return _Law(words, both, _mission_shares(rates, time), down)


def _long_run(unit: UnitFigures) -> float:
    """Share of the time that a unit is down."""
    assert unit.repair is not None
    age = math.inf if unit.stop_age is None else unit.stop_age
    stop = 0.0 if unit.stop is None else unit.stop.mttf
    return replacement_unavailability(_lifetime(unit), age, stop, unit.repair.mttf)


def _of_long_run(answer: Repaired) -> dict[str, Estimate]:
    return {
        "unavailability": _exact(answer.unavailability),
        "failure_frequency": _exact(answer.failure_frequency),
        "mean_up_time": _exact(answer.mean_up_time),
        "mean_down_time": _exact(answer.mean_down_time),
    }


_Rates = Mapping[str, tuple[float, float]]


def _rates(units: Mapping[str, UnitFigures]) -> _Rates | None:
    """Constant rates of all units; None where one varies."""
    found = {name: unit.rates for name, unit in units.items()}
    known = {name: rates for name, rates in found.items() if rates is not None}
    return known if len(known) == len(found) else None


def _over_mission(structure: Structure, rates: _Rates, time: float) -> dict[str, Estimate]:
    expected = over_mission(structure, rates, time)
    found = {
        "mission_unavailability": _exact(expected.unavailability),
        "mission_failures": _exact(expected.failures),
    }
    try:
        first = FirstFailure(structure, rates)
    except ValueError:  # more states than anyone waits for
        return found
    found["unreliability"] = _exact(first.unreliability(time))
    found["mttf"] = _exact(first.mttf())
    return found


def _at(rates: tuple[float, float], time: float) -> float:
    """Unavailability of a unit at a time."""
    fails, mends = rates
    return fails / (fails + mends) * -math.expm1(-(fails + mends) * time)


def _mission_shares(rates: _Rates, time: float) -> dict[str, float]:
    """Share of a mission for which a unit is down, new at first."""
    found = {}
    for name, (fails, mends) in rates.items():
        settles = (fails + mends) * time
        # 1 - (1 - exp(-x))/x cancels where little of the mission has passed.
        early = settles / 2 - settles**2 / 6 + settles**3 / 24
        share = early if settles < 1e-4 else 1 + math.expm1(-settles) / settles
        found[name] = fails / (fails + mends) * share
    return found


def _group(system: DescribedSystem, time: float) -> _Law | str:
    """Alike units with too few crews, or in standby: the laws know them by themselves alone."""
    group = _lone(system.diagram)
    if group is None:
        what = "crews are shared by different units" if system.crews else "units wait in standby"
        return f"{_SIMULATED}: {what} within a larger diagram."
    unit = system.units[group.name]
    fails = constant_rate(unit.lifetime)
    mends = constant_rate(unit.repair) if unit.repair else 0.0
    dormant = constant_rate(unit.dormant) if unit.dormant else 0.0
    if fails is None or mends is None or dormant is None or unit.stop:
        return f"{_SIMULATED}: crews or standby, and rates vary."
    if not unit.waits:
        return _crews(group, fails, mends, system.crews, time)
    spares = group.units - group.required
    law = Standby(fails, spares, group.required, dormant, unit.switching, mends, system.crews)
    measures = {"unreliability": _exact(law.unreliability(time)), "mttf": _exact(law.mttf())}
    if not mends:
        measures["mission_failures"] = measures["unreliability"]
    # Elsewhere the law lets nothing fail while the system is down; here units go on.
    elif group.required == 1 and (not dormant or unit.switching == 1):
        measures |= _of_long_run(law.long_run())
    words = f"{_of(group)}, the others in standby{_with(system.crews)}"
    return _Law(words, SystemMeasures(**measures))


def _crews(
    group: Identical, fails: float, mends: float, crews: int | None, time: float
) -> _Law | str:
    if not mends:
        return f"{_SIMULATED}: nothing is repaired."
    law = RepairedGroup(group.required, group.units, fails, mends, crews)
    measures = SystemMeasures(
        **_of_long_run(law.long_run()),
        mission_unavailability=_exact(law.interval_unavailability(time)),
        unreliability=_exact(law.unreliability(time)),
        mttf=_exact(law.mttf()),
    )
    return _Law(f"{_of(group)}{_with(crews)}", measures)


def _of(group: Identical) -> str:
    return f"{group.required} of {group.units} units of {group.name}"


def _with(crews: int | None) -> str:
    if crews is None:
        return ""
    return ", 1 crew" if crews == 1 else f", {crews} crews"


def _lone(diagram: LawDiagram) -> Identical | None:
    """The only group of a diagram that has nothing else."""
    while isinstance(diagram, Series | Parallel) and len(diagram.parts) == 1:
        diagram = diagram.parts[0]
    return diagram if isinstance(diagram, Identical) else None
