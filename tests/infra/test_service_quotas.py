"""Quotas of services that run nodes themselves, asked before anything is registered."""

from collections.abc import Callable
from pathlib import Path

import pulumi
import pytest
import yaml

from infra.aws.service_quotas import needed
from models.catalog.load import load_catalog
from models.parts.read_stack import read_stack

from .example_graphs import ROOT
from .mock_cloud import Run, run_program

Told = dict[str, tuple[float, tuple[str, ...]]]


def asked(stack: str) -> Told:
    """What a stack needs, by the name or the code of the quota."""
    file = read_stack(ROOT / "stacks" / f"{stack}.yaml", load_catalog())
    return {one.quota.name or one.quota.code: (one.amount, one.where) for one in needed(file.stack)}


def test_jobs_and_notebooks_of_sagemaker_have_a_quota_for_each_type_and_use() -> None:
    told = asked("sagemaker-training")
    # One for the training, and three for the jobs of the tuning that run at once.
    assert told["ml.p2.xlarge for training job usage"] == (
        4,
        ("workloads.train", "workloads.tune"),
    )
    assert told["ml.t2.medium for notebook instance usage"][0] == 1


def test_an_endpoint_needs_as_many_instances_as_it_may_come_to_have() -> None:
    path = ROOT / "stacks" / "sagemaker-endpoint.yaml"
    [(part, stage)] = [
        (part, one)
        for workload in yaml.safe_load(path.read_text())["workloads"].values()
        for part, one in workload["stages"].items()
        if "sagemaker" in one
    ]
    told = asked("sagemaker-endpoint")
    [(name, (amount, where))] = [one for one in told.items() if "endpoint usage" in one[0]]
    assert name == f"{stage['sagemaker']['instance']} for endpoint usage"
    assert amount == stage.get("scaling", {}).get("maximum", stage.get("replicas"))
    assert where[0].endswith(f"stages.{part}")


def test_tasks_on_fargate_count_by_their_vcpus() -> None:
    told = asked("ecs-endpoint")
    amount, where = told["L-3032A538"]
    path = ROOT / "stacks" / "ecs-endpoint.yaml"
    stages = yaml.safe_load(path.read_text())["workloads"]["shop"]["stages"]
    tasks = {name: one for name, one in stages.items() if "fargate" in one}
    assert amount == sum(one["replicas"] * one["fargate"]["vcpus"] for one in tasks.values())
    assert [one.rpartition(".")[2] for one in where] == list(tasks)


def test_a_stack_of_nodes_needs_none() -> None:
    assert asked("resnet50-imagenet-aws") == {}


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    def run(stack: str, **site: object) -> Run:
        path = ROOT / "stacks" / f"{stack}.yaml"
        tree = yaml.safe_load(path.read_text())
        config = {"windtunnel:stack": str(path), "windtunnel:replications": "2"}
        config["windtunnel:enforce"] = "false"
        zones = tree.get("zones") or (f"{tree['region']}a",)
        return run_program(config, region=tree["region"], zones=zones, **site)  # type: ignore[arg-type]

    return run


def test_what_is_beyond_one_is_refused_with_what_asks_for_more(
    program: Callable[..., Run], tmp_path: Path
) -> None:
    run = Run()
    with pytest.raises(pulumi.RunError) as refused:
        program("sagemaker-training", run=run, quota=0.0)
    said = str(refused.value)
    assert "but the quota 'ml.p2.xlarge for training job usage' is 0 in us-east-1" in said
    assert "--service-code sagemaker --quota-code L-1B43CB89 --desired-value 4 --region" in said
    assert run.clouds == []


def test_what_aws_does_not_say_is_told(program: Callable[..., Run]) -> None:
    run = program("sagemaker-training", silent="getServiceQuota")
    told = [one for one in run.warnings if "'ml.p2.xlarge for training job usage'" in one]
    assert len(told) == 1
    assert "4 instances are needed, and AWS did not say" in told[0]
    [told] = [one for one in run.warnings if "for notebook instance usage" in one]
    assert "1 instance is needed, and AWS did not say" in told
