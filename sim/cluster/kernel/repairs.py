"""The units that are away: a heap with the first to return on top."""

from sim.cluster.kernel.year_access import repair_at, world
from sim.cluster.kernel.year_compilation import inner


@inner
def add_repair(cluster, time, group):
    """A unit goes away.

    Arguments:
        cluster: of the replication.
        time: when it is back, s.
        group: that it belongs to.
    """
    place = world(cluster).repairs_count
    world(cluster).repairs_count += 1
    while place > 0:
        above = (place - 1) >> 1
        if repair_at(cluster, above).time <= time:
            break
        _move(cluster, above, place)
        place = above
    repair_at(cluster, place).time = time
    repair_at(cluster, place).group = group


@inner
def take_repair(cluster):
    """The group of the first unit to return, which is away no longer."""
    group = repair_at(cluster, 0).group
    size = world(cluster).repairs_count - 1
    world(cluster).repairs_count = size
    time, last = repair_at(cluster, size).time, repair_at(cluster, size).group
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        if child + 1 < size and repair_at(cluster, child + 1).time < repair_at(cluster, child).time:
            child += 1
        if time <= repair_at(cluster, child).time:
            break
        _move(cluster, child, place)
        place = child
    repair_at(cluster, place).time = time
    repair_at(cluster, place).group = last
    return group


@inner
def _move(cluster, source, target):
    repair_at(cluster, target).time = repair_at(cluster, source).time
    repair_at(cluster, target).group = repair_at(cluster, source).group
