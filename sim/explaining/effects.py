"""How far moved inputs move simulated figures, told from chance in as few parts as that takes."""

import math
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean, stdev

import numpy as np

from models.catalog.records import Catalog
from models.laws.intervals import student_quantile
from models.parts.read_stack import StackFile
from models.parts.solve import SolvedStack
from models.prediction.explanation_answer import LONGEST
from sim.backends import Backend, run_all
from sim.experiment import CONFIDENCE
from sim.explaining.laws import by_law
from sim.explaining.moved_stacks import (
    Asked,
    Moved,
    MovedStack,
    alike,
    evaluated,
    figures_of,
    moved_keys,
)

PARTS = 8  # into which the years and runs of an effect are cut, at the most
_FEWEST = 2  # parts, in which chance shows
_OF_ITSELF = 0.25  # of an effect, to which it is known well enough
_OF_THE_FIRST = 0.1  # likewise, of the farthest effect of something uncertain
LITTLE = 0.02  # of that, below which what is chosen is not tried again


@dataclass(frozen=True, eq=False)
class Tried:
    """An input, or a factor, whose ends are tried.

    Arguments:
        ends: the stack at each of them; None where there is none.
        uncertain: nobody knows it better; else it is chosen, or known for sure.
        ranked: only the first of them are worth more than one part.
    """

    ends: tuple[MovedStack | None, ...]
    uncertain: bool = True
    ranked: bool = True


@dataclass(frozen=True)
class End:
    """A figure with an input at one of its ends.

    Arguments:
        at: the figure then; None where the stack can't be so, or has no such figure.
        error: half of the 95 % interval of the change; None where nobody knows what is chance.
        refused: why the stack can't be so; empty where it can.
    """

    at: float | None
    error: float | None = 0.0
    refused: str = ""


@dataclass
class Effects:
    """Simulated figures of a stack as its inputs move, in the same chance as where they do not.

    All inputs are tried in one part of the years and runs. Those that may move a figure farthest
    are tried in more, until each effect is known well enough, or there are no more parts.

    Arguments:
        asked: years and runs of all parts together; the seed is that of the first.
        stack_file: the description as read.
        catalog: the facts.
        bases: the figures as they are, by key.
        chance: keys of those that chance moves.
        money: keys of those that are of a bill.
        backend: where parts are simulated.
        told: hears how many stacks more are simulated.

    Source: Law (2015), Simulation Modeling and Analysis, 5th edition, section 11.2 for common
        random numbers; Nelson et al. (2001), Simple procedures for selecting the best simulated
        system when the number of alternatives is large, for screening before selection.
    """

    asked: Asked
    stack_file: StackFile
    catalog: Catalog
    bases: Mapping[str, float]
    chance: tuple[str, ...]
    money: frozenset[str]
    backend: Backend
    told: Callable[[int], None]
    _base: list[Mapping[str, float]] = field(default_factory=list)
    _seen: dict[MovedStack, dict[str, list[float | None]]] = field(default_factory=dict)
    _refused: dict[MovedStack, str] = field(default_factory=dict)
    _alike: dict[MovedStack, Hashable] = field(default_factory=dict)
    _seldom: set[MovedStack] = field(default_factory=set)
    _lawful: dict[MovedStack, Mapping[str, float]] = field(default_factory=dict)

    @property
    def parts(self) -> int:
        """How many there are."""
        return max(1, min(PARTS, self.asked.years // 2))

    def simulate(self, tried: Sequence[Tried]) -> None:
        """Simulate inputs at their ends, those that move figures farthest in more parts.

        Arguments:
            tried: inputs and factors.
        """
        asked, was = self.asked, self.stack_file.solved
        left: dict[MovedStack, set[str]] = {}
        for stack in (end for one in tried for end in one.ends if end is not None):
            self._seen[stack] = {}
            read = stack.tried(asked.document, self.catalog)
            if isinstance(read, Moved):
                self._refused[stack] = read.refused
                continue
            self._alike[stack] = alike(read.solved, asked.keys)
            if self._sees_seldom(read.solved):
                self._seldom.add(stack)
            for key in moved_keys(read.solved, was, asked.keys):
                left.setdefault(stack, set()).add(key)
        while left:
            self._next_part(left)
            left = self._unsure(tried)

    def end(self, stack: MovedStack | None, key: str) -> End:
        """A figure with an input at one of its ends.

        Arguments:
            stack: of that end; None where there is none.
            key: of the figure.
        """
        if stack is None:
            return End(None)
        if key in self.money and (why := self._unpriced(stack)):
            return End(None, 0.0, why)
        if key not in self.asked.keys:
            return self._by_law(stack, key)
        if stack in self._refused:
            return End(None, 0.0, self._refused[stack])
        base, seen = self.bases[key], self._seen[stack].get(key, [])
        known = [one for one in seen if one is not None]
        if len(known) < len(seen):
            return End(None)
        if not seen:
            return End(base)
        parts = zip(known, self._base, strict=False)
        changes = [at - as_it_is.get(key, base) for at, as_it_is in parts]
        error = _half_width(changes) if key in self.chance else 0.0
        # What is never negative does not become so by what chance did to the figure as it is.
        return End(max(base + fmean(changes), min(0.0, *known, base)), error)

    def _unpriced(self, stack: MovedStack) -> str:
        """What has no known price then, and has one as it is: a bill without it says nothing."""
        read = stack.tried(self.asked.document, self.catalog)
        if isinstance(read, Moved):
            return ""
        known = {one.resource for one in self.stack_file.solved.cost_lines if not one.priced}
        lines = (one for one in read.solved.cost_lines if not one.priced)
        new = next((one for one in lines if one.resource not in known), None)
        return "" if new is None else f"{new.resource}: {new.item} has no known price"

    def _by_law(self, stack: MovedStack, key: str) -> End:
        read = stack.tried(self.asked.document, self.catalog)
        if isinstance(read, Moved):
            return End(None, 0.0, read.refused)
        if stack not in self._lawful:
            self._lawful[stack] = by_law(read.solved)
        return End(self._lawful[stack].get(key))

    def _next_part(self, left: Mapping[MovedStack, Collection[str]]) -> None:
        """Simulate figures of stacks in the first part that they were not simulated in."""
        groups: dict[Hashable, tuple[Asked, list[MovedStack]]] = {}
        for stack, keys in left.items():
            part = min(len(self._seen[stack].get(key, ())) for key in keys)
            asked = replace(
                self._asked_in(part), keys=tuple(k for k in self.asked.keys if k in keys)
            )
            like = self._alike[stack]
            place = (part, asked.keys, id(stack) if like is None else like)
            groups.setdefault(place, (asked, []))[1].append(stack)
            while len(self._base) <= part:
                known = self._asked_in(len(self._base))
                self._base.append(figures_of(known, self.stack_file, self.catalog))
        work = list(groups.values())
        results = run_all(_evaluated, work, self.backend, self.told)
        for (asked, stacks), found in zip(work, results, strict=True):
            for stack, one in zip(stacks, found, strict=True):
                if one.refused:
                    self._refused[stack] = one.refused
                for key in asked.keys:
                    self._seen[stack].setdefault(key, []).append(one.figures.get(key))

    def _asked_in(self, part: int) -> Asked:
        seed, count = self.asked.seed, self.parts
        if part:
            seed = int(np.random.SeedSequence(seed, spawn_key=(part,)).generate_state(1)[0])
        years = max(2, math.ceil(self.asked.years / count))
        return replace(self.asked, seed=seed, years=years, length=self.asked.length / count)

    def _unsure(self, tried: Sequence[Tried]) -> dict[MovedStack, set[str]]:
        """Figures of stacks that are to be simulated in one more part."""
        left: dict[MovedStack, set[str]] = {}
        for key in self.chance:
            swing = {one: self._swing(one, key) for one in tried}
            first = max((swing[one] for one in tried if one.ranked and one.uncertain), default=0.0)
            for one in _worth_it(tried, swing, LITTLE * first):
                most = min(self.parts, self.parts if one.uncertain else _FEWEST)
                enough = max(_OF_ITSELF * swing[one], _OF_THE_FIRST * first)
                for stack in filter(None, one.ends):
                    end, seen = self.end(stack, key), self._seen[stack].get(key, ())
                    known = end.at is None or (end.error is not None and end.error <= enough)
                    if not known and len(seen) < most:
                        left.setdefault(stack, set()).add(key)
            for stack in self._seldom:
                if 0 < len(self._seen[stack].get(key, ())) < self.parts:
                    left.setdefault(stack, set()).add(key)
        return left

    def _sees_seldom(self, solved: SolvedStack) -> bool:
        """Failures are other ones, and stop a run as a whole.

        Most parts have none of them: that two are alike says nothing, so that all are simulated.
        """
        runs = any(one.kind.work is not None for one in solved.workloads.values())
        return runs and solved.components != self.stack_file.solved.components

    def _swing(self, one: Tried, key: str) -> float:
        known = [end.at for end in (self.end(stack, key) for stack in one.ends)]
        values = [self.bases[key], *(at for at in known if at is not None)]
        return max(values) - min(values)


def _worth_it(
    tried: Sequence[Tried], swing: Mapping[Tried, float], little: float
) -> Iterator[Tried]:
    """What may be among the first that move a figure; factors are all told of."""
    ranked = sorted((one for one in tried if one.ranked), key=lambda one: -swing[one])
    yield from [one for one in ranked if one.uncertain][:LONGEST]
    chosen = [one for one in ranked if not one.uncertain][:LONGEST]
    yield from (one for one in chosen if swing[one] >= little)
    yield from (one for one in tried if not one.ranked)


def _evaluated(work: tuple[Asked, list[MovedStack]]) -> list[Moved]:
    return evaluated(*work)


def _half_width(changes: Sequence[float]) -> float | None:
    """Of the interval of a mean change; None of a single one."""
    if len(changes) < _FEWEST:
        return None
    factor = student_quantile(CONFIDENCE, len(changes) - 1)
    return factor * stdev(changes) / math.sqrt(len(changes))
