"""Parallel servers: how arrivals are dispatched to them, how many are enough, fork and join."""

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations_with_replacement

import numpy as np

from models.laws.arguments import whole
from models.laws.queueing.arrivals import erlang_arrivals, g_m_1
from models.laws.queueing.markovian import m_m_1, m_m_c, offered_load, spare_capacity
from models.laws.queueing.matrix_geometric import null_vector, rate_matrix
from models.laws.queueing.quantiles import ErlangWait
from models.laws.queueing.station_law import Queue

Law = Callable[[float], float]
MOST_PHASES = 500
MOST_SERVERS = 30  # beyond, queues made to differ by no more than one are too good


def fork_join(arrival_rate: float, service_rate: float, branches: int) -> Queue:
    """Jobs that split into a task for each of several servers and end with their last task.

    Exact for one and two branches, an approximation within 5 % for up to 32. A job waits as long
    as it takes beyond the mean of the longest of its services.

    Arguments:
        arrival_rate: of jobs, /s.
        service_rate: of a server, for its tasks, /s.
        branches: 1 or more.

    Raises:
        ValueError: an argument out of range.
        Unstable: the arrival rate is no less than the service rate.

    Source: two branches: Flatto and Hahn (1984), (12 - u)/8 times the response time of M/M/1;
        more: Nelson and Tantawi (1988), Approximate analysis of fork/join synchronization in
        parallel queues.
    """
    one = m_m_1(arrival_rate, service_rate)
    branches = whole("branches", branches, 1)
    load = one.utilization
    longest = _harmonic(branches)
    factor = 1.0
    if branches >= 2:
        share = longest / 1.5
        factor = (share + (1 - share) * 4 * load / 11) * (12 - load) / 8
    response_time = one.response_time * factor
    waiting_time = max(0.0, response_time - longest / service_rate)
    return Queue(
        arrival_rate=arrival_rate,
        throughput=arrival_rate,
        utilization=load,
        number=arrival_rate * response_time,
        waiting=arrival_rate * waiting_time,
        waiting_time=waiting_time,
        response_time=response_time,
        method="exact" if branches <= 2 else "approximation",
        law="Fork-join (Flatto-Hahn)" if branches <= 2 else "Fork-join (Nelson-Tantawi)",
    )


def _harmonic(n: int) -> float:
    if n < 1000:
        return math.fsum(1 / k for k in range(1, n + 1))
    return math.log(n) + 0.5772156649015329 + 1 / (2 * n) - 1 / (12 * n * n)


def random_split(arrival_rate: float, service_rate: float, servers: int) -> Queue:
    """Each arrival goes to a server drawn at random, and stays in its queue.

    Arguments:
        arrival_rate: of all, /s.
        service_rate: of one server, /s.
        servers: 1 or more.

    Raises:
        ValueError: an argument out of range.
        Unstable: the arrival rate is no less than the capacity.

    Source: Poisson arrivals split at random are Poisson, so that each server is M/M/1.
    """
    spare_capacity(arrival_rate, service_rate, servers)
    one = m_m_1(arrival_rate, servers * service_rate)
    return _slowed(one, servers, "M/M/1 each (random split)")


def round_robin(arrival_rate: float, service_rate: float, servers: int) -> Queue:
    """Each arrival goes to the next server in turn, and stays in its queue.

    Arguments:
        arrival_rate: of all, /s.
        service_rate: of one server, /s.
        servers: 1 or more.

    Raises:
        ValueError: an argument out of range.
        Unstable: the arrival rate is no less than the capacity.

    Source: each server sees the sum of c exponential times between arrivals: E_c/M/1.
    """
    spare_capacity(arrival_rate, service_rate, servers)
    one = g_m_1(erlang_arrivals(arrival_rate, servers), servers * service_rate)
    return _slowed(one, servers, "E_c/M/1 each (round robin)")


def _slowed(one: Queue, servers: int, law: str) -> Queue:
    """All servers together, from one that gets all arrivals and is as fast as they are together.

    Each of them sees what that one sees, at a pace slower by their number.
    """
    variance, response_variance = one.waiting_time_variance, one.response_time_variance
    return replace(
        one,
        number=servers * one.number,
        waiting=servers * one.waiting,
        waiting_time=servers * one.waiting_time,
        response_time=servers * one.response_time,
        waiting_time_variance=None if variance is None else servers * servers * variance,
        response_time_variance=None
        if response_variance is None
        else servers * servers * response_variance,
        law=law,
        waiting_time_law=_stretched(one.waiting_time_law, servers),
        response_time_law=_stretched(one.response_time_law, servers),
        number_law=None,
    )


def _stretched(law: Law | None, factor: int) -> Law | None:
    return None if law is None else lambda p: factor * law(p)


def central_queue(arrival_rate: float, service_rate: float, servers: int) -> Queue:
    """All arrivals wait in one queue for the first free server.

    Arguments:
        arrival_rate: of all, /s.
        service_rate: of one server, /s.
        servers: 1 or more.

    Raises:
        ValueError: an argument out of range.
        Unstable: the arrival rate is no less than the capacity.

    Source: Erlang (1917), M/M/c.
    """
    return m_m_c(arrival_rate, service_rate, servers)


def join_shortest_queue(arrival_rate: float, service_rate: float, servers: int) -> Queue:
    """Each arrival goes to the shortest queue, and stays in it.

    Exact for two servers, with variances and quantiles up to a utilization of 0.999. For more
    servers, queues that would differ by more than a limit are made to differ no more, by a
    customer who changes over: a lower bound, the tighter the lower the load.

    Arguments:
        arrival_rate: of all, /s.
        service_rate: of one server, /s.
        servers: 1 to 30.

    Raises:
        ValueError: an argument out of range.
        Unstable: the arrival rate is no less than the capacity.

    Source: Adan, Van Houtum and Van der Wal (1994), Upper and lower bounds for the waiting time in
        the symmetric shortest queue system.
    """
    spare = spare_capacity(arrival_rate, service_rate, servers)
    servers = int(servers)
    if servers == 1:
        return m_m_1(arrival_rate, service_rate)
    if servers > MOST_SERVERS:
        raise ValueError(f"servers is {servers}; the law takes at most {MOST_SERVERS}")
    difference = 1
    while difference < 60 and math.comb(difference + servers, servers - 1) <= MOST_PHASES:
        difference += 1
    chain = _Shortest(arrival_rate, service_rate, servers, difference)
    # The drift of the squared number is 0, and the idle servers make up the spare capacity; both
    # keep their digits near full load.
    idle = np.array([1 + phase.count(0) for phase in chain.phases])
    beside = np.array([sum(phase) for phase in chain.phases]) * idle
    beside_idle = float(chain.empty @ beside) / float(chain.empty @ idle)
    number = arrival_rate / spare + beside_idle
    response_time, service_time = number / arrival_rate, 1 / service_rate
    waiting_time = max(0.0, response_time - service_time)
    queue = Queue(
        arrival_rate=arrival_rate,
        throughput=arrival_rate,
        utilization=offered_load(arrival_rate, service_rate) / servers,
        number=number,
        waiting=arrival_rate * waiting_time,
        waiting_time=waiting_time,
        response_time=response_time,
        method="approximation",
        law="Join the shortest queue (lower bound)",
    )
    if servers > 2 or spare < 1e-3 * servers * service_rate:
        return queue
    stages, square = chain.shortest_moments()
    variance = ((stages - stages * stages) + square) * service_time * service_time
    return replace(
        queue,
        method="exact",
        law="Join the shortest queue",
        waiting_time_variance=variance,
        response_time_variance=variance + service_time * service_time,
        wait_probability=1 - float(chain.empty.sum()),
        waiting_time_law=lambda p: chain.times().waiting_quantile(p),
        response_time_law=lambda p: chain.times().response_quantile(p),
    )


class _Shortest:
    """The chain of the shortest queue, its level, and of how much longer the others are.

    Arguments:
        difference: most that another queue is longer than the shortest.
    """

    def __init__(
        self, arrival_rate: float, service_rate: float, servers: int, difference: int
    ) -> None:
        self.service_rate, self.servers = service_rate, servers
        self.phases = list(combinations_with_replacement(range(difference + 1), servers - 1))
        index = {phase: n for n, phase in enumerate(self.phases)}
        up, local, down, swap = np.zeros((4, len(index), len(index)))  # swap: a change of queue
        for n, others in enumerate(self.phases):
            joined = sorted((1, *others))
            target = (up if joined[0] else local)[n]
            target[index[tuple(length - joined[0] for length in joined[1:])]] += arrival_rate
            for place, length in enumerate(others):
                if length:
                    left = sorted((*others[:place], length - 1, *others[place + 1 :]))
                    local[n, index[tuple(left)]] += service_rate
            ties = (1 + others.count(0)) * service_rate
            if others[-1] < difference:
                down[n, index[tuple(length + 1 for length in others)]] += ties
            else:
                changed = sorted((*others[:-1], difference - 1))
                swap[n, index[tuple(changed)]] += ties
        leaving = (up + local + swap + down).sum(axis=1)
        self.rate = rate_matrix(up, local + swap - np.diag(leaving), down)
        self.inverse = np.linalg.inv(np.eye(len(index)) - self.rate)
        empty = null_vector(local + self.rate @ down)
        self.empty = empty / float((empty @ self.inverse).sum())

    def shortest_moments(self) -> tuple[float, float]:
        """Mean and mean square of the shortest queue."""
        once = self.empty @ self.rate @ self.inverse @ self.inverse
        twice = once @ self.rate @ self.inverse
        return float(once.sum()), float(once.sum() + 2 * twice.sum())

    def times(self) -> ErlangWait:
        """Law of the wait behind the shortest queue."""
        weights, vector = [], self.empty @ self.rate
        while vector.sum() > 1e-20:
            weights.append(float(vector.sum()))
            vector = vector @ self.rate
        start = float(self.empty.sum())
        return ErlangWait(start, np.array(weights), self.service_rate, self.service_rate)
