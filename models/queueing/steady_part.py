"""What is steady in a network some of whose stations get more than they can serve."""

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from models.queueing.disciplines import Law
from models.queueing.traffic import Traffic, loses, servers_in_the_mean, time_of_server


@dataclass(frozen=True)
class SteadyPart:
    """Of which there are figures though other queues grow without end.

    Arguments:
        flows: pairs of station and class whose number there does not grow.
        stations: those at which no number grows.
        classes: those of which nobody, by where it enters or leaves, is held up by what grows.
        growing: classes whose customers, by where they enter, meet what grows.
    """

    flows: frozenset[tuple[str, str]] = frozenset()
    stations: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    growing: frozenset[str] = frozenset()

    @property
    def note(self) -> str:
        """Of whom there are figures, and of whom there are none."""
        names = ", ".join(sorted(self.growing))
        many = "es" * (len(self.growing) > 1)
        return (
            f"Class{many} {names} grow{'' if many else 's'} without end; what is shown is steady."
        )


def steady_part(flows: Traffic, overloaded: Collection[str]) -> SteadyPart:
    """The classes at stations whose number does not grow.

    At a station that serves by priority these are the classes that leave room for all of their
    own; who interrupts or waits for the end of a service does not see more of those behind than
    one service of each server. What an overloaded station passes on is no more than it serves.

    Arguments:
        flows: of the network.
        overloaded: stations that get more than they can serve, or limits over several.

    Source: Goodman and Massey (1984), The non-ergodic Jackson network; by priority: Cobham (1954).
    """
    network = flows.network
    stations = network.stations.values()
    ways = [*flows.graph.starts.values(), *(visit.destination for visit in flows.graph.visits)]
    tied = any(way is not None and way.way.by_state for way in ways)
    tied = tied or any(station.when_full == "block" for station in stations)
    if tied or flows.graph.closed or network.pools:
        return SteadyPart()  # what happens at one station depends on the queue at another
    visits, rates = flows.graph.visits, flows.rates
    growing = {
        k for k, visit in enumerate(visits)
        if visit.station in overloaded and rates[k] > 0 and not _goes_before(flows, k)
    }  # fmt: skip
    pairs = {(visits[k].station, visits[k].customer_class) for k in growing}
    met = {name for name, trips in flows.trips.items() if any(trips[k] > 0 for k in growing)}
    leaving = {name: {name} | _leaves_as(flows, name) for name in flows.trips}
    held = {one for name in met for one in leaving[name]}
    there = {(visit.station, visit.customer_class) for k, visit in enumerate(visits) if rates[k]}
    full = {station for station, _ in pairs}
    return SteadyPart(
        frozenset(there - pairs),
        frozenset(station for station, _ in there if station not in full),
        frozenset(one for names in leaving.values() for one in names) - held,
        frozenset(met),
    )


def _leaves_as(flows: Traffic, name: str) -> set[str]:
    visited = (int(k) for k in np.flatnonzero(flows.trips[name]))
    return {flows.graph.visits[k].customer_class for k in visited if flows.exits(k) > 0}


def _goes_before(flows: Traffic, position: int) -> bool:
    """Whether there is room for all at the station of a visit whose priority is no lower."""
    visit, network = flows.graph.visits[position], flows.network
    station = network.stations[visit.station]
    plain = not (station.batch or station.scaling or station.schedule or station.setup)
    if station.discipline.law is not Law.BY_PRIORITY or not plain:
        return False
    here = [k for k, one in enumerate(flows.graph.visits) if one.station == visit.station]
    if any(loses(network, flows.graph.visits[k]) or flows.graph.visits[k].slots > 1 for k in here):
        return False
    rank = network.classes[visit.customer_class].priority
    before = math.fsum(
        float(flows.rates[k]) * time_of_server(station, flows.graph.visits[k].service)
        for k in here
        if network.classes[flows.graph.visits[k].customer_class].priority <= rank
    )
    return before < servers_in_the_mean(station)
