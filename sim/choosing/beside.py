"""What a stack costs beside its nodes at least, whatever is chosen that changes no run."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from models.description.quantities import HOUR
from models.parts.solve import SolvedStack
from models.prediction import CostLine
from sim.choosing.open_choices import Choice
from sim.costs import cost_of_line
from sim.simulated_workload import Floats

_MOST_COMBINED = 128  # values of choices that are tried together
_SAME = 1e-9

Changes = Mapping[str, Any]


@dataclass(frozen=True)
class Rate:
    """What is billed of something.

    Arguments:
        hourly: USD/h.
        per_run: USD.
    """

    hourly: float = 0.0
    per_run: float = 0.0

    def least(self, other: "Rate") -> "Rate":
        """The smaller of each.

        Arguments:
            other: of the same.
        """
        return Rate(min(self.hourly, other.hourly), min(self.per_run, other.per_run))

    def same(self, other: "Rate") -> bool:
        """But for rounding.

        Arguments:
            other: of the same.
        """
        return math.isclose(self.hourly, other.hourly, rel_tol=_SAME) and math.isclose(
            self.per_run, other.per_run, rel_tol=_SAME
        )


@dataclass(frozen=True)
class Beside:
    """Resources whose cost follows from what changes no run, of a stack that can be.

    Arguments:
        known: what each costs there, and the least over all that is open of it.
    """

    known: Mapping[str, tuple[Rate, Rate]]

    def untouched(self, line: CostLine) -> bool:
        """Whether nothing that is open changes what its resource costs.

        Arguments:
            line: of a bill.
        """
        there, least = self.known.get(line.resource, (Rate(), None))
        return line.node_group is None and least is not None and least.same(there)

    def least(self, solved: SolvedStack, held: Floats, drawn: Floats) -> Floats:
        """USD in every replication of a stack with the same values of what changes no run.

        What none of them changes counts in full; what costs as much as it did there follows from
        them alone; what is not sure counts nothing.

        Arguments:
            solved: the stack.
            held: how long everything is held, s, one a replication.
            drawn: of what is uncertain, 0 to 1, one a replication.
        """
        usd = np.zeros(len(held))
        rates = _rates(solved.cost_lines)
        for line in solved.cost_lines:
            if _counts(line) and self._fixed(line.resource):
                usd = usd + cost_of_line(line, held, drawn)
        for name, one in rates.items():
            there, least = self.known.get(name, (Rate(), Rate()))
            if not self._fixed(name) and one.same(there):
                usd = usd + least.per_run + least.hourly * held / HOUR
        return usd

    def _fixed(self, resource: str) -> bool:
        """Nothing that is open changes what it costs."""
        if resource not in self.known:
            return True
        there, least = self.known[resource]
        return least.same(there)


def beside(
    first: Changes, slack: Sequence[Choice], solved: Callable[[Changes], SolvedStack | None]
) -> Beside | None:
    """Ask the laws what each value changes; None where they do not know.

    Arguments:
        first: a candidate.
        slack: choices in which it differs from others of its family.
        solved: a candidate by the laws; None where it can't be.
    """
    whole = solved(first)
    if whole is None:
        return None
    there = _rates(whole.cost_lines)
    moving: list[Choice] = []
    for choice in slack:
        values = [value for value in choice.axis.values if value != first[choice.axis.path]]
        seen = [solved({**first, choice.axis.path: value}) for value in values]
        # A store that can't be so can't be so with any nodes.
        if any(one is None for one in seen) and choice.section != "storage":
            return None
        if any(_less(there, one) for one in seen if one is not None):
            moving.append(choice)
    if math.prod(len(one.axis.values) for one in moving) > _MOST_COMBINED:
        return None
    least = dict(there)
    for changes in _together(first, moving):
        one = solved(changes)
        rates = {} if one is None else _rates(one.cost_lines)
        if one is not None:
            least = {name: rate.least(rates.get(name, Rate())) for name, rate in least.items()}
    return Beside({name: (there[name], least[name]) for name in there})


def _together(first: Changes, moving: Sequence[Choice]) -> Iterator[Changes]:
    paths = [one.axis.path for one in moving]
    for values in product(*(one.axis.values for one in moving)):
        yield {**first, **dict(zip(paths, values, strict=True))}


def _less(there: Mapping[str, Rate], one: SolvedStack) -> bool:
    """Something costs less than it did."""
    rates = _rates(one.cost_lines)
    return any(not rate.least(rates.get(name, Rate())).same(rate) for name, rate in there.items())


def _rates(lines: Sequence[CostLine]) -> dict[str, Rate]:
    """Of what is not nodes, at the least, by resource."""
    found: dict[str, Rate] = {}
    for line in lines:
        if _counts(line):
            now = found.get(line.resource, Rate())
            usd = line.least * line.low if line.per_run else line.least_hourly * line.low
            found[line.resource] = (
                Rate(now.hourly, now.per_run + usd)
                if line.per_run
                else Rate(now.hourly + usd, now.per_run)
            )
    return found


def _counts(line: CostLine) -> bool:
    """It is no node's, and its price is known."""
    return line.node_group is None and line.priced
