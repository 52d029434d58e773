"""A training job of SageMaker: it asks for what was described, and nothing reaches it."""

import json
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from .example_graphs import ROOT, graph_of
from .mock_cloud import ACCOUNT, Run, run_program
from .strict_schema import violations

EXAMPLE = ROOT / "stacks" / "sagemaker-training.yaml"
JOB = "sagemaker/trainingJob:TrainingJob"


@pytest.fixture(scope="module")
def run() -> Run:
    return graph_of(EXAMPLE)


@pytest.fixture(scope="module")
def job(run: Run) -> dict[str, Any]:
    return run.one(JOB).inputs


def changed(folder: Path, **values: Any) -> Run:
    """The example with other values of the job."""
    tree = yaml.safe_load(EXAMPLE.read_text())
    tree["workloads"]["train"]["sagemaker"] |= values
    tree["nodes"]["train"]["count"] = 2
    path = folder / "stack.yaml"
    path.write_text(yaml.safe_dump(tree, sort_keys=False))
    config = {"windtunnel:enforce": "false", "windtunnel:replications": "2"}
    return run_program({"windtunnel:stack": str(path), **config})


def test_the_request_is_what_was_described(run: Run, job: dict[str, Any]) -> None:
    assert job["resourceConfig"] == {
        "instanceCount": 1,
        "instanceType": "ml.p2.xlarge",
        "volumeSizeInGb": 50,
    }
    assert job["stoppingCondition"] == {"maxRuntimeInSeconds": 360_000}
    assert job["algorithmSpecification"]["trainingInputMode"] == "File"
    assert job["hyperParameters"] == {
        "num_layers": "18",
        "image_shape": "3,224,224",
        "num_classes": "257",
        "num_training_samples": "15420",
        "mini_batch_size": "64",
        "epochs": "10",
        "learning_rate": "0.01",
    }
    assert job["roleArn"] == run.outputs["roles"]["train"]
    assert [text for one in run.clouds for text in violations(one.type, one.inputs)] == []


def test_the_model_goes_below_the_prefix_of_its_bucket(run: Run, job: dict[str, Any]) -> None:
    bucket, images = run.outputs["buckets"]["models"], run.outputs["buckets"]["images"]
    assert job["outputDataConfig"]["s3OutputPath"] == f"s3://{bucket}/image-classification/output"
    assert job["checkpointConfig"]["s3Uri"] == f"s3://{bucket}/image-classification/checkpoints"
    read = {
        one["channelName"]: one["dataSource"]["s3DataSource"]["s3Uri"]
        for one in job["inputDataConfigs"]
    }
    assert read == {one: f"s3://{images}/{one}" for one in ("train", "validation")}


def test_its_role_is_the_services_alone_and_writes_one_bucket(run: Run) -> None:
    [role] = [one for one in run.of("iam/role:Role") if one.name == "trainer"]
    [trusted] = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert trusted["Principal"] == {"Service": "sagemaker.amazonaws.com"}
    assert run.of("iam/instanceProfile:InstanceProfile") == []
    [policy] = [one for one in run.of("iam/rolePolicy:RolePolicy") if one.name == "trainer"]
    written = {
        one["Resource"]
        for one in json.loads(policy.inputs["policy"])["Statement"]
        if "s3:PutObject" in one["Action"]
    }
    assert written == {f"arn:aws:s3:::{run.outputs['buckets']['models']}/*"}
    everywhere = {
        tuple(one["Action"])
        for one in json.loads(policy.inputs["policy"])["Statement"]
        if one["Resource"] == "*"
    }
    assert ("cloudwatch:PutMetricData",) in everywhere
    assert not [one for actions in everywhere for one in actions if one.startswith("s3:")]


def test_it_reaches_nothing_and_nothing_reaches_it(run: Run, job: dict[str, Any]) -> None:
    assert job["enableNetworkIsolation"] is True
    assert job["vpcConfig"]["subnets"] == ["Subnet-private-us-east-1a"]
    [group] = job["vpcConfig"]["securityGroupIds"]
    into = run.of("vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert [one for one in into if one.inputs["securityGroupId"] == group] == []


def test_no_machine_of_ones_own_is_built_or_asked_for(run: Run) -> None:
    assert run.of("autoscaling/group:Group") == []
    assert run.of("ec2/launchTemplate:LaunchTemplate") == []
    assert run.outputs["not_started"] == {}
    name = run.outputs["training_jobs"]["train"]
    assert len(name) <= 63
    assert name.startswith("sagemaker-training-train-")
    assert run.outputs["roles"]["train"].startswith(f"arn:aws:iam::{ACCOUNT}:role/")


def test_several_instances_speak_to_each_other_alone_and_encrypted(tmp_path: Path) -> None:
    run = changed(tmp_path, hyperparameters={"shuffle": True})
    job = run.one(JOB).inputs
    assert job["enableInterContainerTrafficEncryption"] is True
    assert job["hyperParameters"] == {"shuffle": "true"}
    [group] = job["vpcConfig"]["securityGroupIds"]
    [rule] = [
        one.inputs
        for one in run.of("vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        if one.inputs["securityGroupId"] == group
    ]
    assert rule["referencedSecurityGroupId"] == group
    assert job["trainingJobName"] != graph_of(EXAMPLE).one(JOB).inputs["trainingJobName"]


def test_without_an_image_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(pulumi.RunError, match=r"sagemaker: to build a training job, give it"):
        changed(tmp_path, image=None)
