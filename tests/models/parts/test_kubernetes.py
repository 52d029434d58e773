"""A Kubernetes cluster: its price, its control plane, and what can't be in it."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.catalog.records import Catalog
from models.parts.layers import layers
from models.parts.read_stack import read_stack
from models.parts.solve import SolvedStack
from models.reading.faults import InvalidDescription


@pytest.fixture
def example(stacks: Path) -> dict[str, Any]:
    tree: dict[str, Any] = yaml.safe_load((stacks / "eks-endpoint.yaml").read_text())
    return tree


def read(tree: dict[str, Any], folder: Path, catalog: Catalog) -> SolvedStack:
    path = folder / "stack.yaml"
    path.write_text(yaml.safe_dump(tree))
    return read_stack(path, catalog).solved


def bill(solved: SolvedStack) -> dict[str, tuple[float, float]]:
    """Of the cluster, USD/h: as it is and at the most, by the item."""
    mine = [one for one in solved.cost_lines if one.resource == "kubernetes"]
    return {one.item: (one.hourly, one.hourly * one.high) for one in mine}


def test_a_cluster_costs_ten_cents_an_hour_and_its_key_a_dollar_a_month(
    example: dict[str, Any], tmp_path: Path, catalog: Catalog
) -> None:
    lines = bill(read(example, tmp_path, catalog))
    assert lines["EKS cluster, standard support"] == pytest.approx((0.10, 0.10))
    assert lines["key of its secrets"][0] == pytest.approx(1 / 730)


def test_a_version_may_be_written_as_a_number(
    example: dict[str, Any], tmp_path: Path, catalog: Catalog
) -> None:
    example["kubernetes"]["version"] = 1.34
    kubernetes = read(example, tmp_path, catalog).stack.kubernetes
    assert kubernetes is not None
    assert kubernetes.version == "1.34"


def test_a_version_out_of_standard_support_costs_sixty_cents(
    example: dict[str, Any], tmp_path: Path, catalog: Catalog
) -> None:
    """That of extended support instead of the other, and from its day on where it is wished."""
    example["kubernetes"] |= {"version": "1.33", "support": "extended"}
    old = bill(read(example, tmp_path, catalog))
    assert old["EKS cluster, extended support"] == pytest.approx((0.60, 0.60))
    example["kubernetes"] |= {"version": "1.35"}
    solved = read(example, tmp_path, catalog)
    assert bill(solved)["EKS cluster, standard support"] == pytest.approx((0.10, 0.60))
    told = [one.text for one in solved.findings if one.place == "kubernetes"]
    assert "27 March 2027; from then on it costs what extended support does" in told[0]


def test_its_nodes_are_billed_as_others_are(
    example: dict[str, Any], tmp_path: Path, catalog: Catalog
) -> None:
    def of_nodes(solved: SolvedStack) -> float:
        return sum(one.hourly for one in solved.cost_lines if one.node_group == "gpus")

    inside = of_nodes(read(example, tmp_path, catalog))
    del example["kubernetes"]
    assert inside == of_nodes(read(example, tmp_path, catalog)) > 0


def test_work_goes_on_while_the_control_plane_is_away(
    example: dict[str, Any], tmp_path: Path, catalog: Catalog
) -> None:
    """99.95 % by its service level agreement, which takes nothing of the endpoint's."""
    with_it = read(example, tmp_path, catalog)
    [plane] = [one for one in with_it.components if one.name == "kubernetes"]
    assert plane.mttf / (plane.mttf + plane.mttr) == pytest.approx(0.9995)
    assert plane.result().unavailability == 0
    assert not plane.result().single_point
    del example["kubernetes"]
    assert with_it.unavailability() == read(example, tmp_path, catalog).unavailability()


def test_the_newest_version_is_taken_where_none_is_named(
    example: dict[str, Any], tmp_path: Path, catalog: Catalog
) -> None:
    del example["kubernetes"]["version"]
    choices = layers(read(example, tmp_path, catalog).stack)
    assert choices[-1].choice == "gpus: 2 of g4dn.xlarge in Kubernetes 1.35, run by EKS"


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("kubernetes.version", "1.53", "did you mean '1.35'"),
        ("kubernetes.version", 1.3, "unknown version of EKS '1.30'"),
        ("kubernetes.version", 2, "version"),
        ("kubernetes.version", "1.33", "out of standard support since 29 July 2026"),
        ("kubernetes.nodes", ["gpu"], "did you mean 'gpus'"),
        ("kubernetes.nodes", ["gpus", "gpus"], "'gpus' is given twice"),
        ("kubernetes.open_to", ["0.0.0.0/0"], "opens the endpoint of the cluster to the world"),
        ("kubernetes.open_to", ["2001:db8::/32"], "is no range of IPv4"),
        ("kubernetes.add_ons", {"core-dns": "v1.12.3-eksbuild.1"}, "did you mean 'coredns'"),
        (
            "kubernetes.add_ons",
            {"coredns": "1.12"},
            "'1.12' is not a version of an add-on",
        ),
        ("name", "kube-system", "is a namespace of Kubernetes itself"),
        ("name", "default", "is a namespace of Kubernetes itself"),
        # To name one zone, as of others, would be no way out.
        ("nodes.gpus.placement", "cluster", "and these stand in 2; say 'none'"),
        ("nodes.gpus.reservation", {"make": True}, "and these nodes stand in 2; leave it out"),
        ("zones", ["us-east-1a"], "has addresses in 2 at least"),
        ("nodes.gpus.image", "ami-0123456789abcdef0", "is for EKS to say"),
        ("nodes.gpus.setup", {"packages": ["git"]}, "containers bring what they need"),
        ("nodes.kubernetes", {"instance": "c5.xlarge", "count": 1}, "is the name of the cluster"),
        (
            "storage.disk",
            {"kind": "block", "service": "ebs-gp3", "size": "100 GB", "nodes": "gpus"},
            "whose containers would not see it",
        ),
        (
            "workloads.vision.stages.model.container.deployment",
            "blue-green",
            "Kubernetes rolls containers one by one",
        ),
        (
            "workloads.vision.stages.model.application",
            {"package": "s3://example/app-1.0.tar.gz", "module": "app:app"},
            "say `container`",
        ),
    ],
)
def test_what_can_not_be_is_told(
    path: str, value: Any, said: str, example: dict[str, Any], tmp_path: Path, catalog: Catalog
) -> None:
    *outer, last = path.split(".")
    part = example
    for key in outer:
        part = part[key]
    if last == "application":
        del part["container"]
    part[last] = value
    with pytest.raises(InvalidDescription) as refusal:
        read(example, tmp_path, catalog)
    assert said in str(refusal.value)


def test_jobs_fit_beside_what_kubernetes_keeps(
    stacks: Path, tmp_path: Path, catalog: Catalog
) -> None:
    """Of 72 vCPUs 0.51 are kept: seventeen jobs of four fit where eighteen did."""
    tree = yaml.safe_load((stacks / "grid-search.yaml").read_text())
    assert read(tree, tmp_path, catalog).workloads["search"].answer.at_once == 18
    tree["zones"] = ["us-east-1a", "us-east-1b"]
    tree["kubernetes"] = {"nodes": ["machine"]}
    program = tree["workloads"]["search"]["program"]
    del program["package"]
    program["container"] = {"tag": "1.0"}
    solved = read(tree, tmp_path, catalog)
    assert solved.workloads["search"].answer.at_once == 17
    assert not any("queue" in one.resource for one in solved.cost_lines)
    tree["workloads"]["search"]["each"]["vcpus"] = 72
    with pytest.raises(InvalidDescription, match=r"a task needs 72 vCPUs; a node has 71\.49 vCPUs"):
        read(tree, tmp_path, catalog)


def test_a_cloud_without_it_says_so(stacks: Path, tmp_path: Path, catalog: Catalog) -> None:
    tree = yaml.safe_load((stacks / "resnet50-imagenet-gcp.yaml").read_text())
    tree["kubernetes"] = {"nodes": [next(iter(tree["nodes"]))]}
    with pytest.raises(InvalidDescription, match="run by no service that is built on gcp"):
        read(tree, tmp_path, catalog)


@pytest.mark.parametrize(
    ("name", "group", "key"),
    [("llama3-8b-finetune-aws", "trainers", "program"), ("emr-spark", "core", "service")],
)
def test_what_nodes_would_start_themselves_is_told(
    name: str, group: str, key: str, stacks: Path, tmp_path: Path, catalog: Catalog
) -> None:
    tree = yaml.safe_load((stacks / f"{name}.yaml").read_text())
    if name.startswith("llama3"):
        shutil.copytree(stacks / "models", tmp_path / "models")
    tree["zones"] = ["us-east-1a", "us-east-1b"]
    tree["kubernetes"] = {"nodes": [group]}
    with pytest.raises(InvalidDescription) as refusal:
        read(tree, tmp_path, catalog)
    assert f".{key}" in str(refusal.value)
    assert "is of Kubernetes" in str(refusal.value)


@pytest.mark.parametrize(
    ("needs", "said"),
    [
        (
            {"memory": "16 GB"},
            "which has 15.7 GB of memory beside what Kubernetes keeps for itself",
        ),
        ({"vcpus": 4}, "which has 3.66 vCPUs beside what Kubernetes keeps for itself"),
    ],
)
def test_containers_fit_beside_what_kubernetes_keeps(
    needs: dict[str, Any], said: str, example: dict[str, Any], tmp_path: Path, catalog: Catalog
) -> None:
    """Of 4 vCPUs and 16 GiB 0.34 and 1,093 MiB + 2 % are kept; plain nodes give all."""
    example["workloads"]["vision"]["stages"]["model"].update(needs)
    with pytest.raises(InvalidDescription) as refusal:
        read(example, tmp_path, catalog)
    assert said in str(refusal.value)
    del example["kubernetes"]
    read(example, tmp_path, catalog)
