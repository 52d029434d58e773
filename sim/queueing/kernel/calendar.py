"""What happens next: a tournament of all that is pending, in which the earliest wins.

Everything that can happen has a number and at most one time: the timer of a station, the failure
or repair of a server, the end of what a customer does. So an event can be moved or cancelled, and
no event ever allocates. Who is pending has a slot, a leaf of a binary tree whose other nodes know
the winner below them; a change is played up to the root. That is the same work for any change, and
leaves the processor no branch to guess wrongly, as the ways down a heap do. The leaves double when
more events are pending than ever before.

The next arrival of each source is in a tournament of its own: most networks have few sources, and
half of their events then cost next to nothing. Among events of the same time the completions of
services come first, as their numbers bear a mark that makes them the largest, and arrivals last.

A time is kept as the bits of its floating-point number: those of two numbers that are not negative
compare as the numbers do, and whole numbers are chosen between without a branch.

Source: Knuth (1998), The Art of Computer Programming 3, section 5.4.1: trees of selection.
"""

import numpy as np

from sim.kernels.rows import bits_of, number_of, row_of
from sim.queueing.arrays.queue_compilation import inlined, inner
from sim.queueing.kernel.queue_access import entry_at, world
from sim.queueing.kernel.queue_records import ABSENT, CALENDAR, COMPLETION, NEVER, NODE, NONE

_NUMBER = COMPLETION - 1
_SOURCES = 0  # in place of the address of the calendar: the slots are the sources themselves
_node = row_of(NODE)
_entry = row_of(CALENDAR)


@inner
def _comes_before(calendar, slot, other):
    """Of two of the same time, the one with the larger number."""
    if calendar == _SOURCES:
        return slot > other
    return _entry(calendar, slot).event > _entry(calendar, other).event


@inner
def _play(tree, leaves, calendar, slot, time):
    """Give the event of a slot its time, and let it play up to the root."""
    place = leaves + slot
    while place > 1:
        mine, other = _node(tree, place), _node(tree, place ^ 1)
        mine.time, mine.slot = time, slot
        earlier = other.time - time
        wins = earlier >> 63  # all bits of it where the other is earlier, or none
        if earlier == 0 and time < NEVER and _comes_before(calendar, other.slot, slot):
            wins = np.int64(-1)
        time += earlier & wins
        slot ^= (slot ^ other.slot) & wins
        place >>= 1
    root = _node(tree, 1)
    root.time, root.slot = time, slot


@inlined
def next_arrival_time(run):
    """When a source sends the next customers: the bits of its seconds."""
    return _node(world(run).arrivals, 1).time


@inlined
def next_source(run):
    """The source that does."""
    return _node(world(run).arrivals, 1).slot


@inlined
def expect(run, source, seconds):
    """Set the next arrival of a source, s; infinite for none any more."""
    total = world(run)
    _play(total.arrivals, total.arrival_leaves, _SOURCES, source, bits_of(seconds))


@inlined
def next_time(run):
    """When what is no arrival happens next: the bits of its seconds."""
    return _node(world(run).nodes, 1).time


@inlined
def _set(run, slot, time):
    total = world(run)
    _play(total.nodes, total.leaves, total.calendar, slot, time)


@inner
def _double(run):
    """Twice as many leaves; the memory for as many as there can be is there."""
    leaves, tree = world(run).leaves, world(run).nodes
    for slot in range(leaves):
        here, there = _node(tree, leaves + slot), _node(tree, 2 * leaves + slot)
        there.time, there.slot = here.time, slot
        free = _node(tree, 3 * leaves + slot)
        free.time, free.slot = NEVER, leaves + slot
        entry_at(run, leaves + slot).event = leaves + slot + 1 if slot + 1 < leaves else NONE
    world(run).free_slot = leaves
    world(run).leaves = 2 * leaves
    for place in range(2 * leaves - 1, 0, -1):
        first, second = _node(tree, 2 * place), _node(tree, 2 * place + 1)
        wins = second.time < first.time
        if second.time == first.time and first.time < NEVER:
            wins = _comes_before(world(run).calendar, second.slot, first.slot)
        node = _node(tree, place)
        node.time = second.time if wins else first.time
        node.slot = second.slot if wins else first.slot


@inner
def _insert(run, event, time):
    if world(run).free_slot == NONE:
        _double(run)
    slot = world(run).free_slot
    world(run).free_slot = entry_at(run, slot).event
    world(run).pending += 1
    entry_at(run, slot).event = event
    entry_at(run, event & _NUMBER).place = slot
    _set(run, slot, time)


@inlined
def schedule(run, event, seconds):
    """Set the time of an event, pending or not.

    The first event scheduled after `begin` takes the slot of the one that happened: most events
    cause one of their kind, and both changes are played once.

    Arguments:
        run: of the run.
        event: its number; the completion of a service with the mark `COMPLETION` added.
        seconds: when it happens, s.
    """
    time, total = bits_of(seconds), world(run)
    slot = entry_at(run, event & _NUMBER).place
    if total.vacant != NONE and (slot == ABSENT or slot == total.vacant):
        slot = total.vacant
        total.vacant = NONE
        entry_at(run, entry_at(run, slot).event & _NUMBER).place = ABSENT
        entry_at(run, event & _NUMBER).place = slot
        entry_at(run, slot).event = event
        _set(run, slot, time)
    elif slot == ABSENT:
        _insert(run, event, time)
    else:
        entry_at(run, slot).event = event
        _set(run, slot, time)


@inner
def _take_out(run, event):
    slot = entry_at(run, event).place
    entry_at(run, event).place = ABSENT
    world(run).pending -= 1
    entry_at(run, slot).event = world(run).free_slot
    world(run).free_slot = slot
    _set(run, slot, NEVER)


@inlined
def time_of(run, event):
    """When a pending event happens, s."""
    return number_of(_node(world(run).nodes, world(run).leaves + entry_at(run, event).place).time)


@inner
def cancel(run, event):
    """Take an event out by its number, if it is pending."""
    settle(run)
    if entry_at(run, event).place != ABSENT:
        _take_out(run, event)


@inlined
def begin(run):
    """Let the first event happen: gives it with its mark; its slot is vacant until `settle`."""
    root = _node(world(run).nodes, 1)
    world(run).now = number_of(root.time)
    world(run).vacant = root.slot
    return entry_at(run, root.slot).event


@inlined
def settle(run):
    """Take out the event that happened, if none took its place."""
    slot = world(run).vacant
    if slot != NONE:
        world(run).vacant = NONE
        _take_out(run, entry_at(run, slot).event & _NUMBER)
