"""MapReduce and Spark, compiled: one replication until the last stage is complete."""

import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from models.parts.failure import Component
from sim.batch.arrays.batch_layout import NO_GROUP, BatchLayout, lay_out
from sim.batch.arrays.batch_records import (
    ADDRESSES,
    ATTEMPT,
    CAUSE,
    ENTRY,
    FAILS_TOO_OFTEN,
    FINISHED,
    GROUP,
    KEPT,
    NODE,
    NONE,
    NUMBER,
    RACK,
    REPAIR,
    STAGE,
    STOPPED_TOO_OFTEN,
    STREAM,
    TASK,
    TIME,
    VALUE,
    WORKERS,
    WORLD,
)
from sim.batch.batch_contract import (
    MOST_FAILURES,
    NOWHERE,
    BatchOutcome,
    Cluster,
    Copying,
    Stage,
    TaskDraws,
    attempts_of,
    most_stopped,
    stopped_too_often,
)
from sim.cluster.cluster_contract import cumulative_shares, fails_too_often, failure_rate
from sim.kernels.block import Block
from sim.kernels.native import NativeFunction

SIMULATE = NativeFunction("sim.batch.kernel.batch_loop", "simulate", 3)

Arrays = dict[str, NDArray[np.void]]


class BatchOn:
    """Replications of the same stages on the same nodes: what they share is laid out once.

    Arguments:
        stages: of the run.
        cluster: the nodes.
        copying: of tasks that take long.
    """

    def __init__(self, stages: tuple[Stage, ...], cluster: Cluster, copying: Copying) -> None:
        self._layout = lay_out(stages, cluster, copying)
        self._uncertain = [
            (g, one)
            for g, one in enumerate(self._layout.components)
            if any(cause.spread for cause in one.causes)
        ]
        self._template: tuple[tuple[int, int], Block] | None = None

    def __call__(
        self,
        draws: TaskDraws,
        seed: bytes,
        start: float = 0.0,
        startup: float = 0.0,
        record: int = 0,
        rates: Mapping[str, float] = MappingProxyType({}),
    ) -> BatchOutcome:
        """Simulate one replication, until the last stage is complete.

        Arguments:
            draws: of its tasks.
            seed: of the year in which nodes fail, 32 bytes.
            start: of the run, s from the beginning of the year.
            startup: from then to the first task, s.
            record: attempts to keep at most.
            rates: factors of the typical failure rates in that year, by name.

        Raises:
            NoProgress: failures never let the run come to its end.
        """
        layout = self._layout
        block = self._block(draws.places.shape[1], record).copy()
        world, tasks = block["world"], block["tasks"]
        world["counted_from"], world["start_at"] = start, start + startup
        tasks["first_factor"], tasks["again_factor"] = draws.first, draws.again
        block["places"]["value"][: draws.places.size] = draws.places.reshape(-1)
        if layout.components:
            block["streams"][:] = layout.streams(seed)
        for g, one in self._uncertain if rates else ():
            mttfs, group = one.mttfs(rates), block["groups"][g]
            group["rate"], first = failure_rate(mttfs), int(group["first_cause"])
            block["causes"]["share"][first : first + len(mttfs)] = cumulative_shares(mttfs)
        why = SIMULATE(block.address, MOST_FAILURES, most_stopped(layout.tasks))
        if why == FAILS_TOO_OFTEN:
            raise fails_too_often(layout.components[int(world["last_failed"][0])].name)
        if why == STOPPED_TOO_OFTEN:
            raise stopped_too_often(layout.tasks)
        assert why == FINISHED, why  # whatever is away comes back at some time
        return _outcome(block)

    def _block(self, places: int, record: int) -> Block:
        """The arrays of a replication as they begin, but for its draws, years and rates."""
        if self._template is None or self._template[0] != (places, record):
            arrays = _arrays(self._layout, places, record)
            world = _world(self._layout, arrays, places)
            self._template = (places, record), Block({"world": world, **arrays}, ADDRESSES)
        return self._template[1]


def _outcome(block: Block) -> BatchOutcome:
    world, stages = block["world"][0], block["stages"]
    kept = block["kept"][: world["kept_count"]]
    return BatchOutcome(
        end=float(world["now"]),
        ready=stages["ready"].copy(),
        ended=stages["ended"].copy(),
        ran=stages["ran"].copy(),
        local=stages["local"].copy(),
        copies=int(world["copies"]),
        lost=int(world["lost"]),
        recomputed=int(world["recomputed"]),
        restarts=int(world["restarts"]),
        busy=float(world["busy"]),
        up=block["workers"]["up_time"].copy(),
        attempts=attempts_of(
            kept["stage"],
            kept["task"],
            kept["node"],
            kept["start"],
            kept["end"],
            kept["complete"],
            int(world["left_out"]),
        ),
    )


def _world(layout: BatchLayout, arrays: Arrays, places: int) -> NDArray[np.void]:
    world = np.zeros(1, WORLD)
    values = {
        "tasks_count": layout.tasks,
        "stages_count": len(layout.stages),
        "nodes_count": layout.nodes,
        "workers_count": len(layout.cluster.groups),
        "places_count": max(1, places),
        "multiplier": layout.copying.multiplier,
        "free_count": len(layout.free_slots()),
        "free_room": len(arrays["free"]),
        "oldest": NONE,
        "newest": NONE,
        "alarm": math.inf,
        "groups_count": len(layout.components),
        "racks_group": layout.racks_group,
        "kept_room": len(arrays["kept"]),
    }
    for name, value in values.items():
        world[name] = value
    return world


def _arrays(layout: BatchLayout, places: int, record: int) -> Arrays:
    tasks = np.zeros(layout.tasks, TASK)
    tasks["node"] = tasks["attempt"] = tasks["copy"] = NONE
    cached = np.full(layout.tasks, NONE, np.int64).view(NUMBER)
    rows = layout.tasks * max(1, places)
    attempts = np.zeros(layout.slots, ATTEMPT)
    attempts["older"] = np.arange(1, layout.slots + 1)  # not in use, linked
    groups, causes = _groups(layout)
    stages, after, times, heads = _stages(layout)
    failing = sum(component.units for component in layout.components)
    free = np.zeros(layout.slots + 1, NUMBER)
    free["value"][: len(layout.free_slots())] = layout.free_slots()
    return {
        "tasks": tasks,
        "stages": stages,
        "times": times,
        "after": after,
        "open": np.zeros(len(layout.stages), NUMBER),
        "cached": cached,
        "places": np.full(rows, NONE, np.int64).view(NUMBER),
        "next_place": np.full(rows, NONE, np.int64).view(NUMBER),
        "heads": np.full(max(1, heads), NONE, np.int64).view(NUMBER),
        "nodes": _nodes(layout),
        "workers": _workers(layout),
        "free": free,
        "attempts": attempts,
        "heap": np.zeros(layout.slots, ENTRY),
        "sorted": np.zeros(max(one.tasks for one in layout.stages), VALUE),
        "groups": groups,
        "causes": causes,
        "streams": np.zeros(max(1, len(layout.components)), STREAM),
        "repairs": np.zeros(max(1, failing), REPAIR),
        "racks": np.ones(max(1, layout.racks), RACK),
        "kept": np.zeros(record, KEPT),
    }


def _stages(
    layout: BatchLayout,
) -> tuple[NDArray[np.void], NDArray[np.void], NDArray[np.void], int]:
    """The stages, what each waits for, its times, and how many heads of lists there are."""
    stages = np.zeros(len(layout.stages), STAGE)
    after: list[int] = []
    times: list[tuple[float, float]] = []
    heads = 0
    for position, (row, one) in enumerate(zip(stages, layout.stages, strict=True)):
        first = layout.first_task[position]
        row["first_task"], row["count"], row["pending"] = first, one.tasks, first
        row["after_first"], row["after_count"] = len(after), len(one.after)
        after += one.after
        row["placed"], row["first"], row["keeps"] = one.placed, one.first, one.keeps
        row["enough"] = math.ceil(layout.copying.quantile * one.tasks)
        row["heads"] = NONE
        if one.placed or one.first not in (NOWHERE, position):
            row["heads"] = heads
            heads += layout.nodes
        row["oldest"] = row["newest"] = NONE
        row["ready"], row["threshold"] = -1.0, math.inf
        times += zip(one.local, one.remote, strict=True)
    waits = np.array(after or [0], np.int64).view(NUMBER)
    return stages, waits, np.array(times, TIME), heads


def _nodes(layout: BatchLayout) -> NDArray[np.void]:
    nodes = np.zeros(layout.nodes, NODE)
    nodes["up"] = nodes["whole"] = 1
    nodes["rack"] = layout.rack
    for group, one in enumerate(layout.cluster.groups):
        first = layout.first_node[group]
        nodes["group"][first:] = group
        nodes["serving"][first : first + one.count] = 1
    return nodes


def _workers(layout: BatchLayout) -> NDArray[np.void]:
    workers = np.zeros(len(layout.cluster.groups), WORKERS)
    for group, (row, one) in enumerate(zip(workers, layout.cluster.groups, strict=True)):
        row["first_node"], row["end_node"] = layout.first_node[group : group + 2]
        row["count"] = row["in_service"] = one.count
        row["slots"], row["up"] = one.slots, one.count + one.spares
    return workers


def _groups(layout: BatchLayout) -> tuple[NDArray[np.void], NDArray[np.void]]:
    components: tuple[Component, ...] = layout.components
    groups = np.zeros(max(1, len(components)), GROUP)
    causes: list[tuple[float, float]] = []
    parts = zip(groups, components, layout.group_of, layout.disk, strict=False)
    for row, one, workers, disk in parts:
        row["required"], row["working"] = one.required, one.units
        row["rate"], row["first_cause"] = failure_rate(one.mttfs()), len(causes)
        row["workers"] = NONE if workers == NO_GROUP else workers
        row["disk"], row["units"] = disk, one.units
        row["needed"] = one.name in layout.cluster.needs
        row["critical"] = one.name == layout.cluster.critical
        shares = cumulative_shares(one.mttfs())
        causes += [(share, cause.mttr) for share, cause in zip(shares, one.causes, strict=True)]
    return groups, np.array(causes or [(1, 0)], CAUSE)
