"""Notebooks: what they are called, what they may be, and what they are billed."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from models.parts.solve import SolvedStack
from models.reading.faults import InvalidDescription


def solved(change: dict[str, Any], stacks: Path, folder: Path, catalog: Catalog) -> SolvedStack:
    tree = yaml.safe_load((stacks / "sagemaker-training.yaml").read_text())
    tree["notebooks"] = change
    path = folder / "stack.yaml"
    path.write_text(yaml.safe_dump(tree))
    return read_stack(path, catalog).solved


T2 = {"instance": "ml.t2.medium"}


@pytest.mark.parametrize("name", ["MySagemakerNotebook", "a-b", "x" * 63])
def test_names_of_63_letters_digits_and_hyphens(
    name: str, stacks: Path, tmp_path: Path, catalog: Catalog
) -> None:
    lines = solved({name: T2}, stacks, tmp_path, catalog).cost_lines
    [hours] = [one for one in lines if one.resource == name]
    assert hours.hourly == 0.0464
    [volume] = [one for one in lines if one.resource == f"{name} volume"]
    assert volume.least_hourly * 730 == pytest.approx(5 * 0.14)


@pytest.mark.parametrize("name", ["x" * 64, "a b", "a_b", "-a", "a-"])
def test_other_names_are_refused(name: str, stacks: Path, tmp_path: Path, catalog: Catalog) -> None:
    with pytest.raises(InvalidDescription, match="notebooks"):
        solved({name: T2}, stacks, tmp_path, catalog)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"instance": "t2.medium"}, "did you mean 'ml.t2.medium'"),
        ({"volume": "4 GB"}, "a notebook has 5 to 16,384 GB"),
        ({"permissions": [{"store": "image", "access": "read"}]}, "did you mean 'images'"),
    ],
)
def test_what_a_notebook_can_not_be_is_told(
    changed: dict[str, Any], said: str, stacks: Path, tmp_path: Path, catalog: Catalog
) -> None:
    with pytest.raises(InvalidDescription) as refusal:
        solved({"mine": {**T2, **changed}}, stacks, tmp_path, catalog)
    assert said in str(refusal.value)


def test_only_a_cloud_with_such_a_service_has_them(
    stacks: Path, tmp_path: Path, catalog: Catalog
) -> None:
    tree = yaml.safe_load((stacks / "resnet50-imagenet-gcp.yaml").read_text())
    tree["notebooks"] = {"mine": T2}
    path = tmp_path / "stack.yaml"
    path.write_text(yaml.safe_dump(tree))
    with pytest.raises(InvalidDescription, match="can't be had on gcp"):
        read_stack(path, catalog)
