"""Exponential services for impatient customers and for customers who arrive in batches."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.laws.arguments import positive, probability, whole
from models.laws.queueing.markovian import check_states, offered_load, spare_capacity
from models.laws.queueing.quantiles import Array, quantile, unimodal
from models.laws.queueing.station_law import Queue


def m_m_c_m(
    arrival_rate: float, service_rate: float, servers: int, abandonment_rate: float
) -> Queue:
    """Several servers and impatient customers, who leave the queue after an exponential time.

    Arguments:
        arrival_rate: /s.
        service_rate: of one server, /s.
        servers: 1 or more.
        abandonment_rate: of one waiting customer, /s.

    Raises:
        ValueError: an argument out of range, or more than ten million states matter.

    Source: Palm (1957); Mandelbaum and Zeltyn (2007), Service engineering in action, section 3;
        moments by stages: who finds j waiting is served with probability cm/(cm + (j + 1)a).
    """
    load = offered_load(arrival_rate, service_rate)
    servers = whole("servers", servers, 1)
    positive("abandonment_rate", abandonment_rate)
    capacity = servers * service_rate
    probabilities = _impatient(load, servers, abandonment_rate / service_rate)
    waits = probabilities[servers:]
    position = np.arange(1.0, len(waits) + 1)
    leaving = capacity + position * abandonment_rate  # what moves a customer who waits there
    reaches, mean = capacity / leaving, position / leaving
    start = float(probabilities[:servers].sum())
    served = start + float(waits @ reaches)
    waiting_time = float(waits @ mean)
    square = float(waits @ (reaches * np.cumsum(mean))) * 2 / capacity
    of_served = float(waits @ (reaches * np.cumsum(1 / leaving)))
    response_time = waiting_time + served / service_rate
    response_square = square + 2 * (of_served + served / service_rate) / service_rate
    times = _ImpatientWait(start, waits, capacity, abandonment_rate)
    return Queue(
        arrival_rate=arrival_rate,
        throughput=arrival_rate * served,
        utilization=arrival_rate * served / capacity,
        number=arrival_rate * response_time,
        waiting=arrival_rate * waiting_time,
        waiting_time=waiting_time,
        response_time=response_time,
        waiting_time_variance=square - waiting_time * waiting_time,
        response_time_variance=response_square - response_time * response_time,
        wait_probability=min(1.0, float(waits.sum())),
        abandonment_probability=abandonment_rate * waiting_time,
        law="M/M/c+M (Erlang A)",
        waiting_time_law=times.quantile,
        number_law=lambda n: float(probabilities[n]) if n < len(probabilities) else 0.0,
    )


def _impatient(load: float, servers: int, impatience: float) -> Array:
    """Probabilities of all states that a double can hold."""
    places = 64 + 2 * int(max(0.0, load - servers) / impatience)
    while True:
        check_states("abandonment_rate / service_rate", impatience, servers + places)
        numbers = np.arange(1.0, servers + places + 1)
        leaving = np.minimum(numbers, servers) + np.maximum(numbers - servers, 0) * impatience
        probabilities = unimodal(load / leaving)
        if probabilities[-1] < 1e-300:
            return probabilities
        places *= 2


@dataclass(frozen=True)
class _ImpatientWait:
    """The time until service or departure, whichever comes first.

    The customers who have left the queue in front of a patient one are negative binomial, since
    the stages have the rates capacity, capacity + impatience, capacity + 2 impatience, ...
    """

    start: float
    waits: Array
    capacity: float
    impatience: float

    def quantile(self, p: float) -> float:
        return quantile(self._cdf, self._tail, p, 1 / self.capacity)

    def _tail(self, time: float) -> float:
        return math.exp(-self.impatience * time) * float(self._left(time) @ self._on)

    def _cdf(self, time: float) -> float:
        left = self._left(time)
        over = float(left @ self._over[:-1]) + max(0.0, 1 - float(left.sum())) * self._over[-1]
        gone = -math.expm1(-self.impatience * time)
        return self.start + float(over) + gone * float(left @ self._on)

    @cached_property
    def _on(self) -> Array:
        return np.cumsum(self.waits[::-1])[::-1]

    @cached_property
    def _over(self) -> Array:
        return np.concatenate(([0.0], np.cumsum(self.waits)))

    def _left(self, time: float) -> Array:
        gone = -math.expm1(-self.impatience * time)
        numbers = np.arange(len(self.waits) - 1.0)
        if gone == 0:
            return np.concatenate(([1.0], 0 * numbers))
        shares = gone * (self.capacity / self.impatience + numbers) / (numbers + 1)
        logarithms = np.concatenate(([0.0], np.cumsum(np.log(shares))))
        return np.exp(logarithms - self.capacity * time)


def batch_m_m_1(
    batch_rate: float,
    service_rate: float,
    mean_batch: float,
    batch_second_moment: float,
    batch_probabilities: Sequence[float] = (),
) -> Queue:
    """One server and customers who arrive in batches.

    Arguments:
        batch_rate: of batches, /s.
        service_rate: of customers, /s.
        mean_batch: customers a batch, 1 or more.
        batch_second_moment: of the customers in a batch, at least the square of the mean.
        batch_probabilities: of 1, 2, ... customers in a batch; with them the answer knows the
            probability of a number in the system.

    Raises:
        ValueError: an argument out of range, or the probabilities don't have these moments.
        Unstable: more customers arrive than can be served.

    Source: Gross and Harris (1998), section 3.1.
    """
    positive("batch_rate", batch_rate)
    if not positive("mean_batch", mean_batch) >= 1:
        raise ValueError(f"mean_batch is {mean_batch}; it must be 1 or more")
    square = positive("batch_second_moment", batch_second_moment)
    if square < mean_batch * mean_batch * (1 - 1e-12):
        raise ValueError(f"batch_second_moment is {square}; the mean {mean_batch} has more")
    shares = tuple(probability("batch_probabilities", share) for share in batch_probabilities)
    moments = (1.0, mean_batch, square)
    for power, moment in enumerate(moments) if shares else ():
        own = math.fsum(share * n**power for n, share in enumerate(shares, 1))
        if not math.isclose(own, moment, rel_tol=1e-9):
            raise ValueError(f"batch_probabilities have moment {power} {own}, not {moment}")
    arrival_rate = batch_rate * mean_batch
    spare = spare_capacity(arrival_rate, service_rate)
    utilization = arrival_rate / service_rate
    number = utilization * (square / mean_batch + 1) * service_rate / (2 * spare)
    idle, service_time = spare / service_rate, 1 / service_rate
    # What stands in front of a customer: the queue at arrival and half of the rest of the batch.
    waiting_time = (number + (square / mean_batch - 1) / 2) * service_time
    return Queue(
        arrival_rate=arrival_rate,
        throughput=arrival_rate,
        utilization=utilization,
        number=number,
        waiting=arrival_rate * waiting_time,
        waiting_time=waiting_time,
        response_time=waiting_time + service_time,
        wait_probability=1 - idle / mean_batch,
        law="M^x/M/1 (batch arrivals)",
        number_law=_batch_numbers(idle, batch_rate / service_rate, shares) if shares else None,
    )


def _batch_numbers(idle: float, batches: float, shares: Sequence[float]) -> Callable[[int], float]:
    """Probability of n in the system: what crosses upwards from n - 1 crosses downwards from n."""
    larger = [math.fsum(shares[k:]) for k in range(len(shares))]
    known = [idle]

    def number_law(n: int) -> float:
        while len(known) <= n:
            reach = known[: -len(larger) - 1 : -1]
            known.append(batches * math.fsum(a * b for a, b in zip(reach, larger, strict=False)))
        return known[n]

    return number_law
