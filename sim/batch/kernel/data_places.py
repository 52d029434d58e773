"""Where tasks have their data, in compiled code: lists of the tasks of a stage by node."""

from sim.batch.arrays.batch_records import NONE
from sim.batch.kernel.batch_access import (
    cached_at,
    head_at,
    next_place_at,
    open_at,
    place_at,
    stage_at,
    task_at,
    world,
)
from sim.batch.kernel.batch_compilation import inlined, inner


@inlined
def waits(run, task):
    """Whether a task waits for a slot."""
    of = task_at(run, task)
    return (of.done == 0) & (of.attempt == NONE) & (of.copy == NONE)


@inlined
def finds_memory(run, stage):
    """Whether a stage may find its input in memory."""
    first = stage_at(run, stage).first
    return (first != NONE) & (first != stage)


@inlined
def part_of(run, stage, task):
    """The task of the first iteration that read the same."""
    of = stage_at(run, stage)
    return stage_at(run, of.first).first_task + task - of.first_task


@inner
def is_local(run, stage, task, node):
    """Whether a node has the data of a task."""
    if finds_memory(run, stage):
        return cached_at(run, part_of(run, stage, task)).value == node
    if not stage_at(run, stage).placed:
        return False
    places = world(run).places_count
    for row in range(task * places, (task + 1) * places):
        if place_at(run, row).value == node:
            return True
    return False


@inner
def list_places(run, stage):
    """List the tasks of a stage by the nodes that have their data, in their order."""
    of, total = stage_at(run, stage), world(run)
    if of.heads == NONE:
        return
    for node in range(total.nodes_count):
        head_at(run, of.heads + node).value = NONE
    places, memory = total.places_count, finds_memory(run, stage)
    for task in range(of.first_task + of.count - 1, of.first_task - 1, -1):
        for place in range(places):
            row = task * places + place
            if not memory:
                node = place_at(run, row).value
            elif place == 0:
                node = cached_at(run, part_of(run, stage, task)).value
            else:
                node = NONE
            if node != NONE:
                head = head_at(run, of.heads + node)
                next_place_at(run, row).value = head.value
                head.value = row


@inner
def list_all_places(run):
    """List those of all open stages again, since tasks wait anew, or data are lost."""
    for position in range(world(run).open_count):
        list_places(run, open_at(run, position).value)


@inner
def chosen_task(run, stage, node, first):
    """The first task that waits and has its data on a node; else the first of all that wait.

    Arguments:
        run: of the replication.
        stage: that has tasks which wait.
        node: with a free slot.
        first: task of the stage that waits.
    """
    of = stage_at(run, stage)
    if of.heads == NONE:
        return first
    places, head = world(run).places_count, head_at(run, of.heads + node)
    while head.value != NONE:
        task = head.value // places
        if waits(run, task):
            return task
        head.value = next_place_at(run, head.value).value
    return first
