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
    # As `models.laws.checkpointing.number_of_checkpoints` has it.
    count = 1.0
    if math.isfinite(job.interval):
        count = max(1.0, math.ceil(work / job.interval - 1e-12 * work / job.interval))
    duration = work + count * job.write_time + job.flush_time
    if count > 1.0 and job.flush_time > 0.0:  # the last checkpoint waits for the one before it
        duration += max(0.0, job.flush_time - (work - (count - 1.0) * job.interval))
    return duration


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
    done = min(cycles * job.interval, job.remaining)
    begun = min(min(elapsed - cycles * cycle, job.interval), job.remaining - done)
    safe = max(0, math.floor((elapsed - job.flush_time) / cycle))
    saved = min(safe * job.interval, job.remaining)
    return saved, done - saved + begun


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
    if notice >= job.write_time + job.flush_time:
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
    job.interval = max(min(job.interval, job.work), job.flush_time)
    job.work = math.inf
    job.saved = job.prepare = 0.0
    go_on(cluster)
