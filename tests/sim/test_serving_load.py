"""Response against load where no law knows it, and the highest load that meets what is wanted."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from models.parts.workloads.endpoint_job import EndpointJob
from models.parts.workloads.endpoint_laws import response
from sim.backends import LOCAL
from sim.serving_load import simulated

Solve = Callable[..., EndpointJob]
TENTH = {"distribution": "exponential", "mean": "100 ms"}


@pytest.fixture
def solved(tmp_path: Path, catalog: Catalog) -> Solve:
    def solve(stage: dict[str, Any], rate: str = "5/s", **keys: Any) -> EndpointJob:
        path = tmp_path / "served.yaml"
        api = {"kind": "endpoint", "requests": {"rate": rate}, "stages": {"web": stage}}
        stack = {"name": "served", "cloud": "aws", "region": "us-east-1", "workloads": {"api": api}}
        stack["nodes"] = {"web": {"instance": "c5.9xlarge", "count": 1}}
        path.write_text(yaml.safe_dump({**stack, **keys}))
        answer: EndpointJob = read_stack(path, catalog).solved.workloads["api"].answer
        return answer

    return solve


def test_the_highest_load_keeps_to_the_loss(solved: Solve) -> None:
    # M/M/1/4 loses (1 - r) r^4 / (1 - r^5): 1 % at r = 0.3521 of 10/s (Gross and Harris 1998, 2.4).
    stage = {"nodes": "web", "service": TENTH, "queue_limit": 3}
    wanted = {"loss": {"workload": "api", "at_most": "1 %"}}
    job = solved(stage, objectives=wanted)
    assert job.highest_load is not None
    share = job.highest_load / 10
    assert (1 - share) * share**4 / (1 - share**5) == pytest.approx(0.01, rel=1e-6)
    points, highest = simulated(job, 1, LOCAL)
    assert highest == pytest.approx(job.highest_load, rel=0.05)
    assert points[0].response == pytest.approx(0.111, rel=0.05)  # M/M/1 at 0.1, nearly


def test_a_batch_takes_no_less_than_its_time_under_any_load(solved: Solve) -> None:
    # Four together take 200 ms and 3 x 20 ms; alone 200 ms, after a wait of 50 ms for others.
    stage = {"nodes": "web", "service": {"distribution": "deterministic", "value": "200 ms"},
             "batch": {"size": 4, "timeout": "50 ms", "per_customer": "20 ms"}}  # fmt: skip
    wanted = {"latency": {"workload": "api", "percentile": 95, "at_most": "1 s"}}
    job = solved(stage, objectives=wanted)
    assert not job.whole
    assert (job.load, job.cases[0].response) == ((), None)
    points, highest = simulated(job, 1, LOCAL)
    assert all(point.response >= 0.2 for point in points)
    rates = [point.p95 for point in points]
    assert rates == sorted(rates)
    assert highest is not None
    beside = [point for point in points if point.p95 <= 1.0]
    assert max(point.rate for point in beside) <= highest < 4 / 0.26
    assert simulated(job, 1, LOCAL) == (points, highest)


def test_nothing_wanted_has_no_highest_load(solved: Solve) -> None:
    stage = {"nodes": "web", "service": TENTH, "cold_start": "1 s"}
    points, highest = simulated(solved(stage), 1, LOCAL)
    assert highest is None
    assert points


def test_a_fixed_time_has_no_tail_by_the_law(solved: Solve) -> None:
    # Four servers of 200 ms at 5/s are busy for a quarter: hardly any one waits.
    stage = {"nodes": "web", "replicas": 4, "service": "200 ms"}
    wanted = {"latency": {"workload": "api", "percentile": 95, "at_most": "500 ms"}}
    job = solved(stage, objectives=wanted)
    p95 = response(job, job.law, 95.0)
    assert p95 is not None
    assert 0.2 <= p95 < 0.22
    assert job.highest_load is not None
    assert 15 < job.highest_load < 20


def test_a_load_far_below_the_capacity_may_be_the_highest(solved: Solve) -> None:
    # Who gives up at once makes a server without a queue of it: Erlang B with one server loses
    # r / (1 + r), 5 % at r = 1/19 of 10/s (Gross and Harris 1998, section 2.5).
    stage = {"nodes": "web", "service": TENTH, "timeout": "1 us"}
    wanted = {"loss": {"workload": "api", "at_most": "5 %"}}
    _, highest = simulated(solved(stage, rate="0.3/s", objectives=wanted), 1, LOCAL)
    assert highest == pytest.approx(10 / 19, rel=0.1)


def test_of_those_who_are_answered_none_waits_long_whatever_the_load(solved: Solve) -> None:
    # Who is answered has waited half a second at most, and is served in 300 ms in 95 % of cases.
    stage = {"nodes": "web", "service": TENTH, "timeout": "500 ms"}
    wanted = {"latency": {"workload": "api", "percentile": 95, "at_most": "1 s"}}
    assert simulated(solved(stage, objectives=wanted), 1, LOCAL)[1] == math.inf
    room = {"nodes": "web", "service": TENTH, "queue_limit": 3}
    assert solved(room, objectives=wanted).highest_load == math.inf
    # Six tenths of a second are too little under a load that is more than can be served.
    wanted["latency"]["at_most"] = "600 ms"
    _, highest = simulated(solved(stage, objectives=wanted), 1, LOCAL)
    assert highest is not None
    assert 8 < highest < 14
