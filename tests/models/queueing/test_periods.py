"""Which period a network follows, and its intervals."""

from typing import Any

import pytest

from models.queueing.network import Network
from models.queueing.periods import intervals_of
from models.queueing.solve import solve

from .builder import exponential, network, poisson, visitor


def varying(period: str, *starts: str) -> dict[str, Any]:
    intervals = [{"start": start, "rate": "1 /s"} for start in starts]
    return {"kind": "time-varying", "period": period, "intervals": intervals}


def shifts(period: str, *starts: str) -> dict[str, Any]:
    shifts = [{"start": start, "servers": 2} for start in starts]
    return {"schedule": {"period": period, "shifts": shifts}}


def one(arrivals: dict[str, Any], station: dict[str, Any] | None = None) -> Network:
    return network({"a": station or {}}, c=visitor(exponential(0.1), arrivals=arrivals))


def test_intervals_are_those_of_arrivals_and_shifts() -> None:
    found = intervals_of(one(varying("1 h", "0 s", "20 min"), shifts("30 min", "0 s", "20 min")))
    assert found is not None
    assert found.period == 3600
    assert found.starts == pytest.approx((0, 1200, 1800, 3000))
    assert found.lengths.tolist() == pytest.approx([1200, 600, 1200, 600])
    assert [found.end(number) for number in range(5)] == [1200, 1800, 3000, 3600, 4800]


def test_periods_that_meet_again_have_a_common_one() -> None:
    found = intervals_of(one(varying("6 s", "0 s"), shifts("4 s", "0 s")))
    assert found is not None
    assert found.period == 12


def test_periods_that_never_meet_have_none() -> None:
    assert intervals_of(one(varying("1 s", "0 s"), shifts("1.4142135 s", "0 s"))) is None


def test_a_steady_network_has_none() -> None:
    assert intervals_of(one(poisson(1.0))) is None


def test_a_second_within_a_thousand_million_years_takes_no_memory() -> None:
    # One by one they would be 10^15 intervals.
    found = intervals_of(one(varying("1 min", "0 s"), shifts("1000000000000000 min", "0 s")))
    assert found is not None
    assert found.period == 6e16
    assert len(found.starts) == 24


@pytest.mark.parametrize(("long", "known"), [("2 min", True), ("1000000000000000 min", False)])
def test_the_fluid_law_is_of_periods_whose_steps_can_be_counted(long: str, known: bool) -> None:
    # 100 servers for services of 1 s; of 5,000 who come in 10 s, 4,000 wait and are served later.
    rates = [{"start": "0 s", "rate": "500 /s"}, {"start": "10 s", "rate": "1 /s"}]
    busy = {"kind": "time-varying", "period": "1 min", "intervals": rates}
    servers = {"schedule": {"period": long, "shifts": [{"start": "0 s", "servers": 100}]}}
    law = solve(network({"a": servers}, c=visitor(exponential(1.0), arrivals=busy))).law
    assert law.startswith("fluid") == known


def test_equal_parts_where_they_are_asked_or_too_many() -> None:
    day = varying("24 h", *(f"{k} min" for k in range(100)))
    found = intervals_of(one(day))
    assert found is not None
    assert found.starts == tuple(3600.0 * k for k in range(24))
    asked = intervals_of(one(varying("24 h", "0 s", "7 h")), 4)
    assert asked is not None
    assert asked.starts == (0, 21600, 43200, 64800)
