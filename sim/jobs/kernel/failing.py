"""Nodes and other components fail and come back, in compiled code."""

import math

from sim.jobs.arrays.job_records import NONE
from sim.jobs.kernel.job_lives import interrupt
from sim.jobs.kernel.jobs_access import (
    cause_at,
    group_at,
    node_at,
    placement_at,
    rack_at,
    repair_at,
    running_at,
    stream_at,
    world,
)
from sim.jobs.kernel.jobs_compilation import inner
from sim.jobs.kernel.node_trees import set_serving
from sim.kernels.streams import uniform, unit_exponential


@inner
def first_failure(run):
    """The group whose unit fails next, and when, s; infinite where none can."""
    failing, time = NONE, math.inf
    for g in range(world(run).groups_count):
        if group_at(run, g).fails_at < time:
            failing, time = g, group_at(run, g).fails_at
    return failing, time


@inner
def await_failure(run, g, hazard):
    """Expect the next failure of a group.

    Arguments:
        run: of the replication.
        g: the group.
        hazard: what the rates of its working units add up to before it.
    """
    group, now = group_at(run, g), world(run).now
    rate = group.working * group.rate
    group.hazard_left = hazard
    group.hazard_since = now
    group.fails_at = now + hazard / rate if rate > 0.0 else math.inf


@inner
def fail(run, g):
    """A unit of a group fails now.

    What is drawn never depends on the jobs.
    """
    group, stream, total = group_at(run, g), stream_at(run, g), world(run)
    total.failures += 1
    total.last_failed = g
    place = int(uniform(stream) * group.working)
    if g == total.racks_group:
        uniform(stream)  # by which other workloads find whether they use a node in the rack
    chosen, u = group.first_cause, uniform(stream)
    while cause_at(run, chosen).share <= u:
        chosen += 1
    cause = cause_at(run, chosen)
    back = total.now + cause.mttr * unit_exponential(stream)
    group.working -= 1
    await_failure(run, g, unit_exponential(stream))
    node = NONE
    if g == total.nodes_group:
        node = _working_node(run, place)
        if node_at(run, node).up:
            _lose(run, node, cause.notice)
        node_at(run, node).whole = 0
    elif g == total.racks_group:
        node = _lose_rack(run, place, cause.notice)
    _add_repair(run, back, g, node)
    if g != total.racks_group and group.working < group.required and not group.short:
        group.short = 1
        if group.needed:
            total.short_needed += 1
            while total.running > 0:
                interrupt(run, running_at(run, 0).job, cause.notice)


@inner
def _working_node(run, place):
    """The node at a place among those that work: first those in service, then the spares.

    In racks, one after the other, whether these are up or not.
    """
    total = world(run)
    serving = 1
    racked = node_at(run, 0).rack != NONE
    if not racked and place >= total.in_service:
        place -= total.in_service
        serving = 0
    for node in range(total.units):
        where = node_at(run, node)
        if where.whole and (racked or where.serving == serving):
            if place == 0:
                return node
            place -= 1
    return NONE  # there is one


@inner
def _lose(run, node, notice):
    """A node goes away; a spare takes over."""
    where = node_at(run, node)
    where.up = 0
    if not where.serving:
        return
    while where.first != NONE:
        interrupt(run, placement_at(run, where.first).job, notice)
    set_serving(run, node, 0)
    for other in range(world(run).units):
        if node_at(run, other).up and not node_at(run, other).serving:
            set_serving(run, other, 1)
            break
    world(run).stale = 1


@inner
def _lose_rack(run, place, notice):
    """The rack at a place among those that are up goes away with its nodes, the spares first."""
    rack = 0
    while place > 0 or not rack_at(run, rack).up:
        if rack_at(run, rack).up:
            place -= 1
        rack += 1
    rack_at(run, rack).up = 0
    for serving in range(2):
        for node in range(world(run).units):
            where = node_at(run, node)
            if where.rack == rack and where.up and where.serving == serving:
                _lose(run, node, notice)
    return rack


@inner
def _bring_up(run, node):
    """A node is there again: in service, or as a spare."""
    node_at(run, node).up = 1
    if world(run).in_service < world(run).count:
        set_serving(run, node, 1)
        world(run).stale = 1


@inner
def come_back(run):
    """The first unit that is away comes back."""
    total = world(run)
    g, node = repair_at(run, 0).group, repair_at(run, 0).node
    _take_repair(run)
    group = group_at(run, g)
    gone = group.working * group.rate * (total.now - group.hazard_since)
    group.working += 1
    await_failure(run, g, max(0.0, group.hazard_left - gone))
    if g == total.racks_group:
        rack_at(run, node).up = 1
        for other in range(total.units):
            if node_at(run, other).rack == node and node_at(run, other).whole:
                _bring_up(run, other)
    elif node != NONE:
        node_at(run, node).whole = 1
        rack = node_at(run, node).rack
        if rack == NONE or rack_at(run, rack).up:
            _bring_up(run, node)
    if group.short and group.working >= group.required:
        group.short = 0
        total.short_needed -= group.needed
        total.stale = 1


@inner
def _add_repair(run, time, group, node):
    place = world(run).repairs_count
    world(run).repairs_count += 1
    while place > 0:
        above = (place - 1) >> 1
        if repair_at(run, above).time <= time:
            break
        _move(run, above, place)
        place = above
    one = repair_at(run, place)
    one.time, one.group, one.node = time, group, node


@inner
def _take_repair(run):
    size = world(run).repairs_count - 1
    world(run).repairs_count = size
    last = repair_at(run, size)
    time, group, node = last.time, last.group, last.node
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        if child + 1 < size and repair_at(run, child + 1).time < repair_at(run, child).time:
            child += 1
        if time <= repair_at(run, child).time:
            break
        _move(run, child, place)
        place = child
    one = repair_at(run, place)
    one.time, one.group, one.node = time, group, node


@inner
def _move(run, source, target):
    taken, put = repair_at(run, source), repair_at(run, target)
    put.time, put.group, put.node = taken.time, taken.group, taken.node
