"""A sample of a grid in which every value of every path comes equally often."""

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from models.reading.variations import Axis, combinations

_TRIES = 100_000  # to part two that are alike


def sample(axes: Sequence[Axis], count: int, seed: int) -> list[dict[str, Any]]:
    """Some combinations of a grid, no two alike: a Latin hypercube of its values.

    Arguments:
        axes: what is varied.
        count: of combinations; all of the grid where it has no more.
        seed: of the sample.

    Source: McKay, Beckman and Conover (1979), A comparison of three methods for selecting values of
        input variables; each stratum of an axis is one of its values, as often as it takes.
    """
    sizes = [len(axis.values) for axis in axes]
    if count >= prod(sizes):
        return list(combinations(axes))
    random = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed)))
    columns = []
    for size in sizes:
        # So many of each, and one more of some that chance chooses.
        places = np.tile(np.arange(size), count // size)
        more = random.permutation(size)[: count - len(places)]
        columns.append(random.permutation(np.concatenate([places, more])))
    cells = np.column_stack(columns)
    _part(cells, random)
    return [
        {axis.path: axis.values[place] for axis, place in zip(axes, row, strict=True)}
        for row in cells.tolist()
    ]


def _forget(seen: dict[tuple[int, ...], int], row: tuple[int, ...]) -> None:
    seen[row] -= 1
    if not seen[row]:
        del seen[row]


def _part(cells: Any, random: np.random.Generator) -> None:
    """Swap values of those that are alike with others, which leaves how often each value comes."""
    count, axes = cells.shape
    seen: dict[tuple[int, ...], int] = {}
    for row in cells.tolist():
        seen[tuple(row)] = seen.get(tuple(row), 0) + 1
    for _ in range(_TRIES):
        if len(seen) == count:
            return
        one = next(k for k, row in enumerate(cells.tolist()) if seen[tuple(row)] > 1)
        other, axis = int(random.integers(count)), int(random.integers(axes))
        if one == other:
            continue
        for place in (one, other):
            _forget(seen, tuple(cells[place].tolist()))
        cells[[one, other], axis] = cells[[other, one], axis]
        for place in (one, other):
            row = tuple(cells[place].tolist())
            seen[row] = seen.get(row, 0) + 1
