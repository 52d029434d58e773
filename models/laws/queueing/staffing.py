"""How many servers are enough."""

import math
from collections.abc import Iterator

from models.laws.arguments import non_negative, positive, probability
from models.laws.queueing.markovian import offered_load


def smallest_number_of_servers(
    arrival_rate: float, service_rate: float, target_utilization: float
) -> int:
    """Fewest servers whose utilization is less than the target; equal to it is not enough.

    Arguments:
        arrival_rate: /s.
        service_rate: of one server, /s.
        target_utilization: more than 0, at most 1.

    Raises:
        ValueError: an argument out of range.

    Source: the utilization law: load over servers.
    """
    load = offered_load(arrival_rate, service_rate)
    probability("target_utilization", positive("target_utilization", target_utilization))
    # What equals the target but for rounding is not below it.
    return math.floor(load / target_utilization * (1 + 1e-12)) + 1


def servers_for_wait_probability(
    arrival_rate: float, service_rate: float, wait_probability: float
) -> int:
    """Fewest servers of M/M/c with which no larger share of the customers must wait.

    Arguments:
        arrival_rate: /s.
        service_rate: of one server, /s.
        wait_probability: more than 0, at most 1.

    Raises:
        ValueError: an argument out of range.

    Source: Erlang (1917), by the recursion of his loss formula.
    """
    load = offered_load(arrival_rate, service_rate)
    probability("wait_probability", positive("wait_probability", wait_probability))
    return next(servers for servers, wait in _waits(load) if wait <= wait_probability)


def servers_for_waiting_time(
    arrival_rate: float, service_rate: float, p: float, longest: float
) -> int:
    """Fewest servers of M/M/c with which a share p of the customers waits no longer than so.

    Arguments:
        arrival_rate: /s.
        service_rate: of one server, /s.
        p: 0 or more, less than 1.
        longest: wait, 0 or more, s.

    Raises:
        ValueError: an argument out of range.

    Source: Erlang (1917): of the customers who wait, the wait is exponential.
    """
    load = offered_load(arrival_rate, service_rate)
    if not 0 <= p < 1:
        raise ValueError(f"p is {p}; it must be 0 or more and less than 1")
    services = service_rate * non_negative("longest", longest)
    return next(
        servers
        for servers, wait in _waits(load)
        if wait * math.exp(-(servers - load) * services) <= 1 - p
    )


def _waits(load: float) -> Iterator[tuple[int, float]]:
    """Each number of servers that keeps up, and the probability that an arrival must wait."""
    blocked, servers = 1.0, 0
    while True:
        servers += 1
        blocked = load * blocked / (servers + load * blocked)
        if servers > load:
            yield servers, servers * blocked / (servers - load + load * blocked)
