"""A network that only so many may be in at once: one server that is as fast as the whole network.

Source: Chandy, Herzog and Woo (1975), Parametric analysis of queuing networks (Norton's theorem);
    Lazowska et al. (1984), Quantitative System Performance, sections 8.4 and 9.3. Who is turned
    away: exact, Lam (1977), Queuing networks with population size constraints.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.laws.arguments import non_negative, positive, whole
from models.laws.queueing.station_law import Unstable

Array = NDArray[np.float64]
MOST = 5_000  # who may be inside


@dataclass(frozen=True)
class LimitedNetwork:
    """The steady state of a network with a limit on how many are inside.

    Arguments:
        throughput: of customers who leave, or trips if they are closed, /s.
        inside: mean number inside.
        waiting: mean number before it.
        wait_probability: share of those who go in who had to wait.
        blocking_probability: share of those who come who are turned away.
        numbers: mean number at each station.
    """

    throughput: float
    inside: float
    waiting: float
    wait_probability: float
    blocking_probability: float
    numbers: tuple[float, ...]


def limited_network(
    arrival_rate: float, demands: Sequence[float], servers: Sequence[float], limit: int, waits: bool
) -> LimitedNetwork:
    """Poisson arrivals to a network of product form with one class, of whom so many may be inside.

    Arguments:
        arrival_rate: /s.
        demands: service that a customer needs at each station in all, s.
        servers: of each station; infinity where nobody waits.
        limit: customers inside at most.
        waits: whoever comes beyond it waits outside, in turn; else is lost.

    Raises:
        Unstable: more comes than can be served with as many inside.
        ValueError: an argument out of range.
    """
    rate = positive("arrival_rate", arrival_rate)
    speeds, numbers = _inside(demands, servers, limit)
    steps = rate / speeds[1:]
    if waits and steps[-1] >= 1:
        raise Unstable(float(steps[-1]), rate, float(speeds[-1]))
    states = _from_steps(steps)
    last = float(steps[-1])
    beyond = float(states[-1]) * last / (1 - last) if waits else 0.0  # somebody waits
    all_states = float(states.sum()) + beyond
    states, beyond = states / all_states, beyond / all_states
    with_waiting = states.copy()
    with_waiting[-1] += beyond
    full = 0.0 if waits else float(states[-1])
    return LimitedNetwork(
        throughput=rate * (1 - full),
        inside=float(with_waiting @ np.arange(limit + 1.0)),
        waiting=beyond / (1 - last) if waits else 0.0,
        wait_probability=float(with_waiting[-1]) if waits else 0.0,
        blocking_probability=full,
        numbers=tuple(float(with_waiting @ one) for one in numbers),
    )


def _inside(demands: Sequence[float], servers: Sequence[float], limit: int) -> tuple[Array, Array]:
    """Throughput and mean numbers at the stations, with 0 to so many inside, by convolution."""
    whole("limit", limit, 1)
    if limit > MOST:
        raise ValueError(f"limit is {limit}; it must be at most {MOST:,}")
    scale = max(non_negative("demands", one) for one in demands)
    positive("demands", scale)
    factors = [_factors(one / scale, c, limit) for one, c in zip(demands, servers, strict=True)]
    before, after = [_alone(limit)], [_alone(limit)]
    for one in factors:
        before.append(np.convolve(before[-1], one)[: limit + 1])
    for one in reversed(factors):
        after.append(np.convolve(after[-1], one)[: limit + 1])
    constant = before[-1]
    if not (constant > 0).all() or not np.isfinite(constant).all():
        raise ValueError("its populations are beyond the range of a double")
    counts = np.arange(limit + 1.0)
    numbers = [
        np.convolve(counts * one, np.convolve(left, right)[: limit + 1])[: limit + 1] / constant
        for one, left, right in zip(factors, before, after[-2::-1], strict=False)
    ]
    speeds = np.concatenate([[0.0], constant[:-1] / constant[1:] / scale])
    return speeds, np.array(numbers)


def _factors(demand: float, servers: float, limit: int) -> Array:
    """What each number at a station weighs."""
    busy = np.minimum(np.arange(1.0, limit + 1), servers)
    return np.concatenate([[1.0], np.cumprod(demand / busy)])


def _alone(limit: int) -> Array:
    return np.concatenate([[1.0], np.zeros(limit)])


def _from_steps(steps: Array) -> Array:
    logs = np.concatenate([[0.0], np.cumsum(np.log(steps))])
    states: Array = np.exp(logs - logs.max())
    return states


def limited_clients(
    population: int,
    think_time: float,
    demands: Sequence[float],
    servers: Sequence[float],
    limit: int,
) -> LimitedNetwork:
    """So many clients who think, come to a network of product form and wait while it is full.

    Arguments:
        population: clients.
        think_time: mean, s; above 0.
        demands: service that a client needs at each station in a trip, s.
        servers: of each station; infinity where nobody waits.
        limit: clients inside at most.

    Raises:
        ValueError: an argument out of range.
    """
    whole("population", population, 1)
    positive("think_time", think_time)
    inside = min(limit, population)
    speeds, numbers = _inside(demands, servers, inside)
    present = np.arange(1, population + 1)
    comes = (population - present + 1) / think_time
    states = _from_steps(comes / speeds[np.minimum(present, inside)])
    states /= states.sum()
    count = np.arange(population + 1)
    held = np.minimum(count, inside)
    thinking = (population - count) / think_time
    throughput = float(states @ thinking)
    return LimitedNetwork(
        throughput=throughput,
        inside=float(states @ held),
        waiting=float(states @ (count - held)),
        wait_probability=float((states * thinking)[count >= inside].sum()) / throughput,
        blocking_probability=0.0,
        numbers=tuple(float(states @ one[held]) for one in numbers),
    )
