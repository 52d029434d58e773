"""Which runs of a stream are worth their time, and what they saw."""

import math
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from models.description.quantities import HOUR
from models.parts.workloads.stream import Operator
from models.parts.workloads.stream_job import StageLaw, StreamJob
from models.prediction import Estimate
from sim.backends import Backend, run_all
from sim.experiment import mean_estimate
from sim.streaming.arrays.latency_bins import quantile
from sim.streaming.event_graphs import (
    bottleneck_graph,
    longest_window,
    slowest_windows,
    whole_graph,
)
from sim.streaming.stream_contract import EventGraph, Span, StreamOutcome, simulator

RUNS = 4
_VISITS = 5_000_000  # of events to stages, in all runs together
_COUNTED = 60_000  # events of a run that are counted, at least
_TICKS = 30  # batches or polls of a run that are counted, at least
_WINDOWS = 3  # likewise of windows
_SETTLES = 0.2  # of what is counted
_THIN = 200_000  # events of all runs of the bottleneck alone
_STREAM = 20_001  # key of the streams of draws

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SteadyRuns:
    """A stream under its highest load, run after run.

    Arguments:
        span: of each run.
        runs: what they saw.
        results: whole windows end in what is counted.
    """

    span: Span
    runs: tuple[StreamOutcome, ...]
    results: bool

    @property
    def counted(self) -> float:
        """Time of a run that is counted, s."""
        return self.span.horizon - self.span.warmup

    def rate(self, count: Callable[[StreamOutcome], float]) -> Estimate:
        """A count in a second.

        Arguments:
            count: of a run.
        """
        return mean_estimate([count(one) / self.counted for one in self.runs])

    def share(
        self, part: Callable[[StreamOutcome], float], of: Callable[[StreamOutcome], float]
    ) -> Estimate | None:
        """One count over another; None where nothing is counted.

        Arguments:
            part: of a run.
            of: of a run.
        """
        pairs = [(part(one), of(one)) for one in self.runs]
        known = [first / second for first, second in pairs if second > 0]
        return mean_estimate(known) if known else None

    def latency(self, stage: int, probability: float) -> Estimate | None:
        """A quantile of the latency to a sink, s; None where nothing came out of it.

        Arguments:
            stage: number of the sink.
            probability: of the quantile, 0 to 1.
        """
        return latency_quantile(self.runs, stage, probability)


@dataclass(frozen=True, eq=False)
class HourlyRuns:
    """The bottleneck of a stream over the hours of its load, run after run.

    Arguments:
        backlogs: events of all sources that wait at the end of each hour, one row a run.
        runs: what they saw.
    """

    backlogs: Floats
    runs: tuple[StreamOutcome, ...]


def latency_quantile(
    runs: Sequence[StreamOutcome], stage: int, probability: float
) -> Estimate | None:
    """A quantile of the latency to a sink over several runs, s; None where nothing came out.

    Arguments:
        runs: what they saw.
        stage: number of the sink.
        probability: of the quantile, 0 to 1.
    """
    counts = [one.stages[stage].latency for one in runs]
    known = [quantile(one, probability) for one in counts if one.sum()]
    return mean_estimate(known) if known else None


def steady(job: StreamJob, seed: int, length: float, backend: Backend, engine: str) -> SteadyRuns:
    """All stages under the highest load, which they can bear.

    Arguments:
        job: the stream.
        seed: of the experiment.
        length: share of the usual length.
        backend: where runs go.
        engine: compiled or simpy.
    """
    visits = math.fsum(law.flow.rate * _weight(law) for law in job.highest)  # in a second
    count = _runs(length)
    share = min(1.0, RUNS * length / count)  # of the usual length of a run
    most = _VISITS / RUNS / visits
    window, tick = longest_window(job.described), max(law.place.interval for law in job.highest)
    counted = max(_COUNTED / job.highest_rate, _TICKS * tick, _WINDOWS * window) * share
    settles = max(_SETTLES * counted, window, tick)
    every = slowest_windows(job.described)
    if every > 0:  # as many windows end in it as in any time as long
        counted = (
            max(1, round(counted / every) if share < 1 else math.ceil(counted / every)) * every
        )
    if settles + counted > most:  # at least what is longest once
        step = max(every, tick)
        fewer = most - settles
        counted = math.floor(fewer / step) * step if step > 0 else fewer
    whole = counted >= max(window, every, tick) and counted > 0
    if not whole:
        counted, settles = most * (1 - _SETTLES), most * _SETTLES
    span = Span(settles + counted, settles)
    runs = _all(whole_graph(job), span, job.name, seed, 0, backend, engine, count)
    return SteadyRuns(span, runs, whole)


def _runs(length: float) -> int:
    return max(1, round(RUNS * length))


def _weight(law: StageLaw) -> float:
    """What an event at a stage costs beside others: it is put into every window that holds it."""
    step = law.place.step
    window = step.window if isinstance(step, Operator) else None
    if window is None or window.every == 0:
        return 1.0
    return math.ceil(window.size / window.every)


def recovery(
    job: StreamJob, seed: int, length: float, backend: Backend, engine: str
) -> Estimate | None:
    """Time until the fullest instance has caught up after a failure; None where it never does.

    Arguments:
        job: the stream, with checkpoints.
        seed: of the experiment.
        length: share of the usual length.
        backend: where runs go.
        engine: compiled or simpy.
    """
    outage, drain = job.outage(), job.drain()
    if not math.isfinite(drain):
        return None
    begin = outage / 10
    span = Span(begin + outage + 2 * drain + outage, blocked=(begin, begin + outage))
    rate = job.bottleneck.flow.rate
    thinned = max(1, math.ceil(rate * span.horizon * RUNS / _THIN))
    graph = bottleneck_graph(job, thinned)
    runs = _all(graph, span, job.name, seed, 1, backend, engine, _runs(length))
    longest = [_caught_up(one, span) for one in runs]
    return mean_estimate(longest) if all(map(math.isfinite, longest)) else None


def _caught_up(one: StreamOutcome, span: Span) -> float:
    """When the last instance to which anything came had caught up, s from the end of the block."""
    stage = one.stages[0]
    caught_up = stage.drained[stage.arrivals > 0]
    return float(caught_up.max(initial=span.blocked[1])) - span.blocked[1]


def hourly(job: StreamJob, seed: int, length: float, backend: Backend, engine: str) -> HourlyRuns:
    """The bottleneck over three periods of its load, of which the last counts.

    Arguments:
        job: the stream, whose load follows the hours.
        seed: of the experiment.
        length: share of the usual length.
        backend: where runs go.
        engine: compiled or simpy.
    """
    hours, periods = len(job.hourly_rates), 3
    period = hours * HOUR
    # A look at the very end of a run would see nothing.
    span = Span(periods * period + 1.0, (periods - 1) * period, lag_every=HOUR)
    law = next(one for one in job.mean if one.place is job.bottleneck.place)
    thinned = max(1, math.ceil(law.flow.rate * span.horizon * RUNS / _THIN))
    graph = bottleneck_graph(job, thinned, periods)
    runs = _all(graph, span, job.name, seed, 2, backend, engine, _runs(length))
    each = thinned * job.mean_rate / law.flow.rate
    last = slice((periods - 1) * hours + 1, periods * hours + 1)
    return HourlyRuns(np.array([one.stages[0].lag[last] for one in runs]) * each, runs)


def _all(
    graph: EventGraph,
    span: Span,
    name: str,
    seed: int,
    kind: int,
    backend: Backend,
    engine: str,
    count: int,
) -> tuple[StreamOutcome, ...]:
    key = (_STREAM, zlib.crc32(name.encode()), kind)
    seeds = [np.random.SeedSequence(seed, spawn_key=(*key, run)) for run in range(count)]
    return tuple(run_all(partial(simulator(engine), graph, span), seeds, backend))
