"""Models by their kind: how large they are, and how long a request takes on an accelerator."""

from pathlib import Path
from typing import Any

import pytest

from models.catalog.records import Catalog
from models.laws.model_sizes import (
    linear_computation,
    linear_size,
    nearest_neighbours_computation,
    nearest_neighbours_size,
)
from models.parts.read_stack import read_stack
from models.reading.faults import InvalidDescription

MODEL = "workloads.shop.stages.model"


def test_nearest_neighbours_keep_the_entire_data_set() -> None:
    # 10 million samples of 100 numbers of 8 bytes.
    assert nearest_neighbours_size(10_000_000, 100, 8) == 8.0e9
    assert nearest_neighbours_computation(10_000_000, 100) == 3.0e9


def test_a_linear_model_has_a_number_for_each_attribute_and_one_more() -> None:
    assert linear_size(100, 1, 8) / 8 == 101
    assert linear_size(100, 10, 8) / 8 == 1010
    assert linear_computation(100, 1) == 200


def stage(stacks: Path, catalog: Catalog, model: dict[str, Any]) -> Any:
    changes = {f"{MODEL}.service": None, f"{MODEL}.model": model}
    file = read_stack(stacks / "flask-endpoint.yaml", catalog, changes)
    return file.solved.workloads["shop"].answer.stages[-1]


def test_a_request_reads_all_neighbours(stacks: Path, catalog: Catalog) -> None:
    model = {"neighbours": {"samples": 10_000_000, "attributes": 100}, "precision": "fp32"}
    one = stage(stacks, catalog, model)
    # 8 GB at 80 % of the 320 GB/s of a T4; 3 GFLOP take less.
    assert one.service.value == pytest.approx(8e9 / (0.8 * 320e9))
    same = stage(
        stacks, catalog, {"weights": "8 GB", "computation": "3 GFLOP", "precision": "fp32"}
    )
    assert same.service == one.service


def test_what_does_not_fit_an_accelerator_says_how_large_it_is(
    stacks: Path, catalog: Catalog
) -> None:
    model = {"neighbours": {"samples": 100_000_000, "attributes": 100}}
    with pytest.raises(InvalidDescription, match=r"model\.neighbours: 80 GB do not fit"):
        stage(stacks, catalog, model)


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ({"weights": "8 GB"}, "needs computation and weights, or neighbours, or linear"),
        ({"linear": {"attributes": 9}, "weights": "8 GB"}, "weights and linear; it is of one kind"),
    ],
)
def test_a_model_is_of_one_kind(
    model: dict[str, Any], said: str, stacks: Path, catalog: Catalog
) -> None:
    with pytest.raises(InvalidDescription, match=said):
        stage(stacks, catalog, model)
