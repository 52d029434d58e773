"""Stations to which customers come in batches: exact for one server and in Erlang's world."""

import math
from collections.abc import Iterable
from functools import partial

from models.laws.queueing.batch_arrivals import (
    Batches,
    batch_g_g_c,
    batch_m_g_1,
    batch_m_m_c,
    batches,
)
from models.laws.queueing.batch_room import batch_m_m_c_k
from models.laws.queueing.batch_sharing import Need, alone_with_batch, batch_m_g_1_sharing
from models.queueing.demands import Input, Mixture, without_variance
from models.queueing.disciplines import FCFS, Law
from models.queueing.distributions import AnyDistribution, mean
from models.queueing.shares import Method, NoLaw, Share
from models.queueing.stations import Station
from models.queueing.tails import breaks, survival

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
    if math.isinf(mixed.moment(2)) and station.discipline.law is not Law.SHARING:
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


def batches_in_room(
    station: Station, servers: int, capacity: int, mixed: Mixture, comes: Input
) -> tuple[str, Method, tuple[Share, ...]]:
    """The same where there is room for so many; who finds none left is lost.

    Arguments:
        station: the description.
        servers: 1 or more.
        capacity: most customers in service and waiting.
        mixed: the demands, of which some come in batches.
        comes: how the batches arrive.

    Raises:
        NoLaw: none fits.
    """
    # One class that shares its servers is as many there as one in turn.
    shared = station.discipline.law is Law.SHARING and len(mixed.demands) == 1
    simple = comes.at_random and mixed.exponential and (station.discipline == FCFS or shared)
    if not simple or station.breakdowns or any(d.patience for d in mixed.demands):
        law = "Poisson batches of patient customers and one exponential service"
        raise NoLaw(
            "has a capacity and batches of arrivals, which a law knows in turn, or for one class"
            f" that shares, for {law}"
        )
    arriving = [_arriving(demand.rate, demand.batch) for demand in mixed.demands]
    found = batch_m_m_c_k(arriving, 1 / mixed.mean, servers, capacity)
    each = zip(
        mixed.demands, found.lost, found.waiting_times, found.wait_probabilities, strict=True
    )
    shares = tuple(
        Share(
            d.rate * (1 - lost),
            mean(d.service),
            wait,
            loss=lost,
            wait_probability=lost if shared else waited,
        )
        for d, lost, wait, waited in each
    )
    return "M[X]/M/c/K-PS" if shared else "M[X]/M/c/K", "exact", shares


def _arriving(rate: float, batch: Batches | None) -> Batches:
    return batches(rate, [1], [1.0]) if batch is None else batch


def _in_turn(servers: int, mixed: Mixture, comes: Input, arriving: list[Batches]) -> Waits:
    if comes.at_random and servers == 1:
        levels = [0] * len(arriving)
        return "M[X]/G/1", "exact", _one(mixed, arriving, levels, False, 1)
    if comes.at_random and mixed.exponential:
        known = batch_m_m_c(arriving, 1 / mixed.mean, servers)
        return "M[X]/M/c", "exact", list(known.waiting_times)
    waits = _several(mixed, arriving, servers, comes.scv)
    return "G[X]/G/c (from M[X]/M/c)", "approximation", waits


def _several(mixed: Mixture, arriving: list[Batches], servers: int, scv: float) -> list[float]:
    """Waits in turn at several servers, by what different services change at one as fast as all."""
    waits = batch_g_g_c(arriving, scv, mixed.mean, mixed.scv, servers)
    levels = [0] * len(arriving)
    different = _one(mixed, arriving, levels, False, servers)
    first, second = mixed.mean / servers, mixed.moment(2) / servers**2
    alike = batch_m_g_1(arriving, [first] * len(arriving), [second] * len(arriving), levels)
    return [w * own / all_ for w, own, all_ in zip(waits, different, alike, strict=True)]


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
    if not interrupts:
        # The proportions between the classes are those at one server as fast as all of them.
        everybody = range(len(levels))
        factor = _slowed(mixed, arriving, everybody, servers, comes.scv)
        return f"{name}, scaled", "approximation", [wait * factor for wait in waits]
    if comes.at_random and mixed.exponential:
        return _nested(servers, mixed, arriving)
    factors = {}
    for level in set(levels):  # who goes before does not see those below
        before = [k for k, one in enumerate(levels) if one <= level]
        factors[level] = _slowed(mixed, arriving, before, servers, comes.scv)
    scaled = [wait * factors[level] for wait, level in zip(waits, levels, strict=True)]
    return f"{name}, scaled", "approximation", scaled


def _nested(servers: int, mixed: Mixture, arriving: list[Batches]) -> Waits:
    """All down to a level are, in number, as if in turn, and those above as if alone.

    Exact where each level has one class; several of one level share its wait as if alone.
    """
    levels = [demand.priority for demand in mixed.demands]
    exact, above, waits = True, 0.0, [0.0] * len(levels)
    for level in sorted(set(levels)):
        before = [k for k, one in enumerate(levels) if one <= level]
        upto = _waiting(servers, mixed, [arriving[k] for k in before])
        here = [k for k in before if levels[k] == level]
        batches_here = [arriving[k] for k in here]
        alone = batch_m_m_c(batches_here, 1 / mixed.mean, servers).waiting_times
        share = (upto - above) / _waiting(servers, mixed, batches_here)
        for k, wait in zip(here, alone, strict=True):
            waits[k] = wait * share
        exact, above = exact and len(here) == 1, upto
    name = "priority with several servers, preemptive-resume (nested M[X]/M/c)"
    return name, "exact" if exact else "approximation", waits


def _waiting(servers: int, mixed: Mixture, arriving: list[Batches]) -> float:
    """Mean number who wait for equal exponential services."""
    waits = batch_m_m_c(arriving, 1 / mixed.mean, servers).waiting_times
    return math.fsum(one.customers * wait for one, wait in zip(arriving, waits, strict=True))


def _slowed(
    mixed: Mixture, arriving: list[Batches], some: Iterable[int], servers: int, scv: float
) -> float:
    """The wait in turn of some classes at several servers, by that at one as fast as all."""
    chosen = list(some)
    part = Mixture([mixed.demands[k] for k in chosen])
    batches_of = [arriving[k] for k in chosen]
    in_turn = _mean(part, _several(part, batches_of, servers, scv))
    return in_turn / _mean(part, _one(part, batches_of, [0] * len(chosen), False, servers))


def _mean(mixed: Mixture, waits: list[float]) -> float:
    return math.fsum(w * wait for w, wait in zip(mixed.weights, waits, strict=True))


def _shared(servers: int, mixed: Mixture, comes: Input, arriving: list[Batches]) -> Waits:
    """Of one server exact; of several, by what irregular services change at one as fast as all, and
    by how much a batch alone is slower there."""
    if comes.at_random and mixed.exponential and len(arriving) == 1:
        return (
            "M[X]/M/c-PS",
            "exact",
            list(batch_m_m_c(arriving, 1 / mixed.mean, servers).waiting_times),
        )
    needs = [_need(demand.service, servers) for demand in mixed.demands]
    responses = batch_m_g_1_sharing(arriving, needs)
    waits = [time - need.mean for time, need in zip(responses, needs, strict=True)]
    if comes.at_random and servers == 1:
        return "M[X]/G/1-PS", "exact", waits
    if comes.at_random:
        several = list(batch_m_m_c(arriving, 1 / mixed.mean, servers).waiting_times)
    else:
        several = batch_g_g_c(arriving, comes.scv, mixed.mean, 1.0, servers)
    one = batch_m_m_c(arriving, servers / mixed.mean, 1).waiting_times
    factor = _mean(mixed, several) / _mean(mixed, list(one))
    found = [
        wait * factor + alone_with_batch(one, _need(demand.service, 1), servers)
        for wait, one, demand in zip(waits, arriving, mixed.demands, strict=True)
    ]
    return "M[X]/G/1-PS, scaled", "approximation", found


def _need(service: AnyDistribution, speed: int) -> Need:
    """How much service a customer needs of one server so many times as fast."""
    jumps = [jump / speed for jump in breaks(service)]
    return Need(mean(service) / speed, partial(_longer, service, speed), jumps)


def _longer(service: AnyDistribution, speed: int, time: float) -> float:
    return survival(service, time * speed)
