"""Tuning jobs and notebook instances of SageMaker are what was described, and reach no more."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from .example_graphs import ROOT, graph_of
from .mock_cloud import Run, run_program
from .strict_schema import violations

EXAMPLE = ROOT / "stacks" / "sagemaker-training.yaml"
TUNING = "sagemaker/hyperParameterTuningJob:HyperParameterTuningJob"
NOTEBOOK = "sagemaker/notebookInstance:NotebookInstance"


@pytest.fixture(scope="module")
def run() -> Run:
    return graph_of(EXAMPLE)


def changed(folder: Path, change: Callable[[dict[str, Any]], Any]) -> Run:
    tree = yaml.safe_load(EXAMPLE.read_text())
    change(tree)
    path = folder / "stack.yaml"
    path.write_text(yaml.safe_dump(tree, sort_keys=False))
    config = {"windtunnel:enforce": "false", "windtunnel:replications": "2"}
    return run_program({"windtunnel:stack": str(path), **config})


def test_a_grid_is_tried_whole_as_many_at_once_as_there_are_nodes(run: Run) -> None:
    job = run.one(TUNING).inputs
    assert job["config"]["strategy"] == "Grid"
    assert job["config"]["resourceLimits"] == {"maxParallelTrainingJobs": 3}
    assert job["config"]["objective"] == {"metricName": "validation:accuracy", "type": "Maximize"}
    assert job["config"]["parameterRanges"] == {
        "categoricalParameterRanges": [
            {"name": "learning_rate", "values": ["0.1", "0.01", "0.001"]},
            {"name": "num_layers", "values": ["18", "34"]},
        ]
    }
    trained = job["trainingJobDefinition"]
    assert trained["resourceConfig"]["instanceCount"] == 1
    assert trained["enableNetworkIsolation"] is True
    assert trained["roleArn"] == run.outputs["roles"]["tune"]
    assert len(job["name"]) <= 32
    assert [text for one in run.clouds for text in violations(one.type, one.inputs)] == []


def test_ranges_are_searched_by_the_best_guess(tmp_path: Path) -> None:
    def ranges(tree: dict[str, Any]) -> None:
        tune = tree["workloads"]["tune"]
        del tune["grid"]
        tune["count"] = 20
        tune["sagemaker"]["ranges"] = {
            "learning_rate": {"least": 0.0001, "most": 0.1, "scale": "Logarithmic"},
            "num_layers": {"least": 18, "most": 50, "whole": True},
        }
        tune["sagemaker"]["objective"]["pattern"] = "accuracy=([0-9.]+)"

    job = changed(tmp_path, ranges).one(TUNING).inputs
    assert job["config"]["strategy"] == "Bayesian"
    assert job["config"]["resourceLimits"]["maxNumberOfTrainingJobs"] == 20
    [broken] = job["config"]["parameterRanges"]["continuousParameterRanges"]
    assert (broken["minValue"], broken["maxValue"]) == ("0.0001", "0.1")
    [whole] = job["config"]["parameterRanges"]["integerParameterRanges"]
    assert (whole["minValue"], whole["maxValue"], whole["scalingType"]) == ("18", "50", "Auto")
    [metric] = job["trainingJobDefinition"]["algorithmSpecification"]["metricDefinitions"]
    assert metric["regex"] == "accuracy=([0-9.]+)"


def test_a_job_that_would_have_to_wait_is_refused(tmp_path: Path) -> None:
    with pytest.raises(pulumi.RunError, match=r"tune\.after: what is built starts at once"):
        changed(tmp_path, lambda tree: tree["workloads"]["tune"].update(after=["train"]))


def test_tuning_is_off_unless_it_is_described(tmp_path: Path) -> None:
    def less(tree: dict[str, Any]) -> None:
        del tree["workloads"]["tune"], tree["nodes"]["tune"], tree["identities"]["tuner"]
        del tree["notebooks"]
        tree["objectives"]["deadline"]["workload"] = "train"

    run = changed(tmp_path, less)
    assert run.of(TUNING) == run.of(NOTEBOOK) == []
    assert "notebooks" not in run.outputs


def test_a_notebook_is_private_and_may_do_what_is_listed(run: Run) -> None:
    notebook = run.one(NOTEBOOK).inputs
    assert (notebook["instanceType"], notebook["volumeSize"]) == ("ml.t2.medium", 5)
    assert "MySagemakerNotebook" in notebook["name"]
    assert len(notebook["name"]) <= 63
    assert run.outputs["notebooks"] == {"MySagemakerNotebook": notebook["name"]}
    assert notebook["directInternetAccess"] == notebook["rootAccess"] == "Disabled"
    assert notebook["subnetId"] == "Subnet-private-us-east-1a"
    [policy] = [one for one in run.of("iam/rolePolicy:RolePolicy") if "Notebook" in one.name]
    written = [
        one["Resource"]
        for one in json.loads(policy.inputs["policy"])["Statement"]
        if "s3:PutObject" in one["Action"]
    ]
    assert written == [f"arn:aws:s3:::{run.outputs['buckets']['images']}/*"]


def test_each_writes_logs_of_its_own_alone(run: Run) -> None:
    """SageMaker has one group of logs for all jobs of an account, with streams of each."""
    written = {
        one.name: statement["Resource"].partition(":log-stream:")[2]
        for one in run.of("iam/rolePolicy:RolePolicy")
        for statement in json.loads(one.inputs["policy"])["Statement"]
        if statement["Action"] == ["logs:PutLogEvents"]
    }
    notebook = run.one(NOTEBOOK).inputs["name"]
    job = run.one("sagemaker/trainingJob:TrainingJob").inputs["trainingJobName"]
    tuning = run.one(TUNING).inputs["name"]
    assert written == {
        "MySagemakerNotebook": f"{notebook}/*",
        "trainer": f"{job}/*",
        "tuner": f"{tuning}-*",
    }
