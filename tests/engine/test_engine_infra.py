"""The real engine carries the example on AWS through its whole life against moto."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from engine import Engine, EngineError

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = "stacks/resnet50-imagenet-aws.yaml"
LONG = {"objectives.deadline.within": "2 h", "objectives.budget.at_most": "500 USD"}
Client = Callable[[str], Any]
Make = Callable[[Path], Engine]


@pytest.fixture
def project(engine: Make) -> Engine:
    made = engine(ROOT)
    made.init("test")
    made.config_set_all(
        {
            "aws:region": "us-east-1",
            "windtunnel:stack": EXAMPLE,
            "windtunnel:replications": "50",
        }
    )
    return made


def ours(aws: Client) -> list[dict[str, Any]]:
    filters = [{"Name": "cidr", "Values": ["10.20.0.0/16"]}]
    vpcs: list[dict[str, Any]] = aws("ec2").describe_vpcs(Filters=filters)["Vpcs"]
    return vpcs


def members(aws: Client) -> list[dict[str, Any]]:
    """The instances of the Auto Scaling group that run."""
    (group,) = aws("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    found = [one["InstanceId"] for one in group["Instances"]]
    reservations = aws("ec2").describe_instances(InstanceIds=found)["Reservations"]
    instances = [one for reservation in reservations for one in reservation["Instances"]]
    return [one for one in instances if one["State"]["Name"] == "running"]


def running(aws: Client) -> Counter[str]:
    """How many of them run, by type."""
    return Counter(one["InstanceType"] for one in members(aws))


def addresses(aws: Client) -> list[str]:
    return [one["PrivateIpAddress"] for one in members(aws)]


def change(project: Engine, **values: Any) -> None:
    """What the environment sets of the stack file."""
    project.config_set("windtunnel:set", json.dumps(values))


def test_an_update_replaces_what_runs(project: Engine, aws: Client, images: list[str]) -> None:
    change(project, **{"network.cidr": "10.20.0.0/16"})
    project.up()
    assert running(aws) == {"p4d.24xlarge": 4}
    # Fewer of the same: no new template, and those that stay are left alone.
    change(project, **{"nodes.trainers.count": 3, "objectives.deadline.within": "2 h"})
    assert set(project.up()) == {"same", "update"}
    assert running(aws) == {"p4d.24xlarge": 3}
    # Another instance: what ran is replaced.
    change(project, **{"nodes.trainers.instance": "p5.48xlarge", **LONG})
    assert set(project.up()) == {"same", "update", "replace"}  # their reservation is another
    assert running(aws) == {"p5.48xlarge": 4}
    outputs = project.outputs()
    assert sorted(outputs["hosts"]["trainers"]) == sorted(addresses(aws))
    assert outputs["host_files"]["trainers"].count(" slots=8\n") == 4
    nodes = outputs["prediction"]["nodes"]
    assert nodes == {"trainers": {"count": 4, "instance": "p5.48xlarge"}}
    # Another name of the stack makes nothing anew, the file system least of all.
    change(project, name="renamed", **{"nodes.trainers.instance": "p5.48xlarge", **LONG})
    assert set(project.preview()["changeSummary"]) == {"same", "update"}
    # Another file system in place of the one that has the data.
    other = {"storage.checkpoints.service": "efs-standard", **LONG}
    change(project, **{"nodes.trainers.instance": "p5.48xlarge", **other})
    with pytest.raises(EngineError, match=r"storage.checkpoints: would be one of another service"):
        project.preview()
    project.run("config", "set", "--path", "windtunnel:expendable[0]", "checkpoints")
    assert project.preview()["changeSummary"]["delete"]


def reserved(aws: Client) -> Counter[str]:
    """The instances that are paid for, by type."""
    found = aws("ec2").describe_capacity_reservations()["CapacityReservations"]
    kept = Counter[str]()
    for one in found:
        if one["State"] == "active":
            kept[one["InstanceType"]] += one["TotalInstanceCount"]
    return kept


def test_nodes_that_can_not_all_be_had_are_not_started_and_nothing_of_them_is_billed(
    project: Engine, aws: Client, images: list[str], capacity: dict[str, int]
) -> None:
    capacity["p4d.24xlarge"] = 3
    with pytest.raises(EngineError, match="InsufficientInstanceCapacity"):
        project.up()
    assert reserved(aws) == {}
    assert aws("ec2").describe_instances()["Reservations"] == []
    assert aws("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"] == []
    capacity["p4d.24xlarge"] = 4
    project.up()
    assert running(aws) == reserved(aws) == {"p4d.24xlarge": 4}
    # As many again can't be had: what runs stays.
    change(project, **{"nodes.trainers.count": 8, "objectives.budget.at_most": "500 USD"})
    with pytest.raises(EngineError, match="InsufficientInstanceCapacity"):
        project.up()
    assert running(aws) == reserved(aws) == {"p4d.24xlarge": 4}
    capacity["p5.48xlarge"] = 4
    change(project, **{"nodes.trainers.instance": "p5.48xlarge", **LONG})
    project.up()
    assert running(aws) == reserved(aws) == {"p5.48xlarge": 4}
    project.destroy()
    assert reserved(aws) == {}


def test_a_missed_objective_stops_the_engine_before_any_resource(
    project: Engine, aws: Client, tmp_path: Path
) -> None:
    hasty = tmp_path / "hasty.yaml"
    text = (ROOT / EXAMPLE).read_text(encoding="utf-8")
    hasty.write_text(text.replace("within: 1 h", "within: 1 min"), encoding="utf-8")
    project.config_set("windtunnel:stack", str(hasty))
    with pytest.raises(EngineError, match="deadline: train within 1 min"):
        project.up()
    assert ours(aws) == []
