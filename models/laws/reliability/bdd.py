"""Binary decision diagrams: components decided one after another, equal rests met once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from models.laws.arrays import Floats
from models.laws.reliability.bdd_nodes import FAILED, WORKS, Builder, Level, States
from models.laws.reliability.bdd_sets import MinimalSets
from models.laws.reliability.diagram_modules import Pair, Value

_Onward: TypeAlias = tuple[Any, Any]  # lists of a small diagram, arrays of a large one

_SMALL = 4096  # states that are gone through one by one; more are worked out a level at a time


@dataclass(frozen=True, eq=False)
class Decisions(States):
    """A decision diagram over the children of a module, and what it says of them.

    Source: Bryant (1986), Graph-based algorithms for Boolean function manipulation; Rauzy (1993),
        New algorithms for fault trees analysis.
    """

    def evaluate(self, parts: Sequence[Pair]) -> Pair:
        fails, works = self._onward(parts)
        fail, work = fails[self.root], works[self.root]
        return (float(fail), float(work)) if np.ndim(fail) == 0 else (fail, work)

    def slopes(self, parts: Sequence[Pair]) -> list[Value]:
        onward = self._onward(parts)
        slope = self._slope_by_state if isinstance(onward[0], list) else self._slope_by_level
        found: list[Value] = [0.0] * len(self.children)
        reach: Any = [0.0] * self.size if isinstance(onward[0], list) else np.zeros_like(onward[0])
        reach[self.root] = 1.0
        for level in self.levels:
            found[level[0]] = slope(level, parts[level[0]], onward, reach)
        return found

    def closures(self, parts: Sequence[Pair]) -> list[Value]:
        rests = MinimalSets(self, cuts=True, largest=len(self.children)).rests()
        fails = rests.evaluate_all(parts)
        return [fails.get(k, 0.0) for k in range(len(self.children))]

    def minimal_sets(self, cuts: bool, largest: int) -> tuple[Iterator[tuple[int, ...]], bool]:
        found = MinimalSets(self, cuts, largest)
        return found.listed(), found.complete

    def _onward(self, parts: Sequence[Pair]) -> _Onward:
        """Probabilities to fail, and to work, from each state on."""
        if self.size <= _SMALL:
            return self._onward_by_state(parts)
        shape = np.broadcast_shapes(*(np.shape(part[0]) for part in parts))
        fails, works = np.empty((self.size, *shape)), np.empty((self.size, *shape))
        fails[FAILED], works[FAILED] = 1.0, 0.0
        fails[WORKS], works[WORKS] = 0.0, 1.0
        for position, start, end in reversed(self.levels):
            fail, work = parts[position]
            low, high = self.low[start:end], self.high[start:end]
            for table in (fails, works):
                here = table.take(high, axis=0)
                here *= work
                there = table.take(low, axis=0)
                there *= fail
                np.add(here, there, out=table[start:end])
        return fails, works

    def _onward_by_state(self, parts: Sequence[Pair]) -> _Onward:
        low, high = self._lists
        fails: list[Value] = [1.0, 0.0, *low[2:]]
        works: list[Value] = [0.0, 1.0, *low[2:]]
        for position, start, end in reversed(self.levels):
            fail, work = parts[position]
            for k in range(start, end):
                a, b = low[k], high[k]
                fails[k] = fail * fails[a] + work * fails[b]
                works[k] = fail * works[a] + work * works[b]
        return fails, works

    def _slope_by_level(self, level: Level, part: Pair, onward: _Onward, reach: Floats) -> Value:
        fails, works = onward
        low, high = self.low[level[1] : level[2]], self.high[level[1] : level[2]]
        here = reach[level[1] : level[2]]
        np.add.at(reach, low, here * part[0])
        np.add.at(reach, high, here * part[1])
        slope: Value = (here * _gap(fails[low], fails[high], works[low], works[high])).sum(axis=0)
        return float(slope) if np.ndim(slope) == 0 else slope

    def _slope_by_state(
        self, level: Level, part: Pair, onward: _Onward, reach: list[Value]
    ) -> Value:
        fails, works = onward
        low, high = self._lists
        fail, work = part
        slope: Value = 0.0
        for k in range(level[1], level[2]):
            here, a, b = reach[k], low[k], high[k]
            reach[a] = reach[a] + here * fail
            reach[b] = reach[b] + here * work
            slope = slope + here * _gap(fails[a], fails[b], works[a], works[b])
        return slope

    @cached_property
    def _lists(self) -> tuple[list[int], list[int]]:
        return self.low.tolist(), self.high.tolist()


def decisions_of(builder: Builder, root: int, children: tuple[int, ...]) -> Decisions:
    """The diagram below a node, as arrays.

    Arguments:
        builder: that made the node.
        root: node.
        children: of each variable, its number in the structure.
    """
    reached, waiting = {FAILED, WORKS}, [root]
    while waiting:
        node = waiting.pop()
        if node not in reached:
            reached.add(node)
            waiting += (builder.low[node], builder.high[node])
    order = sorted(reached - {FAILED, WORKS}, key=lambda node: builder.variable[node])
    place = {FAILED: FAILED, WORKS: WORKS} | {node: k + 2 for k, node in enumerate(order)}
    levels: list[tuple[int, int, int]] = []
    for k, node in enumerate(order):
        variable = builder.variable[node]
        start = levels.pop()[1] if levels and levels[-1][0] == variable else k + 2
        levels.append((variable, start, k + 3))
    low = [FAILED, WORKS, *(place[builder.low[node]] for node in order)]
    high = [FAILED, WORKS, *(place[builder.high[node]] for node in order)]
    return Decisions(children, tuple(levels), np.array(low), np.array(high), place[root])


def _gap(fail_low: Value, fail_high: Value, work_low: Value, work_high: Value) -> Value:
    """What a failure adds to the probability to fail, from the side that has the more digits."""
    if isinstance(fail_low, float) and isinstance(work_high, float):
        return fail_low - fail_high if fail_low <= work_high else work_high - work_low
    return np.where(fail_low <= work_high, fail_low - fail_high, work_high - work_low)
