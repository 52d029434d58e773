"""Predicted against measured training throughput, set by set, beside peers and a floor.

python -m benchmarks.fidelity            the calibrations of the catalog, on the steps they saw
python -m benchmarks.fidelity --left-out fitted anew with whole groups left out (minutes)
"""

import math
import statistics
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.image_errors import error_of, group_of, misses
from benchmarks.image_networks import families_left_out
from benchmarks.image_rates import image_rates
from benchmarks.layout_order import lines as order_lines
from benchmarks.layout_order import orders
from benchmarks.lora_rates import lora_rates
from benchmarks.memory import lines as memory_lines
from benchmarks.memory import measured_fits
from benchmarks.storage_input import storage_rates
from benchmarks.tpu_rates import tpu_utilizations
from benchmarks.validation import FURTHER, TABLE, device_hours, job_of, relative_error
from models.calibration.calibrate import host_share, refit
from models.calibration.measured_steps import MeasuredStep, read_steps
from models.catalog.load import load_catalog
from models.catalog.operator_tables import serving_calibration
from models.catalog.operators import HOST_BOUND, Regime
from models.catalog.records import Catalog
from models.laws.collective_times import MeasuredCollectives
from models.laws.training_step import training_flops
from models.parts.facts import Facts

STEPS = Path(__file__).parent / "measured" / "transformer_steps.csv"
FURTHER_STEPS = STEPS.with_name("fp8_steps.csv")  # no coefficient was fitted to these
LEAST_COLLECTIVE = 65536  # bytes, from which collectives are judged
_TWO_SIDED = 1.96
ALL = "all with an interval"
# Mean errors that the authors of others state of the same measurements. vTrain: Bang et al. (2024),
# MICRO, arXiv 2312.12391, section IV, for which it profiles the very accelerators.
PEERS = {"vtrain-8": ("vTrain", 0.0837), "vtrain-512": ("vTrain", 0.1473)}


@dataclass(frozen=True)
class Compared:
    """A measured time beside the predicted one.

    Arguments:
        group: set that it belongs to.
        measured: s.
        predicted: s.
        floor: s, of one constant for the whole set, or of a straight line of two points.
        error: relative standard error that is stated; None where none is.
    """

    group: str
    measured: float
    predicted: float
    floor: float
    error: float | None

    @property
    def inside(self) -> bool:
        """The measured time lies in the 95 % interval of the predicted one."""
        return self.error is None or (
            abs(math.log(self.measured / self.predicted)) <= _TWO_SIDED * self.error
        )


def collectives(catalog: Catalog) -> list[Compared]:
    """Every collective from 64 KiB, by the sizes beside it; the floor is a line of two points.

    Arguments:
        catalog: the facts.
    """
    found = []
    for row in catalog.collective_times.values():
        low, high = 0, len(row.sizes) - 1
        slope = (row.seconds[high] - row.seconds[low]) / (row.sizes[high] - row.sizes[low])
        for place in range(1, high):
            if row.sizes[place] < LEAST_COLLECTIVE:
                continue
            kept = [each for each in range(high + 1) if each != place]
            sizes = tuple(row.sizes[each] for each in kept)
            seconds = tuple(row.seconds[each] for each in kept)
            curve = MeasuredCollectives({(row.operation, row.members): (sizes, seconds)})
            size = row.sizes[place]
            predicted = curve.seconds(row.operation, row.members, size)
            line = row.seconds[low] + slope * (size - row.sizes[low])
            found.append(Compared("collectives", row.seconds[place], predicted, line, None))
    return found


def images(catalog: Catalog) -> list[Compared]:
    """ResNet-50: one node, small batches, and every system of MLPerf whose accelerator is known.

    Arguments:
        catalog: the facts.
    """
    known = misses(catalog)
    return [
        Compared(
            one.group,
            1 / one.measured,
            1 / one.predicted,
            1 / one.floor,
            None
            if one.regime is None
            else error_of(one.regime, known, group_of(one.group, one.accelerator)),
        )
        for one in image_rates(catalog)
    ]


def families(catalog: Catalog) -> list[Compared]:
    """Convolutional networks of a family of which no rate is known; the floor is their FLOP/s.

    Arguments:
        catalog: the facts.
    """
    known = misses(catalog)
    return [
        Compared(
            "convolutional networks: family left out",
            1 / one.row.samples_per_second,
            1 / one.predicted,
            1 / one.floor,
            error_of(one.regime, known, group_of(one.row.network, one.row.accelerator)),
        )
        for one in families_left_out(catalog)
    ]


def runs(catalog: Catalog) -> list[Compared]:
    """Published runs of 90 epochs of ImageNet; the floor is one rate for a device of each.

    Arguments:
        catalog: the facts.
    """
    rows = (*TABLE, *FURTHER)
    known = misses(catalog)
    times = [row.time for row in rows]
    work = [device_hours(row, catalog) for row in rows]
    floor = statistics.median(work)
    return [
        Compared(
            "ResNet-50, published runs (J7)",
            row.time,
            row.time * (1 + relative_error(row, catalog)),
            time * floor / hours,
            error_of(job_of(row.stack, row.changes, catalog).regime, known, row.source),
        )
        for row, time, hours in zip(rows, times, work, strict=True)
    ]


def storage(catalog: Catalog) -> list[Compared]:
    """Utilization of accelerators that a store feeds; the floor is one that never waits.

    Arguments:
        catalog: the facts.
    """
    return [
        Compared(
            "storage input, MLPerf Storage",
            1 / one.utilization,
            1 / one.predicted_utilization,
            1.0,
            None,
        )
        for one in storage_rates(catalog)
    ]


def other_kinds(catalog: Catalog) -> list[Compared]:
    """Transformers on TPUs, of which no step was fitted; the floor is one MFU for all.

    Arguments:
        catalog: the facts.
    """
    return [
        Compared(
            "TPU v5e and v5p, MaxText",
            1 / one.measured,
            1 / one.predicted,
            1 / one.floor,
            one.error,
        )
        for one in tpu_utilizations(catalog)
    ]


def adaptations(catalog: Catalog) -> list[Compared]:
    """Fine-tuning of Llama 2 70B by low-rank adaptation, MLPerf; the floor is the median's.

    Arguments:
        catalog: the facts.
    """
    return [
        Compared(
            "Llama 2 70B LoRA, MLPerf",
            1 / one.measured,
            1 / one.predicted,
            1 / one.floor,
            one.error,
        )
        for one in lora_rates(catalog)
    ]


def seen(steps: Sequence[MeasuredStep], catalog: Catalog) -> list[Compared]:
    """Every step by the catalog's calibration, which has seen it.

    Arguments:
        steps: measured.
        catalog: the facts.
    """
    pairs = []
    for step in steps:
        row = serving_calibration(catalog, step.software, catalog.accelerators[step.accelerator])
        assert row is not None  # every software of the file is calibrated
        bound = host_share(step, row.calibration) > HOST_BOUND
        regime = Regime.HOST_BOUND if bound else Regime.INTERPOLATED
        errors = catalog.step_errors
        stated = max(
            each.error
            for key in ((row.software, Regime.INTERPOLATED), (row.software, regime))
            if (each := errors.get(key)) is not None
        )
        pairs.append((step, step.predicted(row.calibration), stated))
    return _beside_the_floor(pairs)


def other_precision(catalog: Catalog) -> list[Compared]:
    """Steps in fp8, with published layouts, to which nothing was fitted.

    Arguments:
        catalog: the facts.
    """
    pairs = []
    for step in read_steps(FURTHER_STEPS, catalog):
        accelerator = catalog.accelerators[step.accelerator]
        row = serving_calibration(catalog, step.software, accelerator)
        assert row is not None  # every software of the file is calibrated
        regimes = {Regime.OTHER_PRECISION}
        if row.generation != accelerator.generation:
            regimes.add(Regime.OTHER_ACCELERATOR)
        if step.model.adapted is not None or step.layouts[0].context > 1:
            regimes.add(Regime.OTHER_FAMILY)
        facts = Facts(catalog)
        stated = max(facts.step_error(row.software, regime) for regime in regimes)
        pairs.append((step, step.predicted(row.calibration), stated))
    return _beside_the_floor(pairs)


def left_out(steps: Sequence[MeasuredStep], catalog: Catalog) -> list[Compared]:
    """Every step by calibrations that saw nothing of its hidden size, or of so many accelerators.

    Arguments:
        steps: measured.
        catalog: the facts.
    """
    found = []
    for each in refit(steps, catalog):
        for name, pairs in (
            ("hidden size left out", each.unseen),
            ("above 256 left out", each.far),
            ("accelerator left out", each.elsewhere),
            ("software left out", each.foreign),
        ):
            found += [
                Compared(f"{one.group}: {name}", one.measured, one.predicted, one.floor, None)
                for one in _beside_the_floor([(step, time, None) for step, time in pairs])
            ]
    return found


def _beside_the_floor(
    pairs: Iterable[tuple[MeasuredStep, float, float | None]],
) -> list[Compared]:
    """The floor is one MFU for all steps of a set, the one that fits them best."""
    known = list(pairs)
    ideal = [_ideal(step) for step, _, _ in known]
    found = []
    for (step, predicted, error), least in zip(known, ideal, strict=True):
        alike = [
            other.seconds / other_least
            for (other, _, _), other_least in zip(known, ideal, strict=True)
            if other.group == step.group
        ]
        floor = least * statistics.median(alike)
        found.append(Compared(step.group, step.seconds, predicted, floor, error))
    return found


def _ideal(step: MeasuredStep) -> float:
    """Duration at the peak rate, s."""
    flops = training_flops(step.model.forward_flops(step.layouts[0].batch))
    return flops / (step.accelerators * step.cluster.peak)


def table(rows: Sequence[Compared]) -> list[str]:
    """Lines of a table: rows, errors, the interval, and errors of a peer and of the floor.

    Arguments:
        rows: of all sets.
    """
    lines = [
        f"{'set':42} {'rows':>5} {'mean':>7} {'worst':>7} {'inside':>7} {'half':>7} {'floor':>7}"
        f"  peer"
    ]
    for name in dict.fromkeys(row.group for row in rows):
        lines.append(_line(name, [row for row in rows if row.group == name]))
    sure = [row for row in rows if row.error is not None]
    if sure:
        lines.append(_line(ALL, sure))
    return lines


def _line(name: str, mine: Sequence[Compared]) -> str:
    misses = [abs(row.predicted / row.measured - 1) for row in mine]
    floors = [abs(row.floor / row.measured - 1) for row in mine]
    widths = [math.expm1(_TWO_SIDED * row.error) for row in mine if row.error is not None]
    inside = f"{sum(row.inside for row in mine) / len(mine):.0%}" if widths else "-"
    half = f"{statistics.median(widths):.1%}" if widths else "-"
    peer = PEERS.get(name)
    told = f"{peer[0]} {peer[1]:.1%}" if peer else "-"
    return (
        f"{name:42} {len(mine):>5} {statistics.mean(misses):>7.1%} {max(misses):>7.1%}"
        f" {inside:>7} {half:>7} {statistics.mean(floors):>7.1%}  {told}"
    )


def hours(catalog: Catalog) -> list[str]:
    """Device-hours of the published runs, by the devices that the program gives them.

    Arguments:
        catalog: the facts.
    """
    return [f"{row.source:54} {device_hours(row, catalog):>8.1f} device-hours" for row in TABLE]


def main() -> None:
    """Print the tables."""
    catalog = load_catalog()
    steps = read_steps(STEPS, catalog)
    rows = seen(steps, catalog)
    ordered = orders((step, row.predicted) for step, row in zip(steps, rows, strict=True))
    if "--left-out" in sys.argv:
        rows = left_out(steps, catalog)
    judged = (
        other_precision, images, runs, families, adaptations, other_kinds, storage, collectives,
    )  # fmt: skip
    rows = [*rows, *(row for more in judged for row in more(catalog))]
    fits = memory_lines(measured_fits(catalog))
    print("\n".join([*table(rows), "", *order_lines(ordered), "", *fits, "", *hours(catalog)]))


if __name__ == "__main__":
    main()
