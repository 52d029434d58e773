import math

import mpmath
import pytest
from scipy.special import betainc, gammaincinv

from models.laws.incomplete_functions import beta_below, gamma_quantile

# scipy.special is the oracle.
_ROUNDING = 1e-16  # of a probability near 1, which is a large share of what is beyond it


@pytest.mark.parametrize("shape", [1e-3, 0.05, 0.5, 1.0, 1.5, 2.0, 7.3, 40.0, 999.0, 9e4])
@pytest.mark.parametrize("probability", [1e-6, 0.01, 0.5, 0.9, 0.95, 0.99, 0.999, 1 - 1e-9])
def test_quantile_of_a_gamma_variable(shape: float, probability: float) -> None:
    expected = float(gammaincinv(shape, probability))
    known_to = 1e-9 + _ROUNDING / (1 - probability)
    assert gamma_quantile(shape, probability) == pytest.approx(expected, rel=known_to, abs=1e-300)


@pytest.mark.parametrize("probability", [0.01, 0.5, 0.95, 0.999])
@pytest.mark.parametrize("shape", [1e5, 1e7, 1e12])
def test_quantile_of_a_large_shape(shape: float, probability: float) -> None:
    expected = float(gammaincinv(shape, probability))
    assert gamma_quantile(shape, probability) == pytest.approx(expected, rel=1e-7)


def test_quantile_of_the_exponential() -> None:
    assert gamma_quantile(1.0, 0.95) == pytest.approx(-math.log(0.05), rel=1e-14)


def test_quantile_refuses_what_has_none() -> None:
    for probability in (0.0, 1.0, math.nan):
        with pytest.raises(ValueError, match="probability is"):
            gamma_quantile(1.0, probability)
    with pytest.raises(ValueError, match="shape"):
        gamma_quantile(0.0, 0.5)


@pytest.mark.parametrize("value", [0.0, 1e-9, 1e-3, 0.2, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("second", [0.01, 0.5, 1.0, 3.5, 120.0])
@pytest.mark.parametrize("first", [1, 2, 5, 30])
def test_incomplete_beta(first: int, second: float, value: float) -> None:
    expected = float(betainc(first, second, value))
    assert beta_below(first, second, value) == pytest.approx(expected, rel=1e-12, abs=1e-300)


def test_incomplete_beta_of_a_long_wait() -> None:
    expected = float(mpmath.betainc(3, 1e5, 0, 1e-4, regularized=True))
    assert beta_below(3, 1e5, 1e-4) == pytest.approx(expected, rel=1e-11)
