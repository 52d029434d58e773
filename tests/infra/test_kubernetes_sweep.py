"""Jobs of a grid in a Kubernetes cluster: each has its parameters, and as many run as predicted."""

import itertools
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from infra.kubernetes_sweep import Sweep

from .example_graphs import ROOT
from .kubernetes_rules import expanded, wrong
from .mock_cloud import Run, run_program

EXAMPLE = ROOT / "stacks" / "grid-search.yaml"
DEVICES = {"nvidia.com/gpu": 1}
GRID = {"learning rate": [0.1, 1e-05, 3.0], "layers": [1, 2], "text": ["a 'b' $(x)", "$$"]}


def sweep(command: str = "true") -> Sweep:
    return Sweep(
        "search", "machine", "machine", "registry/s:1", command, GRID, 4, DEVICES, 3.5, 4e9, {}
    )


def contained(tree: dict[str, Any]) -> None:
    """The same search on two nodes of a cluster."""
    tree["zones"] = ["us-east-1a", "us-east-1b"]
    tree["kubernetes"] = {"nodes": ["machine"]}
    tree["nodes"]["machine"]["count"] = 2
    program = tree["workloads"]["search"]["program"]
    del program["package"]
    program["container"] = {"tag": "1.0"}


def changed(folder: Path, change: Callable[[dict[str, Any]], Any], run: Run | None = None) -> Run:
    tree = yaml.safe_load(EXAMPLE.read_text())
    contained(tree)
    change(tree)
    path = folder / "stack.yaml"
    path.write_text(yaml.safe_dump(tree, sort_keys=False))
    config = {"windtunnel:enforce": "false", "windtunnel:replications": "2"}
    zones = ("us-east-1a", "us-east-1b")
    return run_program({"windtunnel:stack": str(path), **config}, zones=zones, run=run)


def job_of(run: Run) -> dict[str, Any]:
    listed = list(yaml.safe_load_all(run.outputs["manifest"]))
    assert wrong(listed) == []
    [job] = [one for one in listed if one["kind"] == "Job"]
    return dict(job)


def test_each_job_has_its_own_values_and_all_are_tried() -> None:
    told = sweep('printf "%s|" "$LEARNING_RATE" "$LAYERS" "$TEXT"')
    [job] = told.objects("ml")
    [container] = job["spec"]["template"]["spec"]["containers"]
    words = [expanded(one, {}) for one in (*container["command"], *container["args"])]

    def said(number: int) -> str:
        known = {"JOB": str(number), "PATH": "/usr/bin:/bin"}
        done = subprocess.run(words, env=known, capture_output=True, text=True, check=True)
        return done.stdout

    values = itertools.product(["0.1", "1e-05", "3"], ["1", "2"], GRID["text"])
    assert job["spec"]["completions"] == told.jobs == 12
    assert [said(number) for number in range(12)] == [
        "|".join([*map(str, one), ""]) for one in values
    ]


def test_what_fails_three_times_is_put_aside_and_the_others_go_on() -> None:
    [job] = sweep().objects("ml")
    assert wrong([job]) == []
    assert job["spec"]["backoffLimitPerIndex"] == 2
    assert "maxFailedIndexes" not in job["spec"]
    [container] = job["spec"]["template"]["spec"]["containers"]
    assert container["resources"] == {
        "requests": {"nvidia.com/gpu": 1, "memory": "4000000000", "cpu": "3500m"},
        "limits": {"nvidia.com/gpu": 1, "memory": "4000000000"},
    }


def test_as_many_run_as_kubernetes_leaves_room_for(tmp_path: Path) -> None:
    """Of 72 vCPUs 71.5 are left, so that seventeen jobs of four fit where eighteen did."""
    run = changed(tmp_path, lambda tree: tree["workloads"]["search"]["grid"].update(more=[1, 2, 3]))
    spec = job_of(run)["spec"]
    assert (spec["completions"], spec["parallelism"]) == (54, 34)
    assert run.outputs["not_started"] == {}
    assert "queues" not in run.outputs
    assert run.of("sqs/queue:Queue") == []
    name = job_of(run)["metadata"]["name"]
    command = f"kubectl get job {name} --namespace grid-search"
    assert run.outputs["kubernetes_jobs"] == {"search": command}


def test_jobs_that_share_all_run_at_once(tmp_path: Path) -> None:
    run = changed(tmp_path, lambda tree: tree["workloads"]["search"].update(share=True))
    spec = job_of(run)["spec"]
    assert spec["parallelism"] == 18
    [container] = spec["template"]["spec"]["containers"]
    assert "cpu" not in container["resources"]["requests"]


def gpus(tree: dict[str, Any]) -> None:
    tree["nodes"]["machine"]["instance"] = "g5.xlarge"
    tree["workloads"]["search"]["each"] = {"accelerators": 0.5, "memory": "4 GB"}


def many(tree: dict[str, Any]) -> None:
    del tree["workloads"]["search"]["output"]
    tree["workloads"]["search"]["grid"]["seed"] = [*range(6000)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (gpus, "search.each.accelerators: a container has whole ones"),
        (
            many,
            "search.grid: is 108,000 jobs; a Job of Kubernetes has 100,000 at most",
        ),
        (
            lambda tree: tree["workloads"]["search"].update(
                grid={"text": ["x" * 60_000, "y" * 60_000]}
            ),
            "search.grid: its values are 120,",
        ),
    ],
)
def test_what_can_not_be_had_is_refused_before_anything(
    change: Callable[[dict[str, Any]], Any], said: str, tmp_path: Path
) -> None:
    run = Run()
    with pytest.raises(pulumi.RunError, match=said):
        changed(tmp_path, change, run)
    assert run.clouds == []
