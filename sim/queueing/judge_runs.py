"""What the runs of a simulated network can't be trusted with: queues that grow, runs too short."""

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from models.description.quantities import format_duration, format_percent, format_percentile
from models.queueing.asked import Asked
from models.queueing.heavy_tails import heavy_tails
from models.queueing.network import Network
from models.queueing.network_answer import UnstableStation
from models.queueing.periods import described_periods
from models.queueing.slow_times import slowest_time
from models.queueing.traffic import at_random, load_of, servers_in_the_mean, traffic
from models.queueing.traffic import unstable as overloaded
from sim.queueing.replication import Outcome, recorded

PERIODS = 10  # that a run should cover: of arrivals or servers, or times of what is slow
_FEWEST_BEYOND = 10  # customers of all runs beyond a percentile
_FEWEST_CLUMPS = 8  # bad times in which they came
_MEMORIES = 100  # times that a queue forgets its past, in a run that sees its long run
_MEMORIES_ALONE = 1000  # the same in a single run of periods, whose windows hang together
_SOON = 10  # times as often, in a run of which the beginning is nothing


def unstable_stations(network: Network, outcomes: Sequence[Outcome]) -> tuple[UnstableStation, ...]:
    """The stations that overflowed in a run, or else grew in every run far beyond chance or must.

    Arguments:
        network: the description.
        outcomes: of the runs.
    """
    if network.horizon is not None:
        return ()
    overflowed = [one for one in outcomes if one.overflowed]
    places = [*network.stations, *network.pools]
    seen = _sees_what_is_slow(network, outcomes) and periods_covered(network, outcomes) >= PERIODS
    if overflowed and not seen and not overloaded(traffic(network)):
        return ()
    if overflowed:
        found = sorted({places.index(str(one.overflowed)) for one in overflowed})
        outcomes = overflowed
    elif recorded(network):
        return ()
    else:
        certain = {places.index(one.station) for one in overloaded(traffic(network))}
        sees = _sees_growth(network, outcomes)
        found = [
            k
            for k, name in enumerate(places)
            if k in certain or (sees and _grows(network, name, k, outcomes))
        ]
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
    whole = all(one.periods for one in outcomes) or periods_covered(network, outcomes) >= PERIODS
    return whole and _sees_what_is_slow(network, outcomes)


def _sees_what_is_slow(network: Network, outcomes: Sequence[Outcome]) -> bool:
    """By chance, and without the warm-up, a run takes somewhat less time than it was to take."""
    time = min(one.time for one in outcomes)
    return time >= PERIODS / 2 * slowest_time(network)


def slowest_in_words(network: Network) -> str:
    """The longest time in which something happens to a network.

    Arguments:
        network: the description.
    """
    return format_duration(slowest_time(network))


def periods_covered(network: Network, outcomes: Sequence[Outcome]) -> float:
    """How often the shortest run covers the longest period; infinite without one.

    Arguments:
        network: the description.
        outcomes: of the runs.
    """
    periods = [period for period, _ in described_periods(network)]
    return min(one.time for one in outcomes) / max(periods) if periods else math.inf


def notes_of(network: Network, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """What a reader must know of the runs before believing a figure.

    Arguments:
        network: the description.
        outcomes: of the runs.
    """
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
    if len(cold) > len(outcomes) / 8 and not _soon_warm(network, outcomes):
        notes.append(
            f"In {len(cold)} of {len(outcomes)} runs the warm-up was not over after half of the "
            "run: the network may be near its limit or beyond; simulate more services a run."
        )
    notes += _near_the_limit(network, outcomes)
    notes += heavy_tails(network)
    seen = min(one.time for one in outcomes) / max(slowest_time(network), math.ulp(0.0))
    if is_open(network) and seen < PERIODS / 2:
        notes.append(
            f"A run covers what is slowest, {slowest_in_words(network)}, {seen:.3g} times: rare"
            " states of scaling, cold starts or repairs may be missing; simulate more services a"
            " run."
        )
    covered = periods_covered(network, outcomes)
    if all(one.periods for one in outcomes):
        if len(outcomes) == 1 and not outcomes[0].windows:
            notes.append("One period has no interval: simulate more services, or more runs.")
    elif covered < PERIODS:
        notes.append(
            f"A run covers the longest period {covered:.3g} times; "
            f"with fewer than {PERIODS} the means depend on where it stops. Whole periods, with "
            "figures by interval, take fewer runs or more services a run."
        )
    return tuple(notes)


def few_beyond(
    network: Network,
    outcomes: Sequence[Outcome],
    clumps: Callable[[int, float], float],
    asked: Asked,
) -> Iterator[str]:
    """Percentiles that few customers, or those of few bad times, are beyond in all runs.

    A number of independent customers is known to a share of 1/sqrt(number), of eight to a third.

    Arguments:
        network: the description.
        outcomes: of the runs.
        clumps: as many independent ones as know a percentile of a class as well; not a number where
            the runs tell nothing of it.
        asked: percentiles beside those of every answer.
    """
    more = "" if recorded(network) else "; simulate more services a run"
    for k, name in enumerate(network.classes):
        left = math.fsum(one.measured.throughput_of_class(k) * one.time for one in outcomes)
        for percentage in asked.all_percentages:
            beyond, times = left * (1 - percentage / 100), clumps(k, percentage)
            which = format_percentile(percentage)
            if left <= 0 or percentage < 50:
                continue
            if beyond < _FEWEST_BEYOND and percentage in asked.percentages:
                yield (
                    f"About {beyond:.2g} of class {name} in all runs are beyond their {which}: "
                    f"with fewer than {_FEWEST_BEYOND} it may be far off, whatever its interval "
                    f"says{more}."
                )
            elif times < _FEWEST_CLUMPS:
                yield (
                    f"Those of class {name} beyond their {which} came in about {times:.2g} bad "
                    f"times of all runs: with fewer than {_FEWEST_CLUMPS} its interval holds the "
                    f"truth less often than it says, and is mostly too low{more}."
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
        alone = len(outcomes) == 1 and outcomes[0].periods
        if is_open(network) and memories < (_MEMORIES_ALONE if alone else _MEMORIES):
            yield (
                f"Station {name} has a load of {format_percent(load, 1)}, too near its limit for "
                f"runs of {outcomes[0].services:,} services: means and intervals may be far too "
                "low; simulate more services a run."
            )


def _soon_warm(network: Network, outcomes: Sequence[Outcome]) -> bool:
    """Whether a run forgets again and again how it began, whatever the cut says.

    Where hardly anybody waits, chance alone moves what the cut looks for.
    """
    flows = traffic(network)
    if not (is_open(network) and at_random(flows) and _sees_what_is_slow(network, outcomes)):
        return False
    least = min(one.services for one in outcomes)
    loads = (
        max(
            load_of(flows, name) / servers_in_the_mean(station),
            float(np.mean([one.measured.utilization_of_station(k) for one in outcomes])),
        )
        for k, (name, station) in enumerate(network.stations.items())
        if not station.unlimited
    )
    return all(least * max(0.0, 1 - load) ** 2 >= _SOON * _MEMORIES for load in loads)


def is_open(network: Network) -> bool:
    """Whether somebody comes from outside.

    Arguments:
        network: the description.
    """
    return any(customers.arrivals is not None for customers in network.classes.values())
