"""Steps and rates of transformers that no coefficient was fitted to, by regime.

Steps in fp8 with published layouts, low-rank adaptation of MLPerf, and TPUs. How far they are off
is what `step_errors.csv` says of these regimes.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.compared import Compared, beside_the_floor
from benchmarks.lora_rates import lora_rates
from benchmarks.tpu_rates import tpu_utilizations
from models.calibration.measured_steps import read_steps
from models.calibration.step_misses import (
    StepMiss,
    errors,
    left_out_error,
    regime_of,
    run_of,
)
from models.catalog.operator_tables import serving_calibration
from models.catalog.operators import CALIBRATED_PRECISIONS, Regime, never_fitted
from models.catalog.records import Catalog
from models.parts.facts import Facts

FURTHER_STEPS = Path(__file__).parent / "measured" / "unfitted_steps.csv"


@dataclass(frozen=True)
class Unfitted:
    """A measured time that nothing was fitted to.

    Arguments:
        compared: beside the predicted one.
        software: whose calibration stands for it.
        regime: how it lies to the steps of that.
        part: of its set that must not speak for itself: its accelerators.
        run: as of a `StepMiss`.
        error: standard error that is stated of it, of steps that others were fitted to; None where
            none was to its like.
    """

    compared: Compared
    software: str
    regime: Regime
    part: str
    run: str = ""
    error: float | None = None

    @property
    def miss(self) -> StepMiss:
        """How far it is off."""
        miss = abs(math.log(self.compared.measured / self.compared.predicted))
        return StepMiss(self.software, self.regime, self.part, miss, self.run)


def unfitted_steps(catalog: Catalog) -> list[Unfitted]:
    """All of them.

    Arguments:
        catalog: the facts.
    """
    found = []
    steps = read_steps(FURTHER_STEPS, catalog)
    rows = [
        serving_calibration(catalog, step.software, catalog.accelerators[step.accelerator])
        for step in steps
    ]
    pairs = [
        (step, step.predicted(row.calibration), None)
        for step, row in zip(steps, rows, strict=True)
        if row is not None
    ]
    for (step, _, _), row, one in zip(pairs, rows, beside_the_floor(pairs), strict=True):
        assert row is not None  # every software of the file is calibrated
        other, part = row.software != step.software, f"{step.group}, {step.accelerator}"
        regime = Regime.OTHER_SOFTWARE if other else Regime.OTHER_PRECISION
        error = None
        if not other and step.precision in CALIBRATED_PRECISIONS:
            regime = regime_of(step, row.calibration, row.sizes)
            error = Facts(catalog).step_error(row.software, regime)
        never = never_fitted(step.model, step.layouts[0].context, row)
        if never:
            regime, error = never[0], None
        found.append(Unfitted(one, row.software, regime, part, run_of(step), error))
    for rate in lora_rates(catalog):
        one = _of_rates("Llama 2 70B LoRA, MLPerf", rate.measured, rate.predicted, rate.floor)
        part = f"{one.group}, {rate.accelerator}"
        found.append(Unfitted(one, "nemo", Regime.ADAPTED, part))
    for chip in tpu_utilizations(catalog):
        one = _of_rates("TPU v5e to v6e, MaxText", chip.measured, chip.predicted, chip.floor)
        part = f"{one.group}, {chip.accelerator}"
        found.append(Unfitted(one, "maxtext", Regime.OTHER_KIND, part))
    return found


def _of_rates(group: str, measured: float, predicted: float, floor: float) -> Compared:
    return Compared(group, 1 / measured, 1 / predicted, 1 / floor, None)


def judged(found: Iterable[Unfitted]) -> list[Compared]:
    """Each beside an interval that follows from other sets, and other accelerators, than its own.

    Arguments:
        found: all of them.
    """
    known = list(found)
    misses = [one.miss for one in known]
    return [
        replace(
            one.compared,
            error=one.error or left_out_error(one.software, one.regime, misses, one.part),
        )
        for one in known
    ]


def lines(found: Iterable[Unfitted]) -> list[str]:
    """Lines of a table: the standard error of each regime, by all of its rows.

    Arguments:
        found: all of them.
    """
    told = [f"{'regime of steps that nothing is fitted to':62} {'rows':>5} {'error':>7}"]
    told += [
        f"{f'{software}, {regime}':62} {rows:>5} {error:>7.1%}"
        for software, regime, error, rows in errors(
            [one.miss for one in found if one.error is None]
        )
    ]
    return told
