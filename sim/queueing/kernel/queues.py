"""Waiting rooms: lists, bags and heaps of customers, linked through the customers themselves.

A customer is in one of them at a time, so that its links serve for all, and nothing is allocated
when a queue grows.
"""

from sim.queueing.arrays.queue_compilation import inlined, inner
from sim.queueing.kernel.queue_access import customer_at, slot_at, station_at, world
from sim.queueing.kernel.queue_records import NONE


@inner
def append(run, s, c):
    """Put a customer at the end of the list of a station."""
    station = station_at(run, s)
    customer_at(run, c).previous = station.tail
    customer_at(run, c).next = NONE
    if station.tail == NONE:
        station.head = c
    else:
        customer_at(run, station.tail).next = c
    station.tail = c


@inner
def prepend(run, s, c):
    """Put a customer at the front of the list of a station."""
    station = station_at(run, s)
    customer_at(run, c).next = station.head
    customer_at(run, c).previous = NONE
    if station.head == NONE:
        station.tail = c
    else:
        customer_at(run, station.head).previous = c
    station.head = c


@inlined
def take_first(run, s):
    """Take the first customer out of the list of a station."""
    station = station_at(run, s)
    c = station.head
    after = customer_at(run, c).next
    station.head = after
    if after == NONE:
        station.tail = NONE
    else:
        customer_at(run, after).previous = NONE
    return c


@inner
def unlink(run, s, c):
    """Take a customer out of the list of a station."""
    station = station_at(run, s)
    before, after = customer_at(run, c).previous, customer_at(run, c).next
    if before == NONE:
        station.head = after
    else:
        customer_at(run, before).next = after
    if after == NONE:
        station.tail = before
    else:
        customer_at(run, after).previous = before


@inner
def _before(run, a, b):
    if customer_at(run, a).key == customer_at(run, b).key:
        return customer_at(run, a).order < customer_at(run, b).order
    return customer_at(run, a).key < customer_at(run, b).key


@inner
def _meld(run, a, b):
    """One heap of two; in a heap `next` is a sibling, `previous` a sibling or the parent."""
    if _before(run, b, a):
        a, b = b, a
    first = customer_at(run, a).child
    customer_at(run, b).next = first
    customer_at(run, b).previous = a
    if first != NONE:
        customer_at(run, first).previous = b
    customer_at(run, a).child = b
    return a


@inner
def heap_insert(run, root, c):
    """Put a customer into a pairing heap, ordered by key, then by order; gives the new root.

    Source: Fredman, Sedgewick, Sleator and Tarjan (1986), The Pairing Heap.
    """
    customer_at(run, c).child = customer_at(run, c).next = customer_at(run, c).previous = NONE
    return c if root == NONE else _meld(run, root, c)


@inner
def _pair(run, first):
    """One heap of a list of siblings: in pairs from the left, then all from the right."""
    paired = NONE  # a stack of melded pairs
    while first != NONE:
        a = first
        b = customer_at(run, a).next
        first = customer_at(run, b).next if b != NONE else NONE
        customer_at(run, a).next = customer_at(run, a).previous = NONE
        if b != NONE:
            customer_at(run, b).next = customer_at(run, b).previous = NONE
            a = _meld(run, a, b)
        customer_at(run, a).next = paired
        paired = a
    root = NONE
    while paired != NONE:
        a = paired
        paired = customer_at(run, a).next
        customer_at(run, a).next = NONE
        root = a if root == NONE else _meld(run, root, a)
    if root != NONE:
        customer_at(run, root).previous = NONE
    return root


@inner
def heap_remove(run, root, c):
    """Take any customer out of a pairing heap; gives the new root."""
    below = _pair(run, customer_at(run, c).child)
    customer_at(run, c).child = NONE
    if c == root:
        return below
    before, after = customer_at(run, c).previous, customer_at(run, c).next
    if customer_at(run, before).child == c:
        customer_at(run, before).child = after
    else:
        customer_at(run, before).next = after
    if after != NONE:
        customer_at(run, after).previous = before
    return root if below == NONE else _meld(run, root, below)


@inner
def bag_insert(run, s, c):
    """Put a customer into the bag of a station, in the last place."""
    station = station_at(run, s)
    slot_at(run, station.bag * world(run).room + station.waiting).value = c
    customer_at(run, c).place = station.waiting


@inner
def bag_remove(run, s, c):
    """Take a customer out of the bag of a station; the last one takes its place."""
    station = station_at(run, s)
    first = station.bag * world(run).room
    last = slot_at(run, first + station.waiting - 1).value
    slot_at(run, first + customer_at(run, c).place).value = last
    customer_at(run, last).place = customer_at(run, c).place
