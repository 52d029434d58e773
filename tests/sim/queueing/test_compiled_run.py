"""The compiled engine against closed forms and conservation laws, and within bounds of memory."""

import math
import pickle
import tracemalloc
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from models.laws.intervals import student_quantile
from models.queueing.network import Network
from sim.queueing.arrays.queue_layout import lay_out
from sim.queueing.arrays.tally import Tally, bin_edges
from sim.queueing.kernel.compiled_run import CompiledRun
from sim.queueing.kernel.queue_records import ADDRESSES
from sim.queueing.queue_contract import Departure, Run, TooManyCustomers
from sim.queueing.reference import SimPyRun

Described = dict[str, Any]
Measure = Callable[[Tally], float]


def exponential(seconds: float) -> Described:
    return {"distribution": "exponential", "mean": f"{seconds} s"}


def fixed(seconds: float) -> Described:
    return {"distribution": "deterministic", "value": f"{seconds} s"}


def network(stations: Described, classes: Described) -> Network:
    return Network.model_validate({"name": "test", "stations": stations, "classes": classes})


def mm(station: Described, rate: float, **customers: Any) -> Network:
    """Poisson arrivals at one station, with a mean service of 1 s."""
    described = {
        "arrivals": {"kind": "poisson", "rate": f"{rate}/s"},
        "service": {"it": exponential(1)},
        "route": ["it"],
    }
    return network({"it": station}, {"c": {**described, **customers}})


def traced(times: Sequence[float], station: Described, record: list[Departure]) -> CompiledRun:
    trace = {"kind": "trace", "file": "arrivals.csv"}
    what = mm(station, 1.0, arrivals=trace)
    layout = lay_out(what, np.random.SeedSequence(1), {"c": np.array(times, float)})
    return CompiledRun(layout, record)


def start(what: Network, seed: int = 1) -> CompiledRun:
    return CompiledRun(lay_out(what, np.random.SeedSequence(seed)))


# Closed forms.


def check(what: Network, expected: dict[Measure, float], power: float = 0.03) -> None:
    """Simulated means agree with the expected ones, and others would not.

    Arguments:
        what: the network.
        expected: what is measured, with its known mean.
        power: the half-width of the interval may have at most this share of the mean.
    """
    run = start(what)
    run.advance(20_000)
    tallies = []
    for _ in range(20):
        run.clear()
        run.advance(50_000)
        tallies.append(run.tally())
    for measure, mean in expected.items():
        values = [measure(tally) for tally in tallies]
        half_width = student_quantile(0.9999, 19) * np.std(values, ddof=1) / math.sqrt(20)
        assert abs(np.mean(values) - mean) <= half_width <= power * mean


def number(station: int) -> Measure:
    return lambda tally: float(tally.stations["number"][station] / tally.time)


def utilization(station: int) -> Measure:
    return lambda tally: float(tally.stations["busy"][station] / tally.time)


def wait(flow: int) -> Measure:
    return lambda tally: float(tally.flows["waiting_time"][flow] / tally.flows["departures"][flow])


def lost(tally: Tally) -> float:
    flows = tally.flows
    return float(flows["lost"].sum() / (flows["lost"].sum() + flows["arrivals"].sum()))


def abandoned(tally: Tally) -> float:
    return float(tally.flows["abandoned"].sum() / tally.flows["arrivals"].sum())


def at_once(tally: Tally) -> float:
    return float(1 - tally.flows["waited"].sum() / tally.flows["departures"].sum())


def busy_period(tally: Tally) -> float:
    return float(tally.stations["busy_period_time"][0] / tally.stations["busy_periods"][0])


def birth_and_death(births: Sequence[float], deaths: Sequence[float]) -> list[float]:
    """Probabilities of 0, 1, ... customers; births from 0 on, deaths from 1 on."""
    weights = [1.0]
    for birth, death in zip(births, deaths, strict=True):
        weights.append(weights[-1] * birth / death)
    return [weight / sum(weights) for weight in weights]


def mean_number(births: Sequence[float], deaths: Sequence[float]) -> float:
    return sum(n * p for n, p in enumerate(birth_and_death(births, deaths)))


@pytest.mark.parametrize("discipline", ["fcfs", "lcfs", "random", "processor-sharing"])
def test_mm1(discipline: str) -> None:
    expected = {number(0): 1.0, utilization(0): 0.5, busy_period: 2.0}
    if discipline != "processor-sharing":
        expected |= {wait(0): 1.0, at_once: 0.5}
    check(mm({"discipline": discipline}, 0.5), expected)


@pytest.mark.parametrize("servers", [2, 5, 40])
def test_mmc(servers: int) -> None:
    rate = 0.8 * servers
    states = birth_and_death([rate] * 1000, [min(n, servers) for n in range(1, 1001)])
    expected = {
        number(0): sum(n * p for n, p in enumerate(states)),
        utilization(0): rate,
        at_once: sum(states[:servers]),
    }
    check(mm({"servers": servers}, rate), expected, 0.05)


def test_mg1_waits_as_pollaczek_and_khinchine_say() -> None:
    # Pollaczek (1930), Khinchine (1932).
    for scv in (0.0, 0.4, 3.0):
        service = {"distribution": "two-moments", "mean": "1 s", "scv": scv}
        expected = 0.6 * (1 + scv) / (2 * 0.4)
        check(mm({}, 0.6, service={"it": service}), {wait(0): expected}, 0.06)


def test_infinite_servers() -> None:
    check(mm({"servers": "infinite"}, 7.0), {number(0): 7.0, utilization(0): 7.0})


def test_loss() -> None:
    erlang_b = birth_and_death([2.0] * 3, [1.0, 2.0, 3.0])[3]
    check(mm({"servers": 3, "capacity": 3}, 2.0), {lost: erlang_b})


def test_patience() -> None:
    births, deaths = [0.9] * 100, [1 + n / 3 for n in range(100)]
    leave = 1 - (1 - birth_and_death(births, deaths)[0]) / 0.9  # who are not served
    what = mm({}, 0.9, patience={"it": exponential(3)})
    check(what, {number(0): mean_number(births, deaths), abandoned: leave})


def test_priorities() -> None:
    # Cobham (1954) without interrupting; with it, the high class sees itself alone.
    described = {
        "arrivals": {"kind": "poisson", "rate": "0.3/s"},
        "service": {"it": exponential(1)},
        "route": ["it"],
    }
    classes = {"high": {**described, "priority": 0}, "low": {**described, "priority": 1}}
    for discipline, high, low in (
        ("priority", 0.6 / 0.7, 0.6 / (0.7 * 0.4)),
        ("preemptive-priority", 1 / 0.7 - 1, 1 / (0.7 * 0.4) - 1),
    ):
        what = network({"it": {"discipline": discipline}}, classes)
        check(what, {wait(0): high, wait(1): low}, 0.06)


def test_machines_and_one_repairman() -> None:
    closed = {"population": 4, "think_time": exponential(4), "arrivals": None}
    births, deaths = [(4 - n) / 4 for n in range(4)], [1.0] * 4
    busy = 1 - birth_and_death(births, deaths)[0]
    expected = {number(0): mean_number(births, deaths), utilization(0): busy}
    check(mm({}, 1.0, **closed), expected)


def test_breakdowns() -> None:
    # Mitrany and Avi-Itzhak (1968) for one server: failures 0.05/s, repairs 0.25/s.
    rate, fails, mends = 0.4, 0.05, 0.25
    both = fails + mends
    expected = rate * (both**2 + fails) / (both * (mends - rate * both))
    down = {"time_to_failure": exponential(20), "time_to_repair": exponential(4)}
    check(mm({"breakdowns": down}, rate), {number(0): expected, utilization(0): rate}, 0.06)


def test_response_times_of_mm1_are_exponential() -> None:
    run = start(mm({}, 0.5))
    run.advance(10_000)
    run.clear()
    run.advance(1_000_000)
    tally = run.tally()
    share = np.cumsum(tally.response_times[0]) / tally.response_times.sum()
    upper = bin_edges()[1:]
    for time in (0.5, 2.0, 8.0):
        place = int(np.searchsorted(upper, time))
        assert share[place] == pytest.approx(-math.expm1(-upper[place] / 2), abs=0.004)
    lengths = tally.lengths[0] / tally.time
    assert lengths[:5] == pytest.approx([0.5 ** (n + 1) for n in range(5)], abs=0.004)


# What holds in every run.


def test_littles_law_is_exact_from_empty_to_empty() -> None:
    times = np.cumsum(np.random.default_rng(1).exponential(1, 30_000))
    for station in (
        {"servers": 2},
        {"discipline": "srpt"},
        {"discipline": "processor-sharing"},
        {"batch": {"size": 3, "timeout": "1 s"}},
    ):
        record: list[Departure] = []
        run = traced(times.tolist(), station, record)
        assert run.advance(1_000_000) == len(record) == len(times)
        tally, flows = run.tally(), run.tally().flows
        assert flows["number"] == pytest.approx(flows["response_time"], rel=1e-12)
        assert tally.stations["number"] == pytest.approx(flows["response_time"], rel=1e-9)
        assert tally.classes["number"] == pytest.approx(flows["response_time"], rel=1e-9)
        spent = [d.departed - d.arrived for d in record]
        assert flows["response_time"] == pytest.approx(math.fsum(spent))
        assert tally.lengths.sum() == pytest.approx(tally.time) == record[-1].departed
        assert run.advance(1) == 0


def test_parts_of_a_run_add_up_to_the_whole() -> None:
    what = mm({"servers": 2}, 1.5, patience={"it": exponential(5)})
    whole, parts = start(what), start(what)
    whole.advance(10_000)
    counted = []
    for _ in range(10):
        parts.clear()
        parts.advance(1000)
        counted.append(parts.tally())
    total = whole.tally()
    assert sum(tally.time for tally in counted) == pytest.approx(total.time)
    for kind in ("flows", "classes", "stations"):
        rows = getattr(total, kind)
        for name in rows.dtype.names:
            if not name.startswith("busy_period"):  # they may go on from one part to the next
                added = sum(getattr(tally, kind)[name] for tally in counted)
                assert added == pytest.approx(rows[name], rel=1e-9, abs=1e-6)
    for kind in ("waiting_times", "response_times", "trip_times"):
        assert (sum(getattr(tally, kind) for tally in counted) == getattr(total, kind)).all()


def test_more_customers_than_there_was_room_for() -> None:
    for discipline in ("fcfs", "random", "priority", "processor-sharing"):
        record: list[Departure] = []
        times = [float(k // 5000) for k in range(20_000)]
        run = traced(times, {"discipline": discipline}, record)
        room = len(run._state.customers)
        assert run.advance(100_000) == 20_000
        assert len(run._state.customers) > 4 * room
        assert run._state.world["free_count"][0] == len(run._state.customers)
        assert sorted(d.customer for d in record) == list(range(20_000))
        if discipline == "fcfs":
            assert [d.customer for d in record] == list(range(20_000))
        assert run.tally().lengths[0, -1] > 0  # more than are told apart
        assert run.tally().stations["number"] == pytest.approx(run.tally().flows["number"])


def test_an_unstable_network_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.queueing.kernel.compiled_run.MOST_CUSTOMERS", 20_000)
    run = start(mm({}, 2.0))
    with pytest.raises(TooManyCustomers, match=r"UNSTABLE: .* customers at station it") as raised:
        run.advance(1_000_000)
    assert raised.value.station == "it"
    assert raised.value.number > 20_000
    again = pickle.loads(pickle.dumps(raised.value))
    assert (again.station, again.number) == (raised.value.station, raised.value.number)
    assert str(again) == str(raised.value)


def test_a_large_population_is_no_overload(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.queueing.kernel.compiled_run.MOST_CUSTOMERS", 1000)
    run = start(mm({}, 1.0, arrivals=None, population=50_000, think_time=exponential(1)))
    assert run.advance(100_000) == 100_000


def test_a_long_run_needs_no_more_memory_than_a_short_one() -> None:
    what = mm({"discipline": "random"}, 0.8, patience={"it": exponential(9)})
    run = start(what)
    run.advance(10_000)
    run.tally()
    addresses = [int(run._state.world[name][0]) for name in ADDRESSES]
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(10):
        run.advance(200_000)
        run.tally()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 100_000
    assert [int(run._state.world[name][0]) for name in ADDRESSES] == addresses


@pytest.mark.parametrize("engine", [CompiledRun, SimPyRun])
def test_a_run_ends_where_all_block_each_other_though_clocks_go_on(
    engine: type[CompiledRun | SimPyRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.queueing.reference.simpy_run.QUIET_EVENTS", 1000)
    blocking = {"capacity": 1, "when_full": "block"}
    down = {"time_to_failure": exponential(1), "time_to_repair": exponential(1)}
    service = {"one": fixed(1), "two": fixed(1)}
    what = network(
        {"one": {**blocking, "breakdowns": down}, "two": blocking},
        {
            "x": {"population": 1, "service": service, "route": ["one", "two"]},
            "y": {"population": 1, "service": service, "route": ["two", "one"]},
        },
    )
    run: Run = engine(lay_out(what, np.random.SeedSequence(1)))
    assert run.advance(10) == 0
    assert run.tally().lengths[:, 1] == pytest.approx(run.tally().time)


def test_a_record_is_as_long_as_the_run() -> None:
    record: list[Departure] = []
    run = CompiledRun(lay_out(mm({}, 0.5), np.random.SeedSequence(1)), record)
    for visits in (1, 70_000, 200_000):  # more than a block of the record
        assert run.advance(visits) == visits
    assert [d.customer for d in record] == list(range(270_001))
    responses = math.fsum(d.departed - d.arrived for d in record)
    assert run.responses() == (270_001, pytest.approx(responses))


def test_a_run_without_arrivals_is_over() -> None:
    record: list[Departure] = []
    run = traced([], {}, record)
    assert run.advance(10) == 0
    assert run.tally().time == 0.0


def test_the_same_seed_gives_the_same_run() -> None:
    tallies = []
    for seed in (1, 1, 2):
        run = start(mm({"servers": 2}, 1.0), seed)
        run.advance(5000)
        tallies.append(run.tally().flows["response_time"][0])
    assert tallies[0] == tallies[1] != tallies[2]


def test_bins_that_are_full_are_emptied_and_nothing_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    what = mm({"servers": 2}, 1.5)
    whole, emptied = (CompiledRun(lay_out(what, np.random.SeedSequence(5))) for _ in range(2))
    whole.advance(50_000)
    monkeypatch.setattr("sim.queueing.kernel.compiled_run._MOST_COUNTED", 7_000)
    assert emptied.advance(50_000) == 50_000
    for kind in ("waiting_times", "response_times", "trip_times"):
        np.testing.assert_array_equal(getattr(emptied.tally(), kind), getattr(whole.tally(), kind))
    emptied.clear()
    assert emptied.tally().response_times.sum() == 0
    assert emptied.advance(8_000) == 8_000
    assert emptied.tally().response_times.sum() == 8_000
