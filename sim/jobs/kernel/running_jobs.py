"""The jobs that run: a heap by their ends, and, for a backfill, a list by the ends expected."""

from sim.jobs.kernel.jobs_access import job_at, planned_at, running_at, world
from sim.jobs.kernel.jobs_compilation import inner


@inner
def _put(run, place, time, job):
    entry = running_at(run, place)
    entry.time, entry.job = time, job
    job_at(run, job).place = place


@inner
def _lift(run, place, time, job):
    while place > 0:
        above = (place - 1) >> 1
        other = running_at(run, above)
        if other.time <= time:
            break
        _put(run, place, other.time, other.job)
        place = above
    _put(run, place, time, job)


@inner
def _sink(run, size, place, time, job):
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        if child + 1 < size and running_at(run, child + 1).time < running_at(run, child).time:
            child += 1
        other = running_at(run, child)
        if time <= other.time:
            break
        _put(run, place, other.time, other.job)
        place = child
    _put(run, place, time, job)


@inner
def add_running(run, job):
    """A job whose ends are known begins to run."""
    total, of = world(run), job_at(run, job)
    _lift(run, total.running, of.ends, job)
    total.running += 1
    if total.backfill:
        place = total.planned_count
        total.planned_count += 1
        while place > 0 and planned_at(run, place - 1).time > of.expected:
            _shift(run, place - 1, place)
            place -= 1
        entry = planned_at(run, place)
        entry.time, entry.job = of.expected, job


@inner
def take_running(run, job):
    """A job runs no longer."""
    total, place = world(run), job_at(run, job).place
    total.running -= 1
    last = running_at(run, total.running)
    if place < total.running:
        time, moved = last.time, last.job
        if place > 0 and running_at(run, (place - 1) >> 1).time > time:
            _lift(run, place, time, moved)
        else:
            _sink(run, total.running, place, time, moved)
    if total.backfill:
        _take_planned(run, job)


@inner
def _take_planned(run, job):
    total, expected = world(run), job_at(run, job).expected
    low, high = 0, total.planned_count
    while low < high:
        middle = (low + high) >> 1
        if planned_at(run, middle).time < expected:
            low = middle + 1
        else:
            high = middle
    while planned_at(run, low).job != job:
        low += 1
    total.planned_count -= 1
    for place in range(low, total.planned_count):
        _shift(run, place + 1, place)


@inner
def _shift(run, source, target):
    taken, put = planned_at(run, source), planned_at(run, target)
    put.time, put.job = taken.time, taken.job
