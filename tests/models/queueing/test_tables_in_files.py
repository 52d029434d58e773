"""Rates, measured durations and services beside arrivals, from tables beside the description."""

from pathlib import Path
from typing import Any

import pytest

from models.queueing.distributions import Empirical, mean
from models.queueing.network import TimeVarying
from models.queueing.read_network import NetworkFile, read_network
from models.reading.faults import InvalidDescription
from sim.queueing.replication import Engine
from sim.queueing.simulate_network import simulate

NETWORK = """
name: tables
stations: {it: {servers: 1}}
classes:
  c:
    arrivals: %s
    service: {it: %s}
    route: [it]
"""
STEADY = "{kind: poisson, rate: 1/h}"
SHORT = "{distribution: deterministic, value: 1 s}"


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def reader(arrivals: str, service: str, **files: str) -> NetworkFile:
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        path = tmp_path / "network.yaml"
        path.write_text(NETWORK % (arrivals, service), encoding="utf-8")
        return read_network(path)

    return reader


@pytest.mark.parametrize(
    ("keys", "table"),
    [
        ("", "rate\n30/h\n1/min\n120/h\n60/h\n"),
        ("column: cars, unit: /h", "hour,cars\n0,30\n1,60\n2,120\n3,60\n"),
        ("unit: /h, starts: from", "from,rate\n0 h,30\n1 h,60\n7200,120\n3 h,60\n"),
    ],
)
def test_rates_of_the_hours_come_from_a_table(read: Any, keys: str, table: str) -> None:
    extra = f", {keys}" if keys else ""
    file = read(f"{{kind: time-varying, period: 4 h, file: day.csv{extra}}}", SHORT, day=table)
    arrivals = file.network.classes["c"].arrivals
    assert isinstance(arrivals, TimeVarying)
    assert [one.start for one in arrivals.intervals] == [0, 3600, 7200, 10800]
    rates = [one.rate * 3600 for one in arrivals.intervals]
    assert rates == pytest.approx([30, 60, 120, 60])
    assert file.rate_unit == ("/h" if keys else "/s")  # where cells differ, per second


def test_an_unknown_unit_of_a_table_is_named(read: Any) -> None:
    arrivals = "{kind: time-varying, period: 4 h, file: day.csv, unit: /week}"
    with pytest.raises(InvalidDescription, match=r"unit: .*/week.*/min.*/d"):
        read(arrivals, SHORT, day="rate\n30\n")


def test_measured_durations_come_from_a_table(read: Any) -> None:
    table = "duration\n10\n20 s\n1 min\n10\n"
    file = read(STEADY, "{distribution: empirical, file: times.csv}", times=table)
    service = file.network.classes["c"].service["it"]
    assert isinstance(service, Empirical)
    assert (service.values, service.weights) == ((10.0, 20.0, 60.0), (2.0, 1.0, 1.0))
    other = read(STEADY, "{distribution: empirical, file: times.csv}", times=table + "5\n")
    assert other.digest != file.digest


def test_services_beside_the_arrivals_of_a_trace(read: Any) -> None:
    """Jobs at 0, 10 and 20 s of 1 h, 2 h and 1 min on one node: they wait 0, 3,590 and 10,780 s."""
    file = read(
        "{kind: trace, file: jobs.csv, column: submit}",
        "{distribution: trace, column: runtime}",
        jobs="submit,runtime\n0,3600\n10,7200\n20,60\n",
    )
    assert mean(file.network.classes["c"].service["it"]) == pytest.approx(3620)
    found = simulate(file.network, traces=file.traces, replications=2).stations[0]
    assert found.waiting_time is not None
    assert found.waiting_time.mean == pytest.approx((3590 + 10780) / 3)
    assert found.utilization.mean == pytest.approx(1)


JOBS = """
name: jobs
stations: {nodes: {servers: 4}}
classes:
  jobs:
    arrivals: {kind: trace, file: jobs.csv, column: submit}
    service: {nodes: {distribution: trace, column: run}}
    slots: {nodes: %s}
    route: [nodes]
"""
GPUS = "{distribution: trace, column: gpus}"


def read_jobs(folder: Path, slots: str, table: str, more: str = "") -> NetworkFile:
    (folder / "jobs.csv").write_text(table, encoding="utf-8")
    (folder / "network.yaml").write_text(JOBS % slots + more, encoding="utf-8")
    return read_network(folder / "network.yaml")


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_servers_beside_the_arrivals_of_a_trace(tmp_path: Path, engine: Engine) -> None:
    """Jobs a second apart, of 10 s on 1, 2, 4, 1 and 3 of four nodes, by hand: they begin at 0, 1,
    11, 21 and 21 s, as the third holds back the fourth, and end at 31 s."""
    table = "submit,run,gpus\n0,10,1\n1,10,2\n2,10,4\n3,10,1\n4,10,3\n"
    file = read_jobs(tmp_path, GPUS, table)
    assert file.network.classes["jobs"].slots == {"nodes": 4}  # what the laws see
    found = simulate(file.network, traces=file.traces, replications=2, engine=engine).stations[0]
    assert found.waiting_time is not None
    assert found.waiting_time.mean == pytest.approx((9 + 18 + 17) / 5)
    assert found.utilization.mean == pytest.approx((1 + 2 + 4 + 1 + 3) * 10 / (4 * 31))
    more = read_jobs(tmp_path, GPUS, table.replace("4,10,3", "4,10,2"))
    assert more.digest != file.digest


@pytest.mark.parametrize(
    ("slots", "table", "said"),
    [
        (GPUS, "submit,run,gpus\n0,1,1\n1,1,1.5\n", "row 2: '1.5' is no number of servers; write"),
        (GPUS, "submit,run,gpus\n0,1,0\n", "row 1: '0' is no number of servers"),
        (GPUS, "submit,run,gpus\n0,1,\n", "row 1: '' is no number of servers"),
        (GPUS, "submit,run,gpus\n0,1,8\n", "is more than the 4 servers of the station"),
        (GPUS, "submit,run,cpus\n0,1,8\n", "the file has no column 'gpus'; did you mean 'cpus'?"),
        (
            "{column: gpus}",
            "submit,run,gpus\n0,1,1\n",
            "must be a whole number, or {distribution: trace",
        ),
        ("{distribution: trace}", "submit,run\n0,1\n", "the file has no column 'slots'"),
    ],
)
def test_servers_that_nobody_can_take(tmp_path: Path, slots: str, table: str, said: str) -> None:
    with pytest.raises(InvalidDescription) as caught:
        read_jobs(tmp_path, slots, table)
    assert said in str(caught.value)
    assert len(caught.value.faults) == 1


def test_what_is_recorded_is_of_those_who_came_by_the_trace(tmp_path: Path) -> None:
    more = """  others:
    arrivals: {kind: poisson, rate: 1/s}
    routing: {start: {kind: split, to: {nodes/jobs: 1}}}
"""
    with pytest.raises(InvalidDescription) as caught:
        read_jobs(tmp_path, GPUS, "submit,run,gpus\n0,1,1\n", more)
    said = "is recorded beside the arrivals of 'jobs', but 'others' comes too"
    assert str(caught.value).count(said) == 2  # services and slots


@pytest.mark.parametrize(
    ("arrivals", "service", "table", "said"),
    [
        (
            "{kind: time-varying, period: 1 d, file: t.csv}",
            SHORT,
            "rate\n30\n",
            "arrivals.file: row 1: '30' is a rate without a unit; give its unit",
        ),
        (
            "{kind: time-varying, period: 1 d, file: t.csv, unit: /h}",
            SHORT,
            "rate\n-1\n",
            "row 1: '-1' is no rate; it is 0 or more",
        ),
        (
            "{kind: time-varying, period: 1 d, file: t.csv}",
            SHORT,
            "cars\n30\n",
            "arrivals.column: the file has no column 'rate'; its columns: cars",
        ),
        (
            "{kind: time-varying, period: 1 d}",
            SHORT,
            "",
            "needs intervals, or a file with rates",
        ),
        (
            STEADY,
            "{distribution: empirical, file: t.csv}",
            "duration\n10\nlong\n",
            "service.it.file: row 2: 'long' is not a duration",
        ),
        (
            STEADY,
            "{distribution: empirical, values: [1 s], file: t.csv}",
            "duration\n1\n",
            "is given beside values; leave out one of them",
        ),
        (
            STEADY,
            "{distribution: trace}",
            "it\n1\n",
            "is recorded beside arrivals, but the arrivals of the class are no trace",
        ),
        (
            "{kind: trace, file: t.csv}",
            "{distribution: trace, columns: it}",
            "time,it\n0,1\n",
            "has 'columns', which is not a known key; known here: distribution, column",
        ),
    ],
)
def test_what_is_wrong_with_a_table_is_said(
    read: Any, arrivals: str, service: str, table: str, said: str
) -> None:
    with pytest.raises(InvalidDescription) as caught:
        read(arrivals, service, t=table)
    assert said in str(caught.value)
    assert len(caught.value.faults) == 1


def test_rates_stay_in_the_unit_in_which_they_were_written(read: Any) -> None:
    assert read(STEADY, SHORT).rate_unit == "/h"
    interarrival = "{kind: renewal, interarrival: 1 s}"
    assert read(interarrival, SHORT).rate_unit == "/s"
    by_rate = "{distribution: exponential, rate: 11/min}"
    assert read(STEADY, by_rate).rate_unit == "/s"  # two units: neither is the one
