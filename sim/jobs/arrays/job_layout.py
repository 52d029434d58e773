"""Jobs and nodes laid out in arrays: what both engines read, and neither owns."""

import functools
from dataclasses import dataclass, fields
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from models.parts.failure import Component
from models.parts.workloads.job_discipline import Order
from models.parts.workloads.job_resources import RESOURCES
from sim.cluster.arrays.component_streams import component_streams
from sim.cluster.arrays.rack_layout import RackLayout, racked_groups
from sim.jobs.jobs_contract import Floats, Integers, JobSet, NodePool, Scheduling

NO_GROUP = NO_RACK = -1
_MEMORY = RESOURCES.index("memory")
Ranks = tuple[Integers, Integers, Integers]


@dataclass(frozen=True, eq=False)
class PoolLayout:
    """What all replications on some nodes share, in arrays.

    Arguments:
        pool: as described.
        scheduling: as described.
        capacity: whole parts that each node has.
        fails: of each component of the pool, whether it ever does.
        components: those that do.
        nodes_group: the position of the nodes among them, or NO_GROUP.
        racks_group: the position of the racks among them, or NO_GROUP.
        racks: how many there are.
        rack: that each node stands in, or NO_RACK; shape (nodes,).
    """

    pool: NodePool
    scheduling: Scheduling
    capacity: NDArray[np.int64]
    fails: NDArray[np.bool_]
    components: tuple[Component, ...]
    nodes_group: int
    racks_group: int
    racks: int
    rack: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class JobLayout(PoolLayout):
    """A replication in arrays.

    Arguments:
        jobs: as described.
        needs: whole parts that each task of a shape uses; shape (shapes, resources).
        must_fit: those that must be free on its node: all, or memory alone where jobs share.
        tasks: of each shape.
        order: the job of each rank; the queue is in the order of ranks.
        rank: of each job while it has never started.
        front: rank of each job once it was interrupted.
        streams: of the components that fail.
    """

    jobs: JobSet
    needs: NDArray[np.int64]
    must_fit: NDArray[np.int64]
    tasks: NDArray[np.int64]
    order: NDArray[np.int64]
    rank: NDArray[np.int64]
    front: NDArray[np.int64]
    streams: NDArray[np.void]


def lay_out_pool(pool: NodePool, scheduling: Scheduling) -> PoolLayout:
    """What all replications on some nodes share.

    Arguments:
        pool: checked.
        scheduling: checked.
    """
    fails = [any(np.isfinite(c.mttf) for c in one.causes) for one in pool.components]
    components = tuple(one for one, does in zip(pool.components, fails, strict=True) if does)
    names, racked = [one.name for one in components], racked_groups(components)
    return PoolLayout(
        pool,
        scheduling,
        np.array(pool.node.parts, np.int64),
        np.array(fails, bool),
        components,
        names.index(pool.name) if pool.name in names else NO_GROUP,
        racked.position,
        racked.count,
        _racks_of_nodes(racked, pool),
    )


def lay_out(jobs: JobSet, on: PoolLayout, seed: bytes) -> JobLayout:
    """A replication in arrays.

    Arguments:
        jobs: checked.
        on: the nodes.
        seed: of the year in which nodes fail, 32 bytes.
    """
    needs = np.array([shape.needs.parts for shape in jobs.shapes], np.int64)
    must_fit = needs.copy()
    if on.scheduling.share:
        must_fit[:, [k for k in range(len(RESOURCES)) if k != _MEMORY]] = 0
    tasks = np.array([shape.tasks for shape in jobs.shapes], np.int64)
    by, interruptible = on.scheduling.discipline.order, len(on.components) > 0
    order, rank, front = _ranks(jobs, by, interruptible)
    streams = component_streams(on.pool.components, seed)[on.fails]
    of_pool = {part.name: getattr(on, part.name) for part in fields(on)}
    return JobLayout(
        **of_pool,
        jobs=jobs,
        needs=needs,
        must_fit=must_fit,
        tasks=tasks,
        order=order,
        rank=rank,
        front=front,
        streams=streams,
    )


def _racks_of_nodes(racked: RackLayout, pool: NodePool) -> NDArray[np.int64]:
    first = racked.first_place(pool.name)
    if first == NO_GROUP:
        return np.full(pool.count + pool.spares, NO_RACK)
    counts = racked.places[first : first + racked.count]
    return np.repeat(np.arange(racked.count), counts)


def _ranks(jobs: JobSet, order: Order, interruptible: bool) -> Ranks:
    """The job of each rank, and the ranks of each job.

    These are places in the queue: each job has two, one for after an interruption.
    """
    count = len(jobs)
    match order:
        case Order.SUBMISSION:
            return _in_order(count, interruptible)
        case Order.RUN_TIME:
            return _ranked(np.zeros(count), jobs.estimate, interruptible)
        case Order.PRIORITY:
            group = -jobs.priority.astype(np.float64)
            return _ranked(group, np.zeros(count), interruptible)
        case _:
            assert_never(order)


@functools.lru_cache(maxsize=4)  # as many jobs in all replications of a stack
def _in_order(count: int, interruptible: bool) -> Ranks:
    found = _ranked(np.zeros(count), np.zeros(count), interruptible)
    for array in found:
        array.flags.writeable = False
    return found


def _ranked(group: Floats, within: Floats, interruptible: bool) -> Ranks:
    """By group; in each those that were interrupted first; then by what is given."""
    count = len(group)
    copies = 2 if interruptible else 1  # the second for after an interruption
    behind = np.repeat([1, 0][:copies], count)  # within its group
    job = np.tile(np.arange(count), copies)
    keys = (job, np.tile(within, copies), behind, np.tile(group, copies))
    ranked = np.lexsort(keys)
    place = np.empty(copies * count, np.int64)
    place[ranked] = np.arange(copies * count)
    return job[ranked].astype(np.int64), place[:count], place[-count:]
