"""Shares within a time, percentiles and numbers of servers that somebody asks for."""

import math
from typing import Any

import pytest

from models.prediction import Estimate
from models.queueing.asked import Asked
from models.queueing.enough_servers import by_law, can_be_staffed, fewest
from models.queueing.network import Network
from models.queueing.network_answer import NetworkAnswer
from models.queueing.solve import solve
from sim.queueing.simulate_network import simulate

Described = dict[str, Any]


def calls(station: Described, rate: str = "250/h", mean: str = "330 s", **more: Any) -> Network:
    service = {"agents": {"distribution": "exponential", "mean": mean}}
    customers = {"arrivals": {"kind": "poisson", "rate": rate}, "service": service, **more}
    described = {"name": "calls", "stations": {"agents": station}}
    classes = {"calls": {**customers, "route": ["agents"]}}
    return Network.model_validate({**described, "classes": classes})


def held(estimate: Estimate, value: float, slack: float = 0.0) -> bool:
    return estimate.low - slack <= value <= estimate.high + slack


@pytest.mark.parametrize(("servers", "share"), [(27, 0.782), (28, 0.857)])
def test_the_share_that_waits_no_longer_is_erlangs(servers: int, share: float) -> None:
    """Erlang C for 250 calls an hour of 330 s, within 30 s."""
    asked = Asked((30.0,), (80.0,))
    found = solve(calls({"servers": servers}), asked).stations[0]
    assert found.waiting_within[30.0].mean == pytest.approx(share, abs=5e-4)
    wait = found.wait_probability
    assert wait is not None
    decay = servers / 330 - 250 / 3600
    quantile = max(0.0, math.log(wait.mean / 0.2) / decay)
    assert found.waiting_time_percentiles[80.0].mean == pytest.approx(quantile)


@pytest.mark.parametrize("engine", ["compiled", "events"])
def test_the_simulation_counts_the_same_shares(engine: str) -> None:
    network, asked = calls({"servers": 28}), Asked((0.0, 30.0), (80.0,))
    law = solve(network, asked)
    run = simulate(network, asked=asked, engine=engine, replications=8, visits=40_000)
    ours, theirs = law.stations[0], run.stations[0]
    for field in ("waiting_within", "response_within"):
        for time in asked.times:
            assert held(getattr(theirs, field)[time], getattr(ours, field)[time].mean, 0.004)
    assert held(run.classes[0].response_within[30.0], law.classes[0].response_within[30.0].mean)
    known = ours.response_time_percentiles[80.0].mean
    assert theirs.response_time_percentiles[80.0].mean == pytest.approx(known, rel=0.01)


def test_what_takes_just_as_long_as_asked_is_within_it() -> None:
    """One at a time, 2 s each, two at once each 5 s: waits of 0 and 2 s."""
    described = {
        "arrivals": {"kind": "renewal", "interarrival": "5 s"},
        "arrival_batch": {"sizes": [2], "probabilities": [1]},
        "service": {"agents": "2 s"},
        "route": ["agents"],
    }
    network = Network.model_validate(
        {"name": "pairs", "stations": {"agents": {}}, "classes": {"c": described}}
    )
    found = simulate(network, asked=Asked((1.9, 2.0, 4.0)), replications=2, visits=2000)
    waits = {time: one.mean for time, one in found.stations[0].waiting_within.items()}
    assert waits == {1.9: pytest.approx(0.5, abs=1e-3), 2.0: 1.0, 4.0: 1.0}
    assert found.classes[0].response_within[2.0].mean == pytest.approx(0.5, abs=1e-3)
    assert found.classes[0].response_within[4.0].mean == 1.0


def test_who_is_lost_or_gives_up_is_within_no_time_and_not_served_at_once() -> None:
    """Erlang A with 1 agent, 1 call and 1 service in a time, patience 1: the number is Poisson of
    mean 1. A call is served at once if nobody is there: e^-1; served in the end: 1 - e^-1."""
    patient = {"agents": {"distribution": "exponential", "mean": "1 s"}}
    network = calls({"servers": 1}, "1/s", "1 s", patience=patient)
    law, run = solve(network), simulate(network, asked=Asked((0.0, 60.0)), replications=8)
    for answer in (law, run):
        waited = answer.stations[0].wait_probability
        assert waited is not None
        assert held(waited, 1 - math.exp(-1), 2e-3)
    within = run.stations[0].waiting_within
    assert held(within[0.0], math.exp(-1), 2e-3)
    assert held(within[60.0], 1 - math.exp(-1), 2e-3)
    lossy = calls({"servers": 1, "capacity": 1}, "1/s", "1 s")
    asked = Asked((10.0,))
    for answer in (solve(lossy, asked), simulate(lossy, asked=asked, replications=8)):
        assert held(answer.stations[0].waiting_within[10.0], 0.5, 2e-3)


def test_28_agents_are_enough_for_eighty_percent_in_thirty_seconds() -> None:
    found = by_law(calls({"servers": 1}), "agents", 0.8, 30.0)
    assert found is not None
    assert (found.servers, found.method) == (28, "exact")
    assert found.reached is not None
    assert found.reached_with_one_less is not None
    assert found.reached.mean == pytest.approx(0.857, abs=5e-4)
    assert found.reached_with_one_less.mean == pytest.approx(0.782, abs=5e-4)


def test_where_no_law_tells_the_simulation_looks_for_servers() -> None:
    def answered(network: Network) -> NetworkAnswer:
        asked = Asked((30.0,))
        return simulate(network, asked=asked, replications=4, visits=20_000)

    found = fewest(calls({"servers": 1}), "agents", 0.8, 30.0, answered)
    assert (found.servers, found.method) == (28, "simulation")
    fixed = calls({"servers": 1})
    service = fixed.classes["calls"].model_copy(update={"service": {"agents": _uniform()}})
    without = fixed.model_copy(update={"classes": {"calls": service}})
    assert by_law(without, "agents", 0.8, 30.0) is None


def _uniform() -> Any:
    from models.queueing.distributions import Uniform

    return Uniform(low="1 s", high="2 s")


def test_waiting_places_stay_as_many() -> None:
    """Erlang B: 10 erlangs and at most 1 % lost take 18 lines (published tables)."""
    network = calls({"servers": 1, "capacity": 1}, "10/s", "1 s")
    found = by_law(network, "agents", 0.99, 1.0)
    assert found is not None
    assert found.servers == 18
    assert list(can_be_staffed(network)) == ["agents"]
    timetable = {"period": "1 d", "shifts": [{"start": "0 s", "servers": 3}]}
    assert list(can_be_staffed(calls({"schedule": timetable}))) == []


@pytest.mark.parametrize(
    ("times", "percentages"), [((-1.0,), ()), ((math.inf,), ()), ((), (0.0,)), ((), (100.0,))]
)
def test_what_is_out_of_range_is_refused(times: Any, percentages: Any) -> None:
    with pytest.raises(ValueError, match="must be"):
        Asked(times, percentages)
