"""A stream, compiled: one run until its horizon."""

import math
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.kernels.block import Block
from sim.kernels.native import NativeFunction
from sim.streaming.arrays.latency_bins import BINS
from sim.streaming.arrays.stream_layout import StreamLayout, lay_out
from sim.streaming.arrays.stream_records import (
    ADDRESSES,
    EVENT,
    FINISHED,
    INSTANCE,
    KEY,
    LEAF,
    NONE,
    NUMBER,
    PANE,
    PROFILE,
    SOURCE,
    STAGE,
    WORLD,
)
from sim.streaming.stream_contract import (
    EventGraph,
    Route,
    Span,
    StageOutcome,
    StreamOutcome,
    WindowKind,
)

SIMULATE = NativeFunction("sim.streaming.kernel.stream_loop", "simulate", 1)
_EVENTS = 1024  # at first, and of panes
Arrays = dict[str, NDArray[Any]]


def simulate_stream(graph: EventGraph, span: Span, seed: np.random.SeedSequence) -> StreamOutcome:
    """Simulate one run of a stream.

    Arguments:
        graph: the stream.
        span: how long, and what is counted.
        seed: of the run.

    Raises:
        ValueError: what can't be simulated.
    """
    layout = lay_out(graph, span, seed)
    arrays = _arrays(layout)
    block = Block({"world": _world(layout, arrays), **arrays}, ADDRESSES)
    world = block["world"]
    grown = {"events": block["events"], "panes": block["panes"]}
    while SIMULATE(block.address) != FINISHED:
        for name in grown:
            grown[name] = _grown(grown[name], world, name.removesuffix("s"))
            world[name] = grown[name].ctypes.data
    return _outcome(layout, block)


def _grown(rows: NDArray[np.void], world: NDArray[np.void], name: str) -> NDArray[np.void]:
    """Twice as many rows; those that are new are not in use."""
    count = len(rows)
    grown = np.zeros(2 * count, rows.dtype)
    grown[:count] = rows
    grown["next"][count:] = np.arange(count + 1, 2 * count + 1)
    grown["next"][-1] = int(world[f"unused_{name}"][0])
    world[f"unused_{name}"] = count
    world[f"unused_{name}s"] += count
    return grown


def _world(layout: StreamLayout, arrays: Arrays) -> NDArray[np.void]:
    span, world = layout.span, np.zeros(1, WORLD)
    windows = [stage.window for stage in layout.graph.stages if stage.window is not None]
    opened = [math.ceil(one.size / one.every) + 1 if one.every > 0 else 1 for one in windows]
    values = {
        "horizon": span.horizon,
        "warmup": span.warmup,
        "lag_every": span.lag_every,
        "blocked_from": span.blocked[0],
        "blocked_to": span.blocked[1],
        "sources_count": len(layout.sources),
        "leaves_count": len(arrays["leaves"]),
        "all_partitions": len(arrays["partitions"]),
        # An event goes on to every stage behind one, and may open panes in each of them.
        "most_panes": sum(opened) + 1,
        "most_events": sum(math.ceil(stage.emits) for stage in layout.graph.stages) + sum(opened),
        "unused_events": len(arrays["events"]),
        "unused_panes": len(arrays["panes"]),
    }
    for name, value in values.items():
        world[name] = value
    return world


def _arrays(layout: StreamLayout) -> Arrays:
    graph = layout.graph
    sources, keys, partitions = _sources(layout)
    stages = np.zeros(len(graph.stages), STAGE)
    stages["instances"] = [stage.instances for stage in graph.stages]
    stages["first"] = _starts(stages["instances"])
    instances = np.zeros(sum(stage.instances for stage in graph.stages), INSTANCE)
    instances["latest"], instances["drained"] = -math.inf, math.inf
    for name in ("head", "leaf", "timers"):
        instances[name] = NONE
    leaves = [(math.inf, NONE, NONE)] * len(graph.sources)
    places = [draws.partitions for draws in layout.sources]
    heads = latencies = readers = 0
    first_place = sum(map(len, places))
    for row, stage, draws, number in zip(
        stages, graph.stages, layout.stages, range(len(stages)), strict=True
    ):
        window = stage.window
        values = {
            "route": stage.route,
            "first_place": first_place,
            "service_stream": draws.service,
            "emit_stream": NONE if draws.emits is None else draws.emits,
            "emits_whole": math.floor(stage.emits),
            "emits_part": math.modf(stage.emits)[0],
            "hold": stage.hold,
            "interval": stage.interval,
            "staggered": stage.staggered,
            "reader": readers if stage.reads else NONE,
            "by_key": stage.route is Route.BY_KEY,
            "first_head": heads,
            "outputs": len(stage.outputs),
            "first_lag": readers * layout.looks,
            "latency": NONE if stage.outputs else latencies,
            "window": WindowKind.NONE if window is None else window.kind,
        }
        if window is not None:
            values |= {"size": window.size, "every": window.every, "watermark": window.watermark}
            values |= {"lateness": window.lateness}
            heads += layout.keys if stage.route is Route.BY_KEY else stage.instances
        for name, value in values.items():
            row[name] = value
        places.append(draws.instances)
        first_place += len(draws.instances)
        latencies += 0 if stage.outputs else BINS
        readers += stage.reads
        if stage.outputs:
            for instance in range(row["first"], row["first"] + stage.instances):
                instances["leaf"][instance] = len(leaves)
                leaves.append((math.inf, instance, number))
    stages["first_output"] = _starts([len(stage.outputs) for stage in graph.stages])
    outputs = [one for stage in graph.stages for one in stage.outputs]
    width = 1 << max(1, (len(leaves) - 1).bit_length())
    leaves += [(math.inf, NONE, NONE)] * (width - len(leaves))
    return {
        "sources": sources,
        "stages": stages,
        "instances": instances,
        "outputs": _numbers(outputs or [0]),
        "profile": _profile(layout),
        "keys": keys,
        "places": _numbers(np.concatenate([*places, np.zeros(1, np.int64)])),
        "partitions": np.zeros(partitions, NUMBER),
        "read": np.zeros(max(1, readers * partitions), NUMBER),
        "streams": layout.streams,
        "leaves": np.array(leaves, LEAF),
        "tree": _tree(width),
        "events": _linked(np.zeros(_EVENTS, EVENT)),
        "panes": _linked(np.zeros(_EVENTS, PANE)),
        "heads": _numbers(np.full(max(1, heads), NONE)),
        "latencies": np.zeros(max(1, latencies), NUMBER),
        "lags": np.zeros(max(1, readers * layout.looks), NUMBER),
    }


def _sources(layout: StreamLayout) -> tuple[NDArray[np.void], NDArray[np.void], int]:
    sources = np.zeros(len(layout.sources), SOURCE)
    profile = first_key = partitions = 0
    for row, source, draws in zip(sources, layout.graph.sources, layout.sources, strict=True):
        recorded = source.times
        values = {
            "stage": source.stage,
            "gap_stream": draws.gaps,
            "key_stream": draws.keys,
            "delay_stream": draws.delays,
            "profile": profile,
            "recorded": NONE if recorded is None else len(recorded),
            "keys": len(draws.guide),
            "first_key": first_key,
            "partitions": source.partitions,
            "first_partition": partitions,
            "first_place": first_key,
            "partition": NONE if source.partition is None else source.partition,
        }
        for name, value in values.items():
            row[name] = value
        profile += len(source.ends) if recorded is None else len(recorded)
        first_key += len(draws.guide)
        partitions += source.partitions
    keys = np.zeros(max(1, first_key), KEY)
    if first_key:
        keys["cumulative"] = np.concatenate([one.cumulative for one in layout.sources])
        keys["guide"] = np.concatenate([one.guide for one in layout.sources])
    return sources, keys, partitions


def _profile(layout: StreamLayout) -> NDArray[np.void]:
    rows: list[tuple[float, float]] = []
    for source in layout.graph.sources:
        if source.times is None:
            rows += zip(source.ends, source.rates, strict=True)
        else:
            rows += ((float(time), 0.0) for time in source.times)
    return np.array(rows, PROFILE)


def _tree(width: int) -> NDArray[np.void]:
    """The first leaf below each place: all are infinitely far."""
    tree = np.zeros(2 * width, NUMBER)
    tree["value"][width:] = np.arange(width)
    for place in range(width - 1, 0, -1):
        tree["value"][place] = tree["value"][2 * place]
    return tree


def _linked(rows: NDArray[np.void]) -> NDArray[np.void]:
    rows["next"] = np.arange(1, len(rows) + 1)
    rows["next"][-1] = NONE
    return rows


def _numbers(values: Any) -> NDArray[np.void]:
    found = np.zeros(len(values), NUMBER)
    found["value"] = values
    return found


def _starts(counts: Any) -> list[int]:
    return list(accumulate(map(int, counts), initial=0))[:-1]


def _outcome(layout: StreamLayout, block: Block) -> StreamOutcome:
    instances, lags = block["instances"], block["lags"]["value"]
    latencies, partitions = block["latencies"]["value"], block["partitions"]["value"]
    found = []
    for row in block["stages"]:
        mine = slice(row["first"], row["first"] + row["instances"])
        reads, sinks = row["reader"] != NONE, row["latency"] != NONE
        found.append(
            StageOutcome(
                came=int(row["came"]),
                done=int(row["done"]),
                counted=int(row["counted"]),
                waiting=float(row["waiting"]),
                response=float(row["response"]),
                late=int(row["late"]),
                results=int(row["results"]),
                updates=int(row["updates"]),
                given=int(row["given"]),
                busy=instances["busy"][mine].copy(),
                arrivals=instances["arrivals"][mine].copy(),
                drained=instances["drained"][mine].copy(),
                lag=lags[row["first_lag"] :][: layout.looks if reads else 0].copy(),
                latency=latencies[row["latency"] :][: BINS if sinks else 0].copy(),
                latency_sum=float(row["latency_sum"]),
            )
        )
    readers = sum(stage.reads for stage in layout.graph.stages)
    return StreamOutcome(
        sent=tuple(map(int, block["sources"]["sent"])),
        ends=partitions.copy(),
        read=block["read"]["value"][: readers * len(partitions)].reshape(readers, -1).copy(),
        stages=tuple(found),
    )
