"""How often customers come to each station of a network, and which stations can't keep up."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.laws.queueing.unreliable import effective_capacity
from models.queueing.batch_times import full_batch_time
from models.queueing.distributions import AnyDistribution, mean, squared_variation
from models.queueing.network import (
    BatchSize,
    CustomerClass,
    MarkovModulated,
    Network,
    Poisson,
    Renewal,
    TimeVarying,
)
from models.queueing.network_answer import UnstableStation
from models.queueing.stations import Batch, Schedule, Station
from models.queueing.visits import Destination, Graph, Visit, Way, graph

Floats = NDArray[np.float64]
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Traffic:
    """The flows of a network.

    Arguments:
        network: the description.
        graph: its visits.
        routing: from visit to visit; a fork counts 1 to each task and to what follows the join.
        trips: mean visits of one customer, by the class in which it enters; shape (visits,).
        open_rates: of the open classes, customers/s.
    """

    network: Network
    graph: Graph
    routing: Floats
    trips: dict[str, Floats]
    open_rates: dict[str, float]

    @property
    def rates(self) -> Floats:
        """Of the customers of open classes at each visit, /s."""
        total = np.zeros(len(self.graph.visits))
        for name, rate in self.open_rates.items():
            total += rate * self.trips[name]
        return total

    def exits(self, visit: int) -> float:
        """Probability of leaving the network after a visit."""
        return _exit(self.graph.visits[visit].destination)


def traffic(network: Network) -> Traffic:
    """The flows of a checked network, whatever its queues are.

    Arguments:
        network: the description.

    Source: Jackson (1957), Networks of waiting lines.
    """
    visits = graph(network)
    size = len(visits.visits)
    routing = np.array([_row(visit.destination, size) for visit in visits.visits])
    trips = {
        name: np.maximum(np.linalg.solve(np.eye(size) - routing.T, _row(start, size)), 0.0)
        for name, start in visits.starts.items()
    }
    rates = {
        name: arrival_rate(network.classes[name])
        for name in visits.starts
        if name not in visits.closed
    }
    return Traffic(network, visits, routing, trips, rates)


def arrival_rate(customers: CustomerClass) -> float:
    """Long-run rate of the customers of an open class, /s; 0 for a trace, which ends.

    Arguments:
        customers: the class.
    """
    arrivals = customers.arrivals
    size = mean_size(customers.arrival_batch)
    if isinstance(arrivals, Poisson):
        return size * arrivals.rate
    if isinstance(arrivals, Renewal):
        return size / mean(arrivals.interarrival)
    if isinstance(arrivals, MarkovModulated):
        # The states follow each other evenly, so that their holding times are their weights.
        weights, rates = np.array(arrivals.holding_times), np.array(arrivals.rates)
        return size * float(weights @ rates / weights.sum())
    if isinstance(arrivals, TimeVarying):
        starts = [interval.start for interval in arrivals.intervals]
        lengths = np.diff([*starts, arrivals.period])
        rates = np.array([interval.rate for interval in arrivals.intervals])
        return size * float(lengths @ rates) / arrivals.period
    return 0.0


def mean_size(batch: BatchSize | None) -> float:
    """Mean number of customers who arrive together."""
    if batch is None:
        return 1.0
    return sum(size * p for size, p in zip(batch.sizes, batch.probabilities, strict=True))


def arrival_scv(customers: CustomerClass) -> float:
    """Squared coefficient of variation of the times between arrivals; of batches, in the long run.

    Arguments:
        customers: an open class with Poisson or renewal arrivals.

    Source: Whitt (1982), Approximating a point process by a renewal process: the asymptotic
        method, for batches: m c^2 + Var(B)/m.
    """
    arrivals = customers.arrivals
    one = squared_variation(arrivals.interarrival) if isinstance(arrivals, Renewal) else 1.0
    batch = customers.arrival_batch
    if batch is None:
        return one
    size = mean_size(batch)
    square = sum(n * n * p for n, p in zip(batch.sizes, batch.probabilities, strict=True))
    return size * one + (square - size * size) / size


def unstable(flows: Traffic) -> tuple[UnstableStation, ...]:
    """The stations to which more work comes than they can do.

    An overloaded station passes on no more than it serves; one that loses customers is taken to
    pass on nothing, so that what is called unstable certainly is.

    Arguments:
        flows: of the network.

    Source: Goodman and Massey (1984), The non-ergodic Jackson network.
    """
    visits = flows.graph.visits
    entering = np.zeros(len(visits))
    for name, rate in flows.open_rates.items():
        entering += rate * _row(flows.graph.starts[name], len(visits))
    stations = flows.network.stations
    works = {name: _works(flows, name) for name in stations}
    passed = np.array([_passes(flows, k) for k in range(len(visits))])
    loads: dict[str, float] = {}
    share = passed.copy()
    for _ in range(1000):
        rates = np.linalg.solve(np.eye(len(visits)) - (share[:, None] * flows.routing).T, entering)
        loads = {name: float(np.maximum(rates, 0) @ works[name]) for name in stations}
        new = passed * [1 / max(1.0, loads[visit.station]) for visit in visits]
        settled = float(np.abs(new - share).max()) < 1e-13
        share = new
        if settled:
            break
    # Rounding must not decide: what is meant to be 1 is 1, which is too much but for chance.
    most = 1 - _ROUNDING if at_random(flows) else 1 + _ROUNDING
    return tuple(UnstableStation(name, load) for name, load in loads.items() if load >= most)


def at_random(flows: Traffic) -> bool:
    """Whether anything that decides how long queues get is random: arrivals, services, ways.

    Without chance a queue whose load is exactly 1 stays as it is.

    Arguments:
        flows: of the network.
    """
    stations = flows.network.stations.values()
    if flows.graph.closed or any(one.breakdowns or one.setup for one in stations):
        return True
    for name in flows.open_rates:
        customers = flows.network.classes[name]
        fixed = isinstance(customers.arrivals, Renewal) and not squared_variation(
            customers.arrivals.interarrival
        )
        if (
            not fixed
            or len(set(customers.arrival_batch.sizes if customers.arrival_batch else ())) > 1
        ):
            return True
    if any(squared_variation(visit.service) for visit in flows.graph.visits):
        return True
    ways = [*flows.graph.starts.values(), *(visit.destination for visit in flows.graph.visits)]
    return any(_drawn(way) for way in ways if way is not None)


def _drawn(destination: Destination) -> bool:
    if destination.way is Way.SPLIT:
        return sum(chance > 0 for chance in destination.probabilities) > 1
    return destination.way.by_state


def loses(network: Network, visit: Visit) -> bool:
    """Whether some go without service at a visit for ever, because of how many are there already.

    Arguments:
        network: the description.
        visit: of its graph.
    """
    pools = network.pools.values()
    if any(pool.when_full == "lose" and visit.station in pool.stations for pool in pools):
        return True  # whoever finds it full is lost before it comes here
    may = network.stations[visit.station].capacity is not None or visit.loses
    return may and not (visit.retries is not None and visit.retries.for_ever)


def _works(flows: Traffic, name: str) -> Floats:
    """Share of a station's capacity that each visit takes; 0 where customers may be lost."""
    station = flows.network.stations[name]
    works = np.zeros(len(flows.graph.visits))
    if station.servers == "infinite":
        return works
    for k, visit in enumerate(flows.graph.visits):
        if visit.station == name and not loses(flows.network, visit):
            works[k] = time_of_server(station, visit.service) * visit.slots
    capacity = servers_in_the_mean(station)
    if station.schedule is not None and math.isfinite(capacity):
        here = [visit.service for visit in flows.graph.visits if visit.station == name]
        capacity += _overtime(station.schedule, station.batch, here)
    return works / capacity


def _overtime(
    schedule: Schedule, batch: Batch | None, services: Sequence[AnyDistribution]
) -> float:
    """The most that servers can serve in the mean after the end of their shift, as servers.

    Each ends what it has begun. However long the shift, what is left of that service is no longer
    in the mean than its second moment over its first.

    Source: Lorden (1970), On excess over the boundary.
    """
    counts = [as_number(shift.servers) for shift in schedule.shifts]
    going = sum(max(0, before - after) for before, after in pairwise([*counts, counts[0]]))
    more = 0.0
    if batch is not None:
        more = batch.per_customer * (batch.size - 1) + batch.least_per_customer * batch.size
    left = [_left(service, more) for service in services]
    return going * max(left, default=0.0) / schedule.period


def _left(service: AnyDistribution, more: float) -> float:
    first, second = service.moment(1), service.moment(2)
    return (second + 2 * more * first + more * more) / first if first else more


def time_of_server(station: Station, service: AnyDistribution) -> float:
    """Mean time of a server for a customer, in full batches where there are batches, s.

    Arguments:
        station: the description.
        service: of the visit.
    """
    if station.batch is None:
        return mean(service)
    return full_batch_time(station.batch, service) / station.batch.size


def load_of(flows: Traffic, name: str, each: float | None = None) -> float:
    """Mean number of servers that customers from outside keep busy, in full batches.

    Arguments:
        flows: of the network.
        name: of the station.
        each: time of a server for each of them, instead of their services, s.
    """
    station, rates = flows.network.stations[name], flows.rates
    loads = (
        float(rates[k])
        * (time_of_server(station, visit.service) * visit.slots if each is None else each)
        for k, visit in enumerate(flows.graph.visits)
        if visit.station == name and rates[k] > 0
    )
    load = math.fsum(loads)
    return load if math.isfinite(load) else 0.0


def servers_in_the_mean(station: Station) -> float:
    """Mean number of servers that are there and work; infinity where there are infinitely many.

    Of a station that scales by itself they are the most that there can be. Servers of unequal
    speed count as so many of speed 1.

    Arguments:
        station: the description.
    """
    if station.servers == "infinite":
        return float("inf")
    if station.scaling is not None:
        return station.most_servers
    if station.schedule is not None:
        shifts = station.schedule.shifts
        lengths = np.diff([*(shift.start for shift in shifts), station.schedule.period])
        numbers = [as_number(shift.servers) for shift in shifts]
        return float(lengths @ numbers) / station.schedule.period
    if station.speeds is not None:
        return math.fsum(station.speeds)
    if station.breakdowns is None:
        return float(station.servers)
    broken = station.breakdowns
    up, down = mean(broken.time_to_failure), mean(broken.time_to_repair)
    if broken.crews is None or broken.crews >= station.servers or down == 0:
        return station.servers * up / (up + down)
    return effective_capacity(1.0, station.servers, 1 / up, 1 / down, broken.crews)


def as_number(servers: int | str) -> float:
    """A number of servers, infinity where there are infinitely many.

    Arguments:
        servers: of a description.
    """
    return math.inf if servers == "infinite" else float(servers)


def _passes(flows: Traffic, visit: int) -> float:
    return 0.0 if loses(flows.network, flows.graph.visits[visit]) else 1.0


def _row(destination: Destination | None, size: int) -> Floats:
    row = np.zeros(size)
    if destination is None:
        return row
    for k, visit in enumerate(destination.visits):
        if visit is not None:
            row[visit] += _chance(destination, k)
    if destination.way is Way.FORK and destination.then is not None:
        row[destination.then] += 1.0
    return row


def _chance(destination: Destination, position: int) -> float:
    if destination.way is Way.SPLIT:
        return destination.probabilities[position]
    return 1.0 if destination.way is Way.FORK else 1 / len(destination.visits)


def _exit(destination: Destination | None) -> float:
    if destination is None:
        return 0.0
    if destination.way is Way.FORK:
        return float(destination.then is None)
    return sum(
        _chance(destination, k) for k, visit in enumerate(destination.visits) if visit is None
    )
