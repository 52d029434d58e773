"""Laws of lifetimes against their integrals to fifty digits."""

import math
from functools import partial

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.laws.reliability.lifetime import Lifetime
from models.laws.reliability.lifetimes import (
    Deterministic,
    Exponential,
    Gamma,
    LogNormal,
    Weibull,
)

near = partial(pytest.approx, rel=1e-9, abs=0)
LAWS = [
    Exponential(1e-3),
    Weibull(0.6, 500.0),
    Weibull(1.0, 500.0),
    Weibull(2.3, 500.0, 100.0),
    LogNormal(6.0, 0.8),
    Gamma(0.4, 900.0),
    Gamma(5.0, 90.0),
]
shares = st.floats(1e-9, 1 - 1e-6)


@pytest.fixture(autouse=True)
def fifty_digits() -> None:
    mpmath.mp.dps = 50


def test_exponential() -> None:
    # Trivedi (2002), section 3.2: at its mttf a unit has survived with probability 1/e.
    law = Exponential(1 / 1000)
    assert law.reliability(1000.0) == near(0.36787944117144233)
    assert law.unreliability(1e-12) == near(1e-15)
    assert (law.mttf, law.variance) == near((1000.0, 1e6))
    assert law.conditional_reliability(5000.0, 1000.0) == near(law.reliability(1000.0))
    assert law.conditional_unreliability(1e9, 1e-9) == near(1e-12)


def test_weibull_of_disks() -> None:
    # Elerath and Pecht (2007): operational failures of a drive, shape 1.12, 461,386 h;
    # restoring takes 6 h and a Weibull of shape 2 and 12 h.
    drive = Weibull(1.12, 461_386.0)
    assert drive.unreliability(87_600.0) == near(
        float(1 - mpmath.exp(-((mpmath.mpf(87_600) / 461_386) ** 1.12)))
    )
    restore = Weibull(2.0, 12.0, 6.0)
    assert restore.unreliability(6.0) == 0.0
    assert restore.hazard(5.0) == 0.0
    assert restore.mttf == near(6 + 12 * math.sqrt(math.pi) / 2)
    assert restore.variance == near(144 * (1 - math.pi / 4))
    assert restore.mean_residual_life(2.0) == near(restore.mttf - 2)
    assert restore.quantile(0.0) == 6.0


def test_weibull_of_shape_1_is_exponential() -> None:
    weibull, exponential = Weibull(1.0, 50.0), Exponential(0.02)
    for time in (0.0, 1e-9, 3.0, 5000.0):
        assert weibull.cumulative_hazard(time) == near(exponential.cumulative_hazard(time))
        assert weibull.hazard(time) == near(0.02)
        assert weibull.mean_residual_life(time) == near(50.0)


def test_gamma_of_a_whole_shape_is_a_sum_of_stages() -> None:
    # Erlang's law of three stages, Rausand and Høyland (2004), chapter 2.
    law, x = Gamma(3.0, 1000.0), 1.0
    assert law.reliability(1000.0) == near(math.exp(-x) * (1 + x + x * x / 2))
    assert (law.mttf, law.variance) == near((3000.0, 3e6))


def test_lognormal() -> None:
    # Rausand and Høyland (2004), chapter 2: the median is e^mean.
    law = LogNormal(math.log(24.0), 0.5)
    assert law.quantile(0.5) == near(24.0)
    assert law.reliability(24.0) == near(0.5)
    assert law.mttf == near(24 * math.exp(0.125))
    assert law.variance == near(24**2 * math.exp(0.25) * math.expm1(0.25))


def test_deterministic() -> None:
    law = Deterministic(100.0)
    assert [law.reliability(time) for time in (0.0, 99.9, 100.0)] == [1.0, 1.0, 0.0]
    assert (law.mttf, law.variance, law.quantile(0.3)) == (100.0, 0.0, 100.0)
    assert law.mean_residual_life(30.0) == near(70.0)
    assert law.time_lost(150.0) == near(50.0)
    assert law.draw(np.random.default_rng(0), 3).tolist() == [100.0] * 3
    with pytest.raises(ValueError, match="no hazard"):
        law.hazard(1.0)
    for ask in (law.mean_residual_life, lambda age: law.conditional_reliability(age, 1.0)):
        with pytest.raises(ValueError, match=r"age is 100\.0 s; no unit reaches it"):
            ask(100.0)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.05, 50), st.floats(1e-4, 1e3))
def test_gamma_in_both_tails(shape: float, time: float) -> None:
    law, a, x = Gamma(shape, 1.0), mpmath.mpf(shape), mpmath.mpf(time)
    integrand = x ** (a - 1) * mpmath.exp(-x)
    above, below = mpmath.gammainc(a, x), mpmath.gammainc(a, 0, x)
    if time > 1 + shape:
        assert law.cumulative_hazard(time) == near(float(-mpmath.log(above / mpmath.gamma(a))))
    assert law.unreliability(time) == near(float(below / mpmath.gamma(a)))
    assert law.hazard(time) == near(float(integrand / above))
    assert law.mean_residual_life(time) == near(float(mpmath.gammainc(a + 1, x) / above - x))


@settings(max_examples=60, deadline=None)
@given(st.floats(0.05, 20), st.floats(1e-3, 600))
def test_weibull_in_both_tails(shape: float, hazard: float) -> None:
    law, a = Weibull(shape, 2.0), 1 / mpmath.mpf(shape)
    time = 2 * hazard ** (1 / shape)
    h = (mpmath.mpf(time) / 2) ** shape
    assert law.cumulative_hazard(time) == near(float(h))
    residual = 2 * a * mpmath.exp(h) * mpmath.gammainc(a, h)
    assert law.mean_residual_life(time) == near(float(residual))
    assert law.mttf == near(float(2 * mpmath.gamma(1 + a)))


@given(st.floats(0.05, 1000))
def test_weibull_variance(shape: float) -> None:
    a = 1 / mpmath.mpf(shape)
    exact = mpmath.gamma(1 + 2 * a) - mpmath.gamma(1 + a) ** 2
    assert Weibull(shape, 1.0).variance == near(float(exact))


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 5), st.floats(-8, 30))
def test_lognormal_in_both_tails(deviation: float, score: float) -> None:
    law = LogNormal(1.0, deviation)
    time = math.exp(1 + deviation * score)
    z = (mpmath.log(time) - 1) / deviation
    tail, square = mpmath.erfc(z / mpmath.sqrt(2)) / 2, mpmath.mpf(deviation) ** 2
    # The score is a difference of logarithms: its own digits limit those of the tails.
    close = partial(pytest.approx, rel=1e-9 / min(1, 10 * deviation), abs=0)
    assert law.cumulative_hazard(time) == close(float(-mpmath.log(tail)))
    density = mpmath.exp(-z * z / 2) / (time * deviation * mpmath.sqrt(2 * mpmath.pi))
    assert law.hazard(time) == close(float(density / tail))
    partial_mean = mpmath.exp(1 + square / 2) * mpmath.erfc((z - deviation) / mpmath.sqrt(2)) / 2
    assert law.mean_residual_life(time) == close(float(partial_mean / tail - time))


@pytest.mark.parametrize("law", LAWS, ids=repr)
@settings(max_examples=30, deadline=None)
@given(p=shares)
def test_quantile_inverts_the_unreliability(law: Lifetime, p: float) -> None:
    time = law.quantile(p)
    assert law.unreliability(time) == pytest.approx(p, rel=1e-8)
    assert law.reliability(time) + law.unreliability(time) == near(1.0)


@pytest.mark.parametrize("law", LAWS, ids=repr)
@settings(max_examples=30, deadline=None)
@given(p=shares, q=shares)
def test_conditional_life_is_a_ratio(law: Lifetime, p: float, q: float) -> None:
    age, time = law.quantile(p), law.quantile(q)
    later = law.reliability(age + time) / law.reliability(age)
    assert law.conditional_reliability(age, time) == pytest.approx(later, rel=1e-8, abs=1e-300)
    assert law.conditional_unreliability(age, time) == pytest.approx(1 - later, abs=1e-9)


def test_an_age_that_no_unit_reaches() -> None:
    with pytest.raises(ValueError, match="no unit reaches it"):
        Weibull(1000.0, 1000.0).conditional_unreliability(1e6, 0.0)


def test_a_short_time_at_a_great_age_keeps_its_digits() -> None:
    law, age, time = Weibull(1.5, 1e6), mpmath.mpf(1e8), mpmath.mpf(1e-3)
    exact = -mpmath.expm1(-(((age + time) / 10**6) ** 1.5 - (age / 10**6) ** 1.5))
    assert law.conditional_unreliability(1e8, 1e-3) == near(float(exact))


@pytest.mark.parametrize("law", LAWS, ids=repr)
@settings(max_examples=20, deadline=None)
@given(p=shares)
def test_time_lost_is_the_integral_of_the_unreliability(law: Lifetime, p: float) -> None:
    interval = law.quantile(p)
    left = law.reliability(interval) * law.mean_residual_life(interval)
    assert law.time_lost(interval) == pytest.approx(interval - law.mttf + left, abs=1e-9 * law.mttf)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["Weibull", "Gamma", "LogNormal"]), st.floats(0, 1), st.floats(0.01, 0.99))
def test_time_lost_of_extreme_shapes(kind: str, place: float, p: float) -> None:
    """The mean life can be 1e21 times the interval, or a million times its deviation."""
    law: Lifetime
    with mpmath.workdps(120):
        if kind == "Weibull":
            law = Weibull(0.05 * 20_000**place, 1.0)
            t, a = mpmath.mpf(law.quantile(p)), 1 / mpmath.mpf(law.shape)
            exact = t - a * mpmath.gammainc(a, 0, t ** mpmath.mpf(law.shape))
        elif kind == "Gamma":
            law = Gamma(0.05 * 20_000**place, 1.0)
            t, a = mpmath.mpf(law.quantile(p)), mpmath.mpf(law.shape)
            late = mpmath.gammainc(a + 1, 0, t, regularized=True)
            exact = t * mpmath.gammainc(a, 0, t, regularized=True) - a * late
        else:
            law = LogNormal(0.0, 1e-3 * 10_000**place)
            t, deviation = mpmath.mpf(law.quantile(p)), mpmath.mpf(law.log_deviation)
            score = mpmath.log(t) / deviation
            late = mpmath.exp(deviation**2 / 2) * mpmath.ncdf(score - deviation)
            exact = t * mpmath.ncdf(score) - late
        assert law.time_lost(float(t)) == pytest.approx(float(exact), rel=1e-9, abs=0)


RARE = st.floats(-14, -1.1)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.05, 50), RARE)
def test_time_lost_to_rare_failures_of_a_gamma(shape: float, exponent: float) -> None:
    interval, a = Gamma(shape, 1.0).quantile(10**exponent), mpmath.mpf(shape)
    x = mpmath.mpf(interval)
    mpmath.mp.dps = 120  # the difference cancels
    if interval > 1e-30:
        exact = x * mpmath.gammainc(a, 0, x) - mpmath.gammainc(a + 1, 0, x)
        assert Gamma(shape, 1.0).time_lost(interval) == near(float(exact / mpmath.gamma(a)))


@settings(max_examples=40, deadline=None)
@given(st.floats(0.2, 50), RARE)
def test_time_lost_to_rare_failures_of_a_weibull(shape: float, exponent: float) -> None:
    mpmath.mp.dps = 80
    law = Weibull(shape, 2.0, 5.0)
    x, a = (mpmath.mpf(law.quantile(10**exponent)) - 5) / 2, 1 / mpmath.mpf(shape)
    exact = 2 * (x - a * mpmath.gammainc(a, 0, x**shape))
    if x > 0:
        assert law.time_lost(law.quantile(10**exponent)) == near(float(exact))


@settings(max_examples=40, deadline=None)
@given(st.floats(0.01, 5), RARE)
def test_time_lost_to_rare_failures_of_a_lognormal(deviation: float, exponent: float) -> None:
    mpmath.mp.dps = 80
    law = LogNormal(1.0, deviation)
    interval = law.quantile(10**exponent)
    z, root = (mpmath.log(interval) - 1) / deviation, mpmath.sqrt(2)
    mean = mpmath.exp(1 + mpmath.mpf(deviation) ** 2 / 2)
    exact = interval * mpmath.erfc(-z / root) - mean * mpmath.erfc((deviation - z) / root)
    assert law.time_lost(interval) == near(float(exact / 2))


@pytest.mark.parametrize("law", LAWS, ids=repr)
def test_draws_have_the_mean_and_the_distribution(law: Lifetime) -> None:
    draws = law.draw(np.random.default_rng(7), 20_000)
    assert draws.shape == (20_000,)
    # Five standard errors.
    assert abs(draws.mean() - law.mttf) < 5 * math.sqrt(law.variance / 20_000)
    for p in (0.1, 0.5, 0.9):
        below = float((draws <= law.quantile(p)).mean())
        assert abs(below - p) < 5 * math.sqrt(p * (1 - p) / 20_000)


def test_a_falling_hazard_starts_at_a_pole() -> None:
    assert Weibull(0.5, 1.0).hazard(0.0) == math.inf
    assert Gamma(0.5, 1.0).hazard(0.0) == math.inf
    assert Gamma(1.0, 4.0).hazard(0.0) == 0.25
    assert Gamma(2.0, 1.0).hazard(0.0) == LogNormal(0.0, 1.0).hazard(0.0) == 0.0


@pytest.mark.parametrize("law", LAWS, ids=repr)
def test_far_out_nothing_is_not_a_number(law: Lifetime) -> None:
    for age in (0.0, 1e-300, 1e12, 1e99):
        values = (law.reliability(age), law.unreliability(age), law.hazard(age))
        assert all(value >= 0 for value in (*values, law.time_lost(age)))


@pytest.mark.parametrize("law", [*LAWS, Deterministic(3.0)], ids=repr)
def test_nonsense_is_refused(law: Lifetime) -> None:
    for time in (-1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match=f"time is {time}"):
            law.unreliability(time)
        with pytest.raises(ValueError, match=f"age is {time}"):
            law.mean_residual_life(time)
        with pytest.raises(ValueError, match=f"time is {time}"):
            law.conditional_reliability(0.0, time)
    for p in (-0.1, 1.0, math.nan):
        with pytest.raises(ValueError, match=f"p is {p}"):
            law.quantile(p)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda value: Exponential(value), "failure_rate"),
        (lambda value: Weibull(value, 1.0), "shape"),
        (lambda value: Weibull(1.0, value), "scale"),
        (lambda value: Gamma(value, 1.0), "shape"),
        (lambda value: Gamma(1.0, value), "scale"),
        (lambda value: LogNormal(0.0, value), "log_deviation"),
        (lambda value: Deterministic(value), "life"),
    ],
)
def test_parameters_out_of_range(make: object, name: str) -> None:
    for value in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match=f"{name} is {value}"):
            make(value)  # type: ignore[operator]


def test_locations_out_of_range() -> None:
    with pytest.raises(ValueError, match=r"location is -1\.0"):
        Weibull(1.0, 1.0, -1.0)
    with pytest.raises(ValueError, match="log_mean is nan"):
        LogNormal(math.nan, 1.0)
