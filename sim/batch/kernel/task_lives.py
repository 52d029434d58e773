"""What becomes of tasks and stages in compiled code: they start, end, are lost and run again."""

import math

from sim.batch.arrays.batch_records import NONE
from sim.batch.kernel.batch_access import (
    after_at,
    attempt_at,
    cached_at,
    kept_at,
    node_at,
    open_at,
    running_at,
    sorted_at,
    stage_at,
    task_at,
    time_at,
    world,
)
from sim.batch.kernel.batch_compilation import inner
from sim.batch.kernel.data_places import is_local, list_all_places, list_places, part_of
from sim.batch.kernel.running_tasks import add_running, take_running
from sim.batch.kernel.slot_ring import add_slot


@inner
def start(run, stage, task, node, copy):
    """A task starts in a slot that was taken for it.

    Arguments:
        run: of the replication.
        stage: of the task.
        task: of all tasks.
        node: of the slot.
        copy: 1 where the task runs already, else 0.
    """
    total, of = world(run), task_at(run, task)
    attempt = total.unused
    row = attempt_at(run, attempt)
    total.unused = row.older
    row.number, row.task, row.stage, row.node = total.started, task, stage, node
    row.start, row.copied = total.now, copy
    row.local = 1 if is_local(run, stage, task, node) else 0
    total.started += 1
    total.copies += copy
    times = time_at(run, stage * total.workers_count + node_at(run, node).group)
    time = times.local if row.local else times.remote
    factor = of.again_factor if of.tried else of.first_factor
    of.tried = 1
    if copy:
        of.copy = attempt
    else:
        of.attempt = attempt
    add_running(run, attempt, total.now + time * factor)


@inner
def end_next(run):
    """The attempt that ends first is complete."""
    total = world(run)
    attempt = running_at(run, 0).attempt
    row = attempt_at(run, attempt)
    task, node, stage = row.task, row.node, row.stage
    took, local = total.now - row.start, row.local
    _stop(run, attempt, 1)
    of, whole = task_at(run, task), stage_at(run, stage)
    if of.attempt != NONE:
        _stop(run, of.attempt, 0)
    if of.copy != NONE:
        _stop(run, of.copy, 0)
    of.done, of.node, of.took = 1, node, took
    if whole.first != NONE:
        _remember(run, stage, task, node)
    whole.ran += 1
    whole.local += local
    whole.done += 1
    if math.isinf(whole.threshold) and whole.done >= whole.enough:
        whole.threshold = total.multiplier * _median(run, stage)
    if whole.done == whole.count:
        whole.complete, whole.ended = 1, total.now
        total.complete_count += 1
        open_stages(run)


@inner
def _remember(run, stage, task, node):
    """A node has in memory what a task has read."""
    cached_at(run, part_of(run, stage, task)).value = node
    first, total = stage_at(run, stage).first, world(run)
    for position in range(total.open_count):
        other = open_at(run, position).value
        if other != stage and stage_at(run, other).first == first:
            list_places(run, other)  # while what is lost is read again


@inner
def _stop(run, attempt, complete):
    """An attempt ends, and its slot is free."""
    total, row = world(run), attempt_at(run, attempt)
    take_running(run, attempt)
    of = task_at(run, row.task)
    if of.attempt == attempt:
        of.attempt = NONE
    else:
        of.copy = NONE
    add_slot(run, row.node)
    if total.kept_room > 0:
        if total.kept_count == total.kept_room:
            total.left_out += 1
        else:
            kept = kept_at(run, total.kept_count)
            total.kept_count += 1
            kept.stage, kept.task, kept.node = row.stage, row.task, row.node
            kept.start, kept.end, kept.complete = row.start, total.now, complete
    row.older, total.unused = total.unused, attempt


@inner
def kill(run, attempt):
    """A failure stops an attempt; its task waits again, unless it runs elsewhere."""
    row = attempt_at(run, attempt)
    task, stage = row.task, row.stage
    _stop(run, attempt, 0)
    world(run).lost += 1
    _wait_again(run, stage, task)


@inner
def _wait_again(run, stage, task):
    of = stage_at(run, stage)
    of.pending = min(of.pending, task)


@inner
def _median(run, stage):
    """Time of the attempts of a stage that are complete: of n in ascending order number n // 2."""
    of, count = stage_at(run, stage), 0
    for task in range(of.first_task, of.first_task + of.count):
        if task_at(run, task).done:
            sorted_at(run, count).value = task_at(run, task).took
            count += 1
    low, high, wanted = 0, count - 1, count // 2
    while low < high:  # Hoare (1961), Algorithm 65: Find
        pivot = sorted_at(run, (low + high) >> 1).value
        i, j = low, high
        while i <= j:
            while sorted_at(run, i).value < pivot:
                i += 1
            while sorted_at(run, j).value > pivot:
                j -= 1
            if i <= j:
                left, right = sorted_at(run, i), sorted_at(run, j)
                left.value, right.value = right.value, left.value
                i += 1
                j -= 1
        if wanted <= j:
            high = j
        elif wanted >= i:
            low = i
        else:
            break
    return sorted_at(run, wanted).value


@inner
def open_stages(run):
    """Find the stages of which all that they wait for is complete, and which are not."""
    total = world(run)
    total.open_count = 0
    for stage in range(total.stages_count):
        of = stage_at(run, stage)
        opens = not of.complete
        for row in range(of.after_first, of.after_first + of.after_count):
            if not stage_at(run, after_at(run, row).value).complete:
                opens = False
        if opens:
            open_at(run, total.open_count).value = stage
            total.open_count += 1
            if not of.open:
                list_places(run, stage)
            if of.ready < 0.0:
                of.ready = total.now
        of.open = 1 if opens else 0


@inner
def lose_data(run, node):
    """What a node kept is lost: tasks whose results are still needed run again."""
    total = world(run)
    for task in range(total.tasks_count):
        of = task_at(run, task)
        if cached_at(run, task).value == node:
            cached_at(run, task).value = NONE
        if of.done and of.node == node:
            of.node = NONE
    for stage in range(total.stages_count):
        stage_at(run, stage).needed = 0
    for stage in range(total.stages_count - 1, -1, -1):
        of = stage_at(run, stage)
        if of.keeps and of.needed:
            _redo(run, stage)
        if not of.complete:
            for row in range(of.after_first, of.after_first + of.after_count):
                stage_at(run, after_at(run, row).value).needed = 1
    open_stages(run)
    list_all_places(run)


@inner
def _redo(run, stage):
    """Tasks of a stage run again whose results are lost."""
    of, total = stage_at(run, stage), world(run)
    for task in range(of.first_task, of.first_task + of.count):
        one = task_at(run, task)
        if one.done and one.node == NONE:
            one.done = 0
            of.done -= 1
            total.recomputed += 1
            _wait_again(run, stage, task)
    if of.complete and of.done < of.count:
        of.complete = 0
        total.complete_count -= 1


@inner
def interrupt(run, anew):
    """Something that all tasks need is away; without the master all begins anew.

    Arguments:
        run: of the replication.
        anew: the master is lost.
    """
    total = world(run)
    while total.running > 0:
        kill(run, total.oldest)
    if anew:
        total.restarts += 1
        total.complete_count = 0
        for stage in range(total.stages_count):
            of = stage_at(run, stage)
            total.recomputed += of.done
            of.done, of.complete, of.pending = 0, 0, of.first_task
            of.threshold = math.inf
        for task in range(total.tasks_count):
            one = task_at(run, task)
            one.done, one.node = 0, NONE
            cached_at(run, task).value = NONE
    if total.begun:
        open_stages(run)
        list_all_places(run)
