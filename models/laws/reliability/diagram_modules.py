"""Modules of a compiled diagram: each knows its law over parts that share nothing.

What is known of a part is a pair, the probabilities that it has failed and that it works, so that
neither has to be had as 1 minus the other. Both may be arrays, over times, of one shape.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol, TypeAlias

from models.laws.arrays import Floats

Value: TypeAlias = float | Floats
Pair: TypeAlias = tuple[Value, Value]

_FEW = 50  # units that are counted one by one; more wait for scipy to load


class Module(Protocol):
    """A part of a diagram as a law over its children.

    Arguments:
        children: their numbers in the structure, each in no other module.
    """

    @property
    def children(self) -> tuple[int, ...]:
        """Numbers of the parts in the structure."""

    def evaluate(self, parts: Sequence[Pair]) -> Pair:
        """Probabilities that the module has failed and that it works.

        Arguments:
            parts: of the children.
        """

    def slopes(self, parts: Sequence[Pair]) -> list[Value]:
        """Probability, for each child, that the module works with it and fails without it.

        Arguments:
            parts: of the children.
        """

    def closures(self, parts: Sequence[Pair]) -> list[Value]:
        """Probability, for each child, that all others of a minimal cut set with it have failed.

        Arguments:
            parts: of the children.
        """

    def minimal_sets(self, cuts: bool, largest: int) -> tuple[Iterator[tuple[int, ...]], bool]:
        """Minimal cut or path sets as positions of children; and whether these are all.

        Arguments:
            cuts: sets whose failure is enough to fail, not sets whose work is enough to work.
            largest: larger sets are left out.
        """


@dataclass(frozen=True)
class AllOf:
    """Parts in series; none of them at all always works.

    Source: Trivedi (2002), Probability and Statistics, 2nd edition, section 1.10.
    """

    children: tuple[int, ...]

    def evaluate(self, parts: Sequence[Pair]) -> Pair:
        return _chain(parts)

    def slopes(self, parts: Sequence[Pair]) -> list[Value]:
        return _without_each([work for _, work in parts])

    def closures(self, parts: Sequence[Pair]) -> list[Value]:
        return [1.0] * len(parts)

    def minimal_sets(self, cuts: bool, largest: int) -> tuple[Iterator[tuple[int, ...]], bool]:
        return _choices(len(self.children), 1 if cuts else len(self.children), largest)


@dataclass(frozen=True)
class OneOf:
    """Parts in parallel.

    Source: Trivedi (2002), section 1.10.
    """

    children: tuple[int, ...]

    def evaluate(self, parts: Sequence[Pair]) -> Pair:
        work, fail = _chain([(work, fail) for fail, work in parts])
        return fail, work

    def slopes(self, parts: Sequence[Pair]) -> list[Value]:
        return _without_each([fail for fail, _ in parts])

    def closures(self, parts: Sequence[Pair]) -> list[Value]:
        return self.slopes(parts)

    def minimal_sets(self, cuts: bool, largest: int) -> tuple[Iterator[tuple[int, ...]], bool]:
        return _choices(len(self.children), len(self.children) if cuts else 1, largest)


@dataclass(frozen=True)
class SomeOf:
    """Parts of which some must work.

    Source: Barlow and Heidtmann (1984), Computing k-out-of-n system reliability: a dynamic
        programme over counts, here of what is fewer, failures or working parts.
    """

    required: int
    children: tuple[int, ...]

    def evaluate(self, parts: Sequence[Pair]) -> Pair:
        return threshold(self.required, parts)

    def slopes(self, parts: Sequence[Pair]) -> list[Value]:
        limit = _limit(self.required, parts)[0]
        before = _counts(limit, _limit(self.required, parts)[1])
        after = _counts(limit, _limit(self.required, parts)[1][::-1])[::-1]
        return [
            _dot(left, right, limit - 1) for left, right in zip(before[:-1], after[1:], strict=True)
        ]

    def closures(self, parts: Sequence[Pair]) -> list[Value]:
        return [
            threshold(self.required, [*parts[:k], *parts[k + 1 :]])[0] for k in range(len(parts))
        ]

    def minimal_sets(self, cuts: bool, largest: int) -> tuple[Iterator[tuple[int, ...]], bool]:
        size = len(self.children) - self.required + 1 if cuts else self.required
        return _choices(len(self.children), size, largest)


@dataclass(frozen=True)
class AlikeUnits:
    """Units of one kind, the only child, of which some must work; figures are those of one unit.

    Source: Trivedi (2002), section 1.10; many units by the incomplete beta function, Abramowitz
        and Stegun (1964), equation 26.5.24.
    """

    required: int
    units: int
    children: tuple[int, ...]

    def evaluate(self, parts: Sequence[Pair]) -> Pair:
        if self.units <= _FEW:
            return threshold(self.required, [parts[0]] * self.units)
        from scipy.special import betainc

        fail, work = parts[0]
        spare = self.units - self.required
        return betainc(spare + 1, self.required, fail), betainc(self.required, spare + 1, work)

    def slopes(self, parts: Sequence[Pair]) -> list[Value]:
        others, spare = self.units - 1, self.units - self.required
        fail, work = parts[0]
        if self.units <= _FEW:
            return [math.comb(others, spare) * fail**spare * work ** (self.required - 1)]
        import numpy as np
        from scipy.special import betaln, xlogy

        ways = -betaln(spare + 1, self.required) - math.log(self.units)
        return [np.exp(ways + xlogy(spare, fail) + xlogy(self.required - 1, work))]

    def closures(self, parts: Sequence[Pair]) -> list[Value]:
        if self.required == self.units:
            return [1.0]
        return [AlikeUnits(self.required, self.units - 1, (0,)).evaluate(parts)[0]]

    def minimal_sets(self, cuts: bool, largest: int) -> tuple[Iterator[tuple[int, ...]], bool]:
        size = self.units - self.required + 1 if cuts else self.required
        return (iter([(0,) * size]), True) if size <= largest else (iter(()), False)


def threshold(required: int, parts: Sequence[Pair]) -> Pair:
    """Probabilities that too many parts have failed and that enough work.

    Arguments:
        required: how many must work, 1 or more; with fewer parts than that all is lost.
        parts: of the parts.
    """
    if required > len(parts):
        return 1.0, 0.0
    limit, hits = _limit(required, parts)
    counts: list[Value] = [1.0, *([0.0] * (limit - 1))]
    reached: Value = 0.0
    more_than_none = range(limit - 1, 0, -1)
    for hit, miss in hits:
        reached = reached + counts[-1] * hit
        for k in more_than_none:
            counts[k] = counts[k - 1] * hit + counts[k] * miss
        counts[0] = counts[0] * miss
    below = sum(counts)
    return (reached, below) if limit == len(parts) - required + 1 else (below, reached)


def _limit(required: int, parts: Sequence[Pair]) -> tuple[int, Sequence[Pair]]:
    """How many hits decide, and the parts as hits and misses: failures where fewer decide."""
    failures = len(parts) - required + 1
    if failures <= required:
        return failures, parts
    return required, [(work, fail) for fail, work in parts]


def _one_more(counts: list[Value], limit: int, hit: Value, miss: Value) -> list[Value]:
    """Probabilities of 0, 1, ... hits, fewer than the limit, with one part more."""
    # One hit fewer, then a hit; or as many, then a miss.
    as_many = counts if len(counts) == limit else [*counts, 0.0]
    return [a * hit + b * miss for a, b in zip((0.0, *counts), as_many, strict=False)]


def _counts(limit: int, hits: Sequence[Pair]) -> list[list[Value]]:
    """Probabilities of so many hits among the first 0, 1, ... parts."""
    found: list[list[Value]] = [[1.0]]
    for hit, miss in hits:
        found.append(_one_more(found[-1], limit, hit, miss))
    return found


def _dot(left: list[Value], right: list[Value], total: int) -> Value:
    """Probability that both sides together have so many hits."""
    found: Value = 0.0
    for k, value in enumerate(left):
        if 0 <= total - k < len(right):
            found = found + value * right[total - k]
    return found


def _chain(parts: Sequence[Pair]) -> Pair:
    """Probabilities that not all work and that all work, by sums of what is positive."""
    lost: Value = 0.0
    all_work: Value = 1.0
    for fail, work in parts:
        lost = lost + all_work * fail
        all_work = all_work * work
    return lost, all_work


def _without_each(values: Sequence[Value]) -> list[Value]:
    """The product of all the others, for each value, without a division."""
    found: list[Value] = [1.0] * len(values)
    before: Value = 1.0
    after: Value = 1.0
    for k, value in enumerate(values):
        found[k] = before
        before = before * value
    for k in range(len(values) - 1, -1, -1):
        found[k] = found[k] * after
        after = after * values[k]
    return found


def _choices(parts: int, size: int, largest: int) -> tuple[Iterator[tuple[int, ...]], bool]:
    if size > largest:
        return iter(()), False
    return combinations(range(parts), size), True
