"""What happens next: heaps with four children a node that know where every event is.

Everything that can happen has a number and at most one time: the timer of a station, the failure
or repair of a server, the end of what a customer does. So an event can be moved or cancelled, and
no event ever allocates. The next arrival of each source is in a heap of its own: most networks have
few sources, and half of their events then cost next to nothing. Among events of the same time the
completions of services come first, as their numbers bear a mark that makes them the largest, and
arrivals last.

A time is kept as the bits of its floating-point number: those of two numbers that are not negative
compare as the numbers do, and whole numbers are chosen between without a branch or a mask.
"""

from sim.kernels.rows import bits_of, number_of, row_of
from sim.queueing.arrays.queue_compilation import inlined, inner
from sim.queueing.kernel.queue_access import entry_at, world
from sim.queueing.kernel.queue_records import ABSENT, CALENDAR, COMPLETION, NEVER

_NUMBER = COMPLETION - 1
_in = row_of(CALENDAR)  # a row of a heap, by the address of the heap


@inlined
def _put(heap, place, event, time):
    entry = _in(heap, place)
    entry.time, entry.event = time, event
    _in(heap, event & _NUMBER).place = place


@inner
def _rise(heap, place, event, time):
    while place > 0:
        above = (place - 1) >> 2
        other, moved = _in(heap, above).time, _in(heap, above).event
        if other < time or (other == time and moved >= event):
            break
        _put(heap, place, moved, other)
        place = above
    _put(heap, place, event, time)


@inner
def _first_of(heap, begin, end):
    """The place of the first event of several."""
    least, earliest, event = begin, _in(heap, begin).time, _in(heap, begin).event
    for place in range(begin + 1, end):
        time, other = _in(heap, place).time, _in(heap, place).event
        if time < earliest or (time == earliest and other > event):
            least, earliest, event = place, time, other
    return least


@inner
def _sink(heap, size, place, event, time):
    child = (place << 2) + 1
    while child < size:
        if child + 3 < size:
            # The least of four in two rounds, without a branch to be guessed wrongly.
            a, b = _in(heap, child).time, _in(heap, child + 1).time
            c, d = _in(heap, child + 2).time, _in(heap, child + 3).time
            first, second = min(a, b), min(c, d)
            least = child + (b < a) if first <= second else child + 2 + (d < c)
            if (a == b) | (c == d) | (first == second):
                least = _first_of(heap, child, child + 4)
        else:
            least = _first_of(heap, child, size)
        earliest, moved = _in(heap, least).time, _in(heap, least).event
        if earliest > time or (earliest == time and moved <= event):
            break
        _put(heap, place, moved, earliest)
        place = least
        child = (place << 2) + 1
    _put(heap, place, event, time)


@inlined
def next_arrival_time(run):
    """When a source sends the next customers: the bits of its seconds."""
    return _in(world(run).arrivals, 0).time


@inlined
def next_source(run):
    """The source that does."""
    return _in(world(run).arrivals, 0).event


@inner
def expect(run, source, seconds):
    """Set the first arrival of a source, s."""
    heap = world(run).arrivals
    _rise(heap, _in(heap, source).place, source, bits_of(seconds))


@inlined
def expect_next(run, seconds):
    """Set the next arrival, s, of the source that comes first; infinite for none any more."""
    total = world(run)
    _sink(total.arrivals, total.sources_count, 0, next_source(run), bits_of(seconds))


@inlined
def next_time(run):
    """When what is no arrival happens next: the bits of its seconds."""
    return entry_at(run, 0).time if world(run).pending > 0 else NEVER


@inner
def _insert(run, event, time):
    world(run).pending += 1
    _rise(world(run).calendar, world(run).pending - 1, event, time)


@inner
def _move(run, event, time):
    settle(run)
    place = entry_at(run, event & _NUMBER).place
    before, old = entry_at(run, place).time, entry_at(run, place).event
    if time < before or (time == before and event > old):
        _rise(world(run).calendar, place, event, time)
    else:
        _sink(world(run).calendar, world(run).pending, place, event, time)


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
        _sink(world(run).calendar, world(run).pending, 0, event, time)
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
            _rise(world(run).calendar, place, moved, time)
        else:
            _sink(world(run).calendar, last, place, moved, time)


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
