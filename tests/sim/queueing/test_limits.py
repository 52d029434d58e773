"""Near the limit of what can be served: what is stable, what builds up and drains, what is told."""

from typing import Any

import numpy as np
import pytest

from models.queueing.network import Network
from models.queueing.network_answer import NetworkAnswer
from models.queueing.solve import solve
from models.queueing.traffic import traffic, unstable
from sim.queueing.arrays.queue_layout import lay_out
from sim.queueing.kernel.recursion import RecursionRun
from sim.queueing.replication import ENGINES, start
from sim.queueing.simulate_network import simulate

Described = dict[str, Any]


def fixed(value: str) -> Described:
    return {"distribution": "deterministic", "value": value}


def exponential(mean: str) -> Described:
    return {"distribution": "exponential", "mean": mean}


def single(station: Described, arrivals: Described, service: Described, **more: Any) -> Network:
    customers = {"arrivals": arrivals, "service": {"it": service}, "route": ["it"], **more}
    return Network.model_validate(
        {"name": "limits", "stations": {"it": station}, "classes": {"c": customers}}
    )


def poisson(rate: str) -> Described:
    return {"kind": "poisson", "rate": rate}


def shifts(*servers: int, each: str = "8 h", period: str = "24 h") -> Described:
    hours = int(each.split()[0])
    starts = [{"start": f"{hours * k} h", "servers": n} for k, n in enumerate(servers)]
    return {"schedule": {"period": period, "shifts": starts}}


def waiting_time(answer: NetworkAnswer) -> float:
    found = answer.stations[0].waiting_time
    assert found is not None
    return found.mean


# A server who finishes what was begun.


def test_what_is_finished_after_the_shift_counts_as_capacity() -> None:
    """A doctor from 9 to 17 h, 2.2 patients a day of 4 h: 8 h have room for 8/4 + 1 = 3 of them.
    The wait is 24.4 h in one simulation in plain Python, 23.6 h in another."""
    network = single(shifts(1, 0), poisson("0.0916666667/h"), exponential("4 h"))
    assert solve(network).unstable == ()
    answer = simulate(network, replications=8, visits=60_000)
    assert answer.unstable == ()
    assert 23.2 <= waiting_time(answer) / 3600 <= 25
    # 8.8 h of work in 24 h; the doctor is there for 8 h and for what is left at 17 h.
    found = answer.stations[0]
    assert found.servers is not None
    assert found.utilization.mean * found.servers.mean == pytest.approx(2.2 * 4 / 24, rel=0.01)
    assert found.utilization.mean < 1


@pytest.mark.parametrize(
    ("rate", "service", "too_much"),
    [
        ("0.19/h", exponential("4 h"), True),  # 4.56 a day; 8/4 + 2 is a bound on those begun
        ("0.12/h", exponential("4 h"), False),  # 2.88 a day
        ("0.13/h", exponential("4 h"), False),  # 3.12: too many, but no law here says so
        ("0.13/h", fixed("4 h"), True),  # 8/4 of them, and one more if its shift had begun late
    ],
)
def test_only_what_is_certainly_too_much_is_called_so_by_law(
    rate: str, service: Described, too_much: bool
) -> None:
    network = single(shifts(1, 0), poisson(rate), service)
    assert bool(unstable(traffic(network))) == too_much


def test_what_no_law_decides_the_simulation_finds_unstable() -> None:
    network = single(shifts(1, 0), poisson("0.15/h"), exponential("4 h"))
    assert solve(network).unstable == ()
    [found] = simulate(network, replications=4, visits=20_000).unstable
    assert found.station == "it"


# A load of exactly 1.


@pytest.mark.parametrize("servers", [1, 3])
def test_a_load_of_1_is_stable_where_nothing_is_random(servers: int) -> None:
    arrivals = {"kind": "renewal", "interarrival": "1 s"}
    network = single({"servers": servers}, arrivals, fixed(f"{servers} s"))
    law = solve(network)
    assert (law.method, law.unstable) == ("exact", ())
    assert waiting_time(law) == 0
    run = simulate(network, replications=2, visits=5000)
    assert run.unstable == ()
    assert waiting_time(run) == 0
    assert run.stations[0].utilization.mean == pytest.approx(1, abs=2e-3)
    random = single({"servers": servers}, poisson("1/s"), fixed(f"{servers} s"))
    assert len(solve(random).unstable) == 1


# A part of a period with too much.


def backfill(period: str = "30 d") -> Network:
    intervals = [
        {"start": start, "rate": rate}
        for start, rate in (
            ("0 h", "8.12/s"),
            ("16 h", "45/s"),
            ("19 h", "8.12/s"),
            ("36 h", "0.15/s"),
        )
    ]
    arrivals = {"kind": "time-varying", "period": period, "intervals": intervals}
    return single({"servers": 3}, arrivals, fixed("1800 ms"))


def test_the_fluid_and_the_simulation_tell_of_a_backfill() -> None:
    """A tenth of the customers of the published one, ten times as long: by fluid a utilization of
    0.4213, 0.702/s and 225,000 who wait."""
    network = backfill()
    law, run = solve(network), simulate(network, replications=3, visits=20_000)
    assert law.method == "approximation"
    assert "grows to 1,234,656 customers" in law.notes[0]
    for answer in (law, run):
        [found] = answer.stations
        assert found.utilization.mean == pytest.approx(0.4213, rel=5e-3)
        assert found.throughput.mean == pytest.approx(0.702, rel=5e-3)
        assert found.number.mean == pytest.approx(225_000, rel=5e-3)
        assert found.waiting is not None
        assert found.number.mean > found.waiting.mean


def test_no_fluid_where_chance_makes_as_much() -> None:
    """5 s all may go, 5 s none: 15 cars build up, which is not far above what chance makes."""
    green = {"schedule": {"period": "10 s", "shifts": [
        {"start": "0 s", "servers": 1000}, {"start": "5 s", "servers": 0}]}}  # fmt: skip
    assert solve(single(green, poisson("3/s"), exponential("200 ms"))).method == "none"


def test_a_period_that_no_run_can_hold_is_said_and_nothing_else() -> None:
    answer = simulate(backfill(), most_visits=3_000_000, visits=1000, replications=4)
    assert answer.stations == ()
    assert answer.notes[0].startswith("Not simulated: a period of 30 d takes about 1,820,")
    fewer = simulate(backfill(), most_visits=9_000_000, visits=1000, replications=16)
    assert fewer.notes[0].endswith("there are 2 runs, not 16.")


# No figure above capacity, none in the system below those who wait.


@pytest.mark.parametrize("engine", list(ENGINES))
@pytest.mark.parametrize("seed", range(6))
def test_short_runs_have_no_figure_above_capacity(engine: str, seed: int) -> None:
    network = single({"servers": 2}, poisson("0.97/s"), exponential("2 s"))
    answer = simulate(network, engine=engine, seed=seed, replications=2, visits=1000)
    [found] = answer.stations
    assert found.utilization.mean <= 1 + 1e-12
    assert found.waiting is not None
    assert found.waiting.mean <= found.number.mean


@pytest.mark.parametrize("engine", ["events", "simpy"])
def test_while_a_backlog_drains_the_number_is_no_less_than_who_waits(engine: str) -> None:
    """20 at once at two servers: who waits in the last 6 s of 10 s, by hand."""
    customers = {"arrivals": {"kind": "trace", "file": "t.csv"}, "arrival_batch": None}
    network = single({"servers": 2}, customers["arrivals"], fixed("1 s"))
    layout = lay_out(network, np.random.SeedSequence(1), {"c": np.zeros(20)})
    run = start(engine, layout)
    run.advance(8)  # 4 s
    run.clear()
    run.advance(12)
    flow = run.tally().flows[0]
    assert flow["number"] == pytest.approx(12 + 10 + 8 + 6 + 4 + 2)
    assert flow["waiting"] == pytest.approx(10 + 8 + 6 + 4 + 2)


@pytest.mark.parametrize("engine", ENGINES)
def test_nobody_waits_where_there_is_no_room_to(engine: str) -> None:
    """Room for none but the served: their number less that of busy servers is rounding."""
    calls = {
        "arrivals": {"kind": "poisson", "rate": "200/h"},
        "service": {"trunk": {"distribution": "exponential", "mean": "3 min"}},
        "route": ["trunk"],
    }
    stations = {"trunk": {"servers": 12, "capacity": 12}}
    network = Network.model_validate(
        {"name": "trunk", "stations": stations, "classes": {"calls": calls}}
    )
    found = simulate(network, replications=2, visits=5_000, engine=engine).stations[0]
    assert found.waiting is not None
    assert found.waiting.mean == 0


def test_the_recursion_counts_its_servers_up_to_now() -> None:
    network = single({"servers": 1}, poisson("0.9/s"), exponential("1 s"))
    run = RecursionRun(lay_out(network, np.random.SeedSequence(3)))
    for visits in (10, 100, 1000, 10):
        run.advance(visits)
        tally = run.tally()
        assert tally.stations[0]["busy"] <= tally.time * (1 + 1e-12)
        run.clear()


# Notes only where they are true, and who arrives as one class and leaves as another.


def test_impatient_callers_keep_a_full_station_from_its_limit() -> None:
    """646 calls/h of 2 min at 14 agents, patience 2 min: 35.31 % give up, 7.604 wait, the served
    48.33 s (birth-death)."""
    patience = {"patience": {"it": exponential("2 min")}}
    network = single({"servers": 14}, poisson("646/h"), exponential("120 s"), **patience)
    law, run = solve(network), simulate(network, replications=8)
    assert run.notes == ()
    for answer in (law, run):
        [found] = answer.stations
        assert found.abandonment_probability is not None
        assert found.abandonment_probability.mean == pytest.approx(0.3531, abs=1e-3)
        assert found.waiting is not None
        assert found.waiting.mean == pytest.approx(7.604, rel=0.01)
        assert waiting_time(answer) == pytest.approx(48.33, rel=0.01)


def passes(discipline: str) -> Network:
    """Half of those who come go a second time, as another class."""
    service = {"it": exponential("500 ms")}
    again = {"kind": "split", "to": {"it/again": 0.5, "exit": 0.5}}
    classes = {
        "first": {
            "arrivals": poisson("1/s"),
            "service": service,
            "routing": {"start": {"kind": "split", "to": {"it": 1}}, "it": again},
        },
        "again": {"service": service, "routing": {"it": {"kind": "split", "to": {"exit": 1}}}},
    }
    stations = {"it": {"discipline": discipline}}
    return Network.model_validate({"name": "twice", "stations": stations, "classes": classes})


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_who_arrives_has_a_response_time_whatever_class_it_leaves_in(engine: str) -> None:
    """1.5 services of 0.5 s a second in the product form: 3 customers, who come at 1/s: 3 s."""
    network = passes("fcfs")
    law = solve(network)
    run = simulate(network, engine=engine, replications=4, visits=30_000)
    assert law.arriving[0].response_time is not None
    assert law.arriving[0].response_time.mean == pytest.approx(3)
    for answer in (law, run):
        assert [one.customer_class for one in answer.arriving] == ["first"]
        assert answer.arriving[0].throughput.mean == pytest.approx(1, rel=0.03)
    found = run.arriving[0]
    assert found.response_time is not None
    assert found.response_time.low - 0.1 <= 3 <= found.response_time.high + 0.1
    assert found.response_time_percentiles[50.0].mean < found.response_time.mean
    assert solve(single({}, poisson("1/s"), exponential("0.5 s"))).arriving == ()


def test_stations_that_share_what_comes_at_random_are_exact() -> None:
    """Twelve messages/s over three consumers of 180 ms: M/D/1 each, 231.4 ms of waiting."""
    third = {"kind": "split", "to": {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}}
    leave = {name: {"kind": "split", "to": {"exit": 1}} for name in "abc"}
    customers = {
        "arrivals": poisson("12/s"),
        "service": dict.fromkeys("abc", fixed("180 ms")),
        "routing": {"start": third, **leave},
    }
    described = {"name": "parts", "stations": {name: {} for name in "abc"}}
    network = Network.model_validate({**described, "classes": {"messages": customers}})
    law = solve(network)
    assert law.method == "exact"
    assert waiting_time(law) == pytest.approx(0.2314, abs=5e-5)
    tandem = customers | {"routing": {}, "route": ["a", "b", "c"], "arrivals": poisson("4/s")}
    behind = Network.model_validate({**described, "classes": {"messages": tandem}})
    assert solve(behind).method == "approximation"
