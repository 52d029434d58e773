"""A parameter sweep on one machine: its queue, its workers, and what its role may do."""

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from models.reading.faults import InvalidDescription

from .example_graphs import ROOT, graph_of
from .mock_cloud import ACCOUNT, Run
from .strict_schema import violations

EXAMPLE = ROOT / "stacks" / "grid-search.yaml"


@pytest.fixture(scope="module")
def run() -> Run:
    return graph_of(EXAMPLE)


def test_a_job_that_fails_three_times_is_put_aside(run: Run) -> None:
    queues = {one.name: one.inputs for one in run.of("sqs/queue:Queue")}
    assert set(queues) == {"search", "search.failed"}
    assert json.loads(queues["search"]["redrivePolicy"])["maxReceiveCount"] == 3
    # 25 min: one of a node that is gone comes back after twice as long.
    assert queues["search"]["visibilityTimeoutSeconds"] == 3000
    assert all(one["sqsManagedSseEnabled"] is True for one in queues.values())
    assert set(run.outputs["queues"]) == {"search", "search.failed"}
    assert run.outputs["not_started"] == {}
    assert [text for one in run.clouds for text in violations(one.type, one.inputs)] == []


def test_eighteen_jobs_run_at_once_on_the_machine(run: Run) -> None:
    [template] = run.of("ec2/launchTemplate:LaunchTemplate")
    text = base64.b64decode(template.inputs["userData"]).decode()
    assert template.inputs["instanceType"] == "c5.18xlarge"
    assert "$(seq 18)" in text
    [loops] = [line for line in text.splitlines() if line.startswith("job=0; ")]
    printed = loops.rpartition(" >")[0]
    said = subprocess.run(["bash", "-c", printed], capture_output=True, text=True, check=True)
    listed = said.stdout.splitlines()
    assert len(listed) == 18
    assert listed[0] == "JOB=0 LEARNING_RATE=0.1 LAYERS=1"
    assert listed[-1] == "JOB=17 LEARNING_RATE=0.0003 LAYERS=3"
    assert len(text) < 16_000  # what EC2 takes


def test_jobs_that_share_processors_run_all_at_once() -> None:
    run = graph_of(
        EXAMPLE, ("workloads.search.share", "true"), ("workloads.search.each.vcpus", "8")
    )
    [template] = run.of("ec2/launchTemplate:LaunchTemplate")
    assert "$(seq 18)" in base64.b64decode(template.inputs["userData"]).decode()


def test_its_role_reaches_its_own_queue_alone(run: Run) -> None:
    [policy] = run.of("iam/rolePolicy:RolePolicy")
    about = [
        one
        for one in json.loads(policy.inputs["policy"])["Statement"]
        if any(action.startswith("sqs:") for action in one["Action"])
    ]
    [queue] = [one for one in run.of("sqs/queue:Queue") if one.name == "search"]
    assert [one["Resource"] for one in about] == [
        f"arn:aws:sqs:us-east-1:{ACCOUNT}:{queue.inputs['name']}"
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"grid": {"layers": 3}}, "runs the jobs of a `grid` with lists of values"),
        ({"each": {"vcpus": 4, "tasks": 2}}, "has no gangs of several tasks"),
        (
            {"grid": {"path": [1, 2]}},
            "grid.path: would be PATH in the environment of jobs, which is",
        ),
        ({"grid": {"job": [1]}}, "grid.job: would be JOB"),
        ({"grid": {"2nd": [1]}}, "grid.2nd: would be 2ND in the environment of jobs, which is no"),
        (
            {"grid": {"a b": [1], "a-b": [2]}},
            "grid.a-b: is A_B in the environment of jobs, as 'a b'",
        ),
    ],
)
def test_jobs_that_can_not_wait_in_a_queue_are_told(
    change: dict[str, Any], said: str, tmp_path: Path, catalog: Catalog
) -> None:
    tree = yaml.safe_load(EXAMPLE.read_text())
    tree["workloads"]["search"] |= change
    path = tmp_path / "stack.yaml"
    path.write_text(yaml.safe_dump(tree))
    with pytest.raises(InvalidDescription) as refusal:
        read_stack(path, catalog)
    assert said in str(refusal.value)
