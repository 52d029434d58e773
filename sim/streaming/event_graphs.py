"""A stream of a stack as what the engines run: all of its stages, or its bottleneck alone."""

import math
from collections.abc import Sequence

import numpy as np

from models.description.quantities import HOUR
from models.laws.streaming.keys import zipf_shares
from models.parts.workloads.stream import Operator, Stream, Windows
from models.parts.workloads.stream_flows import delay_of
from models.parts.workloads.stream_job import StreamJob
from models.parts.workloads.stream_stages import StreamPlace
from models.queueing.distributions import (
    AnyDistribution,
    Deterministic,
    Gamma,
    mean,
    squared_variation,
)
from sim.streaming.stream_contract import (
    RANDOM,
    EventGraph,
    EventSource,
    EventStage,
    EventWindow,
    Route,
    WindowKind,
)

_NO_DELAY = Deterministic.model_construct(value=0.0)


def whole_graph(job: StreamJob) -> EventGraph:
    """All stages under the highest load, steady.

    Arguments:
        job: the stream.
    """
    stream = job.described
    numbers = {law.place.name: number for number, law in enumerate(job.highest)}
    sources = []
    for number, (name, source) in enumerate(stream.sources.items()):
        keys = source.keys
        sources.append(
            EventSource(
                name=name,
                ends=(math.inf,),
                rates=(job.highest[number].flow.rate,),
                shares=np.zeros(0) if keys is None else zipf_shares(keys.count, keys.skew),
                partitions=job.logs[name].partitions,
                partition=source.partition,
                delay=delay_of(source),
                stage=number,
            )
        )
    names = [*stream.sources, *(law.place.name for law in job.highest[len(sources) :])]
    stages = tuple(
        _stage(job, law.place, [numbers[one] for one in stream.feeds(name)])
        for name, law in zip(names, job.highest, strict=True)
    )
    return EventGraph(tuple(sources), stages)


def _stage(job: StreamJob, place: StreamPlace, outputs: Sequence[int]) -> EventStage:
    step, reads = place.step, job.reads(place)
    route = Route.BY_PARTITION if reads or step is None else Route.IN_TURN
    operator = step if isinstance(step, Operator) else None
    if operator is not None and operator.by_key:
        route = Route.BY_KEY
    windows = None if operator is None else operator.window
    return EventStage(
        name=place.name,
        instances=place.instances,
        route=route,
        service=place.service,
        outputs=tuple(outputs),
        hold=place.hold,
        interval=place.interval,
        staggered=place.staggered,
        reads=reads,
        emits=1.0 if operator is None else operator.emits,
        window=None if windows is None else _window(windows),
    )


def _window(windows: Windows) -> EventWindow:
    kind = WindowKind.SLIDING if windows.session is None else WindowKind.SESSION
    return EventWindow(
        kind, windows.size, windows.every, windows.watermark, windows.allowed_lateness
    )


def longest_window(stream: Stream) -> float:
    """Time until the first results of windows come after the first event, s; 0 without windows.

    Arguments:
        stream: the description.
    """

    def until(name: str) -> float:
        if name in stream.sources:
            return 0.0
        step = stream.steps[name]
        window = step.window if isinstance(step, Operator) else None
        own = 0.0
        if window is not None:
            own = window.size + window.watermark + window.allowed_lateness
        return own + max(map(until, step.inputs))

    return max(map(until, stream.sinks))


def slowest_windows(stream: Stream) -> float:
    """Longest time from the start of a fixed or sliding window to the next, s; 0 without any.

    Arguments:
        stream: the description.
    """
    windows = [one.window for one in stream.operators.values() if one.window is not None]
    return max((one.every for one in windows), default=0.0)


def bottleneck_graph(job: StreamJob, thinned: int, periods: int = 0) -> EventGraph:
    """The busiest stage alone, which reads no faster than it takes events.

    What waits for it waits in the log, since operators hold back what they read. One of its events
    stands for several that come as fast as they are taken, so that as long a backlog builds up.

    Arguments:
        job: the stream.
        thinned: events that one stands for.
        periods: how often the hours of the load come; 0 for the highest load, steady.
    """
    law = job.bottleneck
    service = law.place.service
    gaps: AnyDistribution = RANDOM
    if thinned > 1:  # every n-th event, and the sum of n services
        gaps = Gamma.model_construct(mean=1.0, shape=float(thinned))
        service = _sum(service, thinned)
    shares = law.flow.rates / law.flow.rate
    ends, rates = [math.inf], [law.flow.rate]
    if periods:
        usual = next(one for one in job.mean if one.place is law.place)
        hourly = [one * usual.flow.rate / job.mean_rate for one in job.hourly_rates]
        rates = hourly * periods
        ends = [*(HOUR * (k + 1) for k in range(len(rates) - 1)), math.inf]
    sources = tuple(
        EventSource(
            name=f"instance {number}",
            ends=tuple(ends),
            rates=tuple(float(share) * rate / thinned for rate in rates),
            shares=np.zeros(0),
            partitions=1,
            partition=None,
            delay=_NO_DELAY,
            stage=0,
            gaps=gaps,
        )
        for number, share in enumerate(shares)
    )
    stage = EventStage(law.place.name, len(shares), Route.BY_PARTITION, service, (), reads=True)
    return EventGraph(sources, (stage,))


def _sum(service: AnyDistribution, count: int) -> AnyDistribution:
    """The sum of many services: a gamma distribution with its mean and variance."""
    variation = squared_variation(service)
    if variation == 0 or math.isinf(variation):
        return Deterministic.model_construct(value=count * mean(service))
    return Gamma.model_construct(mean=count * mean(service), shape=count / variation)
