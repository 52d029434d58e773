"""Convolutional networks in a stack: by architecture, with and without a measured rate."""

import statistics
from pathlib import Path
from typing import Any

import pytest

from benchmarks.image_networks import families_left_out
from models.catalog.operators import Regime
from models.catalog.records import Catalog
from models.parts.read_stack import change_stack, read_stack
from models.parts.workloads.rate_errors import RATE_ERRORS
from models.parts.workloads.training_job import TrainingJob
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
    assert found.uncertainty == RATE_ERRORS[Regime.OTHER_FAMILY] > known.uncertainty
    # Half the places: no less than half of the time, no more than all of it.
    assert known.single_rate < found.single_rate < 2.2 * known.single_rate


def test_networks_compare_as_where_both_were_measured(stacks: Path, catalog: Catalog) -> None:
    # huggingface/pytorch-image-models at 5e7d47ca, RTX 3090: 1218.01 images/s of ResNet-50 and
    # 747.89 of ResNet-101. On A100, where ResNet-50 alone was measured, it is as much slower.
    usual = job(stacks, catalog, {"architecture": "resnet-50"})
    deeper = job(stacks, catalog, {"architecture": "resnet-101"})
    assert deeper.single_rate / usual.single_rate == pytest.approx(747.89 / 1218.01, rel=0.15)
    assert "how both compare on RTX-3090" in deeper.rate_source
    assert deeper.uncertainty == RATE_ERRORS[Regime.OTHER_FAMILY]


@pytest.mark.parametrize("instance", ["p3.16xlarge", "p4d.24xlarge", "p5.48xlarge", "g6e.12xlarge"])
def test_deeper_networks_are_slower_on_every_accelerator(
    stacks: Path, catalog: Catalog, instance: str
) -> None:
    base = change_stack(
        read_stack(stacks / STACK, catalog),
        {"nodes.trainers.instance": instance, "workloads.train.batch": 128},
        catalog,
    )
    rates = [
        change_stack(base, {"workloads.train.network": f"resnet-{depth}"}, catalog)
        .solved.workloads["train"]
        .answer.single_rate
        for depth in (18, 34, 50, 101, 152)
    ]
    assert rates == sorted(rates, reverse=True)
    assert rates[2] > 1.2 * rates[3]  # twice the computation


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
