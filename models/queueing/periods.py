"""The period that a network follows, and the intervals of it that answers tell apart."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.queueing.network import Network, TimeVarying, Trace

EQUAL_PARTS = 24  # where the description has too many intervals of its own, or none was asked for
MOST_DESCRIBED = 48  # intervals of the description that are told apart
MOST_INTERVALS = 1000
_MOST_REPEATS = 24  # of the longest period, until the others fit
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Intervals:
    """Parts of a period that repeats, from the beginning of a run on.

    Arguments:
        period: s.
        starts: of each interval, from the start of the period, s; the first is 0 s.
    """

    period: float
    starts: tuple[float, ...]

    @cached_property
    def lengths(self) -> NDArray[np.float64]:
        """Of the intervals, s."""
        return np.diff([*self.starts, self.period])

    def end(self, number: int) -> float:
        """When an interval ends, s; they are numbered from the beginning of the run on."""
        periods, place = divmod(number + 1, len(self.starts))
        return periods * self.period + self.starts[place]


def intervals_of(network: Network, parts: int | None = None) -> Intervals | None:
    """The intervals of the period that arrivals and servers follow; None where there is none.

    They are those of the description, or equal parts. There is none for a trace, which ends, nor
    where periods have no common one that is short. Of a network with a horizon they are equal parts
    of the time until then, if they are asked for.

    Arguments:
        network: the description.
        parts: equal parts of the period, instead of the intervals of the description.

    Raises:
        ValueError: parts out of range.
    """
    if parts is not None and not 1 <= parts <= MOST_INTERVALS:
        raise ValueError(f"intervals is {parts}; it must be 1 to {MOST_INTERVALS:,}")
    if network.horizon is not None:
        if parts is None:
            return None
        parts = min(parts, max(1, MOST_INTERVALS // len(network.classes)))
        return Intervals(network.horizon, tuple(network.horizon * k / parts for k in range(parts)))
    followed = described_periods(network)
    traced = any(isinstance(one.arrivals, Trace) for one in network.classes.values())
    period = _common([period for period, _ in followed])
    if period is None or traced:
        return None
    most = max(1, MOST_INTERVALS // len(network.classes))
    if parts is None:
        told = min(most, MOST_DESCRIBED)
        # Those of one period alone may be more than memory holds: a second in a thousand years.
        if max(len(starts) * round(period / each) for each, starts in followed) <= told:
            starts = _starts(period, followed)
            if len(starts) <= told:
                return Intervals(period, starts)
        parts = EQUAL_PARTS
    parts = min(parts, most)
    return Intervals(period, tuple(period * k / parts for k in range(parts)))


def described_periods(network: Network) -> list[tuple[float, tuple[float, ...]]]:
    """Every period of a description with its starts, s.

    Arguments:
        network: the description.
    """
    found = []
    for station in network.stations.values():
        if station.schedule is not None:
            starts = tuple(shift.start for shift in station.schedule.shifts)
            found.append((station.schedule.period, starts))
    for customers in network.classes.values():
        if isinstance(customers.arrivals, TimeVarying):
            starts = tuple(interval.start for interval in customers.arrivals.intervals)
            found.append((customers.arrivals.period, starts))
    return found


def _common(periods: list[float]) -> float | None:
    for repeats in range(1, _MOST_REPEATS + 1) if periods else ():
        whole = max(periods) * repeats
        counts = [whole / period for period in periods]
        if all(abs(count - round(count)) < _ROUNDING * count for count in counts):
            return whole
    return None


def _starts(period: float, followed: list[tuple[float, tuple[float, ...]]]) -> tuple[float, ...]:
    every = sorted(
        start + repeat * each
        for each, starts in followed
        for start in starts
        for repeat in range(round(period / each))
    )
    kept = [0.0]
    for start in every:
        if start - kept[-1] > _ROUNDING * period:
            kept.append(start)
    return tuple(kept)
