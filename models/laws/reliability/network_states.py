"""Explores what a graph can still become, an element decided at a time, equal rests merged.

A state is one integer of 64 bits, so that all states of a decision are worked on as one array.
Bit 63 says that source and target are joined, bit 62 that they can't be any more.

Undirected: 4 bits for each node that has edges decided and edges to come. They hold what the node
is joined to by working edges: 0 the source, 1 the target, 2 + k a part whose first node stands at
place k, 15 a node that has failed or a place that is free.

Directed, without cycles: a bit for each such node, set where the source reaches it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.laws.reliability.bdd import Decisions
from models.laws.reliability.bdd_nodes import FAILED, WORKS, Whole

States = NDArray[np.uint64]
Move = Callable[[States], States]

PLACES = 13  # nodes whose joints an undirected state can hold
BITS = 60  # nodes that a directed state can hold
_FEW = 256  # states that are merged one by one; more are sorted
_JOINED, _PARTED = 1 << 63, 1 << 62
_FREE = np.uint64(15)
_ONE, _TWO = np.uint64(1), np.uint64(2)


@dataclass(frozen=True)
class Step:
    """Something that happens to all states.

    Arguments:
        works: what becomes of a state, where the element works.
        fails: where it has failed; None leaves the state as it is.
        element: position of the child that is decided; None is certain to work.
    """

    works: Move
    fails: Move | None = None
    element: int | None = None


def explore(
    steps: Sequence[Step],
    start: int,
    bits: int,
    children: tuple[int, ...],
    most: int = 30_000_000,
) -> Decisions:
    """The decision diagram that the steps span.

    Arguments:
        steps: in their order.
        start: the first state.
        bits: that an undecided state fills at most.
        children: numbers of the elements in the structure.
        most: states; a graph that needs more is refused.

    Raises:
        ValueError: there are too many states.

    Source: Hardy, Lucet and Limnios (2007), K-terminal network reliability measures with binary
        decision diagrams, section 3.
    """
    first = next((k for k, step in enumerate(steps) if step.element is not None), len(steps))
    states = np.array([start], dtype=np.uint64)
    for step in steps[:first]:
        states = step.works(states)
    states, root = _merged(states, 2, bits)
    levels: list[tuple[int, int, int]] = []
    ends: Whole = np.array([FAILED, WORKS], dtype=np.int32)
    low, high = [ends], [ends]
    at, base = first, 2
    while at < len(steps) and states.size:
        step, at = steps[at], at + 1
        failing = states if step.fails is None else step.fails(states)
        after = np.concatenate((failing, step.works(states)))
        while at < len(steps) and steps[at].element is None:
            after = steps[at].works(after)
            at += 1
        end = base + states.size
        if end > most:
            raise ValueError(
                f"the graph needs more than {most:,} states; it is too wide for an exact answer"
            )
        assert step.element is not None
        levels.append((step.element, base, end))
        count = states.size
        states, index = _merged(after, end, bits)
        low.append(index[:count])
        high.append(index[count:])
        base = end
    return Decisions(
        children, tuple(levels), np.concatenate(low), np.concatenate(high), int(root[0])
    )


def _merged(states: States, base: int, bits: int) -> tuple[States, Whole]:
    """The undecided states, each once, and the number of each state given."""
    if states.size <= _FEW:
        return _few_merged(states, base)
    index = np.where(states >= _JOINED, np.int32(WORKS), np.int32(FAILED))
    undecided = np.flatnonzero(states < _PARTED)
    if not undecided.size:
        return states[:0], index
    some = states[undecided]
    spare = np.uint64(int(states.size).bit_length())
    if bits + int(spare) <= 64:
        # Sorted with their places in the lowest bits: faster than to sort the places alone.
        packed = (some << spare) | undecided.astype(np.uint64)
        packed.sort()
        ordered = packed >> spare
        places = (packed & ((_ONE << spare) - _ONE)).astype(np.int64)
    else:
        order = np.argsort(some)
        ordered, places = some[order], undecided[order]
    first = np.empty(ordered.size, dtype=bool)
    first[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    index[places] = np.cumsum(first, dtype=np.int32) + np.int32(base - 1)
    return ordered[first], index


def _few_merged(states: States, base: int) -> tuple[States, Whole]:
    known: dict[int, int] = {}
    index = []
    for state in states.tolist():
        if state >= _PARTED:
            index.append(WORKS if state >= _JOINED else FAILED)
        else:
            index.append(known.setdefault(state, base + len(known)))
    return np.array([*known], dtype=np.uint64), np.array(index, dtype=np.int32)


@dataclass(frozen=True)
class Joints:
    """What can happen to the states of an undirected graph.

    Arguments:
        places: that its nodes take, 1 to 13.
    """

    places: int

    @property
    def start(self) -> int:
        """The state with no node in it."""
        return (1 << (4 * self.places)) - 1

    def enter(self, place: int, element: int | None) -> Step:
        """A node takes its place, joined to nothing; failed, it stays as the free place is.

        Arguments:
            place: free so far.
            element: that the node needs to carry.
        """
        change = np.uint64((15 ^ (2 + place)) << (4 * place))
        return Step(lambda states: states ^ change, element=element)

    def join(self, one: int, other: int, element: int | None) -> Step:
        """An edge joins what two nodes are joined to.

        Arguments:
            one: place of a node; -1 is the source, -2 the target.
            other: of the other.
            element: that the edge needs to carry.
        """

        def works(states: States) -> States:
            first, second = _label(states, one), _label(states, other)
            kept, gone = np.minimum(first, second), np.maximum(first, second)
            change = (kept ^ gone) * (gone != _FREE)
            joined: States = states ^ (self._holding(states, gone) * change)
            # Source and target have the labels 0 and 1; no others have this sum.
            joined[kept + gone == _ONE] |= np.uint64(_JOINED)
            return joined

        return Step(works, element=element)

    def leave(self, place: int) -> Step:
        """A node without edges to come gives its place back.

        Arguments:
            place: of the node.
        """
        shift, named = np.uint64(4 * place), np.uint64(2 + place)

        def works(states: States) -> States:
            left = states | (_FREE << shift)
            renamed = np.flatnonzero((states >> shift) & _FREE == named)
            if renamed.size:
                some = left[renamed]
                members = self._holding(some, named)
                lowest = members & (~members + _ONE)
                heir = np.frexp(lowest.astype(np.float64))[1] - 1
                name = (np.maximum(heir, 0) // 4 + 2).astype(np.uint64)
                left[renamed] = some ^ (members * (named ^ name))
            return left

        return Step(works)

    def fade(self, place: int) -> Step:
        """A node joined to nothing, with one edge to come, is as good as failed.

        Arguments:
            place: of the node.
        """
        named, itself = np.uint64(2 + place), np.uint64(1 << (4 * place))

        def works(states: States) -> States:
            # The name of a part is that of its first node, which may stand alone.
            alone = self._holding(states, named) == itself
            faded: States = states | (alone * (itself * _FREE))
            return faded

        return Step(works)

    def part(self, label: int) -> Step:
        """States in which no node with edges to come is joined to a terminal are failed.

        Arguments:
            label: of the terminal, which has no edges to come: 0 the source, 1 the target.
        """
        wanted = np.uint64(label)

        def works(states: States) -> States:
            return np.where(self._holding(states, wanted) == 0, states | _PARTED, states)

        return Step(works)

    def _holding(self, states: States, label: States | np.uint64) -> States:
        """1 in the 4 bits of each place with the label, 0 in the others."""
        each = np.uint64(int("1" * self.places, 16))
        differs = states ^ (label * each)
        differs |= differs >> _TWO
        differs |= differs >> _ONE
        differs &= each
        differs ^= each
        return differs


def survive(place: int, element: int | None) -> Step:
    """A node is decided; failed, it is not reached.

    Arguments:
        place: of the node's bit.
        element: that the node needs to carry.
    """
    kept = ~(_ONE << np.uint64(place))
    return Step(lambda states: states, lambda states: states & kept, element)


def carry(place: int, heads: Sequence[int], element: int | None) -> Step:
    """Edges out of a node reach others.

    Arguments:
        place: of the bit of the node that they leave.
        heads: of the bits of the nodes that they enter; -2 is the target.
        element: that the edges need to carry.
    """
    shift = np.uint64(place)
    heads_reached = np.uint64(sum(1 << (63 if head == -2 else head) for head in set(heads)))
    return Step(
        lambda states: states | (((states >> shift) & _ONE) * heads_reached), element=element
    )


def pass_by(place: int) -> Step:
    """A node without edges to come is forgotten; where no other is reached, all has failed.

    Arguments:
        place: of the node's bit.
    """
    kept = ~(_ONE << np.uint64(place))

    def works(states: States) -> States:
        left = states & kept
        return np.where(left == 0, np.uint64(_PARTED), left)

    return Step(works)


def _label(states: States, place: int) -> States:
    if place < 0:
        return np.full_like(states, -1 - place)
    return (states >> np.uint64(4 * place)) & _FREE
