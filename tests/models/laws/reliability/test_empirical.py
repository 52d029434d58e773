"""Lifetimes as observed."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws.reliability.empirical import Empirical

samples = st.lists(st.integers(1, 9).map(float), min_size=1, max_size=12)


def test_three_lives() -> None:
    law = Empirical.of([30.0, 10.0, 10.0])
    assert law == Empirical((10.0, 30.0), (2 / 3, 1 / 3))
    assert [law.unreliability(t) for t in (9.9, 10.0, 30.0)] == pytest.approx([0, 2 / 3, 1])
    assert [law.reliability(t) for t in (9.9, 10.0, 30.0)] == pytest.approx([1, 1 / 3, 0])
    assert (law.mttf, law.variance) == pytest.approx((50 / 3, 800 / 9))
    assert law.mean_residual_life(12.0) == pytest.approx(18.0)
    assert law.conditional_reliability(5.0, 10.0) == pytest.approx(1 / 3)
    assert law.time_lost(20.0) == pytest.approx(20 / 3)


@given(samples, st.integers(0, 8).map(float))
def test_all_figures_are_those_of_the_sample(sample: list[float], age: float) -> None:
    law, n = Empirical.of(sample), len(sample)
    mean = Fraction(sum(int(x) for x in sample), n)
    assert law.mttf == pytest.approx(float(mean), rel=1e-12)
    spread = sum((int(x) - mean) ** 2 for x in sample) / n
    assert law.variance == pytest.approx(float(spread), rel=1e-12, abs=1e-12)
    alive = [x for x in sample if x > age]
    assert law.reliability(age) == pytest.approx(len(alive) / n, rel=1e-12)
    if alive:
        assert law.mean_residual_life(age) == pytest.approx(sum(alive) / len(alive) - age)
        assert law.cumulative_hazard(age) == pytest.approx(-math.log(len(alive) / n), abs=1e-12)


@given(samples, st.integers(0, 11))
def test_quantiles_are_ordered_observations(sample: list[float], rank: int) -> None:
    p = min(rank, len(sample) - 1) / len(sample)
    expected = sorted(sample)[max(0, math.ceil(p * len(sample) - 1e-9) - 1)]
    assert Empirical.of(sample).quantile(p) == expected


def test_draws_are_observations_as_often_as_they_weigh() -> None:
    law = Empirical((1.0, 2.0, 5.0), (0.5, 0.2, 0.3))
    draws = law.draw(np.random.default_rng(1), 20_000)
    assert set(draws.tolist()) == {1.0, 2.0, 5.0}
    for time, p in zip(law.times, law.probabilities, strict=True):
        assert abs((draws == time).mean() - p) < 5 * math.sqrt(p * (1 - p) / 20_000)


def test_nothing_outlives_the_last_time() -> None:
    law = Empirical.of([1.0, 2.0])
    assert law.cumulative_hazard(2.0) == math.inf
    with pytest.raises(ValueError, match="no unit reaches it"):
        law.mean_residual_life(2.0)
    with pytest.raises(ValueError, match="no hazard"):
        law.hazard(1.0)


@pytest.mark.parametrize(
    ("times", "probabilities", "message"),
    [
        ((), (), "as many"),
        ((1.0,), (0.5, 0.5), "as many"),
        ((2.0, 1.0), (0.5, 0.5), "later"),
        ((1.0, 2.0), (0.5, 0.4), "add up to 0.9"),
        ((1.0, 2.0), (1.0, 0.0), r"has 0\.0"),
        ((math.nan,), (1.0,), "times is nan"),
        ((0.0,), (1.0,), "last of times"),
    ],
)
def test_nonsense_is_refused(
    times: tuple[float, ...], probabilities: tuple[float, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Empirical(times, probabilities)


def test_an_empty_sample_is_refused() -> None:
    with pytest.raises(ValueError, match="1 or more"):
        Empirical.of([])
