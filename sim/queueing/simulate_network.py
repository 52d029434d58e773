"""Simulate a queueing network: replications, their estimates, and when there are enough."""

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.description.quantities import format_duration
from models.prediction import Estimate
from models.queueing.asked import NOTHING, Asked
from models.queueing.network import Network, TimeVarying
from models.queueing.network_answer import (
    IntervalMeasures,
    NetworkAnswer,
    PoolMeasures,
    UnstableStation,
)
from models.queueing.periods import Intervals, intervals_of
from models.queueing.slow_times import (
    services_in,
    services_to_forget,
    shortest_service,
    slowest_time,
)
from models.queueing.steady_part import SteadyPart, steady_part
from models.queueing.traffic import traffic, unstable
from sim import output_analysis
from sim.backends import LOCAL, Backend, run_all
from sim.output_analysis import Halfwidth
from sim.queueing.interval_measures import interval_measures
from sim.queueing.judge_runs import (
    PERIODS,
    few_beyond,
    is_open,
    notes_of,
    periods_covered,
    slowest_in_words,
    unstable_stations,
)
from sim.queueing.measures import Measured, arriving_measures, class_measures, station_measures
from sim.queueing.pool_measures import pool_measures
from sim.queueing.pooled_runs import PooledRuns
from sim.queueing.replication import Draws, Engine, Outcome, Replication, recorded

Traces = Mapping[str, NDArray[np.float64]]
Progress = Callable[[int, int], None]

SERVICES = 200_000  # a replication
REPLICATIONS = 16
MOST_SERVICES = 200_000_000
FEWEST_SERVICES = 1000
SLOW_SERVICES = 32_000_000  # of all runs, where what is slow needs more than was asked for
_MOST_SHORT_RUNS = 400  # to a horizon
_RESOLVED = 0.01  # of the shortest service, to which the clock of a run is exact
_WORTH = 0.01  # share of the time of what is slow, below which a longer run sees nothing of it
_MOST_BACKLOG = 100_000  # customers of a queue that grows, beside which others are steady
_TWO_PERIODS = 2.1  # with a margin for chance
_MEMORIES_ALONE = 4000  # times that the queues of a single run of periods forget their past
_MEMORY_SERVICES = 8_000_000  # of such a run, where that takes more


def simulate(
    network: Network,
    *,
    seed: int = 1,
    traces: Traces | None = None,
    engine: Engine = "compiled",
    replications: int = REPLICATIONS,
    visits: int = SERVICES,
    relative_half_width: float | None = None,
    most_visits: int = MOST_SERVICES,
    slow_visits: int = SLOW_SERVICES,
    antithetic: bool = False,
    intervals: int | None = None,
    asked: Asked = NOTHING,
    backend: Backend = LOCAL,
    progress: Progress | None = None,
) -> NetworkAnswer:
    """What a network does in the long run, with the intervals of independent replications.

    Arguments:
        network: the description, checked.
        seed: of the experiment; the same seed gives the same answer.
        traces: recorded times of arrival, s, ascending, by class, for classes that have a trace.
        engine: compiled or simpy, or what makes a run from a layout.
        replications: runs; a single one has the intervals of batch means. With a half-width, the
            first round.
        visits: services of one run, warm-up and all; a trace is simulated to its end, without one.
        relative_half_width: more runs until every mean response time is known to that share.
        most_visits: services of all runs, where they stop.
        slow_visits: services of all runs of the first round, at most, where what is slow, such as
            scaling, cold starts and repairs, takes longer than `visits` of one run.
        antithetic: every second run mirrors the random numbers of the one before.
        intervals: equal parts of the period that are told apart, instead of the intervals of the
            description; for a network that follows a period.
        asked: beside what every answer has.
        backend: where the runs are.
        progress: told how many runs of how many are complete.

    A network that follows a period is simulated in whole periods, one or more to warm up and one or
    more to count, as many as `visits` has room for. If that is fewer than two, a run may take its
    share of `most_visits`; if that is not enough either, there are fewer runs; and where not even
    two can be whole, the answer says so and nothing else.

    Raises:
        ValueError: sizes that do not go together, or an unknown engine.
        BackendUnavailable: a package that is missing, or a cluster that can't be used.

    Source: Law (2015), Simulation Modeling and Analysis, 5th edition, sections 9.4 and 9.5.
    """
    goal = None if relative_half_width is None else Halfwidth(relative_half_width)
    check_sizes(replications, visits, goal, antithetic)
    visits = services_of(network, visits, min(slow_visits, most_visits) // replications)
    if coarse := _too_seldom(network, engine, visits):
        return coarse
    pair, parts = 2 if antithetic else 1, intervals_of(network, intervals)
    if (backlog := _backlog(network)) > 0 and network.horizon is None:
        visits = max(FEWEST_SERVICES, min(visits, int(_MOST_BACKLOG / backlog)))
        parts = parts and Intervals(parts.period, (0.0,))  # nobody is told of those who are there
    asked_for = replications
    if network.horizon is not None:
        each = max(1.0, services_in(network, network.horizon))
        if each * replications > max(most_visits, visits * replications):
            return _too_long(network, engine, network.horizon)
        # Short runs are many instead, for as much work in all.
        enough = int(min(_MOST_SHORT_RUNS, visits * replications // each)) // pair * pair
        replications = asked_for = max(replications, enough)
    elif parts is not None and not callable(engine):
        affordable = _runs_of_periods(network, parts, max(most_visits, visits * replications))
        if affordable < min(replications, 2 * pair):
            return _too_long(network, engine, parts.period)
        replications = min(replications, affordable // pair * pair)
        if replications == 1 and not backlog:
            # What is carried from one period to the next lets the windows of one run hang together.
            forget = services_to_forget(network, _MEMORIES_ALONE)
            visits = max(visits, int(min(forget, _MEMORY_SERVICES, slow_visits, most_visits)))
    most = max(replications, most_visits // visits // pair * pair)
    longest = most_visits if recorded(network) else visits
    share = most_visits // replications
    task = Replication(
        network, traces or {}, engine, longest, replications == 1, parts, share, asked
    )
    outcomes, pooled = list[Outcome](), PooledRuns(network, asked, antithetic)
    wanted = replications
    while True:
        draws = [draws_of(seed, k, antithetic) for k in range(len(outcomes), wanted)]
        told = told_by(progress, len(outcomes), wanted)
        outcomes += pooled.take(run_all(task, draws, backend, told))
        answer = answer_of(network, engine, visits, outcomes, pooled, antithetic, parts, asked)
        if replications < asked_for:
            note = f"A period takes so many services that there are {replications} runs, not"
            answer = replace(answer, notes=(f"{note} {asked_for}.", *answer.notes))
        if goal is None or answer.unstable or goal.reached(_responses(answer)):
            return answer
        if len(outcomes) >= most:
            return _missed(answer, goal, sum(one.services for one in outcomes))
        wanted = goal.replications(len(outcomes), _responses(answer))
        wanted = min(most, wanted + wanted % pair)


def check_sizes(
    replications: int, visits: int, goal: Halfwidth | None = None, antithetic: bool = False
) -> None:
    """Refuse sizes that do not go together.

    Arguments:
        replications: runs.
        visits: services of one run.
        goal: for the half-width.
        antithetic: every second run mirrors the one before.

    Raises:
        ValueError: with what does not go.
    """
    if replications < 1:
        raise ValueError(f"replications is {replications}; it must be 1 or more")
    if visits < FEWEST_SERVICES:
        raise ValueError(f"visits is {visits}; it must be {FEWEST_SERVICES:,} or more")
    if goal and replications < 2:
        raise ValueError("replications is 1; relative_half_width needs 2 or more")
    if antithetic and (replications < 4 or replications % 2):
        raise ValueError(
            f"replications is {replications}; antithetic needs an even number, 4 or more"
        )


def services_of(network: Network, visits: int, most: int) -> int:
    """Services of one run that sees what is slow often enough, if so many may be.

    What even those would see next to nothing of, such as a decision to scale in a thousand years,
    is not waited for: the run is as long as was asked for.

    Arguments:
        network: the description.
        visits: services that were asked for.
        most: services of one run, if it is more than that.
    """
    if recorded(network) or not is_open(network):
        return visits
    once = services_in(network, slowest_time(network))
    if most < _WORTH * once:
        return visits
    return max(visits, int(min(PERIODS * once, most)))


def _runs_of_periods(network: Network, intervals: Intervals, most: int) -> int:
    """Runs of two whole periods that so many services are enough for."""
    services = services_in(network, intervals.period)
    return int(most // max(1.0, _TWO_PERIODS * services))


def _backlog(network: Network) -> float:
    """Customers by whom stations that get too much grow, for each service of the network."""
    flows = traffic(network)
    loads = {one.station: one.utilization for one in unstable(flows)}
    if not loads:
        return 0.0
    arriving = dict.fromkeys(network.stations, 0.0)
    for visit, rate in zip(flows.graph.visits, flows.rates, strict=True):
        arriving[visit.station] += float(rate)
    served = {name: rate / loads.get(name, 1.0) for name, rate in arriving.items()}
    grows = math.fsum(arriving.values()) - math.fsum(served.values())
    return grows / math.fsum(served.values())


def _too_long(network: Network, engine: Engine, time: float) -> NetworkAnswer:
    services = services_in(network, time)
    what, least = "a period of", "Two runs of two such periods are the least that has an interval; "
    if network.horizon is not None:
        what, least = "a run until", ""
    note = (
        f"Not simulated: {what} {format_duration(time)} takes about {services:,.0f} services. "
        f"{least}{'allow' if least else 'Allow'} more services a run (--visits), or describe a "
        "shorter time."
    )
    return NetworkAnswer(network.name, "simulation", f"{engine} engine, no run", notes=(note,))


def _too_seldom(network: Network, engine: Engine, visits: int) -> NetworkAnswer | None:
    """What is said where customers come so seldom that the clock of a run can't tell services."""
    steady = not any(isinstance(one.arrivals, TimeVarying) for one in network.classes.values())
    if network.horizon is not None or recorded(network) or not (steady and is_open(network)):
        return None
    length, shortest = visits / services_in(network, 1.0), shortest_service(network)
    if length * sys.float_info.epsilon <= _RESOLVED * shortest:
        return None
    note = (
        f"Not simulated: {visits:,} services take {format_duration(length)}, by the end of which "
        f"the clock can't tell a service of {format_duration(shortest)}. Describe more customers, "
        "or trust the law."
    )
    return NetworkAnswer(network.name, "simulation", f"{engine} engine, no run", notes=(note,))


def draws_of(seed: int, position: int, antithetic: bool = False) -> Draws:
    """The random numbers of a run.

    Arguments:
        seed: of the experiment.
        position: of the run in the order of all.
        antithetic: every second run mirrors the one before.
    """
    if antithetic:
        return Draws(seed, position // 2, bool(position % 2))
    return Draws(seed, position)


def told_by(progress: Progress | None, before: int, wanted: int) -> Callable[[int], None] | None:
    """What tells the progress of one round.

    Arguments:
        progress: told how many runs of how many are complete.
        before: runs that were complete before the round.
        wanted: runs in all.
    """
    if progress is None:
        return None
    return lambda done: progress(before + done, wanted)


def answer_of(
    network: Network,
    engine: Engine,
    visits: int,
    outcomes: Sequence[Outcome],
    pooled: PooledRuns,
    antithetic: bool = False,
    intervals: Intervals | None = None,
    asked: Asked = NOTHING,
) -> NetworkAnswer:
    """What some runs say together.

    Arguments:
        network: the description.
        engine: that ran it.
        visits: services of one run.
        outcomes: of the runs, in their order.
        pooled: what they counted.
        antithetic: every second run mirrors the one before.
        intervals: of the period that the network follows, if it follows one.
        asked: beside what every answer has.
    """
    name = engine if isinstance(engine, str) else "given"
    runs = f"{len(outcomes)} replications" if len(outcomes) > 1 else "one run"
    length = _length(network, visits, outcomes)
    law = f"{name} engine, {runs} {length}"
    growing = unstable_stations(network, outcomes)
    part = SteadyPart()
    if growing:
        part = steady_part(traffic(network), [one.station for one in growing])
        if not part.classes or any(one.overflowed for one in outcomes):
            return NetworkAnswer(network.name, "simulation", law, unstable=growing)
    crowded = [one for one in outcomes if one.overflowed]
    if crowded:
        slowest = f"{PERIODS} times of what is slowest, {slowest_in_words(network)}"
        if periods_covered(network, outcomes) < PERIODS:
            slowest = f"{PERIODS} periods"
        note = (
            f"At station {crowded[0].overflowed} were more customers than can be simulated, before "
            f"a run covered {slowest}: whether they would have become fewer again is not known."
        )
        return NetworkAnswer(network.name, "simulation", law, notes=(note,))
    flows, whole, windows = outcomes[0].flows, pooled.measured(), False
    ends = pooled.ends(whole)
    if antithetic:
        values = [_middle(a.measured, b.measured) for a, b in _pairs(outcomes)]
    elif len(outcomes) == 1 and outcomes[0].windows:
        values, windows = list(outcomes[0].windows), True
    else:
        values = [one.measured for one in outcomes]
    answer = NetworkAnswer(
        network.name,
        "simulation",
        law,
        station_measures(network, flows, values, whole, windows, asked, ends),
        class_measures(network, values, whole, windows, asked, ends),
        notes=(*few_beyond(network, outcomes, pooled.clumps, asked), *notes_of(network, outcomes)),
        intervals=_intervals(network, intervals, outcomes, pooled, antithetic),
        arriving=arriving_measures(network, values, whole, windows, asked, ends),
        pools=_pools(network, outcomes, pooled, antithetic),
        independent=len(values),
    )
    return _steady(answer, part, growing) if growing else answer


def _steady(
    answer: NetworkAnswer, part: SteadyPart, growing: tuple[UnstableStation, ...]
) -> NetworkAnswer:
    """What does not grow, of runs in which some queues do."""
    return NetworkAnswer(
        answer.network,
        answer.method,
        answer.law,
        tuple(
            one
            for one in answer.stations
            if one.station in part.stations or (one.station, one.customer_class) in part.flows
        ),
        tuple(one for one in answer.classes if one.customer_class in part.classes),
        growing,
        (part.note,),
        arriving=tuple(one for one in answer.arriving if one.customer_class not in part.growing),
    )


def _length(network: Network, visits: int, outcomes: Sequence[Outcome]) -> str:
    if network.horizon is not None:
        return f"from empty to {format_duration(network.horizon)}"
    if recorded(network):
        return "of the trace"
    periods = min(one.periods for one in outcomes)
    if periods:
        return f"of {periods:,} period" + "s" * (periods > 1)
    return f"of {visits:,} services"


def _intervals(
    network: Network,
    intervals: Intervals | None,
    outcomes: Sequence[Outcome],
    pooled: PooledRuns,
    antithetic: bool,
) -> tuple[IntervalMeasures, ...]:
    values = [one.by_interval for one in outcomes if one.by_interval]
    if intervals is None or len(values) < len(outcomes):
        return ()
    windows = False
    if antithetic:
        values = [a.middle(b) for a, b in zip(values[::2], values[1::2], strict=True)]
    elif len(outcomes) == 1 and outcomes[0].interval_windows:
        values, windows = list(outcomes[0].interval_windows), True
    return interval_measures(network, intervals, values, pooled.by_interval(), windows)


def _pools(
    network: Network, outcomes: Sequence[Outcome], pooled: PooledRuns, antithetic: bool
) -> tuple[PoolMeasures, ...]:
    values = [one.pools for one in outcomes if one.pools is not None]
    if not network.pools or not values:
        return ()
    if antithetic:
        values = [(a + b) / 2 for a, b in zip(values[::2], values[1::2], strict=True)]
    if len(outcomes) == 1 and outcomes[0].pool_windows:
        return pool_measures(network, outcomes[0].pool_windows, pooled.pools(), True)
    return pool_measures(network, values, pooled.pools(), False)


def _pairs(outcomes: Sequence[Outcome]) -> list[tuple[Outcome, Outcome]]:
    return list(zip(outcomes[::2], outcomes[1::2], strict=True))


def _middle(a: Measured, b: Measured) -> Measured:
    return Measured(
        (a.stations + b.stations) / 2,
        (a.flows + b.flows) / 2,
        (a.classes + b.classes) / 2,
        (a.speeds + b.speeds) / 2,
    )


def _responses(answer: NetworkAnswer) -> list[Estimate]:
    return [estimate for _, estimate in _named_responses(answer)]


def _named_responses(answer: NetworkAnswer) -> list[tuple[str, Estimate]]:
    stations = [
        (f"at station {one.station}", one.response_time)
        for one in answer.stations
        if one.customer_class is None
    ]
    classes = [(f"of class {one.customer_class}", one.response_time) for one in answer.classes]
    return [(name, estimate) for name, estimate in stations + classes if estimate is not None]


def _missed(answer: NetworkAnswer, goal: Halfwidth, services: int) -> NetworkAnswer:
    name, worst = max(
        _named_responses(answer), key=lambda one: output_analysis.relative_half_width(one[1])
    )
    share = output_analysis.relative_half_width(worst)
    note = (
        f"The mean response time {name} is known to {share:.3%}, not to the {goal.relative:.3%} "
        f"asked for, after {services:,} services, where the simulation had to stop."
    )
    return replace(answer, notes=(*answer.notes, note))
