"""What a law of queueing answers: the figures of a station, or that it has none."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from models.laws.arguments import non_negative, whole

_SMALLEST = 1e-15  # probability that is told from 0
_LONGEST_EXPONENT = 36.0  # of a probability that is less than 1 in floating point


class Unstable(Exception):
    """More work arrives than can be served: no steady state exists.

    Arguments:
        utilization: offered load a server, 1 or more.
        arrival_rate: offered, /s.
        capacity: what all servers together can serve, /s.
        station: its name, in a network.
    """

    def __init__(
        self,
        utilization: float,
        arrival_rate: float | None = None,
        capacity: float | None = None,
        station: str | None = None,
    ) -> None:
        super().__init__(utilization, arrival_rate, capacity, station)
        self.utilization = utilization
        self.arrival_rate = arrival_rate
        self.capacity = capacity
        self.station = station

    def __str__(self) -> str:
        where = "" if self.station is None else f" at {self.station}"
        text = f"UNSTABLE: utilization {self.utilization:.2f}{where}; the queue grows without end"
        if self.arrival_rate is None or self.capacity is None:
            return text
        return f"{text} (arrival rate {self.arrival_rate:g}/s, capacity {self.capacity:g}/s)"


@dataclass(frozen=True, kw_only=True)
class Queue:
    """Steady state of a station, or of one class of customers in it.

    Times are those of accepted customers, whether served or gone in impatience, so that
    number = arrival_rate (1 - blocking_probability) response_time.

    Arguments:
        arrival_rate: offered, /s.
        throughput: of served customers, /s.
        utilization: mean share of the servers that are busy; of one class, with that class.
        number: mean, in the system.
        waiting: mean number, not in service.
        waiting_time: mean time in the system but not in service, s.
        response_time: mean time in the system, s.
        law: its name, such as "M/M/c (Erlang C)".
        method: whether the law is exact for its assumptions.
        waiting_time_variance: s^2, where a law exists.
        response_time_variance: s^2, where a law exists.
        wait_probability: that an accepted customer can't start at once, where a law exists.
        blocking_probability: that an arriving customer is turned away.
        abandonment_probability: that an accepted customer leaves before service.
        cold_start_probability: that the server of a customer needs its setup.
        waiting_time_law: quantile of the waiting time at a probability, s.
        response_time_law: quantile of the response time at a probability, s.
        number_law: probability of so many in the system.
    """

    arrival_rate: float
    throughput: float
    utilization: float
    number: float
    waiting: float
    waiting_time: float
    response_time: float
    law: str
    method: Literal["exact", "approximation"] = "exact"
    waiting_time_variance: float | None = None
    response_time_variance: float | None = None
    wait_probability: float | None = None
    blocking_probability: float = 0.0
    abandonment_probability: float = 0.0
    cold_start_probability: float | None = None
    waiting_time_law: Callable[[float], float] | None = field(
        default=None, repr=False, compare=False
    )
    response_time_law: Callable[[float], float] | None = field(
        default=None, repr=False, compare=False
    )
    number_law: Callable[[int], float] | None = field(default=None, repr=False, compare=False)

    def waiting_time_quantile(self, p: float) -> float | None:
        """Time that a share p of the accepted customers waits at most, s; None without a law.

        Arguments:
            p: 0 or more, less than 1.

        Raises:
            ValueError: p is out of range.
        """
        _check_share(p)
        return None if self.waiting_time_law is None else self.waiting_time_law(p)

    def response_time_quantile(self, p: float) -> float | None:
        """Time in which a share p of the accepted customers is done, s; None without a law.

        Arguments:
            p: 0 or more, less than 1.

        Raises:
            ValueError: p is out of range.
        """
        _check_share(p)
        return None if self.response_time_law is None else self.response_time_law(p)

    def response_time_probability(self, time: float) -> float | None:
        """Share of the accepted customers who are done within a time; None without a law.

        Arguments:
            time: 0 or more, s.

        Raises:
            ValueError: time is out of range.
        """
        return _probability(self.response_time_law, time)

    def waiting_time_probability(self, time: float) -> float | None:
        """Share of the accepted customers who wait no longer than a time; None without a law.

        Arguments:
            time: 0 or more, s.

        Raises:
            ValueError: time is out of range.
        """
        return _probability(self.waiting_time_law, time)

    def number_probability(self, n: int) -> float | None:
        """Probability of n customers in the system; None without a law.

        Arguments:
            n: 0 or more.

        Raises:
            ValueError: n is out of range.
        """
        n = whole("n", n, 0)
        return None if self.number_law is None else self.number_law(n)


def _probability(quantile: Callable[[float], float] | None, time: float) -> float | None:
    """The quantiles, solved for their probability: by bisection of the exponent of the rest."""
    non_negative("time", time)
    if quantile is None:
        return None
    low, high = 0.0, _LONGEST_EXPONENT
    if quantile(-math.expm1(-high)) <= time:
        return 1.0
    if quantile(0.0) > time:
        return 0.0
    while high - low > max(1e-14 * high, _SMALLEST):
        middle = (low + high) / 2
        if quantile(-math.expm1(-middle)) <= time:
            low = middle
        else:
            high = middle
    return -math.expm1(-low)


def _check_share(p: float) -> None:
    if not 0 <= p < 1:
        raise ValueError(f"p is {p}; it must be 0 or more and less than 1")
