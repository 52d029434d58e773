"""Uncertain failure rates: what is drawn and what is averaged are one distribution."""

import math
from statistics import NormalDist, fmean

import pytest

from models.laws.reliability import uncertain_rates
from models.laws.reliability.uncertain_rates import drawn_factor, factors, spread_of
from models.parts.failure import Cause, Component

NORMAL = NormalDist()
END = NORMAL.inv_cdf(0.995)


def mean_factor(spread: float) -> float:
    """Of a log-normal cut off at 0.5 and 99.5 %, in closed form."""
    inside = NORMAL.cdf(END - spread) - NORMAL.cdf(-END - spread)
    return math.exp(spread**2 / 2) * inside / 0.99


def test_the_spread_is_that_of_the_interval() -> None:
    assert spread_of(10.0, 10.0) == 0.0
    assert spread_of(1 / math.e, math.e) == pytest.approx(1 / 1.959964)
    with pytest.raises(ValueError, match="no more than high"):
        spread_of(2.0, 1.0)


@pytest.mark.parametrize("spread", [0.0, 0.3, 0.9, 2.0])
def test_the_quadrature_is_exact_and_what_is_drawn_agrees(spread: float) -> None:
    weighed = factors(spread)
    assert math.fsum(weight for _, weight in weighed) == pytest.approx(1.0, rel=1e-14)
    mean = math.fsum(factor * weight for factor, weight in weighed)
    assert mean == pytest.approx(mean_factor(spread), rel=1e-6)
    shares = [(k + 0.5) / 20_000 for k in range(20_000)]
    assert fmean(drawn_factor(spread, share) for share in shares) == pytest.approx(mean, rel=1e-3)


def test_the_interval_holds_its_share_of_fleets() -> None:
    spread = spread_of(1.0, 16.0)
    inside = sum(0.25 <= drawn_factor(spread, (k + 0.5) / 10_000) <= 4.0 for k in range(10_000))
    assert inside / 10_000 == pytest.approx(0.95 / 0.99, abs=2e-4)
    assert drawn_factor(spread, 1.0) == pytest.approx(1 / drawn_factor(spread, 0.0))


def test_a_block_is_as_available_as_its_fleets_are_on_average() -> None:
    # Two of three, at a hundred thousand fleets: the mean over equal shares of them.
    cause = Cause("failure", 1000.0, 20.0, rate="r", spread=0.8)
    block = Component("nodes", 2, 3, (cause, Cause("other", 5e4, 20.0)), True, "test")
    shares = [(k + 0.5) / 100_000 for k in range(100_000)]

    def away(share: float) -> float:
        rate = drawn_factor(0.8, share) / 1000.0 + 1 / 5e4
        down = 20 * rate / (1 + 20 * rate)
        return 3 * down**2 - 2 * down**3

    assert block.result().unavailability == pytest.approx(fmean(map(away, shares)), rel=1e-4)
    assert block.typical().result().unavailability == pytest.approx(away(0.5), rel=1e-12)
    low, high = block.mttf_interval() or (0.0, 0.0)
    assert low < block.mttf < high
    assert block.result().block.mttf_low == low
    assert block.typical().mttf_interval() is None
    assert uncertain_rates.CONFIDENCE == 0.95
