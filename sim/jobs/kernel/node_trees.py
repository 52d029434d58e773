"""What is free on the nodes: a tree of largest amounts, in which the first fit is found.

The leaves are the nodes, in their order; each node above has the larger of the two below, resource
by resource. A second tree has what is free beside what is reserved.
"""

from sim.jobs.arrays.job_records import NONE
from sim.jobs.kernel.jobs_access import (
    capacity_of,
    chosen_at,
    extra_at,
    free_at,
    must_fit_at,
    need_at,
    node_at,
    shape_at,
    world,
)
from sim.jobs.kernel.jobs_compilation import inlined, inner


@inlined
def _holds(has, needs):
    # Without `and` there is no branch to be guessed wrongly.
    return (
        (has.slots >= needs.slots)
        & (has.vcpus >= needs.vcpus)
        & (has.memory >= needs.memory)
        & (has.accelerators >= needs.accelerators)
    )


@inner
def tasks_on(has, needs, most):
    """How many tasks fit at once, up to a number.

    Arguments:
        has: vector of what is free.
        needs: vector of what must be free for each.
        most: that are asked for.
    """
    if not _holds(has, needs):
        return 0
    if needs.slots > 0:
        most = min(most, has.slots // needs.slots)
    if needs.vcpus > 0:
        most = min(most, has.vcpus // needs.vcpus)
    if needs.memory > 0:
        most = min(most, has.memory // needs.memory)
    if needs.accelerators > 0:
        most = min(most, has.accelerators // needs.accelerators)
    return most


@inlined
def _set(one, slots, vcpus, memory, accelerators):
    changed = (
        (one.slots != slots)
        | (one.vcpus != vcpus)
        | (one.memory != memory)
        | (one.accelerators != accelerators)
    )
    one.slots, one.vcpus, one.memory, one.accelerators = slots, vcpus, memory, accelerators
    return changed


@inlined
def _rise(run, tree_at, place):
    """Put right what is above a leaf, as far as it changes."""
    place >>= 1
    while place > 0:
        a, b = tree_at(run, 2 * place), tree_at(run, 2 * place + 1)
        if not _set(
            tree_at(run, place),
            max(a.slots, b.slots),
            max(a.vcpus, b.vcpus),
            max(a.memory, b.memory),
            max(a.accelerators, b.accelerators),
        ):
            return
        place >>= 1


@inner
def _rise_free(run, place):
    _rise(run, free_at, place)


@inner
def renew_extra(run, node):
    """What is free on a node beside what is reserved, after either changed."""
    if world(run).backfill == 0:
        return
    place = world(run).leaves + node
    free, of = free_at(run, place), node_at(run, node)
    if of.reserved:
        changed = _set(
            extra_at(run, place),
            min(free.slots, of.left_slots),
            min(free.vcpus, of.left_vcpus),
            min(free.memory, of.left_memory),
            min(free.accelerators, of.left_accelerators),
        )
    else:
        changed = _set(extra_at(run, place), free.slots, free.vcpus, free.memory, free.accelerators)
    if changed:
        _rise(run, extra_at, place)


@inner
def give(run, node, shape, tasks):
    """Tasks end on a node, or begin where their number is negative.

    Arguments:
        run: of the replication.
        node: in service.
        shape: of the tasks.
        tasks: how many.
    """
    need, total = need_at(run, shape), world(run)
    slots, vcpus = tasks * need.slots, tasks * need.vcpus
    memory, accelerators = tasks * need.memory, tasks * need.accelerators
    total.used_slots -= slots
    total.used_vcpus -= vcpus
    total.used_memory -= memory
    total.used_accelerators -= accelerators
    if total.share:  # all but memory is there for everyone
        slots = vcpus = accelerators = 0
    total.free_slots += slots
    total.free_vcpus += vcpus
    total.free_memory += memory
    total.free_accelerators += accelerators
    place = total.leaves + node
    free = free_at(run, place)
    free.slots += slots
    free.vcpus += vcpus
    free.memory += memory
    free.accelerators += accelerators
    _rise_free(run, place)
    renew_extra(run, node)


@inner
def set_serving(run, node, serving):
    """An empty node goes into service (1) or out of it (0)."""
    total, has, place = world(run), capacity_of(run), world(run).leaves + node
    node_at(run, node).serving = serving
    sign = 2 * serving - 1
    total.in_service += sign
    total.free_slots += sign * has.slots
    total.free_vcpus += sign * has.vcpus
    total.free_memory += sign * has.memory
    total.free_accelerators += sign * has.accelerators
    if serving:
        _set(free_at(run, place), has.slots, has.vcpus, has.memory, has.accelerators)
    else:
        _set(free_at(run, place), -1, -1, -1, -1)
    _rise_free(run, place)
    renew_extra(run, node)


@inlined
def _next_fit(run, tree_at, first, needs):
    leaves = world(run).leaves
    if first >= leaves:
        return NONE
    place = leaves + first if first > 0 else 1
    while True:
        if _holds(tree_at(run, place), needs):
            if place >= leaves:
                return place - leaves
            place <<= 1
        else:
            while place & 1:
                place >>= 1
            if place == 0:
                return NONE
            place += 1


@inner
def next_free(run, first, shape):
    """The first node, from one on, on which a task fits; NONE where there is none."""
    return _next_fit(run, free_at, first, must_fit_at(run, shape))


@inner
def _next_extra(run, first, shape):
    return _next_fit(run, extra_at, first, must_fit_at(run, shape))


@inner
def enough_in_all(run, shape):
    """Whether so much is free on all nodes together as a job of a shape needs."""
    needs, tasks, total = must_fit_at(run, shape), shape_at(run, shape).tasks, world(run)
    return (
        (total.free_slots >= tasks * needs.slots)
        & (total.free_vcpus >= tasks * needs.vcpus)
        & (total.free_memory >= tasks * needs.memory)
        & (total.free_accelerators >= tasks * needs.accelerators)
    )


@inner
def choose(run, shape, beside):
    """Choose nodes for the tasks of a job, first fit; gives whether there are enough.

    Arguments:
        run: of the replication.
        shape: of the job.
        beside: 1 to leave what is reserved alone, 0 to use it as well.
    """
    world(run).chosen_count = 0
    if not enough_in_all(run, shape):
        return False
    left, count, needs = shape_at(run, shape).tasks, 0, must_fit_at(run, shape)
    leaves, node = world(run).leaves, NONE
    while left > 0:
        node = _next_extra(run, node + 1, shape) if beside else next_free(run, node + 1, shape)
        if node == NONE:
            return False
        if beside:
            most = tasks_on(extra_at(run, leaves + node), needs, left)
        else:
            most = tasks_on(free_at(run, leaves + node), needs, left)
        chosen_at(run, count).node = node
        chosen_at(run, count).tasks = most
        count += 1
        left -= most
    world(run).chosen_count = count
    return True
