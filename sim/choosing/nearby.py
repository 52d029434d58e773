"""Families of candidates around a stack, where there are too many to ask the laws of all."""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

from sim.choosing.law_path import Judged
from sim.choosing.open_choices import Choice

MOST_NEARBY = 1000  # families that are asked

Changes = dict[str, Any]


def nearby(
    tree: Mapping[str, Any],
    hard: Sequence[Choice],
    judge: Callable[[Sequence[Changes]], list[Judged]],
    first: Changes,
) -> list[tuple[Changes, Judged]]:
    """Families that differ from the best so far in one node group, until none is better.

    Arguments:
        tree: of the stack file, where it begins.
        hard: choices that may change the least time of a run.
        judge: families by the laws.
        first: values of the other choices.
    """
    best = {**first, **{one.axis.path: value_at(tree, one) for one in hard}}
    known: dict[str, tuple[Changes, Judged]] = {}
    better = True
    while better and len(known) < MOST_NEARBY:
        better = False
        for choices in (*_together(hard), *([one] for one in hard)):
            paths = [one.axis.path for one in choices]
            others = [
                {**best, **dict(zip(paths, values, strict=True))}
                for values in product(*(_some(one, best, len(choices)) for one in choices))
            ]
            new = [one for one in others if str(one) not in known][: MOST_NEARBY - len(known)]
            known |= {str(one): (one, j) for one, j in zip(new, judge(new), strict=True)}
            asked = [known[str(one)] for one in others if str(one) in known]
            now, judged = min(asked, key=lambda one: _rank(one[1]))
            if str(best) not in known or _rank(judged) < _rank(known[str(best)][1]):
                better, best = True, now
    return list(known.values())


def _rank(one: Judged) -> tuple[float, float]:
    """What misses nothing by its cost, before what misses something."""
    if one.excuse is None:
        return 0.0, one.cost
    return (one.shortfall if one.of_all else math.inf), one.cost


def value_at(tree: Mapping[str, Any], one: Choice) -> Any:
    """What the stack file has of a choice, or the first of its values.

    Arguments:
        tree: of the stack file.
        one: the choice.
    """
    value = value_in(tree, one.axis.path)
    return value if value in one.axis.values else one.axis.values[0]


def value_in(tree: Any, path: str) -> Any:
    """What a stack file or a description has at a path; None where it has nothing.

    Arguments:
        tree: of the stack file, or the stack.
        path: with dots.
    """
    value = tree
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else getattr(value, key, None)
    return value


def _some(one: Choice, best: Changes, beside: int) -> Sequence[Any]:
    """Its values; of numbers that are tried with others each about twice the one before."""
    values, now = one.axis.values, best[one.axis.path]
    if beside == 1 or not all(isinstance(value, int) for value in values):
        return values
    found = [now, *(value for value in values if value & (value - 1) == 0)]
    return list(dict.fromkeys(found))


def _together(hard: Sequence[Choice]) -> list[list[Choice]]:
    """Choices of one node group, or of one store, are tried in all combinations."""
    found: dict[tuple[str, ...], list[Choice]] = {}
    for one in hard:
        found.setdefault(tuple(one.axis.path.split(".")[:2]), []).append(one)
    return list(found.values())
