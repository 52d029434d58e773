"""The event loop: units fail and return, the job goes on, the year ends."""

import math

from sim.cluster.arrays.year_records import FAILS_TOO_OFTEN, FINISHED, INTERRUPTED_TOO_OFTEN
from sim.cluster.kernel.repairs import add_repair, take_repair
from sim.cluster.kernel.units import await_failure, count_time, first_failure
from sim.cluster.kernel.year_access import cause_at, group_at, repair_at, stream_at, world
from sim.cluster.kernel.year_compilation import inner
from sim.cluster.kernel.year_job import begin, complete, go_on, interrupt, progress
from sim.kernels.streams import uniform, unit_exponential


@inner
def simulate(cluster, most_failures, most_interruptions):
    """Simulate one replication to the horizon and to the end of the run.

    Arguments:
        cluster: address of its record.
        most_failures: of all units.
        most_interruptions: of the job.

    Returns why it came back.
    """
    for g in range(world(cluster).groups_count):
        await_failure(cluster, g, unit_exponential(stream_at(cluster, g)))
    if world(cluster).starts_at <= 0.0:
        begin(cluster)
    while True:
        job = world(cluster)
        failing, time = first_failure(cluster)
        returning = job.repairs_count > 0 and repair_at(cluster, 0).time < time
        if returning:
            time = repair_at(cluster, 0).time
        if not job.begun and job.starts_at <= time:
            job.now = job.starts_at
            begin(cluster)
        elif job.horizon <= min(time, job.ends_at):
            job.now = job.horizon
            _end_year(cluster)
        elif job.ends_at <= time:
            job.now = job.ends_at
            job.kept += job.remaining
            complete(cluster)
        else:
            job.now = time
            if returning:
                _return(cluster, take_repair(cluster))
            else:
                _fail(cluster, failing)
            if job.failures > most_failures:
                return FAILS_TOO_OFTEN
            if job.restarts > most_interruptions:
                return INTERRUPTED_TOO_OFTEN
        if job.complete and math.isinf(job.horizon):
            return FINISHED


@inner
def _fail(cluster, g):
    group, stream, state = group_at(cluster, g), stream_at(cluster, g), world(cluster)
    state.failures += 1
    state.last_failed = g
    # Units are alike, and a job that runs uses as many as it requires: the one that fails is
    # any of those that work. What is drawn never depends on the job.
    in_use = uniform(stream) * group.working < group.required
    chosen, u = group.first_cause, uniform(stream)
    while cause_at(cluster, chosen).share <= u:
        chosen += 1
    cause = cause_at(cluster, chosen)
    add_repair(cluster, state.now + cause.mttr * unit_exponential(stream), g)
    count_time(cluster, g)
    group.working -= 1
    await_failure(cluster, g, unit_exponential(stream))
    if group.working < group.required and not group.short:
        if state.short == 0:
            state.down_since = state.now
        if state.short_needed == 0:
            state.needed_down_since = state.now
        group.short = 1
        state.short += 1
        state.short_needed += group.needed
    if state.running and group.needed and (group.short or (group.carries_work and in_use)):
        interrupt(cluster, cause.notice)


@inner
def _return(cluster, g):
    group, state = group_at(cluster, g), world(cluster)
    count_time(cluster, g)
    gone = group.working * group.rate * (state.now - group.hazard_since)
    group.working += 1
    await_failure(cluster, g, max(0.0, group.hazard_left - gone))
    if not group.short or group.working < group.required:
        return
    group.short = 0
    state.short -= 1
    state.short_needed -= group.needed
    if state.short == 0:
        state.down_time += state.now - state.down_since
    if group.needed and state.short_needed == 0:
        state.needed_down_time += state.now - state.needed_down_since
    if state.begun and not state.running:
        go_on(cluster)


@inner
def _end_year(cluster):
    state = world(cluster)
    state.horizon = math.inf
    state.yearly_kept = state.kept + progress(cluster)[0]
    state.yearly_restarts = state.restarts
    since = state.down_since if state.short > 0 else state.now
    state.yearly_down_time = state.down_time + state.now - since
    since = state.needed_down_since if state.short_needed > 0 else state.now
    state.yearly_needed_down_time = state.needed_down_time + state.now - since
