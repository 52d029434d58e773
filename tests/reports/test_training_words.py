"""What is said of a training run: how it is shared out, and nothing that reads like an error."""

from dataclasses import replace
from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from reports.figures import WIDTH, stage_rates
from reports.training_tables import slower
from reports.workloads.training import platform

from .conftest import training

GPT3 = "gpt3-175b-on-1024.yaml"


def test_a_network_is_shared_out_by_its_samples(stacks: Path, catalog: Catalog) -> None:
    stack = read_stack(stacks / "resnet50-imagenet-aws.yaml", catalog).stack
    assert "synchronous data-parallel training in fp16" in platform(stack.workloads["train"])


@pytest.mark.parametrize(
    ("layout", "words"),
    [
        ("auto", "tensor-, pipeline- and data-parallel (the fastest layout that fits)"),
        ({"tensor": 8, "pipeline": 16}, "tensor-parallel (8) and pipeline-parallel (16) and data"),
    ],
)
def test_a_transformer_is_shared_out_by_its_layout(
    layout: object, words: str, stacks: Path, catalog: Catalog
) -> None:
    changes = {"workloads.train.layout": layout}
    stack = read_stack(stacks / GPT3, catalog, changes).stack
    assert words in platform(stack.workloads["train"])


def test_a_median_below_the_ideal_reads_like_no_error() -> None:
    run = training()
    assert slower(replace(run, ideal_time=1000.0)).endswith("as long")
    quick = slower(replace(run, ideal_time=1e5))
    assert quick == "the median run takes no longer, within what is known of a step"


def test_figures_too_long_to_stand_behind_their_bar_stand_over_it() -> None:
    run = training()
    fast = tuple(replace(one, rate=one.rate * 1e4) for one in run.stages)
    drawing = stage_rates(replace(run, stages=fast), "key")
    assert f'text-anchor: end; fill: #1c2126" x="{WIDTH:g}"' in drawing
