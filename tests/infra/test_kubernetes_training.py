"""A training whose nodes are of the cluster: its image, its Job, and what is refused of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from .example_graphs import ROOT, graph_of
from .kubernetes_rules import wrong
from .mock_cloud import Run, run_program

EXAMPLE = ROOT / "stacks" / "eks-training.yaml"


@pytest.fixture(scope="module")
def run() -> Run:
    return graph_of(EXAMPLE)


def objects(run: Run) -> dict[str, dict[str, Any]]:
    """What is told to the cluster, by kind and what it is called there."""
    listed = list(yaml.safe_load_all(run.outputs["manifest"]))
    assert wrong(listed) == []
    return {
        f"{one['kind']}/{one['metadata']['labels']['app.kubernetes.io/name']}": one
        for one in listed
    }


def changed(folder: Path, change: Callable[[dict[str, Any]], Any], run: Run) -> Run:
    tree = yaml.safe_load(EXAMPLE.read_text())
    change(tree)
    path = folder / "stack.yaml"
    path.write_text(yaml.safe_dump(tree, sort_keys=False))
    config = {"windtunnel:enforce": "false", "windtunnel:replications": "2"}
    zones = ("us-east-1a", "us-east-1b")
    return run_program({"windtunnel:stack": str(path), **config}, zones=zones, run=run)


def test_it_is_started_with_all_that_its_nodes_have(run: Run) -> None:
    assert run.outputs["not_started"] == {}
    pod = objects(run)["Job/train"]["spec"]["template"]["spec"]
    [container] = pod["containers"]
    limits = container["resources"]["limits"]
    assert limits == {"nvidia.com/gpu": 4, "vpc.amazonaws.com/efa": 1}
    assert container["image"] == f"{run.outputs['repositories']['train']}:1.0.0"
    assert pod["nodeSelector"] == run.one("eks/nodeGroup:NodeGroup").inputs["labels"]
    assert {"DaemonSet/nvidia-device-plugin", "DaemonSet/efa-device-plugin"} <= {*objects(run)}


def test_an_image_is_of_any_registry_that_nodes_reach(tmp_path: Path) -> None:
    image = "nvcr.io/nvidia/pytorch:26.09-py3"

    def change(tree: dict[str, Any]) -> None:
        tree["workloads"]["train"]["program"]["container"] = {"image": image}

    run = changed(tmp_path, change, Run())
    [container] = objects(run)["Job/train"]["spec"]["template"]["spec"]["containers"]
    assert container["image"] == image
    assert run.of("ecr/repository:Repository") == []
    assert "repositories" not in run.outputs


def test_its_containers_have_the_role_of_the_nodes_identity(run: Run) -> None:
    pod = objects(run)["Job/train"]["spec"]["template"]["spec"]
    association = run.one("eks/podIdentityAssociation:PodIdentityAssociation").inputs
    assert association["serviceAccount"] == pod["serviceAccountName"]
    assert association["roleArn"] == run.outputs["roles"]["trainers"]


def test_stores_are_told_as_variables(run: Run) -> None:
    [container] = objects(run)["Job/train"]["spec"]["template"]["spec"]["containers"]
    known = {one["name"]: one.get("value") for one in container["env"]}
    assert known["STORE_IMAGENET"] == f"s3://{run.outputs['buckets']['imagenet']}"
    assert known["STORE_CHECKPOINTS"] == f"s3://{run.outputs['buckets']['checkpoints']}"
    assert known["AWS_REGION"] == "us-east-1"


def test_the_outputs_say_how_it_goes(run: Run) -> None:
    name = objects(run)["Job/train"]["metadata"]["name"]
    command = f"kubectl get job {name} --namespace eks-training"
    assert run.outputs["kubernetes_jobs"] == {"train": command}
    assert "states" not in run.outputs


def test_nodes_of_one_reservation_and_placement_group_start_together(tmp_path: Path) -> None:
    def change(tree: dict[str, Any]) -> None:
        tree["nodes"]["trainers"] |= {"reservation": {"make": True}, "spares": 1}

    run = changed(tmp_path, change, Run())
    template = run.one("ec2/launchTemplate:LaunchTemplate").inputs
    assert template["placement"] == {"groupName": "trainers-1a2b3c4"}
    assert run.one("ec2/capacityReservation:CapacityReservation").inputs["instanceCount"] == 3
    group = run.one("eks/nodeGroup:NodeGroup").inputs
    assert group["subnetIds"] == ["Subnet-private-us-east-1a"]
    spec = objects(run)["Job/train"]["spec"]
    assert (spec["completions"], group["scalingConfig"]["desiredSize"]) == (2, 3)


def in_a_block(tree: dict[str, Any]) -> None:
    tree["nodes"]["trainers"] = {
        "instance": "p5.48xlarge",
        "count": 2,
        "purchase": "capacity_block",
        "reservation": {"name": "cr-0123456789abcdef0"},
    }


def test_nodes_in_a_capacity_block_stay_what_they_are(tmp_path: Path) -> None:
    """EKS replaces none of them as long as there are any."""
    run = changed(tmp_path, in_a_block, Run())
    group = run.one("eks/nodeGroup:NodeGroup")
    assert group.inputs["capacityType"] == "CAPACITY_BLOCK"
    assert group.ignored == ("launchTemplate", "version")
    assert (
        "running nodes stay what they were" in run.outputs["kubernetes"]["node_updates"]["trainers"]
    )


def test_on_trainium_the_cards_are_looked_for_by_what_owns_the_node(tmp_path: Path) -> None:
    run = changed(tmp_path, on_trainium, Run())
    told = objects(run)
    [container] = told["Job/train"]["spec"]["template"]["spec"]["containers"]
    limits = container["resources"]["limits"]
    assert limits == {"aws.amazon.com/neuron": 16, "vpc.amazonaws.com/efa": 8}
    assert {one for one in told if one.startswith("DaemonSet/")} == {
        "DaemonSet/neuron-device-plugin",
        "DaemonSet/efa-device-plugin-neuron",
    }
    plugin = told["DaemonSet/efa-device-plugin-neuron"]["spec"]["template"]["spec"]
    assert plugin["containers"][0]["securityContext"]["privileged"] is True


def test_a_store_that_nodes_would_mount_is_warned_of(tmp_path: Path) -> None:
    def change(tree: dict[str, Any]) -> None:
        tree["storage"]["shared"] = {"kind": "nas", "service": "efs-standard", "size": "1 TB"}
        tree["identities"]["trainer"]["permissions"].append({"store": "shared", "access": "read"})

    run = changed(tmp_path, change, Run())
    assert any("'shared' is mounted by nodes, and by no container" in one for one in run.warnings)
    [container] = objects(run)["Job/train"]["spec"]["template"]["spec"]["containers"]
    assert "STORE_SHARED" not in {one["name"] for one in container["env"]}


def test_without_an_identity_it_is_started_and_finds_nothing(tmp_path: Path) -> None:
    run = changed(tmp_path, lambda tree: tree.pop("identities"), Run())
    [container] = objects(run)["Job/train"]["spec"]["template"]["spec"]["containers"]
    assert not any(one["name"].startswith("STORE_") for one in container["env"])
    assert any("no identity lets the nodes 'trainers' read" in one for one in run.warnings)


def test_parameter_servers_apart_are_said_to_be_started_by_nobody(tmp_path: Path) -> None:
    def change(tree: dict[str, Any]) -> None:
        tree["nodes"]["servers"] = {"instance": "c5.4xlarge", "count": 2}
        tree["workloads"]["train"]["parameter_server"] = {"nodes": "servers"}

    run = changed(tmp_path, change, Run())
    assert "nothing on 'servers'" in run.outputs["not_started"]["train"]
    assert any("workloads.train: its program is started on" in one for one in run.warnings)


def without_program(tree: dict[str, Any]) -> None:
    del tree["workloads"]["train"]["program"]


def test_without_a_program_it_is_said_that_nothing_starts_it(tmp_path: Path) -> None:
    run = changed(tmp_path, without_program, Run())
    assert "say what they start, as its `program`" in run.outputs["not_started"]["train"]
    assert any("workloads.train: nothing starts" in one for one in run.warnings)
    assert "Job/train" not in objects(run)


def on_trainium(tree: dict[str, Any]) -> None:
    tree["nodes"]["trainers"]["instance"] = "trn1.32xlarge"
    tree["workloads"]["train"]["rate"] = 1000


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda tree: tree["workloads"].update(
                later={**tree["workloads"]["train"], "after": ["train"]}
            ),
            "workloads.later.after: what is built starts at once",
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
