"""How the events of a stream spread over its stages and their instances, by the laws."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.laws.streaming.keys import places_of_keys, shares_of_places, zipf_shares
from models.laws.streaming.windows import (
    late_share,
    results_rate,
    sessions_rate,
    watermark_wait,
)
from models.parts.workloads.stream import EventsFrom, Operator, Sink, Stream, Windows
from models.queueing.distributions import AnyDistribution, Deterministic
from models.queueing.tails import survival

Floats = NDArray[np.float64]
_NO_DELAY = Deterministic.model_construct(value=0.0)


@dataclass(frozen=True, eq=False)
class Flow:
    """Events that go from one place to another.

    Arguments:
        rate: of them, 1/s.
        keys: share of each key; empty for events without.
        partitions: share of each partition of the source that they are from.
    """

    rate: float
    keys: Floats
    partitions: Floats


@dataclass(frozen=True, eq=False)
class StageFlow:
    """What comes to a stage.

    Arguments:
        name: of it; of the log, of the source that it keeps.
        rates: at each instance, 1/s.
        out: what it gives.
        results: of its windows, 1/s; None where it has none.
        late: share of its events that are late for all windows; None where no law says.
        passing: mean and variance of the time from when its watermark could pass until an event
            lets it, s and s²; None where no law says.
    """

    name: str
    rates: Floats
    out: Flow
    results: float | None = None
    late: float | None = None
    passing: tuple[float, float] | None = None

    @property
    def rate(self) -> float:
        """At all instances, 1/s."""
        return float(self.rates.sum())

    @property
    def largest(self) -> float:
        """At the instance that gets most, 1/s."""
        return float(self.rates.max())


def delay_of(source: EventsFrom) -> AnyDistribution:
    """Time from an event of a source to its arrival.

    Arguments:
        source: as described.
    """
    return _NO_DELAY if source.delay is None else source.delay


def key_shares(stream: Stream) -> int:
    """Keys that there are in all sources.

    Arguments:
        stream: the description.
    """
    return max((s.keys.count for s in stream.sources.values() if s.keys is not None), default=0)


def flows(
    stream: Stream, rates: dict[str, float], partitions: dict[str, int], places: dict[str, int]
) -> tuple[StageFlow, ...]:
    """What comes to each stage under a steady load: logs, then operators and sinks.

    Arguments:
        stream: the description.
        rates: of each source, 1/s.
        partitions: of the topic of each source, or shards.
        places: brokers, or shards, that take the events of each source.
    """
    given: dict[str, Flow] = {}
    found = []
    for name, source in stream.sources.items():
        one = log_flow(name, source, rates[name], partitions[name], places[name])
        given[name] = one.out
        found.append(one)
    for name in stream.order():
        step = stream.steps[name]
        one = step_flow(name, step, [given[one] for one in step.inputs], stream)
        given[name] = one.out
        found.append(one)
    return tuple(found)


def log_flow(name: str, source: EventsFrom, rate: float, partitions: int, places: int) -> StageFlow:
    """What comes to the log of a source.

    Arguments:
        name: of the source.
        source: as described.
        rate: of its events, 1/s.
        partitions: of its topic, or shards.
        places: brokers, or shards, that take its events.
    """
    keys, shares = np.zeros(0), np.full(partitions, 1 / partitions)
    if source.keys is not None:
        keys = zipf_shares(source.keys.count, source.keys.skew)
        shares = shares_of_places(keys, places_of_keys(len(keys), partitions), partitions)
    elif source.partition is not None:
        shares = np.zeros(partitions)
        shares[source.partition] = 1.0
    dealt = shares_of_places(shares, np.arange(partitions) % places, places)
    return StageFlow(name, rate * dealt, Flow(rate, keys, shares))


def step_flow(name: str, step: Operator | Sink, coming: list[Flow], stream: Stream) -> StageFlow:
    """What comes to an operator or sink, and what it gives.

    Arguments:
        name: of it.
        step: as described.
        coming: from each of its inputs.
        stream: that it belongs to.
    """
    count = step.instances
    by_key = isinstance(step, Operator) and step.by_key
    rates = np.zeros(count)
    first = 0
    for flow in coming:
        if by_key:
            dealt = shares_of_places(flow.keys, places_of_keys(len(flow.keys), count), count)
        elif stream.reads(step):
            taken = (first + np.arange(len(flow.partitions))) % count
            dealt = shares_of_places(flow.partitions, taken, count)
            first += len(flow.partitions)
        else:
            dealt = np.full(count, 1 / count)
        rates += flow.rate * dealt
    out = _merged(coming)
    if isinstance(step, Sink):
        return StageFlow(name, rates, out)
    if step.window is None:
        return StageFlow(name, rates, replace(out, rate=out.rate * step.emits))
    groups = out.rate * out.keys if by_key else rates
    if step.window.session is not None:
        results, late = sessions_rate(groups, step.window.size), None
    else:
        results = results_rate(groups, step.window.size, step.window.every)
        late = late_of(name, step.window, stream, float(rates.mean()))
    passing = _passing(name, stream, float(rates.mean()))
    return StageFlow(name, rates, replace(out, rate=results), results, late, passing)


def late_of(name: str, window: Windows, stream: Stream, rate: float) -> float | None:
    """Share of the events that are late; None where several sources have delays of their own.

    Arguments:
        name: of the operator.
        window: of fixed or sliding windows.
        stream: that it belongs to.
        rate: of the events that an instance takes, 1/s.
    """
    delay = _delay(name, stream, rate)
    if delay is None:
        return None
    slack = window.watermark + window.allowed_lateness
    return late_share(lambda time: survival(delay, time), rate, window.size, window.every, slack)


def _passing(name: str, stream: Stream, rate: float) -> tuple[float, float] | None:
    delay = _delay(name, stream, rate)
    if delay is None:
        return None
    return watermark_wait(lambda time: survival(delay, time), rate)


def _delay(name: str, stream: Stream, rate: float) -> AnyDistribution | None:
    """Of the events that come to a step; None where they have several, or are results."""
    before = sources_of(name, stream)
    delay, *others = [delay_of(stream.sources[one]) for one in before]
    through = any(step.window is not None for step in _before(name, stream))
    return None if through or rate == 0 or any(one != delay for one in others) else delay


def sources_of(name: str, stream: Stream) -> tuple[str, ...]:
    """Sources whose events come to a step, on whatever way.

    Arguments:
        name: of the step.
        stream: the description.
    """
    if name in stream.sources:
        return (name,)
    found = (one for before in stream.steps[name].inputs for one in sources_of(before, stream))
    return tuple(dict.fromkeys(found))


def _before(name: str, stream: Stream) -> list[Operator]:
    found = []
    for one in stream.steps[name].inputs:
        if one in stream.operators:
            found += [stream.operators[one], *_before(one, stream)]
    return found


def _merged(flows: list[Flow]) -> Flow:
    if len(flows) == 1:
        return flows[0]
    rate = sum(flow.rate for flow in flows)
    count = max(len(flow.keys) for flow in flows)
    keys = np.zeros(count)
    for flow in flows:
        keys[: len(flow.keys)] += flow.rate * flow.keys
    total = keys.sum()
    return Flow(rate, keys / total if total > 0 else keys, flows[0].partitions)
