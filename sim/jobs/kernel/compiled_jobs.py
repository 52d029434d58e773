"""Jobs on a cluster, compiled: one replication until the last job is done."""

import math
from collections.abc import Mapping
from itertools import accumulate
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from models.parts.failure import Component
from models.parts.workloads.job_discipline import Overtaking
from sim.cluster.cluster_contract import cumulative_shares, fails_too_often, failure_rate
from sim.jobs.arrays.job_layout import JobLayout, lay_out, lay_out_pool
from sim.jobs.arrays.job_records import (
    ADDRESSES,
    ATTEMPT,
    CAUSE,
    CHOSEN,
    ENTRY,
    FAILS_TOO_OFTEN,
    FINISHED,
    GROUP,
    GROW,
    INTERRUPTED_TOO_OFTEN,
    JOB,
    NODE,
    NONE,
    NUMBER,
    PLACEMENT,
    RACK,
    RANK,
    REPAIR,
    SHAPE,
    STREAM,
    VECTOR,
    WORD,
    WORLD,
)
from sim.jobs.jobs_contract import (
    MOST_FAILURES,
    Integrals,
    JobSet,
    JobsOutcome,
    NodePool,
    Scheduling,
    attempts_of,
    check_jobs,
    check_pool,
    interrupted_too_often,
    most_interruptions,
    places_of,
)
from sim.kernels.block import Block
from sim.kernels.native import NativeFunction

SIMULATE = NativeFunction("sim.jobs.kernel.jobs_loop", "simulate", 3)
_PLACEMENTS = 1024  # at first
_WORD = 64

Arrays = dict[str, NDArray[np.void]]


def simulate_jobs(
    jobs: JobSet,
    pool: NodePool,
    scheduling: Scheduling,
    seed: bytes,
    counted: tuple[float, float] = (0.0, math.inf),
    record: int = 0,
) -> JobsOutcome:
    """Simulate one replication, until the last job is done.

    Arguments:
        jobs: of the replication.
        pool: the nodes.
        scheduling: how jobs are started.
        seed: of the year in which nodes fail, 32 bytes.
        counted: from when to when what is in use is counted, s.
        record: attempts to keep at most.

    Raises:
        NoProgress: the jobs are interrupted more often than they advance.
        ValueError: what can't be simulated.
    """
    return JobsOn(pool, scheduling)(jobs, seed, counted, record)


class JobsOn:
    """Replications of jobs on the same nodes: what they share is laid out once.

    Arguments:
        pool: the nodes.
        scheduling: how jobs are started.

    Raises:
        ValueError: what can't be simulated.
    """

    def __init__(self, pool: NodePool, scheduling: Scheduling) -> None:
        check_pool(pool, scheduling)
        self._on = lay_out_pool(pool, scheduling)
        self._uncertain = [
            (g, one)
            for g, one in enumerate(self._on.components)
            if any(cause.spread for cause in one.causes)
        ]
        self._template: tuple[tuple[object, ...], Block] | None = None

    def __call__(
        self,
        jobs: JobSet,
        seed: bytes,
        counted: tuple[float, float] = (0.0, math.inf),
        record: int = 0,
        rates: Mapping[str, float] = MappingProxyType({}),
    ) -> JobsOutcome:
        """Simulate one replication, until the last job is done.

        Arguments:
            jobs: of the replication.
            seed: of the year in which nodes fail, 32 bytes.
            counted: from when to when what is in use is counted, s.
            record: attempts to keep at most.
            rates: factors of the typical failure rates in that year, by name.

        Raises:
            NoProgress: the jobs are interrupted more often than they advance.
            ValueError: what can't be simulated.
        """
        check_jobs(jobs, self._on.pool, self._on.scheduling)
        layout = lay_out(jobs, self._on, seed)
        block = self._block(layout, record).copy()
        world = block["world"]
        world["counted_from"], world["counted_to"] = counted
        _describe(block["jobs"], layout)
        if layout.components:
            block["streams"][:] = layout.streams
        for g, one in self._uncertain if rates else ():
            mttfs, group = one.mttfs(rates), block["groups"][g]
            group["rate"], first = failure_rate(mttfs), int(group["first_cause"])
            block["causes"]["share"][first : first + len(mttfs)] = cumulative_shares(mttfs)
        most = most_interruptions(len(jobs))
        placements = block["placements"]
        while True:
            why = SIMULATE(block.address, MOST_FAILURES, most)
            if why != GROW:
                break
            placements = _grown(placements, world)
            world["placements"] = placements.ctypes.data
        if why == FAILS_TOO_OFTEN:
            raise fails_too_often(layout.components[int(world["last_failed"][0])].name)
        if why == INTERRUPTED_TOO_OFTEN:
            raise interrupted_too_often(len(jobs))
        assert why == FINISHED, why  # whatever fits where it is alone starts at some time
        return _outcome(block)

    def _block(self, layout: JobLayout, record: int) -> Block:
        """The arrays of a replication as they begin, but for its jobs, years and rates."""
        key = (len(layout.jobs), layout.jobs.shapes, record)
        if self._template is None or self._template[0] != key:
            arrays = _arrays(layout, record)
            self._template = key, Block({"world": _world(layout, arrays), **arrays}, ADDRESSES)
        return self._template[1]


def _outcome(block: Block) -> JobsOutcome:
    jobs, world = block["jobs"], block["world"][0]
    sums = ("sum_slots", "sum_vcpus", "sum_memory", "sum_accelerators")
    slots, vcpus, memory, accelerators = (float(world[name]) for name in sums)
    attempts = block["attempts"][: world["attempts_count"]]
    places = block["places"][: world["places_count"]]
    return JobsOutcome(
        jobs["started"].copy(),
        jobs["ended"].copy(),
        jobs["waited"].copy(),
        jobs["interruptions"].copy(),
        jobs["lost"].copy(),
        Integrals((slots, vcpus, memory, accelerators), float(world["waiting_time"])),
        attempts_of(
            attempts["job"],
            attempts["start"],
            attempts["end"],
            attempts["complete"],
            attempts["first"],
            places["node"],
            places["tasks"],
            int(world["left_out"]),
        ),
    )


def _world(layout: JobLayout, arrays: Arrays) -> NDArray[np.void]:
    pool, scheduling = layout.pool, layout.scheduling
    world = np.zeros(1, WORLD)
    values = {
        "jobs_count": len(layout.jobs),
        "shapes_count": len(layout.tasks),
        "units": pool.count + pool.spares,
        "leaves": len(arrays["free"]) // 2,
        "count": pool.count,
        "share": scheduling.share,
        "backfill": scheduling.discipline.overtaking is Overtaking.BACKFILL,
        "startup": scheduling.startup,
        "interval": scheduling.checkpoint_interval,
        "write_time": scheduling.checkpoint_write,
        "level_count": len(arrays["levels"]),
        "head": NONE,
        "reserved_at": math.inf,
        "unused_count": len(arrays["placements"]),
        "in_service": pool.count,
        "groups_count": len(layout.components),
        "nodes_group": layout.nodes_group,
        "racks_group": layout.racks_group,
        "racks_count": layout.racks,
        "attempts_room": len(arrays["attempts"]),
        "places_room": len(arrays["places"]),
    }
    for name in VECTOR.names or ():
        values[f"free_{name}"] = pool.count * int(arrays["capacity"][name][0])
    for name, value in values.items():
        world[name] = value
    return world


def _arrays(layout: JobLayout, record: int) -> Arrays:
    pool, count = layout.pool, len(layout.jobs)
    units = pool.count + pool.spares
    free = _tree(layout.capacity, units, pool.count)
    words, levels = _bits(len(layout.order))
    nodes = np.zeros(units, NODE)
    nodes["up"] = nodes["whole"] = 1
    nodes["rack"] = layout.rack
    nodes["serving"][: pool.count] = 1
    nodes["first"] = NONE
    shapes = np.zeros(len(layout.tasks), SHAPE)
    shapes["tasks"] = layout.tasks
    jobs = np.zeros(count, JOB)
    jobs["started"] = -1.0
    jobs["first"] = NONE
    planned = layout.scheduling.discipline.overtaking is Overtaking.BACKFILL
    failing = sum(component.units for component in layout.components)
    groups, causes = _groups(layout.components, layout.pool.needs)
    return {
        "jobs": jobs,
        "shapes": shapes,
        "needs": _vectors(layout.needs),
        "must_fit": _vectors(layout.must_fit),
        "capacity": _vectors(layout.capacity[np.newaxis]),
        "ranks": np.zeros(len(layout.order), RANK),
        "words": words,
        "levels": levels,
        "nodes": nodes,
        "free": free,
        "extra": free,
        "shadow": np.zeros(units, VECTOR),
        "reserved": np.zeros(units, NUMBER),
        "chosen": np.zeros(units, CHOSEN),
        "placements": _linked(np.zeros(_PLACEMENTS, PLACEMENT), 0, NONE),
        "heap": np.zeros(count, ENTRY),
        "planned": np.zeros(count if planned else 1, ENTRY),
        "groups": groups,
        "causes": causes,
        "streams": np.zeros(max(1, len(layout.components)), STREAM),
        "repairs": np.zeros(max(1, failing), REPAIR),
        "attempts": np.zeros(record, ATTEMPT),
        "places": np.zeros(places_of(record), CHOSEN),
        "racks": np.ones(max(1, layout.racks), RACK),
    }


def _describe(jobs: NDArray[np.void], layout: JobLayout) -> None:
    jobs["submitted"] = layout.jobs.submitted
    jobs["remaining"] = layout.jobs.run_time
    jobs["surplus"] = layout.jobs.estimate - layout.jobs.run_time
    jobs["shape"] = layout.jobs.shape
    jobs["rank"], jobs["front"] = layout.rank, layout.front


def _groups(
    components: tuple[Component, ...], needs: frozenset[str]
) -> tuple[NDArray[np.void], NDArray[np.void]]:
    groups = np.zeros(max(1, len(components)), GROUP)
    causes: list[tuple[float, float, float]] = []
    for row, one in zip(groups, components, strict=False):
        row["required"], row["working"] = one.required, one.units
        row["rate"], row["first_cause"] = failure_rate(one.mttfs()), len(causes)
        row["needed"] = one.name in needs
        shares = cumulative_shares(one.mttfs())
        causes += [(s, c.mttr, c.notice) for s, c in zip(shares, one.causes, strict=True)]
    return groups, np.array(causes or [(1, 0, 0)], CAUSE)


def _vectors(rows: NDArray[np.int64]) -> NDArray[np.void]:
    vectors = np.zeros(len(rows), VECTOR)
    for name, column in zip(VECTOR.names or (), rows.T, strict=True):
        vectors[name] = column
    return vectors


def _tree(capacity: NDArray[np.int64], units: int, count: int) -> NDArray[np.void]:
    """What is free, all nodes empty: the first of them in service."""
    leaves = 1 << (units - 1).bit_length()
    rows = np.full((2 * leaves, len(capacity)), -1, np.int64)
    rows[leaves : leaves + count] = capacity
    width = leaves
    while width > 1:
        below = rows[width : 2 * width].reshape(width // 2, 2, -1)
        width //= 2
        rows[width : 2 * width] = below.max(axis=1)
    return _vectors(rows)


def _bits(size: int) -> tuple[NDArray[np.void], NDArray[np.void]]:
    """Words of the set of waiting jobs, and where each level of them begins."""
    sizes = []
    while True:
        size = -(-size // _WORD)
        sizes.append(size + 1)  # one that stays empty, to look beyond the end
        if size <= 1:
            break
    starts = list(accumulate(sizes, initial=0))
    levels = np.zeros(len(sizes), NUMBER)
    levels["value"] = starts[:-1]
    return np.zeros(starts[-1], WORD), levels


def _linked(placements: NDArray[np.void], first: int, after: int) -> NDArray[np.void]:
    """Link the placements from one on; the last is followed by another."""
    placements["next_of_job"][first:] = np.arange(first + 1, len(placements) + 1)
    placements["next_of_job"][-1] = after
    return placements


def _grown(placements: NDArray[np.void], world: NDArray[np.void]) -> NDArray[np.void]:
    """Twice as many placements; those that are new are not in use."""
    count = len(placements)
    grown = np.zeros(2 * count, PLACEMENT)
    grown[:count] = placements
    _linked(grown, count, int(world["unused"][0]))
    world["unused"] = count
    world["unused_count"] += count
    return grown
