"""The law of one station, for what comes to it: exact where there is one, else an approximation."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import assert_never

from models.laws.queueing.arrivals import g_m_c
from models.laws.queueing.constant_times import d_d_c
from models.laws.queueing.general import m_g_1, m_g_1_processor_sharing
from models.laws.queueing.markovian import m_m_1, m_m_c
from models.laws.queueing.other_arrivals import m_m_c_m
from models.laws.queueing.setups import m_g_1_setup
from models.laws.queueing.shortest_remaining import m_g_1_srpt
from models.laws.queueing.station_law import Queue
from models.laws.queueing.unequal_servers import m_m_c_unequal
from models.laws.queueing.unreliable import m_m_c_breakdowns
from models.queueing.demands import Demand, Input, Mixture, without_variance
from models.queueing.disciplines import FCFS, Law, Order
from models.queueing.distributions import AnyDistribution, is_exponential, mean
from models.queueing.shares import NO_TIME, Method, NoLaw, Share, TimeLaw, together
from models.queueing.solve_batches import batch_shares
from models.queueing.solve_priorities import before_overload, by_priority
from models.queueing.solve_reluctance import reluctant_shares
from models.queueing.solve_room import room_shares
from models.queueing.stations import Station
from models.queueing.tails import breaks, survival


@dataclass(frozen=True)
class StationSolution:
    """What a law says about a station.

    Arguments:
        law: its name.
        method: whether it is exact.
        shares: of each demand.
        whole: what the law knows of all classes together alone.
        notes: assumptions that do not hold.
    """

    law: str
    method: Method
    shares: tuple[Share, ...]
    whole: Share | None = None
    notes: tuple[str, ...] = field(default=())


def solve_station(
    station: Station, demands: Sequence[Demand], comes: Input | None = None
) -> StationSolution:
    """The steady state of a station.

    Arguments:
        station: the description.
        demands: of the visits to it; at least one has a rate above 0.
        comes: how customers arrive; a Poisson process unless given.

    Raises:
        NoLaw: none fits.
        Unstable: it can't keep up.
    """
    comes = comes or Input()
    mixed = Mixture(demands)
    if station.servers == "infinite":
        return _infinite(demands, comes)
    refuse(station)
    servers = station.servers
    if any(demand.balking or demand.retries for demand in demands):
        return StationSolution(*reluctant_shares(station, servers, mixed, comes))
    if station.speeds is not None:
        return _unequal(station, station.speeds, mixed, comes)
    if station.setup is not None:
        return _set_up(station, station.setup, servers, mixed, comes)
    if station.capacity is not None:
        return StationSolution(*room_shares(station, servers, station.capacity, mixed, comes))
    if any(demand.patience for demand in demands):
        return _impatient(station, servers, mixed, comes)
    if station.breakdowns:
        return _unreliable(station, servers, mixed, comes)
    if any(demand.batch for demand in demands):
        return StationSolution(*batch_shares(station, servers, mixed, comes))
    match station.discipline.law:
        case Law.IN_TURN:
            return _in_turn(station, servers, mixed, comes)
        case Law.BY_PRIORITY:
            if len({demand.priority for demand in demands}) == 1:
                return _in_turn(station, servers, mixed, comes)
            return _by_priority(station.discipline.interrupts, servers, mixed, comes)
        case Law.SHORTEST_REMAINING:
            return _srpt(servers, mixed, comes)
        case Law.SHARING:
            return _shared(servers, mixed, comes)
        case Law.NONE:
            raise without_law(station)
        case other:
            assert_never(other)


def refuse(station: Station) -> None:
    """Refuse what no law here describes.

    Arguments:
        station: the description.

    Raises:
        NoLaw: the station has such a thing.
    """
    if station.batch:
        raise NoLaw("serves in batches")
    if station.schedule:
        raise NoLaw("has a schedule")
    if station.scaling:
        raise NoLaw("scales with its load")
    if station.when_full == "block":
        raise NoLaw("blocks the stations before it when it is full")
    if station.discipline.law is Law.NONE:
        raise without_law(station)


def without_law(station: Station) -> NoLaw:
    """What is said of a discipline that no law describes.

    Arguments:
        station: the description.
    """
    return NoLaw(f"serves by {station.discipline.name}, for which no law is known here")


def _infinite(demands: Sequence[Demand], comes: Input) -> StationSolution:
    shares = tuple(
        Share(
            demand.rate,
            mean(demand.service),
            0.0,
            waiting_law=NO_TIME,
            response_law=TimeLaw(
                partial(_quantile, mean(demand.service))
                if is_exponential(demand.service)
                else None,
                partial(_within, demand.service),
            ),
        )
        for demand in demands
    )
    return StationSolution("M/G/infinity" if comes.poisson else "G/G/infinity", "exact", shares)


def _quantile(mean_time: float, share: float) -> float:
    return -mean_time * math.log1p(-share)


def _within(service: AnyDistribution, time: float) -> float:
    return 1 - survival(service, time)


def _set_up(
    station: Station, setup: AnyDistribution, servers: int, mixed: Mixture, comes: Input
) -> StationSolution:
    alike = station.discipline.law is Law.IN_TURN or len({d.priority for d in mixed.demands}) == 1
    patient = not any(demand.patience for demand in mixed.demands)
    if servers > 1 or station.capacity is not None or not (comes.poisson and alike and patient):
        raise NoLaw("needs a setup, and is not one server alone with Poisson arrivals in turn")
    second, squared = mixed.moment(2), setup.moment(2)
    if math.isinf(second) or math.isinf(squared):
        raise NoLaw("has services or a setup without a variance: its mean wait is infinite")
    queue = m_g_1_setup(
        mixed.rate, mixed.mean, second, mean(setup), squared, station.keep_warm or 0.0
    )
    cold = queue.cold_start_probability or 0.0
    shares = tuple(
        replace(share, cold=cold, setup=cold * mean(setup))
        for share in mixed.shares(queue, in_order=False)
    )
    return StationSolution(queue.law, queue.method, shares)


def _unequal(
    station: Station, speeds: Sequence[float], mixed: Mixture, comes: Input
) -> StationSolution:
    patient = not any(demand.patience for demand in mixed.demands)
    alike = station.discipline.law is Law.IN_TURN or len({d.priority for d in mixed.demands}) == 1
    if not (comes.poisson and mixed.exponential and patient and alike):
        law = "Poisson arrivals and one exponential service"
        raise NoLaw(f"has servers of unequal speed, which a law knows for {law} alone")
    rates = {speed: speed / mixed.mean for speed in speeds}
    try:
        found = m_m_c_unequal(
            mixed.rate, [rates[one] for one in speeds], station.idle_server, station.capacity
        )
    except ValueError as error:
        raise NoLaw(f"has servers of unequal speed: {error}") from None
    share = found.throughput / mixed.rate
    shares = tuple(
        Share(
            rate=demand.rate * share,
            service=found.busy / found.throughput,
            waiting_time=found.waiting_time,
            loss=None if station.capacity is None else found.blocking_probability,
            wait_probability=found.wait_probability,
        )
        for demand in mixed.demands
    )
    each = {speed: found.utilizations[one] for speed, one in rates.items()}
    whole = replace(together(shares), busy_by_speed=each)
    return StationSolution(found.law, "exact", shares, whole)


def _impatient(station: Station, servers: int, mixed: Mixture, comes: Input) -> StationSolution:
    patience = [demand.patience for demand in mixed.demands]
    first = patience[0]
    alike = first is not None and all(
        p is not None and is_exponential(p) and math.isclose(mean(p), mean(first), rel_tol=1e-12)
        for p in patience
    )
    fits = comes.poisson and station.discipline == FCFS and mixed.exponential and alike
    if not fits or first is None or station.breakdowns:
        law = "Poisson arrivals, one exponential service and patience, and first come, first served"
        raise NoLaw(f"has impatient customers, whom a law knows for {law} alone")
    queue = m_m_c_m(mixed.rate, 1 / mixed.mean, servers, 1 / mean(first))
    served = queue.throughput / queue.arrival_rate
    # The law counts the wait of those who leave, too; that of the served follows from the moments.
    waits = (queue.waiting_time_variance or 0.0) + queue.waiting_time**2
    responses = (queue.response_time_variance or 0.0) + queue.response_time**2
    of_served = max(0.0, (responses - waits) / 2 / mixed.mean - served * mixed.mean)
    shares = mixed.shares(
        queue,
        in_order=False,
        waiting_time=of_served / served,
        abandonment=queue.abandonment_probability,
        abandoned=queue.waiting - mixed.rate * of_served,
    )
    return StationSolution(queue.law, queue.method, shares)


def _unreliable(station: Station, servers: int, mixed: Mixture, comes: Input) -> StationSolution:
    broken = station.breakdowns
    fits = broken and is_exponential(broken.time_to_failure) and comes.poisson
    if (
        broken is None
        or not (fits and is_exponential(broken.time_to_repair) and mixed.exponential)
        or station.discipline.law is not Law.IN_TURN
    ):
        raise NoLaw("breaks down, and not everything about it is exponential")
    failure, repair = 1 / mean(broken.time_to_failure), 1 / mean(broken.time_to_repair)
    try:
        queue = m_m_c_breakdowns(mixed.rate, 1 / mixed.mean, servers, failure, repair, broken.crews)
    except ValueError as error:
        raise NoLaw(f"breaks down: {error}") from None
    return StationSolution(queue.law, queue.method, mixed.shares(queue, in_order=False))


def _by_priority(interrupts: bool, servers: int, mixed: Mixture, comes: Input) -> StationSolution:
    demands = mixed.demands
    law, method, waits = by_priority(interrupts, servers, demands, mixed.fifo_wait, comes.scv)
    waited = None
    if not interrupts and servers == 1 and comes.poisson:
        waited = mixed.rate * mixed.mean  # who comes at random finds the server as it is on average
    shares = [
        Share(d.rate, mean(d.service), wait, wait_probability=waited)
        for d, wait in zip(demands, waits, strict=True)
    ]
    return StationSolution(law, method if comes.poisson else "approximation", tuple(shares))


def busy_station(
    station: Station, demands: Sequence[Demand], before: Sequence[Demand], poisson: bool
) -> StationSolution:
    """Of servers that are never idle, those who go before the ones who are too many.

    Arguments:
        station: the description, by priority, of servers that end what they began.
        demands: of all visits to it.
        before: those of the classes that are steady.
        poisson: all of them come one by one and at random.

    Raises:
        NoLaw: none fits.
    """
    refuse(station)
    servers = station.servers
    plain = station == Station(servers=servers, discipline=station.discipline)
    if not (poisson and plain) or servers == "infinite" or any(d.patience for d in demands):
        raise NoLaw("gets too much")
    if servers > 1 and not Mixture(demands).exponential:
        raise NoLaw("gets too much, and not the same exponential service for all")
    law, known = before_overload(demands, servers)
    shares = [
        Share(d.rate, mean(d.service), known[d.priority], wait_probability=1.0) for d in before
    ]
    return StationSolution(law, "exact", tuple(shares))


def _srpt(servers: int, mixed: Mixture, comes: Input) -> StationSolution:
    if servers > 1:
        raise NoLaw("serves the shortest remaining service first with several servers")
    pairs = list(zip(mixed.weights, mixed.demands, strict=True))

    def longer(time: float) -> float:
        return min(1.0, math.fsum(w * survival(d.service, time) for w, d in pairs))

    jumps = sorted({place for demand in mixed.demands for place in breaks(demand.service)})
    if len(jumps) > 200:
        raise NoLaw("serves the shortest first, with more than 200 measured services")
    try:
        queue = m_g_1_srpt(mixed.rate, mixed.mean, longer, jumps)
    except ValueError as error:
        raise NoLaw(f"serves the shortest first: {error}") from None
    method: Method = "exact" if comes.poisson else "approximation"
    whole = Share(mixed.rate, mixed.mean, queue.waiting_time)
    single = len(mixed.demands) == 1
    shares = [
        Share(d.rate, mean(d.service), queue.waiting_time if single else None)
        for d in mixed.demands
    ]
    return StationSolution(queue.law, method, tuple(shares), whole, _as_poisson(comes))


def _shared(servers: int, mixed: Mixture, comes: Input) -> StationSolution:
    if servers == 1:
        queue = m_g_1_processor_sharing(mixed.rate, mixed.mean)
        law = queue.law
    else:
        # Insensitive: the number of customers is that of M/M/c (Baskett et al. 1975).
        queue, law = m_m_c(mixed.rate, 1 / mixed.mean, servers), "M/G/c-PS"
    stretch = queue.waiting_time / mixed.mean
    shares = tuple(
        Share(d.rate, mean(d.service), mean(d.service) * stretch, wait_probability=0.0)
        for d in mixed.demands
    )
    method: Method = "exact" if comes.poisson else "approximation"
    return StationSolution(law, method, shares, notes=_as_poisson(comes))


def _as_poisson(comes: Input) -> tuple[str, ...]:
    return () if comes.poisson else ("its arrivals are taken to be Poisson",)


def _in_turn(station: Station, servers: int, mixed: Mixture, comes: Input) -> StationSolution:
    in_order = station.discipline.order in (Order.FIRST_COME, Order.BY_PRIORITY)
    queue = _exact_in_turn(servers, mixed, comes)
    if queue is None:
        wait = mixed.fifo_wait(servers, comes.scv)
        shares = tuple(Share(d.rate, mean(d.service), wait) for d in mixed.demands)
        one = "G/G/1 (Kraemer and Langenbach-Belz)"
        law = one if servers == 1 else "G/G/c (Allen-Cunneen, Whitt)"
        return StationSolution(law, "approximation", shares)
    return StationSolution(queue.law, queue.method, mixed.shares(queue, in_order))


def _exact_in_turn(servers: int, mixed: Mixture, comes: Input) -> Queue | None:
    service_rate = 1 / mixed.mean
    if comes.poisson and mixed.exponential:
        if servers == 1:
            return m_m_1(mixed.rate, service_rate)
        return m_m_c(mixed.rate, service_rate, servers)
    if comes.interarrival is not None and comes.scv == 0 and mixed.scv < 1e-12:
        return d_d_c(mixed.rate, service_rate, servers)
    if mixed.exponential and comes.interarrival is not None:
        return g_m_c(comes.interarrival, service_rate, servers)
    if not comes.poisson or servers > 1:
        return mixed.in_phases(servers, comes)
    second, third = mixed.moment(2), mixed.moment(3)
    if math.isinf(second):
        raise without_variance(servers)
    return m_g_1(mixed.rate, mixed.mean, second, None if math.isinf(third) else third)
