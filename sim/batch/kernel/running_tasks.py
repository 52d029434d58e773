"""The attempts that run, in compiled code: a heap by their ends, and lists by their starts."""

from sim.batch.arrays.batch_records import NONE
from sim.batch.kernel.batch_access import attempt_at, running_at, stage_at, world
from sim.batch.kernel.batch_compilation import inner


@inner
def add_running(run, attempt, time):
    """An attempt begins to run.

    Arguments:
        run: of the replication.
        attempt: its record, with its number and stage.
        time: of its end, s.
    """
    total, of = world(run), attempt_at(run, attempt)
    _lift(run, total.running, time, of.number, attempt)
    total.running += 1
    of.older, of.newer = total.newest, NONE
    if total.newest == NONE:
        total.oldest = attempt
    else:
        attempt_at(run, total.newest).newer = attempt
    total.newest = attempt
    if of.copied:
        return
    stage = stage_at(run, of.stage)
    of.older_of_stage, of.newer_of_stage = stage.newest, NONE
    if stage.newest == NONE:
        stage.oldest = attempt
    else:
        attempt_at(run, stage.newest).newer_of_stage = attempt
    stage.newest = attempt


@inner
def take_running(run, attempt):
    """An attempt runs no longer."""
    total, of = world(run), attempt_at(run, attempt)
    place = of.place
    total.running -= 1
    if place < total.running:
        last = running_at(run, total.running)
        time, number, moved = last.time, last.number, last.attempt
        if place > 0 and _before(run, time, number, (place - 1) >> 1):
            _lift(run, place, time, number, moved)
        else:
            _sink(run, total.running, place, time, number, moved)
    if of.older == NONE:
        total.oldest = of.newer
    else:
        attempt_at(run, of.older).newer = of.newer
    if of.newer == NONE:
        total.newest = of.older
    else:
        attempt_at(run, of.newer).older = of.older
    if not of.copied:
        copy_no_more(run, attempt)


@inner
def copy_no_more(run, attempt):
    """An attempt is none of those that may be copied."""
    of = attempt_at(run, attempt)
    stage = stage_at(run, of.stage)
    if of.older_of_stage == NONE:
        stage.oldest = of.newer_of_stage
    else:
        attempt_at(run, of.older_of_stage).newer_of_stage = of.newer_of_stage
    if of.newer_of_stage == NONE:
        stage.newest = of.older_of_stage
    else:
        attempt_at(run, of.newer_of_stage).older_of_stage = of.older_of_stage
    of.copied = 1


@inner
def _before(run, time, number, place):
    """Whether an end comes before that at a place of the heap."""
    other = running_at(run, place)
    return time < other.time or (time == other.time and number < other.number)


@inner
def _put(run, place, time, number, attempt):
    entry = running_at(run, place)
    entry.time, entry.number, entry.attempt = time, number, attempt
    attempt_at(run, attempt).place = place


@inner
def _lift(run, place, time, number, attempt):
    while place > 0:
        above = (place - 1) >> 1
        if not _before(run, time, number, above):
            break
        other = running_at(run, above)
        _put(run, place, other.time, other.number, other.attempt)
        place = above
    _put(run, place, time, number, attempt)


@inner
def _sink(run, size, place, time, number, attempt):
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        if child + 1 < size:
            other = running_at(run, child + 1)
            if _before(run, other.time, other.number, child):
                child += 1
        if _before(run, time, number, child):
            break
        other = running_at(run, child)
        _put(run, place, other.time, other.number, other.attempt)
        place = child
    _put(run, place, time, number, attempt)
