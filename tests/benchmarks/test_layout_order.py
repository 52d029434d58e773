"""Layouts of one model are predicted in the order in which they were measured."""

from dataclasses import replace

import pytest

from benchmarks.fidelity import STEPS, seen
from benchmarks.layout_order import Order, lines, orders
from models.calibration.measured_steps import MeasuredStep, read_steps
from models.catalog.load import load_catalog


@pytest.fixture(scope="module")
def steps() -> list[tuple[MeasuredStep, float]]:
    catalog = load_catalog()
    steps = read_steps(STEPS, catalog)
    rows = seen(steps, catalog)
    return [(step, row.predicted) for step, row in zip(steps, rows, strict=True)]


@pytest.fixture(scope="module")
def found(steps: list[tuple[MeasuredStep, float]]) -> dict[str, Order]:
    return {one.name: one for one in orders(steps)}


def test_zero_3_is_slower_than_tensor_and_pipeline_everywhere_as_measured(
    found: dict[str, Order],
) -> None:
    # Narayanan et al. 2021, table 2: of 175 and 530 billion parameters.
    zero = found["ZeRO 3 against tensor and pipeline"]
    assert (zero.sweeps, zero.pairs) == (2, 10)
    assert zero.right == zero.pairs
    assert zero.loss == 0


def test_layouts_of_bloom_are_in_order(found: dict[str, Order]) -> None:
    bloom = found["BLOOM, all layouts"]
    assert bloom.right >= bloom.pairs - 1
    assert bloom.loss == 0


def test_sweeps_of_layouts_are_in_order(found: dict[str, Order]) -> None:
    node, many = found["layouts on up to 8 A100"], found["layouts on up to 512 A100"]
    assert node.right / node.pairs > 0.95
    assert node.exact / node.sweeps > 0.88
    assert many.right / many.pairs > 0.88
    assert many.exact == many.sweeps


def test_what_is_predicted_as_measured_is_in_order_and_the_reverse_is_not(
    steps: list[tuple[MeasuredStep, float]],
) -> None:
    same = orders([(step, step.seconds) for step, _ in steps])
    turned = orders(
        [(step, 1 / step.seconds) for step, _ in steps if step.group == "vtrain-512"]
        + [pair for pair in steps if pair[0].group != "vtrain-512"]
    )
    assert all(one.right == one.pairs and one.loss == 0 for one in same)
    assert turned[1].right < turned[1].pairs / 2
    assert replace(turned[1], right=0).pairs == same[1].pairs


def test_the_table_has_a_line_for_each_set(found: dict[str, Order]) -> None:
    assert [line.split("  ")[0] for line in lines(found.values())[1:]] == list(found)
