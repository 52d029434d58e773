"""Servers of unequal speed: one story in both engines, and what the law says."""

import pytest

from models.queueing.solve import solve
from sim.queueing.simulate_network import simulate
from tests.sim.queueing.test_same_path import Described, exponential, network, poisson, same_path


def desk(station: Described, **more: object) -> tuple[Described, Described]:
    visitors = {"arrivals": poisson(1.4), "service": {"desk": exponential(1.0)}, "route": ["desk"]}
    return {"desk": station}, {"people": visitors | more}


@pytest.mark.parametrize("idle_server", ["fastest", "slowest", "random"])
def test_each_choice_of_an_idle_server(idle_server: str) -> None:
    same_path(network(*desk({"speeds": [0.5, 2, 0.5], "idle_server": idle_server})), 2000)


@pytest.mark.parametrize("discipline", ["lcfs", "random", "priority"])
def test_other_orders_with_room_and_patience(discipline: str) -> None:
    station = {"speeds": [0.7, 0.4], "capacity": 5, "discipline": discipline}
    same_path(network(*desk(station, patience={"desk": exponential(3.0)})), 2000)


def test_who_is_blocked_keeps_its_server() -> None:
    stations: Described = {
        "a": {"speeds": [1, 3], "idle_server": "random"},
        "b": {"capacity": 1, "when_full": "block"},
    }
    people = {
        "arrivals": poisson(0.8),
        "service": {"a": exponential(1.0), "b": exponential(0.7)},
        "route": ["a", "b"],
    }
    same_path(network(stations, {"people": people}), 2000)


def test_the_simulation_agrees_with_the_law() -> None:
    described = network(*desk({"speeds": [1.5, 0.5], "idle_server": "slowest"}))
    law, found = solve(described), simulate(described, replications=8, visits=60_000)
    assert law.exact
    [one], [other] = law.stations, found.stations
    assert other.busy_by_speed.keys() == one.busy_by_speed.keys() == {1.5, 0.5}
    for speed, share in other.busy_by_speed.items():
        assert share.mean == pytest.approx(one.busy_by_speed[speed].mean, rel=0.02)
    assert one.waiting_time is not None
    assert other.waiting_time is not None
    assert other.waiting_time.mean == pytest.approx(one.waiting_time.mean, rel=0.05)


def test_a_shift_of_infinitely_many_servers() -> None:
    """Cars before a light that is green half of the time: 1.25 s in the mean, by hand."""
    shifts = [{"start": "0 s", "servers": "infinite"}, {"start": "5 s", "servers": 0}]
    light = {"schedule": {"period": "10 s", "shifts": shifts}}
    described = network(*desk(light))
    same_path(described, 2000)
    found = simulate(described, replications=8, visits=60_000).stations[0]
    assert found.waiting_time is not None
    assert found.waiting_time.mean == pytest.approx(1.25, rel=0.02)
    assert found.waiting_time_percentiles[95.0].mean == pytest.approx(4.5, rel=0.02)
    assert found.utilization.mean == pytest.approx(1.4, rel=0.02)
    assert found.servers is None
