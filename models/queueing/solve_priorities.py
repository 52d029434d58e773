"""Waits at a station that serves by priority: exact for one server, or with equal exponentials."""

import math
from collections.abc import Callable, Sequence

from models.laws.queueing.priorities import (
    non_preemptive_m_g_1,
    non_preemptive_m_m_c,
    preemptive_m_g_1,
)
from models.laws.queueing.station_law import Queue, Unstable
from models.queueing.demands import Demand, Mixture, without_variance
from models.queueing.distributions import is_exponential, mean
from models.queueing.shares import Method


def by_priority(
    interrupts: bool,
    servers: int,
    demands: Sequence[Demand],
    fifo_wait: Callable[[int, float], float],
    scv: float = 1.0,
) -> tuple[str, Method, list[float]]:
    """Name of the law, its method, and the mean wait of each demand, s.

    Arguments:
        interrupts: whoever is served is interrupted for a higher priority.
        servers: 1 or more.
        demands: of the visits.
        fifo_wait: mean wait in turn for a number of servers and a variation of the arrivals, s.
        scv: squared coefficient of variation of the times between arrivals.

    Raises:
        NoLaw: a service has no variance.
        Unstable: a class can't be served.

    Source: several servers with any services: Bondi and Buzen (1984), The response times of
        priority classes under preemptive resume in M/G/m queues; Buzen and Bondi (1983), The
        response times of priority classes under preemptive resume in M/M/m queues.
    """
    ranks = sorted({demand.priority for demand in demands})
    levels = [[d for d in demands if d.priority == rank and d.rate > 0] for rank in ranks]
    levels = [level for level in levels if level]
    if any(math.isinf(d.service.moment(2)) for level in levels for d in level):
        raise without_variance(servers)
    times = [mean(d.service) for level in levels for d in level]
    equal = all(is_exponential(d.service) for level in levels for d in level) and all(
        math.isclose(time, times[0], rel_tol=1e-12) for time in times
    )
    method: Method = "exact"
    if servers > 1 and interrupts and equal:
        law, waits = _nested(servers, levels)
    elif servers > 1 and interrupts:
        # Who has a priority does not see those below: each level is the last of its own station.
        waits = [_last(servers, levels[: k + 1]) for k in range(len(levels))]
        law = "M/G/1 preemptive-resume priority, scaled to several servers (Bondi-Buzen)"
        method = "approximation"
    elif servers > 1 and equal:
        rates = [math.fsum(d.rate for d in level) for level in levels]
        queues = _stable(non_preemptive_m_m_c(rates, 1 / times[0], servers))
        law, waits = queues[0].law, [queue.waiting_time for queue in queues]
    else:
        # One server as fast as all of them together keeps the proportions between the classes.
        law, waits = _one(interrupts, levels, servers)
        if servers > 1:
            factor = fifo_wait(servers, 1.0) / _fifo(levels, servers)
            waits = [wait * factor for wait in waits]
            law, method = f"{law}, scaled to several servers (Bondi-Buzen)", "approximation"
    if scv != 1:
        factor = fifo_wait(servers, scv) / fifo_wait(servers, 1.0)
        waits = [wait * factor for wait in waits]
        law, method = f"{law}, scaled to the variation of arrivals", "approximation"
    known = {level[0].priority: wait for level, wait in zip(levels, waits, strict=True)}
    if not interrupts or servers > 1:
        return law, method, [known.get(d.priority, 0.0) for d in demands]
    return law, method, [_own(d, levels, known) for d in demands]


def before_overload(demands: Sequence[Demand], servers: int) -> tuple[str, dict[int, float]]:
    """Name of the law and the mean wait by priority, s, at servers that are never idle.

    Several of them with equal exponential services end one as often as one as fast as all.

    Arguments:
        demands: of the visits to servers that end each service.
        servers: 1, or more where all services are exponential with the same mean.
    """
    ranks = sorted({demand.priority for demand in demands})
    levels = [[d for d in demands if d.priority == rank] for rank in ranks]
    rates = [math.fsum(d.rate for d in level) for level in levels]
    firsts, seconds = ([_moment(level, order, servers) for level in levels] for order in (1, 2))
    queues = non_preemptive_m_g_1(rates, firsts, seconds)
    known = {
        rank: queue.waiting_time
        for rank, queue in zip(ranks, queues, strict=True)
        if isinstance(queue, Queue)
    }
    several = "M/G/1" if servers == 1 else "M/M/c"
    return f"{several} non-preemptive priority (Cobham), never idle", known


def _one(
    interrupts: bool, levels: Sequence[Sequence[Demand]], speed: int
) -> tuple[str, list[float]]:
    rates = [math.fsum(d.rate for d in level) for level in levels]
    firsts, seconds = ([_moment(level, order, speed) for level in levels] for order in (1, 2))
    solve = preemptive_m_g_1 if interrupts else non_preemptive_m_g_1
    queues = _stable(solve(rates, firsts, seconds))
    return queues[0].law, [queue.waiting_time for queue in queues]


def _nested(servers: int, levels: Sequence[Sequence[Demand]]) -> tuple[str, list[float]]:
    """The classes above are alone in the world, and all down to one are like a queue in turn."""
    waiting, waits = 0.0, []
    for k, level in enumerate(levels):
        mixed = Mixture([d for upper in levels[: k + 1] for d in upper])
        upto = max(waiting, mixed.rate * mixed.fifo_wait(servers, 1.0))
        waits.append((upto - waiting) / math.fsum(d.rate for d in level))
        waiting = upto
    return "priority with several servers, preemptive-resume (nested M/M/c)", waits


def _last(servers: int, levels: Sequence[Sequence[Demand]]) -> float:
    """Wait of the last level: at one server as fast as all, times what several servers change."""
    waits = _one(True, levels, servers)[1]
    everybody = Mixture([d for level in levels for d in level])
    return waits[-1] * everybody.fifo_wait(servers, 1.0) / _fifo(levels, servers)


def _own(demand: Demand, levels: Sequence[Sequence[Demand]], known: dict[int, float]) -> float:
    """Classes of one priority wait alike, but are interrupted in proportion to their service."""
    higher = [d for level in levels for d in level if d.priority < demand.priority]
    level = [d for level in levels for d in level if d.priority == demand.priority]
    if not level:
        return 0.0
    above = math.fsum(d.rate * mean(d.service) for d in higher)
    longer = mean(demand.service) - _moment(level, 1, 1)
    return known[demand.priority] + longer * above / (1 - above)


def _moment(level: Sequence[Demand], order: int, speed: int) -> float:
    rate = math.fsum(d.rate for d in level)
    total = math.fsum(d.rate * d.service.moment(order) for d in level)
    return total / rate / float(speed**order)


def _fifo(levels: Sequence[Sequence[Demand]], speed: int) -> float:
    """Mean wait in turn at one server so many times as fast, s."""
    rate = math.fsum(d.rate for level in levels for d in level)
    everybody = [d for level in levels for d in level]
    load = rate * _moment(everybody, 1, speed)
    if load >= 1:
        raise Unstable(load)
    return rate * _moment(everybody, 2, speed) / 2 / (1 - load)


def _stable(queues: Sequence[Queue | Unstable]) -> list[Queue]:
    for queue in queues:
        if isinstance(queue, Unstable):
            raise queue
    return [queue for queue in queues if isinstance(queue, Queue)]
