"""Convolutional networks in a stack: by architecture, with and without a measured rate."""

import math
import statistics
from pathlib import Path
from typing import Any

import pytest

from benchmarks.image_networks import families_left_out
from models.catalog.records import Catalog
from models.parts.read_stack import change_stack, read_stack
from models.parts.workloads.training_job import OTHER_FAMILY_UNCERTAINTY, TrainingJob
from models.reading.faults import InvalidDescription

STACK = "resnet50-imagenet-aws.yaml"


def job(stacks: Path, catalog: Catalog, network: object, **changes: Any) -> TrainingJob:
    """The training job of the example on another network; __ stands for a dot."""
    paths = {f"workloads.train.{key.replace('__', '.')}": one for key, one in changes.items()}
    base = read_stack(stacks / STACK, catalog)
    paths |= {"workloads.train.network": None, "workloads.train.convolutional": network}
    found: TrainingJob = change_stack(base, paths, catalog).solved.workloads["train"].answer
    return found


def test_an_architecture_at_its_usual_image_is_the_network_of_the_catalog(
    stacks: Path, catalog: Catalog
) -> None:
    named = read_stack(stacks / STACK, catalog).solved.workloads["train"].answer
    built = job(stacks, catalog, {"architecture": "resnet-50"})
    assert built.single_rate == named.single_rate
    assert built.step == named.step


def test_a_network_without_a_rate_follows_from_another_and_is_less_sure(
    stacks: Path, catalog: Catalog
) -> None:
    known = job(stacks, catalog, {"architecture": "resnet-50"})
    found = job(stacks, catalog, {"architecture": "resnet-50", "image": 160})
    assert "another family" in found.rate_source
    assert found.uncertainty == OTHER_FAMILY_UNCERTAINTY > known.uncertainty
    # Half the places: no less than half of the time, no more than all of it.
    assert known.single_rate < found.single_rate < 2.2 * known.single_rate


def test_weights_gradients_and_state_are_told_apart(stacks: Path, catalog: Catalog) -> None:
    # Mixed precision with momentum: 2 + 2 + (4 + 4) bytes for each of 25,557,032 parameters.
    memory = job(stacks, catalog, {"architecture": "resnet-50"}).memory
    assert memory.weights == memory.gradients == 2 * 25_557_032
    assert memory.optimizer == 8 * 25_557_032
    assert memory.parameters == memory.weights + memory.gradients + memory.optimizer


def test_families_left_out_are_predicted_better_than_by_one_rate_of_computing(
    catalog: Catalog,
) -> None:
    rows = families_left_out(catalog)
    assert len(rows) >= 20
    miss = statistics.mean(abs(one.predicted / one.row.samples_per_second - 1) for one in rows)
    floor = statistics.mean(abs(one.floor / one.row.samples_per_second - 1) for one in rows)
    assert miss < 0.16 < floor / 3
    errors = [abs(math.log(one.predicted / one.row.samples_per_second)) for one in rows]
    inside = sum(one <= 1.96 * OTHER_FAMILY_UNCERTAINTY for one in errors)
    assert 0.93 <= inside / len(errors) <= 0.99


@pytest.mark.parametrize(
    ("network", "said"),
    [
        ({"architecture": "resnet-5"}, "resnet-50"),
        ({"architecture": "inception-v3", "image": 224}, "299 pixels and more"),
        ({"architecture": "vgg-16", "image": 0}, "image"),
    ],
)
def test_what_no_network_can_be_is_refused(
    stacks: Path, catalog: Catalog, network: dict[str, object], said: str
) -> None:
    with pytest.raises(InvalidDescription, match=said):
        job(stacks, catalog, network)
