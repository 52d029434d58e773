"""What becomes of a job in compiled code: it waits, starts, ends or is interrupted."""

import math

from sim.jobs.arrays.job_records import NONE
from sim.jobs.kernel.jobs_access import (
    attempt_at,
    chosen_at,
    job_at,
    place_at,
    placement_at,
    rank_at,
    shape_at,
    world,
)
from sim.jobs.kernel.jobs_compilation import inner
from sim.jobs.kernel.node_trees import next_free
from sim.jobs.kernel.placements import place_tasks, remove_tasks
from sim.jobs.kernel.running_jobs import add_running, take_running
from sim.jobs.kernel.waiting_set import add_waiting, take_waiting


@inner
def duration(run, job):
    """Wall time of an attempt at full speed, start-up and checkpoints included, s."""
    total, work = world(run), job_at(run, job).remaining
    checkpoints = 0.0
    if not math.isinf(total.interval) and work > 0.0:
        # None is needed at the end, where the result is written.
        checkpoints = max(0.0, math.ceil(work / total.interval - 1e-9) - 1.0)
    return total.startup + (work + checkpoints * total.write_time)


@inner
def queue(run, job, rank):
    """A job waits from now on.

    Arguments:
        run: of the replication.
        job: that is new, or was interrupted.
        rank: its place in the queue.
    """
    total, of = world(run), job_at(run, job)
    of.queued = total.now
    entry = rank_at(run, rank)
    entry.job, entry.shape = job, of.shape
    entry.estimate = duration(run, job) + of.surplus
    add_waiting(run, rank)
    total.waiting += 1
    total.arrived += 1
    total.arrived_rank = rank


@inner
def start(run, job, rank):
    """A job starts on the nodes that were chosen for it.

    Arguments:
        run: of the replication.
        job: in the queue.
        rank: its place there.
    """
    total, of = world(run), job_at(run, job)
    take_waiting(run, rank)
    total.waiting -= 1
    if total.share:
        _deal(run, job)
    else:
        for k in range(total.chosen_count):
            place_tasks(run, job, chosen_at(run, k).node, chosen_at(run, k).tasks)
    of.waited += total.now - of.queued
    if of.started < 0.0:
        of.started = total.now
    of.attempt_began = total.now
    of.begun = total.attained if total.share else total.now
    of.ends = of.begun + duration(run, job)
    of.expected = total.now + rank_at(run, rank).estimate
    add_running(run, job)


@inner
def _deal(run, job):
    """Jobs that share are dealt out over the nodes in turn, where memory allows."""
    total, shape = world(run), job_at(run, job).shape
    for _ in range(shape_at(run, shape).tasks):
        node = next_free(run, total.cursor, shape)
        if node == NONE:
            node = next_free(run, 0, shape)
        place_tasks(run, job, node, 1)
        total.cursor = node + 1


@inner
def complete(run, job):
    """A job is done."""
    total, of = world(run), job_at(run, job)
    of.ended = total.now
    of.remaining = 0.0
    total.completed += 1
    _stop(run, job, 1)


@inner
def interrupt(run, job, notice):
    """A failure strikes a running job, which goes to the front of the queue.

    Arguments:
        run: of the replication.
        job: that runs.
        notice: warning time before it, s.
    """
    total, of = world(run), job_at(run, job)
    saved, unsaved = _progress(run, job)
    # A reclaim that is announced in time lets a job that can save at all save everything.
    if notice >= total.write_time and not math.isinf(total.interval):
        saved, unsaved = saved + unsaved, 0.0
    of.lost += unsaved
    of.remaining = max(0.0, of.remaining - saved)
    of.interruptions += 1
    total.interruptions += 1
    _stop(run, job, 0)
    queue(run, job, of.front)


@inner
def _progress(run, job):
    """Work saved since the attempt began, and work done but not saved, s."""
    total, of = world(run), job_at(run, job)
    clock = total.attained if total.share else total.now
    elapsed = clock - of.begun - total.startup
    if elapsed <= 0.0:
        return 0.0, 0.0
    if math.isinf(total.interval):
        return 0.0, min(elapsed, of.remaining)
    cycle = total.interval + total.write_time
    cycles = math.floor(elapsed / cycle)
    saved = min(cycles * total.interval, of.remaining)
    return saved, min(min(elapsed - cycles * cycle, total.interval), of.remaining - saved)


@inner
def _stop(run, job, done):
    _record(run, job, done)
    take_running(run, job)
    remove_tasks(run, job)
    world(run).stale = 1


@inner
def _record(run, job, done):
    total, of = world(run), job_at(run, job)
    if total.attempts_room == 0:
        return
    count, row = 0, of.first
    while row != NONE:
        count += 1
        row = placement_at(run, row).next_of_job
    if (
        total.attempts_count == total.attempts_room
        or total.places_count + count > total.places_room
    ):
        total.left_out += 1
        return
    attempt = attempt_at(run, total.attempts_count)
    total.attempts_count += 1
    attempt.job, attempt.start, attempt.end = job, of.attempt_began, total.now
    attempt.complete, attempt.first = done, total.places_count
    row = of.first
    while row != NONE:
        one, place = placement_at(run, row), place_at(run, total.places_count)
        place.node, place.tasks = one.node, one.tasks
        total.places_count += 1
        row = one.next_of_job
