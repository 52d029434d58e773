"""The set of pending events: a heap with four children a node that knows where every event is.

Everything that can happen has a number and at most one time: the next arrival of a source, the
timer of a station, the failure or repair of a server, the end of what a customer does. So an
event can be moved or cancelled, and no event ever allocates.
"""

import numpy as np
from numba import njit

CALENDAR = np.dtype(
    [
        ("time", "f8"),  # of the event in this place of the heap, s
        ("event", "i8"),  # its number
        ("place", "i8"),  # of the event with the number of this row; ABSENT if it is not pending
    ],
    align=True,
)
ABSENT = -1


def empty_calendar(events: int):
    """A calendar for events with numbers below `events`, none of them pending."""
    calendar = np.zeros(events, CALENDAR)
    calendar["place"] = ABSENT
    return calendar


@njit(cache=True)
def _rise(calendar, place, event, time):
    while place > 0:
        above = (place - 1) >> 2
        if calendar[above].time <= time:
            break
        moved = calendar[above].event
        calendar[place].time = calendar[above].time
        calendar[place].event = moved
        calendar[moved].place = place
        place = above
    calendar[place].time = time
    calendar[place].event = event
    calendar[event].place = place


@njit(cache=True)
def _sink(calendar, size, place, event, time):
    while True:
        child = (place << 2) + 1
        if child >= size:
            break
        least, earliest = child, calendar[child].time
        last = min(child + 4, size)
        for other in range(child + 1, last):
            if calendar[other].time < earliest:
                least, earliest = other, calendar[other].time
        if earliest >= time:
            break
        moved = calendar[least].event
        calendar[place].time = earliest
        calendar[place].event = moved
        calendar[moved].place = place
        place = least
    calendar[place].time = time
    calendar[place].event = event
    calendar[event].place = place


@njit(cache=True)
def _insert(calendar, world, event, time):
    world.pending += 1
    _rise(calendar, world.pending - 1, event, time)


@njit(cache=True)
def _move(calendar, world, event, time):
    place = calendar[event].place
    if time < calendar[place].time:
        _rise(calendar, place, event, time)
    else:
        _sink(calendar, world.pending, place, event, time)


@njit(cache=True, forceinline=True)
def schedule(calendar, world, event, time):
    """Set the time of an event, pending or not.

    The first event scheduled after `begin` takes the place of the one that happened: most events
    cause one of their kind, and the heap is put in order once for both.

    Arguments:
        calendar: the heap.
        world: the record with its size.
        event: its number.
        time: when it happens, s.
    """
    if world.vacant and (calendar[event].place == ABSENT or calendar[event].place == 0):
        world.vacant = 0
        calendar[calendar[0].event].place = ABSENT
        _sink(calendar, world.pending, 0, event, time)
    elif calendar[event].place == ABSENT:
        _insert(calendar, world, event, time)
    else:
        _move(calendar, world, event, time)


@njit(cache=True)
def cancel(calendar, world, event):
    """Take an event out, if it is pending."""
    place = calendar[event].place
    if place == ABSENT:
        return
    calendar[event].place = ABSENT
    world.pending -= 1
    last = world.pending
    if place != last:
        moved, time = calendar[last].event, calendar[last].time
        if place > 0 and calendar[(place - 1) >> 2].time > time:
            _rise(calendar, place, moved, time)
        else:
            _sink(calendar, last, place, moved, time)
    if place == 0:
        world.vacant = 0


@njit(cache=True, forceinline=True)
def begin(calendar, world):
    """Let the first event happen: gives its number; its place is vacant until `settle`."""
    world.now = calendar[0].time
    world.vacant = 1
    return calendar[0].event


@njit(cache=True, forceinline=True)
def settle(calendar, world):
    """Take out the event that happened, if none took its place."""
    if world.vacant:
        world.vacant = 0
        cancel(calendar, world, calendar[0].event)
