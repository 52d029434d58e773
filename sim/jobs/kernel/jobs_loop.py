"""The event loop: jobs come, start and end; nodes fail and return."""

import math

from sim.jobs.arrays.job_records import (
    FAILS_TOO_OFTEN,
    FINISHED,
    GROW,
    INTERRUPTED_TOO_OFTEN,
    STUCK,
)
from sim.jobs.kernel.failing import await_failure, come_back, fail, first_failure
from sim.jobs.kernel.job_lives import complete, queue
from sim.jobs.kernel.jobs_access import (
    capacity_of,
    job_at,
    repair_at,
    running_at,
    stream_at,
    world,
)
from sim.jobs.kernel.jobs_compilation import inner
from sim.jobs.kernel.starts import start_jobs
from sim.kernels.streams import unit_exponential


@inner
def simulate(run, most_failures, most_interruptions):
    """Simulate one replication until the last job is done.

    Arguments:
        run: address of its record.
        most_failures: of all units.
        most_interruptions: of all jobs.

    Returns why it came back; after GROW it goes on where it was.
    """
    total = world(run)
    if not total.begun:
        total.begun = 1
        for g in range(total.groups_count):
            await_failure(run, g, unit_exponential(stream_at(run, g)))
    elif start_jobs(run) == GROW:
        return GROW
    while total.completed < total.jobs_count:
        total.speed = _speed(run)
        time, ends = _next_time(run)
        if math.isinf(time):
            return STUCK
        _count(run, time)
        if total.share:
            total.attained += total.speed * (time - total.now)
        total.now = time
        _happen(run, ends)
        if total.failures > most_failures:
            return FAILS_TOO_OFTEN
        if total.interruptions > most_interruptions:
            return INTERRUPTED_TOO_OFTEN
        if start_jobs(run) == GROW:
            return GROW
    return FINISHED


@inner
def _speed(run):
    """At which part of its full speed every running job goes on."""
    total, has = world(run), capacity_of(run)
    speed = 1.0
    if total.share:
        if total.used_slots > total.in_service * has.slots:
            speed = min(speed, total.in_service * has.slots / total.used_slots)
        if total.used_vcpus > total.in_service * has.vcpus:
            speed = min(speed, total.in_service * has.vcpus / total.used_vcpus)
        if total.used_accelerators > total.in_service * has.accelerators:
            speed = min(speed, total.in_service * has.accelerators / total.used_accelerators)
    return speed


@inner
def _next_time(run):
    """When something happens next, and when a job ends next, s."""
    total = world(run)
    ends = math.inf
    if total.running > 0:
        ends = running_at(run, 0).time
        if total.share:
            ends = total.now + max(0.0, ends - total.attained) / total.speed
    time = min(ends, first_failure(run)[1])
    if total.next_job < total.jobs_count:
        time = min(time, job_at(run, total.next_job).submitted)
    if total.repairs_count > 0:
        time = min(time, repair_at(run, 0).time)
    return time, ends


@inner
def _happen(run, ends):
    """All that happens at this instant, but for the starts."""
    total = world(run)
    if ends <= total.now and total.running > 0:
        clock = running_at(run, 0).time
        if total.share:
            total.attained = clock  # whatever rounding made of it
        while total.running > 0 and running_at(run, 0).time <= clock:
            complete(run, running_at(run, 0).job)
    while total.repairs_count > 0 and repair_at(run, 0).time <= total.now:
        come_back(run)
    failing, time = first_failure(run)
    while time <= total.now:
        fail(run, failing)
        failing, time = first_failure(run)
    while total.next_job < total.jobs_count:
        job = job_at(run, total.next_job)
        if job.submitted > total.now:
            break
        queue(run, total.next_job, job.rank)
        total.next_job += 1


@inner
def _count(run, until):
    """Count what is in use until an instant, as far as it lies in the counted time."""
    total = world(run)
    time = min(until, total.counted_to) - max(total.now, total.counted_from)
    if time <= 0.0:
        return
    total.sum_slots += time * (total.speed * total.used_slots)
    total.sum_vcpus += time * (total.speed * total.used_vcpus)
    total.sum_memory += time * total.used_memory
    total.sum_accelerators += time * (total.speed * total.used_accelerators)
    total.waiting_time += time * total.waiting
