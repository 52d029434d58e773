"""Running nodes come to be what is described: what is replaced, how many at once, what is said."""

from collections.abc import Callable
from typing import Any

import pytest

from infra import rolling as module
from infra.aws.node_group import instance_refresh
from infra.environment import Environment
from infra.gcp.node_group import update_policy
from infra.rolling import STAY, Rolling, held_on_nodes
from models.catalog.load import load_catalog
from models.parts.read_stack import read_stack
from models.parts.whole_start import works_together

from .conftest import ROOT, SITES
from .example_graphs import graph_of
from .mock_cloud import PROJECT, Run, run_program

GROUP = {"aws": "autoscaling/group:Group", "gcp": "InstanceGroupManager"}


@pytest.fixture
def run(small_catalog: None, predicted: list[Any]) -> Callable[..., Run]:
    """Runs the program on the example of a cloud, with settings."""

    def program(cloud: str, **config: str) -> Run:
        settings = {f"windtunnel:{key}": value for key, value in config.items()}
        settings["windtunnel:stack"] = f"stacks/resnet50-imagenet-{cloud}.yaml"
        settings["gcp:project"] = PROJECT
        return run_program(settings, **SITES[cloud])

    return program


def test_a_training_run_stops_but_once_on_aws(run: Callable[..., Run]) -> None:
    built = run("aws")
    group, template = built.one(GROUP["aws"]), built.one("LaunchTemplate")
    assert group.inputs["instanceRefresh"] == {
        "strategy": "Rolling",
        "preferences": {"minHealthyPercentage": 0, "skipMatching": True},
    }
    # The number of a version changes with the template; "$Latest" never does, and starts nothing.
    assert group.inputs["launchTemplate"]["version"] == "1"
    assert template.urn in group.property_dependencies["launchTemplate"]
    said = built.outputs["node_updates"]["trainers"]
    assert said.startswith("Auto Scaling replaces 4 of 4 at once")
    assert said.endswith("describe-instance-refreshes --auto-scaling-group-name trainers-1a2b3c4")


def test_a_training_run_stops_but_once_on_google_cloud(run: Callable[..., Run]) -> None:
    built = run("gcp")
    group = built.one(GROUP["gcp"]).inputs
    assert group["updatePolicy"] == {
        "type": "PROACTIVE",
        "minimalAction": "REPLACE",
        "maxSurgeFixed": 0,
        "maxUnavailableFixed": 4,
    }
    assert group["waitForInstancesStatus"] == "UPDATED"
    assert "`pulumi up` waits for all of them" in built.outputs["node_updates"]["trainers"]


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_nodes_may_be_left_as_they_are_and_that_is_said(
    run: Callable[..., Run], cloud: str
) -> None:
    built = run(cloud, roll="false")
    group = built.one(GROUP[cloud]).inputs
    assert "instanceRefresh" not in group
    if cloud == "gcp":
        assert group["updatePolicy"] == {"type": "OPPORTUNISTIC", "minimalAction": "REPLACE"}
        assert group["waitForInstancesStatus"] == "STABLE"
    assert built.outputs["node_updates"] == {"trainers": STAY}


@pytest.mark.parametrize(
    ("nodes", "at_once", "healthy"), [(4, 4, 0), (1, 1, 0), (3, 1, 66), (12, 2, 83), (100, 1, 99)]
)
def test_as_many_stay_in_service_as_are_not_replaced(
    nodes: int, at_once: int, healthy: int
) -> None:
    refresh = instance_refresh(Rolling(nodes, at_once, True))
    share = refresh["preferences"]["min_healthy_percentage"]
    assert share == healthy
    # Auto Scaling rounds what must stay up, and would then replace none of few: never above.
    assert nodes * share / 100 <= nodes - at_once


# https://cloud.google.com/compute/docs/instance-groups/regional-mig-overview: a fixed number of
# nodes that are away is 0, or at least the number of the zones.
@pytest.mark.parametrize(("zones", "away"), [(1, 1), (3, 3)])
def test_a_group_in_several_zones_replaces_as_many_as_there_are_zones(
    zones: int, away: int
) -> None:
    assert update_policy(Rolling(6, 1, True), zones)["max_unavailable_fixed"] == away


@pytest.mark.parametrize(
    ("stack", "group", "together"),
    [
        ("resnet50-imagenet-aws", "trainers", True),
        ("emr-spark", "core", True),
        ("flask-endpoint", "web", False),
        ("grid-search", "machine", False),
    ],
)
def test_what_works_together_is_replaced_together(stack: str, group: str, together: bool) -> None:
    described = read_stack(ROOT / "stacks" / f"{stack}.yaml", load_catalog()).stack
    assert group in described.nodes
    assert works_together(described, group) is together


def test_nodes_whose_disks_hold_the_only_data_are_not_replaced() -> None:
    built = graph_of(ROOT / "stacks" / "kafka-clickstream.yaml")
    refreshed = {one.name for one in built.of(GROUP["aws"]) if "instanceRefresh" in one.inputs}
    assert refreshed == {"workers"}
    said = built.outputs["node_updates"]["brokers"]
    assert said.startswith(f"{STAY}: what is on their volumes (log) would go with them")
    assert "windtunnel:expendable" in said


def test_they_are_where_it_is_said_that_the_data_may_go(monkeypatch: pytest.MonkeyPatch) -> None:
    solved = read_stack(ROOT / "stacks" / "kafka-clickstream.yaml", load_catalog()).solved
    held = held_on_nodes(solved, "brokers")
    assert held == ["log"]
    for expendable, wanted in (((), False), (("other",), False), (("log",), True)):
        where = Environment("p", "s", expendable=expendable)
        monkeypatch.setattr(module, "environment", lambda where=where: where)
        assert module.rolling(solved.stack, "brokers", held).wanted is wanted


def test_a_copy_of_what_a_store_has_holds_nobody_back() -> None:
    path = ROOT / "stacks" / "resnet50-local-disks.yaml"
    assert held_on_nodes(read_stack(path, load_catalog()).solved, "trainers") == []
