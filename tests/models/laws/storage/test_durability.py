"""Durability as providers publish it."""

import math
from fractions import Fraction
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws.storage.durability import (
    YEAR,
    Durability,
    annual_failure_rate,
    period_durability,
)

DAY = 86_400.0
near = partial(pytest.approx, rel=1e-9, abs=0)


def test_backblaze_17_and_3() -> None:
    # Backblaze (2018), Erasure coding durability: 0.405 % a year, 6.5 days to replace; printed
    # 1.309e-13, 1.310e-13, 7.354e-12 and 0.999999999992646.
    answer = period_durability(17, 3, 0.00405, 6.5 * DAY)
    assert answer.one_too_many == near(1.3092784929705794e-13)
    assert answer.period_loss == near(1.3095807326660936e-13)
    assert answer.annual_loss == near(7.353799498790738e-12)
    assert answer.durability == near(0.9999999999926462)
    assert answer.nines == near(-math.log10(7.353799498790738e-12))
    assert answer.periods == near(365 / 6.5)


def test_eleven_nines_of_ten_million_objects() -> None:
    # Amazon S3: of 10,000,000 objects at eleven nines one is lost in 10,000 years on average.
    durability = Durability(1e-11)
    assert durability.nines == near(11)
    assert durability.expected_losses(1e7) == near(1e-4)
    assert durability.loss_probability(1e7) == near(-math.expm1(-1e-4 * (1 + 5e-12)))


def test_losses_beyond_sixteen_nines_are_carried() -> None:
    answer = period_durability(10, 10, 0.001, 1 * DAY)
    assert answer.durability == 1.0
    assert 0 < answer.annual_loss < 1e-50
    assert answer.nines > 50


def test_a_period_is_binomial() -> None:
    # 1 - exp(-1 / 1000) of the drives fail in a period; more than 2 of 9 are lost.
    chance = Fraction(-math.expm1(-0.001))
    exact = sum(
        (math.comb(9, n) * chance**n * (1 - chance) ** (9 - n) for n in range(3, 10)), Fraction(0)
    )
    answer = period_durability(7, 2, 0.365, DAY)
    assert answer.period_loss == near(float(exact))
    assert answer.one_too_many == near(float(math.comb(9, 3) * chance**3 * (1 - chance) ** 6))


@given(st.integers(1, 20), st.integers(0, 5), st.floats(1e-6, 0.5), st.floats(0.1, 100.0))
def test_more_parity_and_quicker_replacement_lose_less(
    data: int, parity: int, rate: float, days: float
) -> None:
    loss = period_durability(data, parity, rate, days * DAY).annual_loss
    assert 0 <= loss <= 1
    assert period_durability(data, parity + 1, rate, days * DAY).annual_loss < loss
    if parity:
        assert period_durability(data, parity, rate, days / 2 * DAY).annual_loss < loss


def test_no_failures_no_losses() -> None:
    answer = period_durability(4, 2, 0.0, DAY)
    assert (answer.annual_loss, answer.nines) == (0.0, math.inf)
    assert Durability(1.0).loss_probability(3) == 1.0
    assert Durability(1.0).loss_probability(0) == 0.0


def test_rate_of_a_million_hours() -> None:
    # Schroeder and Gibson (2007): datasheets say 1,000,000 to 1,500,000 h, 0.88 % a year at most.
    assert annual_failure_rate(1e6 * 3600) == near(0.00876)


def test_nonsense() -> None:
    with pytest.raises(ValueError, match=r"annual_loss is 1\.2"):
        Durability(1.2)
    with pytest.raises(ValueError, match="objects is -1"):
        Durability(0.1).expected_losses(-1)
    with pytest.raises(ValueError, match="data is 0"):
        period_durability(0, 3, 0.01, DAY)
    with pytest.raises(ValueError, match="parity is -1"):
        period_durability(17, -1, 0.01, DAY)
    with pytest.raises(ValueError, match=r"annual_failure_rate is -0\.1"):
        period_durability(17, 3, -0.1, DAY)
    with pytest.raises(ValueError, match="at most a year"):
        period_durability(17, 3, 0.1, 2 * YEAR)
    with pytest.raises(ValueError, match="replacement is nan"):
        period_durability(17, 3, 0.1, math.nan)
