"""Jobs and nodes laid out in arrays: what both engines read, and neither owns."""

from dataclasses import dataclass
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from models.parts.failure import Component
from models.parts.workloads.job_discipline import Order
from models.parts.workloads.job_resources import RESOURCES
from sim.cluster.arrays.component_streams import component_streams
from sim.cluster.arrays.rack_layout import RackLayout, racked_groups
from sim.jobs.jobs_contract import JobSet, NodePool, Scheduling

NO_GROUP = NO_RACK = -1
_MEMORY = RESOURCES.index("memory")


@dataclass(frozen=True, eq=False)
class JobLayout:
    """A replication in arrays.

    Arguments:
        jobs: as described.
        pool: as described.
        scheduling: as described.
        needs: whole parts that each task of a shape uses; shape (shapes, resources).
        must_fit: those that must be free on its node: all, or memory alone where jobs share.
        tasks: of each shape.
        capacity: whole parts that each node has.
        order: the job of each rank; the queue is in the order of ranks.
        rank: of each job while it has never started.
        front: rank of each job once it was interrupted.
        components: that fail, those that never do left out.
        nodes_group: the position of the nodes among the components, or NO_GROUP.
        streams: of the components.
        racks_group: the position of the racks among the components, or NO_GROUP.
        racks: how many there are.
        rack: that each node stands in, or NO_RACK; shape (nodes,).
    """

    jobs: JobSet
    pool: NodePool
    scheduling: Scheduling
    needs: NDArray[np.int64]
    must_fit: NDArray[np.int64]
    tasks: NDArray[np.int64]
    capacity: NDArray[np.int64]
    order: NDArray[np.int64]
    rank: NDArray[np.int64]
    front: NDArray[np.int64]
    components: tuple[Component, ...]
    nodes_group: int
    streams: NDArray[np.void]
    racks_group: int
    racks: int
    rack: NDArray[np.int64]


def lay_out(jobs: JobSet, pool: NodePool, scheduling: Scheduling, seed: bytes) -> JobLayout:
    """A replication in arrays.

    Arguments:
        jobs: checked.
        pool: checked.
        scheduling: checked.
        seed: of the year in which nodes fail, 32 bytes.
    """
    needs = np.array([shape.needs.parts for shape in jobs.shapes], np.int64)
    must_fit = needs.copy()
    if scheduling.share:
        must_fit[:, [k for k in range(len(RESOURCES)) if k != _MEMORY]] = 0
    streams = component_streams(pool.components, seed)
    failing = [any(np.isfinite(c.mttf) for c in one.causes) for one in pool.components]
    components = tuple(one for one, fails in zip(pool.components, failing, strict=True) if fails)
    names, racked = [one.name for one in components], racked_groups(components)
    order, rank, front = _ranks(jobs, scheduling.discipline.order, interruptible=any(failing))
    return JobLayout(
        jobs,
        pool,
        scheduling,
        needs,
        must_fit,
        np.array([shape.tasks for shape in jobs.shapes], np.int64),
        np.array(pool.node.parts, np.int64),
        order,
        rank,
        front,
        components,
        names.index(pool.name) if pool.name in names else NO_GROUP,
        streams[failing],
        racked.position,
        racked.count,
        _racks_of_nodes(racked, pool),
    )


def _racks_of_nodes(racked: RackLayout, pool: NodePool) -> NDArray[np.int64]:
    first = racked.first_place(pool.name)
    if first == NO_GROUP:
        return np.full(pool.count + pool.spares, NO_RACK)
    counts = racked.places[first : first + racked.count]
    return np.repeat(np.arange(racked.count), counts)


def _ranks(
    jobs: JobSet, order: Order, interruptible: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Places in the queue: each job has two, one for after an interruption."""
    count = len(jobs)
    numbers = np.arange(count)
    match order:
        case Order.SUBMISSION:
            group, within = np.zeros(count), np.zeros(count)
        case Order.RUN_TIME:
            group, within = np.zeros(count), jobs.estimate
        case Order.PRIORITY:
            group, within = -jobs.priority.astype(np.float64), np.zeros(count)
        case _:
            assert_never(order)
    copies = 2 if interruptible else 1  # the second for after an interruption
    behind = np.repeat([1, 0][:copies], count)  # within its group
    job = np.tile(numbers, copies)
    keys = (job, np.tile(within, copies), behind, np.tile(group, copies))
    ranked = np.lexsort(keys)
    place = np.empty(copies * count, np.int64)
    place[ranked] = np.arange(copies * count)
    return job[ranked].astype(np.int64), place[:count], place[-count:]
