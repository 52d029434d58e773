"""Who starts now: one pass over the queue, after all that happens at one instant."""

from sim.jobs.arrays.job_records import GO_ON, GROW, NONE
from sim.jobs.kernel.job_lives import start
from sim.jobs.kernel.jobs_access import job_at, rank_at, shape_at, world
from sim.jobs.kernel.jobs_compilation import inner
from sim.jobs.kernel.node_trees import choose
from sim.jobs.kernel.reservation import reserve, start_others, try_other
from sim.jobs.kernel.waiting_set import next_waiting

_SEVERAL = 2  # new jobs, more than the one that could be looked at alone


@inner
def start_jobs(run):
    """Start the first in the queue as long as it fits, then what may overtake it.

    As long as nothing is freed, a job that did not fit does not fit, and what is reserved for it
    stays as it is: then only those are looked at that are new.

    Returns GROW where there is no room to note what starts, else GO_ON.
    """
    total = world(run)
    if total.short_needed > 0:
        return GO_ON
    whole = total.arrived != 1
    rank = next_waiting(run, 0)
    while rank != NONE:
        job = rank_at(run, rank).job
        if job == total.head and not total.stale:
            break
        if not choose(run, job_at(run, job).shape, 0):
            total.head, total.stale, whole = job, 0, True
            if total.backfill:
                reserve(run, job)
            break
        if total.unused_count < _placements(run, job):
            return GROW
        start(run, job, rank)
        total.stale = 1  # there is less for whoever was first before
        rank = next_waiting(run, 0)
    if rank == NONE:
        total.head = NONE
    elif total.backfill and total.waiting > 1:
        why = _others(run, rank, whole)
        if why == GROW:
            total.arrived = _SEVERAL
            return GROW
    total.arrived = 0
    return GO_ON


@inner
def _placements(run, job):
    """How many a job takes at most."""
    if world(run).share:
        return shape_at(run, job_at(run, job).shape).tasks
    return world(run).chosen_count


@inner
def _others(run, rank, whole):
    total = world(run)
    if whole:
        return start_others(run, rank + 1)
    if total.arrived_rank == rank:
        return GO_ON
    total.stamp += 1
    return try_other(run, total.arrived_rank)
