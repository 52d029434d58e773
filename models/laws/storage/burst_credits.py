"""Burst credits: a token bucket that fills at the baseline and empties in a burst."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from models.laws.arguments import non_negative, positive, whole


@dataclass(frozen=True)
class Phase:
    """A time of constant throughput.

    Arguments:
        duration: s.
        throughput: what is served, in the bucket's unit a second.
        credits: left at its end.
    """

    duration: float
    throughput: float
    credits: float


@dataclass(frozen=True)
class BurstBucket:
    """Storage that may run above its baseline while it has credits; bytes, or requests.

    Credits come in at the baseline, and every unit that is served takes one.

    Arguments:
        baseline: rate that can be had for ever, units/s; infinite where nothing limits.
        burst: highest rate, units/s, no less than the baseline.
        capacity: most credits, units.

    Raises:
        ValueError: an argument out of range.

    Source: token bucket, Turner (1986), New directions in communications; for volumes: AWS,
        Amazon EBS volume types, I/O credits and burst performance.
    """

    baseline: float
    burst: float
    capacity: float

    def __post_init__(self) -> None:
        non_negative("capacity", self.capacity)
        for name in ("baseline", "burst"):
            if getattr(self, name) != math.inf:
                positive(name, getattr(self, name))
        if self.burst < self.baseline:
            raise ValueError(
                f"burst is {self.burst}/s; it can't be less than the baseline, {self.baseline}/s"
            )

    def burst_duration(self, demand: float = math.inf, credits: float | None = None) -> float:
        """Time for which a demand above the baseline is met, s; infinite for one below it.

        Arguments:
            demand: units/s; more than the burst is cut to it.
            credits: at the start; None for a full bucket.

        Raises:
            ValueError: an argument out of range.
        """
        drain = self._wanted(demand) - self.baseline
        return self._filled(credits) / drain if drain > 0 else math.inf

    def refill_time(self, demand: float = 0.0, credits: float = 0.0) -> float:
        """Time until the bucket is full, s; infinite at a demand of the baseline or more.

        Arguments:
            demand: meanwhile, units/s.
            credits: at the start.

        Raises:
            ValueError: an argument out of range.
        """
        missing = self.capacity - self._filled(credits)
        gain = self.baseline - self._wanted(demand)
        if missing == 0:
            return 0.0
        return missing / gain if gain > 0 else math.inf

    def throughput(
        self, demands: Iterable[tuple[float, float]], credits: float | None = None
    ) -> tuple[Phase, ...]:
        """What is served of a demand that changes over time.

        Arguments:
            demands: pairs of a duration, s, and a demand, units/s.
            credits: at the start; None for a full bucket.

        Raises:
            ValueError: an argument out of range.
        """
        left, phases = self._filled(credits), []
        for length, demand in demands:
            rest, wanted = non_negative("duration", length), self._wanted(demand)
            bursting = min(rest, self.burst_duration(wanted, left))
            if wanted > self.baseline and bursting < rest:
                if bursting > 0:
                    phases.append(Phase(bursting, wanted, 0.0))
                left, wanted, rest = 0.0, self.baseline, rest - bursting
            left = min(self.capacity, max(0.0, left + (self.baseline - wanted) * rest))
            phases.append(Phase(rest, wanted, left))
        return tuple(phases)

    def average(self, demand: float, period: float, credits: float | None = None) -> float:
        """Mean throughput of a constant demand over a period, units/s.

        Arguments:
            demand: units/s; may be infinite.
            period: s.
            credits: at the start; None for a full bucket.

        Raises:
            ValueError: an argument out of range.
        """
        length = positive("period", period)
        wanted = self._wanted(demand)
        return min(wanted, self.baseline + self._filled(credits) / length)

    def mean_rate(self, amount: float) -> float:
        """Mean throughput of moving an amount from full credits, units/s.

        It is the highest that can be had all the time until the amount is moved, as well as what
        moving it as fast as possible comes to.

        Arguments:
            amount: units; may be infinite.

        Raises:
            ValueError: the amount is out of range.

        Source: in a time T no more than the baseline T and the credits are served, so that
            T = (amount - capacity)/baseline, or amount/burst where that is longer.
        """
        if not amount >= 0:
            raise ValueError(f"amount is {amount}; it must be 0 or more")
        if amount <= self.capacity:
            return self.burst
        if math.isinf(amount):
            return self.baseline
        return min(self.burst, self.baseline * amount / (amount - self.capacity))

    def times(self, count: int) -> "BurstBucket":
        """As many such buckets as one.

        Arguments:
            count: of them.

        Raises:
            ValueError: the number is out of range.
        """
        number = whole("count", count, 1)
        return BurstBucket(self.baseline * number, self.burst * number, self.capacity * number)

    def sustained(self, demand: float, busy: float, idle: float) -> float:
        """Mean throughput of a load that for ever works and rests in turn, units/s.

        Arguments:
            demand: while it works, units/s.
            busy: time that it works, s.
            idle: time that it rests, s.

        Raises:
            ValueError: an argument out of range.

        Source: in a steady cycle no more credits are spent than come in, or than fit.
        """
        work, rest = positive("busy", busy), non_negative("idle", idle)
        wanted = self._wanted(demand)
        saved = min(self.capacity, self.baseline * rest)
        return min(wanted * work, self.baseline * work + saved) / (work + rest)

    def _wanted(self, demand: float) -> float:
        if not demand >= 0:
            raise ValueError(f"demand is {demand}/s; it must be 0 or more")
        return min(demand, self.burst)

    def _filled(self, credits: float | None) -> float:
        if credits is None:
            return self.capacity
        if not 0 <= credits <= self.capacity:
            raise ValueError(f"credits is {credits}; it must lie between 0 and {self.capacity}")
        return credits
