"""Age replacement and inspections against integrals and roots to thirty digits."""

import math
from functools import partial

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.laws.reliability import maintenance as law
from models.laws.reliability.empirical import Empirical
from models.laws.reliability.lifetimes import (
    Deterministic,
    Exponential,
    Gamma,
    LogNormal,
    Weibull,
)

near = partial(pytest.approx, rel=1e-9, abs=0)


@pytest.mark.parametrize("ratio", [2.0, 10.0, 1e6])
def test_optimal_age_of_a_weibull(ratio: float) -> None:
    # The root of Barlow and Proschan (1965), chapter 4, for shape 2 and scale 1.
    mpmath.mp.dps = 30

    def excess(age: mpmath.mpf) -> mpmath.mpf:
        working = mpmath.sqrt(mpmath.pi) / 2 * mpmath.erf(age)
        return 2 * age * working + mpmath.exp(-age * age) - 1 - 1 / (mpmath.mpf(ratio) - 1)

    exact = mpmath.findroot(excess, 1 / mpmath.sqrt(ratio))
    assert law.optimal_replacement_age(Weibull(2.0, 5.0), 1.0, ratio) == near(float(5 * exact))


@settings(max_examples=40, deadline=None)
@given(st.floats(1.2, 6), st.floats(1.5, 1e4))
def test_no_other_age_costs_less(shape: float, ratio: float) -> None:
    unit = Weibull(shape, 1000.0, 50.0)
    best = law.optimal_replacement_age(unit, 3.0, 3.0 * ratio)
    least = law.replacement_cost(unit, best, 3.0, 3.0 * ratio)
    for age in [unit.quantile(share / 50) for share in range(1, 50)] + [math.inf]:
        assert least <= law.replacement_cost(unit, age, 3.0, 3.0 * ratio) * (1 + 1e-12)


def test_replacing_never_pays_without_wear() -> None:
    for unit in (Exponential(0.01), Weibull(0.8, 100.0), Gamma(0.5, 100.0)):
        assert law.optimal_replacement_age(unit, 1.0, 100.0) == math.inf
    assert law.optimal_replacement_age(Weibull(3.0, 100.0), 5.0, 5.0) == math.inf
    # The hazard of a lognormal falls in the end: replacing pays early or not at all.
    assert law.optimal_replacement_age(LogNormal(5.0, 2.0), 1.0, 1.5) == math.inf
    assert 0 < law.optimal_replacement_age(LogNormal(5.0, 0.3), 1.0, 50.0) < 150


def test_early_failures_after_a_time_without_any() -> None:
    unit = Weibull(0.7, 1000.0, 300.0)
    assert law.optimal_replacement_age(unit, 1.0, 1000.0) == 300.0
    assert law.optimal_replacement_age(unit, 1.0, 1.1) == math.inf


def test_cost_and_downtime_of_a_fixed_life() -> None:
    unit = Deterministic(100.0)
    assert law.replacement_cost(unit, 80.0, 2.0, 9.0) == near(2 / 80)
    assert law.replacement_cost(unit, 120.0, 2.0, 9.0) == near(9 / 100)
    assert law.replacement_cost(unit, math.inf, 2.0, 9.0) == near(9 / 100)
    assert law.replacement_unavailability(unit, 80.0, 2.0, 9.0) == near(2 / 82)
    assert law.life_within(Empirical.of([10.0, 30.0]), 20.0) == near(15.0)


def test_unavailability_under_replacement_at_an_age() -> None:
    # A constant rate: cycles of (1 - e^-lT)/l with one of two downtimes at their end.
    unit, age = Exponential(1e-3), 500.0
    working = -math.expm1(-0.5) / 1e-3
    down = 2 * math.exp(-0.5) - 20 * math.expm1(-0.5)
    found = law.replacement_unavailability(unit, age, 2.0, 20.0)
    assert found == near(down / (working + down))
    assert law.replacement_unavailability(unit, math.inf, 2.0, 20.0) == near(20 / 1020)


@settings(deadline=None)
@given(st.floats(-9, 2))
def test_hidden_failures_of_an_exponential(exponent: float) -> None:
    # Rausand and Høyland (2004), chapter 10: 1 - (1 - e^-lt)/(lt), near lt/2 where small.
    mpmath.mp.dps = 50
    load = mpmath.mpf(10**exponent)
    exact = 1 - (1 - mpmath.exp(-load)) / load
    assert law.hidden_unavailability(Exponential(0.001), float(load) * 1000) == near(float(exact))


@pytest.mark.parametrize("interval", [1e-3, 10.0, 3e5])
def test_hidden_failures_of_a_weibull(interval: float) -> None:
    # The integral of the power series of the unreliability, whose first term is t^3/3.
    mpmath.mp.dps = 30
    unit = Weibull(2.0, 1000.0, 0.0)
    x = mpmath.mpf(interval) / 1000
    exact = 1 - mpmath.sqrt(mpmath.pi) / 2 * mpmath.erf(x) / x
    assert law.hidden_unavailability(unit, interval) == near(float(exact))


def test_hidden_failures_of_observed_lives() -> None:
    assert law.hidden_unavailability(Empirical.of([10.0, 90.0]), 40.0) == near(15 / 40)
    assert law.hidden_unavailability(Deterministic(50.0), 40.0) == 0.0
    sharp = LogNormal(math.log(100.0), 1e-3)
    assert 0 < law.hidden_unavailability(sharp, sharp.quantile(1e-9)) < 1e-12


def test_nonsense_is_refused() -> None:
    unit = Weibull(2.0, 100.0)
    for value in (0.0, -1.0, math.nan):
        with pytest.raises(ValueError, match=f"age is {value}"):
            law.replacement_cost(unit, value, 1.0, 2.0)
        with pytest.raises(ValueError, match=f"interval is {value}"):
            law.hidden_unavailability(unit, value)
        with pytest.raises(ValueError, match=f"preventive is {value}"):
            law.optimal_replacement_age(unit, value, 2.0)
    with pytest.raises(ValueError, match="no hazard"):
        law.optimal_replacement_age(Deterministic(5.0), 1.0, 2.0)
