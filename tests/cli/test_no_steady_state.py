"""A workload whose queue grows without end is told first, and is never exit code 0."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

Cli = Callable[..., Any]

# Four nodes of one accelerator do 4 jobs/h: 3/h are utilization 0.75, and 5/h are 1.25.
JOBS = {
    "kind": "jobs",
    "nodes": "gpu",
    "arrivals": "5/h",
    "run_time": {"distribution": "exponential", "mean": "1 h"},
    "each": {"accelerators": 1},
}
# One replica answers 10 requests/s.
ENDPOINT = {
    "kind": "endpoint",
    "requests": {"rate": "30/s"},
    "stages": {"m": {"nodes": "gpu", "rate": "10/s"}},
}
EASY = {"jobs": {"arrivals": "3/h"}, "endpoint": {"requests": {"rate": "5/s"}}}


@pytest.fixture
def stack(tmp_path: Path) -> Callable[..., Path]:
    def write(workload: dict[str, Any], **objectives: Any) -> Path:
        tree = {
            "name": "busy",
            "cloud": "aws",
            "region": "us-east-1",
            "nodes": {"gpu": {"instance": "g5.xlarge", "count": 4}},
            "workloads": {"m": workload},
            "objectives": objectives,
        }
        file = tmp_path / "busy.yaml"
        file.write_text(yaml.safe_dump(tree, sort_keys=False))
        return file

    return write


@pytest.mark.parametrize("workload", [JOBS, ENDPOINT], ids=["jobs", "endpoint"])
@pytest.mark.parametrize("objectives", [{}, {"monthly_cost": {"at_most": "9 kUSD"}}])
def test_overload_is_exit_code_1_whatever_the_objectives(
    workload: dict[str, Any], objectives: dict[str, Any], stack: Callable[..., Path], cli: Cli
) -> None:
    outcome = cli("predict", stack(workload, **objectives), "--replications", 20)
    assert outcome.code == 1
    assert outcome.out.splitlines()[1].startswith("UNSTABLE: the queue of m grows without end")
    assert "warning: workloads.m: has no steady state" in outcome.out


@pytest.mark.parametrize("workload", [JOBS, ENDPOINT], ids=["jobs", "endpoint"])
def test_overload_is_a_finding_for_machines(
    workload: dict[str, Any], stack: Callable[..., Path], cli: Cli
) -> None:
    outcome = cli("predict", stack(workload), "--replications", 20, "--json")
    assert outcome.code == 1
    told = json.loads(outcome.out)
    assert told["overloaded"] == ["m"]
    assert told["warnings"][0]["place"] == "workloads.m"
    assert "no steady state" in told["warnings"][0]["text"]
    if workload is JOBS:  # a mean of what grows says how long one looked, and nothing else
        times = told["workloads"][0]["jobs"]
        timed = {key for key in times if key.startswith(("waiting", "turnaround", "slowdown"))}
        assert len(timed) == 7
        assert {times[key] for key in timed} == {None}


def test_overload_heads_the_report(stack: Callable[..., Path], tmp_path: Path, cli: Cli) -> None:
    file = stack(JOBS, monthly_cost={"at_most": "9 kUSD"})
    assert cli("report", file, "--replications", 20, "--output", tmp_path).code == 1
    page = (tmp_path / "busy.html").read_text()
    assert '<p class="verdict bad">✗ UNSTABLE: the queue of m grows without end' in page


@pytest.mark.parametrize("workload", [JOBS, ENDPOINT], ids=["jobs", "endpoint"])
def test_what_keeps_up_is_exit_code_0(
    workload: dict[str, Any], stack: Callable[..., Path], cli: Cli
) -> None:
    outcome = cli("predict", stack(workload | EASY[workload["kind"]]), "--replications", 20)
    assert outcome.code == 0
    assert "UNSTABLE" not in outcome.out


def test_a_budget_of_what_never_ends_is_one_of_a_month(
    stack: Callable[..., Path], cli: Cli
) -> None:
    # Four g5.xlarge at 1.006 USD/h for 730 h are 2,937.52 USD; their storage is billed too, and the
    # NAT gateway with its public address: 0.045 and 0.005 USD/h, and the records of flows.
    file = stack(JOBS | EASY["jobs"], budget={"at_most": "3500 USD"})
    outcome = cli("predict", file, "--replications", 20)
    assert "at most 3,500.00 USD a month: P50 3,034.11 USD a" in outcome.out


def test_fewer_years_than_asked_for_are_told(stack: Callable[..., Path], cli: Cli) -> None:
    outcome = cli("predict", stack(JOBS | EASY["jobs"]), "--replications", 400)
    assert "note: workloads.m: 75 years are simulated, not 400" in outcome.out


def test_a_fixed_cost_is_met_without_a_probability_and_no_line_ends_in_spaces(
    stack: Callable[..., Path], cli: Cli
) -> None:
    file = stack(ENDPOINT | EASY["endpoint"], monthly_cost={"at_most": "9 kUSD"})
    outcome = cli("predict", file, "--replications", 20)
    assert "demanded" not in outcome.out
    assert outcome.out.splitlines() == [line.rstrip() for line in outcome.out.splitlines()]
