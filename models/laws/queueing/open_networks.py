"""Open networks in product form: Jackson's, and several classes of customers (BCMP)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from models.laws.arguments import whole
from models.laws.arrays import Floats, array, frozen, server_counts
from models.laws.queueing.markovian import m_m_c, m_m_infinity
from models.laws.queueing.station_law import Unstable
from models.laws.queueing.traffic_equations import chains, station_throughputs


class Discipline(Enum):
    """In which order a station serves; with infinitely many servers it makes no difference."""

    FIRST_COME = "first come, first served: exponential, the same for all classes"
    SHARED = "processor sharing"
    LAST_COME = "last come, first served, preemptive resume: one server"


@dataclass(frozen=True, kw_only=True)
class OpenAnswer:
    """Steady state of an open network.

    Arguments:
        throughput: visits, stations x classes, /s.
        utilization: mean share of each station's servers that are busy; 0 with infinitely many.
        number: mean, stations x classes.
        waiting_time: mean of a visit beyond its service, stations x classes, s.
        response_time: mean of a visit, stations x classes, s.
        residence_time: mean of all visits of a customer, stations x classes, s; where customers
            change their class, by the one that they have at the station.
        class_response_time: of a customer from entry to exit, by class, s; classes among which
            customers change have one in common.
        network_response_time: of a customer of any class from entry to exit, s.
        law: its name.
        method: whether the law is exact for its assumptions.
        number_laws: of each station, probability of so many customers of all classes together.
    """

    throughput: Floats
    utilization: Floats
    number: Floats
    waiting_time: Floats
    response_time: Floats
    residence_time: Floats
    class_response_time: Floats
    network_response_time: float
    law: str
    method: Literal["exact"] = "exact"
    number_laws: tuple[Callable[[int], float], ...] = field(repr=False, compare=False)

    def number_probability(self, station: int, n: int) -> float:
        """Probability of n customers of any class at a station, whatever the others hold.

        Arguments:
            station: from 0.
            n: 0 or more.

        Raises:
            ValueError: n is out of range.

        Source: Jackson (1957); Baskett, Chandy, Muntz and Palacios (1975).
        """
        return self.number_laws[station](whole("n", n, 0))


def open_jackson(
    arrival_rates: Sequence[float],
    routing: ArrayLike,
    service_rates: Sequence[float],
    servers: float | Sequence[float] = 1,
) -> OpenAnswer:
    """An open network of one class: Poisson arrivals, exponential services, random routing.

    Arguments:
        arrival_rates: from outside to each station, /s.
        routing: probability of going from one station to another, stations x stations; what is
            missing in a row leaves.
        service_rates: of one server of each station, /s.
        servers: of each station, or of all; infinity where nobody waits.

    Raises:
        ValueError: an argument out of range, or customers that never leave.
        Unstable: a station gets more than it can serve; it names the busiest.

    Source: Jackson (1957), Networks of waiting lines; (1963), Jobshop-like queueing systems.
    """
    arrivals = array("arrival_rates", arrival_rates, (None,))
    rates = array("service_rates", service_rates, arrivals.shape)
    if not rates.all():
        raise ValueError(f"service_rates is {rates.tolist()}; each must be more than 0")
    throughput = station_throughputs(arrivals, routing).reshape(-1, 1)
    counts = server_counts(servers, arrivals.size)
    times = (1 / rates).reshape(-1, 1)
    return _solve("open Jackson network", throughput, times, counts, arrivals.reshape(-1, 1), [[0]])


def open_bcmp(
    arrival_rates: ArrayLike,
    routing: ArrayLike,
    service_times: ArrayLike,
    servers: float | Sequence[float] = 1,
    disciplines: Discipline | Sequence[Discipline] = Discipline.FIRST_COME,
) -> OpenAnswer:
    """An open network of several classes of customers, who may change their class on the way.

    Arguments:
        arrival_rates: from outside, stations x classes, /s.
        routing: probabilities, stations x classes x stations x classes; what is missing leaves.
        service_times: mean of a visit, stations x classes, s.
        servers: of each station, or of all; infinity where nobody waits.
        disciplines: of each station, or of all.

    Raises:
        ValueError: an argument out of range, customers that never leave, a class that nobody is
            ever of, first come, first served with unequal service times, or last come, first
            served with several servers.
        Unstable: a station gets more than it can serve; it names the busiest.

    Source: Baskett, Chandy, Muntz and Palacios (1975), Open, closed, and mixed networks of queues
        with different classes of customers.
    """
    arrivals = array("arrival_rates", arrival_rates, (None, None))
    stations, classes = arrivals.shape
    times = array("service_times", service_times, arrivals.shape)
    throughput = station_throughputs(arrivals, routing)
    counts = server_counts(servers, stations)
    if isinstance(disciplines, Discipline):
        disciplines = [disciplines] * stations
    if len(disciplines) != stations:
        raise ValueError(f"disciplines are {len(disciplines)}; there are {stations} stations")
    for station, discipline in enumerate(disciplines):
        if np.isinf(counts[station]):
            continue
        served = times[station][throughput[station] > 0]
        if discipline is Discipline.FIRST_COME and not np.allclose(served, served[:1], 1e-12, 0):
            raise ValueError(
                f"service_times of station {station} are {times[station].tolist()}; first come, "
                "first served has a product form only where all are equal"
            )
        if discipline is Discipline.LAST_COME and counts[station] > 1:
            raise ValueError(f"servers of station {station} must be 1 for last come, first served")
    grouped = chains(routing, (stations, classes))
    return _solve("open BCMP network", throughput, times, counts, arrivals, grouped)


def open_demands(
    arrival_rates: Sequence[float],
    demands: ArrayLike,
    servers: float | Sequence[float] = 1,
) -> OpenAnswer:
    """An open network of several classes, known by what a customer needs of each station in all.

    Each customer counts as one visit to each station.

    Arguments:
        arrival_rates: of each class, more than 0, /s.
        demands: stations x classes, s.
        servers: of each station, or of all; infinity where nobody waits.

    Raises:
        ValueError: an argument out of range.
        Unstable: a station gets more than it can serve; it names the busiest.

    Source: Lazowska et al. (1984), Quantitative System Performance, section 7.3.
    """
    arrivals = array("arrival_rates", arrival_rates, (None,))
    table = array("demands", demands, (None, arrivals.size))
    counts = server_counts(servers, len(table))
    throughput = np.where(table > 0, arrivals, 0.0)
    alone = [[c] for c in range(arrivals.size)]
    return _solve("open BCMP network", throughput, table, counts, arrivals.reshape(1, -1), alone)


def utilizations(throughput: ArrayLike, service_times: ArrayLike, servers: ArrayLike) -> Floats:
    """Offered load of a server of each station; 1 or more where the queue grows without end.

    Arguments:
        throughput: visits, stations x classes, /s; see `traffic.station_throughputs`.
        service_times: mean of a visit, stations x classes, s.
        servers: of each station, or of all; infinity where nobody waits.

    Raises:
        ValueError: an argument out of range.

    Source: Denning and Buzen (1978), The operational analysis of queueing network models.
    """
    visits = array("throughput", throughput, (None, None))
    times = array("service_times", service_times, visits.shape)
    return frozen((visits * times).sum(axis=1) / server_counts(servers, len(visits)))


def _solve(
    law: str,
    throughput: Floats,
    times: Floats,
    servers: Floats,
    arrivals: Floats,
    grouped: list[list[int]],
) -> OpenAnswer:
    entering = arrivals.sum(axis=0)
    for group in grouped:
        if not entering[group].any():
            raise ValueError(f"no customer is ever of class {group[0]}: its arrival_rates are zero")
    utilization = utilizations(throughput, times, servers)
    busiest = int(np.argmax(utilization))
    if utilization[busiest] >= 1:
        offered = float(throughput[busiest].sum())
        limit = offered / float(utilization[busiest])
        raise Unstable(float(utilization[busiest]), offered, limit, f"station {busiest}")
    loads = (throughput * times).sum(axis=1)
    waiting, number_laws = zip(
        *(
            _station(load, count)
            for load, count in zip(loads.tolist(), servers.tolist(), strict=True)
        ),
        strict=True,
    )
    # Whatever the order of service, each class waits in proportion to its service.
    waiting_time = times * (np.array(waiting) / np.where(loads > 0, loads, 1.0))[:, None]
    number = throughput * (times + waiting_time)
    chain_rate = np.zeros(len(entering))
    class_response_time = np.zeros(len(entering))
    for group in grouped:
        chain_rate[group] = entering[group].sum()
        class_response_time[group] = number[:, group].sum() / chain_rate[group]
    return OpenAnswer(
        throughput=frozen(throughput),
        utilization=utilization,
        number=frozen(number),
        waiting_time=frozen(waiting_time),
        response_time=frozen(times + waiting_time),
        residence_time=frozen(number / chain_rate),
        class_response_time=frozen(class_response_time),
        network_response_time=float(number.sum() / entering.sum()),
        law=law,
        number_laws=number_laws,
    )


def _station(load: float, servers: float) -> tuple[float, Callable[[int], float]]:
    """Mean number waiting, and probability of so many customers, by the load in erlang alone."""
    if load == 0:
        return 0.0, lambda n: float(n == 0)
    queue = m_m_infinity(load, 1.0) if np.isinf(servers) else m_m_c(load, 1.0, int(servers))
    assert queue.number_law is not None
    return queue.waiting, queue.number_law
