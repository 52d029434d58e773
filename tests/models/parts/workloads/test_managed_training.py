"""Training on instances of SageMaker: what can't be asked, what it takes and what it is billed."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from models.parts.solve import SolvedStack
from models.reading.faults import InvalidDescription


@pytest.fixture
def example(stacks: Path) -> dict[str, Any]:
    tree: dict[str, Any] = yaml.safe_load((stacks / "sagemaker-training.yaml").read_text())
    return tree


def solved(tree: dict[str, Any], folder: Path, catalog: Catalog) -> SolvedStack:
    path = folder / "stack.yaml"
    path.write_text(yaml.safe_dump(tree))
    return read_stack(path, catalog).solved


def test_the_data_set_is_copied_before_the_first_step(
    example: dict[str, Any], tmp_path: Path, catalog: Catalog
) -> None:
    """15,420 images of 75 kB over the 750 Mb/s between an ml.p2.xlarge and its volume."""
    job = solved(example, tmp_path, catalog).workloads["train"].answer
    assert job.loading == pytest.approx(15420 * 75e3 / 93.75e6, rel=1e-3)
    example["workloads"]["train"]["sagemaker"]["input_mode"] = "FastFile"
    streamed = solved(example, tmp_path, catalog).workloads["train"].answer
    assert streamed.loading == 0
    assert "images" in streamed.stages[0].name


def test_each_node_copies_all_of_it(
    example: dict[str, Any], tmp_path: Path, catalog: Catalog
) -> None:
    """Each has a link and a volume of its own, and S3 does not limit them: it takes no longer."""
    one = solved(example, tmp_path, catalog).workloads["train"].answer
    example["nodes"]["train"]["count"] = 4
    four = solved(example, tmp_path, catalog).workloads["train"].answer
    assert four.loading == pytest.approx(one.loading, rel=1e-9)


def test_disks_of_an_instance_take_the_place_of_its_volume(
    example: dict[str, Any], tmp_path: Path, catalog: Catalog
) -> None:
    """An ml.g4dn.xlarge has 125 GB that take 133.1 MB/s; no volume is billed beside them."""
    example["nodes"]["train"] = {"instance": "ml.g4dn.xlarge", "count": 1, "boot_disk": "100 GB"}
    found = solved(example, tmp_path, catalog)
    assert [one for one in found.cost_lines if one.volumes_of == "train"] == []
    job = found.workloads["train"].answer
    assert job.loading == pytest.approx(15420 * 75e3 / 133.1e6, rel=1e-3)
    del example["nodes"]["train"]["boot_disk"]
    with pytest.raises(
        InvalidDescription, match=r"is 200 GB; ml\.g4dn\.xlarge has disks of 125 GB"
    ):
        solved(example, tmp_path, catalog)


def test_it_is_billed_as_the_service_bills(
    example: dict[str, Any], tmp_path: Path, catalog: Catalog
) -> None:
    lines = solved(example, tmp_path, catalog).cost_lines
    [nodes] = [one for one in lines if one.node_group == "train"]
    assert (nodes.unit_price, nodes.quantity, nodes.at_most) == (1.125, 1, True)
    [volume] = [one for one in lines if one.volumes_of == "train"]
    assert volume.quantity == 50
    assert volume.unit_price == pytest.approx(0.14 / 730)
    [use] = [one for one in lines if one.resource == "images" and one.workload == "train"]
    # Once through the data set in objects of 64 MB, however many epochs.
    assert use.quantity == pytest.approx(15420 * 75e3 / 64e6 / 1000, rel=0.1)


FAULTS = {
    ("nodes.train.instance", "p3.2xlarge"): "did you mean 'ml.p3.2xlarge'",
    ("nodes.train.boot_disk", "1 GB"): "holds 1 GB, and the data set of 1.16 GB is copied to it",
    ("nodes.train.purchase", "spot"): "'spot' is not priced for instances of sagemaker",
    ("nodes.train.spares", 1): "is of nodes of one's own, not of sagemaker's",
    ("nodes.train.placement", "cluster"): "is for sagemaker to say",
    ("workloads.train.sagemaker", None): "which runs nothing else on them",
    ("workloads.train.sagemaker.longest", "30 d"): "a job of sagemaker may run 28 d",
    ("workloads.train.sagemaker.longest", "10 min"): "stops the run after 10 min, and it takes",
    ("workloads.train.sagemaker.output.store", "nothing"): "nothing",
    ("workloads.train.sagemaker.input_mode", "Pipe"): "FastFile",
}


@pytest.mark.parametrize(("path", "value", "said"), [(*key, one) for key, one in FAULTS.items()])
def test_what_it_does_not_take_is_told(
    path: str, value: Any, said: str, example: dict[str, Any], tmp_path: Path, catalog: Catalog
) -> None:
    *outer, last = path.split(".")
    inside = example
    for key in outer:
        inside = inside[key]
    inside[last] = value
    with pytest.raises(InvalidDescription) as refusal:
        solved(example, tmp_path, catalog)
    assert said in str(refusal.value)


TUNING = (
    ("grid", {"layers": 3}, "says how many values there are, and a tuning job needs them"),
    ("grid", None, "needs jobs that all are there at the start"),
    ("input", None, "is needed by a tuning job: the store of its input"),
    ("sagemaker.ranges", {"lr": {"least": 1.0, "most": 0.1}}, "the least comes first"),
    ("sagemaker.ranges", {"lr": {"least": 0.1, "most": 1.0}}, "a grid has its own values"),
    ("sagemaker.longest", "29 d", "a job of sagemaker may run 28 d"),
)


@pytest.mark.parametrize(("path", "value", "said"), TUNING)
def test_what_a_tuning_job_does_not_take_is_told(
    path: str, value: Any, said: str, example: dict[str, Any], tmp_path: Path, catalog: Catalog
) -> None:
    *outer, last = path.split(".")
    tune = example["workloads"]["tune"]
    inside = tune
    for key in outer:
        inside = inside[key]
    inside[last] = value
    if tune["grid"] is None:
        tune |= {"arrivals": "1/h"}
        del example["objectives"]["deadline"]
    with pytest.raises(InvalidDescription) as refusal:
        solved(example, tmp_path, catalog)
    assert said in str(refusal.value)
