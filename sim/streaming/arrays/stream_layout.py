"""A stream laid out for both engines: its streams of draws, and who takes which key."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.laws.streaming.keys import places_of_keys
from sim.kernels.streams import Streams
from sim.streaming.stream_contract import EventGraph, Floats, Integers, Route, Span, WindowKind


@dataclass(frozen=True, eq=False)
class SourceDraws:
    """Numbers of the streams of a source, and its keys.

    Arguments:
        gaps: of the times between its events.
        keys: of its keys.
        delays: of the delays of its events.
        cumulative: shares of the keys up to each.
        guide: key from which on the one of a uniform is looked for.
        partitions: of each key.
    """

    gaps: int
    keys: int
    delays: int
    cumulative: Floats
    guide: Integers
    partitions: Integers


@dataclass(frozen=True, eq=False)
class StageDraws:
    """Numbers of the streams of a stage, and who takes which key.

    Arguments:
        service: of its times.
        emits: of whether one more event goes on; None where that is certain.
        instances: of each key; empty where keys do not decide.
    """

    service: int
    emits: int | None
    instances: Integers


@dataclass(frozen=True, eq=False)
class StreamLayout:
    """A stream as both engines run it.

    Arguments:
        graph: the description.
        span: of the run.
        streams: of all draws.
        table: that some of them need, alive as long as they are.
        sources: each of them.
        stages: each of them.
        keys: how many there are in all sources.
    """

    graph: EventGraph
    span: Span
    streams: NDArray[np.void]
    table: Floats
    sources: tuple[SourceDraws, ...]
    stages: tuple[StageDraws, ...]
    keys: int

    @property
    def looks(self) -> int:
        """How often readers are looked at."""
        every = self.span.lag_every
        return math.floor(self.span.horizon / every) + 1 if every > 0 else 0


def lay_out(graph: EventGraph, span: Span, seed: np.random.SeedSequence) -> StreamLayout:
    """Lay a stream out.

    Arguments:
        graph: the description.
        span: of the run.
        seed: of the run.

    Raises:
        ValueError: what can't be simulated.
    """
    check(graph, span)
    streams = Streams(seed)
    sources, stages = [], []
    for source in graph.sources:
        cumulative, guide = guide_table(source.shares)
        sources.append(
            SourceDraws(
                streams.add(f"gaps of {source.name}", source.gaps),
                streams.add(f"keys of {source.name}"),
                streams.add(f"delays of {source.name}", source.delay),
                cumulative,
                guide,
                places_of_keys(len(guide), source.partitions),
            )
        )
    keys = max((len(source.shares) for source in graph.sources), default=0)
    for stage in graph.stages:
        by_key = stage.route is Route.BY_KEY
        part = math.modf(stage.emits)[0]
        stages.append(
            StageDraws(
                streams.add(f"service of {stage.name}", stage.service),
                streams.add(f"events of {stage.name}") if part else None,
                places_of_keys(keys if by_key else 0, stage.instances),
            )
        )
    rows, table = streams.arrays()
    return StreamLayout(graph, span, rows, table, tuple(sources), tuple(stages), keys)


def check(graph: EventGraph, span: Span) -> None:
    """Refuse a stream that can't be simulated.

    Arguments:
        graph: the description.
        span: of the run.

    Raises:
        ValueError: stages out of order, or figures without a sense.
    """
    if not 0 <= span.warmup < span.horizon < math.inf:
        raise ValueError(f"warmup is {span.warmup} s, horizon {span.horizon} s; it must be longer")
    for source in graph.sources:
        if source.partitions < 1 or not 0 <= source.stage < len(graph.stages):
            raise ValueError(f"{source.name} needs a partition and a stage that there is")
        if len(source.ends) != len(source.rates) or source.ends[-1] != math.inf:
            raise ValueError(f"the profile of {source.name} must go on for ever")
    for number, stage in enumerate(graph.stages):
        if stage.instances < 1 or any(one <= number for one in stage.outputs):
            raise ValueError(f"{stage.name} needs an instance, and feeds stages after it alone")
        window = stage.window
        if window is not None and (window.size <= 0 or window.watermark < 0):
            raise ValueError(f"the window of {stage.name} must be longer than 0 s")
        if window is not None and window.kind is WindowKind.SESSION and window.lateness:
            raise ValueError(f"{stage.name} gathers sessions, which are given once")


def guide_table(shares: Floats) -> tuple[Floats, Integers]:
    """Cumulative shares of keys, and the key at which the search for a uniform begins.

    Of n keys, one for u is looked for from that of the place floor(n u) on: one or two steps.

    Arguments:
        shares: of each key.

    Source: Chen and Asau (1974), On generating random variates from an empirical distribution.
    """
    count = len(shares)
    cumulative = np.cumsum(shares)
    cumulative[-1:] = 1.0
    guide = np.searchsorted(cumulative, np.arange(count) / max(1, count), side="right")
    return cumulative, guide.astype(np.int64)
