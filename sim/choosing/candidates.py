"""Candidates that are alike but for what is left to choose, and their place among others."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from sim.choosing.law_path import Judged
from sim.choosing.open_choices import Choice


@dataclass(frozen=True)
class Candidates:
    """Candidates that are alike but for the choices that are left; with none left, one candidate.

    Arguments:
        changes: of one of them.
        left: choices in which they differ.
        judged: what the laws say of all of them.
    """

    changes: dict[str, Any]
    left: tuple[Choice, ...]
    judged: Judged

    @property
    def size(self) -> int:
        """How many there are."""
        return prod(len(one.axis.values) for one in self.left)

    def holds(self, changes: Mapping[str, Any]) -> bool:
        """Whether a candidate is one of them.

        Arguments:
            changes: of the candidate.
        """
        left = {one.axis.path for one in self.left}
        return all(path in left or self.changes.get(path) == changes[path] for path in changes)

    def children(self) -> tuple[list[dict[str, Any]], tuple[Choice, ...]]:
        """Changes with each value of the first choice that is left, and the other choices."""
        first, *others = self.left
        values = first.axis.values
        return [{**self.changes, first.axis.path: value} for value in values], tuple(others)


Entry = tuple[float, int, int, Candidates]  # cost, servers, order


def by_cost(cost: float, order: int, one: Candidates) -> Entry:
    """Its place among others by what it costs; of what costs the same, the fastest comes first.

    That is the one with most servers.

    Arguments:
        cost: that the laws say it is at least, USD.
        order: unlike that of any other.
        one: of them.
    """
    servers = sum(sum(each.servers) for each in one.judged.alike)
    return cost, -servers, order, one


def by_time(
    cost: float, servers: int, order: int, one: Candidates
) -> tuple[float, float, int, Candidates]:
    """Its place among others by the time that it takes.

    What is likely to be interrupted takes longer than the laws can say for sure.

    Arguments:
        cost: as of its place by cost.
        servers: likewise.
        order: likewise.
        one: of them.
    """
    return one.judged.time * (1 + one.judged.risk), cost, order, one
