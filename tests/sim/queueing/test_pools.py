"""Limits over several stations: one story in both engines."""

from typing import Any

import pytest

from models.queueing.check_network import check
from models.queueing.network import Network
from tests.sim.queueing.test_same_path import Described, exponential, poisson, same_path, split


def limited(stations: Described, classes: Described, pools: Described) -> Network:
    described: dict[str, Any] = {"stations": stations, "classes": classes, "pools": pools}
    return Network.model_validate({"name": "test", **described})


def shop(**more: object) -> Described:
    return {
        "arrivals": poisson(0.7),
        "service": {"a": exponential(1.0), "b": exponential(0.8), "c": exponential(0.3)},
        "routing": {
            "start": split(c=0.3, a=0.7),
            "a": split(b=0.9, a=0.1),
            "b": split(c=0.5, a=0.2, exit=0.3),
            "c": split(exit=0.8, b=0.2),
        },
        **more,
    }


STATIONS: Described = {"a": {"servers": 2}, "b": {"servers": 2}, "c": {}}


@pytest.mark.parametrize("when_full", ["wait", "lose"])
@pytest.mark.parametrize("limit", [1, 3])
def test_one_pool(limit: int, when_full: str) -> None:
    pool = {"limit": limit, "stations": ["a", "b"], "when_full": when_full}
    same_path(limited(STATIONS, {"people": shop()}, {"rooms": pool}), 2000)


def test_a_pool_in_another() -> None:
    pools = {
        "rooms": {"limit": 4, "stations": ["a", "b", "c"]},
        "beds": {"limit": 2, "stations": ["b"]},
        "chairs": {"limit": 2, "stations": ["a"], "when_full": "lose"},
    }
    same_path(limited(STATIONS, {"people": shop()}, pools), 2000)


def test_some_take_more_than_others() -> None:
    classes = {
        "large": shop(arrivals=poisson(0.2), holds={"memory": 3}),
        "small": shop(arrivals=poisson(0.4)),
    }
    pools = {"memory": {"limit": 4, "stations": ["b", "a"]}}
    same_path(limited(STATIONS, classes, pools), 2000)


@pytest.mark.parametrize("think", [{}, {"think_time": exponential(2.0)}], ids=["restless", "calm"])
def test_closed_customers(think: Described) -> None:
    people = {key: value for key, value in shop(population=9).items() if key != "arrivals"} | think
    pools = {"rooms": {"limit": 3, "stations": ["a", "b"]}}
    same_path(limited(STATIONS, {"people": people}, pools), 2000)


def test_who_loses_patience_gives_back_and_comes_again() -> None:
    people = shop(
        patience={"a": exponential(0.4)},
        retries={"a": {"delay": exponential(1.0), "most": 3}},
    )
    pools = {"rooms": {"limit": 4, "stations": ["a", "b"]}}
    same_path(limited(STATIONS | {"b": {"capacity": 2}}, {"people": people}, pools), 2000)


def test_classes_that_change_hold_what_they_came_for() -> None:
    classes = {
        "first": {
            "arrivals": poisson(0.4),
            "service": {"a": exponential(1.0)},
            "holds": {"rooms": 2},
            "routing": {"start": split(a=1), "a": {"kind": "split", "to": {"b/second": 1}}},
        },
        "second": {"service": {"b": exponential(0.5)}, "routing": {"b": split(exit=1)}},
    }
    pools = {"rooms": {"limit": 5, "stations": ["a", "b"]}}
    same_path(limited({"a": {}, "b": {}}, classes, pools), 2000)


FAULTS: dict[str, tuple[Described, str]] = {
    "no such station": ({"p": {"limit": 2, "stations": ["aa"]}}, "unknown station 'aa'"),
    "twice": ({"p": {"limit": 2, "stations": ["a", "a"]}}, "'a' is given twice"),
    "in part": (
        {"p": {"limit": 2, "stations": ["a", "b"]}, "q": {"limit": 2, "stations": ["b", "c"]}},
        "overlap with those of 'p' (b) in part",
    ),
    "too much": ({"rooms": {"limit": 2, "stations": ["a"]}}, "is more than the limit of the pool"),
    "unknown pool": ({"room": {"limit": 9, "stations": ["a"]}}, "did you mean 'room'?"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_what_can_t_be_held(case: str) -> None:
    pools, says = FAULTS[case]
    holds = {"holds": {"rooms": 3}} if case in ("too much", "unknown pool") else {}
    faults = check(limited(STATIONS, {"people": shop(**holds)}, pools))
    assert any(says in f"{fault.message} {fault.hint}" for fault in faults)


def test_pools_do_not_go_with_blocking_nor_with_tasks() -> None:
    pools = {"rooms": {"limit": 2, "stations": ["a"]}}
    blocking = STATIONS | {"b": {"capacity": 2, "when_full": "block"}}
    assert any("blocks" in one.message for one in check(limited(blocking, {"p": shop()}, pools)))
    tasks = {
        "arrivals": poisson(0.4),
        "service": {"a": exponential(1.0), "b": exponential(1.0)},
        "routing": {"start": {"kind": "fork", "to": ["a", "b"]}},
    }
    described = limited({"a": {}, "b": {}}, {"p": tasks}, pools)
    assert any("tasks of a fork" in one.message for one in check(described))
