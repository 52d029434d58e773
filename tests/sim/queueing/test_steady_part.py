"""What is steady beside queues that grow without end, by laws and by both engines."""

import pytest

from models.queueing.network import Network
from models.queueing.network_answer import NetworkAnswer
from models.queueing.solve import solve
from sim.queueing.simulate_network import simulate
from tests.models.queueing.builder import (
    deterministic,
    exponential,
    network,
    one_station,
    poisson,
    visitor,
)

HIGH = visitor(exponential(1), arrivals=poisson(0.5))
LOW = visitor(exponential(1), arrivals=poisson(1), priority=1)


def response(answer: NetworkAnswer, station: str, customer_class: str | None) -> float:
    [row] = [
        one
        for one in answer.stations
        if (one.station, one.customer_class) == (station, customer_class)
    ]
    assert row.response_time is not None
    return row.response_time.mean


def both(described: Network, visits: int = 40_000) -> tuple[NetworkAnswer, NetworkAnswer]:
    return solve(described), simulate(described, visits=visits)


@pytest.mark.parametrize(
    ("discipline", "servers", "rate", "right"),
    [
        ("preemptive-priority", 1, 0.5, 2.0),  # M/M/1 alone
        ("priority", 1, 0.5, 3.0),  # Cobham (1954), never idle: 1/(1 - 0.5), and 1
        ("preemptive-priority", 2, 1.0, 4 / 3),  # M/M/2 alone
        ("priority", 2, 1.0, 2.0),  # two busy servers end one in 0.5 s: 0.5/(1 - 0.5), and 1
    ],
)
def test_who_goes_before(discipline: str, servers: int, rate: float, right: float) -> None:
    high = visitor(exponential(1), arrivals=poisson(rate))
    low = visitor(exponential(1), arrivals=poisson(2 * servers), priority=1)
    place = {"discipline": discipline, "servers": servers}
    law, runs = both(one_station(place, high=high, low=low))
    assert law.method == "exact"
    assert response(law, "a", "high") == pytest.approx(right, rel=1e-9)
    assert response(runs, "a", "high") == pytest.approx(right, rel=0.03)
    for answer in (law, runs):
        assert [one.station for one in answer.unstable] == ["a"]
        assert {one.customer_class for one in answer.stations} == {"high"}
        assert [one.customer_class for one in answer.classes] == ["high"]
        assert answer.notes == ("Class low grows without end; what is shown is steady.",)


def test_both_engines_agree() -> None:
    described = one_station({"discipline": "priority"}, high=HIGH, low=LOW)
    compiled = simulate(described, visits=2000, replications=2)
    reference = simulate(described, visits=2000, replications=2, engine="simpy")
    assert response(compiled, "a", "high") == pytest.approx(
        response(reference, "a", "high"), rel=1e-9
    )


def test_a_line_behind_a_station_that_is_interrupted() -> None:
    """M/M/1 at 0.5 and, fed by it at random, at 0.25: 2 s and 2/3 s (Burke 1956)."""
    line = {"arrivals": poisson(0.5), "route": ["a", "t"]}
    line["service"] = {"a": exponential(1), "t": exponential(0.5)}
    stations: dict[str, object] = {"a": {"discipline": "preemptive-priority"}, "t": {}}
    law, runs = both(network(stations, high=line, low=LOW))
    for answer in (law, runs):
        assert response(answer, "a", "high") == pytest.approx(2, rel=0.03)
        assert response(answer, "t", None) == pytest.approx(2 / 3, rel=0.03)


def test_what_an_overloaded_station_feeds_is_simulated() -> None:
    """One a second goes on from a station that is never idle, and 0.5/s join it: at 3/s, 2/3 s."""
    line = {"arrivals": poisson(2), "route": ["a", "b"]}
    line["service"] = {"a": exponential(1), "b": exponential(1 / 3)}
    aside = {"arrivals": poisson(0.5), "route": ["b"], "service": {"b": exponential(1 / 3)}}
    law, runs = both(network({"a": {}, "b": {}}, many=line, few=aside))
    assert (law.stations, law.classes) == ((), ())
    assert {one.station for one in runs.stations} == {"b"}
    assert response(runs, "b", None) == pytest.approx(2 / 3, rel=0.03)
    assert [one.customer_class for one in runs.classes] == ["few"]


def test_who_never_meets_the_overload() -> None:
    other = visitor(deterministic(1), arrivals=poisson(2))
    aside = {"arrivals": poisson(0.5), "route": ["b"], "service": {"b": exponential(1)}}
    law, runs = both(network({"a": {}, "b": {}}, many=other, few=aside))
    for answer in (law, runs):
        assert response(answer, "b", None) == pytest.approx(2, rel=0.03)
        assert [one.customer_class for one in answer.classes] == ["few"]


def test_nothing_is_steady_where_all_meet_it() -> None:
    line = {"arrivals": poisson(2), "route": ["b", "a"]}
    line["service"] = {"a": exponential(1), "b": exponential(0.1)}
    for described in (
        one_station({}, high=HIGH, low=LOW),
        one_station({"discipline": "processor-sharing"}, high=HIGH, low=LOW),
        network({"a": {}, "b": {}}, c=line),
    ):
        runs = simulate(described, visits=2000, replications=2)
        assert [one.station for one in runs.unstable] == ["a"]
        assert (runs.stations, runs.classes) == ((), ())


def test_a_queue_chosen_by_its_length_ties_all_together() -> None:
    choosing = {
        "arrivals": poisson(3),
        "service": {"a": exponential(1), "b": exponential(1)},
        "routing": {
            "start": {"kind": "shortest-queue", "to": ["a", "b"]},
            "a": {"kind": "split", "to": {"exit": 1}},
            "b": {"kind": "split", "to": {"exit": 1}},
        },
    }
    law, runs = both(network({"a": {}, "b": {}}, c=choosing), visits=2000)
    assert law.unstable
    assert (runs.stations, runs.classes) == ((), ())


def test_beside_a_flood_runs_are_shorter() -> None:
    """Fifty come for each that is served: runs end before that fills the memory; M/M/1, 2 s."""
    flood = visitor(exponential(1), arrivals=poisson(50), priority=1)
    place = {"discipline": "preemptive-priority"}
    answer = simulate(one_station(place, high=HIGH, low=flood))
    assert answer.law.endswith("16 replications of 2,020 services")
    assert response(answer, "a", "high") == pytest.approx(2, rel=0.1)


def test_a_flood_that_comes_with_the_hours() -> None:
    """Cobham as above, though the others come with the hours: they never run out."""
    hours = {"kind": "time-varying", "period": "1 h"}
    hours["intervals"] = [{"start": "0 s", "rate": "0.2/s"}, {"start": "30 min", "rate": "1.5/s"}]
    low = visitor(exponential(1), arrivals=hours, priority=1)
    described = one_station({"discipline": "priority"}, high=HIGH, low=low)
    answer = simulate(described, visits=60_000, replications=4)
    assert response(answer, "a", "high") == pytest.approx(3, rel=0.05)
    assert answer.intervals == ()
