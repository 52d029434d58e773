"""Minimal cut and path sets out of a decision diagram, held as a diagram of sets."""

from collections.abc import Iterator, Sequence

from models.laws.reliability.bdd_nodes import FAILED, WORKS, Builder, States
from models.laws.reliability.diagram_modules import Pair, Value

_NONE, _EMPTY = 0, 1  # no set; the empty set alone
_DEEPEST = 400  # decisions one after another, that Python's stack bears


class MinimalSets:
    """All minimal sets of children that decide a diagram alone, by failure or by work.

    A node of sets is (variable, the sets that have it, without it; the sets that don't).

    Arguments:
        decisions: the diagram.
        cuts: sets whose failure is enough to fail, not sets whose work is enough to work.
        largest: larger sets are left out.
        most: nodes of sets; what needs more is refused.

    Raises:
        ValueError: there are too many decisions or nodes.

    Source: Rauzy (1993), New algorithms for fault trees analysis, section 4: minimal solutions;
        Minato (1993), Zero-suppressed BDDs for set manipulation.
    """

    def __init__(self, decisions: States, cuts: bool, largest: int, most: int = 2_000_000) -> None:
        if len(decisions.levels) > _DEEPEST:
            raise ValueError(
                f"minimal sets of {len(decisions.levels)} components that share one graph or "
                f"stand in several places are asked; they can be had of {_DEEPEST}"
            )
        self.decisions = decisions
        self.most = most
        self.complete = True
        end = len(decisions.levels)
        self._nodes: list[tuple[int, int, int]] = [(end, _NONE, _NONE), (end, _EMPTY, _EMPTY)]
        self._known: dict[tuple[int, int, int], int] = {}
        self._rests: dict[tuple[int, int], int] = {}
        self._small: dict[tuple[int, int], int] = {}
        self._subsets: dict[tuple[int, int], int] = {}
        self.root = self._solve(cuts, largest)

    def listed(self) -> Iterator[tuple[int, ...]]:
        """The sets, as positions of children."""
        positions = [position for position, _, _ in self.decisions.levels]
        waiting: list[tuple[int, tuple[int, ...]]] = [(self.root, ())]
        while waiting:
            here, members = waiting.pop()
            if here == _EMPTY:
                yield members
            elif here != _NONE:
                variable, holding, without = self._nodes[here]
                waiting.append((without, members))
                waiting.append((holding, (*members, positions[variable])))

    def rests(self) -> "Rests":
        """What must fail beside each child for a minimal cut set with it to have failed."""
        builder = Builder(self.most)
        above: dict[int, int] = {_NONE: WORKS, _EMPTY: FAILED}
        found = {}
        for variable, (position, _, _) in enumerate(self.decisions.levels):
            others = self._holding(self.root, variable)
            if others != _NONE:
                found[position] = self._closed(others, builder, above)
        positions = [position for position, _, _ in self.decisions.levels]
        return Rests(builder, positions, found)

    def _solve(self, cuts: bool, largest: int) -> int:
        """Minimal sets of every state, from the last decisions up; those of the root."""
        decisive, idle = (FAILED, WORKS) if cuts else (WORKS, FAILED)
        solved = [_NONE] * self.decisions.size
        solved[decisive], solved[idle] = _EMPTY, _NONE
        low, high = self.decisions.low.tolist(), self.decisions.high.tolist()
        levels = list(enumerate(self.decisions.levels))
        for variable, (_, start, end) in reversed(levels):
            for state in range(start, end):
                with_it, without = (low, high) if cuts else (high, low)
                others = solved[without[state]]
                added = self._minus(solved[with_it[state]], others)
                solved[state] = self._node(variable, self._trim(added, largest - 1), others)
        return solved[self.decisions.root]

    def _node(self, variable: int, holding: int, without: int) -> int:
        if holding == _NONE:
            return without
        key = (variable, holding, without)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = len(self._nodes)
            if found > self.most:
                raise ValueError(
                    f"the minimal sets need more than {self.most:,} nodes; ask for smaller sets"
                )
            self._nodes.append(key)
        return found

    def _minus(self, sets: int, others: int) -> int:
        """The sets that contain none of the others."""
        if sets in (_NONE, others) or others == _EMPTY:
            return _NONE
        if others == _NONE or sets == _EMPTY:
            return sets
        key = (sets, others)
        found = self._rests.get(key)
        if found is None:
            variable, holding, without = self._nodes[sets]
            top, other_holding, other_without = self._nodes[others]
            if variable < top:
                rest = self._minus(holding, others), self._minus(without, others)
                found = self._node(variable, *rest)
            elif top < variable:
                found = self._minus(sets, other_without)
            else:
                kept = self._minus(self._minus(holding, other_holding), other_without)
                found = self._node(variable, kept, self._minus(without, other_without))
            self._rests[key] = found
        return found

    def _trim(self, sets: int, largest: int) -> int:
        """The sets of no more members."""
        if sets <= _EMPTY:
            return sets
        if largest <= 0:
            self.complete = False
            return self._trim(self._nodes[sets][2], 0)
        if largest >= len(self.decisions.levels):
            return sets
        key = (sets, largest)
        found = self._small.get(key)
        if found is None:
            variable, holding, without = self._nodes[sets]
            smaller = self._trim(holding, largest - 1)
            found = self._node(variable, smaller, self._trim(without, largest))
            self._small[key] = found
        return found

    def _holding(self, sets: int, variable: int) -> int:
        """The sets that have a variable, without it."""
        top, holding, without = self._nodes[sets]
        if top >= variable:
            return holding if top == variable else _NONE
        key = (sets, variable)
        found = self._subsets.get(key)
        if found is None:
            rest = self._holding(holding, variable), self._holding(without, variable)
            found = self._subsets[key] = self._node(top, *rest)
        return found

    def _closed(self, sets: int, builder: Builder, above: dict[int, int]) -> int:
        """The node that fails where all members of one of the sets have failed."""
        found = above.get(sets)
        if found is None:
            variable, holding, without = self._nodes[sets]
            works = self._closed(without, builder, above)
            both = builder.choose(self._closed(holding, builder, above), works, FAILED)
            found = above[sets] = builder.node(variable, both, works)
        return found


class Rests:
    """For each child, when the others of a minimal cut set with it have failed.

    Arguments:
        builder: holds the diagrams.
        positions: of the children, by variable.
        roots: of each child that is in a minimal cut set, its diagram.
    """

    def __init__(self, builder: Builder, positions: list[int], roots: dict[int, int]) -> None:
        self._builder = builder
        self._positions = positions
        self._roots = roots

    def evaluate_all(self, parts: Sequence[Pair]) -> dict[int, Value]:
        """Probability of it for each child in a minimal cut set.

        Arguments:
            parts: of the children.
        """
        builder = self._builder
        fails: list[Value] = [1.0, 0.0]
        nodes = zip(builder.variable[2:], builder.low[2:], builder.high[2:], strict=True)
        for variable, low, high in nodes:
            fail, work = parts[self._positions[variable]]
            fails.append(fail * fails[low] + work * fails[high])
        return {position: fails[root] for position, root in self._roots.items()}
