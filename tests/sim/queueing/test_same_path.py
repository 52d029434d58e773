"""Both engines draw the same random numbers, and so must tell the same story of every network."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.queueing.check_network import check
from models.queueing.network import Network
from models.queueing.periods import Intervals
from sim.queueing.arrays.queue_layout import Layout, lay_out
from sim.queueing.arrays.tally import Tally
from sim.queueing.kernel.compiled_run import CompiledRun
from sim.queueing.queue_contract import Departure, Run
from sim.queueing.reference import SimPyRun

Described = dict[str, Any]
FIELDS = ("customer", "customer_class", "station", "visit")
TIMES = ("arrived", "departed", "service")


def exponential(seconds: float) -> Described:
    return {"distribution": "exponential", "mean": f"{seconds} s"}


def fixed(seconds: float) -> Described:
    return {"distribution": "deterministic", "value": f"{seconds} s"}


def poisson(rate: float) -> Described:
    return {"kind": "poisson", "rate": f"{rate}/s"}


def same_trace(what: Network, traces: dict[str, NDArray[np.float64]]) -> list[Departure]:
    """The same with services recorded beside the arrivals."""
    records: list[list[Departure]] = [[], []]
    for engine, record in zip((CompiledRun, SimPyRun), records, strict=True):
        engine(lay_out(what, np.random.SeedSequence(1), traces), record).advance(1000)
    assert_same_departures(*records)
    return records[0]


def split(**shares: float) -> Described:
    return {"kind": "split", "to": shares}


def network(stations: Described, classes: Described) -> Network:
    return Network.model_validate({"name": "test", "stations": stations, "classes": classes})


# How the stories are compared.


def both(what: Network, seed: int, times: list[float]) -> tuple[list[Run], list[list[Departure]]]:
    records: list[list[Departure]] = [[], []]
    traces = {
        name: np.array(times)
        for name, customers in what.classes.items()
        if customers.arrivals is not None and customers.arrivals.kind == "trace"
    }
    engines: tuple[Callable[[Layout, list[Departure]], Run], ...] = (CompiledRun, SimPyRun)
    within = (0.0, 0.5, 2.0)
    layouts = [lay_out(what, np.random.SeedSequence(seed), traces, asked=within) for _ in engines]
    runs = [
        engine(layout, record)
        for engine, layout, record in zip(engines, layouts, records, strict=True)
    ]
    return runs, records


def same_path(
    what: Network, visits: int, seed: int = 1, times: list[float] | None = None
) -> list[Departure]:
    """Let both engines run, in unequal parts, and compare all that they tell.

    Arguments:
        what: the network.
        visits: departures from stations.
        seed: of both runs.
        times: of the arrivals of all classes that have a trace.
    """
    assert check(what) == []
    runs, records = both(what, seed, times or [])
    for part in (visits // 10, visits // 5, visits - visits // 10 - visits // 5):
        done = [run.advance(part) for run in runs]
        assert_same_departures(*records)
        assert done[0] == done[1]
        assert_same_tallies(*(run.tally() for run in runs))
        for run in runs:
            run.clear()
    assert_same_tallies(*(run.tally() for run in runs))
    return records[0]


def assert_same_departures(ours: list[Departure], theirs: list[Departure]) -> None:
    if ours and theirs:
        size = min(len(ours), len(theirs))
        one, other = np.array(ours[:size]), np.array(theirs[:size])
        unequal = (one[:, :4] != other[:, :4]).any(axis=1)
        unequal |= ~np.isclose(one[:, 4:], other[:, 4:], rtol=1e-9, atol=1e-12).all(axis=1)
        if unequal.any():
            first = int(np.argmax(unequal))
            assert ours[first] == theirs[first], f"departure {first} of {size}"
    assert len(ours) == len(theirs)


def assert_same_tallies(one: Tally, other: Tally) -> None:
    assert one.time == pytest.approx(other.time, rel=1e-9, abs=1e-9)
    for kind in ("flows", "stations", "classes", "pools"):
        ours, theirs = getattr(one, kind), getattr(other, kind)
        for name in ours.dtype.names:
            message = f"{kind}.{name}"
            if ours.dtype[name] == np.int64:
                np.testing.assert_array_equal(ours[name], theirs[name], message)
            else:
                scale = 1e-9 * max(1.0, one.time)
                np.testing.assert_allclose(ours[name], theirs[name], 1e-9, scale, err_msg=message)
    np.testing.assert_allclose(one.each_busy, other.each_busy, 1e-9, 1e-9 * max(1.0, one.time))
    np.testing.assert_allclose(one.lengths, other.lengths, 1e-9, 1e-9 * max(1.0, one.time))
    for kind in ("waiting_times", "response_times", "trip_times"):
        ours, theirs = getattr(one, kind), getattr(other, kind)
        assert_same_up_to_edges(ours, theirs)
    for kind in ("waits_within", "responses_within", "trips_within"):
        np.testing.assert_array_equal(getattr(one, kind), getattr(other, kind), kind)


def assert_same_up_to_edges(ours: NDArray[np.int64], theirs: NDArray[np.int64]) -> None:
    """What is on the edge of a bin may be in either of the two, by rounding."""
    np.testing.assert_array_equal(ours.sum(axis=1), theirs.sum(axis=1))
    one, other = np.cumsum(ours, axis=1), np.cumsum(theirs, axis=1)
    assert (one[:, :-1] <= other[:, 1:]).all()
    assert (other[:, :-1] <= one[:, 1:]).all()


# One station.

DISCIPLINES = [
    "fcfs",
    "lcfs",
    "random",
    "processor-sharing",
    "priority",
    "preemptive-priority",
    "srpt",
]
UNINTERRUPTED = ["fcfs", "lcfs", "random", "priority"]
BREAKDOWNS = {"time_to_failure": exponential(4), "time_to_repair": exponential(1)}
SHIFTS = {
    "period": "7.3 s",
    "shifts": [
        {"start": "0 s", "servers": 1},
        {"start": "2.1 s", "servers": 0},
        {"start": "2.9 s", "servers": 3},
        {"start": "5 s", "servers": 2},
    ],
}


SCALING = {  # with starts that overtake each other, and some that are taken away before they end
    "target": 0.7,
    "maximum": 9,
    "interval": "3 s",
    "cooldown": "0 s",
    "startup": exponential(4),
}
QUICK = {
    "target": 0.5,
    "minimum": 2,
    "maximum": 7,
    "concurrency": 2,
    "step": 1,
    "interval": "2 s",
    "cooldown": "6 s",
    "tolerance": 0.1,
}


def one_station(station: Described, load: float = 0.8, **customers: Any) -> Network:
    """Two classes at one station."""
    servers = station.get("servers", 1)
    rate = load * (servers if isinstance(servers, int) else 5)
    common = {"route": ["it"], **customers}
    return network(
        {"it": station},
        {
            "low": {
                "arrivals": poisson(rate / 2),
                "service": {"it": exponential(1)},
                "priority": 1,
                **common,
            },
            "high": {
                "arrivals": poisson(rate / 2),
                "service": {"it": {"distribution": "gamma", "mean": "1 s", "shape": 2}},
                **common,
            },
        },
    )


ONE_STATION: dict[str, Network] = {"infinite": one_station({"servers": "infinite"})}
for discipline, servers in itertools.product(DISCIPLINES, (1, 3)):
    station = {"discipline": discipline, "servers": servers}
    ONE_STATION[f"{discipline}-{servers}"] = one_station(station)
    ONE_STATION[f"{discipline}-{servers}-finite"] = one_station({**station, "capacity": 5}, 1.2)
    ONE_STATION[f"{discipline}-{servers}-impatient"] = one_station(
        station, 1.1, patience={"it": exponential(2)}
    )
for discipline, servers in itertools.product(UNINTERRUPTED, (1, 3)):
    station = {"discipline": discipline, "servers": servers}
    name = f"{discipline}-{servers}"
    ONE_STATION[f"{name}-setup"] = one_station({**station, "setup": exponential(0.5)}, 0.5)
    ONE_STATION[f"{name}-breakdowns"] = one_station({**station, "breakdowns": BREAKDOWNS}, 0.6)
    ONE_STATION[f"{name}-one-crew"] = one_station(
        {**station, "breakdowns": {**BREAKDOWNS, "crews": 1}}, 0.4, patience={"it": exponential(9)}
    )
    if discipline == "priority":
        continue  # does not go with batches
    ONE_STATION[f"{name}-batch"] = one_station(
        {
            **station,
            "batch": {
                "size": 4,
                "timeout": "700 ms",
                "per_customer": "200 ms",
                "least_per_customer": "350 ms",
            },
        },
        1.5,
    )
    ONE_STATION[f"{name}-batch-at-once"] = one_station({**station, "batch": {"size": 4}}, 2.5)
    ONE_STATION[f"{name}-batch-impatient"] = one_station(
        {**station, "capacity": 9, "batch": {"size": 3, "timeout": "4 s"}},
        1.5,
        patience={"it": exponential(2)},
    )
for discipline in UNINTERRUPTED:
    station = {"discipline": discipline, "servers": 3, "setup": exponential(0.5)}
    ONE_STATION[f"{discipline}-keep-warm"] = one_station({**station, "keep_warm": "700 ms"}, 0.3)
    ONE_STATION[f"{discipline}-scaling"] = one_station(
        {"discipline": discipline, "scaling": SCALING}, 2.5
    )
    ONE_STATION[f"{discipline}-scaling-finite"] = one_station(
        {"discipline": discipline, "scaling": QUICK, "capacity": 14}, 3, patience={"it": fixed(2)}
    )
    if discipline != "priority":
        ONE_STATION[f"{discipline}-scaling-batch"] = one_station(
            {
                "discipline": discipline,
                "scaling": SCALING,
                "batch": {"size": 3, "timeout": "700 ms", "per_customer": "200 ms"},
            },
            3,
        )
for discipline in UNINTERRUPTED:
    station = {"discipline": discipline, "schedule": SHIFTS}
    ONE_STATION[f"{discipline}-schedule"] = one_station(station, 0.4)
    ONE_STATION[f"{discipline}-schedule-finite"] = one_station(
        {**station, "capacity": 4}, 0.4, patience={"it": exponential(3)}
    )


@pytest.mark.parametrize("what", ONE_STATION.values(), ids=ONE_STATION.keys())
def test_one_station(what: Network) -> None:
    assert len(same_path(what, 1000)) >= 1000


# Arrivals.

DISTRIBUTIONS: dict[str, Described] = {
    "exponential": exponential(1),
    "deterministic": fixed(1),
    "erlang": {"mean": "1 s", "phases": 3},
    "hyper-exponential": {"probabilities": [0.3, 0.7], "means": ["2 s", "0.5 s"]},
    "gamma": {"mean": "1 s", "shape": 0.6},
    "lognormal": {"mean": "1 s", "scv": 2},
    "weibull": {"scale": "1 s", "shape": 0.8},
    "pareto": {"minimum": "0.5 s", "shape": 2.5},
    "uniform": {"low": "0.2 s", "high": "2 s"},
    "empirical": {"values": ["0.31 s", "0.97 s", "2.3 s"], "weights": [1, 2, 1]},
    "two-moments": {"mean": "1 s", "scv": 0.4},
}
ARRIVALS: dict[str, Described] = {
    name: {"kind": "renewal", "interarrival": {"distribution": name, **parameters}}
    for name, parameters in DISTRIBUTIONS.items()
}
ARRIVALS["two-moments, variable"] = {
    "kind": "renewal",
    "interarrival": {"distribution": "two-moments", "mean": "1 s", "scv": 3},
}
ARRIVALS["markov-modulated"] = {
    "kind": "markov-modulated",
    "rates": ["2/s", "0.2/s", "0/s"],
    "holding_times": ["5 s", "20 s", "3 s"],
}
ARRIVALS["time-varying"] = {
    "kind": "time-varying",
    "period": "60 s",
    "intervals": [
        {"start": "0 s", "rate": "0.3/s"},
        {"start": "20 s", "rate": "1.4/s"},
        {"start": "41 s", "rate": "0/s"},
    ],
}
ARRIVALS["trace"] = {"kind": "trace", "file": "arrivals.csv"}


@pytest.mark.parametrize("together", [False, True], ids=["single", "batch"])
@pytest.mark.parametrize("arrivals", ARRIVALS.values(), ids=ARRIVALS.keys())
def test_arrivals(arrivals: Described, together: bool) -> None:
    # A renewal process brings the services of its own distribution, unless many end together.
    service = arrivals.get("interarrival", exponential(1))
    if service["distribution"] in ("deterministic", "empirical"):
        service = exponential(1)
    customers: Described = {"arrivals": arrivals, "service": {"it": service}, "route": ["it"]}
    if together:
        customers["arrival_batch"] = {"sizes": [1, 2, 5], "probabilities": [0.5, 0.3, 0.2]}
    times = np.cumsum(np.random.default_rng(3).exponential(1, 400)).tolist()
    what = network({"it": {"servers": 4 if together else 2}}, {"c": customers})
    assert len(same_path(what, 1000, times=times)) >= 400


# Networks.

WAYS: dict[str, tuple[Described, Described]] = {
    "closed": (
        {"one": {"servers": 2}, "two": {"discipline": "processor-sharing"}},
        {
            "c": {
                "population": 7,
                "think_time": exponential(3),
                "service": {"one": exponential(1), "two": exponential(0.6)},
                "routing": {
                    "start": split(one=0.4, two=0.6),
                    "one": split(two=0.5, exit=0.5),
                    "two": split(one=0.2, exit=0.8),
                },
            }
        },
    ),
    "closed without thinking": (
        {"one": {"discipline": "srpt"}, "two": {"batch": {"size": 3, "timeout": "1 s"}}},
        {
            "c": {
                "population": 9,
                "service": {"one": exponential(0.3), "two": exponential(0.5)},
                "route": ["one", "two", "one"],
            }
        },
    ),
    "closed, blocking": (
        {
            "one": {"capacity": 4, "when_full": "block"},
            "two": {"capacity": 3, "when_full": "block", "servers": 2},
            "three": {"capacity": 4, "when_full": "block", "discipline": "processor-sharing"},
        },
        {
            "c": {
                "population": 6,
                "think_time": exponential(0.1),
                "service": {
                    "one": exponential(1),
                    "two": exponential(1),
                    "three": exponential(1),
                },
                "routing": {
                    "start": split(one=1),
                    "one": split(two=1),
                    "two": split(three=1),
                    "three": split(one=0.8, exit=0.2),
                },
            }
        },
    ),
    "mixed": (
        {"one": {"discipline": "preemptive-priority"}, "two": {"servers": 3}},
        {
            "open": {
                "arrivals": poisson(0.3),
                "service": {"one": exponential(0.7), "two": exponential(2)},
                "route": ["one", "two", "one"],
            },
            "closed": {
                "population": 3,
                "priority": 1,
                "think_time": {"distribution": "lognormal", "mean": "4 s", "scv": 2},
                "service": {"one": exponential(0.5), "two": exponential(1)},
                "route": ["two", "one"],
            },
        },
    ),
    "class change": (
        {"one": {"discipline": "priority"}, "two": {"discipline": "lcfs"}},
        {
            "raw": {
                "arrivals": poisson(0.4),
                "priority": 2,
                "service": {"one": exponential(0.8)},
                "routing": {
                    "start": split(one=1),
                    "one": {"kind": "split", "to": {"two/done": 0.7, "one/again": 0.3}},
                },
            },
            "again": {
                "service": {"one": exponential(0.5)},
                "routing": {"one": {"kind": "split", "to": {"two/done": 0.6, "exit": 0.4}}},
            },
            "done": {
                "service": {"two": exponential(1)},
                "routing": {"two": {"kind": "split", "to": {"one/again": 0.2, "exit": 0.8}}},
            },
        },
    ),
    "fork": (
        {"one": {}, "two": {"servers": 2}, "three": {"discipline": "processor-sharing"}},
        {
            "c": {
                "arrivals": poisson(0.5),
                "service": {
                    "one": exponential(0.8),
                    "two": exponential(1.5),
                    "three": exponential(0.5),
                },
                "routing": {
                    "start": {"kind": "fork", "to": ["one", "two", "three"], "then": "three"},
                    "three": split(exit=1),
                },
            }
        },
    ),
    "fork on the way, into other classes": (
        {
            "one": {"capacity": 6},
            "two": {"batch": {"size": 2, "timeout": "1 s"}},
            "three": {},
            "four": {"capacity": 2, "when_full": "block"},
        },
        {
            "c": {
                "arrivals": poisson(0.6),
                "service": {"one": exponential(0.8), "two": exponential(0.7)},
                "routing": {
                    "start": split(one=1),
                    "one": {"kind": "fork", "to": ["two", "three/part"], "then": "four/whole"},
                },
            },
            "part": {"service": {"three": exponential(1)}},
            "whole": {
                "service": {"four": exponential(1)},
                "routing": {"four": split(exit=1)},
            },
        },
    ),
    "closed fork": (
        {"one": {}, "two": {}},
        {
            "c": {
                "population": 5,
                "think_time": exponential(1),
                "service": {"one": exponential(1), "two": exponential(1)},
                "routing": {"start": {"kind": "fork", "to": ["one", "two"]}},
            }
        },
    ),
    "closed fork without thinking": (
        {"one": {}, "two": {}, "three": {}},
        {
            "c": {
                "population": 5,
                "service": {name: exponential(1) for name in ("one", "two", "three")},
                "routing": {
                    "start": split(three=1),
                    "three": {"kind": "fork", "to": ["one", "two"]},
                },
            }
        },
    ),
    "many forks at the end of a batch": (
        {"one": {"batch": {"size": 40, "timeout": "5 s"}}, **{f"s{k}": {} for k in range(30)}},
        {
            "c": {
                "arrivals": poisson(5),
                "arrival_batch": {"sizes": [30], "probabilities": [1]},
                "service": {"one": fixed(0), **{f"s{k}": exponential(0.004) for k in range(30)}},
                "routing": {
                    "start": split(one=1),
                    "one": {"kind": "fork", "to": [f"s{k}" for k in range(30)]},
                },
            }
        },
    ),
    "blocking chain": (
        {
            "one": {"capacity": 5, "servers": 2},
            "two": {"capacity": 2, "when_full": "block"},
            "three": {"capacity": 1, "when_full": "block"},
            "four": {"capacity": 2, "servers": 2, "when_full": "block"},
        },
        {
            name: {
                "arrivals": poisson(0.5),
                "priority": priority,
                "service": {
                    "one": exponential(0.7),
                    "two": exponential(0.5),
                    "three": exponential(0.7),
                    "four": exponential(1),
                },
                "patience": {"two": exponential(1)} if priority else {},
                "route": ["one", "two", "three", "four"],
            }
            for priority, name in enumerate("ab")
        },
    ),
}
for name, first in {
    "batch": {"batch": {"size": 3, "timeout": "500 ms"}, "servers": 2},
    "processor sharing": {"discipline": "processor-sharing", "servers": 2},
    "breakdowns": {"servers": 2, "breakdowns": {**BREAKDOWNS, "crews": 1}},
    "schedule": {"schedule": SHIFTS},
    "preemptive": {"discipline": "preemptive-priority", "servers": 2},
    "srpt": {"discipline": "srpt"},
    "infinite": {"servers": "infinite"},
    "random with setup": {"discipline": "random", "setup": exponential(0.2)},
}.items():
    WAYS[f"{name} before a blocking station"] = (
        {"first": first, "last": {"capacity": 2, "when_full": "block", "servers": 2}},
        {
            key: {
                "arrivals": poisson(0.5),
                "priority": priority,
                "service": {"first": exponential(0.6), "last": exponential(1.4)},
                "patience": {"first": exponential(6)},
                "routing": {
                    "start": split(first=1),
                    "first": split(last=0.9, exit=0.1),
                    "last": split(exit=1),
                },
            }
            for priority, key in enumerate("ab")
        },
    )
for kind in ("shortest-queue", "power-of-two", "round-robin"):
    WAYS[kind] = (
        {
            "one": {},
            "two": {"servers": 2},
            "three": {"discipline": "processor-sharing", "servers": 2},
            "four": {"capacity": 3},
        },
        {
            "c": {
                "arrivals": poisson(3),
                "arrival_batch": {"sizes": [1, 3], "probabilities": [0.8, 0.2]},
                "service": {
                    "one": exponential(0.8),
                    "two": exponential(1.1),
                    "three": exponential(1),
                    "four": exponential(1),
                },
                "routing": {
                    "start": {"kind": kind, "to": ["one", "two", "three", "four"]},
                    "one": {"kind": kind, "to": ["three", "four"]},
                    "two": split(exit=1),
                    "three": split(exit=1),
                    "four": split(exit=1),
                },
            }
        },
    )
WAYS["split into many"] = (
    {f"s{k}": {} for k in range(12)},
    {
        "c": {
            "arrivals": poisson(6),
            "service": {f"s{k}": exponential(1) for k in range(12)},
            "routing": {
                "start": split(**{f"s{k}": 1 / 12 for k in range(12)}),
                **{f"s{k}": split(exit=1) for k in range(12)},
            },
        }
    },
)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_networks(way: tuple[Described, Described], seed: int) -> None:
    assert len(same_path(network(*way), 1500, seed)) >= 1500


# Times that meet.


@pytest.mark.parametrize("discipline", DISCIPLINES)
def test_completions_come_before_whatever_else_happens_at_that_time(discipline: str) -> None:
    # Whole numbers of quarters of a second, which are exact.
    trace = {"kind": "trace", "file": "arrivals.csv"}
    customers = {"arrivals": trace, "service": {"it": fixed(0.25)}, "route": ["it", "it"]}
    what = network({"it": {"capacity": 1, "discipline": discipline}}, {"c": customers})
    record = same_path(what, 1000, times=[0.5 * k for k in range(300)])
    assert [d.departed for d in record] == [0.25 * k + 0.25 for k in range(600)]

    thinking = {
        "population": 1,
        "think_time": fixed(0.5),
        "service": {"it": fixed(0.25)},
        "route": ["it"],
    }
    customers["route"] = ["it"]
    what = network(
        {"it": {"capacity": 1, "discipline": discipline}}, {"c": customers, "t": thinking}
    )
    # The thinker comes back when the other is served, and goes when the next comes.
    record = same_path(what, 400, times=[0.25 + 0.75 * k for k in range(200)])
    assert [d.departed for d in record] == [
        0.5 + 0.75 * (k // 2) + k % 2 * 0.25 for k in range(400)
    ]


def test_the_end_of_a_trace_ends_the_run_while_clocks_go_on() -> None:
    for special in ({"breakdowns": BREAKDOWNS}, {"schedule": SHIFTS}):
        customers = {
            "arrivals": {"kind": "trace", "file": "arrivals.csv"},
            "service": {"it": exponential(1)},
            "route": ["it"],
        }
        what = network({"it": special}, {"c": customers})
        assert len(same_path(what, 1000, times=[0.5, 1.0, 7.0, 60.0])) == 4


# Any network.

SERVICES = st.sampled_from(
    [
        exponential(1),
        exponential(0.3),
        {"distribution": "gamma", "mean": "0.8 s", "shape": 3},
        {"distribution": "uniform", "low": "0 s", "high": "1 s"},
    ]
)
SPECIAL: list[Described] = [
    {},
    {"discipline": "processor-sharing"},
    {"discipline": "preemptive-priority"},
    {"discipline": "srpt"},
    {"servers": "infinite"},
    {"capacity": 4},
    {"capacity": 3, "when_full": "block"},
    {"capacity": 3, "when_full": "block", "discipline": "processor-sharing"},
    {"setup": exponential(0.5)},
    {"batch": {"size": 3, "timeout": "500 ms", "per_customer": "100 ms"}},
    {
        "batch": {"size": 2, "timeout": "500 ms"},
        "capacity": 3,
        "when_full": "block",
    },
    {"breakdowns": {"time_to_failure": exponential(3), "time_to_repair": exponential(1)}},
    {"breakdowns": BREAKDOWNS, "capacity": 3, "when_full": "block"},
    {"schedule": SHIFTS},
    {"setup": exponential(0.5), "keep_warm": "400 ms"},
    {"scaling": SCALING},
    {"scaling": QUICK, "capacity": 14, "when_full": "block"},
    {"scaling": SCALING, "batch": {"size": 3, "timeout": "500 ms"}},
]


@st.composite
def small_networks(draw: st.DrawFn) -> Network:
    """Two open classes and a closed one go forwards through three stations."""
    names = ["one", "two", "three"]
    stations = {}
    for name in names:
        special = draw(st.sampled_from(SPECIAL))
        discipline = draw(st.sampled_from(UNINTERRUPTED))
        if "batch" in special and discipline == "priority":
            discipline = "fcfs"
        stations[name] = {"discipline": discipline, "servers": draw(st.integers(1, 3)), **special}
        if special.keys() & {"scaling", "schedule"}:
            del stations[name]["servers"]
    ways = [names, names[:2], names[1:], ["one", "three"]]
    classes: Described = {}
    for name in "abc":
        route = draw(st.sampled_from(ways))
        classes[name] = {
            "priority": draw(st.integers(0, 1)),
            "service": {station: draw(SERVICES) for station in route},
            "patience": {station: exponential(2) for station in route if draw(st.booleans())},
            "route": route,
        }
    for name in "ab":
        rate = draw(st.sampled_from([0.3, 0.6, 1.2]))
        classes[name]["arrivals"] = poisson(rate)
        if draw(st.booleans()):
            classes[name]["arrival_batch"] = {"sizes": [1, 3], "probabilities": [0.6, 0.4]}
    classes["c"]["population"] = draw(st.integers(1, 6))
    classes["c"]["think_time"] = exponential(2)
    visited = {station for customers in classes.values() for station in customers["route"]}
    classes["a"]["target"] = "1.3 s"
    return network({name: stations[name] for name in names if name in visited}, classes)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(small_networks(), st.integers(0, 9999))
def test_any_network(what: Network, seed: int) -> None:
    same_path(what, 300, seed)


# By interval of a period.

UNTOLD = {("stations", "number")}
DAY = Intervals(7.3, (0.0, 2.1, 2.9, 5.0))
PERIODIC: dict[str, Network] = {
    "schedule": one_station({"schedule": SHIFTS}, 0.4, target="2 s"),
    "scaling": one_station({"scaling": SCALING}, 2.5, target="2 s"),
    "sharing": one_station({"discipline": "processor-sharing"}, 0.7),
}


@pytest.mark.parametrize("what", PERIODIC.values(), ids=PERIODIC.keys())
def test_both_tell_the_same_by_interval(what: Network) -> None:
    runs, _ = both(what, 1, [])
    for run in runs:
        run.advance(10**6, DAY.period * 3)
        assert run.now == DAY.period * 3
        run.clear()
        run.watch(DAY)
        run.advance(10**6, DAY.period * 23)
        assert run.now == DAY.period * 23
    ours, theirs = (run.by_interval() for run in runs)
    np.testing.assert_allclose(ours.times, 20 * DAY.lengths)
    for place in range(len(DAY.starts)):
        for kind in ("flows", "stations", "classes"):
            one, other = getattr(ours, kind)[place], getattr(theirs, kind)[place]
            for name in one.dtype.names:
                if (kind, name) not in UNTOLD:
                    np.testing.assert_allclose(one[name], other[name], 1e-9, 1e-7, err_msg=name)
    # The intervals are all of the time that was counted.
    whole = runs[0].tally()
    for kind in ("flows", "stations", "classes"):
        total = getattr(ours, kind)
        for name in total.dtype.names:
            if (kind, name) not in UNTOLD:
                np.testing.assert_allclose(
                    total[name].sum(axis=0), getattr(whole, kind)[name], 1e-9, 1e-7
                )
    np.testing.assert_array_equal(ours.trip_times.sum(axis=0), whole.trip_times)


def test_recorded_services_go_with_their_arrival() -> None:
    """Two stations of their own columns, and one place at the first: whoever is lost takes its
    services along, and whoever overtakes keeps its own."""
    what = network(
        {"one": {"servers": 2, "capacity": 3}, "two": {"discipline": "lcfs"}},
        {
            "c": {
                "arrivals": {"kind": "trace", "file": "t.csv"},
                "service": {"one": fixed(9), "two": fixed(9)},
                "route": ["one", "two"],
            }
        },
    )
    times, first, second = (
        np.array([0.0, 1.0, 2.0, 3.0, 4.0, 12.0]),
        np.array([8.0, 2.0, 1.5, 4.0, 2.5, 3.0]),
        np.array([1.0, 6.0, 5.0, 0.5, 2.0, 0.25]),
    )
    seen = same_trace(what, {"c": times, "c/one": first, "c/two": second})
    here = {(d.customer, d.station): d.service for d in seen}
    assert here == {
        (row, station): column[row]
        for station, column in enumerate((first, second))
        for row in range(6)
        if (row, 0) in here
    }
    assert len(here) < 12  # somebody was lost


def test_recorded_servers_go_with_their_arrival() -> None:
    """Who is lost, does not join or overtakes keeps its own number of servers."""
    what = network(
        {"it": {"servers": 4, "capacity": 6, "discipline": "lcfs"}},
        {
            "c": {
                "arrivals": {"kind": "trace", "file": "t.csv"},
                "service": {"it": exponential(2)},
                "slots": {"it": 4},  # the most
                "balking": {"it": {"join": [1, 0.5]}},
                "route": ["it"],
            }
        },
    )
    chance = np.random.default_rng(5)
    times = np.cumsum(chance.exponential(1.5, 300))
    seen = same_trace(what, {"c": times, "c/it/slots": chance.integers(1, 5, 300).astype(float)})
    assert 100 < len(seen) < 300


@pytest.mark.parametrize("discipline", ["fcfs", "lcfs", "priority"])
@pytest.mark.parametrize("seed", [1, 2])
def test_customers_of_several_servers(discipline: str, seed: int) -> None:
    """With patience, a shift and a place to be blocked on, which all look at the free servers."""
    shifts = [{"start": "0 s", "servers": 5}, {"start": "30 s", "servers": 3}]
    stations = {
        "it": {"discipline": discipline, "schedule": {"period": "60 s", "shifts": shifts}},
        "next": {"capacity": 2, "when_full": "block"},
    }
    classes = {
        name: {
            "arrivals": poisson(rate),
            "priority": slots,
            "slots": {"it": slots},
            "patience": {"it": exponential(20)},
            "service": {"it": exponential(1), "next": exponential(0.2)},
            "route": ["it", "next"],
        }
        for name, rate, slots in (("one", 0.8, 1), ("two", 0.4, 2), ("three", 0.2, 3))
    }
    same_path(network(stations, classes), 1500, seed)
