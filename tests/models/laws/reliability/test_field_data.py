"""Field data and the curve of those that still live."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.laws.reliability.empirical import Empirical
from models.laws.reliability.field_data import FieldData, kaplan_meier

# Freireich et al. (1963), weeks of remission under 6-MP, with the curve of Kaplan and Meier that
# Kleinbaum and Klein (2012), Survival Analysis, chapter 2, print.
WEEKS = FieldData(
    (6.0, 6.0, 6.0, 7.0, 10.0, 13.0, 16.0, 22.0, 23.0),
    (6.0, 9.0, 10.0, 11.0, 17.0, 19.0, 20.0, 25.0, 32.0, 32.0, 34.0, 35.0),
)


def test_published_curve() -> None:
    curve = kaplan_meier(WEEKS)
    assert curve.times == (6.0, 7.0, 10.0, 13.0, 16.0, 22.0, 23.0)
    printed = (0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482)
    assert curve.reliability == pytest.approx(printed, abs=6e-5)
    assert curve.last == 35.0
    for low, middle, high in zip(curve.low, curve.reliability, curve.high, strict=True):
        assert 0 < low < middle < high < 1
    # Greenwood's error of log(-log R) at 6 weeks: sqrt(3/(21 * 18)) / -log(18/21).
    spread = 1.959963984540054 * math.sqrt(3 / (21 * 18)) / -math.log(18 / 21)
    assert curve.low[0] == pytest.approx((18 / 21) ** math.exp(spread), rel=1e-9)
    assert curve.high[0] == pytest.approx((18 / 21) ** math.exp(-spread), rel=1e-9)


def test_what_lives_at_the_end_is_taken_to_fail_there() -> None:
    law = kaplan_meier(WEEKS).lifetime()
    assert law.times[-1] == 35.0
    assert law.reliability(34.9) == pytest.approx(0.4482, abs=6e-5)
    # Kept up to the age of the last failure, where that is also the last that is known.
    tied = kaplan_meier(FieldData((5.0, 9.0), (9.0,))).lifetime()
    assert tied.times == (5.0, 9.0)
    assert tied.probabilities == pytest.approx((1 / 3, 2 / 3))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 20).map(float), min_size=1, max_size=15))
def test_without_survivors_it_is_the_sample(sample: list[float]) -> None:
    curve = kaplan_meier(FieldData(tuple(sample)))
    law = Empirical.of(sample)
    assert curve.times == law.times
    assert curve.reliability == pytest.approx([law.reliability(t) for t in law.times], abs=1e-12)
    assert curve.reliability[-1] == pytest.approx(0.0, abs=1e-12)
    assert curve.lifetime().mttf == pytest.approx(law.mttf)
    assert all(0 <= low <= high <= 1 for low, high in zip(curve.low, curve.high, strict=True))


def test_a_higher_confidence_is_wider() -> None:
    narrow, wide = kaplan_meier(WEEKS, 0.5), kaplan_meier(WEEKS, 0.99)
    assert all(a > b for a, b in zip(narrow.low, wide.low, strict=True))
    assert all(a < b for a, b in zip(narrow.high, wide.high, strict=True))


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="failures is empty"):
        FieldData((), (1.0, 2.0))
    with pytest.raises(ValueError, match="failures is 0"):
        FieldData((0.0,))
    with pytest.raises(ValueError, match="survivals is -1"):
        FieldData((1.0,), (-1.0,))
    with pytest.raises(ValueError, match="must end after it starts"):
        FieldData((), (), ((2.0, 2.0),))
    with pytest.raises(ValueError, match="intervals is given"):
        kaplan_meier(FieldData((1.0,), (), ((1.0, 2.0),)))
    for confidence in (0.0, 1.0, math.nan):
        with pytest.raises(ValueError, match=f"confidence is {confidence}"):
            kaplan_meier(WEEKS, confidence)
