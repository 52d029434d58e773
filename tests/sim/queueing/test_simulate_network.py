"""Replications of queueing networks: known answers, warm-up, stopping, comparison, failures."""

import math
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numba import njit
from numpy.typing import NDArray

from models.prediction import Estimate
from models.queueing.network import Network
from models.queueing.network_answer import NetworkAnswer
from models.queueing.read_network import read_network
from sim.backends import Backend, in_processes
from sim.kernels.streams import draw
from sim.queueing.arrays.queue_layout import Layout
from sim.queueing.arrays.tally import BINS, Tally, bin_edges, bin_of, empty_tally
from sim.queueing.comparison import compare
from sim.queueing.measures import percentiles
from sim.queueing.queue_contract import TooManyCustomers
from sim.queueing.reference import simpy_run
from sim.queueing.replication import Draws, Replication, warm_up
from sim.queueing.simulate_network import simulate
from tests.models.queueing.builder import deterministic, one_station, renewal, visitor

EDGES = bin_edges()


@njit  # type: ignore[untyped-decorator]
def _draws(streams: Any, number: int, table: Any, count: int) -> Any:
    values = np.empty(count)
    for i in range(count):
        values[i] = draw(streams[number])
    return values


class Lindley:
    """A single server, first come first served, by Lindley's recursion."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.clock = self.free = self.begun = 0.0
        self.counted = empty_tally(1, 1, 1)
        self.times = list[tuple[NDArray[np.float64], NDArray[np.float64]]]()  # not in a bin yet

    def advance(self, visits: int) -> int:
        layout, counted = self.layout, self.counted
        gaps = _draws(layout.streams, layout.sources[0]["stream"], layout.table, visits)
        services = _draws(layout.streams, layout.visits[0]["service"], layout.table, visits)
        arrivals = self.clock + np.cumsum(gaps)
        before = np.cumsum(services) - services  # work brought since then, the own left out
        start = before + np.maximum(np.maximum.accumulate(arrivals - before), self.free)
        waits, departures = start - arrivals, start + services
        responses = departures - arrivals
        if waits[-1] > 1e3:  # s, ten thousand services
            raise TooManyCustomers("server", 10_000)
        self.clock, self.free = float(arrivals[-1]), float(departures[-1])
        flow, here, customers = counted.flows[0], counted.stations[0], counted.classes[0]
        flow["arrivals"] += visits
        flow["departures"] += visits
        flow["waiting_time"] += waits.sum()
        flow["waiting"] += waits.sum()
        flow["response_time"] += responses.sum()
        flow["server_time"] += services.sum()
        flow["number"] += responses.sum()
        here["number"] += responses.sum()
        here["busy"] += services.sum()
        customers["left"] += visits
        customers["response_time"] += responses.sum()
        self.times.append((waits, responses))
        return visits

    def tally(self) -> Tally:
        time = self.clock - self.begun
        counted = self.counted
        counted.stations[0]["servers"] = time
        waits = np.concatenate([[], *(one for one, _ in self.times)])
        responses = np.concatenate([[], *(one for _, one in self.times)])
        self.times.clear()
        for counts, values in (
            (counted.waiting_times[0], waits),
            (counted.response_times[0], responses),
            (counted.trip_times[0], responses),
        ):
            counts += np.bincount(
                np.searchsorted(EDGES, np.maximum(values, 0.0), side="right") - 1, minlength=BINS
            )
        copies = {field.name: getattr(counted, field.name) for field in fields(Tally)}
        arrays = {name: value.copy() for name, value in copies.items() if name != "time"}
        return Tally(time=time, **arrays)

    def responses(self) -> tuple[int, float]:
        flow = self.counted.flows[0]
        return int(flow["departures"]), float(flow["response_time"])

    def clear(self) -> None:
        self.begun, self.counted = self.clock, empty_tally(1, 1, 1)
        self.times.clear()


def single(rate: str = "8 /s", mean: str = "100 ms", **station: object) -> Network:
    return Network.model_validate(
        {
            "name": "single",
            "stations": {"server": station},
            "classes": {
                "jobs": {
                    "arrivals": {"kind": "poisson", "rate": rate},
                    "service": {"server": {"distribution": "exponential", "mean": mean}},
                    "route": ["server"],
                }
            },
        }
    )


def closed() -> Network:
    return Network.model_validate(
        {
            "name": "closed",
            "stations": {"cpu": {}, "disk": {}},
            "classes": {
                "users": {
                    "population": 3,
                    "service": {
                        "cpu": {"distribution": "exponential", "mean": "1 s"},
                        "disk": {"distribution": "exponential", "mean": "2 s"},
                    },
                    "route": ["cpu", "disk"],
                }
            },
        }
    )


def estimates(answer: object) -> list[Estimate]:
    """Every estimate in an answer, however deep."""
    if isinstance(answer, Estimate):
        return [answer]
    if is_dataclass(answer):
        return [e for f in fields(answer) for e in estimates(getattr(answer, f.name))]
    if isinstance(answer, dict):
        return [e for value in answer.values() for e in estimates(value)]
    if isinstance(answer, tuple):
        return [e for value in answer for e in estimates(value)]
    return []


def near(estimate: Estimate | None, truth: float) -> bool:
    """Within twice the half-width, which one seed in ten thousand leaves."""
    assert estimate is not None
    return abs(estimate.mean - truth) <= 2 * (estimate.high - estimate.mean) + 1e-12


def assert_mm1(answer: NetworkAnswer) -> None:
    """Arrivals 8 /s, service 10 /s: exponential responses of mean 1/2 s; Kleinrock (1975)."""
    station, customers = answer.stations[0], answer.classes[0]
    assert near(station.throughput, 8)
    assert near(station.utilization, 0.8)
    assert near(station.number, 4)
    assert near(station.waiting, 3.2)
    assert near(station.waiting_time, 0.4)
    assert near(station.response_time, 0.5)
    for percentage in (50.0, 95.0, 99.0):
        tail = 1 - percentage / 100
        assert near(station.response_time_percentiles[percentage], -0.5 * math.log(tail))
        waited = max(0.0, -0.5 * math.log(tail / 0.8))
        assert near(station.waiting_time_percentiles[percentage], waited)
        assert near(customers.response_time_percentiles[percentage], -0.5 * math.log(tail))
    assert near(customers.throughput, 8)
    assert near(customers.response_time, 0.5)
    assert station.loss_probability is None
    assert station.abandonment_probability is None
    assert customers.loss_probability is None
    for estimate in estimates(answer):
        assert estimate.low <= estimate.mean <= estimate.high
        assert math.isfinite(estimate.high)


def test_replications_find_the_single_server() -> None:
    answer = simulate(single(), engine=Lindley, visits=40_000)
    assert_mm1(answer)
    assert answer.method == "simulation"
    assert answer.unstable == answer.notes == ()


def test_one_run_finds_it_by_batch_means() -> None:
    answer = simulate(single(), engine=Lindley, replications=1, visits=400_000)
    assert_mm1(answer)
    response = answer.stations[0].response_time
    assert response is not None
    assert 0 < response.high - response.mean < 0.1


def test_antithetic_pairs_find_it_too() -> None:
    assert_mm1(simulate(single(), engine=Lindley, visits=40_000, antithetic=True))


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    covered = 0
    for seed in range(40):
        answer = simulate(single("5 /s"), engine=Lindley, seed=seed, replications=4, visits=3000)
        response = answer.stations[0].response_time
        assert response is not None
        covered += response.low <= 0.2 <= response.high
    assert covered >= 34  # of 38 expected, three standard errors less


def test_the_same_seed_gives_the_same_answer_wherever_it_runs() -> None:
    task = Replication(single(), {}, Lindley, 4000)
    draws = [Draws(3, k) for k in range(6)]
    alone, elsewhere = [task(d) for d in draws], in_processes(task, draws, 2)
    for here, there in zip(alone, elsewhere, strict=True):
        assert here.measured.stations.tobytes() == there.measured.stations.tobytes()
        assert here.measured.classes.tobytes() == there.measured.classes.tobytes()
    first = simulate(single(), engine=Lindley, seed=3, replications=6, visits=4000)
    again = simulate(
        single(), engine=Lindley, seed=3, replications=6, visits=4000, backend=Backend(workers=2)
    )
    assert first == again
    assert first != simulate(single(), engine=Lindley, seed=4, replications=6, visits=4000)


def test_runs_are_added_until_the_half_width_is_reached() -> None:
    told: list[tuple[int, int]] = []
    answer = simulate(
        single(),
        engine=Lindley,
        visits=10_000,
        relative_half_width=0.02,
        progress=lambda done, wanted: told.append((done, wanted)),
    )
    response = answer.stations[0].response_time
    assert response is not None
    assert response.high - response.mean <= 0.02 * response.mean
    assert near(response, 0.5)
    assert told[-1][0] == told[-1][1] > 16
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert answer.notes == ()


@pytest.mark.parametrize("antithetic", [False, True])
def test_a_half_width_that_is_missed_is_said(antithetic: bool) -> None:
    answer = simulate(
        single(),
        engine=Lindley,
        visits=2000,
        relative_half_width=0.001,
        most_visits=50_000,
        antithetic=antithetic,
    )
    assert "not to the 0.100% asked for" in answer.notes[-1]
    runs = "24" if antithetic else "25"
    assert f"{runs} replications" in answer.law


def test_a_queue_that_overflows_is_unstable() -> None:
    answer = simulate(single("20 /s"), engine=Lindley, visits=200_000, replications=4)
    assert answer.stations == answer.classes == ()
    assert answer.unstable[0].station == "server"
    assert answer.unstable[0].utilization >= 1


class Scripted:
    """A run whose responses and departures follow a script."""

    response: Callable[[int], float] = staticmethod(lambda _: 1.0)
    end = 10**9
    growth = 0

    def __init__(self, layout: Layout) -> None:
        self.done = self.begun = 0
        self.counted = empty_tally(1, 1, 1)

    def advance(self, visits: int) -> int:
        now = min(visits, self.end - self.done)
        flow = self.counted.flows[0]
        flow["departures"] += now
        flow["arrivals"] += now * (1 + self.growth)
        for position in range(self.done, self.done + now):
            flow["response_time"] += self.response(position)
        self.done += now
        return now

    def tally(self) -> Tally:
        copies = {field.name: getattr(self.counted, field.name) for field in fields(Tally)}
        arrays = {name: value.copy() for name, value in copies.items() if name != "time"}
        return Tally(time=float(self.done - self.begun), **arrays)

    def responses(self) -> tuple[int, float]:
        flow = self.counted.flows[0]
        return int(flow["departures"]), float(flow["response_time"])

    def clear(self) -> None:
        self.begun, self.counted = self.done, empty_tally(1, 1, 1)


class Rising(Scripted):
    response = staticmethod(float)


class Settling(Scripted):
    """A transient of 5,000 services that is far from what comes after."""

    response = staticmethod(lambda k: 100.0 - k / 60 if k < 5000 else 1.0 + 0.1 * math.sin(k))


class Stuck(Scripted):
    end = 700


class Growing(Scripted):
    growth = 1


def test_the_warm_up_doubles_until_its_cut_is_early() -> None:
    layout: Any = None
    done, found, ended = warm_up(Settling(layout), 3000)
    assert (done, found, ended) == (12_000, True, False)
    done, found, ended = warm_up(Settling(layout), 12_000)
    assert (done, found) == (12_000, True)


def test_where_nobody_is_served_all_are_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight together, of who waits 10 ms and comes 8 times a second: they never are."""
    monkeypatch.setattr(simpy_run, "QUIET_EVENTS", 3000)
    described = {
        "name": "never",
        "stations": {"s": {"batch": {"size": 8, "timeout": "1 s"}}},
        "classes": {
            "c": {
                "arrivals": {"kind": "poisson", "rate": "8/s"},
                "service": {"s": "100 ms"},
                "patience": {"s": "10 ms"},
                "route": ["s"],
            }
        },
    }
    network = Network.model_validate(described)
    answer = simulate(network, engine="simpy", visits=2000, replications=2)
    assert answer.unstable == ()
    assert answer.classes[0].throughput.mean == 0
    assert answer.classes[0].response_time is None
    assert answer.classes[0].loss_probability is not None
    assert answer.classes[0].loss_probability.mean == 1
    assert "nobody was served after as few as 0 services: all who came were" in answer.notes[0]


def test_a_warm_up_without_end_is_said() -> None:
    answer = simulate(single(), engine=Rising, visits=2000, replications=2)
    assert "the warm-up was not over" in answer.notes[0]


def test_a_network_in_which_hardly_anybody_waits_is_warm_at_once() -> None:
    # Four servers of 33 ms, 2.5 % busy: nearly all are served in just that time, and the rare wait
    # moves the cut of MSER-5.
    described = {
        "name": "calm",
        "stations": {"gateway": {"servers": "infinite"}, "model": {"servers": 4}},
        "classes": {
            "c": {
                "arrivals": {"kind": "poisson", "rate": "3/s"},
                "service": {"gateway": "1 ms", "model": "33.3 ms"},
                "route": ["gateway", "model"],
            }
        },
    }
    network = Network.model_validate(described)
    assert simulate(network, seed=4, visits=200_000, replications=8).notes == ()


def test_a_network_where_all_wait_for_each_other_is_said() -> None:
    answer = simulate(single(), engine=Stuck, visits=10_000, replications=2)
    assert "nothing more could happen after as few as 700 services" in answer.notes[0]
    assert answer.stations[0].throughput.mean == 0
    assert answer.stations[0].response_time is None
    assert answer.stations[0].response_time_percentiles == {}


def test_a_queue_too_near_its_limit_for_its_runs_is_said() -> None:
    near, far = (simulate(single(rate), visits=20_000) for rate in ("9.9 /s", "7 /s"))
    assert "too near its limit" in near.notes[-1]
    assert "simulate more services a run" in near.notes[-1]
    assert far.notes == ()


def test_a_server_of_small_batches_is_busy_far_from_its_limit() -> None:
    """20 a second by up to six in 200 ms: two thirds of full batches, though it hardly rests."""
    customers = {
        "arrivals": {"kind": "poisson", "rate": "20/s"},
        "service": {"it": {"distribution": "deterministic", "value": "200 ms"}},
        "route": ["it"],
    }
    network = Network.model_validate(
        {"name": "b", "stations": {"it": {"batch": {"size": 6}}}, "classes": {"c": customers}}
    )
    found = simulate(network, visits=20_000, replications=4)
    assert found.stations[0].utilization.mean > 0.99
    assert found.notes == ()


def test_a_queue_that_grows_in_every_run_is_unstable() -> None:
    answer = simulate(single(), engine=Growing, visits=10_000, replications=4)
    assert answer.unstable[0].station == "server"
    assert answer.unstable[0].utilization == pytest.approx(2)


def test_a_period_that_is_not_covered_is_said() -> None:
    network = single(schedule={"period": "1 day", "shifts": [{"start": "0 s", "servers": 1}]})
    answer = simulate(network, engine=Lindley, visits=2000, replications=2)
    assert "covers the longest period" in answer.notes[-1]


def test_common_random_numbers_find_a_small_difference() -> None:
    slow, fast = single(), single(mean="98 ms")
    result = compare(slow, fast, engine=Lindley, visits=20_000)
    # 1 / (1 / 0.098 - 8) - 1 / (10 - 8) = -0.0463 s.
    difference = result.differences["jobs"]
    truth = 0.098 / (1 - 0.784) - 0.5
    assert near(difference, truth)
    assert difference.high < 0
    assert result.variance_reductions["jobs"] > 10
    assert "times smaller than independent runs" in result.notes[0]


def test_percentiles_lie_within_their_bins() -> None:
    values = np.random.default_rng(1).exponential(size=100_000)
    counts = np.zeros(BINS, np.int64)
    for value in values:
        counts[bin_of(value)] += 1
    exact = np.percentile(values, [50, 95, 99])
    assert percentiles(counts, 1.0) == pytest.approx(exact, rel=2e-3)
    nobody_waits = np.zeros(BINS, np.int64)
    nobody_waits[0] = 10
    assert percentiles(nobody_waits, 0.0).tolist() == [0, 0, 0]
    fixed = np.zeros(BINS, np.int64)
    fixed[bin_of(2.1)] = 10
    assert percentiles(fixed, 2.1).tolist() == [2.1, 2.1, 2.1]
    # At an edge of two bins the rounding of a clock decides which of them has it.
    fixed = np.zeros(BINS, np.int64)
    fixed[bin_of(2.0)], fixed[bin_of(2.0 - 1e-12)] = 9, 1
    assert percentiles(fixed, 2.0).tolist() == [2.0, 2.0, 2.0]
    fixed[bin_of(2.01)] += 5
    assert percentiles(fixed, 2.003)[1] > 2.005
    beyond = np.zeros(BINS, np.int64)
    beyond[-1] = 10
    assert np.isfinite(percentiles(beyond, 1e30)).all()
    assert np.isnan(percentiles(np.zeros(BINS, np.int64), math.nan)).all()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"replications": 0}, "replications is 0"),
        ({"visits": 10}, "visits is 10"),
        ({"replications": 1, "relative_half_width": 0.1}, "needs 2 or more"),
        ({"replications": 5, "antithetic": True}, "even number"),
        ({"relative_half_width": 0.0}, "must be above 0"),
        ({"engine": "slide-rule"}, "must be one of compiled, events, simpy"),
    ],
)
def test_sizes_that_do_not_go_together(arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        simulate(single(), **arguments)


ENGINES = ["simpy", "compiled"]


def sizes(engine: str) -> dict[str, Any]:
    """As many services as an engine does in a second or two."""
    if engine == "compiled":
        pytest.importorskip("sim.queueing.kernel.events")
        return {"engine": engine, "replications": 16, "visits": 100_000}
    return {"engine": engine, "replications": 5, "visits": 3000}


@pytest.mark.parametrize("engine", ENGINES)
def test_the_engines_find_the_single_server(engine: str) -> None:
    assert_mm1(simulate(single(), **sizes(engine)))


@pytest.mark.parametrize("engine", ENGINES)
def test_the_engines_find_the_closed_cycle(engine: str) -> None:
    # Demands 1 s and 2 s, three customers: normalizing constants 7 and 15; Buzen (1973).
    answer = simulate(closed(), **sizes(engine))
    cpu, disk = answer.stations
    assert near(cpu.throughput, 7 / 15)
    assert near(cpu.utilization, 7 / 15)
    assert near(disk.utilization, 14 / 15)
    assert near(disk.number, 34 / 15)
    assert near(answer.classes[0].response_time, 45 / 7)
    assert cpu.number.mean + disk.number.mean == pytest.approx(3, rel=1e-9)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_engines_find_the_loss_of_a_full_station(engine: str) -> None:
    # M/M/1/5 at 1.2: (1 - r) r^5 / (1 - r^6).
    answer = simulate(single("12 /s", capacity=5), **sizes(engine))
    lost = -0.2 * 1.2**5 / (1 - 1.2**6)
    assert near(answer.stations[0].loss_probability, lost)
    assert near(answer.classes[0].loss_probability, lost)
    assert answer.unstable == ()


@pytest.mark.parametrize("engine", ENGINES)
def test_the_engines_find_what_has_no_long_run(engine: str) -> None:
    answer = simulate(single("12 /s"), **sizes(engine))
    assert answer.stations == ()
    assert answer.unstable[0].utilization == pytest.approx(1.2, abs=0.03)


@pytest.mark.parametrize("replications", [1, 2, 8])
def test_a_queue_that_is_only_slow_is_not_unstable(replications: int) -> None:
    # At a load of 0.999 a run never leaves its transient.
    for seed in range(10):
        answer = simulate(
            single("9.99 /s"), engine=Lindley, seed=seed, replications=replications, visits=20_000
        )
        assert answer.unstable == ()


@pytest.mark.parametrize("engine", ENGINES)
def test_the_end_of_a_trace_ends_the_run(engine: str) -> None:
    service = {"server": {"distribution": "deterministic", "value": "500 ms"}}
    arrivals = {"kind": "trace", "file": "times.csv"}
    network = Network.model_validate(
        {
            "name": "traced",
            "stations": {"server": {}},
            "classes": {"jobs": {"arrivals": arrivals, "service": service, "route": ["server"]}},
        }
    )
    times = np.arange(1.0, 101.0)
    answer = simulate(network, traces={"jobs": times}, **sizes(engine))
    station = answer.stations[0]
    assert station.throughput.mean == pytest.approx(100 / 100.5)
    assert station.utilization.mean == pytest.approx(50 / 100.5)
    assert station.response_time is not None
    assert station.response_time.mean == pytest.approx(0.5)
    assert "end with it" in answer.notes[0]
    alone = simulate(network, traces={"jobs": times}, **sizes(engine) | {"replications": 1})
    assert alone.stations == answer.stations
    assert "no interval" in alone.notes[1]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("first", ["0", "43200", "1700158624000", "2023-11-16T18:17:04"])
def test_a_trace_has_one_answer_whatever_its_clock(engine: str, first: str, tmp_path: Path) -> None:
    # Ten a second apart, two seconds each: waits of 0, 1, ... 9 s, and a server that never rests.
    step = 1000 if first.endswith("000") else 1
    cells = [
        f"2023-11-16T18:17:{4 + k:02}" if "T" in first else str(int(first) + step * k)
        for k in range(10)
    ]
    (tmp_path / "times.csv").write_text("\n".join(["time", *cells]))
    (tmp_path / "network.yaml").write_text(
        "name: traced\nstations: {server: {}}\nclasses:\n  jobs:\n"
        "    arrivals: {kind: trace, file: times.csv}\n"
        "    service: {server: {distribution: deterministic, value: 2 s}}\n    route: [server]\n"
    )
    file = read_network(tmp_path / "network.yaml")
    station = simulate(file.network, traces=file.traces, **sizes(engine)).stations[0]
    assert station.waiting_time is not None
    found = (station.utilization, station.throughput, station.waiting_time)
    assert [one.mean for one in found] == pytest.approx([1.0, 0.5, 4.5])


@pytest.mark.parametrize("engine", ENGINES)
def test_classes_that_share_a_station_have_their_own_measures(engine: str) -> None:
    kinds = {}
    for name, rate in (("short", "3 /s"), ("long", "2 /s"), ("idle", None)):
        kinds[name] = {
            "arrivals": {"kind": "poisson", "rate": rate} if rate else None,
            "service": {"server": {"distribution": "exponential", "mean": "100 ms"}},
            "routing": {"start": {"to": {"server": 1}}, "server": {"to": {"exit": 1}}},
            "patience": {"server": {"distribution": "exponential", "mean": "1 s"}}
            if name == "long"
            else {},
        }
    for customers in kinds.values():
        for routing in customers["routing"].values():  # type: ignore[union-attr]
            routing["kind"] = "split"
    network = Network.model_validate(
        {"name": "shared", "stations": {"server": {}}, "classes": kinds}
    )
    answer = simulate(network, **sizes(engine))
    everyone, *each = answer.stations
    assert [one.customer_class for one in each] == ["short", "long", "idle"]
    assert everyone.customer_class is None
    short, long, idle = each
    assert near(short.throughput, 3)
    assert short.abandonment_probability is None
    assert long.abandonment_probability is not None
    assert 0 < long.abandonment_probability.mean < 1
    total = short.utilization.mean + long.utilization.mean
    assert total == pytest.approx(everyone.utilization.mean)
    assert idle.response_time is None
    assert idle.throughput.mean == idle.number.mean == 0
    assert answer.classes[2].response_time is None
    assert all(math.isfinite(estimate.high) for estimate in estimates(answer))


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_times_that_are_always_alike_have_no_deviation(engine: str) -> None:
    """0.1 s can't be written in binary: what the sums are off by is not a spread."""
    regular = visitor(deterministic(0.1), arrivals=renewal(deterministic(0.1)))
    visits = 40_000 if engine == "compiled" else 2000
    answer = simulate(one_station({}, c=regular), engine=engine, replications=2, visits=visits)
    [row] = answer.stations
    assert row.response_time_variance is not None
    assert (row.response_time_variance.mean, row.response_time_variance.high) == (0.0, 0.0)
