"""Simulate a queueing network: replications, their estimates, and when there are enough."""

import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.description.quantities import format_duration, format_percent, format_percentile
from models.prediction import Estimate
from models.queueing.asked import NOTHING, Asked
from models.queueing.heavy_tails import heavy_tails
from models.queueing.network import Network, TimeVarying
from models.queueing.network_answer import (
    IntervalMeasures,
    NetworkAnswer,
    PoolMeasures,
    UnstableStation,
)
from models.queueing.periods import Intervals, described_periods, intervals_of
from models.queueing.slow_times import services_in, shortest_service, slowest_time
from models.queueing.traffic import at_random, load_of, servers_in_the_mean, traffic
from models.queueing.traffic import unstable as overloaded
from sim import output_analysis
from sim.backends import LOCAL, Backend, run_all
from sim.output_analysis import Halfwidth
from sim.queueing.interval_measures import interval_measures
from sim.queueing.measures import Measured, arriving_measures, class_measures, station_measures
from sim.queueing.pool_measures import pool_measures
from sim.queueing.replication import Draws, Engine, Outcome, Replication, recorded

Traces = Mapping[str, NDArray[np.float64]]
Progress = Callable[[int, int], None]

SERVICES = 200_000  # a replication
REPLICATIONS = 16
MOST_SERVICES = 200_000_000
FEWEST_SERVICES = 1000
SLOW_SERVICES = 32_000_000  # of all runs, where what is slow needs more than was asked for
_PERIODS = 10  # that a run should cover: of arrivals or servers, or times of what is slow
_MOST_SHORT_RUNS = 400  # to a horizon
_RESOLVED = 0.01  # of the shortest service, to which the clock of a run is exact
_TWO_PERIODS = 2.1  # with a margin for chance
_FEWEST_BEYOND = 10  # customers of a run beyond a percentile
_MEMORIES = 100  # times that a queue forgets its past, in a run that sees its long run


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
    most = max(replications, most_visits // visits // pair * pair)
    longest = most_visits if recorded(network) else visits
    share = most_visits // replications
    task = Replication(
        network, traces or {}, engine, longest, replications == 1, parts, share, asked
    )
    outcomes: list[Outcome] = []
    wanted = replications
    while True:
        draws = [draws_of(seed, k, antithetic) for k in range(len(outcomes), wanted)]
        told = told_by(progress, len(outcomes), wanted)
        outcomes += run_all(task, draws, backend, told)
        answer = answer_of(network, engine, visits, outcomes, antithetic, parts, asked)
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

    Arguments:
        network: the description.
        visits: services that were asked for.
        most: services of one run, if it is more than that.
    """
    if recorded(network) or not _is_open(network):
        return visits
    wanted = services_in(network, _PERIODS * slowest_time(network))
    return max(visits, int(min(wanted, most)))


def _runs_of_periods(network: Network, intervals: Intervals, most: int) -> int:
    """Runs of two whole periods that so many services are enough for."""
    services = services_in(network, intervals.period)
    return int(most // max(1.0, _TWO_PERIODS * services))


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
    if network.horizon is not None or recorded(network) or not (steady and _is_open(network)):
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
        antithetic: every second run mirrors the one before.
        intervals: of the period that the network follows, if it follows one.
        asked: beside what every answer has.
    """
    name = engine if isinstance(engine, str) else "given"
    runs = f"{len(outcomes)} replications" if len(outcomes) > 1 else "one run"
    length = _length(network, visits, outcomes)
    law = f"{name} engine, {runs} {length}"
    unstable = _unstable(network, outcomes)
    if unstable:
        return NetworkAnswer(network.name, "simulation", law, unstable=unstable)
    crowded = [one for one in outcomes if one.overflowed]
    if crowded:
        slowest = f"{_PERIODS} times of what is slowest, {_slowest(network)}"
        if _periods(network, outcomes) < _PERIODS:
            slowest = f"{_PERIODS} periods"
        note = (
            f"At station {crowded[0].overflowed} were more customers than can be simulated, before "
            f"a run covered {slowest}: whether they would have become fewer again is not known."
        )
        return NetworkAnswer(network.name, "simulation", law, notes=(note,))
    flows, whole = outcomes[0].flows, None
    if antithetic:
        values = [_middle(a.measured, b.measured) for a, b in _pairs(outcomes)]
    elif len(outcomes) == 1 and outcomes[0].windows:
        values, whole = list(outcomes[0].windows), outcomes[0].measured
    else:
        values = [one.measured for one in outcomes]
    return NetworkAnswer(
        network.name,
        "simulation",
        law,
        station_measures(network, flows, values, whole, asked),
        class_measures(network, values, whole, asked),
        notes=(*_notes(network, outcomes), *_few_beyond(network, outcomes, asked)),
        intervals=_intervals(network, intervals, outcomes, antithetic),
        arriving=arriving_measures(network, values, whole, asked),
        pools=_pools(network, outcomes, antithetic),
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
    network: Network, intervals: Intervals | None, outcomes: Sequence[Outcome], antithetic: bool
) -> tuple[IntervalMeasures, ...]:
    values = [one.by_interval for one in outcomes if one.by_interval]
    if intervals is None or len(values) < len(outcomes):
        return ()
    whole = None
    if antithetic:
        values = [a.middle(b) for a, b in zip(values[::2], values[1::2], strict=True)]
    elif len(outcomes) == 1 and outcomes[0].interval_windows:
        values, whole = list(outcomes[0].interval_windows), values[0]
    return interval_measures(network, intervals, values, whole)


def _pools(
    network: Network, outcomes: Sequence[Outcome], antithetic: bool
) -> tuple[PoolMeasures, ...]:
    values = [one.pools for one in outcomes if one.pools is not None]
    if not network.pools or not values:
        return ()
    if antithetic:
        values = [(a + b) / 2 for a, b in zip(values[::2], values[1::2], strict=True)]
    if len(outcomes) == 1 and outcomes[0].pool_windows:
        return pool_measures(network, outcomes[0].pool_windows, values[0])
    return pool_measures(network, values)


def _pairs(outcomes: Sequence[Outcome]) -> list[tuple[Outcome, Outcome]]:
    return list(zip(outcomes[::2], outcomes[1::2], strict=True))


def _middle(a: Measured, b: Measured) -> Measured:
    return Measured(
        (a.stations + b.stations) / 2,
        (a.flows + b.flows) / 2,
        (a.classes + b.classes) / 2,
        (a.speeds + b.speeds) / 2,
    )


def _unstable(network: Network, outcomes: Sequence[Outcome]) -> tuple[UnstableStation, ...]:
    """The stations that overflowed in a run, or else grew in every run far beyond chance."""
    if network.horizon is not None:
        return ()
    overflowed = [one for one in outcomes if one.overflowed]
    places = [*network.stations, *network.pools]
    seen = _sees_what_is_slow(network, outcomes) and _periods(network, outcomes) >= _PERIODS
    if overflowed and not seen and not overloaded(traffic(network)):
        return ()
    if overflowed:
        found = sorted({places.index(str(one.overflowed)) for one in overflowed})
        outcomes = overflowed
    elif recorded(network) or not _sees_growth(network, outcomes):
        return ()
    else:
        found = [k for k, name in enumerate(places) if _grows(network, name, k, outcomes)]
    return tuple(
        UnstableStation(places[k], max(1.0, float(np.mean([one.load[k] for one in outcomes]))))
        for k in found
    )


def _grows(network: Network, name: str, k: int, outcomes: Sequence[Outcome]) -> bool:
    """A number of customers that drifts in all runs alike, beyond what fills the servers.

    Half a normal, as of a queue that is only slow, has a mean of 1.3 times its spread. By chance
    alone a number moves by some roots of the number of services.
    """
    servers = 0.0
    if name not in network.pools:
        station = network.stations[name]
        if station.unlimited or _bounded(network, name):
            return False
        servers = station.most_servers
    growth = np.array([one.growth[k] for one in outcomes])
    spread = float(growth.std(ddof=1)) if len(growth) > 1 else float(outcomes[0].spread[k])
    population = sum(customers.population or 0 for customers in network.classes.values())
    chance = math.sqrt(max(one.services for one in outcomes))
    beyond = 5 * max(spread, chance) + population + servers
    return bool(growth.min() > 0 and growth.mean() > beyond)


def _bounded(network: Network, name: str) -> bool:
    """No more customers can be at a station, or come again to it, than it has room for."""
    for_ever = (
        one.retries[name].for_ever for one in network.classes.values() if name in one.retries
    )
    return network.stations[name].capacity is not None and not any(for_ever)


def _sees_growth(network: Network, outcomes: Sequence[Outcome]) -> bool:
    """Whole periods begin and end alike; parts of them must be many, as of all that is slow."""
    whole = all(one.periods for one in outcomes) or _periods(network, outcomes) >= _PERIODS
    return whole and _sees_what_is_slow(network, outcomes)


def _sees_what_is_slow(network: Network, outcomes: Sequence[Outcome]) -> bool:
    """By chance, and without the warm-up, a run takes somewhat less time than it was to take."""
    time = min(one.time for one in outcomes)
    return time >= _PERIODS / 2 * slowest_time(network)


def _slowest(network: Network) -> str:
    return format_duration(slowest_time(network))


def _periods(network: Network, outcomes: Sequence[Outcome]) -> float:
    """How often the shortest run covers the longest period; infinite without one."""
    periods = [period for period, _ in described_periods(network)]
    return min(one.time for one in outcomes) / max(periods) if periods else math.inf


def _notes(network: Network, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    notes = []
    if network.horizon is not None:
        return (
            "All of each run counts, from the empty network on; who is still there at the end is in"
            " numbers, not in times.",
            *heavy_tails(network),
        )
    if recorded(network):
        notes.append(
            "The arrivals of a trace end with it: all of it counts, from the empty network on."
        )
        if len(outcomes) == 1:
            notes.append("One run of a trace has no interval: its parts are not alike.")
        return tuple(notes)
    ended, classes = [one for one in outcomes if one.ended], range(len(network.classes))
    cold = [one for one in outcomes if not one.warmed_up and not one.ended]
    if ended:
        first = min(one.services for one in ended)
        happens, why = "nothing more could happen", "every customer waits for another"
        if any(one.measured.loses_all_of_class(k) for one in ended for k in classes):
            happens, why = "nobody was served", "all who came were lost or gave up"
        notes.append(
            f"In {len(ended)} of {len(outcomes)} runs {happens} after as few as "
            f"{first:,} services: {why}."
        )
    # By chance the cut lies late in a few of the runs that are long enough, too.
    if len(cold) > len(outcomes) / 8:
        notes.append(
            f"In {len(cold)} of {len(outcomes)} runs the warm-up was not over after half of the "
            "run: the network may be near its limit or beyond; simulate more services a run."
        )
    notes += _near_the_limit(network, outcomes)
    notes += heavy_tails(network)
    seen = min(one.time for one in outcomes) / max(slowest_time(network), math.ulp(0.0))
    if _is_open(network) and seen < _PERIODS / 2:
        notes.append(
            f"A run covers what is slowest, {_slowest(network)}, {seen:.3g} times: rare states of "
            "scaling, cold starts or repairs may be missing; simulate more services a run."
        )
    covered = _periods(network, outcomes)
    if all(one.periods for one in outcomes):
        if len(outcomes) == 1 and not outcomes[0].windows:
            notes.append("One period has no interval: simulate more services, or more runs.")
    elif covered < _PERIODS:
        notes.append(
            f"A run covers the longest period {covered:.3g} times; "
            f"with fewer than {_PERIODS} the means depend on where it stops. Whole periods, with "
            "figures by interval, take fewer runs or more services a run."
        )
    return tuple(notes)


def _few_beyond(network: Network, outcomes: Sequence[Outcome], asked: Asked) -> Iterator[str]:
    """Percentiles that are asked for, and that hardly anybody in a run is beyond.

    The number who are is known to a share of 1/sqrt(number), of ten to a third.
    """
    more = "" if recorded(network) else "; simulate more services a run"
    for k, name in enumerate(network.classes):
        left = min(one.measured.throughput_of_class(k) * one.time for one in outcomes)
        for percentage in asked.percentages:
            beyond = left * (1 - percentage / 100)
            if left > 0 and beyond < _FEWEST_BEYOND:
                yield (
                    f"About {beyond:.2g} of class {name} in a run are beyond their "
                    f"{format_percentile(percentage)}: with fewer than {_FEWEST_BEYOND} it may be "
                    f"far off, whatever its interval says{more}."
                )


def _near_the_limit(network: Network, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Queues near their limit forget so slowly that a run may see nothing of their long run.

    The queue of a single server forgets in the order of 1/(1 - utilization)^2 services (Whitt
    1989, Planning queueing simulations, section 2); that of several, sooner.
    """
    flows = traffic(network)
    if not at_random(flows):
        return
    for k, (name, station) in enumerate(network.stations.items()):
        if station.unlimited or _bounded(network, name):
            continue
        if all(visit.loses for visit in flows.graph.visits if visit.station == name):
            continue  # however many come, the queue is no longer than they have patience for
        load = float(np.mean([one.measured.utilization_of_station(k) for one in outcomes]))
        if station.batch is not None:
            # Servers of batches are busy with small ones as well; what counts is the full ones.
            load = min(load, load_of(flows, name) / servers_in_the_mean(station))
        memories = outcomes[0].services * (1 - load) ** 2
        if _is_open(network) and memories < _MEMORIES:
            yield (
                f"Station {name} has a load of {format_percent(load, 1)}, too near its limit for "
                f"runs of {outcomes[0].services:,} services: means and intervals may be far too "
                "low; simulate more services a run."
            )


def _is_open(network: Network) -> bool:
    return any(customers.arrivals is not None for customers in network.classes.values())


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
