"""Which law answers for which network, and worked cases to the last digit."""

import math
from pathlib import Path
from typing import Any

import pytest

from models.laws.queueing.markovian import machine_repairman
from models.queueing.network import Network
from models.queueing.network_answer import NetworkAnswer, StationMeasures
from models.queueing.read_network import read_network
from models.queueing.solve import solve

from .builder import (
    deterministic,
    exponential,
    fitted,
    network,
    one_station,
    poisson,
    renewal,
    split,
    visitor,
)

EXACT = 1e-9


def station(answer: NetworkAnswer, name: str = "a", owner: str | None = None) -> StationMeasures:
    [found] = [s for s in answer.stations if (s.station, s.customer_class) == (name, owner)]
    return found


def responses(answer: NetworkAnswer) -> dict[str, float]:
    return {c.customer_class: c.response_time.mean for c in answer.classes if c.response_time}


def wait(answer: NetworkAnswer, owner: str | None = None) -> float:
    found = station(answer, owner=owner).waiting_time
    assert found is not None
    return found.mean


def shipped(networks: Path, name: str) -> NetworkAnswer:
    return solve(read_network(networks / f"{name}.yaml").network)


def test_one_server(networks: Path) -> None:
    answer = shipped(networks, "mm1")
    found = station(answer, "server")
    assert (answer.method, answer.law) == ("exact", "M/M/1")
    assert found.utilization.mean == pytest.approx(0.8, rel=EXACT)
    assert found.number.mean == pytest.approx(4, rel=EXACT)
    assert responses(answer) == {"requests": pytest.approx(0.5, rel=EXACT)}
    # The response time is exponential with the rate 2/s.
    for p, seconds in found.response_time_percentiles.items():
        assert seconds.mean == pytest.approx(-math.log(1 - p / 100) / 2, rel=EXACT)


def test_two_servers(networks: Path) -> None:
    answer = shipped(networks, "mm2")
    found = station(answer, "servers")
    assert responses(answer)["requests"] == pytest.approx(8 / 35, rel=EXACT)
    # P(wait) = 9/14: of those who wait, the mean wait is 1/(20 - 15) s.
    assert found.waiting_time is not None
    assert found.waiting_time.mean == pytest.approx(9 / 14 / 5, rel=EXACT)


def test_three_jobs_between_two_stations(networks: Path) -> None:
    answer = shipped(networks, "closed-three-jobs")
    assert (answer.method, answer.law) == ("exact", "mean-value analysis")
    assert answer.classes[0].throughput.mean == pytest.approx(14 / 3, rel=EXACT)
    assert responses(answer)["jobs"] == pytest.approx(3 / (14 / 3), rel=EXACT)
    assert station(answer, "processor").utilization.mean == pytest.approx(14 / 15, rel=EXACT)


def test_a_tandem(networks: Path) -> None:
    answer = shipped(networks, "lambda-endpoint")
    assert answer.method == "exact"
    assert responses(answer)["calls"] == pytest.approx(1 / 45 + 1 / 5, rel=EXACT)


def test_a_network_with_feedback(networks: Path) -> None:
    """Source: an own simulation model; the law is Jackson's (1957)."""
    answer = shipped(networks, "jackson")
    assert answer.method == "exact"
    assert "Jackson" in answer.law
    numbers = [s.number.mean for s in answer.stations]
    expected = [3.413340151490939, 2.985074626865672, 2.635046113306983, 2.985074626865672]
    assert numbers == pytest.approx([*expected, 2.9404351844072925], rel=EXACT)
    throughputs = [s.throughput.mean for s in answer.stations]
    expected = [1.1235955056179776, 0.5617977528089888, 0.3624501631025734, 0.33707865168539325]
    assert throughputs == pytest.approx([*expected, 0.25371511417180137], rel=EXACT)
    assert responses(answer)["jobs"] == pytest.approx(14.958970702936558, rel=EXACT)


def test_the_passport_office() -> None:
    """Source: Gunther (2011), Analyzing Computer System Performance, section 5.5.4."""
    office = network(
        {"first": {}, "second": {}, "third": {}, "fourth": {}},
        people={
            "arrivals": poisson(15 / 3600),
            "service": dict(
                zip(
                    ("first", "second", "third", "fourth"),
                    map(exponential, (20, 600, 300, 60)),
                    strict=True,
                )
            ),
            "routing": {
                "start": split(first=1),
                "first": split(second=0.3, third=0.7),
                "second": split(third=0.2, fourth=0.8),
                "third": split(second=0.1, fourth=0.9),
                "fourth": split(exit=1),
            },
        },
    )
    assert responses(solve(office))["people"] == pytest.approx(11738.181818181818, rel=EXACT)


def test_two_open_classes_that_share_servers() -> None:
    """Source: Lazowska et al. (1984), Quantitative System Performance, example 7.2."""
    classes: dict[str, Any] = {
        name: {
            "arrivals": poisson(rate),
            "service": {"cpu": exponential(cpu), "disk": exponential(disk)},
            "route": ["cpu", "disk"],
        }
        for name, rate, cpu, disk in (("first", 3 / 19, 1, 3), ("second", 2 / 19, 2, 4))
    }
    shared = {"discipline": "processor-sharing"}
    answer = solve(network({"cpu": shared, "disk": shared}, **classes))
    assert (answer.method, answer.notes) == ("exact", ())
    expected = {"first": 30.083333333333332, "second": 41.166666666666664}
    assert responses(answer) == pytest.approx(expected, rel=EXACT)
    unequal = solve(network({"cpu": {}, "disk": {}}, **classes))
    assert unequal.method == "approximation"
    assert any("not the same at all visits" in note for note in unequal.notes)


def closed(population: int, think: float, demands: dict[str, float]) -> dict[str, Any]:
    thinking = {"think_time": exponential(think)} if think else {}
    service = {name: exponential(demand) for name, demand in demands.items()}
    return {"population": population, **thinking, "service": service, "route": list(demands)}


def test_closed_networks_of_one_class() -> None:
    """Source: Menasce, Almeida and Dowdy (2004), Performance by Design, chapter 12."""
    stations: dict[str, Any] = {"cpu": {}, "fast": {}, "slow": {}}
    database = closed(2, 0, {"cpu": 10, "fast": 7.5, "slow": 15})
    answer = solve(network(stations, c=database))
    assert answer.classes[0].throughput.mean == pytest.approx(0.04521739130434783, rel=EXACT)
    numbers = [s.number.mean for s in answer.stations]
    assert numbers == pytest.approx([68 / 115, 48 / 115, 114 / 115], rel=EXACT)
    interactive = closed(3, 15, {"cpu": 0.605, "fast": 2.1, "slow": 1.35})
    answer = solve(network(stations, c=interactive))
    assert responses(answer)["c"] == pytest.approx(4.7998247816321475, rel=EXACT)


def test_a_closed_network_of_two_classes() -> None:
    shared = {"discipline": "processor-sharing"}
    one, two = closed(1, 0, {"cpu": 1, "disk": 3}), closed(1, 0, {"cpu": 2, "disk": 4})
    answer = solve(network({"cpu": shared, "disk": shared}, one=one, two=two))
    assert responses(answer) == pytest.approx({"one": 19 / 3, "two": 9.5}, rel=EXACT)
    assert station(answer, "disk", "one").number.mean == pytest.approx(0.7894736842105263)


def test_clients_who_think_are_machines_that_break() -> None:
    clients = {**visitor(exponential(1)), "population": 4, "think_time": deterministic(5)}
    answer = solve(one_station({}, clients=clients))
    # By hand: weights N!/(N - n)!/5^n of n customers at the server.
    weights = [1, 4 / 5, 12 / 25, 24 / 125, 24 / 625]
    assert station(answer).utilization.mean == pytest.approx(1 - 1 / sum(weights), rel=EXACT)
    assert set(station(answer).response_time_percentiles) == {50.0, 95.0, 99.0}


def test_priorities(networks: Path) -> None:
    answer = shipped(networks, "priorities")
    assert answer.method == "exact"
    expected = {"interactive": 0.125 + 0.05, "batch": 0.0875 / 0.7 / 0.3 + 0.2}
    assert responses(answer) == pytest.approx(expected, rel=EXACT)


def test_who_comes_at_random_to_one_server_waits_if_it_is_busy() -> None:
    classes = {
        "high": visitor(deterministic(0.5), arrivals=poisson(0.4), priority=0),
        "low": visitor(exponential(1), arrivals=poisson(0.3), priority=1),
    }
    for discipline in ("fcfs", "lcfs", "random", "priority"):
        answer = solve(one_station({"discipline": discipline}, **classes))
        for owner in (None, *classes):
            chance = station(answer, owner=owner).wait_probability
            assert chance is not None
            assert chance.mean == pytest.approx(0.5, rel=EXACT)
    answer = solve(one_station({"discipline": "preemptive-priority"}, **classes))
    assert all(one.wait_probability is None for one in answer.stations)
    answer = solve(one_station({"discipline": "processor-sharing"}, **classes))
    for one in answer.stations:  # everybody is served at once, if slowly
        assert one.wait_probability is not None
        assert one.wait_probability.mean == 0
    regular = {"low": classes["low"], "high": visitor(exponential(1), arrivals=poisson(0.1))}
    regular["high"]["arrivals"] = renewal(deterministic(10))
    regular["low"]["priority"] = 1
    answer = solve(one_station({"discipline": "priority"}, **regular))
    assert all(one.wait_probability is None for one in answer.stations)


def test_priorities_at_several_servers() -> None:
    """Source: Davis (1966), by his closed form."""
    classes = {
        name: visitor(exponential(1), arrivals=poisson(rate), priority=rank)
        for rank, (name, rate) in enumerate({"high": 0.8, "middle": 1.2, "low": 1.4}.items())
    }
    answer = solve(one_station({"servers": 4, "discipline": "priority"}, **classes))
    expected = [0.2154113192753683, 0.4308226385507366, 2.297720738937262]
    assert [wait(answer, name) for name in classes] == pytest.approx(expected, rel=EXACT)
    interrupting = {"servers": 4, "discipline": "preemptive-priority"}
    preemptive = solve(one_station(interrupting, **classes))
    assert preemptive.method == "exact"
    # What is served first makes no difference to how many there are.
    assert station(preemptive).number.mean == pytest.approx(station(answer).number.mean, rel=EXACT)
    alone = solve(one_station({"servers": 4}, high=classes["high"]))
    assert wait(preemptive, "high") == pytest.approx(wait(alone), rel=EXACT)


def test_any_services_with_priority_at_several_servers_are_an_approximation() -> None:
    classes = {
        "high": visitor(fitted(1, 0.5), arrivals=poisson(0.8), priority=0),
        "low": visitor(fitted(1, 2), arrivals=poisson(1.0), priority=1),
    }
    turns = solve(one_station({"servers": 3}, **classes))
    alone = solve(one_station({"servers": 3}, high=classes["high"]))
    interrupting = solve(
        one_station({"servers": 3, "discipline": "preemptive-priority"}, **classes)
    )
    waiting = solve(one_station({"servers": 3, "discipline": "priority"}, **classes))
    assert interrupting.method == waiting.method == "approximation"
    assert wait(interrupting, "high") == pytest.approx(wait(alone), rel=EXACT)
    assert wait(alone) < wait(waiting, "high") < wait(turns) < wait(waiting, "low")


def test_preemptive_priorities_of_different_services() -> None:
    """Two servers, short jobs first: the long ones take 6.97 s, by a long simulation."""
    classes = {
        "high": visitor(exponential(0.2), arrivals=poisson(0.5), priority=0),
        "low": visitor(exponential(2.5), arrivals=poisson(0.6), priority=1),
    }
    answer = solve(one_station({"servers": 2, "discipline": "preemptive-priority"}, **classes))
    assert "Bondi-Buzen" in answer.law
    assert wait(answer, "low") + 2.5 == pytest.approx(6.9715, rel=0.005)
    assert wait(answer, "high") == pytest.approx(0.000501, rel=0.001)  # alone at two servers


FOUR = {"distribution": "erlang", "phases": 4}
NEARBY = {  # station, class, law, method, mean wait in s, how far the law may be off
    "phases at one server": (
        {},
        visitor({**FOUR, "mean": "1 s"}, arrivals=renewal({**FOUR, "mean": "2 s"})),
        ("PH/PH/c", "exact", 0.1298, 0.001),  # simulated: 0.1290 to 0.1300
    ),
    "regular arrivals at two servers": (
        {"servers": 2},
        visitor(exponential(1), arrivals=renewal(deterministic(1 / 1.5))),
        ("G/M/c", "exact", 0.477, 0.006),  # simulated: 0.474 to 0.480
    ),
    "arrivals in clumps at three servers": (
        {"servers": 3},
        visitor(
            exponential(3),
            arrivals=renewal({"distribution": "weibull", "scale": "1 s", "shape": 0.6}),
        ),
        ("G/M/c", "exact", 3.35, 0.01),  # simulated: 3.32 to 3.39
    ),
    "arrivals without a variance": (
        {},
        visitor(
            exponential(0.5),
            arrivals=renewal({"distribution": "pareto", "minimum": "0.333 s", "shape": 1.5}),
        ),
        ("G/M/1", "exact", 0.626, 0.007),  # simulated: 0.622 to 0.630
    ),
    "batches of fixed services": (
        {},
        visitor(
            deterministic(1),
            arrivals=poisson(0.001),
            arrival_batch={"sizes": [100], "probabilities": [1]},
        ),
        ("M[X]/G/1", "exact", 49.5 / 0.9 + 0.05 / 0.9, 1e-9),
    ),
    "batches at several servers": (
        {"servers": 8},
        visitor(
            exponential(1),
            arrivals=poisson(0.008),
            arrival_batch={"sizes": [100], "probabilities": [1]},
        ),
        ("M[X]/M/c", "exact", 6.06, 0.005),  # simulated: 6.01 to 6.11
    ),
    "batches that share": (
        {"discipline": "processor-sharing"},
        visitor(
            exponential(1),
            arrivals=poisson(0.2),
            arrival_batch={"sizes": [4], "probabilities": [1]},
        ),
        ("M[X]/M/c-PS", "exact", 11.5, 1e-9),
    ),
    "batches that find room for six": (
        {"servers": 2, "capacity": 6},
        visitor(
            exponential(0.4),
            arrivals=poisson(1),
            arrival_batch={"sizes": [4], "probabilities": [1]},
        ),
        ("M[X]/M/c/K", "exact", 0.344326, 1e-5),  # the chain of the number
    ),
    "one server, constant services and room for two": (
        {"capacity": 2},
        visitor(deterministic(1), arrivals=poisson(1)),
        ("M/G/1/K", "exact", 1 / math.e, EXACT),  # by hand: 1/(1 + e) are lost
    ),
    "the same, last come first served": (
        {"capacity": 2, "discipline": "lcfs"},
        visitor(deterministic(1), arrivals=poisson(1)),
        ("M/G/1/K", "exact", 1 / math.e, EXACT),
    ),
    "batches of fixed services that share": (
        {"discipline": "processor-sharing"},
        visitor(
            deterministic(1),
            arrivals=poisson(0.1),
            arrival_batch={"sizes": [8], "probabilities": [1]},
        ),
        ("M[X]/G/1-PS", "exact", 39.0, 1e-6),  # by hand, like one of 8 s: 8/(1 - 0.8) - 1
    ),
    "batches of fixed services that share four servers": (
        {"discipline": "processor-sharing", "servers": 4},
        visitor(
            deterministic(1),
            arrivals=poisson(0.32),
            arrival_batch={"sizes": [8], "probabilities": [1]},
        ),
        ("M[X]/G/1-PS, scaled", "approximation", 4.56, 0.01),  # simulated: 4.52 to 4.60
    ),
    "long batches of fixed services that share three servers": (
        {"discipline": "processor-sharing", "servers": 3},
        visitor(
            deterministic(1),
            arrivals=poisson(0.05),
            arrival_batch={"sizes": [10], "probabilities": [1]},
        ),
        ("M[X]/G/1-PS, scaled", "approximation", 2.999, 0.01),  # simulated: 2.99 to 3.01
    ),
    "batches of irregular services that share three servers": (
        {"discipline": "processor-sharing", "servers": 3},
        visitor(
            {"distribution": "lognormal", "mean": "1 s", "scv": 2},
            arrivals=poisson(0.1),
            arrival_batch={"sizes": [10], "probabilities": [1]},
        ),
        ("M[X]/G/1-PS, scaled", "approximation", 1.633, 0.01),  # simulated: 1.624 to 1.642
    ),
    "batches that share a room for six": (
        {"servers": 2, "capacity": 6, "discipline": "processor-sharing"},
        visitor(
            exponential(0.4),
            arrivals=poisson(1),
            arrival_batch={"sizes": [4], "probabilities": [1]},
        ),
        ("M[X]/M/c/K-PS", "exact", 0.344326, 1e-5),  # as many are there as in turn
    ),
}


@pytest.mark.parametrize("name", NEARBY)
def test_general_arrivals(name: str) -> None:
    place, customers, (law, method, expected, error) = NEARBY[name]
    answer = solve(one_station(place, c=customers))
    assert (law in answer.law, answer.method) == (True, method)
    assert wait(answer) == pytest.approx(expected, rel=error)


def test_a_burst_beside_a_steady_stream() -> None:
    """Ten more at once each second beside one each 10 ms, two servers of 10 ms.

    The mean wait is 450 ms over 110 customers, counted by hand.
    """
    burst = visitor(
        deterministic(0.01),
        arrivals=renewal(deterministic(1)),
        arrival_batch={"sizes": [10], "probabilities": [1]},
    )
    steady = visitor(deterministic(0.01), arrivals=renewal(deterministic(0.01)))
    answer = solve(one_station({"servers": 2}, burst=burst, steady=steady))
    assert answer.method == "approximation"
    assert wait(answer) == pytest.approx(0.45 / 110, rel=0.05)


def test_batches_of_a_class_are_not_made_regular_by_another_station() -> None:
    """Batches of one or three at random, 300 ms each: 1.0125 s, whoever goes elsewhere."""
    batched = {
        "arrivals": poisson(1),
        "arrival_batch": {"sizes": [1, 3], "probabilities": [0.5, 0.5]},
        "service": {"one": exponential(0.3)},
        "route": ["one"],
    }
    other = {
        "arrivals": renewal(deterministic(0.1)),
        "service": {"two": deterministic(0.05)},
        "route": ["two"],
    }
    answer = solve(network({"one": {}, "two": {}}, a=batched, b=other))
    # By hand: batches of 2 in the mean, half a customer of its own batch before each.
    found = station(answer, "one").waiting_time
    assert found is not None
    assert found.mean == pytest.approx((0.6 * 0.3 + 0.75 * 0.3) / 0.4, rel=EXACT)


def test_batches_that_interrupt_at_several_servers() -> None:
    """Exponential services alike: who goes before is as if alone, and all are as if in turn."""

    def batch(size: int) -> dict[str, object]:
        return {"arrival_batch": {"sizes": [size], "probabilities": [1]}}

    alike = exponential(1)
    high = visitor(alike, arrivals=poisson(0.2), **batch(3))
    low = visitor(alike, arrivals=poisson(0.15), priority=1, **batch(5))
    place = {"servers": 2, "discipline": "preemptive-priority"}
    answer = solve(one_station(place, high=high, low=low))
    assert (answer.method, "nested M[X]/M/c" in answer.law) == ("exact", True)
    alone = solve(one_station({"servers": 2}, high=high))
    assert wait(answer, "high") == pytest.approx(wait(alone), rel=EXACT)
    assert wait(answer, "low") == pytest.approx(5.04, abs=0.06)  # simulated: 4.98 to 5.10


@pytest.mark.parametrize(
    ("discipline", "right"),  # of the short ones that come together, and the long ones; simulated
    [("fcfs", (1.52, 1.06)), ("priority", (0.891, 1.27)), ("preemptive-priority", (0.222, 1.54))],
)
def test_batches_of_short_services_beside_long_ones(
    discipline: str, right: tuple[float, float]
) -> None:
    short = visitor(
        {"distribution": "erlang", "phases": 2, "mean": "500 ms"},
        arrivals=poisson(0.2),
        arrival_batch={"sizes": [5], "probabilities": [1]},
    )
    long = visitor(exponential(2), arrivals=poisson(0.8), priority=1)
    answer = solve(one_station({"servers": 3, "discipline": discipline}, short=short, long=long))
    assert answer.method == "approximation"
    assert wait(answer, "short") == pytest.approx(right[0], rel=0.26)
    assert wait(answer, "long") == pytest.approx(right[1], rel=0.07)


@pytest.mark.filterwarnings("error")
def test_what_has_no_variance_is_told_in_networks_too() -> None:
    heavy = {"distribution": "pareto", "minimum": "0.3 s", "shape": 1.5}
    line = {"service": {"one": exponential(0.5), "two": exponential(0.1)}, "route": ["one", "two"]}
    places: dict[str, object] = {"one": {}, "two": {}}
    answer = solve(network(places, c=line | {"arrivals": renewal(heavy)}))
    assert "times between arrivals have no variance" in answer.notes[0]
    line |= {"service": {"one": heavy, "two": exponential(0.1)}}
    answer = solve(network(places, c=line | {"arrivals": renewal(deterministic(1))}))
    assert "the services at station one have no variance" in answer.notes[0]


def test_small_closed_networks_in_turn_are_exact() -> None:
    clients = {"population": 3, "think_time": exponential(5)}
    classes = {"x": visitor(exponential(0.1), **clients), "y": visitor(exponential(2), **clients)}
    answer = solve(one_station({}, **classes))
    assert (answer.method, answer.law) == ("exact", "Markov chain of all states")
    assert wait(answer, "x") + 0.1 == pytest.approx(2.0756, abs=5e-5)
    assert wait(answer, "y") + 2.0 == pytest.approx(3.4439, abs=5e-5)
    clients = {"population": 3, "think_time": deterministic(5)}
    classes = {"x": visitor(exponential(0.1), **clients), "y": visitor(exponential(2), **clients)}
    near_by = solve(one_station({}, **classes))
    assert (near_by.method, near_by.law) == ("approximation", "Markov chain of all states")
    assert near_by.notes == (
        "an approximation: the think time of x and y is taken to be exponential",
    )
    assert wait(near_by, "x") == pytest.approx(wait(answer, "x"), rel=EXACT)
    many = {"population": 40, "think_time": exponential(50)}
    classes = {"x": visitor(exponential(0.1), **many), "y": visitor(exponential(2), **many)}
    answer = solve(one_station({}, **classes))
    assert (answer.method, "Reiser" in answer.law) == ("approximation", True)


def test_nobody_waits_where_each_has_a_server() -> None:
    """Four clients and six servers of 3 s always: as with infinitely many, exact."""
    clients = {"population": 4, "think_time": exponential(2), "route": ["six", "one"]}
    clients["service"] = {"six": deterministic(3), "one": exponential(0.5)}
    right = machine_repairman(4, 1 / 5, 2.0, 1).throughput  # away for 5 s in all
    for servers in (6, 4, "infinite"):
        answer = solve(network({"six": {"servers": servers}, "one": {}}, c=clients))
        assert answer.method == "exact"
        waited = station(answer, "six").waiting_time
        assert waited is not None
        assert waited.mean == pytest.approx(0, abs=1e-12)
        assert answer.classes[0].throughput.mean == pytest.approx(right, rel=EXACT)


def test_open_and_closed_classes_at_several_servers_are_exact() -> None:
    answer = solve(
        one_station(
            {"servers": 10},
            closed=visitor(exponential(1), population=10, think_time=exponential(5)),
            open=visitor(exponential(1), arrivals=poisson(5)),
        )
    )
    assert answer.method == "exact"
    assert wait(answer, "closed") == pytest.approx(0.03883, abs=5e-6)
    assert wait(answer, "open") == pytest.approx(0.04577, abs=5e-6)


def test_who_goes_before_an_overload_is_steady() -> None:
    """1.1 of work comes each second, 0.5 of it before the rest, 1 s each.

    Who interrupts is alone in the world: M/M/1 at 0.5, 2 s. Who waits for the end of a service
    finds the server busy at all times: Cobham (1954), a residual of 1 s over 1 - 0.5, and 1 s.
    """
    classes = {
        "high": visitor(exponential(1), arrivals=poisson(0.5), priority=0),
        "low": visitor(exponential(1), arrivals=poisson(0.6), priority=1),
    }
    for discipline, response in (("preemptive-priority", 2.0), ("priority", 3.0)):
        answer = solve(one_station({"discipline": discipline}, **classes))
        assert [one.utilization for one in answer.unstable] == [pytest.approx(1.1)]
        [row] = answer.stations
        assert (row.customer_class, answer.classes[0].customer_class) == ("high", "high")
        assert row.response_time.mean == pytest.approx(response, rel=EXACT)
    reverse = {**classes, "high": visitor(exponential(1), arrivals=poisson(1.2), priority=0)}
    answer = solve(one_station({"discipline": "preemptive-priority"}, **reverse))
    assert (answer.stations, answer.classes) == ((), ())


def test_sixteen_queues_of_which_the_shortest_is_chosen() -> None:
    """At 90 % a customer takes 1.57 s, by a long simulation; the law bounds it from below."""
    queues = {f"s{k}": {} for k in range(16)}
    leave = {name: split(exit=1.0) for name in queues}

    def choosing(kind: str, service: dict[str, Any]) -> NetworkAnswer:
        start = {"kind": kind, "to": list(queues)}
        customers = {
            "arrivals": poisson(14.4),
            "service": dict.fromkeys(queues, service),
            "routing": {"start": start, **leave},
        }
        return solve(network(queues, c=customers))

    answer = choosing("shortest-queue", exponential(1))
    response = answer.classes[0].response_time
    assert response is not None
    assert 0.98 * 1.575 < response.mean < 1.575
    for kind, service in (("shortest-queue", deterministic(1)), ("power-of-two", exponential(1))):
        assert choosing(kind, service).method == "none"  # at random would be ten times as long


def test_classes_of_one_priority_wait_together() -> None:
    classes = {
        "high": visitor(deterministic(0.5), arrivals=poisson(0.4), priority=0),
        "one": visitor(exponential(1), arrivals=poisson(0.2), priority=1),
        "two": visitor(deterministic(2), arrivals=poisson(0.1), priority=1),
    }
    answer = solve(one_station({"discipline": "priority"}, **classes))
    assert wait(answer, "one") == pytest.approx(wait(answer, "two"), rel=EXACT)
    residual = (0.4 * 0.25 + 0.2 * 2 + 0.1 * 4) / 2
    assert wait(answer, "one") == pytest.approx(residual / 0.8 / 0.4, rel=EXACT)
    preemptive = solve(one_station({"discipline": "preemptive-priority"}, **classes))
    # Until its service begins a customer waits alike; then it is interrupted as long as it is long.
    for name, service in (("one", 1), ("two", 2)):
        expected = residual / 0.8 / 0.4 + service / 0.8 - service
        assert wait(preemptive, name) == pytest.approx(expected, rel=EXACT)


ARRIVALS = {"arrivals": poisson(0.8)}
ERLANG = {"distribution": "erlang", "mean": "1 s", "phases": 2}
SINGLE = {  # station, class, law, mean wait in s
    "deterministic service": ({}, visitor(deterministic(1), **ARRIVALS), "M/G/1", 2.0),
    "Erlang service": ({}, visitor(ERLANG, **ARRIVALS), "M/G/1", 3.0),
    "fitted service": ({}, visitor(fitted(1, 1), **ARRIVALS), "M/M/1", 4.0),
    "last come, first served": (
        {"discipline": "lcfs"},
        visitor(deterministic(1), **ARRIVALS),
        "M/G/1",
        2.0,
    ),
    "random order": ({"discipline": "random"}, visitor(exponential(1), **ARRIVALS), "M/M/1", 4.0),
    "shared server": (
        {"discipline": "processor-sharing"},
        visitor(ERLANG, **ARRIVALS),
        "M/G/1-PS",
        4.0,
    ),
    "shared servers": (
        {"discipline": "processor-sharing", "servers": 2},
        visitor(deterministic(1), arrivals=poisson(1.6)),
        "M/G/c-PS",
        16 / 9,
    ),
    "one priority": ({"discipline": "priority"}, visitor(exponential(1), **ARRIVALS), "M/M/1", 4.0),
    "infinitely many servers": (
        {"servers": "infinite"},
        visitor(deterministic(1), **ARRIVALS),
        "M/G/infinity",
        0.0,
    ),
    "Erlang arrivals": (
        {},
        visitor(
            exponential(1),
            arrivals=renewal({"distribution": "erlang", "mean": "1.25 s", "phases": 2}),
        ),
        "G/M/1",
        2.843979766989913,
    ),
    "fitted arrivals": (
        {},
        visitor(exponential(1), arrivals=renewal(fitted(1.25, 0.5))),
        "G/M/1",
        2.843979766989913,
    ),
    "exponential arrivals": (
        {},
        visitor(exponential(1), arrivals=renewal(exponential(1.25))),
        "M/M/1",
        4.0,
    ),
    "batches of arrivals": (
        {},
        visitor(
            exponential(1),
            arrivals=poisson(0.2),
            arrival_batch={"sizes": [4], "probabilities": [1]},
        ),
        "M[X]/G/1",
        11.5,
    ),
    "breakdowns": (
        {"breakdowns": {"time_to_failure": exponential(100), "time_to_repair": exponential(10)}},
        visitor(exponential(1), arrivals=poisson(0.6)),
        "breakdowns",
        5.909090909090909 - 1,
    ),
    "shortest first": ({"discipline": "srpt"}, visitor(deterministic(1), **ARRIVALS), "SRPT", 2.0),
}


@pytest.mark.parametrize("name", SINGLE)
def test_one_station_has_an_exact_law(name: str) -> None:
    place, customers, law, expected = SINGLE[name]
    answer = solve(one_station(place, c=customers))
    assert answer.method == "exact"
    assert law in answer.law
    assert wait(answer) == pytest.approx(expected, rel=1e-8 if "shortest" in name else EXACT)
    assert responses(answer)["c"] == pytest.approx(expected + 1, rel=1e-8)


def test_a_station_that_breaks_down_is_busy_only_with_service() -> None:
    place, customers, _, _ = SINGLE["breakdowns"]
    assert station(solve(one_station(place, c=customers))).utilization.mean == pytest.approx(0.6)


@pytest.mark.parametrize("service", [exponential(1), deterministic(1), fitted(1, 7)])
def test_loss_without_a_queue_does_not_depend_on_the_service(service: dict[str, Any]) -> None:
    customers = visitor(service, arrivals=poisson(10))
    answer = solve(one_station({"servers": 15, "capacity": 15}, c=customers))
    found = station(answer)
    assert answer.method == "exact"
    assert found.loss_probability is not None
    assert found.loss_probability.mean == pytest.approx(0.03649694547237079, rel=EXACT)
    assert found.number.mean == pytest.approx(9.635030545276292, rel=EXACT)
    assert answer.classes[0].throughput.mean == pytest.approx(9.635030545276292, rel=EXACT)


def test_impatient_customers_are_those_of_the_birth_death_chain() -> None:
    customers = visitor(exponential(1), arrivals=poisson(2), patience={"a": exponential(2)})
    answer = solve(one_station({"servers": 2}, c=customers))
    weights = [1.0]
    for n in range(1, 200):
        weights.append(weights[-1] * 2 / (min(n, 2) + max(n - 2, 0) / 2))
    total = sum(weights)
    number = sum(n * w for n, w in enumerate(weights)) / total
    served = sum(min(n, 2) * w for n, w in enumerate(weights)) / total
    found = station(answer)
    assert found.number.mean == pytest.approx(number, rel=EXACT)
    assert found.throughput.mean == pytest.approx(served, rel=EXACT)
    assert found.abandonment_probability is not None
    assert found.abandonment_probability.mean == pytest.approx(1 - served / 2, rel=EXACT)
    # Who is served has waited less than all who wait: Little's law over those who are served alone.
    share_of_served = wait(answer) * served
    assert 0 < share_of_served < number - served


def test_an_equal_share_of_four_nodes_behind_a_balancer(networks: Path) -> None:
    answer = shipped(networks, "load-balancer")
    assert "shortest queue" in answer.law
    assert answer.method == "approximation"
    # Better than any split, worse than one queue for all.
    one_queue = visitor(exponential(0.1), arrivals=poisson(28))
    best = solve(one_station({"servers": 4}, c=one_queue))
    assert responses(best)["c"] < responses(answer)["requests"] < 1 / (10 - 7)


def forked(then: str = "exit") -> dict[str, Any]:
    start = {"kind": "fork", "to": ["a", "b"], "then": then}
    service = {name: exponential(1) for name in "ab"}
    return {"arrivals": poisson(0.5), "service": service, "routing": {"start": start}}


def test_two_tasks_that_are_joined() -> None:
    """Source: Flatto and Hahn (1984): (12 - u)/8 times the response time of M/M/1."""
    answer = solve(network({"a": {}, "b": {}}, c=forked()))
    assert answer.method == "exact"
    assert responses(answer)["c"] == pytest.approx(11.5 / 8 * 2, rel=EXACT)
    assert station(answer, "b").number.mean == pytest.approx(1, rel=EXACT)


def test_turns_make_arrivals_more_regular() -> None:
    routing = {"start": {"kind": "round-robin", "to": ["a", "b"]}}
    routing |= {name: split(exit=1) for name in "ab"}
    service = {name: exponential(1) for name in "ab"}
    customers = {"arrivals": poisson(1.6), "service": service, "routing": routing}
    answer = solve(network({"a": {}, "b": {}}, c=customers))
    assert answer.method == "exact"
    assert responses(answer)["c"] == pytest.approx(3.843979766989913, rel=EXACT)  # E2/M/1


def test_open_classes_beside_closed_ones() -> None:
    """Source: Lazowska et al. (1984), section 7.5, by hand for one station."""
    answer = solve(
        one_station(
            {"discipline": "processor-sharing"},
            open=visitor(exponential(1), arrivals=poisson(0.5)),
            closed={**visitor(exponential(1)), "population": 1, "think_time": exponential(8)},
        )
    )
    assert answer.method == "exact"
    # The closed customer alone with a server of half the speed: 2 s of 10 s.
    assert station(answer, owner="closed").number.mean == pytest.approx(0.2, rel=EXACT)
    assert station(answer, owner="open").number.mean == pytest.approx(0.5 * 1.2 / 0.5, rel=EXACT)


def test_what_is_no_product_form_is_an_approximation_that_says_why() -> None:
    tandem = {"arrivals": poisson(0.5), "route": ["a", "b"]}
    tandem["service"] = {"a": deterministic(1), "b": exponential(1)}
    answer = solve(network({"a": {}, "b": {}}, c=tandem))
    assert answer.method == "approximation"
    assert any("service at station a is not exponential" in note for note in answer.notes)
    # What comes from outside is Poisson; what a regular server sends on is more regular.
    assert station(answer, "a").response_time is not None
    assert station(answer, "a").response_time.mean == pytest.approx(1.5, rel=EXACT)  # type: ignore[union-attr]
    assert station(answer, "b").waiting_time.mean < 1  # type: ignore[union-attr]


def test_a_change_of_class_is_followed_to_the_exit() -> None:
    entering = {
        "arrivals": poisson(0.5),
        "service": {"a": exponential(1)},
        "routing": {"start": split(a=1), "a": split(**{"b/done": 1})},
    }
    done = {"service": {"b": exponential(0.5)}, "route": ["b"]}
    answer = solve(network({"a": {}, "b": {}}, new=entering, done=done))
    assert answer.method == "exact"
    assert responses(answer) == {"done": pytest.approx(2 + 0.5 / 0.75, rel=EXACT)}


def test_every_unstable_station_is_named_and_no_mean_is_given(networks: Path) -> None:
    answer = shipped(networks, "overloaded-endpoint")
    assert [(u.station, pytest.approx(u.utilization)) for u in answer.unstable] == [
        ("function", 1.2)
    ]
    assert (answer.stations, answer.classes) == ((), ())


def test_an_overloaded_station_passes_on_no_more_than_it_serves() -> None:
    line = {"arrivals": poisson(2), "route": ["a", "b", "d"]}
    line["service"] = {"a": exponential(1), "b": exponential(0.9), "d": exponential(1.5)}
    answer = solve(network({"a": {}, "b": {}, "d": {}}, c=line))
    loads = {one.station: one.utilization for one in answer.unstable}
    assert loads == pytest.approx({"a": 2, "d": 1.5})


@pytest.mark.parametrize("rate", [1, 1.0000001, 3])
def test_at_the_limit_there_is_no_steady_state(rate: float) -> None:
    answer = solve(one_station({}, c=visitor(exponential(1), arrivals=poisson(rate))))
    assert [one.station for one in answer.unstable] == ["a"]


UNCOVERED = {
    "a batch": {"batch": {"size": 2, "timeout": "1 s"}},
    "a setup of several servers": {"setup": exponential(1), "servers": 2},
    "scaling": {"scaling": {"target": 0.8, "maximum": 9}},
    "a schedule": {
        "schedule": {"period": "2 s", "shifts": [{"start": "0 s", "servers": 3}]},
    },
    "a limited room, several servers and services that are not exponential": {
        "capacity": 3,
        "servers": 2,
    },
    "room for many and services that are not exponential": {"capacity": 5000},
    "a limited room where the shortest goes first": {"capacity": 3, "discipline": "srpt"},
}


@pytest.mark.parametrize("name", UNCOVERED)
def test_what_no_law_covers_is_said_to_have_none(name: str) -> None:
    customers = visitor(fitted(1, 0.5), arrivals=poisson(0.5))
    answer = solve(one_station(UNCOVERED[name], c=customers))
    assert answer.method == "none"
    assert answer.stations == ()
    assert "station a" in answer.notes[0]


def test_a_service_without_variance_has_no_mean_wait() -> None:
    heavy = {"distribution": "pareto", "minimum": "0.1 s", "shape": 1.5}
    answer = solve(one_station({}, c=visitor(heavy, arrivals=poisson(1))))
    assert answer.method == "none"
    assert "infinite" in answer.notes[0]


def test_every_shipped_network_solves(networks: Path) -> None:
    files = sorted(networks.glob("*.yaml"))
    assert len(files) >= 10
    methods = {path.stem: shipped(networks, path.stem).method for path in files}
    none = {name for name, method in methods.items() if method == "none"}
    assert none == {"gpu-serving", "autoscaling", "reactive-scaling"}


def test_the_replicas_of_a_steady_load_are_said() -> None:
    """45/s of 100 ms each at 80 %: 45 / (10 x 0.8), rounded up."""
    scaling = {"scaling": {"target": "80 %", "maximum": 20}}
    customers = visitor(exponential(0.1), arrivals=poisson(45))
    answer = solve(one_station(scaling, c=customers))
    assert answer.method == "none"
    assert "4.5 servers busy, which takes 6 replicas" in answer.notes[-1]
    # More than the most that there can be has no steady state.
    assert solve(one_station({"scaling": {"target": 1, "maximum": 4}}, c=customers)).unstable


@pytest.mark.parametrize("warm", [0.0, 1.0, 60.0, 1e6])
def test_a_setup_after_an_idle_time(warm: float) -> None:
    """Welch (1964); with a setup always, Levy and Kleinrock (1986); never, Pollaczek-Khinchine."""
    station = {"setup": exponential(10), "keep_warm": f"{warm} s"}
    answer = solve(one_station(station, c=visitor(exponential(0.1), arrivals=poisson(0.05))))
    [found] = answer.stations
    assert answer.method == "exact"
    assert found.waiting_time is not None
    assert found.cold_start_probability is not None
    plain = 0.05 * 0.02 / (2 * 0.995)
    if warm == 0:
        assert found.waiting_time.mean == pytest.approx(plain + (20 + 0.05 * 200) / (2 * 1.5))
        assert found.cold_start_probability.mean == pytest.approx(0.995 / 1.5)
    elif warm == 1e6:
        assert found.waiting_time.mean == pytest.approx(plain)
        assert found.cold_start_probability.mean == 0
    cold = found.cold_start_probability.mean
    assert found.utilization.mean == pytest.approx(0.05 * (0.1 + 10 * cold))


@pytest.mark.parametrize(
    ("station", "rate", "within"),
    [
        ({}, 8, 1 - math.exp(-2 * 0.5)),  # M/M/1: exponential of mu - lambda
        ({"servers": "infinite"}, 80, 1 - math.exp(-5)),
        ({"discipline": "processor-sharing"}, 8, None),
    ],
)
def test_the_share_within_a_target(station: dict[str, Any], rate: float, within: float) -> None:
    customers = visitor(exponential(0.1), arrivals=poisson(rate), target="500 ms")
    [found] = solve(one_station(station, c=customers)).classes
    assert found.target == 0.5
    assert (found.within_target and found.within_target.mean) == (
        within and pytest.approx(within, rel=1e-9)
    )


def test_little_s_law_holds_everywhere(networks: Path) -> None:
    for path in networks.glob("*.yaml"):
        for found in shipped(networks, path.stem).stations:
            assert found.response_time is not None
            expected = found.throughput.mean * found.response_time.mean
            assert found.number.mean == pytest.approx(expected, rel=EXACT)


def test_mean_value_analysis_is_not_taken_where_some_come_before_others() -> None:
    one = {"distribution": "exponential", "mean": "1 s"}
    customers = {"population": 3, "think_time": one, "service": {"desk": one}, "route": ["desk"]}
    network = Network.model_validate(
        {
            "name": "before",
            "stations": {"desk": {"discipline": "preemptive-priority"}},
            "classes": {"first": customers, "second": customers | {"priority": 1}},
        }
    )
    answer = solve(network)
    assert answer.method == "none"
    assert any("serves some before others" in note for note in (answer.law, *answer.notes))


def test_variances_come_with_the_law() -> None:
    one = {"distribution": "exponential", "mean": "1 s"}
    customers = {
        "arrivals": {"kind": "poisson", "rate": "0.8/s"},
        "service": {"desk": one},
        "route": ["desk"],
    }
    network = Network.model_validate(
        {"name": "one", "stations": {"desk": {}}, "classes": {"people": customers}}
    )
    (station,) = solve(network).stations
    # The response time of M/M/1 is exponential; the wait is 0 or that, with probability rho.
    assert station.response_time_variance is not None
    assert station.response_time_variance.mean == pytest.approx(25, rel=1e-9)
    assert station.waiting_time_variance is not None
    assert station.waiting_time_variance.mean == pytest.approx(2 * 0.8 * 25 - 16, rel=1e-9)


def test_who_shares_a_small_room_is_lost_as_often_whatever_it_needs() -> None:
    """Room for 6 at two servers, by hand: with 1.8/s of 1 s each, 1.8^n/(2^(n-1)) weighs n >= 1.

    A class of short and one of long services are stretched alike (Kelly 1979, 3.3).
    """
    weights = [1.0] + [1.8**n / 2 ** (n - 1) for n in range(1, 7)]
    lost = weights[-1] / sum(weights)
    number = sum(n * w for n, w in enumerate(weights)) / sum(weights)
    shared = {"servers": 2, "discipline": "processor-sharing", "capacity": 6}
    classes = {
        "short": visitor(deterministic(0.5), arrivals=poisson(1.2)),
        "long": visitor(fitted(2.0, 3.0), arrivals=poisson(0.6)),
    }
    answer = solve(one_station(shared, **classes))
    assert (answer.method, answer.law) == ("exact", "M/G/c/K-PS")
    whole = station(answer)
    assert whole.loss_probability is not None
    assert whole.number is not None
    assert whole.loss_probability.mean == pytest.approx(lost)
    assert whole.wait_probability is not None
    assert whole.wait_probability.mean == pytest.approx(lost)
    assert whole.number.mean == pytest.approx(number)
    stretch = number / (1.8 * (1 - lost))
    assert responses(answer)["short"] == pytest.approx(0.5 * stretch)
    assert responses(answer)["long"] == pytest.approx(2.0 * stretch)
