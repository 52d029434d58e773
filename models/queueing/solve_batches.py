"""Stations to which customers come in batches: exact for one server and in Erlang's world."""

import math

from models.laws.queueing.batch_arrivals import (
    Batches,
    batch_g_g_c,
    batch_m_g_1,
    batch_m_m_c,
    batches,
)
from models.queueing.demands import Input, Mixture, without_variance
from models.queueing.disciplines import Law
from models.queueing.distributions import mean
from models.queueing.shares import Method, NoLaw, Share
from models.queueing.stations import Station

Waits = tuple[str, Method, list[float]]


def batch_shares(
    station: Station, servers: int, mixed: Mixture, comes: Input
) -> tuple[str, Method, tuple[Share, ...]]:
    """Name of the law, its method, and what it says of each demand.

    Arguments:
        station: the description.
        servers: 1 or more.
        mixed: the demands, of which some come in batches.
        comes: how the batches arrive.

    Raises:
        NoLaw: none fits.
        Unstable: it can't keep up.
    """
    if math.isinf(mixed.moment(2)):
        raise without_variance(servers)
    arriving = [_arriving(demand.rate, demand.batch) for demand in mixed.demands]
    levels = [demand.priority for demand in mixed.demands]
    probabilities: tuple[float | None, ...] = (None,) * len(levels)
    law = station.discipline.law
    if law is Law.SHARING:
        name, method, waits = _shared(servers, mixed, comes, arriving)
        probabilities = (0.0,) * len(levels)
    elif law is Law.IN_TURN or (law is Law.BY_PRIORITY and len(set(levels)) == 1):
        name, method, waits = _in_turn(servers, mixed, comes, arriving)
        if comes.at_random and servers == 1:
            # Only the first of a batch can find the server idle.
            idle = 1 - mixed.rate * mixed.mean
            probabilities = tuple(1 - idle / one.moment(1) for one in arriving)
        elif method == "exact":
            probabilities = batch_m_m_c(arriving, 1 / mixed.mean, servers).wait_probabilities
    elif law is Law.BY_PRIORITY:
        name, method, waits = _by_priority(
            station.discipline.interrupts, servers, mixed, comes, arriving
        )
    else:
        raise NoLaw(f"serves by {station.discipline.name} customers who come in batches")
    shares = tuple(
        Share(demand.rate, mean(demand.service), wait, wait_probability=probability)
        for demand, wait, probability in zip(mixed.demands, waits, probabilities, strict=True)
    )
    return name, method, shares


def _arriving(rate: float, batch: Batches | None) -> Batches:
    return batches(rate, [1], [1.0]) if batch is None else batch


def _in_turn(servers: int, mixed: Mixture, comes: Input, arriving: list[Batches]) -> Waits:
    if comes.at_random and servers == 1:
        levels = [0] * len(arriving)
        return "M[X]/G/1", "exact", _one(mixed, arriving, levels, False, 1)
    if comes.at_random and mixed.exponential:
        known = batch_m_m_c(arriving, 1 / mixed.mean, servers)
        return "M[X]/M/c", "exact", list(known.waiting_times)
    waits = batch_g_g_c(arriving, comes.scv, mixed.mean, mixed.scv, servers)
    return "G[X]/G/c (from M[X]/M/c)", "approximation", waits


def _one(
    mixed: Mixture, arriving: list[Batches], levels: list[int], interrupts: bool, speed: int
) -> list[float]:
    """Waits at one server so many times as fast, s."""
    services = [demand.service for demand in mixed.demands]
    firsts = [mean(service) / speed for service in services]
    seconds = [service.moment(2) / speed**2 for service in services]
    return batch_m_g_1(arriving, firsts, seconds, levels, interrupts)


def _by_priority(
    interrupts: bool, servers: int, mixed: Mixture, comes: Input, arriving: list[Batches]
) -> Waits:
    levels = [demand.priority for demand in mixed.demands]
    waits = _one(mixed, arriving, levels, interrupts, servers)
    name = f"M[X]/G/1 {'preemptive-resume' if interrupts else 'non-preemptive'} priority"
    if comes.at_random and servers == 1:
        return name, "exact", waits
    # The proportions between the classes are those at one server as fast as all of them.
    alike = [0] * len(arriving)
    in_turn = _mean(mixed, batch_g_g_c(arriving, comes.scv, mixed.mean, mixed.scv, servers))
    factor = in_turn / _mean(mixed, _one(mixed, arriving, alike, False, servers))
    return f"{name}, scaled", "approximation", [wait * factor for wait in waits]


def _mean(mixed: Mixture, waits: list[float]) -> float:
    return math.fsum(w * wait for w, wait in zip(mixed.weights, waits, strict=True))


def _shared(servers: int, mixed: Mixture, comes: Input, arriving: list[Batches]) -> Waits:
    """The number is that of services in turn where they are exponential, and near it elsewhere."""
    if comes.at_random:
        waits = list(batch_m_m_c(arriving, 1 / mixed.mean, servers).waiting_times)
    else:
        waits = batch_g_g_c(arriving, comes.scv, mixed.mean, 1.0, servers)
    stretch = _mean(mixed, waits) / mixed.mean
    exact = comes.at_random and mixed.exponential and len(arriving) == 1
    name = "M[X]/M/c-PS" if exact else "G[X]/G/c-PS (as if exponential)"
    each = [mean(demand.service) * stretch for demand in mixed.demands]
    return name, "exact" if exact else "approximation", each
