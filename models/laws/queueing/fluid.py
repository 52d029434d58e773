"""Customers as a fluid: what builds up while more comes than can be served, and drains later."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from models.laws.arguments import positive
from models.laws.queueing.station_law import Unstable

_MOST_PERIODS = 1000  # until the backlog at the end of one is that at its beginning


@dataclass(frozen=True)
class Backlog:
    """A queue over a period that repeats, without chance.

    Arguments:
        throughput: mean, /s.
        busy: mean number of servers that serve.
        utilization: the same over the mean number of servers.
        waiting: mean number.
        waiting_time: mean, of all who come, s.
        peak: most who wait.
        peak_time: when they are so many, from the start of the period, s.
        drain_time: from then until nobody waits, s; infinite if somebody always does.
        chance: spread of what comes while more comes than can be served, in customers: where the
            peak is not far above it, chance says more than the fluid.
    """

    throughput: float
    busy: float
    utilization: float
    waiting: float
    waiting_time: float
    peak: float
    peak_time: float
    drain_time: float
    chance: float


def periodic_backlog(
    starts: Sequence[float],
    period: float,
    rates: Sequence[float],
    servers: Sequence[float],
    service: float,
) -> Backlog:
    """The backlog at a station in turn whose arrivals and servers are step functions of time.

    Arguments:
        starts: of the steps, from the start of the period, s; the first is 0.
        period: s.
        rates: of arrivals in each step, /s.
        servers: in each step.
        service: mean, s.

    Raises:
        ValueError: an argument out of range.
        Unstable: more comes in a period than can be served in it.

    Source: Newell (1982), Applications of Queueing Theory, chapter 2: cumulative arrivals and
        departures as fluids.
    """
    positive("service", service)
    lengths = [end - start for start, end in pairwise([*starts, positive("period", period)])]
    speeds = [count / service for count in servers]
    coming = math.fsum(length * rate for length, rate in zip(lengths, rates, strict=True))
    could = math.fsum(length * speed for length, speed in zip(lengths, speeds, strict=True))
    if coming >= could:
        raise Unstable(coming / could if could else math.inf, coming / period, could / period)
    steps = list(zip(lengths, rates, speeds, strict=True))
    begin = 0.0
    for _ in range(_MOST_PERIODS):
        end = begin
        for length, rate, speed in steps:
            end = max(0.0, end + (rate - speed) * length)
        settled = math.isclose(end, begin, rel_tol=1e-12, abs_tol=1e-12)
        begin = end
        if settled:
            break
    return _followed(begin, steps, list(starts), period, service, coming, could)


def _followed(
    waiting: float,
    steps: Sequence[tuple[float, float, float]],
    starts: Sequence[float],
    period: float,
    service: float,
    coming: float,
    could: float,
) -> Backlog:
    area, peak, peak_time, built = 0.0, waiting, 0.0, 0.0
    empty: list[float] = [] if waiting else [0.0]  # when nobody waits any more
    for (length, rate, speed), start in zip(steps, starts, strict=True):
        slope = rate - speed
        end = waiting + slope * length
        if slope > 0:
            built += rate * length
        if end >= 0:
            area += (waiting + end) / 2 * length
        else:
            area += waiting / 2 * (waiting / -slope)
            empty.append(start + waiting / -slope)
        waiting = max(0.0, end)
        if waiting > peak:
            peak, peak_time = waiting, start + length
    after = [time for time in empty if time >= peak_time]
    ends = after or [time + period for time in empty]
    return Backlog(
        throughput=coming / period,
        busy=coming / period * service,
        utilization=coming / could,
        waiting=area / period,
        waiting_time=area / coming if coming else 0.0,
        peak=peak,
        peak_time=peak_time,
        drain_time=min(ends, default=math.inf) - peak_time if peak else 0.0,
        chance=math.sqrt(built),
    )
