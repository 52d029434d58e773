"""Exponential services for impatient customers."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.laws.arguments import positive, whole
from models.laws.queueing.markovian import check_states, offered_load
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
