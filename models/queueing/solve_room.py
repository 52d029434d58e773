"""Stations with room for so many, where who finds none left is lost."""

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import partial

from models.laws.queueing.limited_room import MOST_PLACES, m_g_1_k
from models.laws.queueing.markovian import m_g_c_c, m_m_c_k
from models.laws.queueing.station_law import Queue
from models.queueing.demands import Demand, Input, Mixture
from models.queueing.disciplines import FCFS, Law
from models.queueing.distributions import AnyDistribution, Empirical, mean
from models.queueing.interarrivals import interarrivals
from models.queueing.shares import Method, NoLaw, Share
from models.queueing.solve_batches import batches_in_room
from models.queueing.stations import Station
from models.queueing.tails import breaks, survival

_MOST_JUMPS = 5000  # of measured services, each of which is a panel of an integral


def room_shares(
    station: Station, servers: int, capacity: int, mixed: Mixture, comes: Input
) -> tuple[str, Method, tuple[Share, ...]]:
    """Name of the law, its method, and what it says of each demand.

    Arguments:
        station: the description.
        servers: 1 or more.
        capacity: most customers in service and waiting.
        mixed: the demands.
        comes: how customers arrive.

    Raises:
        NoLaw: none fits.
    """
    if any(demand.batch for demand in mixed.demands):
        return batches_in_room(station, servers, capacity, mixed, comes)
    if not comes.poisson or station.breakdowns or any(d.patience for d in mixed.demands):
        raise NoLaw("has a capacity, and not Poisson arrivals of patient customers alone")
    one_rank = len({demand.priority for demand in mixed.demands}) == 1
    law = station.discipline.law
    in_turn = law is Law.IN_TURN or (law is Law.BY_PRIORITY and one_rank)
    if capacity == servers and not mixed.exponential:
        queue = m_g_c_c(mixed.rate, mixed.mean, servers)
    elif law is Law.SHARING:
        return _shared_room(servers, capacity, mixed)
    elif in_turn and mixed.exponential:
        queue = m_m_c_k(mixed.rate, 1 / mixed.mean, servers, capacity)
    elif in_turn and servers == 1:
        queue = one_server_in_room(mixed, capacity)
    elif in_turn:
        raise NoLaw(
            "has a capacity, several servers, and services that are not exponential with the same"
            " mean"
        )
    else:
        raise NoLaw(f"has a capacity, and serves by {station.discipline.name}")
    in_order = station.discipline == FCFS or capacity == servers
    lost = queue.blocking_probability
    waited = None if queue.wait_probability is None else lost + (1 - lost) * queue.wait_probability
    shares = mixed.shares(queue, in_order, loss=lost, wait_probability=waited)
    return queue.law, queue.method, shares


def one_server_in_room(mixed: Mixture, capacity: int) -> Queue:
    """One server in turn, with any services, to which customers come at random.

    Arguments:
        mixed: the demands.
        capacity: most customers in service and waiting, 2 or more.

    Raises:
        NoLaw: too much room, or services that can't be integrated.
    """
    if capacity > MOST_PLACES:
        law = "which a law knows of exponential ones alone"
        raise NoLaw(f"has room for more than {MOST_PLACES:,} and other services, {law}")
    jumps = sorted({place for demand in mixed.demands for place in breaks(demand.service)})
    if len(jumps) > _MOST_JUMPS:
        raise NoLaw(f"has a capacity, and more than {_MOST_JUMPS:,} measured services")
    parts = [
        (weight, _survival(demand.service))
        for weight, demand in zip(mixed.weights, mixed.demands, strict=True)
    ]

    def longer(time: float) -> float:
        return min(1.0, math.fsum(weight * part(time) for weight, part in parts))

    transform = math.fsum(
        weight * _transform(demand, mixed.rate)
        for weight, demand in zip(mixed.weights, mixed.demands, strict=True)
    )
    try:
        return m_g_1_k(mixed.rate, mixed.mean, longer, min(1.0, transform), capacity, jumps)
    except ValueError as error:
        raise NoLaw(f"has a capacity: {error}") from None


def _transform(demand: Demand, rate: float) -> float:
    """Probability that nobody comes during a service."""
    return interarrivals(demand.service).transform(rate) if mean(demand.service) else 1.0


def _survival(service: AnyDistribution) -> Callable[[float], float]:
    """That of measured services by search: there may be many."""
    if not isinstance(service, Empirical):
        return partial(survival, service)
    pairs = sorted(zip(service.values, service.probabilities, strict=True))
    longer = [0.0]
    for _, chance in reversed(pairs):
        longer.append(longer[-1] + chance)
    return partial(_measured, [value for value, _ in pairs], longer[::-1])


def _measured(values: Sequence[float], longer: Sequence[float], time: float) -> float:
    return min(1.0, longer[bisect_right(values, time)])


def _shared_room(
    servers: int, capacity: int, mixed: Mixture
) -> tuple[str, Method, tuple[Share, ...]]:
    """Whoever is let in is served at once, and the number is that of M/M/c/K whatever the service.

    Source: Kelly (1979), Reversibility and Stochastic Networks, section 3.3: symmetric queues.
    """
    queue = m_m_c_k(mixed.rate, 1 / mixed.mean, servers, capacity)
    lost, stretch = queue.blocking_probability, queue.waiting_time / mixed.mean
    shares = tuple(
        Share(
            d.rate * (1 - lost),
            mean(d.service),
            mean(d.service) * stretch,
            loss=lost,
            wait_probability=lost,
        )
        for d in mixed.demands
    )
    law = queue.law if mixed.exponential else f"M/G/{'1' if servers == 1 else 'c'}/K-PS"
    return law, queue.method, shares
