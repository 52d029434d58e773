"""How often the next fleet fails, by hand."""

import math

import pytest

from models.laws.reliability.fleets import Report, next_fleet

# Two kinds: rates of 1 and 4 a day, and of 2 and 2 a day.
REPORTS = {
    "one": [Report(10, 10.0), Report(40, 10.0)],
    "other": [Report(20, 10.0), Report(4, 2.0)],
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


def test_one_failure_tells_the_mean_of_its_kind_and_nothing_of_the_spread() -> None:
    # 2 and 0.5 a day are 1 a day; the spread is that of the others, over their 2 degrees, and what
    # a kind without a report is like counts the four alone, around a mean of six.
    more = REPORTS | {"third": [Report(20, 10.0), Report(1, 2.0)]}
    found = next_fleet(more, "third")
    assert found.mttf == pytest.approx(1.0)
    assert found.factor == pytest.approx(next_fleet(REPORTS, "one").factor)
    few = REPORTS | {"third": [Report(1, 2.0)]}
    assert next_fleet(few, "one") == next_fleet(REPORTS, "one")
    rates = [1, 4, 2, 2, 0.5]
    assert next_fleet(few, "fourth").mttf == pytest.approx(math.prod(rates) ** -0.2)


def test_one_report_of_each_tells_nothing_of_the_spread() -> None:
    with pytest.raises(ValueError, match="nothing tells the spread"):
        next_fleet({"one": [Report(1, 1.0)], "other": [Report(1, 1.0)]}, "one")
    with pytest.raises(ValueError, match="failures is 0"):
        Report(0, 1.0)
