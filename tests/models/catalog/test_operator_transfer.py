"""Operators and calibrations of one accelerator as they serve another."""

import math
from pathlib import Path

import pytest

from benchmarks.lora_rates import lora_rates
from benchmarks.tpu_rates import tpu_utilizations
from models.calibration.measured_steps import read_steps
from models.catalog.operator_tables import (
    half_peak,
    serving_calibration,
    serving_matrices,
    transferred,
)
from models.catalog.records import Catalog

STEPS = Path(__file__).parents[3] / "benchmarks" / "measured" / "transformer_steps.csv"


def test_the_grid_of_an_accelerator_with_as_many_flop_a_byte_serves(catalog: Catalog) -> None:
    # FLOP a byte: TPU v5p 166, A100 153, H100 295, L40S 419; L4 is of the generation of L40S.
    for name, serving in (("TPUv5p", "A100-SXM-80GB"), ("L4", "L40S")):
        served = serving_matrices(catalog, catalog.accelerators[name], "bf16")
        assert served is not None
        assert served.table.accelerator == serving
        assert not served.own


def test_scores_are_never_computed_in_less_than_half_precision(catalog: Catalog) -> None:
    h100 = catalog.accelerators["H100-SXM-80GB"]
    assert half_peak(h100, "fp8") == 989e12
    assert half_peak(h100, "bf16") is None


def test_attention_goes_with_the_bandwidth_from_a_generation_to_another(catalog: Catalog) -> None:
    known = catalog.step_calibrations["llm-foundry", "ampere"].calibration
    h100 = catalog.accelerators["H100-SXM-80GB"]
    moved = transferred(catalog, known, "ampere", h100)
    # By hand: 3350 / 2039 times as many bytes, 989 / 312 times the peak.
    by_hand = known.attention * 3350 / 2039 * 312 / 989
    assert moved.attention == pytest.approx(by_hand)
    assert transferred(catalog, known, "hopper", h100) == known


def test_the_transfer_halves_the_error_both_ways(catalog: Catalog) -> None:
    steps = [one for one in read_steps(STEPS, catalog) if one.software == "llm-foundry"]
    for there, here in (("ampere", "hopper"), ("hopper", "ampere")):
        known = catalog.step_calibrations["llm-foundry", there].calibration
        mine = [one for one in steps if one.generation == here]
        moved = [
            transferred(catalog, known, there, catalog.accelerators[one.accelerator])
            for one in mine
        ]
        before = [abs(one.predicted(known) / one.seconds - 1) for one in mine]
        after = [
            abs(one.predicted(each) / one.seconds - 1)
            for one, each in zip(mine, moved, strict=True)
        ]
        assert sum(after) < 0.6 * sum(before)


def test_a_software_without_steps_of_a_generation_has_those_of_another(catalog: Catalog) -> None:
    row = serving_calibration(catalog, "llm-foundry", catalog.accelerators["B200-SXM"])
    assert row is not None
    assert row.generation in {"ampere", "hopper"}


def test_nothing_that_is_judged_lies_far_outside_its_interval(catalog: Catalog) -> None:
    misses = [
        (abs(math.log(one.measured / one.predicted)), one.error)
        for one in (*tpu_utilizations(catalog), *lora_rates(catalog))
    ]
    inside = sum(miss <= 1.96 * error for miss, error in misses)
    assert inside / len(misses) >= 0.9
