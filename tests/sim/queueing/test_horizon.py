"""Networks from empty to a horizon: a day of a shop, not the long run."""

import math
from typing import Any

import pytest

from models.queueing.network import Network
from models.queueing.solve import solve
from sim.queueing.simulate_network import simulate


def until(horizon: str, station: Any, arrivals: Any, service: Any) -> Network:
    customers = {"arrivals": arrivals, "service": {"it": service}, "route": ["it"]}
    described = {"name": "day", "horizon": horizon, "stations": {"it": station}}
    return Network.model_validate({**described, "classes": {"c": customers}})


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_the_number_grows_from_empty_to_what_it_is_in_the_long_run(engine: str) -> None:
    """At infinitely many servers it is Poisson of mean 2 x 5 (1 - e^(-t/5)); its mean over 10 s."""
    network = until(
        "10 s",
        {"servers": "infinite"},
        {"kind": "poisson", "rate": "2/s"},
        {"distribution": "exponential", "mean": "5 s"},
    )
    assert solve(network).method == "none"
    answer = simulate(network, engine=engine, replications=16, visits=1000, intervals=2)
    assert answer.law.endswith("400 replications from empty to 10 s")
    number = answer.stations[0].number
    assert number.low - 0.02 <= 10 * (1 - (1 - math.exp(-2)) / 2) <= number.high + 0.02
    # Served until t: 2 t less those who are there.
    served = [10 - 10 * (1 - math.exp(-1)), 10 * (1 - math.exp(-1)) - 10 * (1 - math.exp(-2)) + 10]
    for one, expected in zip(answer.intervals, served, strict=True):
        found = one.stations[0].throughput
        assert found.low - 0.03 <= expected / 5 <= found.high + 0.03


def test_what_never_is_steady_has_a_day_all_the_same() -> None:
    """One a second from 1 s on, two seconds each, until 10.5 s: five are served by 9 s or, the
    last of them, 11 s; of the four who are, the waits are 0, 1, 2 and 3 s."""
    arrivals = {"kind": "renewal", "interarrival": "1 s"}
    network = until("10.5 s", {}, arrivals, "2 s")
    answer = simulate(network, replications=2, visits=1000)
    [found] = answer.stations
    assert answer.unstable == ()
    assert found.waiting_time is not None
    assert found.waiting_time.mean == pytest.approx(1.5)
    assert found.throughput.mean == pytest.approx(4 / 10.5)
    assert found.utilization.mean == pytest.approx(9.5 / 10.5)
    there = sum(10.5 - k for k in range(1, 11)) - sum(10.5 - k for k in (3, 5, 7, 9))
    assert found.number.mean == pytest.approx(there / 10.5)


def test_a_horizon_that_no_run_reaches_is_said() -> None:
    network = until("10 d", {}, {"kind": "poisson", "rate": "500/s"}, "1 ms")
    answer = simulate(network, replications=4)
    assert answer.stations == ()
    assert answer.notes[0].startswith("Not simulated: a run until 10 d takes about 432,000,000")
