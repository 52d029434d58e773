"""The set of pending events: a heap with four children a node that knows where every event is.

Everything that can happen has a number and at most one time: the next arrival of a source, the
timer of a station, the failure or repair of a server, the end of what a customer does. So an
event can be moved or cancelled, and no event ever allocates. Among events of the same time the
completions of services come first: their numbers bear a mark that makes them the largest.

A time is kept as the bits of its floating-point number: those of two numbers that are not negative
compare as the numbers do, and whole numbers are chosen between without a branch or a mask.
"""

from sim.kernels.rows import bits_of, number_of
from sim.queueing.arrays.queue_compilation import inlined, inner
from sim.queueing.kernel.queue_access import entry_at, world
from sim.queueing.kernel.queue_records import ABSENT, COMPLETION

_NUMBER = COMPLETION - 1


@inner
def _rise(run, place, event, time):
    while place > 0:
        above = (place - 1) >> 2
        other, moved = entry_at(run, above).time, entry_at(run, above).event
        if other < time or (other == time and moved >= event):
            break
        entry_at(run, place).time = other
        entry_at(run, place).event = moved
        entry_at(run, moved & _NUMBER).place = place
        place = above
    entry_at(run, place).time = time
    entry_at(run, place).event = event
    entry_at(run, event & _NUMBER).place = place


@inner
def _sink(run, size, place, event, time):
    while True:
        child = (place << 2) + 1
        if child >= size:
            break
        least, earliest, moved = child, entry_at(run, child).time, entry_at(run, child).event
        for other in range(child + 1, min(child + 4, size)):
            its_time, its_event = entry_at(run, other).time, entry_at(run, other).event
            # Without `and` and `or` there is no branch to be guessed wrongly.
            if (its_time < earliest) | ((its_time == earliest) & (its_event > moved)):
                least, earliest, moved = other, its_time, its_event
        if earliest > time or (earliest == time and moved <= event):
            break
        entry_at(run, place).time = earliest
        entry_at(run, place).event = moved
        entry_at(run, moved & _NUMBER).place = place
        place = least
    entry_at(run, place).time = time
    entry_at(run, place).event = event
    entry_at(run, event & _NUMBER).place = place


@inner
def _insert(run, event, time):
    world(run).pending += 1
    _rise(run, world(run).pending - 1, event, time)


@inner
def _move(run, event, time):
    settle(run)
    place = entry_at(run, event & _NUMBER).place
    before, old = entry_at(run, place).time, entry_at(run, place).event
    if time < before or (time == before and event > old):
        _rise(run, place, event, time)
    else:
        _sink(run, world(run).pending, place, event, time)


@inlined
def schedule(run, event, seconds):
    """Set the time of an event, pending or not.

    The first event scheduled after `begin` takes the place of the one that happened: most events
    cause one of their kind, and the heap is put in order once for both.

    Arguments:
        run: of the run.
        event: its number; the completion of a service with the mark `COMPLETION` added.
        seconds: when it happens, s.
    """
    time = bits_of(seconds)
    place = entry_at(run, event & _NUMBER).place
    if world(run).vacant and (place == ABSENT or place == 0):
        world(run).vacant = 0
        entry_at(run, entry_at(run, 0).event & _NUMBER).place = ABSENT
        _sink(run, world(run).pending, 0, event, time)
    elif place == ABSENT:
        _insert(run, event, time)
    else:
        _move(run, event, time)


@inner
def _take_out(run, event):
    place = entry_at(run, event).place
    entry_at(run, event).place = ABSENT
    world(run).pending -= 1
    last = world(run).pending
    if place != last:
        moved, time = entry_at(run, last).event, entry_at(run, last).time
        above = (place - 1) >> 2
        if place > 0 and (
            entry_at(run, above).time > time
            or (entry_at(run, above).time == time and entry_at(run, above).event < moved)
        ):
            _rise(run, place, moved, time)
        else:
            _sink(run, last, place, moved, time)


@inlined
def time_of(run, event):
    """When a pending event happens, s."""
    return number_of(entry_at(run, entry_at(run, event).place).time)


@inner
def cancel(run, event):
    """Take an event out by its number, if it is pending."""
    settle(run)
    if entry_at(run, event).place != ABSENT:
        _take_out(run, event)


@inlined
def begin(run):
    """Let the first event happen: gives it with its mark; its place is vacant until `settle`."""
    world(run).now = number_of(entry_at(run, 0).time)
    world(run).vacant = 1
    return entry_at(run, 0).event


@inlined
def settle(run):
    """Take out the event that happened, if none took its place."""
    if world(run).vacant:
        world(run).vacant = 0
        _take_out(run, entry_at(run, 0).event & _NUMBER)
