"""The real engine carries every example on AWS through its whole life against moto."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from engine import Engine, EngineError
from examples import Example, examples
from imported_again import holds, read
from provider.cloud import Clients, Cloud
from provider.server import KINDS

from infra.strays import strays
from models.catalog.providers import service_of

Make = Callable[[Path], Engine]
# Nothing of these is built in a cloud, and the program says why.
NOTHING_TO_BUILD = {"edge-cameras"}


def resources(state: dict[str, Any]) -> list[dict[str, Any]]:
    """What the cloud has of a stack, by its state."""
    listed: list[dict[str, Any]] = state["deployment"].get("resources", [])
    return [one for one in listed if one.get("custom") and one["type"] in KINDS]


def left(found: list[dict[str, Any]], cloud: Cloud) -> list[str]:
    """Those that the cloud still has."""
    return [
        one["urn"]
        for one in found
        if cloud.read(KINDS[one["type"]], {**one["outputs"], "id": one["id"]}, {}) is not None
    ]


def strays_of(state: dict[str, Any], aws: Callable[[str], Any]) -> list[str]:
    """What the cloud has with the tags of the stack that its state does not know."""
    tags = {"project": "windtunnel", "environment": "test"}
    found = strays(state["deployment"].get("resources", []), tags, aws)
    # moto writes the ARN of a configuration of endpoints as a tuple of Python.
    return [arn for arn, _ in found if arn.startswith("arn:")]


def replaced_or_made(steps: dict[str, int]) -> set[str]:
    return set(steps) - {"same", "update"}


def runs_a_job(tree: dict[str, Any], group: str) -> bool:
    return service_of(tree["cloud"], tree["nodes"][group]["instance"]) is not None


def another_job(stack: Example, sagemaker: Any, group: str) -> None:
    """A job is never changed: other instances are those of another one, and the old one goes."""
    before = stack.engine.outputs()["training_jobs"]
    count = stack.more()
    assert "replace" in stack.engine.up()
    stack.change(lambda tree: tree["nodes"][group].update(instance="ml.p3.2xlarge"))
    stack.engine.up()
    names = stack.engine.outputs()["training_jobs"]
    assert {*before.values()}.isdisjoint(names.values())
    found = sagemaker.list_training_jobs()["TrainingJobSummaries"]
    assert {one["TrainingJobName"] for one in found} == {*names.values()}
    for name in names.values():
        held = sagemaker.describe_training_job(TrainingJobName=name)["ResourceConfig"]
        assert (held["InstanceType"], held["InstanceCount"]) == ("ml.p3.2xlarge", count)


@pytest.mark.parametrize("path", examples("aws"), ids=lambda path: path.stem)
def test_an_example_lives_from_preview_to_destroy(
    path: Path,
    example: Callable[[Path], Example],
    aws: Callable[[str], Any],
    clients: Clients,
    tmp_path: Path,
) -> None:
    stack = example(path)
    engine = stack.engine
    if path.stem in NOTHING_TO_BUILD:
        with pytest.raises(EngineError, match="nothing to provision"):
            engine.up()
        return
    cloud = Cloud(stack.tree["region"], clients)

    preview = engine.preview()
    steps = preview["steps"]
    assert {step["op"] for step in steps} == {"create"}
    assert (
        aws("ec2").describe_vpcs(Filters=[{"Name": "isDefault", "Values": ["false"]}])["Vpcs"] == []
    )

    assert engine.up() == {"create": len(steps)}
    state = engine.export()
    if {"nodes", "storage"} & set(stack.tree):
        holds(stack.tree, read(tmp_path, preview), stack.folder, policies=False)
        holds(stack.tree, read(tmp_path, state), stack.folder)
    made = resources(state)
    assert "pending_operations" not in state["deployment"]
    assert len({(one["type"], one["id"]) for one in made}) == len(made)
    assert sorted(left(made, cloud)) == sorted(one["urn"] for one in made)
    assert strays_of(state, aws) == []

    assert engine.up() == {"same": len(steps)}

    if (group := stack.group()) and runs_a_job(stack.tree, group):
        another_job(stack, aws("sagemaker"), group)
    elif group:
        spares = stack.tree["nodes"][group].get("spares", 0)
        before = stack.tree["nodes"][group]["count"] + spares
        count = stack.more()
        change = engine.preview("--show-sames")
        holds(stack.tree, read(tmp_path, change), stack.folder)
        assert read(tmp_path, change, before=True).tree["nodes"][group]["count"] == before
        assert replaced_or_made(engine.up()) == set()
        outputs = engine.outputs()
        in_cluster = outputs.get("kubernetes", {}).get("node_groups", {})
        name = {**outputs["node_groups"], **in_cluster}[group]

        def nodes() -> dict[str, Any]:
            listed = aws("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[name])
            [found] = listed["AutoScalingGroups"]
            return dict(found)

        assert nodes()["DesiredCapacity"] == count + spares

        def offered(types: list[str]) -> set[str]:
            zone = [*stack.tree.get("zones", []), f"{stack.tree['region']}a"][0]
            found = aws("ec2").describe_instance_type_offerings(
                LocationType="availability-zone",
                Filters=[
                    {"Name": "instance-type", "Values": types},
                    {"Name": "location", "Values": [zone]},
                ],
            )["InstanceTypeOfferings"]
            return {one["InstanceType"] for one in found}

        wanted = stack.other_instance(offered)
        engine.up()
        template = nodes()["LaunchTemplate"]["LaunchTemplateId"]
        (latest,) = aws("ec2").describe_launch_template_versions(
            LaunchTemplateId=template, Versions=["$Latest"]
        )["LaunchTemplateVersions"]
        assert latest["LaunchTemplateData"]["InstanceType"] == wanted

    assert set(engine.refresh()) == {"same"}

    made = resources(engine.export())
    engine.destroy()
    assert resources(engine.export()) == []
    assert left(made, cloud) == []
