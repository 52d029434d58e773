"""Samples of a grid: a Latin hypercube of its values."""

from collections import Counter

import pytest

from models.reading.variations import Axis
from sim.choosing.samples import sample

AXES = (Axis("a", tuple(range(7))), Axis("b", ("x", "y", "z")), Axis("c", (True, False)))


@pytest.mark.parametrize("count", [1, 5, 12, 25, 41])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_value_comes_equally_often_and_no_two_are_alike(count: int, seed: int) -> None:
    found = sample(AXES, count, seed)
    assert len(found) == count
    assert len({tuple(one.values()) for one in found}) == count
    for axis in AXES:
        often = Counter(one[axis.path] for one in found)
        counts = [often[value] for value in axis.values]
        assert max(counts) - min(counts) <= 1


def test_all_of_a_small_grid() -> None:
    assert len(sample(AXES, 42, 1)) == len(sample(AXES, 1000, 1)) == 42


def test_the_seed_alone_decides() -> None:
    assert sample(AXES, 9, 4) == sample(AXES, 9, 4) != sample(AXES, 9, 5)
