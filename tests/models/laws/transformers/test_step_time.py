"""A training step of a transformer: published times, and what must always hold."""

from dataclasses import replace
from pathlib import Path

import pytest

from models.calibration.measured_steps import MeasuredStep, read_steps
from models.catalog.records import Catalog
from models.laws.transformers.layout import Layout, Recompute
from models.laws.transformers.machine import Calibration
from models.laws.transformers.search import ranked
from models.laws.transformers.step_time import TransformerStep, blended, step_time

STEPS = Path(__file__).parents[4] / "benchmarks" / "measured" / "transformer_steps.csv"


@pytest.fixture(scope="module")
def steps(catalog: Catalog) -> list[MeasuredStep]:
    return read_steps(STEPS, catalog)


@pytest.fixture(scope="module")
def megatron(catalog: Catalog) -> Calibration:
    return catalog.step_calibrations["megatron-lm", "ampere"].calibration


def of(steps: list[MeasuredStep], group: str) -> list[MeasuredStep]:
    return [step for step in steps if step.group == group]


def test_measured_steps_of_megatron_are_predicted_within_ten_per_cent(
    steps: list[MeasuredStep], megatron: Calibration
) -> None:
    for step in (*of(steps, "megatron-2021"), *of(steps, "korthikanti-2022")):
        assert step.predicted(megatron) == pytest.approx(step.seconds, rel=0.1)


def test_steps_on_one_node_are_predicted_within_six_per_cent_on_average(
    steps: list[MeasuredStep], megatron: Calibration
) -> None:
    some = of(steps, "vtrain-8")[::7]
    misses = [abs(step.predicted(megatron) / step.seconds - 1) for step in some]
    assert sum(misses) / len(misses) < 0.07


def example(steps: list[MeasuredStep]) -> MeasuredStep:
    return next(step for step in of(steps, "korthikanti-2022") if step.accelerators == 280)


def take(step: MeasuredStep, calibration: Calibration, layout: Layout) -> TransformerStep:
    return step_time(step.model, layout, step.cluster, calibration)


def test_the_bubble_is_that_of_the_law(steps: list[MeasuredStep], megatron: Calibration) -> None:
    # Narayanan et al. 2021, section 2.2: (p - 1) / v m of what the stages compute.
    step = example(steps)
    layout = replace(step.layouts[0], interleave=1)
    once, thrice = (take(step, megatron, replace(layout, interleave=v)) for v in (1, 3))
    assert thrice.bubble < once.bubble / 2
    more = take(step, megatron, replace(layout, micro_batches=2 * layout.micro_batches))
    assert more.bubble == pytest.approx(once.bubble, rel=1e-9)


def test_recomputing_takes_a_forward_pass_more(
    steps: list[MeasuredStep], megatron: Calibration
) -> None:
    step = example(steps)
    kept, again = (
        take(step, megatron, replace(step.layouts[0], recompute=recompute))
        for recompute in (Recompute.NONE, Recompute.FULL)
    )
    assert kept.recomputed == 0
    assert again.total - kept.total > again.recomputed > 0.2 * kept.total


def test_a_faster_network_never_slows_a_step(
    steps: list[MeasuredStep], megatron: Calibration
) -> None:
    step = of(steps, "megatron-2021")[0]
    layout = step.layouts[0]
    times = [
        step_time(step.model, layout, replace(step.cluster, network=rate), megatron).total
        for rate in (1e9, 1e10, 1e11)
    ]
    assert times == sorted(times, reverse=True)


def test_activities_that_overlap_take_between_the_longer_and_both() -> None:
    assert blended(3.0, 4.0, 1) == 7.0
    assert blended(3.0, 4.0, 2) == pytest.approx(5.0)
    assert blended(3.0, 4.0, float("inf")) == 4.0


def test_the_fastest_layout_fits_and_is_first(
    steps: list[MeasuredStep], megatron: Calibration
) -> None:
    step = of(steps, "megatron-2021")[1]
    found = ranked(step.model, 16, 64, step.cluster, megatron, 80e9, "fp16", "adam")
    assert found
    assert all(one.memory.total <= 80e9 for one in found)
    assert all(one.layout.accelerators == 16 and one.layout.batch == 64 for one in found)
    assert [one.step.total for one in found] == sorted(one.step.total for one in found)
