"""Racks and the nodes in them: each counts its own failures, and a rack takes its nodes along."""

from sim.cluster.arrays.year_records import NONE
from sim.cluster.kernel.year_access import group_at, place_at, rack_at, world
from sim.cluster.kernel.year_compilation import inner


@inner
def rack_that_is_up(cluster, place):
    """The rack at a place among those that are up."""
    left = int(place)
    for rack in range(world(cluster).racks_count):
        if rack_at(cluster, rack).up:
            if left == 0:
                return rack
            left -= 1
    return NONE  # there is one


@inner
def node_in_a_rack(cluster, g, place):
    """The rack of the node at a place among those that work, and whether a job uses that.

    A job uses the first of those in racks that are up.
    """
    group, left, before = group_at(cluster, g), int(place), 0
    for rack in range(world(cluster).racks_count):
        working, up = place_at(cluster, group.first_place + rack).working, rack_at(cluster, rack).up
        if left < working:
            return rack, up != 0 and before + left < group.required
        left -= working
        if up:
            before += working
    return NONE, False  # there is one


@inner
def share_in_use(cluster, rack):
    """Probability that a job uses a node in a rack, where it may use any of those that are up."""
    none = 1.0
    for g in range(world(cluster).groups_count):
        group = group_at(cluster, g)
        if group.first_place != NONE and group.needed:
            inside, there = place_at(cluster, group.first_place + rack).working, group.available
            for k in range(inside):
                none *= max(0, there - group.required - k) / (there - k)
    return 1.0 - none


@inner
def rack_goes_down(cluster, rack):
    """All nodes in a rack are gone with it."""
    rack_at(cluster, rack).up = 0
    for g in range(world(cluster).groups_count):
        group = group_at(cluster, g)
        if group.first_place != NONE:
            group.available -= place_at(cluster, group.first_place + rack).working


@inner
def rack_comes_up(cluster, rack):
    """The nodes in a rack that did not fail themselves are back with it."""
    rack_at(cluster, rack).up = 1
    for g in range(world(cluster).groups_count):
        group = group_at(cluster, g)
        if group.first_place != NONE:
            group.available += place_at(cluster, group.first_place + rack).working


@inner
def node_goes_down(cluster, g, rack):
    """A node fails, in a rack that may be down itself."""
    group = group_at(cluster, g)
    place_at(cluster, group.first_place + rack).working -= 1
    if rack_at(cluster, rack).up:
        group.available -= 1


@inner
def node_comes_up(cluster, g, rack):
    """A node is repaired, in a rack that may be down itself."""
    group = group_at(cluster, g)
    place_at(cluster, group.first_place + rack).working += 1
    if rack_at(cluster, rack).up:
        group.available += 1
