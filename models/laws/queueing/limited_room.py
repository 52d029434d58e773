"""One server with any service and room for so many: who finds none left is lost."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from models.laws.arguments import positive, probability, whole
from models.laws.queueing.quantiles import Array
from models.laws.queueing.station_law import Queue

Survival = Callable[[float], float]
MOST_PLACES = 2000  # of which the integrals take about a second
_NODES = 16  # of each panel of an integral
_FAR = 40.0  # standard deviations of a Poisson number, beyond which it is not
_EXACT = 1e-11
_NOTHING = 1e-30  # chance that nobody asks for
_HALVINGS = 6


def m_g_1_k(
    arrival_rate: float,
    service_time: float,
    survival: Survival,
    transform: float,
    capacity: int,
    breaks: Sequence[float] = (),
) -> Queue:
    """One server with any service, in an order that knows no service, and some room.

    Arguments:
        arrival_rate: /s.
        service_time: mean, s.
        survival: probability that a service takes longer than so many s.
        transform: of Laplace, of the service at the arrival rate: nobody comes during a service.
        capacity: most customers in service and waiting, 2 to 2,000.
        breaks: times at which the survival function or its slope jumps, s.

    Raises:
        ValueError: an argument out of range, or a survival function that is too rough, has another
            mean, or leaves nothing of the transform.

    Source: the numbers that departures leave behind, by what crosses each of them upwards and
        downwards: Keilson (1966), The ergodic queue length distribution for queueing systems with
        finite capacity; Takagi (1993), Queueing Analysis 2: Finite Systems, section 1.1.
    """
    positive("arrival_rate", arrival_rate)
    positive("service_time", service_time)
    capacity = whole("capacity", capacity, 2)
    if capacity > MOST_PLACES:
        raise ValueError(f"capacity is {capacity}; it must be {MOST_PLACES:,} or less")
    if probability("transform", transform) <= 0:
        raise ValueError("transform is 0; somebody comes during each service")
    coming = _coming(arrival_rate, service_time, survival, capacity, breaks)
    left = _left_behind(coming.more, transform, capacity)
    # Of a service that begins beside so many: those who find no room until it ends.
    there = np.maximum(np.arange(capacity), 1)
    lost = float(left @ coming.excess[capacity - there])
    load = arrival_rate * service_time
    idle = float(left[0]) / (float(left[0]) + load)
    full = lost / (1 + lost)
    numbers = np.append(left / (float(left[0]) + load), full)
    number = float(np.arange(capacity + 1) @ numbers)
    throughput = arrival_rate / (1 + lost)
    waiting = float(np.arange(capacity) @ numbers[1:])
    return Queue(
        arrival_rate=arrival_rate,
        throughput=throughput,
        utilization=throughput * service_time,
        number=number,
        waiting=waiting,
        waiting_time=waiting / throughput,
        response_time=waiting / throughput + service_time,
        law="M/G/1/K",
        wait_probability=1 - idle * (1 + lost),
        blocking_probability=full,
        number_law=lambda n: float(numbers[n]) if n <= capacity else 0.0,
    )


def _left_behind(more: Array, transform: float, capacity: int) -> Array:
    """Probabilities of 0, 1, ... who are left behind by a departure."""
    weights = np.zeros(capacity)
    weights[0] = 1.0
    for n in range(capacity - 1):
        up = float(weights[0] * more[n] + weights[1 : n + 1] @ more[n:0:-1])
        weights[n + 1] = up / transform
        if weights[n + 1] > 1:
            weights[: n + 2] /= weights[n + 1]
    return np.asarray(weights / weights.sum())


@dataclass(frozen=True)
class _Coming:
    """Who comes during a service.

    Arguments:
        more: probability of more than 0, 1, ...
        excess: mean number of those beyond 0, 1, ...
        mean: integral of the survival function, s.
    """

    more: Array
    excess: Array
    mean: float


def _coming(
    rate: float, service_time: float, survival: Survival, capacity: int, breaks: Sequence[float]
) -> _Coming:
    """By parts: more than j come with the integral of the Poisson chance of j times the survival
    function, and nothing cancels; panels are halved until that stays as it is.
    """
    powers = [service_time * 2.0**power for power in range(-40, 61)]
    # Poisson chances are as smooth in the root of their mean as a normal density.
    most = capacity + _FAR * math.sqrt(capacity) + _FAR
    roots = [root * root / rate for root in range(1, math.isqrt(int(most)) + 2)]
    own = [positive("breaks", place) for place in breaks]
    edges = np.array(sorted({0.0, *powers, *roots, *own}))
    old: _Coming | None = None
    for _ in range(_HALVINGS):
        new = _integrated(rate, service_time, survival, capacity, edges)
        if old is not None and _same(old.more, new.more) and _same(old.excess, new.excess):
            if abs(new.mean - service_time) > 1e-9 * service_time:
                raise ValueError(
                    f"survival has the mean {new.mean} s; service_time is {service_time} s"
                )
            return new
        old = new
        edges = np.sort(np.concatenate((edges, [(a + b) / 2 for a, b in pairwise(edges)])))
    raise ValueError("survival is too rough to be integrated; breaks must name where it jumps")


def _same(old: Array, new: Array) -> bool:
    return bool(np.all(np.abs(new - old) <= _EXACT * np.maximum(new, _NOTHING)))


def _integrated(
    rate: float, service_time: float, survival: Survival, capacity: int, edges: Array
) -> _Coming:
    nodes, shares = np.polynomial.legendre.leggauss(_NODES)
    half = np.diff(edges)[:, None] / 2
    times = (edges[:-1, None] + half * (1 + nodes)).ravel()
    longer = np.array([survival(time) for time in times.tolist()])
    if not np.all((longer >= 0) & (longer <= 1)):
        raise ValueError("survival must return probabilities")
    weights = (half * shares).ravel() * longer
    whole_time = float(weights.sum())
    end = float(edges[-1])
    heavy = end * survival(end) > _EXACT * service_time
    beyond = max(0.0, service_time - whole_time) if heavy else 0.0  # of the mean, in the tail
    kept = weights > 0
    weights, means = weights[kept] * rate, rate * times[kept]
    logs = np.log(means)
    more, excess = np.zeros(capacity), np.zeros(capacity)
    few, last = means <= capacity, capacity + int(_FAR * math.sqrt(capacity) + _FAR)
    # At least so many: of small means by the sum from above, of large ones from below.
    at_least = np.zeros(len(means))
    for n in range(last, -1, -1):
        chances = np.exp(n * logs - means - math.lgamma(n + 1))
        at_least[few] += chances[few]
        if n < capacity:
            more[n] = float(weights @ chances)
            excess[n] = float(weights[few] @ at_least[few])
    large, of_large = weights[~few], means[~few]
    fewer = np.zeros(len(of_large))
    for n in range(capacity):
        excess[n] += float(large @ (1 - fewer))
        fewer += np.exp(n * logs[~few] - of_large - math.lgamma(n + 1))
    return _Coming(more, excess + rate * beyond, whole_time + beyond)
