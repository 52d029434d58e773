"""Waiting rooms: lists, bags and heaps of customers, linked through the customers themselves.

A customer is in one of them at a time, so that its links serve for all, and nothing is allocated
when a queue grows.
"""

from numba import njit

NONE = -1


@njit(cache=True)
def append(customers, station, c):
    """Put a customer at the end of the list of a station."""
    customers[c].previous = station.tail
    customers[c].next = NONE
    if station.tail == NONE:
        station.head = c
    else:
        customers[station.tail].next = c
    station.tail = c


@njit(cache=True)
def prepend(customers, station, c):
    """Put a customer at the front of the list of a station."""
    customers[c].next = station.head
    customers[c].previous = NONE
    if station.head == NONE:
        station.tail = c
    else:
        customers[station.head].previous = c
    station.head = c


@njit(cache=True)
def unlink(customers, station, c):
    """Take a customer out of the list of a station."""
    before, after = customers[c].previous, customers[c].next
    if before == NONE:
        station.head = after
    else:
        customers[before].next = after
    if after == NONE:
        station.tail = before
    else:
        customers[after].previous = before


@njit(cache=True)
def _before(customers, a, b):
    if customers[a].key == customers[b].key:
        return customers[a].order < customers[b].order
    return customers[a].key < customers[b].key


@njit(cache=True)
def _meld(customers, a, b):
    """One heap of two; in a heap `next` is a sibling, `previous` a sibling or the parent."""
    if _before(customers, b, a):
        a, b = b, a
    first = customers[a].child
    customers[b].next = first
    customers[b].previous = a
    if first != NONE:
        customers[first].previous = b
    customers[a].child = b
    return a


@njit(cache=True)
def heap_insert(customers, root, c):
    """Put a customer into a pairing heap, ordered by key, then by order; gives the new root.

    Source: Fredman, Sedgewick, Sleator and Tarjan (1986), The Pairing Heap.
    """
    customers[c].child = customers[c].next = customers[c].previous = NONE
    return c if root == NONE else _meld(customers, root, c)


@njit(cache=True)
def _pair(customers, first):
    """One heap of a list of siblings: in pairs from the left, then all from the right."""
    paired = NONE  # a stack of melded pairs
    while first != NONE:
        a = first
        b = customers[a].next
        first = customers[b].next if b != NONE else NONE
        customers[a].next = customers[a].previous = NONE
        if b != NONE:
            customers[b].next = customers[b].previous = NONE
            a = _meld(customers, a, b)
        customers[a].next = paired
        paired = a
    root = NONE
    while paired != NONE:
        a = paired
        paired = customers[a].next
        customers[a].next = NONE
        root = a if root == NONE else _meld(customers, root, a)
    if root != NONE:
        customers[root].previous = NONE
    return root


@njit(cache=True)
def heap_remove(customers, root, c):
    """Take any customer out of a pairing heap; gives the new root."""
    below = _pair(customers, customers[c].child)
    customers[c].child = NONE
    if c == root:
        return below
    before, after = customers[c].previous, customers[c].next
    if customers[before].child == c:
        customers[before].child = after
    else:
        customers[before].next = after
    if after != NONE:
        customers[after].previous = before
    return root if below == NONE else _meld(customers, root, below)


@njit(cache=True)
def bag_insert(customers, bag, station, c):
    """Put a customer into the bag of a station, in the last place."""
    bag[station.waiting] = c
    customers[c].place = station.waiting


@njit(cache=True)
def bag_remove(customers, bag, station, c):
    """Take a customer out of the bag of a station; the last one takes its place."""
    last = bag[station.waiting - 1]
    bag[customers[c].place] = last
    customers[last].place = customers[c].place
