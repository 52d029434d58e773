"""Customers who do not join a queue, and customers who come again: one story in both engines."""

import pytest

from tests.sim.queueing.test_same_path import (
    Described,
    exponential,
    fixed,
    network,
    poisson,
    same_path,
    split,
)

AGAIN: Described = {"delay": exponential(2.0)}


def desk(station: Described, **more: object) -> Described:
    classes = {"arrivals": poisson(1.2), "service": {"desk": exponential(1.0)}, "route": ["desk"]}
    return {"stations": {"desk": station}, "classes": {"customers": classes | more}}


@pytest.mark.parametrize("discipline", ["fcfs", "lcfs", "random", "processor-sharing", "srpt"])
def test_who_does_not_join(discipline: str) -> None:
    balking = {"desk": {"join": [0.9, 0.5, 0.2], "most_waiting": 4}}
    same_path(network(**desk({"discipline": discipline, "servers": 2}, balking=balking)), 2000)


@pytest.mark.parametrize(
    "retries",
    [AGAIN, {**AGAIN, "probability": "60 %"}, {**AGAIN, "most": 2}],
    ids=["for ever", "some", "twice"],
)
def test_who_is_turned_away_comes_again(retries: Described) -> None:
    again = {"desk": retries}
    same_path(network(**desk({"servers": 2, "capacity": 3}, retries=again)), 2000)


def test_who_loses_patience_comes_again() -> None:
    again, patience = {"desk": {**AGAIN, "probability": "70 %"}}, {"desk": exponential(0.5)}
    same_path(network(**desk({"servers": 1}, retries=again, patience=patience)), 2000)


def test_who_does_not_join_comes_again_after_a_fixed_time() -> None:
    again, balking = {"desk": {"delay": fixed(1.5)}}, {"desk": {"most_waiting": 0}}
    same_path(network(**desk({"servers": 2}, retries=again, balking=balking)), 2000)


def test_batches_and_shifts() -> None:
    balking, patience = {"desk": {"join": [1.0, 0.7, 0.1]}}, {"desk": exponential(3.0)}
    again = {"desk": {**AGAIN, "most": 3}}
    more = {"balking": balking, "patience": patience, "retries": again}
    same_path(network(**desk({"batch": {"size": 3, "timeout": "1 s"}}, **more)), 2000)
    shifts = [{"start": "0 s", "servers": 2}, {"start": "5 s", "servers": 0}]
    same_path(network(**desk({"schedule": {"period": "9 s", "shifts": shifts}}, **more)), 2000)


def test_closed_customers_and_customers_of_two_stations() -> None:
    customers = {
        "population": 6,
        "think_time": exponential(1.0),
        "service": {"a": exponential(1.0), "b": exponential(0.8)},
        "retries": {"b": {"delay": exponential(0.3), "probability": "50 %"}},
        "balking": {"a": {"join": [0.5]}},
        "routing": {
            "start": split(a=1.0),
            "a": split(b=1.0),
            "b": split(a=0.2, exit=0.8),
        },
    }
    stations: Described = {"a": {}, "b": {"capacity": 2}}
    same_path(network(stations, {"customers": customers}), 2000)
