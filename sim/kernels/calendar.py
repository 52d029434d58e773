"""The set of pending events: a heap with four children a node that knows where every event is.

Everything that can happen has a number and at most one time: the next arrival of a source, the
timer of a station, the failure or repair of a server, the end of what a customer does. So an
event can be moved or cancelled, and no event ever allocates.
"""

from sim.kernels.access import entry_at, world
from sim.kernels.records import ABSENT
from sim.kernels.rows import inlined, inner


@inner
def _rise(run, place, event, time):
    while place > 0:
        above = (place - 1) >> 2
        if entry_at(run, above).time <= time:
            break
        moved = entry_at(run, above).event
        entry_at(run, place).time = entry_at(run, above).time
        entry_at(run, place).event = moved
        entry_at(run, moved).place = place
        place = above
    entry_at(run, place).time = time
    entry_at(run, place).event = event
    entry_at(run, event).place = place


@inner
def _sink(run, size, place, event, time):
    while True:
        child = (place << 2) + 1
        if child >= size:
            break
        least, earliest = child, entry_at(run, child).time
        last = min(child + 4, size)
        for other in range(child + 1, last):
            if entry_at(run, other).time < earliest:
                least, earliest = other, entry_at(run, other).time
        if earliest >= time:
            break
        moved = entry_at(run, least).event
        entry_at(run, place).time = earliest
        entry_at(run, place).event = moved
        entry_at(run, moved).place = place
        place = least
    entry_at(run, place).time = time
    entry_at(run, place).event = event
    entry_at(run, event).place = place


@inner
def _insert(run, event, time):
    world(run).pending += 1
    _rise(run, world(run).pending - 1, event, time)


@inner
def _move(run, event, time):
    place = entry_at(run, event).place
    if time < entry_at(run, place).time:
        _rise(run, place, event, time)
    else:
        _sink(run, world(run).pending, place, event, time)


@inlined
def schedule(run, event, time):
    """Set the time of an event, pending or not.

    The first event scheduled after `begin` takes the place of the one that happened: most events
    cause one of their kind, and the heap is put in order once for both.

    Arguments:
        calendar: the heap.
        run: the record with its size.
        event: its number.
        time: when it happens, s.
    """
    if world(run).vacant and (
        entry_at(run, event).place == ABSENT or entry_at(run, event).place == 0
    ):
        world(run).vacant = 0
        entry_at(run, entry_at(run, 0).event).place = ABSENT
        _sink(run, world(run).pending, 0, event, time)
    elif entry_at(run, event).place == ABSENT:
        _insert(run, event, time)
    else:
        _move(run, event, time)


@inner
def cancel(run, event):
    """Take an event out, if it is pending."""
    place = entry_at(run, event).place
    if place == ABSENT:
        return
    entry_at(run, event).place = ABSENT
    world(run).pending -= 1
    last = world(run).pending
    if place != last:
        moved, time = entry_at(run, last).event, entry_at(run, last).time
        if place > 0 and entry_at(run, (place - 1) >> 2).time > time:
            _rise(run, place, moved, time)
        else:
            _sink(run, last, place, moved, time)
    if place == 0:
        world(run).vacant = 0


@inlined
def begin(run):
    """Let the first event happen: gives its number; its place is vacant until `settle`."""
    world(run).now = entry_at(run, 0).time
    world(run).vacant = 1
    return entry_at(run, 0).event


@inlined
def settle(run):
    """Take out the event that happened, if none took its place."""
    if world(run).vacant:
        world(run).vacant = 0
        cancel(run, entry_at(run, 0).event)
