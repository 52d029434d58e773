"""How wide an interval is that left-out steps ask for."""

import math

import pytest

from models.calibration.step_misses import standard_error


def test_of_many_rows_it_holds_ninety_five_of_a_hundred() -> None:
    # By hand: of 1 to 99 %, the 95th holds 95 of 100; a further row is one of 100 places.
    misses = [place / 100 for place in range(1, 100)]
    assert standard_error(misses) == pytest.approx(0.95 / 1.96, rel=5e-3)


def test_one_row_of_twenty_that_nothing_explains_does_not_decide_alone() -> None:
    # Harrell and Davis 1982: the largest of 20 has the weight 1 - I(0.95; 19.95, 1.05) = 0.62.
    error = standard_error([0.0] * 19 + [1.0])
    assert error == pytest.approx(0.62 / 1.96, abs=0.01)


def test_few_rows_that_happen_to_fit_are_not_believed() -> None:
    # By hand, Gelman et al. 2013, section 2.6: 4 rows of 8.5 % and 5 of 0 % are 9 degrees of
    # freedom, whose 97.5 % point of Student's distribution is 2.262 (their table A.1's t).
    few = standard_error([0.0] * 5)
    assert few == pytest.approx(0.085 * math.sqrt(4 / 9) * 2.262 / 1.96, rel=1e-3)
    assert standard_error([0.0] * 18) < few


def test_few_rows_that_miss_by_much_count_more_than_what_is_usual() -> None:
    assert standard_error([0.3] * 4) > 0.2


def test_replicas_of_one_run_speak_as_one() -> None:
    # By hand: 40 rows of 4 runs weigh as 4 rows do, for the replicas of one miss alike.
    once = standard_error([0.02, 0.04, 0.06, 0.08])
    many = standard_error([0.02, 0.04, 0.06, 0.08] * 10, runs=4)
    assert many == pytest.approx(once)
    assert many > standard_error([0.02, 0.04, 0.06, 0.08] * 10)
