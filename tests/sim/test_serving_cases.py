"""Endpoints with something down, over time: against the laws, and alike in both engines."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.catalog.records import Catalog
from models.laws.queueing.markovian import erlang_c
from models.parts.read_stack import read_stack
from models.parts.workloads.endpoint_job import EndpointJob
from models.parts.workloads.replica_loss import loss_network
from models.prediction.endpoint_answer import ServingCase
from sim import serving_cases
from sim.backends import Backend
from sim.serving_cases import simulated

ONE = Backend(workers=1)
Solve = Callable[..., EndpointJob]


def takes(time: str) -> dict[str, str]:
    return {"distribution": "deterministic", "value": time}


@pytest.fixture
def solved(tmp_path: Path, catalog: Catalog) -> Solve:
    def solve(rate: str, **keys: Any) -> EndpointJob:
        service = {"distribution": "exponential", "mean": "100 ms"}
        web = {"nodes": "web", "service": service, "replicas": 3, **keys}
        web = {key: value for key, value in web.items() if value is not None}
        api = {"kind": "endpoint", "requests": {"rate": rate}, "stages": {"web": web}}
        path = tmp_path / "served.yaml"
        path.write_text(
            yaml.safe_dump(
                {
                    "name": "served",
                    "cloud": "aws",
                    "region": "us-east-1",
                    "nodes": {"web": {"instance": "c6i.32xlarge", "count": 3}},
                    "workloads": {"api": api},
                }
            )
        )
        answer: EndpointJob = read_stack(path, catalog).solved.workloads["api"].answer
        return answer

    return solve


def one_down(job: EndpointJob, **keys: Any) -> ServingCase:
    return simulated(job, job.cases[0], 1, ONE, **keys)


def test_three_replicas_and_one_killed_are_no_outage_and_three_again_after_the_start(
    solved: Solve,
) -> None:
    # Two of 10/s each at 15/s are M/M/2: 0.1 s and C(2, 1.5) / (20 - 15); a start of ten minutes
    # is far longer than the 3 s that its queue remembers.
    case = one_down(solved("15/s", startup=takes("10 min")))
    assert case.survives
    assert case.restored_after == 600
    assert [(one.replicas, one.left) for one in case.stages] == [(3, 2)]
    expected = 0.1 + erlang_c(2, 1.5) / 5
    assert case.response == pytest.approx(expected, rel=1e-9)
    assert case.simulated_response is not None
    assert case.simulated_response.mean == pytest.approx(expected, rel=0.05)
    assert case.simulation == "of what is answered in the 10 min of the loss"


def test_a_short_start_is_over_before_the_queue_has_grown(solved: Solve) -> None:
    # Three are M/M/3: 0.1 s and C(3, 1.5) / (30 - 15); in a tenth of a second little changes.
    case = one_down(solved("15/s", startup=takes("100 ms")))
    three, two = 0.1 + erlang_c(3, 1.5) / 15, 0.1 + erlang_c(2, 1.5) / 5
    assert case.simulated_response is not None
    assert case.simulated_response.mean < three + 0.1 * (two - three)


def test_an_overload_until_the_start_is_that_of_a_fluid(solved: Solve) -> None:
    # 25/s come and 20/s leave: who leaves at t came at 20/25 t, and waited 0.2 t. The mean over
    # 90 s is 9 s, with what a request takes beside.
    case = one_down(solved("25/s", startup=takes("90 s")))
    assert not case.survives
    assert case.response is None
    assert case.simulated_response is not None
    assert case.simulated_response.mean == pytest.approx(9.1, rel=0.05)


def test_what_nothing_says_is_not_known_and_not_zero(solved: Solve) -> None:
    case = one_down(solved("15/s"))
    assert case.survives
    assert case.restored_after is None
    # It is simulated as if the replica stayed away.
    seen = case.simulated_response
    assert seen is not None
    # Its own interval at 95 %, and half as much again, so that 1 of 300 seeds fails, not 1 of 20.
    half = 1.5 * (seen.high - seen.low) / 2
    assert seen.mean == pytest.approx(0.1 + erlang_c(2, 1.5) / 5, abs=half)
    overloaded = one_down(solved("25/s"))
    assert (overloaded.simulated_response, overloaded.simulated_p95) == (None, None)
    scaling = {"target": "80 %", "maximum": 3}
    assert solved("5/s", replicas=None, scaling=scaling).cases[0].restored_after is None


def test_the_start_of_a_stage_that_scales_is_that_of_its_scaling(solved: Solve) -> None:
    scaling = {"target": "80 %", "maximum": 3, "startup": takes("90 s")}
    case = one_down(solved("15/s", replicas=None, scaling=scaling))
    assert case.restored_after == 90
    uniform = {"distribution": "uniform", "low": "1 min", "high": "3 min"}
    assert solved("15/s", startup=uniform).cases[0].restored_after == pytest.approx(120)


def test_the_only_replica_killed_is_an_outage_until_the_start(solved: Solve) -> None:
    case = one_down(solved("5/s", replicas=1, startup=takes("90 s")))
    assert not case.survives
    assert (case.restored_after, case.simulated_response) == (90, None)


@pytest.mark.parametrize("keys", [{}, {"queue_limit": 20, "timeout": "1 s", "concurrency": 2}])
def test_both_engines_lose_the_same_replica(
    keys: dict[str, Any], solved: Solve, monkeypatch: pytest.MonkeyPatch
) -> None:
    # They are equal from the first service on, and the reference takes long for each.
    monkeypatch.setattr(serving_cases, "_SERVICES", 4_000)
    monkeypatch.setattr(serving_cases, "_MOST_SERVICES", 40_000)
    job = solved("15/s", startup=takes("30 s"), **keys)
    compiled, reference = one_down(job), one_down(job, engine="simpy")
    assert compiled == reference
    assert compiled.simulated_response is not None
    assert compiled.simulation.startswith("of what is answered")


def test_a_replica_takes_its_servers_with_it_and_leaves_the_room_to_wait(solved: Solve) -> None:
    job = solved("50/s", startup=takes("30 s"), concurrency=4, queue_limit=20)
    lost = loss_network(job, job.cases[0])
    assert lost is not None
    station = lost.network.stations["web"]
    assert station.schedule is not None
    assert [shift.servers for shift in station.schedule.shifts] == [12, 8]
    assert station.schedule.period - station.schedule.shifts[1].start == pytest.approx(30)
    assert station.capacity == 32


@pytest.mark.parametrize(
    "keys",
    [
        {"batch": {"size": 4, "timeout": "10 ms"}},
        {"cold_start": takes("1 s"), "keep_warm": "1 min"},
        {"startup": takes("3 h")},
        {"startup": takes("1e-12 s")},
    ],
)
def test_a_loss_that_no_schedule_can_follow_is_taken_as_one_that_stays(
    keys: dict[str, Any], solved: Solve
) -> None:
    job = solved("15/s", **{"startup": takes("30 s"), **keys})
    assert loss_network(job, job.cases[0]) is None
    case = one_down(job)
    assert case.simulation == "with what is down for long"
    assert case.simulated_response is not None


def test_a_zone_comes_back_by_itself(solved: Solve) -> None:
    job = solved("15/s", startup=takes("30 s"))
    both = replace(job.cases[0], stages=job.cases[0].stages * 2)
    assert loss_network(job, both) is None
