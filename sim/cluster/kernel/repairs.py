"""The units that are away: a heap with the first to return on top."""

from sim.cluster.kernel.year_access import repair_at, world
from sim.cluster.kernel.year_compilation import inner


@inner
def add_repair(cluster, time, group, rack):
    """A unit goes away.

    Arguments:
        cluster: of the replication.
        time: when it is back, s.
        group: that it belongs to.
        rack: that it is, or stands in; NONE without.
    """
    place = world(cluster).repairs_count
    world(cluster).repairs_count += 1
    _rise(cluster, place, time, group, rack)


@inner
def take_repair(cluster):
    """The group of the first unit to return, which is away no longer, and its rack."""
    group, rack = repair_at(cluster, 0).group, repair_at(cluster, 0).rack
    size = world(cluster).repairs_count - 1
    world(cluster).repairs_count = size
    last = repair_at(cluster, size)
    time, last_group, last_rack = last.time, last.group, last.rack
    # The hole goes down to the end, always to the first of two, without a branch to be guessed; the
    # last of all, which belongs near the end, goes up from there.
    place, child = 0, 2
    while child < size:
        child -= repair_at(cluster, child - 1).time < repair_at(cluster, child).time
        _move(cluster, child, place)
        place = child
        child = 2 * place + 2
    if child == size:
        _move(cluster, child - 1, place)
        place = child - 1
    _rise(cluster, place, time, last_group, last_rack)
    return group, rack


@inner
def _rise(cluster, place, time, group, rack):
    """Put a unit into a hole, or above it behind those that return no later."""
    while place > 0:
        above = (place - 1) >> 1
        if repair_at(cluster, above).time <= time:
            break
        _move(cluster, above, place)
        place = above
    one = repair_at(cluster, place)
    one.time, one.group, one.rack = time, group, rack


@inner
def _move(cluster, source, target):
    taken, put = repair_at(cluster, source), repair_at(cluster, target)
    put.time, put.group, put.rack = taken.time, taken.group, taken.rack
