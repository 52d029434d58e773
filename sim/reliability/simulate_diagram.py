"""Simulate a described block diagram: its mission, and rare failures by their own method."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np

from models.laws.reliability.lifetimes import Deterministic, Exponential
from models.reliability.block_diagram import BlockDiagram
from models.reliability.described_system import DescribedSystem, system_of
from models.reliability.diagram_answer import ComponentMeasures, DiagramAnswer, SystemMeasures
from models.reliability.unit_figures import UnitFigures
from sim.backends import LOCAL, Backend
from sim.reliability.rare_failures import (
    NoFailureSeen,
    NotRare,
    rare_failure_probability,
    rare_failures,
)
from sim.reliability.simulate_system import (
    FEW,
    Engine,
    SimulatedSystem,
    compiled_histories,
    simulate_system,
)
from sim.reliability.system_contract import Maintenance, Standby, System, Unit

HISTORIES = 10_000
EngineName = Literal["compiled", "simpy"]
_INSTANT = 1.0  # s; a mission whose length means nothing


def simulate(
    description: BlockDiagram,
    seed: int = 1,
    histories: int = HISTORIES,
    engine: EngineName = "compiled",
    backend: Backend = LOCAL,
    progress: Callable[[int, int], None] | None = None,
) -> DiagramAnswer:
    """What a simulation says about a block diagram, with error bars.

    Where the system was down in few histories, and all its rates are constant and all its units
    repaired, what is rare is simulated by importance sampling instead.

    Arguments:
        description: as read and checked.
        seed: of the simulation.
        histories: missions that are simulated.
        engine: what simulates them; SimPy is the slow reference.
        backend: where they run.
        progress: told how many thousands of histories are complete, and of how many.

    Raises:
        ValueError: an argument out of range.
        BackendUnavailable: a package that is missing, or a cluster that can't be used.
    """
    described = system_of(description)
    fixed = any(unit.chances is not None for unit in described.units.values())
    time = _INSTANT if fixed else description.mission
    units = {name: _unit(figures) for name, figures in described.units.items()}
    system = System(described.diagram, units, described.crews)
    parts = math.ceil(histories / 1000)
    random = np.random.default_rng(seed)
    simulated = simulate_system(
        system,
        time,
        random,
        histories,
        _engine(engine),
        backend,
        (lambda done: progress(done, parts)) if progress else None,
    )
    words = f"{engine} engine, {histories:,} histories"
    if fixed:
        measures = SystemMeasures(unavailability=simulated.failure_probability)
        notes = _few(int(np.isfinite(simulated.first_failures).sum()), histories)
        name = description.name
        return DiagramAnswer(name, "simulation", words, None, measures, notes=notes)
    answer = _answer(description.name, described, time, simulated, words)
    return _with_rare(answer, system, time, simulated, random)


def _engine(name: EngineName) -> Engine:
    if name == "compiled":
        return compiled_histories
    from sim.reliability.reference.simpy_system import simpy_histories

    return simpy_histories


def _few(failed: int, histories: int) -> tuple[str, ...]:
    if failed >= FEW:
        return ()
    return (f"The system had failed in {failed} of {histories:,} draws, which is few.",)


def _unit(figures: UnitFigures) -> Unit:
    """How a unit is simulated; a probability for all time is a failure before an instant."""
    if figures.chances is not None:
        failed, works = figures.chances
        if failed == 0:
            return Unit(None, None)
        # The survivor of the instant works with its probability, whose digits both ends keep.
        rate = -math.log1p(-failed) if failed < 0.5 else -math.log(works) if works else math.inf
        life = Exponential(rate / _INSTANT) if rate < math.inf else Deterministic(_INSTANT / 2)
        return Unit(life, None)
    stop = None
    if figures.stop is not None and figures.stop_age is not None:
        stop = Maintenance(figures.stop_age, figures.stop)
    standby = Standby(figures.dormant, figures.switching) if figures.waits else None
    return Unit(figures.lifetime, figures.repair, stop, standby)


def _answer(
    name: str, described: DescribedSystem, time: float, simulated: SimulatedSystem, words: str
) -> DiagramAnswer:
    counts = described.counts
    return DiagramAnswer(
        name,
        "simulation",
        words,
        time,
        SystemMeasures(
            mission_unavailability=simulated.unavailability,
            mission_failures=simulated.failures,
            unreliability=simulated.failure_probability,
        ),
        tuple(
            ComponentMeasures(one, counts[one], share)
            for one, share in simulated.components.items()
        ),
        notes=simulated.notes,
    )


def _with_rare(
    answer: DiagramAnswer,
    system: System,
    time: float,
    simulated: SimulatedSystem,
    random: np.random.Generator,
) -> DiagramAnswer:
    """The answer with what is too rare to be seen in the histories."""
    if simulated.down >= FEW or not all(_markovian(unit) for unit in system.units.values()):
        return answer
    try:
        long_run = rare_failures(system, random)
        unreliability = rare_failure_probability(system, time, random)
    except (NotRare, NoFailureSeen):
        return answer
    measures = replace(
        answer.measures,
        mission_unavailability=None,  # of which the histories show next to nothing
        mission_failures=None,
        unavailability=long_run.unavailability,
        failure_frequency=long_run.failure_frequency,
        mttf=long_run.mttf,
        unreliability=unreliability,
    )
    runs = f"{long_run.cycles:,} cycles by importance sampling"
    return replace(answer, law=f"{answer.law}; {runs}", measures=measures, notes=long_run.notes)


def _markovian(unit: Unit) -> bool:
    exponential = isinstance(unit.lifetime, Exponential) and isinstance(unit.repair, Exponential)
    return exponential and unit.maintenance is None and unit.standby is None
