"""A stream with what follows from its description, by the laws."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.description.quantities import HOUR
from models.laws.streaming.backlogs import drain_time, periodic_backlogs, tick_wait
from models.laws.streaming.bursts import burst_wait
from models.parts.workloads.stream import Operator, Stream, Windows
from models.parts.workloads.stream_flows import StageFlow
from models.parts.workloads.stream_latency import LatencyLaw, StageTime, mixture
from models.parts.workloads.stream_stages import KeptLog, StreamPlace
from models.queueing.distributions import mean

Floats = NDArray[np.float64]
_APART = 16  # instances of a stage that are told apart
_FEWER = 3.0  # standard deviations
_AT_ONCE = 1e-6  # s, within which all instances give their results where events are endless
_FULL = 1 - 1e-12  # a load that differs from 1 by rounding alone is 1


@dataclass(frozen=True)
class StageLaw:
    """A stage under a steady load.

    Arguments:
        place: the stage.
        flow: that comes to it.
        burst: for how long of each period its events come, s; 0 where they come at any time.
        period: from the begin of one burst to the next, s.
        parts: moments of a burst at which its events come; infinite where at any time of it.
    """

    place: StreamPlace
    flow: StageFlow
    burst: float = 0.0
    period: float = 0.0
    parts: float = math.inf

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

    def response(self) -> StageTime:
        """The time until an event is done with; its rest is infinite in overload.

        Each instance is M/G/1. Where batches or polls are waited for, an event that comes at u of
        an interval T waits for T - u, and until those are done with that came before it, of the
        load times u: uniform from the load times T to T. Stages after these have their events in
        bursts, and what waits of them is uniform where a burst is too much for an instance.

        Source: Pollaczek and Khinchine, Gross and Harris (1998), section 5.1; Takács (1962) for the
            second moment of waiting.
        """
        if self.overloaded:
            return StageTime(rest=math.inf, variance=math.inf)
        shares, each = zip(*self.each(), strict=True)
        return mixture(each, shares)

    def each(self) -> Iterator[tuple[float, StageTime]]:
        """Share of the events that each instance takes, and their time there."""
        rates, total = self.flow.rates.tolist(), self.flow.rate
        for rate in rates:
            yield rate / total if total > 0 else 1 / len(rates), self._of_instance(rate)

    def _of_instance(self, rate: float) -> StageTime:
        place = self.place
        first, second, third = (place.service.moment(k) for k in (1, 2, 3))
        own, busy = second - first**2, rate * first
        if rate == 0:  # who would come would find nobody
            return StageTime(place.hold, place.interval, first, own)
        if place.interval > 0:
            ahead = rate * tick_wait(place.interval) * second  # variance of those that came before
            sure, width = place.hold + busy * place.interval, (1 - busy) * place.interval
            # They are as often more than their mean as less, which the rest has room for.
            fewer = min(sure, _FEWER * math.sqrt(ahead))
            return StageTime(sure - fewer, width, first + fewer, own + ahead)
        wait = rate * second / (2 * (1 - busy))
        spread = wait**2 + rate * third / (3 * (1 - busy))
        if not self.burst:
            return StageTime(place.hold, 0.0, wait + first, spread + own)
        events = rate * self.period
        if events <= 1:
            return StageTime(place.hold, 0.0, wait + first, spread + own)
        more = self.period / self.burst  # as many events a second of a burst as of all times
        others = busy * (1 - 1 / events)  # an event waits for the others of its burst
        work = others * self.period
        smooth = max(0.0, work - self.burst)  # what the last of them waits for
        fluid = max(smooth, work / self.parts)
        left = burst_wait(self.burst, others * more, rate * more * second) - smooth / 2
        wait = max(wait - fluid / 2, left)  # bursts that are not done with before the next
        # Who comes last to a batch waits most here; of results no batch says which is the last.
        width = fluid if math.isfinite(self.parts) else -fluid
        return StageTime(place.hold, width, wait + first, wait**2 + own)


@dataclass(frozen=True)
class _Burst:
    """How events leave a stage in bursts.

    Arguments:
        length: of each, s.
        period: from the begin of one to the next, s; 0 where they leave at any time.
        parts: moments of each at which they leave; infinite where at any time of it.
    """

    length: float = 0.0
    period: float = 0.0
    parts: float = math.inf


def with_bursts(laws: Sequence[StageLaw], stream: Stream) -> tuple[StageLaw, ...]:
    """The same stages with the bursts in which batches and polls let events come to them.

    A reader passes on what came in an interval within its load of it; a later stage within the
    same time, or within what it needs for as much work. Of instances that poll one after the other
    each burst is its own. Fixed and sliding windows give the results of all keys at once, as soon
    as the watermarks of their instances pass.

    Arguments:
        laws: of the stages, each after those that feed it.
        stream: the description.
    """
    left: dict[str, tuple[float, _Burst]] = {}
    found = []
    for law in laws:
        step, one = law.place.step, law
        if step is None:
            found.append(law)
            continue
        if stream.reads(step):
            apart = law.place.instances if law.place.staggered else 1
            coming = _Burst(0.0, law.place.interval / apart)
        else:
            coming = _together([left[name] for name in step.inputs])
            one = replace(law, burst=coming.length, period=coming.period, parts=coming.parts)
        length = 0.0
        if coming.period > 0 and law.flow.rate > 0:
            work = law.busy * (law.place.interval or coming.period)
            each = np.minimum(np.maximum(work, coming.length), coming.period)
            length = float(each @ law.flow.rates) / law.flow.rate
        burst = _Burst(length, coming.period) if length else _Burst()
        if isinstance(step, Operator) and step.window is not None:
            burst = _of_windows(law, step.window)
        left[law.flow.name] = law.flow.out.rate, burst
        found.append(one)
    return tuple(found)


def _of_windows(law: StageLaw, window: Windows) -> _Burst:
    """Results of windows; at any time where these are sessions, or where no law says when."""
    if window.session is not None or law.flow.passing is None:
        return _Burst()
    _, variance = law.flow.passing
    count, apart = law.place.instances, 2 * math.sqrt(variance)
    if law.place.staggered and law.place.interval > apart:  # each gives its own at its own poll
        length = law.place.interval * (count - 1) / count
        return _Burst(_between(length, window.every), window.every, count)
    return _Burst(_between(apart, window.every), window.every, 1)


def _between(length: float, every: float) -> float:
    return min(every, max(_AT_ONCE, length))


def _together(coming: Sequence[tuple[float, _Burst]]) -> _Burst:
    """What comes from several stages; at any time where some of it does."""
    rate = math.fsum(one for one, _ in coming)
    if rate == 0 or not all(burst.period for _, burst in coming):
        return _Burst()
    period = max(burst.period for _, burst in coming)
    length = math.fsum(one * burst.length for one, burst in coming) / rate
    return _Burst(min(length, period), period, min(burst.parts for _, burst in coming))


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
        broker: how often one goes down, and how long until it is back with its disk, s; None where
            its disk goes with it, or a service runs it.
        percentage: of the latency that an objective asks for; None if none does.
        at_most: latency that it allows, s.
        beside: how long it takes to catch up after a failure is asked for too.
    """

    name: str
    described: Stream
    logs: Mapping[str, KeptLog]
    mean: tuple[StageLaw, ...]
    highest: tuple[StageLaw, ...]
    hours: Mapping[str, tuple[float, ...]]
    downtime: float | None
    retained: float | None
    broker: tuple[float, float] | None
    percentage: float | None
    at_most: float | None
    beside: bool = True

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
        return math.fsum(one.flow.rate * one.response().mean for one in self.readers)

    def latency(self, sink: str) -> LatencyLaw | None:
        """The latency from arrival to a sink, or of results from the end of their window on.

        None in overload, and of results of which no law says when they are given.

        Arguments:
            sink: its name.
        """
        if not self.keeps_up or not self.lawful(sink):
            return None
        ways = tuple((rate, time) for rate, time in self._ways(sink) if rate > 0)
        known = ways and all(math.isfinite(time.rest + time.variance) for _, time in ways)
        return LatencyLaw(ways) if known else None

    def _ways(self, name: str) -> Iterator[tuple[float, StageTime]]:
        """Rate of each way until a source or step is done with an event, and its time."""
        if name in self.logs:
            law = self.highest[list(self.logs).index(name)]
            yield law.flow.rate, law.response()
            return
        step = self.described.steps[name]
        law = next(law for law in self.highest if law.place.step is step)
        own = [(1.0, law.response())]
        if law.place.interval > 0 and law.place.instances <= _APART:
            own = list(law.each())  # whose uniform parts differ
        emits = step.emits if isinstance(step, Operator) else 1.0
        passing = StageTime()
        if isinstance(step, Operator) and step.window is not None:
            assert law.flow.passing is not None  # who asks knows that a law holds
            mean, variance = law.flow.passing
            passing = StageTime(step.window.watermark, 0.0, mean, variance)
            emits = law.flow.out.rate / law.flow.rate
        for before in step.inputs:
            for rate, time in self._ways(before):
                known = passing.then(time)
                yield from ((rate * emits * share, known.then(one)) for share, one in own)

    def lawful(self, name: str) -> bool:
        """Whether a law says how long events take to a step, or results of windows to it.

        Arguments:
            name: of the step, or of a source.
        """
        if name in self.logs:
            return True
        step = self.described.steps[name]
        law = next(law for law in self.highest if law.place.step is step)
        known = all(map(self.lawful, step.inputs))
        if not isinstance(step, Operator) or step.window is None:
            return known
        # Windows and batches that begin at multiples of their lengths meet as these divide.
        return known and law.flow.passing is not None and not self.described.micro_batch

    def least(self, name: str) -> float:
        """What no event takes less than from its arrival until a source or step is done with it, s.

        Results of windows know nothing of the time before: it is 0 of those.

        Arguments:
            name: of the source or step.
        """
        if name in self.logs:
            return self.highest[list(self.logs).index(name)].place.hold
        step = self.described.steps[name]
        if isinstance(step, Operator) and step.window is not None:
            return 0.0
        law = next(law for law in self.highest if law.place.step is step)
        return law.place.hold + min(map(self.least, step.inputs))

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
        if not self.hours or self.unstable or self.bottleneck.utilization == 0:
            return (0.0,) * len(self.hourly_rates) if not self.unstable else ()
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
