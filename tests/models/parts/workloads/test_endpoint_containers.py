"""Tasks on Fargate: the sizes they can have, and what they are billed."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from models.reading.faults import InvalidDescription


@pytest.fixture
def example(stacks: Path) -> dict[str, Any]:
    tree: dict[str, Any] = yaml.safe_load((stacks / "ecs-endpoint.yaml").read_text())
    return tree


def read(tree: dict[str, Any], folder: Path, catalog: Catalog) -> Any:
    path = folder / "stack.yaml"
    path.write_text(yaml.safe_dump(tree))
    return read_stack(path, catalog).solved


def test_tasks_are_billed_by_vcpus_and_whole_gibibytes(
    example: dict[str, Any], tmp_path: Path, catalog: Catalog
) -> None:
    """2 tasks of 2 vCPU and 4 GB: 2 x (2 x 0.04048 + 4 x 0.004445) USD/h."""
    lines = read(example, tmp_path, catalog).cost_lines
    mine = [one for one in lines if one.resource == "shop web"]
    assert sum(one.least_hourly for one in mine) == pytest.approx(2 * (2 * 0.04048 + 4 * 0.004445))


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ({"vcpus": 3.0}, "a task has one of 0.25, 0.5, 1, 2, 4, 8, 16"),
        ({"memory": "18 GB"}, "a task of 2 vCPU has 4 to 16 GiB"),
        ({"memory": "1 GB"}, "a task of 2 vCPU has 4 to 16 GiB"),
        ({"vcpus": 8.0, "memory": "18 GB"}, "16 to 60 GiB in steps of 4"),
    ],
)
def test_other_sizes_are_told(
    size: dict[str, Any], said: str, example: dict[str, Any], tmp_path: Path, catalog: Catalog
) -> None:
    example["workloads"]["shop"]["stages"]["web"]["fargate"] |= size
    with pytest.raises(InvalidDescription) as refusal:
        read(example, tmp_path, catalog)
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("stage", "change", "said"),
    [
        ("web", {"container": {"tag": "1", "image": "a.b/c:1"}}, "needs either an image"),
        ("web", {"nodes": "gpus"}, "nodes"),
        ("gateway", {"container": {"tag": "1"}}, "goes with nodes or fargate"),
    ],
)
def test_what_does_not_go_together_is_told(
    stage: str,
    change: dict[str, Any],
    said: str,
    example: dict[str, Any],
    tmp_path: Path,
    catalog: Catalog,
) -> None:
    example["workloads"]["shop"]["stages"][stage] |= change
    with pytest.raises(InvalidDescription) as refusal:
        read(example, tmp_path, catalog)
    assert said in str(refusal.value)


def test_blue_green_on_nodes_needs_room_for_twice_as_many(
    example: dict[str, Any], tmp_path: Path, catalog: Catalog
) -> None:
    example["workloads"]["shop"]["stages"]["model"]["container"]["deployment"] = "blue-green"
    with pytest.raises(InvalidDescription) as refusal:
        read(example, tmp_path, catalog)
    assert "needs 2 accelerators on a node of gpus (2 of model), which has 1" in str(refusal.value)
    assert "`blue-green` deploys, new ones stand beside the old" in str(refusal.value)
    example["nodes"]["gpus"]["count"] = 4
    read(example, tmp_path, catalog)
