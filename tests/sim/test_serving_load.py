"""Response against load where no law knows it, and the highest load that meets what is wanted."""

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
