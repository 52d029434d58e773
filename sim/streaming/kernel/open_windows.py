"""Windows of an instance: events are put in, and results are given as the watermark passes."""

import math

from sim.streaming.arrays.stream_records import NONE
from sim.streaming.kernel.departing import leave
from sim.streaming.kernel.due_panes import with_due, without_first
from sim.streaming.kernel.stream_access import head_at, instance_at, pane_at, stage_at, world
from sim.streaming.kernel.stream_compilation import inner

_SLIDING = 1  # WindowKind, which compiled code takes as a number
_MILLISECOND = 1e-3  # before the end of its window, as Flink and Beam have it: a result's time


@inner
def gather(run, stage_number, instance_number, key, time, at):
    """An event is put into the windows that hold it; then all windows that are due give results.

    Arguments:
        run: address of its record.
        stage_number: of the operator.
        instance_number: of its instance.
        key: of the event.
        time: at which it happened, s.
        at: when the instance is done with it, s.
    """
    total, stage = world(run), stage_at(run, stage_number)
    instance = instance_at(run, instance_number)
    passed = instance.latest - stage.watermark
    own = key if stage.by_key else instance_number - stage.first
    if stage.window == _SLIDING:
        taken = _put(run, stage_number, instance_number, own, key, time, at, passed)
    else:
        taken = _put_into_session(run, stage_number, instance_number, own, key, time, passed)
    if not taken and at >= total.warmup and at <= total.horizon:
        stage.late += 1
    if time > instance.latest:
        instance.latest = time
        _give_due(run, stage_number, instance_number, at)


@inner
def _put(run, stage_number, instance_number, own, key, time, at, passed):
    stage, taken = stage_at(run, stage_number), False
    number = math.floor(time / stage.every)
    while number * stage.every > time - stage.size:
        end = number * stage.every + stage.size
        if end + stage.lateness > passed:
            taken = True
            pane = head_at(run, stage.first_head + own).value
            while pane != NONE and pane_at(run, pane).window != number:
                pane = pane_at(run, pane).next
            if pane == NONE:
                begin = number * stage.every
                pane = _opened(run, stage_number, instance_number, own, key, begin, end)
                pane_at(run, pane).window = number
            row = pane_at(run, pane)
            row.events += 1
            if row.given:
                _give(run, stage_number, instance_number, pane, at, True)
        number -= 1
    return taken


@inner
def _put_into_session(run, stage_number, instance_number, own, key, time, passed):
    stage = stage_at(run, stage_number)
    pane, mine = head_at(run, stage.first_head + own).value, NONE
    while pane != NONE:
        row = pane_at(run, pane)
        after = row.next
        if time < row.end and row.begin < time + stage.size:
            if mine == NONE:
                mine = pane
                row.begin = min(row.begin, time)
                row.end = max(row.end, time + stage.size)
            else:
                kept = pane_at(run, mine)
                kept.begin = min(kept.begin, row.begin)
                kept.end = max(kept.end, row.end)
                kept.events += row.events
                row.dead = 1
                _unlink(run, pane)
        pane = after
    if mine == NONE:
        end = time + stage.size
        if end <= passed:
            return False
        mine = _opened(run, stage_number, instance_number, own, key, time, end)
    pane_at(run, mine).events += 1
    return True


@inner
def _opened(run, stage_number, instance_number, own, key, begin, end):
    total, stage = world(run), stage_at(run, stage_number)
    instance = instance_at(run, instance_number)
    pane = total.unused_pane
    row = pane_at(run, pane)
    total.unused_pane = row.next
    total.unused_panes -= 1
    total.used_panes += 1
    head = head_at(run, stage.first_head + own)
    row.number, row.key, row.head = total.opened, key, stage.first_head + own
    row.window, row.begin, row.end, row.due = 0, begin, end, end
    row.events, row.given, row.dead = 0, 0, 0
    row.next = head.value
    head.value = pane
    total.opened += 1
    instance.timers = with_due(run, instance.timers, pane)
    return pane


@inner
def _unlink(run, pane):
    """A pane is no longer among those of its key."""
    row = pane_at(run, pane)
    head = head_at(run, row.head)
    if head.value == pane:
        head.value = row.next
        return
    other = head.value
    while pane_at(run, other).next != pane:
        other = pane_at(run, other).next
    pane_at(run, other).next = row.next


@inner
def _give_due(run, stage_number, instance_number, at):
    """All that the watermark has passed."""
    stage, instance = stage_at(run, stage_number), instance_at(run, instance_number)
    passed = instance.latest - stage.watermark
    while instance.timers != NONE and pane_at(run, instance.timers).due <= passed:
        pane = instance.timers
        row = pane_at(run, pane)
        instance.timers = without_first(run, pane)
        if row.dead:
            _free(run, pane)
            continue
        closes = row.end + stage.lateness if row.given else row.end
        if closes > row.due:  # it has grown meanwhile
            row.due = closes
            instance.timers = with_due(run, instance.timers, pane)
            continue
        if not row.given:
            _give(run, stage_number, instance_number, pane, at, False)
            row.given = 1
            if stage.lateness > 0.0:
                row.due = row.end + stage.lateness
                instance.timers = with_due(run, instance.timers, pane)
                continue
        _unlink(run, pane)
        _free(run, pane)


@inner
def _give(run, stage_number, instance_number, pane, at, again):
    total, stage, row = world(run), stage_at(run, stage_number), pane_at(run, pane)
    if at >= total.warmup and at <= total.horizon:
        if again:
            stage.updates += 1
        else:
            stage.results += 1
    leave(run, stage_number, instance_number, row.key, 0, row.end - _MILLISECOND, row.end, at)


@inner
def _free(run, pane):
    total, row = world(run), pane_at(run, pane)
    row.next = total.unused_pane
    total.unused_pane = pane
    total.unused_panes += 1
    total.used_panes -= 1
