"""Nodes and other components fail and come back, in compiled code."""

import math

from sim.batch.arrays.batch_records import NONE
from sim.batch.kernel.batch_access import (
    attempt_at,
    cause_at,
    group_at,
    node_at,
    rack_at,
    repair_at,
    stream_at,
    workers_at,
    world,
)
from sim.batch.kernel.batch_compilation import inner
from sim.batch.kernel.slot_ring import add_slot, remove_slots
from sim.batch.kernel.task_lives import interrupt, kill, lose_data
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

    What is drawn never depends on the tasks.
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
    back = total.now + cause_at(run, chosen).mttr * unit_exponential(stream)
    group.working -= 1
    await_failure(run, g, unit_exponential(stream))
    node = NONE
    if group.workers != NONE:
        if group.disk:
            node = _node_with_disk(run, g, place)
        else:
            node = _working_node(run, group.workers, place)
        if node_at(run, node).up:
            _lose(run, node)
        if group.disk:
            node_at(run, node).without |= group.disk
        else:
            node_at(run, node).whole = 0
    elif g == total.racks_group:
        node = _lose_rack(run, place)
    _add_repair(run, back, g, node)
    if g != total.racks_group and group.working < group.required and not group.short:
        group.short = 1
        if group.needed:
            total.short_needed += 1
            interrupt(run, group.critical)


@inner
def _working_node(run, workers, place):
    """The node at a place among those that work: first those in service, then the spares.

    In racks, one after the other, whether these are up or not.
    """
    of = workers_at(run, workers)
    racked = node_at(run, of.first_node).rack != NONE
    for serving in (1, 0):
        for node in range(of.first_node, of.end_node):
            where = node_at(run, node)
            if where.whole and (racked or where.serving == serving):
                if place == 0:
                    return node
                place -= 1
    return NONE  # there is one


@inner
def _node_with_disk(run, g, place):
    """The node at a place among those that have a disk, by number."""
    group = group_at(run, g)
    first = workers_at(run, group.workers).first_node
    for node in range(first, first + group.units):
        if node_at(run, node).without & group.disk == 0:
            if place == 0:
                return node
            place -= 1
    return NONE  # there is one


@inner
def _lose(run, node):
    """A node goes away with what runs on it, and with what it kept; a spare takes over."""
    total, where = world(run), node_at(run, node)
    attempt = total.oldest
    while attempt != NONE:
        after = attempt_at(run, attempt).newer
        if attempt_at(run, attempt).node == node:
            kill(run, attempt)
        attempt = after
    of, served = workers_at(run, where.group), where.serving
    where.up = where.serving = 0
    of.up -= 1
    remove_slots(run, node)
    if served:
        of.in_service -= 1
        for other in range(of.first_node, of.end_node):
            if node_at(run, other).up and not node_at(run, other).serving:
                _serve(run, other)
                break
    if total.begun:
        lose_data(run, node)


@inner
def _serve(run, node):
    """A node takes tasks from now on."""
    of = workers_at(run, node_at(run, node).group)
    node_at(run, node).serving = 1
    of.in_service += 1
    for _ in range(of.slots):
        add_slot(run, node)


@inner
def _lose_rack(run, place):
    """The rack at a place among those that are up goes away with its nodes, the spares first."""
    rack = 0
    while place > 0 or not rack_at(run, rack).up:
        if rack_at(run, rack).up:
            place -= 1
        rack += 1
    rack_at(run, rack).up = 0
    for serving in range(2):
        for node in range(world(run).nodes_count):
            where = node_at(run, node)
            if where.rack == rack and where.up and where.serving == serving:
                _lose(run, node)
    return rack


@inner
def _bring_up(run, node):
    """A node is there again, in service or as a spare, where nothing of it is away."""
    where = node_at(run, node)
    racked = where.rack != NONE and not rack_at(run, where.rack).up
    if racked or not where.whole or where.without:
        return
    of = workers_at(run, where.group)
    where.up = 1
    of.up += 1
    if of.in_service < of.count:
        _serve(run, node)


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
        for other in range(total.nodes_count):
            if node_at(run, other).rack == node:
                _bring_up(run, other)
    elif node != NONE:
        if group.disk:
            node_at(run, node).without &= ~group.disk
        else:
            node_at(run, node).whole = 1
        _bring_up(run, node)
    if group.short and group.working >= group.required:
        group.short = 0
        total.short_needed -= group.needed


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
