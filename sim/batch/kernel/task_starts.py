"""Which tasks start now in compiled code, after all that happens at one instant."""

import math

from sim.batch.arrays.batch_records import NONE
from sim.batch.kernel.batch_access import attempt_at, open_at, stage_at, world
from sim.batch.kernel.batch_compilation import inner
from sim.batch.kernel.data_places import chosen_task, waits
from sim.batch.kernel.running_tasks import copy_no_more
from sim.batch.kernel.slot_ring import take_slot, take_slot_elsewhere
from sim.batch.kernel.task_lives import start


@inner
def start_tasks(run):
    """Free slots take tasks, then copies of what takes long; then look when to look again."""
    total = world(run)
    total.alarm = math.inf
    if not total.begun or total.short_needed > 0:
        return
    for position in range(total.open_count):
        _start_of(run, open_at(run, position).value)
    for position in range(total.open_count):
        _copy_of(run, open_at(run, position).value)
    _set_alarm(run)


@inner
def _start_of(run, stage):
    total, of = world(run), stage_at(run, stage)
    end = of.first_task + of.count
    while total.free_count > 0:
        first = of.pending
        while first < end and not waits(run, first):
            first += 1
        of.pending = first
        if first == end:
            return
        node = take_slot(run)
        start(run, stage, chosen_task(run, stage, node, first), node, 0)


@inner
def _copy_of(run, stage):
    """Slots that are left take copies, each on another node."""
    total, of = world(run), stage_at(run, stage)
    while total.free_count > 0 and of.oldest != NONE:
        late = of.oldest
        row = attempt_at(run, late)
        if row.start + of.threshold > total.now:
            return
        node = take_slot_elsewhere(run, row.node)
        if node == row.node:
            return
        copy_no_more(run, late)
        start(run, stage, row.task, node, 1)


@inner
def _set_alarm(run):
    total, time = world(run), math.inf
    for position in range(total.open_count):
        of = stage_at(run, open_at(run, position).value)
        if of.oldest != NONE:
            due = attempt_at(run, of.oldest).start + of.threshold
            if due > total.now:
                time = min(time, due)
    if not math.isinf(time):
        total.alarm = total.now + (time - total.now)
