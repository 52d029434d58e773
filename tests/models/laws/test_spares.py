"""Spares against exact sums, and what must hold of every law of them."""

import math
from fractions import Fraction

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.description.quantities import DAY, HOUR
from models.laws import spares as law

LAWS = (
    law.shortage_of_ordered_spares,
    law.shortage_of_hot_spares,
    law.shortage_of_cold_spares,
)


@given(st.integers(1, 5000), st.integers(0, 120), st.floats(1e-9, 5e-2))
def test_ordered_spares_are_the_tail_of_poisson(required: int, spares: int, load: float) -> None:
    with mpmath.workdps(60):
        mean = mpmath.mpf(required) * mpmath.mpf(load)
        exact = float(mpmath.gammainc(spares + 1, 0, mean, regularized=True))
    value = law.shortage_of_ordered_spares(required, spares, load / DAY, DAY)
    assert value == pytest.approx(exact, rel=1e-9, abs=1e-300)


@given(st.integers(1, 40), st.integers(0, 12), st.integers(1, 2000))
def test_hot_spares_are_the_tail_of_the_binomial(required: int, spares: int, up: int) -> None:
    units, away = required + spares, Fraction(1, up + 1)
    exact = sum(
        math.comb(units, j) * away**j * (1 - away) ** (units - j)
        for j in range(spares + 1, units + 1)
    )
    value = law.shortage_of_hot_spares(required, spares, 1 / (up * HOUR), HOUR)
    assert value == pytest.approx(float(exact), rel=1e-9)


@given(st.integers(1, 200), st.integers(0, 20), st.floats(1e-6, 0.2))
def test_cold_spares_are_a_birth_death_chain(required: int, spares: int, load: float) -> None:
    # π_j+1 (j+1)/T = π_j k λ, up to one unit too many.
    weights = [1.0]
    for away in range(spares + 1):
        weights.append(weights[-1] * required * load / (away + 1))
    value = law.shortage_of_cold_spares(required, spares, load / HOUR, HOUR)
    assert value == pytest.approx(weights[-1] / math.fsum(weights), rel=1e-9)


def test_shortages_keep_their_digits_far_below_the_smallest_step_from_one() -> None:
    # 16 nodes, one failure in 1,000 days, 4 h to repair: with 6 spares, C(22, 7) q^7 and a little.
    q = (4 / 24 / 1000) / (1 + 4 / 24 / 1000)
    exact = math.fsum(math.comb(22, j) * q**j * (1 - q) ** (22 - j) for j in range(7, 23))
    value = law.shortage_of_hot_spares(16, 6, 1 / (1000 * DAY), 4 * HOUR)
    assert value == pytest.approx(exact, rel=1e-9)
    assert value < 1e-20


@pytest.mark.parametrize("shortage", LAWS)
@given(required=st.integers(1, 500), spares=st.integers(0, 30), load=st.floats(1e-6, 0.1))
def test_more_spares_more_reserve(
    shortage: law.Shortage, required: int, spares: int, load: float
) -> None:
    fewer = shortage(required, spares, load / DAY, DAY)
    more = shortage(required, spares + 1, load / DAY, DAY)
    assert 0 <= more <= fewer <= 1
    assert shortage(required + 1, spares, load / DAY, DAY) >= fewer * (1 - 1e-9)


@pytest.mark.parametrize("shortage", LAWS)
def test_the_fewest_spares_suffice_and_one_less_does_not(shortage: law.Shortage) -> None:
    # 2,048 nodes, 6.5 failures per 1,000 node-days, back after two days: 27 away on average.
    arguments = (6.5e-3 / DAY, 2 * DAY)
    fewest = law.spares_needed(2048, *arguments, 1e-3, shortage)
    assert 27 < fewest < 60
    assert shortage(2048, fewest, *arguments) <= 1e-3 < shortage(2048, fewest - 1, *arguments)


@pytest.mark.parametrize("shortage", LAWS)
def test_units_that_never_fail_need_no_spares(shortage: law.Shortage) -> None:
    assert shortage(8, 0, 0.0, DAY) == 0.0
    assert law.spares_needed(8, 0.0, DAY, 1e-15, shortage) == 0


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((0, 1, 1e-6, 1.0), "required is 0"),
        ((1, -1, 1e-6, 1.0), "spares -1"),
        ((1, 1, -1e-6, 1.0), "failure_rate is -1e-06"),
        ((1, 1, 1e-6, math.inf), "replacement_time is inf"),
        ((1, 1, math.nan, 1.0), "failure_rate is nan"),
    ],
)
def test_nonsense_is_refused(arguments: tuple[int, int, float, float], name: str) -> None:
    for shortage in LAWS:
        with pytest.raises(ValueError, match=name):
            shortage(*arguments)


@pytest.mark.parametrize("shortage", [0.0, -1.0, 1.5, math.nan])
def test_a_shortage_that_is_no_probability_is_refused(shortage: float) -> None:
    with pytest.raises(ValueError, match="shortage is"):
        law.spares_needed(8, 1e-6, DAY, shortage)


def test_no_number_of_spares_makes_up_for_units_that_hardly_ever_work() -> None:
    with pytest.raises(ValueError, match="fail less or return sooner"):
        law.spares_needed(1000, 1.0, 1e6, 1e-3, law.shortage_of_ordered_spares)
