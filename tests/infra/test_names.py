"""Names on AWS: legal and short enough whatever a stack file calls its parts, and no two alike."""

from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from .example_graphs import built, graph_of
from .mock_cloud import Run
from .name_limits import refused

ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
SERVICE = {"distribution": "exponential", "mean": "10 ms"}
BALANCER = {
    "gateway": "application-load-balancer",
    "certificate": CERTIFICATE,
    "service": SERVICE,
}
STARTUP = {"distribution": "deterministic", "value": "60 s"}
ANSWERS = {"replicas": 2, "service": SERVICE, "startup": STARTUP}
S3, GP3 = {"kind": "object", "service": "s3-standard", "size": "9 GB"}, "ebs-gp3"


def long(part: str) -> str:
    """A name of as many characters as a stack file takes."""
    return part + "-x" * ((40 - len(part)) // 2) + "x" * ((40 - len(part)) % 2)


def on_nodes(group: str, **more: Any) -> dict[str, Any]:
    return {**ANSWERS, "nodes": group, "container": {"tag": "1"}, **more}


def endpoint(**stages: Any) -> dict[str, Any]:
    return {"kind": "endpoint", "requests": {"rate": "1/s"}, "stages": stages}


def stream(source: str, **log: Any) -> dict[str, Any]:
    return {
        "kind": "stream",
        "sources": {source: {"rate": "10/s", "size": "1 kB"}},
        "log": log,
        "sinks": {"out": {"inputs": [source]}},
        "checkpoint": {"interval": "1 min", "restart": "20 s"},
    }


def graph(folder: Path, name: str, **parts: Any) -> Run:
    """What is registered for a stack.

    Arguments:
        folder: for its file.
        name: of the stack.
        parts: of it.
    """
    zones = ["us-east-1a", "us-east-1b"]
    stack = {"name": name, "cloud": "aws", "region": "us-east-1", "zones": zones, **parts}
    path = folder / "stack.yaml"
    path.write_text(yaml.safe_dump(stack, sort_keys=False))
    return graph_of(path)


@pytest.mark.parametrize("path", built("aws"), ids=lambda path: path.stem)
def test_names_of_an_example(path: Path) -> None:
    assert list(refused(graph_of(path))) == []


def test_the_longest_names(tmp_path: Path) -> None:
    store, files, disks, model = long("store"), long("files"), long("disks"), long("model")
    group, hired, spark, machines = long("group"), long("hired"), long("spark"), long("machines")
    run = graph(
        tmp_path,
        long("stack"),
        encryption="customer_key",
        nodes={
            group: {"instance": "g5.xlarge", "count": 2},
            long("vcpus"): {"instance": "c5.xlarge", "count": 1},
            hired: {"instance": "ml.g5.xlarge", "count": 1},
            long("tuned"): {"instance": "ml.g5.xlarge", "count": 1},
            spark: {"instance": "r5.xlarge", "count": 2, "boot_disk": "50 GB"},
            long("master"): {"instance": "m5.xlarge", "count": 1, "boot_disk": "50 GB"},
            machines: {"instance": "g5.xlarge", "count": 2, "placement": "spread"},
        },
        kubernetes={"nodes": [machines]},
        storage={
            store: S3,
            files: {"kind": "nas", "service": "efs-standard", "size": "1 GB"},
            disks: {"kind": "block", "service": GP3, "size": "100 GB", "nodes": spark},
            long("root"): {
                "kind": "block",
                "service": GP3,
                "size": "64 GB",
                "nodes": long("master"),
            },
        },
        identities={
            long("user"): {"kind": "user", "permissions": [{"store": store, "access": "read"}]},
            long("tuner"): {
                "nodes": long("tuned"),
                "permissions": [{"store": store, "access": "read_write"}],
            },
        },
        notebooks={"N" * 63: {"instance": "ml.t2.medium"}},
        workloads={
            long("balanced"): endpoint(
                **{
                    long("first"): BALANCER,
                    long("tasks"): {
                        **ANSWERS,
                        "fargate": {"vcpus": 1, "memory": "2 GB"},
                        "container": {"tag": "1", "deployment": "blue-green"},
                    },
                    long("second"): BALANCER,
                    long("answers"): on_nodes(group, accelerators=1),
                }
            ),
            long("kubernetes"): endpoint(
                **{long("balancer"): BALANCER, model: on_nodes(machines, accelerators=1)}
            ),
            long("function"): endpoint(
                **{
                    long("api"): {"gateway": "http-api", "service": SERVICE},
                    long("forward"): {"function": {"memory": "256 MB"}, "service": SERVICE},
                    model: {
                        "sagemaker": {"instance": "ml.g5.xlarge", "image": f"{ECR}/answers:1"},
                        "service": SERVICE,
                    },
                }
            ),
            long("kinesis"): stream(long("source"), kinesis={"shards": 1}),
            long("tuning"): {
                "kind": "jobs",
                "nodes": long("tuned"),
                "grid": {"rate": [0.1, 0.2]},
                "run_time": "1 min",
                "each": {"accelerators": 1},
                "input": {"store": store, "size": "1 GB"},
                "output": {"store": store, "size": "1 MB"},
                "sagemaker": {"image": f"{ECR}/trains:1", "objective": {"metric": "loss"}},
            },
            long("sweep"): {
                "kind": "jobs",
                "nodes": long("vcpus"),
                "grid": {"rate": [0.1, 0.2]},
                "run_time": "1 min",
                "each": {"vcpus": 1},
                "program": {"command": "true"},
            },
            long("spark"): {
                "kind": "batch",
                "service": "emr",
                "release": "emr-7.5.0",
                "nodes": {"master": long("master"), "core": spark},
                "container": {"memory": "8 GB"},
                "scratch": [disks],
                "stages": {"map": {"input": {"store": store, "size": "1 GB"}, "rate": "50 MB/s"}},
            },
        },
        alerts={"email": "operations@example.com"},
    )
    assert len(run.clouds) > 150
    assert list(refused(run)) == []
    services = [
        one["metadata"]["name"]
        for one in yaml.safe_load_all(run.outputs["manifest"])
        if one["kind"] == "Service"
    ]
    assert services
    assert all(len(name) <= 63 for name in services)


def test_names_that_aws_keeps_for_itself_are_refused(tmp_path: Path) -> None:
    tasks = {**ANSWERS, "fargate": {"vcpus": 1, "memory": "2 GB"}, "container": {"tag": "1"}}
    with pytest.raises(pulumi.RunError) as refusal:
        graph(
            tmp_path,
            "internal",
            storage={"sg-files": {"kind": "nas", "service": "efs-standard", "size": "1 GB"}},
            notebooks={"sg-1": {"instance": "ml.t2.medium"}},
            workloads={"sg-api": endpoint(lb=BALANCER, answers=tasks)},
        )
    told = str(refusal.value).splitlines()
    places = [one.partition(":")[0] for one in told]
    assert places == ["storage.sg-files", "workloads.sg-api", "notebooks.sg-1", "name"]


def test_permissions_for_more_stores_than_a_policy_has_room_for_are_refused(tmp_path: Path) -> None:
    """Each bucket is some 250 characters: a user has 2,048, and a group 5,120."""
    stores = {f"store-{number}": S3 for number in range(9)}
    api = endpoint(
        api={"gateway": "http-api", "service": SERVICE},
        score={"function": {"memory": "1 GB", "image": f"{ECR}/score:1"}, "service": SERVICE},
    )
    everything = [{"store": "*", "access": "read_write"}]
    ann = {"kind": "user", "permissions": everything}
    with pytest.raises(pulumi.RunError, match=r"identities\.ann\.permissions: .* 2,048 of a user"):
        graph(tmp_path, "many", storage=stores, identities={"ann": ann}, workloads={"api": api})
    staff = {"kind": "group", "permissions": everything}
    (tmp_path / "group").mkdir()
    run = graph(
        tmp_path / "group",
        "many",
        storage=stores,
        identities={"ann": {"kind": "user", "groups": ["staff"]}, "staff": staff},
        workloads={"api": api},
    )
    assert len(run.one("GroupPolicy").inputs["policy"]) < 5120


def test_parts_whose_names_are_joined_alike_are_told_apart(tmp_path: Path) -> None:
    sweep = {
        "kind": "jobs",
        "grid": {"rate": [0.1, 0.2]},
        "run_time": "1 min",
        "each": {"vcpus": 1},
        "program": {"command": "true"},
    }
    tasks = {**ANSWERS, "fargate": {"vcpus": 1, "memory": "2 GB"}, "container": {"tag": "1"}}
    run = graph(
        tmp_path,
        "a",
        nodes={
            "one": {"instance": "m5.xlarge", "count": 1},
            "two": {"instance": "m5.xlarge", "count": 1},
            "pods": {"instance": "m5.2xlarge", "count": 2},
            "more": {"instance": "m5.2xlarge", "count": 2},
        },
        kubernetes={"nodes": ["pods", "more"]},
        workloads={
            "a": endpoint(**{"b-c": BALANCER, "d-e": tasks}),
            "a-b": endpoint(**{"c": BALANCER, "e": tasks}),
            "a-b-c": endpoint(**{"c": BALANCER, "d-e": on_nodes("pods")}),
            "a-b-c-d": endpoint(**{"c": BALANCER, "e": on_nodes("more")}),
            "c": endpoint(**{"b": BALANCER, "d": tasks, "b-redirect": BALANCER, "b-green": tasks}),
            "s": {**sweep, "nodes": "one"},
            "s-failed": {**sweep, "nodes": "two"},
        },
    )
    assert list(refused(run)) == []
    named = [
        one["metadata"]["name"]
        for one in yaml.safe_load_all(run.outputs["manifest"])
        if one["kind"] == "Deployment"
    ]
    assert len(named) == len(set(named)) == 2
    assert len(run.outputs["queues"]) == 4
