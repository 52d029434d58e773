"""Nodes of binary decision diagrams: how they are made, and how a finished diagram is kept."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.integer]
Level = tuple[int, int, int]  # position of the child decided, first state, state after the last
FAILED, WORKS = 0, 1  # the two states in which all is decided


@dataclass(frozen=True, eq=False)
class States:
    """A decision diagram over the children of a module, as arrays.

    Arguments:
        children: their numbers in the structure.
        levels: (position of the child decided, first state, state after the last), from the top.
        low: for each state, the one after a failure; states 0 and 1 are failed and working.
        high: for each state, the one where the child works.
        root: the state in which nothing is decided.
    """

    children: tuple[int, ...]
    levels: tuple[Level, ...]
    low: Whole
    high: Whole
    root: int

    @property
    def size(self) -> int:
        """How many states there are."""
        return int(self.low.size)


class Builder:
    """Builds a reduced decision diagram from the bottom, equal nodes met once.

    Arguments:
        most: nodes; what needs more is refused.
    """

    def __init__(self, most: int = 2_000_000) -> None:
        self.most = most
        end = 2**62  # the terminals stand below all variables
        self.variable = [end, end]
        self.low = [FAILED, WORKS]
        self.high = [FAILED, WORKS]
        self._known: dict[tuple[int, int, int], int] = {}
        self._done: dict[tuple[int, int, int], int] = {}

    def node(self, variable: int, low: int, high: int) -> int:
        """The node that decides a variable.

        Arguments:
            variable: less than those of both nodes that follow.
            low: the node that follows a failure.
            high: the node that follows where it works.

        Raises:
            ValueError: there are too many nodes.
        """
        if low == high:
            return low
        key = (variable, low, high)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = len(self.low)
            if found > self.most:
                raise ValueError(
                    f"the diagram's shared components need more than {self.most:,} decisions; "
                    "that is too many for an exact answer"
                )
            self.variable.append(variable)
            self.low.append(low)
            self.high.append(high)
        return found

    def choose(self, condition: int, then: int, otherwise: int) -> int:
        """The node that is one node where a condition works, else another.

        Arguments:
            condition: a node.
            then: where the condition works.
            otherwise: where it has failed.

        Source: Brace, Rudell and Bryant (1990), Efficient implementation of a BDD package.
        """
        # A stack of its own: recursion would go as deep as there are variables.
        waiting = [(condition, then, otherwise)]
        while waiting:
            key = waiting[-1]
            if self._known_choice(key) is not None:
                waiting.pop()
                continue
            top = min(self.variable[node] for node in key)
            lows, highs = zip(*(self._sides(node, top) for node in key), strict=True)
            low, high = self._known_choice(lows), self._known_choice(highs)
            if low is not None and high is not None:
                self._done[key] = self.node(top, low, high)
            else:
                waiting += [side for side, node in ((lows, low), (highs, high)) if node is None]
        found = self._known_choice((condition, then, otherwise))
        assert found is not None
        return found

    def _known_choice(self, key: tuple[int, int, int]) -> int | None:
        condition, then, otherwise = key
        if condition <= WORKS:
            return then if condition == WORKS else otherwise
        if then == otherwise:
            return then
        if (then, otherwise) == (WORKS, FAILED):
            return condition
        return self._done.get(key)

    def some_of(self, required: int, parts: Sequence[int]) -> int:
        """The node of which some of the parts must work.

        Arguments:
            required: how many.
            parts: nodes.
        """
        # enough[j]: j of the parts seen so far, from the last on, work. Those to come are no more
        # than required - j for the j that still matter.
        enough = [WORKS] + [FAILED] * required
        for seen, part in enumerate(reversed(parts), 1):
            least = max(1, required - len(parts) + seen)
            for j in range(min(required, seen), least - 1, -1):
                enough[j] = self.choose(part, enough[j - 1], enough[j])
        return enough[required]

    def _sides(self, node: int, variable: int) -> tuple[int, int]:
        if self.variable[node] != variable:
            return node, node
        return self.low[node], self.high[node]
