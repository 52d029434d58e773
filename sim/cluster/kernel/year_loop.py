"""The event loop: units fail and return, the job goes on, the year ends."""

import math

from sim.cluster.arrays.year_records import (
    FAILS_TOO_OFTEN,
    FINISHED,
    INTERRUPTED_TOO_OFTEN,
    NONE,
)
from sim.cluster.kernel.racks import (
    node_comes_up,
    node_goes_down,
    node_in_a_rack,
    rack_comes_up,
    rack_goes_down,
    rack_that_is_up,
    share_in_use,
)
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
                back, rack = take_repair(cluster)
                _return(cluster, back, rack)
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
    place = uniform(stream) * group.working
    racks = g == state.racks_group
    chance = uniform(stream) if racks else 0.0
    chosen, u = group.first_cause, uniform(stream)
    while cause_at(cluster, chosen).share <= u:
        chosen += 1
    cause = cause_at(cluster, chosen)
    rack = NONE
    in_use = False
    if racks:
        rack = rack_that_is_up(cluster, place)
        in_use = chance < share_in_use(cluster, rack)
        rack_goes_down(cluster, rack)
    elif group.first_place != NONE:
        rack, in_use = node_in_a_rack(cluster, g, place)
        node_goes_down(cluster, g, rack)
    else:
        in_use = place < group.required
        group.available -= 1
    add_repair(cluster, state.now + cause.mttr * unit_exponential(stream), g, rack)
    count_time(cluster, g)
    group.working -= 1
    await_failure(cluster, g, unit_exponential(stream))
    strikes = False
    if racks:
        strikes = in_use
        for other in range(state.groups_count):
            if group_at(cluster, other).first_place != NONE and _now_short(cluster, other):
                strikes = strikes or group_at(cluster, other).needed != 0
    else:
        _now_short(cluster, g)
        lost = group.short != 0 or (group.carries_work != 0 and in_use)
        strikes = group.needed != 0 and lost
    if state.running and strikes:
        interrupt(cluster, cause.notice)


@inner
def _now_short(cluster, g):
    """A group has too few units from now on, and had enough before."""
    group, state = group_at(cluster, g), world(cluster)
    if group.available >= group.required or group.short:
        return False
    if state.short == 0:
        state.down_since = state.now
    if state.short_needed == 0:
        state.needed_down_since = state.now
    group.short = 1
    state.short += 1
    state.short_needed += group.needed
    return True


@inner
def _return(cluster, g, rack):
    group, state = group_at(cluster, g), world(cluster)
    count_time(cluster, g)
    gone = group.working * group.rate * (state.now - group.hazard_since)
    group.working += 1
    await_failure(cluster, g, max(0.0, group.hazard_left - gone))
    if g == state.racks_group:
        rack_comes_up(cluster, rack)
        for other in range(state.groups_count):
            if group_at(cluster, other).first_place != NONE:
                _enough_again(cluster, other)
    else:
        if rack != NONE:
            node_comes_up(cluster, g, rack)
        else:
            group.available += 1
        _enough_again(cluster, g)
    if state.begun and not state.running:
        go_on(cluster)


@inner
def _enough_again(cluster, g):
    """A group that was short may have enough units again."""
    group, state = group_at(cluster, g), world(cluster)
    if not group.short or group.available < group.required:
        return
    group.short = 0
    state.short -= 1
    state.short_needed -= group.needed
    if state.short == 0:
        state.down_time += state.now - state.down_since
    if group.needed and state.short_needed == 0:
        state.needed_down_time += state.now - state.needed_down_since


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
