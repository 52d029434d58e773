"""Speedup, efficiency and waiting for the slowest."""

import math

import numpy as np
import pytest

from models.laws import scaling


def test_eight_gpus_that_take_a_seventh_have_efficiency_0_875() -> None:
    speedup = scaling.speedup(179.2, 25.6)
    assert speedup == pytest.approx(7.0, rel=1e-12)
    assert scaling.efficiency(speedup, 8) == pytest.approx(0.875, rel=1e-12)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        # David and Nagaraja (2003), exact for 1 to 3; Harter (1961), table 1, beyond.
        (1, 0.0),
        (2, 1 / math.sqrt(math.pi)),
        (3, 1.5 / math.sqrt(math.pi)),
        (8, 1.42360030605),
        (100, 2.50759363849),
    ],
)
def test_expected_maximum_of_normals(count: int, expected: float) -> None:
    assert scaling.expected_maximum_of_normals(count) == pytest.approx(expected, rel=1e-9)


def test_expected_maximum_agrees_with_drawing() -> None:
    drawn = np.random.default_rng(1).standard_normal((20_000, 32)).max(axis=1)
    error = drawn.std(ddof=1) / math.sqrt(len(drawn))
    assert abs(drawn.mean() - scaling.expected_maximum_of_normals(32)) < 4 * error


def test_no_jitter_no_wait() -> None:
    assert scaling.straggler_delay(0.0, 1024) == 0.0


@pytest.mark.parametrize("call", [(0.0, 1.0), (1.0, 0.0), (1.0, float("nan"))])
def test_times_must_be_positive(call: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="more than 0"):
        scaling.speedup(*call)


def test_out_of_range() -> None:
    with pytest.raises(ValueError, match="workers"):
        scaling.efficiency(1.0, 0)
    with pytest.raises(ValueError, match="count"):
        scaling.expected_maximum_of_normals(0)
    with pytest.raises(ValueError, match="jitter"):
        scaling.straggler_delay(-1.0, 2)
