"""The SimPy engine against timetables worked out by hand, closed forms and conservation laws."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.laws.intervals import student_quantile
from models.queueing.network import Network
from sim.kernels.streams import uniform
from sim.queueing.arrays.queue_layout import lay_out
from sim.queueing.arrays.tally import Tally
from sim.queueing.queue_contract import Departure, TooManyCustomers
from sim.queueing.reference import SimPyRun

TRACE = {"kind": "trace", "file": "arrivals.csv"}
Traces = Mapping[str, Sequence[float]]
Measure = Callable[[Tally], float]


def network(stations: dict[str, Any], classes: dict[str, Any]) -> Network:
    return Network.model_validate({"name": "test", "stations": stations, "classes": classes})


def fixed(seconds: float) -> dict[str, Any]:
    return {"distribution": "deterministic", "value": f"{seconds} s"}


def exponential(seconds: float) -> dict[str, Any]:
    return {"distribution": "exponential", "mean": f"{seconds} s"}


def poisson(rate: float) -> dict[str, Any]:
    return {"kind": "poisson", "rate": f"{rate}/s"}


def start(
    what: Network, traces: Traces | None = None, seed: int = 1
) -> tuple[SimPyRun, list[Departure]]:
    arrays = {name: np.array(times, float) for name, times in (traces or {}).items()}
    record: list[Departure] = []
    return SimPyRun(lay_out(what, np.random.SeedSequence(seed), arrays), record), record


def to_the_end(what: Network, traces: Traces, seed: int = 1) -> tuple[Tally, list[Departure]]:
    run, record = start(what, traces, seed)
    assert run.advance(1_000_000) == len(record)
    return run.tally(), record


def serve(jobs: str, station: dict[str, Any], **customers: Any) -> tuple[Tally, list[Departure]]:
    """One station that serves jobs, each of a class of its own: "a 0 5 1" comes at 0 s for 5 s.

    Arguments:
        jobs: name, arrival, service and, if it matters, priority; separated by commas.
        station: its description.
        customers: what else the classes have, by name of the job.
    """
    classes, traces = {}, {}
    for job in jobs.split(","):
        name, arrival, service, *priority = job.split()
        classes[name] = {
            "arrivals": TRACE,
            "service": {"it": fixed(float(service))},
            "route": ["it"],
            "priority": int(priority[0]) if priority else 0,
            **customers.get(name, {}),
        }
        traces[name] = [float(arrival)]
    return to_the_end(network({"it": station}, classes), traces)


def timetable(record: list[Departure], names: str = "abcdef") -> str:
    return ", ".join(f"{names[d.customer_class]} {d.departed:.9g}" for d in record)


# Disciplines.

JOBS = "a 0 5 1, b 1 3 2, c 2 1 0, d 3 2 1"


@pytest.mark.parametrize(
    ("discipline", "expected"),
    [
        ("fcfs", "a 5, b 8, c 9, d 11"),
        ("lcfs", "a 5, d 7, c 8, b 11"),
        ("priority", "a 5, c 6, d 8, b 11"),
        # c interrupts a, which goes on ahead of d, its equal.
        ("preemptive-priority", "c 3, a 6, d 8, b 11"),
        # b interrupts a with 3 s against 4 s left, c b with 1 s against 2 s; d has as much as b.
        ("srpt", "c 3, b 5, d 7, a 11"),
        # Left at 3 s: a 19/6, b 13/6, c 2/3; at c's end: a 5/2, b 3/2, d 4/3; at d's: 7/6, 1/6.
        ("processor-sharing", "c 5.66666667, d 9.66666667, b 10, a 11"),
    ],
)
def test_disciplines_on_one_server(discipline: str, expected: str) -> None:
    tally, record = serve(JOBS, {"discipline": discipline})
    assert timetable(record) == expected
    assert tally.stations["busy"] == [11.0]
    assert tally.stations["busy_periods"] == [1]
    assert tally.stations["busy_period_time"] == [pytest.approx(11.0)]


@pytest.mark.parametrize("seed", range(8))
def test_random_order_takes_by_position_and_moves_the_last_into_the_gap(seed: int) -> None:
    names = "abcde"
    jobs = {
        name: {"arrivals": TRACE, "service": {"it": fixed(9)}, "route": ["it"]} for name in names
    }
    what = network({"it": {"discipline": "random"}}, jobs)
    traces = {name: [float(k)] for k, name in enumerate(names)}
    _, record = to_the_end(what, traces, seed)
    layout = lay_out(
        what, np.random.SeedSequence(seed), {name: np.array(traces[name]) for name in names}
    )
    stream = layout.streams[layout.stations["order"][0]]
    waiting, order = list("bcde"), ["a"]
    while waiting:
        position = int(uniform(stream) * len(waiting)) if len(waiting) > 1 else 0
        order.append(waiting[position])
        waiting[position] = waiting[-1]
        waiting.pop()
    assert timetable(record) == ", ".join(f"{name} {9 * k + 9}" for k, name in enumerate(order))


@pytest.mark.parametrize(
    ("discipline", "jobs", "expected"),
    [
        ("fcfs", "a 0 5, b 1 3, c 2 2, d 3 2", "b 4, a 5, c 6, d 7"),
        # Of two alike, the last to begin is interrupted.
        ("preemptive-priority", "a 0 10 1, b 1 10 1, c 2 1 0", "c 3, a 10, b 12"),
        ("preemptive-priority", "a 0 10 2, b 1 10 1, c 2 1 0", "c 3, b 11, a 11"),
        ("srpt", "a 0 10, b 1 10, c 2 1", "c 3, a 10, b 12"),
        ("processor-sharing", "a 0 4, b 0 4, c 0 4", "a 6, b 6, c 6"),
        ("processor-sharing", "a 0 4, b 0 4", "a 4, b 4"),
    ],
)
def test_disciplines_on_two_servers(discipline: str, jobs: str, expected: str) -> None:
    _, record = serve(jobs, {"discipline": discipline, "servers": 2})
    assert timetable(record) == expected


def test_infinitely_many_servers_let_nobody_wait() -> None:
    tally, record = serve(JOBS, {"servers": "infinite"})
    assert timetable(record) == "c 3, b 4, a 5, d 5"
    assert tally.stations["busy"] == tally.stations["number"] == [11.0]
    assert tally.stations["servers"] == [0.0]


def test_services_end_before_who_comes_at_that_time() -> None:
    tally, record = serve("a 0 2, b 2 2, c 4 2", {"capacity": 1})
    assert timetable(record) == "a 2, b 4, c 6"
    assert tally.flows["lost"].sum() == 0
    assert tally.flows["waited"].sum() == 0


# Stations that are special.


def test_who_finds_the_station_full_is_lost() -> None:
    tally, record = serve("a 0 5, b 1 5, c 2 5, d 6 1", {"capacity": 2})
    assert timetable(record) == "a 5, b 10, d 11"
    assert tally.flows["lost"].tolist() == tally.classes["lost"].tolist() == [0, 0, 1, 0]
    assert tally.flows["arrivals"].tolist() == tally.classes["left"].tolist() == [1, 1, 0, 1]
    assert tally.classes["entered"].tolist() == [1, 1, 1, 1]
    assert tally.lengths[0, :4].tolist() == [0.0, 1.0 + 1.0 + 1.0, 4.0 + 4.0, 0.0]


def test_setup_precedes_the_service_of_an_idle_server_alone() -> None:
    tally, record = serve("a 0 3, b 1 1, c 10 1", {"setup": fixed(2)})
    assert timetable(record) == "a 5, b 6, c 13"
    assert tally.stations["busy"] == [9.0]  # with both setups
    assert tally.flows["waiting_time"].tolist() == [2.0, 4.0, 2.0]
    assert tally.flows["waited"].tolist() == [1, 1, 1]  # two of them for the setup


def test_a_batch_starts_when_it_is_full_or_its_first_has_waited() -> None:
    station = {"batch": {"size": 2, "timeout": "3 s", "per_customer": "1 s"}}
    tally, record = serve("a 0 2, b 1 5, c 2 4, d 20 1", station)
    # a and b in 2 + 1 s from 1 s on; c alone from 2 + 3 s on, d from 20 + 3 s on.
    assert timetable(record) == "a 4, b 4, c 9, d 24"
    assert [d.service for d in record] == [3.0, 3.0, 4.0, 1.0]
    assert tally.flows["waiting_time"].tolist() == [1.0, 0.0, 3.0, 3.0]
    assert tally.flows["waited"].tolist() == [1, 0, 1, 1]
    assert tally.stations["busy"] == [3.0 + 4.0 + 1.0]


def test_a_batch_without_timeout_takes_who_waits() -> None:
    station = {"batch": {"size": 3}, "discipline": "lcfs"}
    _, record = serve("a 0 2, b 1 5, c 1 4, d 1 1, e 1 7", station)
    # At 2 s the last three to come, in the time of e; then b.
    assert timetable(record) == "a 2, e 9, d 9, c 9, b 14"


def test_who_returns_from_a_batch_is_there_when_its_server_takes_the_next() -> None:
    what = network(
        {"it": {"batch": {"size": 2, "timeout": "100 s"}}},
        {"c": {"arrivals": TRACE, "service": {"it": fixed(1)}, "route": ["it", "it"]}},
    )
    _, record = to_the_end(what, {"c": [0.0, 1.0, 1.5]})
    assert [(d.customer, d.visit, d.departed) for d in record] == [
        (0, 0, 2.0),
        (1, 0, 2.0),
        (2, 0, 3.0),
        (0, 1, 3.0),
        (1, 1, 4.0),
        (2, 1, 4.0),
    ]


def test_a_server_that_fails_goes_on_with_its_customer_after_the_repair() -> None:
    station = {"breakdowns": {"time_to_failure": fixed(4), "time_to_repair": fixed(2)}}
    tally, record = serve("a 0 10, b 5 1", station)
    assert timetable(record) == "a 14, b 15"  # down from 4 to 6 s and from 10 to 12 s
    assert tally.stations["busy"] == [11.0]
    assert tally.stations["servers"] == [15.0]


def test_servers_wait_for_a_crew() -> None:
    down = {"time_to_failure": fixed(4), "time_to_repair": fixed(2)}
    jobs = "a 0 6, b 0 6"
    _, record = serve(jobs, {"servers": 2, "breakdowns": {**down, "crews": 1}})
    # Both fail at 4 s. b, interrupted last, is first on the server that is back at 6 s.
    assert timetable(record) == "b 8, a 10"
    _, record = serve(jobs, {"servers": 2, "breakdowns": down})
    assert timetable(record) == "b 8, a 8"


def test_an_interrupted_customer_goes_on_at_once_on_another_server() -> None:
    what = network(
        {
            "it": {
                "servers": 2,
                "breakdowns": {
                    "time_to_failure": {"distribution": "empirical", "values": ["3 s", "50 s"]},
                    "time_to_repair": fixed(9),
                },
            }
        },
        {"a": {"arrivals": TRACE, "service": {"it": fixed(5)}, "route": ["it"]}},
    )
    ends = set()
    for seed in range(20):
        _, record = to_the_end(what, {"a": [0.0]}, seed)
        ends.add(record[0].departed)
    assert ends == {5.0, 5.0 + 9.0}  # with 9 s more only if both fail


def test_servers_follow_the_schedule_and_the_busy_ones_finish() -> None:
    shifts = [
        {"start": "0 s", "servers": 1},
        {"start": "4 s", "servers": 0},
        {"start": "6 s", "servers": 2},
    ]
    station = {"schedule": {"period": "10 s", "shifts": shifts}}
    tally, record = serve("a 0 5, b 1 2, c 2 3, d 15 1", station)
    assert timetable(record) == "a 5, b 8, c 9, d 17"
    assert tally.stations["servers"] == [1 * 4 + 1 + 2 * 4 + 1 * 4 + 2 * 1]  # a is served until 5 s
    assert tally.stations["busy"] == [11.0]


def test_who_has_waited_too_long_leaves() -> None:
    patient = {"b": {"patience": {"it": fixed(2)}}, "d": {"patience": {"it": fixed(9)}}}
    tally, record = serve("a 0 5, b 1 1, c 2 1, d 3 4", {}, **patient)
    assert timetable(record) == "a 5, c 6, d 10"
    assert tally.flows["abandoned"].tolist() == tally.classes["lost"].tolist() == [0, 1, 0, 0]
    assert tally.flows["number"].tolist() == [5.0, 2.0, 4.0, 7.0]


def test_who_was_interrupted_does_not_lose_patience() -> None:
    patient = {"a": {"patience": {"it": fixed(1)}}}
    station = {"discipline": "preemptive-priority"}
    _, record = serve("a 0 5 1, b 2 8 0", station, **patient)
    assert timetable(record) == "b 10, a 13"


# Blocking.


def tandem(**last: Any) -> Network:
    service = {"first": fixed(1), "last": fixed(3)}
    return network(
        {"first": {}, "last": last},
        {"c": {"arrivals": TRACE, "service": service, "route": ["first", "last"]}},
    )


def test_a_blocked_customer_keeps_its_server() -> None:
    what = tandem(capacity=1, when_full="block")
    tally, record = to_the_end(what, {"c": [0.0, 1.0, 2.0]})
    expected = [(0, 1.0), (0, 4.0), (1, 4.0), (0, 7.0), (1, 7.0), (1, 10.0)]
    assert sorted((d.departed, d.station) for d in record) == sorted((t, k) for k, t in expected)
    assert tally.stations["busy"].tolist() == [3.0, 9.0]
    assert tally.flows["waiting_time"].tolist() == [0.0 + 2.0 + 4.0, 0.0]
    assert tally.flows["waited"].tolist() == [1, 0]  # the server was held when the third came


def test_without_blocking_who_finds_the_next_station_full_is_lost() -> None:
    tally, _ = to_the_end(tandem(capacity=1), {"c": [0.0, 1.0, 2.0]})
    assert tally.flows["lost"].tolist() == [0, 2]
    assert tally.classes["lost"].tolist() == [2]


def test_a_place_goes_to_the_first_who_was_blocked_and_frees_its_server_in_turn() -> None:
    blocking = {"capacity": 1, "when_full": "block"}
    service = {"one": fixed(1), "two": fixed(1), "three": fixed(5)}
    what = network(
        {"one": {}, "two": blocking, "three": blocking},
        {"c": {"arrivals": TRACE, "service": service, "route": ["one", "two", "three"]}},
    )
    _, record = to_the_end(what, {"c": [0.0, 0.0, 0.0, 0.0]})
    ends = {(d.customer, d.station): d.departed for d in record}
    # At 7 s the end of customer 0 moves 1, which moves 2, which lets `one` serve 3.
    assert [ends[0, k] for k in range(3)] == [1.0, 2.0, 7.0]
    assert [ends[1, k] for k in range(3)] == [2.0, 7.0, 12.0]
    assert [ends[2, k] for k in range(3)] == [7.0, 12.0, 17.0]
    assert [ends[3, k] for k in range(3)] == [12.0, 17.0, 22.0]


def test_places_go_to_the_blocked_in_the_order_in_which_they_were() -> None:
    classes = {
        name: {
            "arrivals": TRACE,
            "priority": priority,
            "service": {name: fixed(service), "last": fixed(10)},
            "route": [name, "last"],
        }
        for name, service, priority in (("a", 1, 2), ("b", 3, 0), ("c", 2, 1))
    }
    stations = {"a": {}, "b": {}, "c": {}, "last": {"capacity": 1, "when_full": "block"}}
    _, record = to_the_end(network(stations, classes), {name: [0.0] for name in "abc"})
    assert timetable([d for d in record if d.station == 3]) == "a 11, c 21, b 31"


def test_who_returns_to_its_full_station_keeps_its_place() -> None:
    what = network(
        {"it": {"capacity": 1, "when_full": "block"}},
        {"c": {"arrivals": TRACE, "service": {"it": fixed(1)}, "route": ["it", "it"]}},
    )
    tally, record = to_the_end(what, {"c": [0.0, 1.0]})
    assert [(d.customer, d.departed) for d in record] == [(0, 1.0), (0, 2.0)]
    assert tally.flows["lost"].tolist() == [1]


def test_a_run_ends_where_all_block_each_other() -> None:
    blocking = {"capacity": 1, "when_full": "block"}
    service = {"one": fixed(1), "two": fixed(1)}
    what = network(
        {"one": blocking, "two": blocking},
        {
            "x": {"population": 1, "service": service, "route": ["one", "two"]},
            "y": {"population": 1, "service": service, "route": ["two", "one"]},
        },
    )
    run, _ = start(what)
    assert run.advance(10) == 0
    assert run.tally().stations["number"].tolist() == [1.0, 1.0]


# Ways through the network.


def test_a_forked_customer_goes_on_with_its_last_task() -> None:
    what = network(
        {"one": {}, "two": {}, "end": {}},
        {
            "c": {
                "arrivals": TRACE,
                "service": {"one": fixed(2), "two": fixed(5), "end": fixed(1)},
                "routing": {
                    "start": {"kind": "fork", "to": ["one", "two"], "then": "end"},
                    "end": {"kind": "split", "to": {"exit": 1}},
                },
            }
        },
    )
    tally, record = to_the_end(what, {"c": [0.0, 1.0]})
    assert [(d.customer, d.station, d.departed) for d in record] == [
        (0, 0, 2.0),
        (1, 0, 4.0),
        (0, 1, 5.0),
        (0, 2, 6.0),
        (1, 1, 10.0),
        (1, 2, 11.0),
    ]
    assert tally.classes["entered"] == tally.classes["left"] == [2]
    assert tally.classes["response_time"] == tally.classes["number"] == [6.0 + 10.0]


def test_a_customer_changes_class_on_the_way() -> None:
    what = network(
        {"one": {}, "two": {}},
        {
            "raw": {
                "arrivals": TRACE,
                "service": {"one": fixed(2)},
                "routing": {
                    "start": {"kind": "split", "to": {"one": 1}},
                    "one": {"kind": "split", "to": {"two/done": 1}},
                },
            },
            "done": {
                "service": {"two": fixed(3)},
                "routing": {"two": {"kind": "split", "to": {"exit": 1}}},
            },
        },
    )
    tally, record = to_the_end(what, {"raw": [0.0, 1.0]})
    assert [(d.customer_class, d.departed) for d in record] == [(0, 2), (0, 4), (1, 5), (1, 8)]
    # By the class in which they leave, then by that in which they came.
    assert tally.classes["entered"].tolist() == [2, 0, 2, 0]
    assert tally.classes["left"].tolist() == [0, 2, 2, 0]
    assert tally.classes["response_time"].tolist() == [0.0, 5.0 + 7.0, 5.0 + 7.0, 0.0]
    assert tally.classes["number"].tolist() == [2.0 + 3.0, 3.0 + 4.0, 0.0, 0.0]


def dispatch(kind: str, seed: int) -> list[int]:
    """The stations of 12 customers who come one by one, and stay."""
    names = ["one", "two", "three"]
    routing = {name: {"kind": "split", "to": {"exit": 1}} for name in names}
    what = network(
        {name: {} for name in names},
        {
            "c": {
                "arrivals": TRACE,
                "service": {name: fixed(100 * k + 100) for k, name in enumerate(names)},
                "routing": {"start": {"kind": kind, "to": names}, **routing},
            }
        },
    )
    _, record = to_the_end(what, {"c": [float(k) for k in range(12)]}, seed)
    return [d.station for d in sorted(record)]


def dispatch_stream(kind: str, seed: int) -> Callable[[], float]:
    """What the dispatcher of such a run draws."""
    what = mm(
        {},
        1.0,
        route=[],
        routing={
            "start": {"kind": kind, "to": ["it"]},
            "it": {"kind": "split", "to": {"exit": 1}},
        },
    )
    layout = lay_out(what, np.random.SeedSequence(seed))
    stream = layout.streams[layout.destinations["stream"][layout.sources["destination"][0]]]
    return lambda: float(uniform(stream))


def test_round_robin_takes_stations_in_turn() -> None:
    assert dispatch("round-robin", 1) == [0, 1, 2] * 4


@pytest.mark.parametrize("seed", range(4))
def test_shortest_queue_breaks_ties_at_random(seed: int) -> None:
    draw, numbers, expected = dispatch_stream("shortest-queue", seed), [0, 0, 0], []
    for _ in range(12):
        shortest = [k for k in range(3) if numbers[k] == min(numbers)]
        position = int(draw() * len(shortest)) if len(shortest) > 1 else 0
        numbers[shortest[position]] += 1
        expected.append(shortest[position])
    assert dispatch("shortest-queue", seed) == expected


@pytest.mark.parametrize("seed", range(4))
def test_power_of_two_compares_two_different_stations(seed: int) -> None:
    draw, numbers, expected = dispatch_stream("power-of-two", seed), [0, 0, 0], []
    for _ in range(12):
        first, second = int(draw() * 3), int(draw() * 2)
        second += second >= first
        chosen = second if numbers[second] < numbers[first] else first
        numbers[chosen] += 1
        expected.append(chosen)
    assert dispatch("power-of-two", seed) == expected


@pytest.mark.parametrize("seed", range(6))
def test_who_is_served_counts_at_its_station_until_it_knows_where_to_go(seed: int) -> None:
    what = network(
        {"one": {}, "two": {}},
        {
            "c": {
                "arrivals": TRACE,
                "service": {"one": fixed(1), "two": fixed(1)},
                "routing": {
                    "start": {"kind": "split", "to": {"one": 1}},
                    "one": {"kind": "shortest-queue", "to": ["one", "two"]},
                    "two": {"kind": "split", "to": {"exit": 1}},
                },
            }
        },
    )
    _, record = to_the_end(what, {"c": [0.0]}, seed)
    assert [(d.station, d.departed) for d in record] == [(0, 1.0), (1, 2.0)]


def test_customers_who_come_together_queue_in_turn() -> None:
    what = network(
        {"it": {}},
        {
            "c": {
                "arrivals": TRACE,
                "arrival_batch": {"sizes": [3], "probabilities": [1]},
                "service": {"it": fixed(1)},
                "route": ["it"],
            }
        },
    )
    _, record = to_the_end(what, {"c": [0.0, 10.0]})
    assert [(d.customer, d.departed) for d in record] == [
        (0, 1.0), (1, 2.0), (2, 3.0), (3, 11.0), (4, 12.0), (5, 13.0),
    ]  # fmt: skip


def test_a_closed_class_thinks_between_its_trips() -> None:
    closed = {"population": 2, "think_time": fixed(2), "service": {"it": fixed(3)}, "route": ["it"]}
    run, record = start(network({"it": {}}, {"c": closed}))
    assert run.advance(4) == 4
    assert [(d.customer, d.arrived, d.departed) for d in record] == [
        (0, 2.0, 5.0),
        (1, 2.0, 8.0),
        (0, 7.0, 11.0),
        (1, 10.0, 14.0),
    ]
    assert run.tally().classes["number"] == [3.0 + 6.0 + 4.0 + 4.0 + 1.0]


# Runs.


def test_a_run_goes_on_after_it_was_cleared_and_ends_with_the_trace() -> None:
    jobs = {"arrivals": TRACE, "service": {"it": fixed(2)}, "route": ["it"]}
    run, _ = start(network({"it": {}}, {"c": jobs}), {"c": [0.0, 1.0, 2.0, 10.0]})
    assert run.advance(2) == 2
    run.clear()
    tally = run.tally()
    assert tally.time == 0.0
    assert tally.flows["departures"] == [0]
    assert run.advance(5) == 2
    tally = run.tally()
    assert tally.time == 8.0
    assert tally.flows["response_time"] == [4.0 + 2.0]  # since the arrival, before the clearing too
    assert tally.flows["number"] == tally.stations["busy"] == [2.0 + 2.0]
    assert tally.stations["busy_periods"] == [1]  # the other had begun before
    assert tally.stations["busy_period_time"] == [2.0]
    assert run.advance(5) == 0


def test_a_run_of_an_unstable_network_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.queueing.reference.simpy_run.MOST_CUSTOMERS", 100)
    run, _ = start(mm({}, 2.0))
    with pytest.raises(TooManyCustomers, match="UNSTABLE: 101 customers at station it"):
        run.advance(10_000)


def test_departures_are_the_same_with_the_same_seed_alone() -> None:
    records = []
    for seed in (1, 1, 2):
        run, record = start(mm({}, 0.5), seed=seed)
        run.advance(100)
        records.append(record)
    assert records[0] == records[1] != records[2]


# Closed forms, in units of the mean service time of 1 s.


def mm(station: dict[str, Any], rate: float, **customers: Any) -> Network:
    """Markovian customers at one station."""
    described = {"arrivals": poisson(rate), "service": {"it": exponential(1)}, "route": ["it"]}
    return network({"it": station}, {"c": {**described, **customers}})


def check(what: Network, expected: dict[Measure, float], power: float, visits: int = 600) -> None:
    """Simulated means agree with the expected ones, and others would not.

    Arguments:
        what: the network.
        expected: what is measured, with its known mean.
        power: the half-width of the interval may have at most this share of the mean.
        visits: in each of 20 batches; two more warm up.
    """
    run, _ = start(what)
    run.advance(2 * visits)
    tallies = []
    for _ in range(20):
        run.clear()
        run.advance(visits)
        tallies.append(run.tally())
    for measure, mean in expected.items():
        values = [measure(tally) for tally in tallies]
        half_width = student_quantile(0.999, 19) * np.std(values, ddof=1) / math.sqrt(20)
        assert abs(np.mean(values) - mean) <= half_width <= power * mean


def number(station: int) -> Measure:
    return lambda tally: tally.stations["number"][station] / tally.time


def utilization(station: int) -> Measure:
    return lambda tally: tally.stations["busy"][station] / tally.time


def response(flow: int) -> Measure:
    def mean(tally: Tally) -> float:
        return float(tally.flows["response_time"][flow] / tally.flows["departures"][flow])

    return mean


def lost(tally: Tally) -> float:
    flows = tally.flows
    return float(flows["lost"].sum() / (flows["lost"].sum() + flows["arrivals"].sum()))


def abandoned(tally: Tally) -> float:
    return float(tally.flows["abandoned"].sum() / tally.flows["arrivals"].sum())


def birth_and_death(births: Sequence[float], deaths: Sequence[float]) -> list[float]:
    """Probabilities of 0, 1, ... customers; births from 0 on, deaths from 1 on."""
    weights = [1.0]
    for birth, death in zip(births, deaths, strict=True):
        weights.append(weights[-1] * birth / death)
    return [weight / sum(weights) for weight in weights]


def mean_number(births: Sequence[float], deaths: Sequence[float]) -> float:
    return sum(n * p for n, p in enumerate(birth_and_death(births, deaths)))


@pytest.mark.parametrize("discipline", ["fcfs", "lcfs", "random"])
def test_mm1(discipline: str) -> None:
    what = mm({"discipline": discipline}, 0.5)
    check(what, {number(0): 1.0, utilization(0): 0.5, response(0): 2.0}, 0.15)


def test_mm3() -> None:
    expected = mean_number([1.8] * 300, [min(n, 3) for n in range(1, 301)])
    check(mm({"servers": 3}, 1.8), {number(0): expected, utilization(0): 1.8}, 0.12)


def test_processor_sharing_depends_on_the_mean_service_alone() -> None:
    service = {"distribution": "two-moments", "mean": "1 s", "scv": 4}
    what = mm({"discipline": "processor-sharing"}, 0.5, service={"it": service})
    check(what, {number(0): 1.0, utilization(0): 0.5}, 0.25, visits=1000)


def two_priorities(discipline: str) -> Network:
    described = {"arrivals": poisson(0.3), "service": {"it": exponential(1)}, "route": ["it"]}
    classes = {"high": {**described, "priority": 0}, "low": {**described, "priority": 1}}
    return network({"it": {"discipline": discipline}}, classes)


def test_priority_without_interrupting() -> None:
    # Cobham (1954): what is in service, over what goes before.
    high, low = 1 + 0.6 / 0.7, 1 + 0.6 / (0.7 * 0.4)
    check(two_priorities("priority"), {response(0): high, response(1): low}, 0.2)


def test_priority_that_interrupts() -> None:
    high, low = 1 / 0.7, 1 / (0.7 * 0.4)
    check(two_priorities("preemptive-priority"), {response(0): high, response(1): low}, 0.2)


def test_loss_of_full_stations() -> None:
    erlang_b = birth_and_death([2.0] * 3, [1.0, 2.0, 3.0])[3]
    check(mm({"servers": 3, "capacity": 3}, 2.0), {lost: erlang_b}, 0.15)
    finite = birth_and_death([0.8] * 4, [1.0] * 4)[4]
    check(mm({"capacity": 4}, 0.8), {lost: finite}, 0.25)


def test_machines_and_one_repairman() -> None:
    closed = {"population": 4, "think_time": exponential(4), "arrivals": None}
    births, deaths = [(4 - n) / 4 for n in range(4)], [1.0] * 4
    busy = 1 - birth_and_death(births, deaths)[0]
    what = mm({}, 1.0, **closed)
    check(what, {number(0): mean_number(births, deaths), utilization(0): busy}, 0.1)


def test_patience_of_those_who_wait() -> None:
    births, deaths = [0.9] * 100, [1 + n / 3 for n in range(100)]
    expected = mean_number(births, deaths)
    leave = 1 - (1 - birth_and_death(births, deaths)[0]) / 0.9  # who are not served
    what = mm({}, 0.9, patience={"it": exponential(3)})
    check(what, {number(0): expected, abandoned: leave}, 0.2)


def test_breakdowns() -> None:
    # Mitrany and Avi-Itzhak (1968) for one server: failures 0.05/s, repairs 0.25/s.
    rate, fails, mends = 0.4, 0.05, 0.25
    both = fails + mends
    expected = rate * (both**2 + fails) / (both * (mends - rate * both))
    down = {"time_to_failure": exponential(20), "time_to_repair": exponential(4)}
    check(mm({"breakdowns": down}, rate), {number(0): expected, utilization(0): 0.4}, 0.3, 1500)


def test_jackson_network_with_feedback() -> None:
    # Jackson (1957): both stations as if they were alone, at the rates of the traffic equations.
    what = network(
        {"one": {}, "two": {"servers": 2}},
        {
            "c": {
                "arrivals": poisson(0.35),
                "service": {"one": exponential(1), "two": exponential(1.6)},
                "routing": {
                    "start": {"kind": "split", "to": {"one": 1}},
                    "one": {"kind": "split", "to": {"two": 1}},
                    "two": {"kind": "split", "to": {"one": 0.3, "exit": 0.7}},
                },
            }
        },
    )
    second = mean_number([0.5] * 200, [min(n, 2) / 1.6 for n in range(1, 201)])
    check(what, {number(0): 1.0, number(1): second}, 0.2, 1600)


# What holds in every network.

SERVICES = st.sampled_from([fixed(0.8), exponential(1), exponential(0.3)])
SPECIAL: list[dict[str, Any]] = [
    {},
    {"discipline": "processor-sharing"},
    {"discipline": "preemptive-priority"},
    {"discipline": "srpt"},
    {"servers": "infinite"},
    {"capacity": 4},
    {"capacity": 3, "when_full": "block"},
    {"setup": exponential(0.5)},
    {"batch": {"size": 3, "timeout": "500 ms", "per_customer": "100 ms"}},
    {"breakdowns": {"time_to_failure": exponential(3), "time_to_repair": exponential(1)}},
    {
        "schedule": {
            "period": "5 s",
            "shifts": [{"start": "0 s", "servers": 2}, {"start": "3 s", "servers": 0}],
        }
    },
]


@st.composite
def small_networks(draw: st.DrawFn) -> Network:
    """Customers of two classes pass three stations forwards, so that blocking always ends."""
    names = ["one", "two", "three"]
    stations = {}
    for name in names:
        special = draw(st.sampled_from(SPECIAL))
        discipline = draw(st.sampled_from(["fcfs", "lcfs", "random", "priority"]))
        servers = draw(st.integers(1, 3))
        if "batch" in special and discipline == "priority":
            discipline = "fcfs"
        stations[name] = {"discipline": discipline, "servers": servers, **special}
    classes = {}
    for name in ("a", "b"):
        classes[name] = {
            "arrivals": TRACE,
            "priority": draw(st.integers(0, 1)),
            "service": {station: draw(SERVICES) for station in names},
            "patience": {s: exponential(2) for s in names if draw(st.booleans())},
            "route": draw(st.sampled_from([names, names[:2], names[1:], ["one", "three"]])),
        }
    return network(stations, classes)


@settings(max_examples=120, deadline=None)
@given(small_networks(), st.lists(st.floats(0, 0.6), min_size=2, max_size=60), st.integers(0, 99))
def test_littles_law_and_conservation(what: Network, gaps: list[float], seed: int) -> None:
    times = np.cumsum(gaps)
    traces = {"a": times[::2].tolist(), "b": times[1::2].tolist()}
    run, record = start(what, traces, seed)
    first = run.advance(len(gaps) // 2)
    flows = run.tally().flows
    inside = flows["arrivals"] - flows["departures"] - flows["abandoned"]
    assert flows["departures"].sum() == first
    assert inside.min() >= 0
    assert inside.sum() <= len(gaps)

    run.advance(1_000_000)
    tally, flows = run.tally(), run.tally().flows
    assert (flows["arrivals"] == flows["departures"] + flows["abandoned"]).all()
    assert (tally.classes["entered"] == tally.classes["left"] + tally.classes["lost"]).all()
    assert tally.classes["entered"].tolist() == [len(traces["a"]), len(traces["b"])]
    assert tally.classes["lost"].sum() == flows["lost"].sum() + flows["abandoned"].sum()
    assert tally.stations["number"].sum() == pytest.approx(flows["number"].sum())
    assert tally.lengths.sum(axis=1) == pytest.approx(tally.time)
    assert tally.lengths @ np.arange(tally.lengths.shape[1]) == pytest.approx(
        tally.stations["number"]
    )
    # Little's law is exact from empty to empty; who lost patience had a time of at least 0.
    exact = flows["abandoned"] == 0
    assert flows["number"][exact] == pytest.approx(flows["response_time"][exact])
    assert (flows["number"] >= flows["response_time"] - 1e-9).all()
    assert all(d.departed - d.arrived >= d.service - 1e-9 for d in record)
    assert [d.departed for d in record] == sorted(d.departed for d in record)
    if not tally.classes["lost"].any():
        assert tally.classes["number"] == pytest.approx(tally.classes["response_time"])
