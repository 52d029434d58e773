"""What is reserved for the first in the queue, and what may start before it.

Source: Lifka (1995), The ANL/IBM SP scheduling system; Mu'alem and Feitelson (2001), Utilization,
predictability, workloads, and user runtime estimates in scheduling the IBM SP2 with backfilling.
There processors are alike and only their number counts; here each node has its own vector.
"""

import math

from sim.jobs.arrays.job_records import GO_ON, GROW, NONE
from sim.jobs.kernel.job_lives import start
from sim.jobs.kernel.jobs_access import (
    chosen_at,
    free_at,
    job_at,
    must_fit_at,
    need_at,
    node_at,
    placement_at,
    planned_at,
    rank_at,
    reserved_at,
    shadow_at,
    shape_at,
    world,
)
from sim.jobs.kernel.jobs_compilation import inner
from sim.jobs.kernel.node_trees import choose, next_free, renew_extra, tasks_on
from sim.jobs.kernel.waiting_set import next_waiting


@inner
def reserve(run, job):
    """Find when the first in the queue starts at the latest, and on which nodes.

    Arguments:
        run: of the replication.
        job: the first in the queue, which does not fit now.
    """
    total, shape = world(run), job_at(run, job).shape
    for k in range(total.reserved_count):
        node = reserved_at(run, k).value
        node_at(run, node).reserved = 0
        renew_extra(run, node)
    total.reserved_count = 0
    total.stamp += 1
    total.reserved_at = _earliest(run, shape)
    if not math.isinf(total.reserved_at):
        _hold(run, shape)


@inner
def _earliest(run, shape):
    """When enough of what runs is expected to have ended, s; infinite while nodes are away."""
    total, tasks, needs = world(run), shape_at(run, shape).tasks, must_fit_at(run, shape)
    fit, node = 0, next_free(run, 0, shape)
    while node != NONE:
        fit += tasks_on(free_at(run, total.leaves + node), needs, tasks)
        node = next_free(run, node + 1, shape)
    k = 0
    while k < total.planned_count:
        time = planned_at(run, k).time
        while k < total.planned_count and planned_at(run, k).time == time:
            fit += _end(run, planned_at(run, k).job, needs, tasks)
            k += 1
        if fit >= tasks:
            return time
    return math.inf


@inner
def _end(run, job, needs, most):
    """Let a job end in the shadow of the nodes; gives how many tasks more fit."""
    total, of = world(run), job_at(run, job)
    each, row, more = need_at(run, of.shape), of.first, 0
    while row != NONE:
        one = placement_at(run, row)
        shadow, where = shadow_at(run, one.node), node_at(run, one.node)
        if where.stamp != total.stamp:
            where.stamp = total.stamp
            free = free_at(run, total.leaves + one.node)
            shadow.slots, shadow.vcpus = free.slots, free.vcpus
            shadow.memory, shadow.accelerators = free.memory, free.accelerators
        more -= tasks_on(shadow, needs, most)
        shadow.slots += one.tasks * each.slots
        shadow.vcpus += one.tasks * each.vcpus
        shadow.memory += one.tasks * each.memory
        shadow.accelerators += one.tasks * each.accelerators
        more += tasks_on(shadow, needs, most)
        row = one.next_of_job
    return more


@inner
def _hold(run, shape):
    """Reserve room for the tasks, first fit, on the nodes as they will be."""
    total, left, needs = world(run), shape_at(run, shape).tasks, must_fit_at(run, shape)
    for node in range(total.units):
        where = node_at(run, node)
        if not where.serving:
            continue
        if where.stamp == total.stamp:
            has = shadow_at(run, node)
        else:
            has = free_at(run, total.leaves + node)
        tasks = tasks_on(has, needs, left)
        if tasks == 0:
            continue
        where.reserved = 1
        where.left_slots = has.slots - tasks * needs.slots
        where.left_vcpus = has.vcpus - tasks * needs.vcpus
        where.left_memory = has.memory - tasks * needs.memory
        where.left_accelerators = has.accelerators - tasks * needs.accelerators
        reserved_at(run, total.reserved_count).value = node
        total.reserved_count += 1
        renew_extra(run, node)
        left -= tasks
        if left == 0:
            return


@inner
def start_others(run, first_rank):
    """Start what is behind in the queue and does not delay the first.

    Arguments:
        run: of the replication.
        first_rank: of those that are looked at.

    Returns GROW where there is no room to note what starts, else GO_ON.
    """
    total = world(run)
    total.stamp += 1
    total.without_room = 0
    rank = next_waiting(run, first_rank)
    while rank != NONE and total.without_room < total.shapes_count:
        if try_other(run, rank) == GROW:
            return GROW
        rank = next_waiting(run, rank + 1)
    return GO_ON


@inner
def try_other(run, rank):
    """Start one that is behind in the queue, unless that delays the first.

    Arguments:
        run: of the replication.
        rank: its place in the queue.

    Returns GROW where there is no room to note that it starts, else GO_ON.
    """
    total, entry = world(run), rank_at(run, rank)
    shape, stamp = shape_at(run, entry.shape), total.stamp
    if shape.no_room == stamp:
        return GO_ON
    ends_before = total.now + entry.estimate <= total.reserved_at
    if not ends_before and shape.no_extra == stamp:
        return GO_ON
    if not choose(run, entry.shape, 0 if ends_before else 1):
        if ends_before:
            shape.no_room = stamp
            total.without_room += 1
        else:
            shape.no_extra = stamp
        return GO_ON
    if total.unused_count < total.chosen_count:
        return GROW
    if not ends_before:
        _keep(run, entry.shape)
    start(run, entry.job, rank)
    return GO_ON


@inner
def _keep(run, shape):
    """What will still run when the first in the queue starts leaves less beside it."""
    need = need_at(run, shape)
    for k in range(world(run).chosen_count):
        one = chosen_at(run, k)
        where = node_at(run, one.node)
        where.left_slots -= one.tasks * need.slots
        where.left_vcpus -= one.tasks * need.vcpus
        where.left_memory -= one.tasks * need.memory
        where.left_accelerators -= one.tasks * need.accelerators
