"""The working units of the groups: how long they have worked, and when the next of them fails."""

import math

from sim.cluster.kernel.year_access import group_at, world
from sim.cluster.kernel.year_compilation import inner


@inner
def first_failure(cluster):
    """The group whose unit fails next, and when, s; infinite where none can."""
    failing, time = 0, math.inf
    for g in range(world(cluster).groups_count):
        if group_at(cluster, g).fails_at < time:
            failing, time = g, group_at(cluster, g).fails_at
    return failing, time


@inner
def await_failure(cluster, g, hazard):
    """Expect the next failure of a group.

    Arguments:
        cluster: of the replication.
        g: the group.
        hazard: what the rates of its working units add up to before it.
    """
    group, now = group_at(cluster, g), world(cluster).now
    rate = group.working * group.rate
    group.hazard_left = hazard
    group.hazard_since = now
    group.fails_at = now + hazard / rate if rate > 0.0 else math.inf


@inner
def count_time(cluster, g):
    """Count the time of a group's working units until now, but not beyond the end of the run."""
    group, state = group_at(cluster, g), world(cluster)
    if not state.complete:
        group.unit_time += group.working * (state.now - group.counted_at)
        group.counted_at = state.now
