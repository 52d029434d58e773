"""Broken networks: one clear message each, with the line, the path and what would be right."""

import copy
import functools
import random
import string
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.queueing.read_network import read_network
from models.queueing.solve import solve
from models.reading.faults import InvalidDescription

NETWORKS = Path(__file__).parents[3] / "networks"
SHOP = """\
name: shop
stations:
  till: {servers: 2}
  desk: {}
  door: {servers: infinite}
classes:
  people:
    arrivals: {kind: poisson, rate: 1/s}
    service: &service
      till: {distribution: exponential, mean: 1 s}
      desk: {distribution: erlang, mean: 500 ms, phases: 2}
      door: {distribution: deterministic, value: 1 s}
    patience:
      till: {distribution: exponential, mean: 1 min}
    routing:
      start: {kind: split, to: {till: 0.9, desk: 0.1}}
      till: {kind: split, to: {desk: 0.5, door: 0.5}}
      desk: {kind: split, to: {door: 1}}
      door: {kind: split, to: {exit: 1}}
  staff:
    population: 3
    think_time: {distribution: exponential, mean: 1 min}
    service:
      till: {distribution: exponential, mean: 1 s}
    route: [till]
"""
# Each: what is replaced and by what, and what the message must say.
BROKEN = {
    "speeds beside servers": ("{servers: 2}", "{servers: 2, speeds: [1, 2]}", "has servers and speeds, which say how many there are; give one"),
    "a speed of nothing": ("{servers: 2}", "{speeds: [1, 0]}", "speeds.1: must be more than 0"),
    "no speed at all": ("{servers: 2}", "{speeds: []}", "stations.till.speeds: "),
    "speeds of those who share": ("{servers: 2}", "{speeds: [1, 2], discipline: processor-sharing}", "has speeds, which goes with fcfs, lcfs, random and priority"),
    "a choice without speeds": ("{servers: 2}", "{servers: 2, idle_server: random}", "has an idle_server, which goes with speeds"),
    "comes again to where nobody is turned away": ("    patience:\n      till", "    retries: {desk: {delay: 1 s}}\n    patience:\n      till", "retries.desk: is for a station at which nobody is turned away"),
    "comes again at once": ("    patience:\n      till", "    retries: {till: {delay: 0 s}}\n    patience:\n      till", "retries.till.delay: must be more than 0 s"),
    "does not join where nobody waits": ("    patience:\n      till", "    balking: {door: {join: [0]}}\n    patience:\n      till", "balking.door: is for a station of infinitely many servers"),
    "balking that says nothing": ("    patience:\n      till", "    balking: {till: {}}\n    patience:\n      till", "needs join or most_waiting"),
    "a chance above 1": ("    patience:\n      till", "    balking: {till: {join: [1.5]}}\n    patience:\n      till", "balking.till.join.0: must be at most 1"),
    "unknown key": ("name: shop", "name: shop\nstatoins: {}", "statoins: is not a known key; did you mean 'stations'"),
    "unknown key of a station": ("{servers: 2}", "{server: 2}", "stations.till.server: is not a known key; did you mean 'servers'"),
    "unknown key of a distribution": ("mean: 500 ms, phases", "means: 500 ms, phases", "classes.people.service.desk.means: is not a known key; did you mean 'mean'"),
    "unknown distribution": ("distribution: erlang", "distribution: erlnag", "did you mean 'erlang'"),
    "no distribution": ("{distribution: deterministic, value: 1 s}", "{value: 1 s}", "classes.people.service.door.distribution: is required but not given; one of exponential"),
    "duration for a distribution": ("{distribution: deterministic, value: 1 s}", "1 smoot", "classes.people.service.door: "),
    "unknown kind of arrivals": ("kind: poisson", "kind: poison", "did you mean 'poisson'"),
    "rate without unit": ("rate: 1/s", "rate: 1", "needs a unit: a rate such as '20/s'"),
    "duration for a rate": ("rate: 1/s", "rate: 1 s", "is a duration, not a rate"),
    "no arrivals ever": ("rate: 1/s", "rate: 0/s", "must be more than 0"),
    "no server": ("{servers: 2}", "{servers: 0}", "stations.till.servers: must be at least 1, not '0', or 'infinite'"),
    "servers in words": ("{servers: 2}", "{servers: two}", "must be a whole number, not 'two', or 'infinite'"),
    "unknown discipline": ("{servers: 2}", "{discipline: fifo}", "'fifo' is not known; one of fcfs"),
    "capacity below the servers": ("{servers: 2}", "{servers: 2, capacity: 1}", "has a capacity below its number of servers"),
    "servers and scaling": ("{servers: 2}", "{servers: 2, scaling: {target: 80 %, maximum: 4}}", "has servers and scaling; give one of them"),
    "scaling and a schedule": ("  desk: {}", "  desk: {schedule: {period: 1 h, shifts: [{start: 0 s, servers: 1}]}, scaling: {target: 80 %, maximum: 4}}", "has schedule and scaling; a station has one of them"),
    "a minimum above the maximum": ("  desk: {}", "  desk: {scaling: {target: 80 %, minimum: 5, maximum: 4}}", "has a minimum above its maximum"),
    "no target of scaling": ("  desk: {}", "  desk: {scaling: {target: 0 %, maximum: 4}}", "must be more than 0"),
    "scaling that shares": ("  desk: {}", "  desk: {discipline: processor-sharing, scaling: {target: 80 %, maximum: 4}}", "has scaling, which goes with fcfs, lcfs, random and priority"),
    "keep-warm without a setup": ("  desk: {}", "  desk: {keep_warm: 1 min}", "has keep_warm, which goes with setup"),
    "a target of nothing": ("    population: 3", "    population: 3\n    target: 0 s", "must be more than 0"),
    "blocking without capacity": ("{servers: 2}", "{when_full: block}", "blocks when full, but has no capacity"),
    "open and closed": ("    population: 3", "    population: 3\n    arrivals: {kind: poisson, rate: 1/s}", "has arrivals and a population"),
    "route and routing": ("    route: [till]", "    route: [till]\n    routing: {start: {kind: split, to: {exit: 1}}}", "has a route and a routing"),
    "probabilities that do not add up": ("{till: 0.9, desk: 0.1}", "{till: 0.9, desk: 0.2}", "has probabilities that sum to 1.1, not 1"),
    "unknown station on a route": ("route: [till]", "route: [tile]", "classes.staff.route.0: unknown station 'tile'; did you mean 'till'"),
    "unknown station in a split": ("{desk: 0.5, door: 0.5}", "{desc: 0.5, door: 0.5}", "classes.people.routing.till.to.desc: unknown station 'desc'; did you mean 'desk'"),
    "unknown station with a routing": ("      desk: {kind: split", "      dask: {kind: split", "classes.people.routing.dask: unknown station 'dask'"),
    "unknown station with a service": ("      door: {distribution", "      doors: {distribution", "classes.people.service.doors: unknown station 'doors'; did you mean 'door'"),
    "unknown station with patience": ("patience:\n      till", "patience:\n      tilt", "unknown station 'tilt'"),
    "misspelled exit": ("{exit: 1}", "{exti: 1}", "unknown station 'exti'; did you mean 'exit'"),
    "unknown class": ("{door: 1}", "{till/stuff: 1}", "unknown class 'stuff'; did you mean 'staff'"),
    "into the middle of a route": ("{door: 1}", "{door/staff: 1}", "'staff' has a route, which begins at 'till'; did you mean 'till/staff'"),
    "no way on": ("      desk: {kind: split, to: {door: 1}}\n", "", "the routing of 'people' does not say where to go from 'desk'"),
    "no start": ("      start: {kind: split, to: {till: 0.9, desk: 0.1}}\n", "", "classes.people.routing: does not say where customers start"),
    "neither route nor routing": ("    route: [till]\n", "", "classes.staff: has neither a route nor a routing"),
    "no service": ("      door: {distribution: deterministic, value: 1 s}\n", "", "class 'people' has no service at 'door'"),
    "a start that nobody uses": ("    population: 3\n    think_time: {distribution: exponential, mean: 1 min}\n", "", "classes.staff: has neither arrivals nor a population"),
    "service where nobody goes": ("  staff:\n    population: 3", "  staff:\n    service: {}\n    population: 3", "service: is given twice"),
    "station for nobody": ("  desk: {}", "  desk: {}\n  cellar: {}", "stations.cellar: is visited by no class"),
    "station called exit": ("  desk: {}", "  desk: {}\n  exit: {}", "stations.exit: 'exit' is taken"),
    "no way out": ("      door: {kind: split, to: {exit: 1}}", "      door: {kind: split, to: {till: 1}}", "classes.people.routing: customers never leave once they are at"),
    "exit of a dispatch": ("{kind: split, to: {door: 1}}", "{kind: round-robin, to: [door, exit]}", "can't be 'exit' in a round-robin"),
    "the same queue twice": ("{kind: split, to: {door: 1}}", "{kind: shortest-queue, to: [door, door]}", "'door' is given twice"),
    "a task that may be lost": ("{kind: split, to: {door: 1}}", "{kind: fork, to: [door, till]}", "'till' has impatient customers; a task of a fork must be served"),
    "the same task twice": ("{kind: split, to: {door: 1}}", "{kind: fork, to: [door, door]}", "'door' is given twice"),
    "nobody on any shift": ("  desk: {}", "  desk: {schedule: {period: 1 h, shifts: [{start: 0 s, servers: 0}]}}", "stations.desk.schedule.shifts: have no servers at all"),
    "servers beside a schedule": ("  desk: {}", "  desk: {servers: 9, schedule: {period: 1 h, shifts: [{start: 0 s, servers: 4}]}}", "stations.desk.servers: is given beside a schedule"),
    "always broken": ("  desk: {}", "  desk: {breakdowns: {time_to_failure: {distribution: deterministic, value: 0 s}, time_to_repair: {distribution: exponential, mean: 1 s}}}", "time_to_failure: must be more than 0 s"),
    "all at once for ever": ("{kind: poisson, rate: 1/s}", "{kind: renewal, interarrival: {distribution: deterministic, value: 0 s}}", "classes.people.arrivals.interarrival: must be more than 0 s"),
    "trace that is not there": ("{kind: poisson, rate: 1/s}", "{kind: trace, file: times.csv}", "classes.people.arrivals.file: "),
}  # fmt: skip


def read(folder: Path, text: str) -> None:
    path = folder / "network.yaml"
    path.write_text(text, encoding="utf-8")
    read_network(path)


def faults(folder: Path, text: str) -> str:
    with pytest.raises(InvalidDescription) as raised:
        read(folder, text)
    assert all(line.startswith(str(folder)) for line in raised.value.lines())
    return str(raised.value)


def test_the_shop_is_fine(tmp_path: Path) -> None:
    read(tmp_path, SHOP)


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_network_is_refused_with_a_clear_message(case: str, tmp_path: Path) -> None:
    old, new, says = BROKEN[case]
    assert old in SHOP
    assert says in faults(tmp_path, SHOP.replace(old, new, 1))


CLOSED = """\
name: closed
stations: {a: STATION}
classes:
  jobs:
    population: 3
    service: {a: {distribution: deterministic, value: SERVICE}}
    routing:
      start: {kind: split, to: {a: 1}}
      a: {kind: split, to: {TO}}
"""
LOOPS = {
    "a trip without time": ("{}", "0 s", "exit: 1", "makes trips that take no time"),
    "a circle without time": ("{}", "0 s", "a: 0.5, exit: 0.5", "takes no time, nor does the rest"),
    "a trip without end": ("{}", "1 s", "a: 1", "trips never end"),
    "a room that is too small": (
        "{capacity: 2}",
        "1 s",
        "exit: 1",
        "is lost at 'a' and starts again",
    ),
    "a room that is large enough": ("{capacity: 3}", "1 s", "exit: 1", ""),
}


@pytest.mark.parametrize("case", LOOPS)
def test_what_would_go_on_for_ever_at_one_instant_is_refused(case: str, tmp_path: Path) -> None:
    station, service, to, says = LOOPS[case]
    text = CLOSED.replace("STATION", station).replace("SERVICE", service).replace("TO", to)
    if says:
        assert says in faults(tmp_path, text)
    else:
        read(tmp_path, text)


def test_stations_that_can_wait_for_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    text = """\
name: circle
stations:
  a: {capacity: 2, when_full: block}
  b: {capacity: 2, when_full: block}
classes:
  jobs:
    population: POPULATION
    service:
      a: {distribution: exponential, mean: 1 s}
      b: {distribution: exponential, mean: 1 s}
    think_time: {distribution: exponential, mean: 1 s}
    routing:
      start: {kind: split, to: {a: 1}}
      a: {kind: split, to: {b: 1}}
      b: {kind: split, to: {a: 0.5, exit: 0.5}}
"""
    assert "can wait for ever: a -> b -> a" in faults(tmp_path, text.replace("POPULATION", "4"))
    read(tmp_path, text.replace("POPULATION", "3"))


def test_all_faults_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    text = SHOP.replace("desk: 0.5", "desc: 0.5").replace("route: [till]", "route: [tile]")
    lines = faults(tmp_path, text).splitlines()
    where = {line: position for position, line in enumerate(text.splitlines(), 1)}
    split = where["      till: {kind: split, to: {desc: 0.5, door: 0.5}}"]
    assert f":{split}: classes.people.routing.till.to.desc" in lines[0]
    assert f":{where['    route: [tile]']}: classes.staff.route.0" in lines[1]


NONSENSE = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**6), 10**18), st.floats(), st.just([]), st.just({}),
    st.text(string.printable, max_size=20), st.lists(st.integers(), max_size=3),
    st.sampled_from(["0 s", "1e20 s", "1e-300 s", "1e-300/s", "1e24/s", 1e-320, 1e300, "1/s", "0/s", "till", "exit", "start", "infinite", "people",
                     "fork", "round-robin", "exponential", "srpt", "priority", "block", 1, 2, 0.5]),
)  # fmt: skip


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        children = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value))
    return [path, *(p for key, child in children for p in paths(child, (*path, key)))]


@functools.cache  # to read them takes longer than to solve them
def described() -> tuple[Any, ...]:
    texts = [path.read_text(encoding="utf-8") for path in sorted(NETWORKS.glob("*.yaml"))]
    return tuple(map(yaml.safe_load, [SHOP, *texts]))


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 2**32), value=NONSENSE, action=st.sampled_from(["set", "drop", "rename"])
)
def test_a_damaged_network_is_solved_or_refused_but_never_crashes(
    seed: int, value: Any, action: str, tmp_path: Path
) -> None:
    choose = random.Random(seed)
    tree = copy.deepcopy(choose.choice(described()))
    path = choose.choice([p for p in paths(tree) if p])
    here = tree
    for step in path[:-1]:
        here = here[step]
    if action == "set" or isinstance(here, list):
        here[path[-1]] = value
    else:
        kept = here.pop(path[-1])
        if action == "rename":
            here[str(value)] = kept
    file = tmp_path / "network.yaml"
    file.write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
    try:
        network = read_network(file).network
    except InvalidDescription as error:
        assert error.faults
        assert all(line.startswith(f"{file}") for line in error.lines())
        return
    answer = solve(network)
    assert answer.method in ("exact", "approximation", "none")
