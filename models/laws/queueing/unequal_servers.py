"""Several servers of unequal speed and one queue: by the chain of who is busy."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.laws.arguments import positive, whole
from models.laws.queueing.station_law import Unstable

MOST_STATES = 2_000
Choice = Literal["fastest", "slowest", "random"]


@dataclass(frozen=True)
class UnequalServers:
    """The steady state of a queue before servers of unequal speed.

    Arguments:
        throughput: of served customers, /s.
        busy: mean number of busy servers.
        waiting: mean number of customers not in service.
        waiting_time: mean, of the served, s.
        wait_probability: share of all who come who are not served at once.
        blocking_probability: share of all who come who find no room.
        utilizations: share of the time that a server of each speed is busy, by service rate, /s.
        law: its name.
    """

    throughput: float
    busy: float
    waiting: float
    waiting_time: float
    wait_probability: float
    blocking_probability: float
    utilizations: dict[float, float]
    law: str


def m_m_c_unequal(
    arrival_rate: float,
    service_rates: Sequence[float],
    choice: Choice = "fastest",
    capacity: int | None = None,
) -> UnequalServers:
    """Poisson arrivals, exponential services, first come, first served; nobody changes servers.

    Servers of the same rate are counted together, so that the states are the numbers of busy ones
    of each rate. With all of them busy, the queue is that of one fast server.

    Arguments:
        arrival_rate: /s.
        service_rates: of each server, /s.
        choice: which of several idle servers takes a customer.
        capacity: most customers in service and waiting; no limit if None.

    Raises:
        Unstable: more comes than can be served, without a limit.
        ValueError: an argument out of range, or more states than can be solved.

    Source: Gumbel (1960), Waiting lines with heterogeneous servers (any idle one alike); Singh
        (1970), Two-server Markovian queues with balking (the fastest first); more servers alike.
    """
    rate = positive("arrival_rate", arrival_rate)
    for one in service_rates:
        positive("service_rates", one)
    servers = len(service_rates)
    whole("the number of service_rates", servers, 1)
    if capacity is not None:
        whole("capacity", capacity, servers)
    total = math.fsum(service_rates)
    load = rate / total
    if capacity is None and load >= 1:
        raise Unstable(load, rate, total)
    rates = sorted(set(service_rates), reverse=choice != "slowest")  # in the order of the choice
    counts = [list(service_rates).count(one) for one in rates]
    states, found = _busy(rate, rates, counts, choice)
    all_busy = found[-1]
    places = math.inf if capacity is None else capacity - servers
    beyond = _sum_of_powers(load, places)  # of the queue: 1 + load + load² + ...
    found /= found.sum() + all_busy * (beyond - 1)
    all_busy = found[-1] * beyond
    waiting = float(found[-1]) * _sum_of_number_times_powers(load, places)
    full = 0.0 if capacity is None else float(found[-1]) * load**places
    throughput = rate * (1 - full)
    numbers = found @ states + (all_busy - found[-1]) * np.array(counts)
    return UnequalServers(
        throughput=throughput,
        busy=float(numbers.sum()),
        waiting=waiting,
        waiting_time=waiting / throughput,
        wait_probability=float(all_busy),
        blocking_probability=full,
        utilizations={
            one: float(number) / count
            for one, number, count in zip(rates, numbers, counts, strict=True)
        },
        law="M/M/c with unequal servers",
    )


def _busy(
    rate: float, rates: list[float], counts: list[int], choice: Choice
) -> tuple[np.ndarray, np.ndarray]:
    """The states, busy servers of each rate, and their probabilities if nobody waited."""
    if math.prod(count + 1 for count in counts) > MOST_STATES:
        raise ValueError(f"more than {MOST_STATES:,} states of busy servers")
    states = list(itertools.product(*(range(count + 1) for count in counts)))
    place = {state: k for k, state in enumerate(states)}
    chain = np.zeros((len(states), len(states)))
    for state, k in place.items():
        idle = [count - busy for busy, count in zip(state, counts, strict=True)]
        first = next((g for g, number in enumerate(idle) if number), None)
        for group, one in enumerate(rates):
            if choice == "random" and any(idle):
                chance = idle[group] / math.fsum(idle)
            else:
                chance = float(group == first)
            if chance:
                chain[k, place[_changed(state, group, 1)]] += rate * chance
            if state[group]:
                chain[k, place[_changed(state, group, -1)]] += state[group] * one
    system = (chain - np.diag(chain.sum(axis=1))).T
    system[0] = 1.0
    right = np.zeros(len(states))
    right[0] = 1.0
    return np.array(states, dtype=float), np.maximum(np.linalg.solve(system, right), 0.0)


def _changed(state: tuple[int, ...], group: int, by: int) -> tuple[int, ...]:
    return (*state[:group], state[group] + by, *state[group + 1 :])


def _sum_of_powers(ratio: float, last: float) -> float:
    if math.isinf(last):
        return 1 / (1 - ratio)
    return math.fsum(ratio**k for k in range(int(last) + 1))


def _sum_of_number_times_powers(ratio: float, last: float) -> float:
    if math.isinf(last):
        return ratio / (1 - ratio) ** 2
    return math.fsum(k * ratio**k for k in range(int(last) + 1))
