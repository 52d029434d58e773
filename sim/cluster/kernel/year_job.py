"""What the job does in compiled code: it trains, saves, is interrupted and restarts."""

import math

from sim.cluster.kernel.units import count_time
from sim.cluster.kernel.year_access import group_at, world
from sim.cluster.kernel.year_compilation import inner


@inner
def begin(cluster):
    """The run starts: what is counted of it, and of the stack, counts from now on."""
    job = world(cluster)
    job.begun = 1
    for g in range(job.groups_count):
        count_time(cluster, g)
        group_at(cluster, g).unit_time = 0.0
    job.down_time = job.needed_down_time = 0.0
    job.down_since = job.needed_down_since = job.now
    if math.isinf(job.work):  # what never ends has nothing to complete
        job.complete = 1
        job.prepare = 0.0
    go_on(cluster)


@inner
def go_on(cluster):
    """Take up the work, unless some component has too few units."""
    job = world(cluster)
    job.running = 0
    job.ends_at = math.inf
    if job.short_needed > 0:
        return
    # Between a failure and its discovery nothing moves, whatever else happens.
    job.productive_since = max(job.now, job.discovered_at) + job.prepare
    job.remaining = job.work - job.saved
    end = job.productive_since + _duration(cluster, job.remaining)
    job.ends_at = job.now + (end - job.now)  # as SimPy rounds it
    job.running = 1


@inner
def _duration(cluster, work):
    """Wall time of uninterrupted work with its checkpoints, s."""
    job = world(cluster)
    if math.isinf(work):
        return math.inf
    if math.isinf(job.interval):
        return work + job.write_time
    ratio = work / job.interval
    # As `models.laws.checkpointing.number_of_checkpoints` has it.
    return work + max(1.0, math.ceil(ratio - 1e-12 * work / job.interval)) * job.write_time


@inner
def progress(cluster):
    """Work saved since it last went on, and work done but not saved, s."""
    job = world(cluster)
    elapsed = job.now - job.productive_since
    if elapsed <= 0.0:
        return 0.0, 0.0
    if math.isinf(job.interval):
        return 0.0, min(elapsed, job.remaining)
    cycle = job.interval + job.write_time
    cycles = math.floor(elapsed / cycle)
    saved = min(cycles * job.interval, job.remaining)
    return saved, min(min(elapsed - cycles * cycle, job.interval), job.remaining - saved)


@inner
def interrupt(cluster, notice):
    """A failure strikes the running job.

    Arguments:
        cluster: of the replication.
        notice: warning time before it, s.
    """
    job = world(cluster)
    saved, unsaved = progress(cluster)
    # A reclaim that is announced in time lets the job save everything.
    if notice >= job.write_time:
        saved += unsaved
    job.kept += saved
    job.saved += saved
    # A failure that strikes before the last one is found needs no restart of its own.
    if job.now >= job.discovered_at:
        job.restarts += 1
        job.discovered_at = job.now + job.detection
    job.prepare = job.restart
    job.productive_since = math.inf
    if job.saved >= job.work:  # it was at its last checkpoint, and had notice
        complete(cluster)
    else:
        go_on(cluster)


@inner
def complete(cluster):
    """The run is complete; training goes on without a pause, saved as often as a run would be."""
    job = world(cluster)
    for g in range(job.groups_count):
        count_time(cluster, g)
    job.complete = 1
    job.time_to_train = job.now - job.starts_at
    job.restarts_of_run = job.restarts
    job.interval = min(job.interval, job.work)
    job.work = math.inf
    job.saved = job.prepare = 0.0
    go_on(cluster)
