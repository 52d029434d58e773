"""What both engines of a training cluster take and give."""

import importlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from models.parts import completeness
from models.parts.failure import Component

# In one replication: beyond these a run makes no progress that is worth the wait. What surely has
# more is refused with the file.
MOST_INTERRUPTIONS = completeness.MOST_INTERRUPTIONS
MOST_FAILURES = completeness.MOST_FAILURES
_MOST_CHECKPOINTS = 1e12  # of one run

ENGINES = {  # loaded when asked for: compiled code is heavy
    "compiled": "sim.cluster.kernel.compiled_year",
    "simpy": "sim.cluster.reference.simpy_year",
}


@dataclass(frozen=True)
class Run:
    """A run of work that failures interrupt, as the year sees it.

    Arguments:
        work: productive time, s; infinite for what is there all the time, such as a service.
        interval: productive time between two checkpoints, s; may be infinite.
        write_time: that the run waits for one checkpoint, s.
        startup: from nodes ready to the first step, s.
        restart: from a discovered failure to the next step, with the checkpoint's reading, s.
        detection: from a failure to its discovery, s.
        needs: names of the components that it needs to be up.
        flush_time: from the end of a wait until that checkpoint is safe, while work goes on, s;
            no longer than the interval. The last one of the run is waited for.
    """

    work: float
    interval: float
    write_time: float
    startup: float
    restart: float
    detection: float
    needs: frozenset[str]
    flush_time: float = 0.0


@dataclass(frozen=True)
class YearResult:
    """What a run saw of one year, from its start on.

    Arguments:
        time_to_train: wall time of the run, s; 0 for one without end.
        restarts: during the run.
        unit_time: working time of all units of each component that carries work, from the start
            to the end of the run, s, in the order of the components.
        yearly_productive: productive and kept time in the year, s.
        yearly_restarts: in the year.
        availability: fraction of the year in which every component had enough units.
        needs_availability: fraction of it in which those that the run needs had.
        complete: the run came to its end; one that is given up has lasted so long until then.
    """

    time_to_train: float
    restarts: int
    unit_time: tuple[float, ...]
    yearly_productive: float
    yearly_restarts: int
    availability: float
    needs_availability: float
    complete: bool = True


class NoProgress(RuntimeError):
    """A run that is interrupted more often than it advances.

    Arguments:
        text: what would help.
        so_far: what it saw until it was given up; None where nobody asks.
    """

    def __init__(self, text: str, so_far: YearResult | None = None) -> None:
        self.so_far = so_far
        super().__init__(text)


def interrupted_too_often(so_far: YearResult | None = None) -> NoProgress:
    """What is raised where a run only ever restarts.

    Arguments:
        so_far: what it saw.
    """
    return NoProgress(
        f"the run is interrupted {MOST_INTERRUPTIONS:,} times without coming to its end;"
        " it needs fewer failures, shorter checkpoints or more spares",
        so_far,
    )


def fails_too_often(component: str, so_far: YearResult | None = None) -> NoProgress:
    """What is raised where units fail more often than any cluster can bear.

    Arguments:
        component: the last of which one failed.
        so_far: what the run saw.
    """
    return NoProgress(
        f"units fail {MOST_FAILURES:,} times before the run and its year end,"
        f" the last of {component}; it needs fewer of them, more spares or a longer mttf",
        so_far,
    )


def given_up(
    elapsed: float,
    restarts: int,
    unit_time: tuple[float, ...],
    seen: tuple[float, int, float, float],
    counted: float,
    horizon: float,
) -> YearResult:
    """What is known of a run that is given up before its end: it has lasted so long already.

    Arguments:
        elapsed: from the start of the run on, s.
        restarts: of the run.
        unit_time: working time of all units of each component that carries work, s.
        seen: kept time, restarts, down time of the stack and of what the run needs, s.
        counted: over which these were seen, s; a year is as what was seen of it.
        horizon: of the year, s.
    """
    kept, yearly, down, needed_down = seen
    scale = horizon / counted
    return YearResult(
        elapsed,
        restarts,
        unit_time,
        kept * scale,
        round(yearly * scale),
        1 - down / counted,
        1 - needed_down / counted,
        complete=False,
    )


def check(run: Run, components: tuple[Component, ...], horizon: float, start: float = 0.0) -> None:
    """Refuse what can't be simulated.

    Arguments:
        run: the training run.
        components: of the whole stack.
        horizon: s.
        start: of the run, s.

    Raises:
        ValueError: times without a sense, a component twice, or units that never come back.
        NoProgress: checkpoints without end.
    """
    check_run(run, horizon, start)
    check_components(components)


def check_run(run: Run, horizon: float, start: float) -> None:
    """Refuse a run that can't be simulated.

    Arguments:
        run: the training run.
        horizon: s.
        start: of the run, s.

    Raises:
        ValueError: times without a sense.
        NoProgress: checkpoints without end.
    """
    if not (0 < horizon < math.inf and 0 <= start < math.inf):
        raise ValueError(
            f"horizon {horizon} s must be more than 0 and finite, start {start} s 0 or more"
        )
    if not (run.work > 0 and run.interval > 0):
        raise ValueError(f"work {run.work} s and interval {run.interval} s must be more than 0")
    if math.isfinite(run.work) and run.work / run.interval > _MOST_CHECKPOINTS:
        raise NoProgress(
            f"the run saves after every {run.interval:.2g} s of work, more than"
            f" {_MOST_CHECKPOINTS:,.0f} times; it needs fewer failures or a longer interval"
        )
    for name in ("write_time", "startup", "restart", "detection", "flush_time"):
        if not 0 <= getattr(run, name) < math.inf:
            raise ValueError(f"{name} is {getattr(run, name)} s; it must be 0 or more and finite")
    if run.flush_time > run.interval:
        raise ValueError(
            f"flush_time is {run.flush_time} s; it must be no longer than the interval,"
            f" {run.interval} s"
        )


def check_components(components: tuple[Component, ...]) -> None:
    """Refuse components that can't be simulated.

    Arguments:
        components: of the whole stack.

    Raises:
        ValueError: a component twice, or units that never come back.
    """
    names: set[str] = set()
    for component in components:
        if component.name in names:
            raise ValueError(f"two components are called {component.name}; each needs its own name")
        names.add(component.name)
        if not 0 <= component.required <= component.units:
            raise ValueError(
                f"{component.name} requires {component.required} of {component.units} units;"
                " it must be 0 or more and no more than there are"
            )
        for cause in component.causes:
            if not (cause.mttf > 0 and 0 <= cause.mttr < math.inf):
                raise ValueError(
                    f"{component.name}: mttf is {cause.mttf} s and mttr {cause.mttr} s; they must"
                    " be more than 0, and 0 or more and finite"
                )


def simulator(engine: str) -> Callable[..., YearResult]:
    """The function `simulate_year` of an engine.

    Arguments:
        engine: compiled or simpy.

    Raises:
        ValueError: a name that is no engine.
    """
    simulate: Callable[..., YearResult] = _module(engine).simulate_year
    return simulate


def _module(engine: str) -> Any:
    if engine not in ENGINES:
        raise ValueError(f"engine is {engine!r}; it must be one of {', '.join(ENGINES)}")
    return importlib.import_module(ENGINES[engine])


def years_of(engine: str, components: tuple[Component, ...]) -> Callable[..., YearResult]:
    """What simulates runs in years of a stack on an engine, its `YearsOf`.

    Arguments:
        engine: compiled or simpy.
        components: of the whole stack.

    Raises:
        ValueError: a name that is no engine, or components that can't be simulated.
    """
    years: Callable[..., YearResult] = _module(engine).YearsOf(components)
    return years


def failure_rate(mttfs: Sequence[float]) -> float:
    """How often one working unit fails, 1/s.

    Arguments:
        mttfs: mean time until it fails for each cause, s.
    """
    return sum(1 / mttf for mttf in mttfs)


def cumulative_shares(mttfs: Sequence[float]) -> list[float]:
    """For each cause, the probability that a failure has it or an earlier one.

    Arguments:
        mttfs: of the causes, s; all of them may be infinite, and then nobody asks.
    """
    total = failure_rate(mttfs) or 1.0
    shares = accumulate(1 / mttf / total for mttf in mttfs)
    return [*list(shares)[:-1], 1.0]  # whatever rounding made of it
