"""The graph of visits: routes, loops, changes of class, forks."""

from typing import Any

from models.queueing.network import Network
from models.queueing.visits import Destination, Way, graph

ONE = {"distribution": "exponential", "mean": "1 s"}
ARRIVALS = {"kind": "poisson", "rate": "1/s"}


def network(stations: str, **classes: dict[str, Any]) -> Network:
    tree = {"name": "n", "stations": {name: {} for name in stations}, "classes": classes}
    return Network.model_validate(tree)


def test_a_route_is_a_chain_that_may_pass_a_station_twice() -> None:
    found = graph(
        network(
            "ab", c={"arrivals": ARRIVALS, "service": {"a": ONE, "b": ONE}, "route": list("aba")}
        )
    )
    assert [visit.station for visit in found.visits] == ["a", "b", "a"]
    following = [visit.destination for visit in found.visits]
    assert [d.visits for d in following if d] == [(1,), (2,), (None,)]
    assert found.starts == {"c": Destination(Way.SPLIT, (0,), (1.0,))}
    assert found.closed == frozenset()


def test_a_split_keeps_its_probabilities_and_may_come_back() -> None:
    routing = {
        "start": {"kind": "split", "to": {"a": 1}},
        "a": {"kind": "split", "to": {"a": 0.25, "exit": 0.75}},
    }
    found = graph(network("a", c={"population": 2, "service": {"a": ONE}, "routing": routing}))
    [visit] = found.visits
    assert visit.destination == Destination(Way.SPLIT, (0, None), (0.25, 0.75))
    assert found.closed == {"c"}


def test_a_customer_may_change_class_into_a_route_or_a_routing() -> None:
    start = {"kind": "split", "to": {"a": 1}}
    found = graph(
        network(
            "ab",
            c={
                "arrivals": ARRIVALS,
                "service": {"a": ONE},
                "routing": {"start": start, "a": {"kind": "split", "to": {"b/d": 0.5, "a/e": 0.5}}},
            },
            d={"service": {"b": ONE}, "route": ["b"]},
            e={"service": {"a": ONE}, "routing": {"a": {"kind": "split", "to": {"exit": 1}}}},
        )
    )
    names = [(visit.customer_class, visit.station) for visit in found.visits]
    assert names == [("c", "a"), ("d", "b"), ("e", "a")]
    assert found.visits[0].destination == Destination(Way.SPLIT, (1, 2), (0.5, 0.5))
    assert set(found.starts) == {"c"}


def test_the_tasks_of_a_fork_end_at_their_station_and_the_customer_goes_on() -> None:
    routing = {
        "start": {"kind": "fork", "to": ["a", "b"], "then": "a"},
        "a": {"kind": "split", "to": {"exit": 1}},
    }
    found = graph(
        network("ab", c={"arrivals": ARRIVALS, "service": {"a": ONE, "b": ONE}, "routing": routing})
    )
    start = found.starts["c"]
    assert start.way is Way.FORK
    tasks = [found.visits[k] for k in start.visits if k is not None]
    assert [(task.station, task.destination) for task in tasks] == [("a", None), ("b", None)]
    assert start.then is not None
    assert found.visits[start.then].destination is not None
