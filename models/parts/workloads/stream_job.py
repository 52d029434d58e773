"""A stream with what follows from its description, by the laws."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.description.quantities import HOUR
from models.laws.incomplete_functions import gamma_quantile
from models.laws.streaming.backlogs import drain_time, periodic_backlogs, tick_wait
from models.parts.workloads.stream import Operator, Stream
from models.parts.workloads.stream_flows import StageFlow
from models.parts.workloads.stream_stages import KeptLog, StreamPlace
from models.queueing.distributions import mean

Floats = NDArray[np.float64]
_FULL = 1 - 1e-12  # a load that differs from 1 by rounding alone is 1


@dataclass(frozen=True)
class StageLaw:
    """A stage under a steady load.

    Arguments:
        place: the stage.
        flow: that comes to it.
    """

    place: StreamPlace
    flow: StageFlow

    @property
    def busy(self) -> Floats:
        """What is asked of each instance; 1 or more is overload."""
        asked: Floats = self.flow.rates * mean(self.place.service)
        return asked

    @property
    def utilization(self) -> float:
        """Of the busiest instance."""
        return float(self.busy.max())

    @property
    def capacity(self) -> float:
        """Events/s of the same mix with which the busiest instance is full."""
        return self.flow.rate / self.utilization if self.utilization > 0 else math.inf

    @property
    def overloaded(self) -> bool:
        """An instance can't take what comes to it."""
        return self.utilization >= _FULL

    @property
    def taken(self) -> float:
        """Events/s that its instances take of what comes."""
        return float((self.flow.rates / np.maximum(self.busy, 1)).sum())

    def response(self) -> tuple[float, float]:
        """Mean and variance of the time until an event is done with, s, s²; infinite in overload.

        Each instance is taken as M/G/1. Where batches or polls are waited for, an event waits for
        half an interval, and for those of its batch that came before it.

        Source: Pollaczek and Khinchine, Gross and Harris (1998), section 5.1; Takács (1962) for the
            second moment of waiting.
        """
        place, rates = self.place, self.flow.rates
        if self.overloaded:
            return math.inf, math.inf
        first, second, third = (place.service.moment(k) for k in (1, 2, 3))
        busy = rates * first
        if place.interval > 0:
            waits = (1 + busy) * tick_wait(place.interval)
            variances = (1 + busy) ** 2 * place.interval**2 / 12
        else:
            waits = rates * second / (2 * (1 - busy))
            variances = waits**2 + rates * third / (3 * (1 - busy))
        weights = rates / rates.sum()
        means = waits + first + place.hold
        total = float(weights @ means)
        spread = float(weights @ (variances + second - first**2 + (means - total) ** 2))
        return total, spread


@dataclass(frozen=True)
class StreamJob:
    """A stream with what the laws say of it.

    Arguments:
        name: of the workload.
        described: by the user.
        logs: of every source.
        mean: its stages under the mean load of all hours.
        highest: under the highest load of an hour.
        hours: rate of each source in every hour, 1/s, by source; empty where all are steady.
        downtime: from a failure until it runs again, s; None where no checkpoints are described.
        retained: bytes that all brokers keep; None of what is managed.
        percentage: of the latency that an objective asks for; None if none does.
        at_most: latency that it allows, s.
    """

    name: str
    described: Stream
    logs: Mapping[str, KeptLog]
    mean: tuple[StageLaw, ...]
    highest: tuple[StageLaw, ...]
    hours: Mapping[str, tuple[float, ...]]
    downtime: float | None
    retained: float | None
    percentage: float | None
    at_most: float | None

    @property
    def mean_rate(self) -> float:
        """Events of all sources, 1/s."""
        return math.fsum(one.mean_rate for one in self.described.sources.values())

    @property
    def highest_rate(self) -> float:
        """The same in the hour with most of them, 1/s."""
        return max(self.hourly_rates) if self.hours else self.mean_rate

    @property
    def hourly_rates(self) -> tuple[float, ...]:
        """Events of all sources in each hour, 1/s; none where the load is steady."""
        return tuple(map(math.fsum, zip(*self.hours.values(), strict=True)))

    @property
    def unstable(self) -> tuple[str, ...]:
        """Stages to which more comes on average than they can take."""
        return tuple(one.place.name for one in self.mean if one.overloaded)

    @property
    def bottleneck(self) -> StageLaw:
        """The busiest stage at the highest load."""
        return max(self.highest, key=lambda one: one.utilization)

    @property
    def capacity(self) -> float:
        """Events/s of all sources at which the busiest instance is full."""
        busy = self.bottleneck.utilization
        return self.highest_rate / busy if busy > 0 else math.inf

    @property
    def keeps_up(self) -> bool:
        """It takes what comes in every hour."""
        return not any(one.overloaded for one in self.highest)

    @property
    def readers(self) -> tuple[StageLaw, ...]:
        """Stages that read the log, at the highest load."""
        return tuple(one for one in self.highest if self.reads(one.place))

    def reads(self, place: StreamPlace) -> bool:
        """Whether a stage reads the log.

        Arguments:
            place: the stage.
        """
        return place.step is not None and self.described.reads(place.step)

    def behind(self) -> float:
        """Events by which an overloaded stream falls behind, of its worst stage, 1/s of sources."""
        worst = max(self.mean, key=lambda one: one.flow.rate - one.taken)
        missing = worst.flow.rate - worst.taken
        return missing / worst.flow.rate * self.mean_rate if missing > 0 else 0.0

    def lag(self) -> float | None:
        """Events that have come and that readers are not done with; None in overload.

        By Little's law of what comes to a reader and how long that takes.
        """
        if not self.keeps_up:
            return max(self.backlogs(), default=None) if not self.unstable else None
        return math.fsum(one.flow.rate * one.response()[0] for one in self.readers)

    def latency(self, sink: str) -> tuple[float, float] | None:
        """Mean and 95th percentile from arrival to a sink, s; None in overload, and of results.

        As of a gamma distribution with the variance that stages would have one by one.

        Arguments:
            sink: its name.
        """
        law = {one.place.name: one for one in self.highest}
        logs = dict(zip(self.logs, self.highest, strict=False))

        def until(name: str) -> list[tuple[float, float, float]]:
            """Rate, mean and variance of each way until a source or step is done with an event."""
            if name in self.logs:
                return [(logs[name].flow.rate, *logs[name].response())]
            step, own = self.described.steps[name], law[name].response()
            if isinstance(step, Operator) and step.window is not None:
                raise _Windowed
            emits = step.emits if isinstance(step, Operator) else 1.0
            ways = [way for before in step.inputs for way in until(before)]
            return [(rate * emits, at + own[0], spread + own[1]) for rate, at, spread in ways]

        try:
            ways = until(sink)
        except _Windowed:
            return None
        total = math.fsum(rate for rate, *_ in ways)
        if total == 0 or any(math.isinf(at + spread) for _, at, spread in ways):
            return None
        first = math.fsum(rate * at for rate, at, _ in ways) / total
        second = math.fsum(rate * (spread + at * at) for rate, at, spread in ways) / total
        variance = second - first * first
        if variance <= first * first * 1e-18:
            return first, first
        shape = first * first / variance
        return first, gamma_quantile(shape, 0.95) * variance / first

    def windowed(self, sink: str) -> bool:
        """Whether results of windows leave at a sink, or an operator.

        Arguments:
            sink: its name, or that of a source.
        """
        if sink in self.logs:
            return False
        step = self.described.steps[sink]
        own = isinstance(step, Operator) and step.window is not None
        return own or any(map(self.windowed, step.inputs))

    def backlogs(self) -> tuple[float, ...]:
        """Events of all sources that wait at the end of each hour, by the law of a fluid.

        None wait where it is steady; of the busiest stage, each of whose instances has its own
        queue. Nothing where the backlog grows from period to period.
        """
        if not self.hours or self.unstable:
            return ()
        place = self.bottleneck.place
        law = next(one for one in self.mean if one.place is place)
        whole, each = self.mean_rate, mean(place.service)
        found = np.zeros(len(self.hourly_rates))
        for rate in law.flow.rates:
            if rate * each <= 0:
                continue
            rates = [float(rate) * one / whole for one in self.hourly_rates]
            waiting = periodic_backlogs(rates, 1 / each, HOUR)
            found += np.array(waiting or [0.0] * len(rates))
        return tuple(float(one) * whole / law.flow.rate for one in found)

    def outage(self) -> float:
        """Events that wait when it runs again after a failure are of so long a time, a mean, s.

        Those since the last checkpoint are read again: half of an interval on average.
        """
        checkpoint = self.described.checkpoint
        assert checkpoint is not None
        assert self.downtime is not None
        return checkpoint.interval / 2 + self.downtime

    def drain(self) -> float:
        """Time until its fullest instance has caught up after a failure, s; infinite if never."""
        outage = self.outage()
        busiest = self.bottleneck.utilization  # in time of its own, of which it has 1 s a second
        return drain_time(outage * busiest, busiest, 1.0)


class _Windowed(Exception):
    """Results of windows are no events that came."""
