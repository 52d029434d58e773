"""A stream in SimPy: sources, instances and their queues as processes."""

import math
from collections import deque
from collections.abc import Generator
from itertools import count
from typing import Any, NamedTuple

import numpy as np
import simpy

from sim.kernels.streams import draw, uniform
from sim.streaming.arrays.latency_bins import BINS, bin_of_latency
from sim.streaming.arrays.stream_layout import StreamLayout, lay_out
from sim.streaming.reference.topic import Topic
from sim.streaming.reference.windows_of_instance import WindowsOfInstance
from sim.streaming.stream_contract import (
    EventGraph,
    Route,
    Span,
    StageOutcome,
    StreamOutcome,
)

_MILLISECOND = 1e-3  # before the end of its window, as Flink and Beam have it: a result's time


class Event(NamedTuple):
    """An event on its way.

    Arguments:
        key: of it; -1 for one without.
        partition: among those of all sources.
        time: at which it happened, s.
        born: from when its latency counts, s.
        came: to the stage where it is, s.
        service: that it takes there, s.
        copies: that go on.
    """

    key: int
    partition: int
    time: float
    born: float
    came: float
    service: float
    copies: int


def simulate_stream(graph: EventGraph, span: Span, seed: np.random.SeedSequence) -> StreamOutcome:
    """Simulate one run of a stream.

    Arguments:
        graph: the stream.
        span: how long, and what is counted.
        seed: of the run.

    Raises:
        ValueError: what can't be simulated.
    """
    return _World(lay_out(graph, span, seed)).run()


class _World:
    """What a run goes through."""

    def __init__(self, layout: StreamLayout) -> None:
        self.layout, self.span = layout, layout.span
        self.environment = simpy.Environment()
        self.panes = count()
        self._draws = list(layout.streams)
        pairs = zip(layout.graph.sources, layout.sources, strict=True)
        self.topics = [Topic(source.partitions, draws.partitions) for source, draws in pairs]
        self.partitions = sum(topic.partitions for topic in self.topics)
        self.stages = [_Stage(self, number) for number in range(len(layout.stages))]

    def value(self, stream: int) -> float:
        """The next value of a stream of draws."""
        return float(draw(self._draws[stream]))

    def uniform(self, stream: int) -> float:
        """The next uniform of a stream of draws."""
        return float(uniform(self._draws[stream]))

    def run(self) -> StreamOutcome:
        """Run it to its horizon."""
        for number in range(len(self.topics)):
            self.environment.process(self._send(number))
        if self.layout.looks:
            self.environment.process(self._look())
        # What happens at the horizon itself counts.
        self.environment.run(until=math.nextafter(self.span.horizon, math.inf))
        ends = [len(records) for topic in self.topics for records in topic.records]
        readers = [stage for stage in self.stages if stage.described.reads]
        return StreamOutcome(
            sent=tuple(sum(map(len, topic.records)) for topic in self.topics),
            ends=np.array(ends, dtype=np.int64),
            read=np.array([stage.read for stage in readers], np.int64).reshape(len(readers), -1),
            stages=tuple(stage.outcome() for stage in self.stages),
        )

    def _look(self) -> Generator[simpy.Event, Any, None]:
        """How many events wait for readers, again and again."""
        for number in range(1, self.layout.looks):
            at = number * self.span.lag_every
            yield self.environment.timeout(max(0.0, at - self.environment.now))
            if at < self.span.horizon:
                for stage in self.stages:
                    if stage.described.reads:
                        served = sum(one.serves(at) for one in stage.instances)
                        stage.lag[number] = stage.came - stage.done - served

    def _send(self, number: int) -> Generator[simpy.Event, Any, None]:
        """The events of a source."""
        source, draws = self.layout.graph.sources[number], self.layout.sources[number]
        topic = self.topics[number]
        before = sum(one.partitions for one in self.topics[:number])
        for now in self._arrivals(number):
            if now > self.span.horizon:
                return
            yield self.environment.timeout(max(0.0, now - self.environment.now))
            key = self._key(number)
            named = None if key < 0 else key
            partition, _ = topic.append(key, named, source.partition)
            time = now - self.value(draws.delays)
            self.stages[source.stage].take(key, before + partition, time, now, now)

    def _arrivals(self, number: int) -> Generator[float, None, None]:
        source, draws = self.layout.graph.sources[number], self.layout.sources[number]
        if source.times is not None:
            yield from map(float, source.times)
            return
        now, interval = 0.0, 0
        while True:
            left = self.value(draws.gaps)
            while left > source.rates[interval] * (source.ends[interval] - now):
                left -= source.rates[interval] * (source.ends[interval] - now)
                now = source.ends[interval]
                interval += 1
            if source.rates[interval] == 0:
                return
            now += left / source.rates[interval]
            yield now

    def _key(self, number: int) -> int:
        draws = self.layout.sources[number]
        if not len(draws.cumulative):
            return -1
        drawn = self.uniform(draws.keys)
        return int(np.searchsorted(draws.cumulative, drawn, side="right"))


class _Stage:
    """Equal instances, each with its queue."""

    def __init__(self, world: _World, number: int) -> None:
        layout = world.layout
        self.world = world
        self.described, self.draws = layout.graph.stages[number], layout.stages[number]
        self.instances = [_Instance(self, place) for place in range(self.described.instances)]
        self._turn = 0
        self.came = self.done = self.counted = 0
        self.waiting = self.response = self.latency_sum = 0.0
        self.late = self.results = self.updates = self.given = 0
        self.read = [0] * world.partitions
        self.lag = [0] * (layout.looks if self.described.reads else 0)
        self.latency = [0] * (0 if self.described.outputs else BINS)

    def take(self, key: int, partition: int, time: float, born: float, now: float) -> None:
        """An event comes."""
        emits = self.described.emits
        service, copies = self.world.value(self.draws.service), math.floor(emits)
        if self.described.window is None and self.draws.emits is not None:
            copies += self.world.uniform(self.draws.emits) < math.modf(emits)[0]
        self.came += 1
        event = Event(key, partition, time, born, now, service, copies)
        self.instances[self._place(key, partition)].queue(event)

    def _place(self, key: int, partition: int) -> int:
        if self.described.route is Route.BY_PARTITION:
            return partition % self.described.instances
        if self.described.route is Route.BY_KEY:
            return int(self.draws.instances[key])
        place = self._turn
        self._turn = (self._turn + 1) % self.described.instances
        return place

    def counts(self, at: float) -> bool:
        """Whether what ends at a time is counted."""
        return self.world.span.warmup <= at <= self.world.span.horizon

    def send(self, key: int, partition: int, time: float, born: float, at: float) -> None:
        """An event, or result, goes on, or out."""
        if self.counts(at):
            self.given += 1
            if not self.described.outputs:
                self.latency_sum += at - born
                self.latency[bin_of_latency(at - born)] += 1
        for output in self.described.outputs:
            self.world.stages[output].take(key, partition, time, born, at)

    def outcome(self) -> StageOutcome:
        """What was seen of it."""
        return StageOutcome(
            came=self.came,
            done=self.done,
            counted=self.counted,
            waiting=self.waiting,
            response=self.response,
            late=self.late,
            results=self.results,
            updates=self.updates,
            given=self.given,
            busy=np.array([one.busy + one.unfinished for one in self.instances]),
            arrivals=np.array([one.arrivals for one in self.instances], np.int64),
            drained=np.array([one.drained for one in self.instances]),
            lag=np.array(self.lag, np.int64),
            latency=np.array(self.latency, np.int64),
            latency_sum=self.latency_sum,
        )


class _Instance:
    """Takes its events one by one, first come, first served."""

    def __init__(self, stage: _Stage, place: int) -> None:
        self._stage, self._place = stage, place
        self._waiting: deque[Event] = deque()
        self._busy, self.busy = False, 0.0
        self._free, self._start = 0.0, math.inf
        self.arrivals, self.drained = 0, math.inf
        window = stage.described.window
        self._windows = None
        if window is not None:
            self._windows = WindowsOfInstance(window, stage.world.panes)

    def queue(self, event: Event) -> None:
        """An event waits for its turn."""
        blocked_to = self._stage.world.span.blocked[1]
        idle = not self._waiting and not self._busy
        if self._stage.described.reads and event.came >= blocked_to and idle:
            self.drained = min(self.drained, max(blocked_to, self._free))
        self.arrivals += 1
        self._waiting.append(event)
        if not self._busy:
            self._busy = True
            self._stage.world.environment.process(self._serve())

    def _serve(self) -> Generator[simpy.Event, Any, None]:
        environment = self._stage.world.environment
        while self._waiting:
            event = self._waiting.popleft()
            start = max(self._ready(event.came), self._free)
            end, self._start = start + event.service, start
            yield environment.timeout(max(0.0, end - environment.now))
            self._free, self._start = end, math.inf
            self._complete(event, start, end)
        self._busy = False

    def serves(self, at: float) -> bool:
        """Whether the service of an event has begun, and not ended."""
        return self._start <= at

    @property
    def unfinished(self) -> float:
        """Time that counts of the service that the horizon interrupts, s."""
        span = self._stage.world.span
        return max(0.0, span.horizon - max(self._start, span.warmup))

    def _ready(self, came: float) -> float:
        """When an event that came can be taken: appended, replayed, and its batch begun."""
        described, span = self._stage.described, self._stage.world.span
        ready = came + described.hold
        if described.reads and span.blocked[0] <= came < span.blocked[1]:
            ready = max(ready, span.blocked[1])
        if described.interval == 0:
            return ready
        phase = 0.0
        if described.staggered:
            phase = described.interval * self._place / described.instances
        batches = math.floor((ready - phase) / described.interval) + 1
        return phase + batches * described.interval

    def _complete(self, event: Event, start: float, end: float) -> None:
        stage, span = self._stage, self._stage.world.span
        stage.done += 1
        self.busy += max(0.0, end - max(start, span.warmup))
        if stage.counts(end):
            stage.counted += 1
            stage.waiting += start - event.came
            stage.response += end - event.came
        if stage.described.reads:
            stage.read[event.partition] += 1
        if self._windows is None:
            for _ in range(event.copies):
                stage.send(event.key, event.partition, event.time, event.born, end)
            return
        own = event.key if stage.described.route is Route.BY_KEY else self._place
        results, late = self._windows.gather(own, event.key, event.time)
        for one in results:
            if stage.counts(end):
                stage.updates += one.again
                stage.results += not one.again
            closed = one.pane.end
            stage.send(one.pane.key, 0, closed - _MILLISECOND, closed, end)
        if late and stage.counts(end):
            stage.late += 1
