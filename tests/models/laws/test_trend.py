"""Yearly change of a series: exact curves, an independent fit, nonsense refused."""

import math
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws.trend import exponential_trend

near = partial(pytest.approx, rel=1e-9)


@given(st.floats(-0.9, 2), st.floats(1e-12, 1e12), st.sets(st.integers(1950, 2030), min_size=2))
def test_an_exact_curve_is_found(change: float, level: float, years: set[int]) -> None:
    series = sorted(years)
    trend = exponential_trend(series, [level * (1 + change) ** (year - 1990) for year in series])
    assert 1 + trend.yearly_change == near(1 + change)
    assert trend.value(1990) == pytest.approx(level, rel=1e-6)


def test_least_squares_by_numpy() -> None:
    random = np.random.default_rng(1)
    years = np.arange(1980, 2020, 3)
    values = np.exp(-0.4 * (years - 1980) + random.normal(0, 0.3, len(years)))
    slope, start = np.polyfit(years, np.log(values), 1)
    trend = exponential_trend(years.tolist(), values.tolist())
    assert trend.yearly_change == pytest.approx(math.expm1(slope), rel=1e-9)
    assert trend.value(2000) == pytest.approx(math.exp(start + slope * 2000), rel=1e-7)
    assert trend.explained == near(float(np.corrcoef(years, np.log(values))[0, 1]) ** 2)


def test_halving() -> None:
    assert exponential_trend([2000, 2002], [4.0, 1.0]).halving_time == near(1)
    flat = exponential_trend([2000, 2001], [3.0, 3.0])
    assert (flat.halving_time, flat.explained) == (math.inf, 1.0)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: exponential_trend([2000], [1.0]), "two different years"),
        (lambda: exponential_trend([2000, 2000], [1.0, 2.0]), "two different years"),
        (lambda: exponential_trend([2000, 2001], [1.0]), "years has 2 entries and values 1"),
        (lambda: exponential_trend([2000, 2001], [1.0, 0.0]), r"values\[1\] is 0"),
        (lambda: exponential_trend([2000, 2001], [1.0, math.nan]), r"values\[1\] is nan"),
    ],
)
def test_nonsense_is_refused(make: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        make()
