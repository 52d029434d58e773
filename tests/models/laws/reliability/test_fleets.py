"""How often the next fleet fails, by hand."""

import math

import pytest

from models.laws.reliability.fleets import Report, next_fleet

# Two kinds: rates of 1 and 4 a day, and of 2 and 2 a day.
REPORTS = {
    "one": [Report(10, 10.0), Report(40, 10.0)],
    "other": [Report(20, 10.0), Report(2, 1.0)],
}


def test_a_kind_is_as_its_fleets_and_as_uncertain_as_all_are() -> None:
    # Log-rates of the first kind lie ln 2 either side of their mean: squares 2 (ln 2)^2 over 4 - 2
    # degrees of freedom; Student's t(0.975, 2) = 4.30265; a fleet and a mean of two: 1 + 1/2.
    found = next_fleet(REPORTS, "one")
    assert found.mttf == pytest.approx(0.5)
    assert found.factor == pytest.approx(math.exp(4.302653 * math.log(2) * math.sqrt(1.5)))
    assert not found.borrowed
    assert next_fleet(REPORTS, "other").factor == pytest.approx(found.factor)


def test_a_kind_without_a_report_is_a_fleet_like_any() -> None:
    # All four around 2 a day: squares 2 (ln 2)^2 over 3 degrees; t(0.975, 3) = 3.18245.
    found = next_fleet(REPORTS, "third")
    assert found.mttf == pytest.approx(0.5)
    wanted = 3.182446 * math.sqrt(2 / 3 * math.log(2) ** 2 * 1.25)
    assert found.factor == pytest.approx(math.exp(wanted))
    assert found.borrowed


def test_fewer_reports_make_it_less_certain() -> None:
    alone = REPORTS | {"other": [Report(20, 10.0)]}
    assert next_fleet(alone, "other").factor > next_fleet(REPORTS, "other").factor


def test_one_report_of_each_tells_nothing_of_the_spread() -> None:
    with pytest.raises(ValueError, match="nothing tells the spread"):
        next_fleet({"one": [Report(1, 1.0)], "other": [Report(1, 1.0)]}, "one")
    with pytest.raises(ValueError, match="failures is 0"):
        Report(0, 1.0)
