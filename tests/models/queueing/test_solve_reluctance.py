"""Which law a network gets whose customers do not join, give up or come again."""

from typing import Any

import pytest

from models.queueing.solve import solve
from tests.models.queueing.builder import deterministic, exponential, one_station, poisson, visitor

AGAIN = {"a": {"delay": exponential(2.0)}}


def answer(station: dict[str, Any], service: dict[str, Any], rate: float, **more: Any) -> Any:
    return solve(one_station(station, c=visitor(service, arrivals=poisson(rate), **more)))


def test_a_hotline_of_two_lines() -> None:
    """By the chain of all states, as in tests of the law: 4.4714 customers will come again."""
    found = answer({"servers": 2, "capacity": 2}, exponential(1.0), 1.4, retries=AGAIN)
    [station], [customers] = found.stations, found.classes
    assert found.exact
    assert station.away.mean == pytest.approx(4.471371581, rel=1e-8)
    assert customers.response_time.mean == pytest.approx((4.471371581 + 1.4) / 1.4, rel=1e-8)
    assert customers.loss_probability.mean == 0


def test_one_line_of_fixed_calls() -> None:
    """M/D/1: (load²/2 + load rate / retry)/(1 - load), Falin and Templeton (1997), 1.2."""
    found = answer({"capacity": 1}, deterministic(1.0), 0.5, retries=AGAIN)
    assert found.stations[0].away.mean == pytest.approx((0.125 + 0.5) / 0.5, rel=1e-12)
    assert found.stations[0].attempts.mean == pytest.approx(1 + 0.5 * 1.25 / 0.5, rel=1e-12)


def test_who_comes_again_for_ever_must_be_served() -> None:
    found = answer({"capacity": 1}, exponential(1.0), 1.2, retries=AGAIN)
    assert [one.utilization for one in found.unstable] == [pytest.approx(1.2)]
    some = {"a": {**AGAIN["a"], "probability": "99 %"}}
    assert not answer({"capacity": 1}, exponential(1.0), 1.2, retries=some).unstable


@pytest.mark.parametrize(
    ("station", "service", "more"),
    [
        ({"capacity": 1}, exponential(1.0), {"retries": {"a": {**AGAIN["a"], "most": 2}}}),
        ({"capacity": 1}, exponential(1.0), {"retries": {"a": {"delay": deterministic(1.0)}}}),
        ({"capacity": 3}, deterministic(1.0), {"retries": AGAIN}),
        ({"discipline": "processor-sharing"}, exponential(1.0), {"balking": {"a": {"join": [0]}}}),
        ({"setup": exponential(1.0)}, exponential(1.0), {"balking": {"a": {"join": [0]}}}),
    ],
)
def test_others_are_left_to_the_simulation(
    station: dict[str, Any], service: dict[str, Any], more: dict[str, Any]
) -> None:
    found = answer(station, service, 0.5, **more)
    assert found.method == "none"
    assert "come again" in found.notes[0] or "setup" in found.notes[0]


def test_who_does_not_join_is_lost_to_the_class() -> None:
    found = answer({}, exponential(1.0), 0.5, balking={"a": {"most_waiting": 0}})
    # As Erlang's loss formula has it of one server.
    assert found.stations[0].balking_probability.mean == pytest.approx(1 / 3)
    assert found.classes[0].loss_probability.mean == pytest.approx(1 / 3)
    assert found.stations[0].loss_probability is None
