"""Student's distribution and order statistics."""

import math

import pytest
from mpmath import betainc, mp
from mpmath import mpf as exact

from models.laws.intervals import (
    normal_factor,
    quantile_positions,
    student_below,
    student_quantile,
)


@pytest.mark.parametrize(
    ("confidence", "degrees", "factor"),
    [
        # Tables of Student's distribution: t(0.975; 1, 4, 9, 29) and t(0.995; 10).
        (0.95, 1, 12.706204736),
        (0.95, 4, 2.776445105),
        (0.95, 9, 2.262157163),
        (0.95, 29, 2.045229642),
        (0.99, 10, 3.169272673),
    ],
)
def test_student_factors_of_the_tables(confidence: float, degrees: int, factor: float) -> None:
    assert student_quantile(confidence, degrees) == pytest.approx(factor, rel=1e-9)


@pytest.mark.parametrize("degrees", [1, 2, 3, 7, 50, 999, 5000])
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999])
def test_student_factors_have_their_probability(confidence: float, degrees: int) -> None:
    mp.dps = 30
    t = exact(student_quantile(confidence, degrees))
    outside = betainc(exact(degrees) / 2, exact("0.5"), 0, degrees / (degrees + t * t), True)
    assert float(1 - outside) == pytest.approx(confidence, rel=1e-11)


@pytest.mark.parametrize(
    ("value", "degrees", "below"),
    [(1.0, 1, 0.75), (-1.0, 1, 0.25), (0.0, 5, 0.5), (1.812, 10, 0.95), (-2.998, 7, 0.01),
     (318.309, 1, 0.999), (1.282, 10_000, 0.9)],
)  # fmt: skip
def test_student_has_the_probabilities_of_the_tables(
    value: float, degrees: int, below: float
) -> None:
    # Abramowitz and Stegun (1964), table 26.10.
    assert student_below(value, degrees) == pytest.approx(below, abs=2e-4)


def test_student_tends_to_the_normal() -> None:
    assert student_quantile(0.95, 100_000) == pytest.approx(normal_factor(0.95), rel=1e-4)
    assert normal_factor(0.95) == pytest.approx(1.959963984540054, rel=1e-12)


@pytest.mark.parametrize(("count", "probability"), [(10, 0.5), (200, 0.95), (1000, 0.5), (7, 0.9)])
def test_positions_enclose_the_quantile_with_confidence(count: int, probability: float) -> None:
    def inside(low: int, high: int) -> float:
        return math.fsum(
            math.comb(count, k) * probability**k * (1 - probability) ** (count - k)
            for k in range(low + 1, high + 1)
        )

    low, high = quantile_positions(count, probability, 0.95)
    assert 0 <= low < high < count
    if high < count - 1:
        assert inside(low, high) >= 0.95
        assert inside(low + 1, high - 1) < 0.95


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: student_quantile(1.0, 3), "confidence"),
        (lambda: student_quantile(0.95, 0), "degrees"),
        (lambda: student_below(0.0, 0), "degrees"),
        (lambda: quantile_positions(0, 0.5, 0.95), "count"),
        (lambda: quantile_positions(10, 1.0, 0.95), "between 0 and 1"),
    ],
)
def test_out_of_range(call: object, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        call()  # type: ignore[operator]
