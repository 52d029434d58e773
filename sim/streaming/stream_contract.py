"""What both engines of streams take and give."""

import importlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from models.queueing.distributions import AnyDistribution, exponential

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

RANDOM = exponential(1.0)
ENGINES = {  # loaded when asked for: compiled code is heavy
    "compiled": "sim.streaming.kernel.compiled_stream",
    "simpy": "sim.streaming.reference.simpy_stream",
}


class Route(IntEnum):
    """Which instance of a stage takes an event."""

    BY_PARTITION = 0  # of the log, dealt to the instances in turn
    BY_KEY = 1
    IN_TURN = 2


class WindowKind(IntEnum):
    """How an operator gathers events."""

    NONE = 0
    SLIDING = 1  # fixed windows among them
    SESSION = 2


@dataclass(frozen=True, eq=False)
class EventSource:
    """Where events come from.

    Arguments:
        name: of it.
        ends: of the intervals of its profile, ascending, s; the last is infinite.
        rates: in each of them, 1/s.
        shares: of its keys, which are the same in all sources; empty for events without keys.
        partitions: of its topic.
        partition: that all of its events name; None where keys, or turns, decide.
        delay: from an event to its arrival.
        stage: that its events come to, the log.
        gaps: between two of them, over their mean; exponential where they are random.
        times: of arrival, as recorded, s; instead of the profile.
    """

    name: str
    ends: tuple[float, ...]
    rates: tuple[float, ...]
    shares: Floats
    partitions: int
    partition: int | None
    delay: AnyDistribution
    stage: int
    gaps: AnyDistribution = RANDOM
    times: Floats | None = None


@dataclass(frozen=True)
class EventWindow:
    """How an operator gathers events by the time at which they happened.

    Arguments:
        kind: of window.
        size: of a fixed or sliding one, s; the gap of a session, s.
        every: from the start of one to the start of the next, s; 0 for sessions.
        watermark: how far the watermark is behind the latest event, s.
        lateness: that is allowed, s: results are given again; 0 for sessions.
    """

    kind: WindowKind
    size: float
    every: float
    watermark: float = 0.0
    lateness: float = 0.0


@dataclass(frozen=True)
class EventStage:
    """What events pass: the log, an operator or a sink; equal instances, each with a queue.

    Arguments:
        name: of it.
        instances: side by side; each takes its events one by one, first come, first served.
        route: which instance takes an event.
        service: time of an event.
        outputs: stages that its events, or results, go on to, each to all of them.
        hold: before an event can be taken, s.
        interval: between two micro-batches or polls, which take events; 0 where it waits for none,
            s.
        staggered: the instances poll one after the other, not all at once.
        reads: it reads the log: it is a consumer group.
        emits: events that go on for each that comes, a mean; of a window's results all do.
        window: that it gathers events in; None where it passes them on.
    """

    name: str
    instances: int
    route: Route
    service: AnyDistribution
    outputs: tuple[int, ...]
    hold: float = 0.0
    interval: float = 0.0
    staggered: bool = False
    reads: bool = False
    emits: float = 1.0
    window: EventWindow | None = None


@dataclass(frozen=True)
class EventGraph:
    """A stream: what comes, and what it passes, upstream first.

    Arguments:
        sources: of events.
        stages: in an order in which each comes before those that it feeds.
    """

    sources: tuple[EventSource, ...]
    stages: tuple[EventStage, ...]


@dataclass(frozen=True)
class Span:
    """How long a stream is simulated, and what is counted.

    Arguments:
        horizon: end, s.
        warmup: what ends before is not counted, s.
        lag_every: time between two looks at how far readers are behind, s; 0 for no look.
        blocked: from when to when nothing is read, s; what comes meanwhile is read then.
    """

    horizon: float
    warmup: float = 0.0
    lag_every: float = 0.0
    blocked: tuple[float, float] = (math.inf, math.inf)


@dataclass(frozen=True, eq=False)
class StageOutcome:
    """What was seen of a stage; of what ended after the warm-up, unless it says else.

    Arguments:
        came: events of the whole run.
        done: events that were done with in the whole run.
        counted: events that were done with.
        waiting: time until their service began, a sum, s.
        response: time until they were done with, a sum, s.
        late: of them, events that no window took any more.
        results: of its windows.
        updates: of results that were given before.
        given: results, or events, that went on or, of a sink, out.
        busy: time of each instance, s.
        arrivals: at each instance in the whole run.
        drained: when each instance of a reader had caught up after the block, s; infinite if not.
        lag: events that came and waited for their service, at each look.
        latency: of what came out of a sink, how many in each bin; empty elsewhere.
        latency_sum: of the same, s.
    """

    came: int
    done: int
    counted: int
    waiting: float
    response: float
    late: int
    results: int
    updates: int
    given: int
    busy: Floats
    arrivals: Integers
    drained: Floats
    lag: Integers
    latency: Integers
    latency_sum: float


@dataclass(frozen=True, eq=False)
class StreamOutcome:
    """What was seen of a stream.

    Arguments:
        sent: events of each source.
        ends: of the partitions of each source, one after the other: the offset of the next event,
            which is how many were appended.
        read: of each reader, by partition of all sources: the offset of the next event that it
            reads, were it to begin again.
        stages: in the order of the description.
    """

    sent: tuple[int, ...]
    ends: Integers
    read: Integers
    stages: tuple[StageOutcome, ...]


Simulate = Callable[[EventGraph, Span, np.random.SeedSequence], StreamOutcome]


def simulator(engine: str) -> Simulate:
    """The function `simulate_stream` of an engine.

    Arguments:
        engine: compiled or simpy.

    Raises:
        ValueError: a name that is no engine.
    """
    if engine not in ENGINES:
        raise ValueError(f"engine is {engine!r}; it must be one of {', '.join(ENGINES)}")
    simulate: Simulate = importlib.import_module(ENGINES[engine]).simulate_stream
    return simulate
