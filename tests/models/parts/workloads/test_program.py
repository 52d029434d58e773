"""What nodes start: where it can be said, and what the ways to them are billed."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from models.reading.faults import InvalidDescription

PROGRAM = {"command": "python train.py"}


def read(tree: dict[str, Any], folder: Path, catalog: Catalog) -> Any:
    path = folder / "stack.yaml"
    path.write_text(yaml.safe_dump(tree))
    return read_stack(path, catalog).solved


@pytest.fixture
def aws(stacks: Path) -> dict[str, Any]:
    tree: dict[str, Any] = yaml.safe_load((stacks / "resnet50-imagenet-aws.yaml").read_text())
    return tree


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ({"command": "one\ntwo"}, "program.command"),
        ({**PROGRAM, "package": "s3://releases/train.zip"}, "program.package"),
        ({"package": "s3://releases/train.tar.gz"}, "program"),
    ],
)
def test_a_program_is_one_line_and_a_package(
    program: dict[str, Any], said: str, aws: dict[str, Any], tmp_path: Path, catalog: Catalog
) -> None:
    aws["workloads"]["train"]["program"] = program
    with pytest.raises(InvalidDescription) as refusal:
        read(aws, tmp_path, catalog)
    assert said in str(refusal.value)


def test_it_is_refused_where_nothing_starts_it(
    stacks: Path, tmp_path: Path, catalog: Catalog
) -> None:
    for name, said in (
        ("resnet50-imagenet-gcp", "is not started on gcp yet"),
        ("sagemaker-training", "a service runs its image"),
    ):
        tree = yaml.safe_load((stacks / f"{name}.yaml").read_text())
        tree["workloads"]["train"]["program"] = PROGRAM
        with pytest.raises(InvalidDescription) as refusal:
            read(tree, tmp_path, catalog)
        assert said in str(refusal.value)


@pytest.mark.parametrize("key", ["session_manager", "instance_connect"])
def test_ways_in_are_of_aws(key: str, stacks: Path, tmp_path: Path, catalog: Catalog) -> None:
    tree = yaml.safe_load((stacks / "resnet50-imagenet-gcp.yaml").read_text())
    tree.setdefault("network", {})[key] = True
    with pytest.raises(InvalidDescription, match="is of AWS, not of gcp"):
        read(tree, tmp_path, catalog)


def test_endpoints_of_services_are_billed_by_the_zone(
    aws: dict[str, Any], tmp_path: Path, catalog: Catalog
) -> None:
    aws["network"]["endpoints"] = ["ec2", "ssm", "logs"]
    [line] = [
        one
        for one in read(aws, tmp_path, catalog).cost_lines
        if one.item == "endpoints of services"
    ]
    assert line.quantity == 3 * len(aws["zones"])
    assert line.unit_price == 0.01
    aws["network"]["endpoints"] = ["ec2", "ec2"]
    with pytest.raises(InvalidDescription, match="'ec2' is given twice"):
        read(aws, tmp_path, catalog)


@pytest.fixture
def contained(stacks: Path) -> dict[str, Any]:
    tree: dict[str, Any] = yaml.safe_load((stacks / "eks-training.yaml").read_text())
    return tree


@pytest.mark.parametrize(
    ("program", "said"),
    [
        (PROGRAM, "workloads.train.program: runs in containers, as 'trainers' is of Kubernetes"),
        ({**PROGRAM, "container": {}}, "needs either an image, or the tag of one"),
        (
            {**PROGRAM, "container": {"tag": "1"}, "package": "s3://releases/train-1.tar.gz"},
            "program.package: is unpacked by nodes",
        ),
    ],
)
def test_nodes_of_kubernetes_run_it_in_containers(
    program: dict[str, Any], said: str, contained: dict[str, Any], tmp_path: Path, catalog: Catalog
) -> None:
    contained["workloads"]["train"]["program"] = program
    with pytest.raises(InvalidDescription) as refusal:
        read(contained, tmp_path, catalog)
    assert said in str(refusal.value)


def test_containers_of_kubernetes_mount_nothing(
    contained: dict[str, Any], tmp_path: Path, catalog: Catalog
) -> None:
    contained["storage"]["checkpoints"] = {"kind": "nas", "service": "efs-standard", "size": "1 TB"}
    said = "workloads.train.checkpoint.store: 'checkpoints' is mounted by nodes"
    with pytest.raises(InvalidDescription, match=said):
        read(contained, tmp_path, catalog)
    del contained["workloads"]["train"]["program"]
    read(contained, tmp_path, catalog)


def test_plain_nodes_run_it_themselves(
    contained: dict[str, Any], tmp_path: Path, catalog: Catalog
) -> None:
    del contained["kubernetes"]
    with pytest.raises(InvalidDescription, match="'trainers' run the command themselves"):
        read(contained, tmp_path, catalog)


def test_pauses_that_are_kubernetes_own_are_noted(
    contained: dict[str, Any], tmp_path: Path, catalog: Catalog
) -> None:
    def notes() -> list[str]:
        found = read(contained, tmp_path, catalog).findings
        return [one.text for one in found if one.place == "workloads.train.program"]

    assert "up to 10 min, which is not in `detection`" in notes()[0]
    del contained["workloads"]["train"]["program"]
    assert notes() == []
