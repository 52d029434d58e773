"""One run of a queueing network: its warm-up, what is counted after it, and where it fails."""

import importlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.queueing.asked import NOTHING, Asked
from models.queueing.network import Network, Trace
from models.queueing.periods import Intervals
from models.queueing.slow_times import settled
from sim.output_analysis import mser5, pair_means
from sim.queueing.arrays.queue_layout import Layout, lay_out
from sim.queueing.arrays.sums import Packed, added, packed
from sim.queueing.arrays.tally import Tally
from sim.queueing.interval_measures import MeasuredIntervals, measure_intervals
from sim.queueing.interval_tally import IntervalTally
from sim.queueing.measures import Measured, measure
from sim.queueing.pool_measures import measure_pools
from sim.queueing.queue_contract import Run, TimedRun, TooManyCustomers
from sim.queueing.tail_spread import TailSpread, pieces_of
from sim.queueing.whole_periods import WINDOWS, Periods, run_periods

Engine = str | Callable[[Layout], Run]

ENGINES = {  # loaded when asked for: compiled code is heavy
    "compiled": ("sim.queueing.kernel.queue_engines", "compiled_run"),
    "events": ("sim.queueing.kernel.queue_engines", "event_run"),
    "simpy": ("sim.queueing.reference", "SimPyRun"),
}
_NO_END = 2**62  # services; the time alone is the limit
_OBSERVATIONS = 120  # of which a warm-up is judged: 24 batches of five
_FIRST_PHASE = 10  # the first warm-up is that part of a run; the last at most half of it


@dataclass(frozen=True)
class Draws:
    """The random numbers of a run.

    Arguments:
        seed: of the experiment.
        index: of the replication.
        mirrored: False and True for the two runs of an antithetic pair; None for any other.
    """

    seed: int
    index: int
    mirrored: bool | None = None


@dataclass(frozen=True)
class Outcome:
    """What one run found.

    Arguments:
        flows: pairs of station and class, in the order of the measures.
        measured: after the warm-up.
        windows: the same in equal parts; only where a run is alone.
        services: complete in all.
        time: counted, s.
        warmed_up: the warm-up came to its end.
        ended: nothing more could happen.
        growth: customers more at each station at the end of the count than at its beginning, then
            of those who wait for each pool.
        load: arrivals over departures, by station, then by pool.
        spread: of the growth, from the windows; only where a run is alone.
        overflowed: the station where customers became too many.
        periods: whole ones that were counted.
        by_interval: measures of the intervals of the period, if whole ones were counted.
        interval_windows: the same in equal parts; only where a run is alone.
        pools: measures of the limits over several stations.
        pool_windows: the same in equal parts; only where a run is alone.
        tally: what was counted, to be added to that of others.
        told: the same by interval, if whole periods were counted.
        tails: spread of the shares beyond a time, from the windows; only where a run is alone.
    """

    flows: tuple[tuple[str, str], ...]
    measured: Measured
    windows: tuple[Measured, ...]
    services: int
    time: float
    warmed_up: bool
    ended: bool
    growth: NDArray[np.float64]
    load: NDArray[np.float64]
    spread: NDArray[np.float64]
    overflowed: str | None = None
    periods: int = 0
    by_interval: MeasuredIntervals | None = None
    interval_windows: tuple[MeasuredIntervals, ...] = ()
    pools: NDArray[np.float64] | None = None
    pool_windows: tuple[NDArray[np.float64], ...] = ()
    tally: Packed | None = None
    told: Packed | None = None
    tails: TailSpread | None = None


@dataclass(frozen=True)
class Replication:
    """One run of a network, to be called with its random numbers.

    Arguments:
        network: the description, checked.
        traces: recorded times of arrival, s, by class.
        engine: compiled or simpy, or what makes a run from a layout.
        services: how many it simulates, warm-up and all; with a trace, at most.
        alone: the spread is to come from windows of this run.
        intervals: of the period that the network follows, if it follows one.
        most: services that whole periods may take, where they take more than `services`.
        asked: beside what every answer has.
    """

    network: Network
    traces: Mapping[str, NDArray[np.float64]]
    engine: Engine
    services: int
    alone: bool = False
    intervals: Intervals | None = None
    most: int = 0
    asked: Asked = NOTHING

    def __call__(self, draws: Draws) -> Outcome:
        seed = np.random.SeedSequence(draws.seed, spawn_key=(draws.index,))
        begins = settled(self.network) if self.network.horizon is None else {}
        layout = lay_out(self.network, seed, self.traces, draws.mirrored, begins, self.asked.times)
        engine = self.engine
        if self.network.horizon is not None and engine == "compiled":
            engine = "events"  # a recursion counts what lies ahead of those who have come
        run = start(engine, layout)
        try:
            return self._simulate(layout, run)
        except TooManyCustomers as error:
            return self._outcome(layout, [run.tally()], 0, False, overflowed=error.station)

    def _simulate(self, layout: Layout, run: Run) -> Outcome:
        if self.network.horizon is not None and isinstance(run, TimedRun):
            return self._to_the_horizon(layout, run, self.network.horizon)
        if recorded(self.network):
            # A trace is simulated from its first arrival to its last, with nothing left out.
            done = self._to_the_end(run)
            return self._outcome(layout, [run.tally()], done, warmed_up=True, ended=True)
        if self.intervals is not None and isinstance(run, TimedRun):
            most = max(self.services, self.most)
            periods = run_periods(run, self.intervals, self.services, most, self.alone)
            if periods.counted or periods.ended:
                return self._of_periods(layout, run, periods)
        spent, warmed_up, ended = warm_up(run, max(1, self.services // _FIRST_PHASE))
        if spent:  # without a service all of it counts
            run.clear()
        if ended and spent:
            run.advance(1)  # what becomes of who comes while nobody is served
        left = 0 if ended else max(WINDOWS, self.services - spent)
        size = left // WINDOWS if self.alone else left
        tallies: list[Tally] = []
        done = 0
        while not ended and done < left:
            if tallies:
                run.clear()
            more = run.advance(size)
            done, ended = done + more, more < size
            tallies.append(run.tally())
        return self._outcome(layout, tallies or [run.tally()], spent + done, warmed_up, ended)

    def _to_the_horizon(self, layout: Layout, run: TimedRun, horizon: float) -> Outcome:
        """From the empty network until then, and all of it counts."""
        run.watch(self.intervals)
        done = run.advance(_NO_END, horizon)
        outcome = self._outcome(layout, [run.tally()], done, warmed_up=True)
        if self.intervals is None:
            return outcome
        told = run.by_interval()
        measured = measure_intervals(layout.network, layout.flows, told)
        return replace(outcome, by_interval=measured, told=packed(told))

    def _to_the_end(self, run: Run) -> int:
        """Simulate until the traces end and, if nobody else comes, until all have left."""
        # Of the arrivals: what is recorded beside them has no times.
        arriving = [times for name, times in self.traces.items() if name in self.network.classes]
        lasts = [float(times[-1]) for times in arriving if len(times)]
        others = (one for one in self.network.classes.values() if one.arrivals or one.population)
        endless = any(not isinstance(one.arrivals, Trace) for one in others)
        until = max(lasts, default=0.0) if endless else math.inf
        size, done = max(1, sum(map(len, arriving)) // WINDOWS), 0
        while done < self.services:
            more = run.advance(size)
            done += more
            time = run.tally().time
            if more < size or time >= until:
                break
            # Half of what seems to be left, so that the end is not passed by much.
            left = done * (until - time) / (2 * time) if time else math.inf
            size = max(1, done // 100, int(min(done, left)))
        return done

    def _of_periods(self, layout: Layout, run: Run, periods: Periods) -> Outcome:
        tallies = list(periods.tallies) or [run.tally()]
        outcome = self._outcome(layout, tallies, periods.services, periods.warmed_up, periods.ended)
        if not periods.counted:
            return outcome

        def measured(tally: IntervalTally) -> MeasuredIntervals:
            return measure_intervals(layout.network, layout.flows, tally)

        windows = tuple(map(measured, periods.by_interval)) if len(periods.by_interval) > 1 else ()
        told = added(periods.by_interval)
        return replace(
            outcome,
            periods=periods.counted,
            by_interval=measured(told),
            interval_windows=windows,
            told=packed(told),
        )

    def _outcome(
        self,
        layout: Layout,
        tallies: list[Tally],
        services: int,
        warmed_up: bool,
        ended: bool = False,
        overflowed: str | None = None,
    ) -> Outcome:
        total = added(tallies)
        growths = np.array([_growth(layout, tally) for tally in tallies])
        several, network = len(tallies) > 1, layout.network
        return Outcome(
            layout.flows,
            measure(network, layout.flows, total, self.asked),
            tuple(measure(network, layout.flows, one, self.asked) for one in tallies)
            if several
            else (),
            services,
            total.time,
            warmed_up,
            ended,
            growths.sum(axis=0),
            _load(layout, total),
            growths.std(axis=0) * math.sqrt(len(growths)) if several else growths[0] * math.nan,
            overflowed,
            pools=measure_pools(network, total),
            pool_windows=tuple(measure_pools(network, one) for one in tallies) if several else (),
            tally=packed(total),
            tails=self._tails(layout, tallies) if several else None,
        )

    @staticmethod
    def _tails(layout: Layout, windows: list[Tally]) -> TailSpread:
        tails = TailSpread(windows=True)
        for one in windows:
            tails.add(pieces_of(layout.network, layout.flows, one))
        return tails


def recorded(network: Network) -> bool:
    """Some of the arrivals are a trace, so that there is no long run.

    Arguments:
        network: the description.
    """
    return any(isinstance(customers.arrivals, Trace) for customers in network.classes.values())


def start(engine: Engine, layout: Layout) -> Run:
    """A new run on an engine.

    Arguments:
        engine: compiled or simpy, or what makes a run from a layout.
        layout: of the network.

    Raises:
        ValueError: a name that is no engine.
    """
    if not isinstance(engine, str):
        return engine(layout)
    if engine not in ENGINES:
        raise ValueError(f"engine is {engine!r}; it must be one of {', '.join(ENGINES)}")
    module, name = ENGINES[engine]
    run: Run = getattr(importlib.import_module(module), name)(layout)
    return run


def warm_up(run: Run, phase: int) -> tuple[int, bool, bool]:
    """Simulate until the cut of MSER-5 lies in the first half of what was simulated so far.

    The series is the mean response time of equal numbers of services, in constant memory: each
    time that the phase doubles, its values merge two by two.

    Arguments:
        run: from its beginning.
        phase: services of the first try; the last has at most five times as many.

    Returns the services that were simulated, whether the cut was found, and whether nothing more
    can happen.
    """
    step = max(1, phase // _OBSERVATIONS)
    most, done = max(phase, step * _OBSERVATIONS) * _FIRST_PHASE // 2, 0
    series: list[float] = []
    before = run.responses()
    while True:
        while len(series) < _OBSERVATIONS:
            more = run.advance(step)
            done += more
            if more < step:
                return done, False, True
            after = run.responses()
            count = after[0] - before[0]
            series.append((after[1] - before[1]) / count if count else 0.0)
            before = after
        if mser5(series) <= len(series) // 2:
            return done, True, False
        if 2 * done > most:
            return done, False, False
        series, step = pair_means(series), 2 * step


def _growth(layout: Layout, tally: Tally) -> NDArray[np.float64]:
    flows = tally.flows
    gone = flows["departures"] + flows["abandoned"]
    waiting = tally.pools["came"] - tally.pools["lost"] - tally.pools["granted"]
    return np.concatenate([_by_station(layout, flows["arrivals"] - gone + _away(tally)), waiting])


def _away(tally: Tally) -> NDArray[np.int64]:
    """How many more will come again at the end than at the beginning, by flow."""
    return np.asarray(tally.flows["retried"] - tally.flows["returned"])


def _load(layout: Layout, tally: Tally) -> NDArray[np.float64]:
    came = _by_station(layout, tally.flows["arrivals"] + _away(tally))
    went = _by_station(layout, tally.flows["departures"])
    pools = tally.pools
    came = np.concatenate([came, pools["came"] - pools["lost"]])
    went = np.concatenate([went, pools["granted"]])
    return np.where(went > 0, came / np.maximum(went, 1), math.inf)


def _by_station(layout: Layout, values: NDArray[np.int64]) -> NDArray[np.float64]:
    places = list(layout.network.stations)
    positions = [places.index(station) for station, _ in layout.flows]
    sums = np.zeros(len(places))
    np.add.at(sums, positions, values)
    return sums
