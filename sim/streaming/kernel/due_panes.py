"""The panes of an instance by when they are due: a pairing heap.

Source: Fredman, Sedgewick, Sleator and Tarjan (1986), The pairing heap: a new form of
self-adjusting heap.
"""

from sim.streaming.arrays.stream_records import NONE
from sim.streaming.kernel.stream_access import pane_at
from sim.streaming.kernel.stream_compilation import inner


@inner
def _merged(run, one, other):
    """The root of two heaps; of those due at one time, the pane that was opened first."""
    if one == NONE:
        return other
    if other == NONE:
        return one
    first, second = pane_at(run, one), pane_at(run, other)
    if second.due < first.due or (second.due == first.due and second.number < first.number):
        one, other = other, one
        first, second = second, first
    second.sibling = first.child
    first.child = other
    return one


@inner
def with_due(run, root, pane):
    """The root of a heap with one more pane."""
    row = pane_at(run, pane)
    row.child = NONE
    row.sibling = NONE
    return _merged(run, root, pane)


@inner
def without_first(run, root):
    """The root of a heap without its first: its children in pairs, then all pairs together."""
    child, pairs = pane_at(run, root).child, NONE
    while child != NONE:
        first = child
        second = pane_at(run, first).sibling
        child = NONE
        pane_at(run, first).sibling = NONE
        if second != NONE:
            child = pane_at(run, second).sibling
            pane_at(run, second).sibling = NONE
        pair = _merged(run, first, second)
        pane_at(run, pair).sibling = pairs
        pairs = pair
    whole = NONE
    while pairs != NONE:
        after = pane_at(run, pairs).sibling
        pane_at(run, pairs).sibling = NONE
        whole = _merged(run, whole, pairs)
        pairs = after
    return whole
