"""Predicted against measured training throughput, set by set, beside peers and a floor.

python -m benchmarks.fidelity            the calibrations of the catalog, on the steps they saw
python -m benchmarks.fidelity --left-out fitted anew with whole groups left out (minutes)
"""

import statistics
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.compared import Compared, beside_the_floor, table
from benchmarks.image_errors import error_of, group_of, misses
from benchmarks.image_networks import families_left_out
from benchmarks.image_rates import image_rates
from benchmarks.layout_order import lines as order_lines
from benchmarks.layout_order import orders
from benchmarks.memory import lines as memory_lines
from benchmarks.memory import measured_fits
from benchmarks.storage_input import storage_rates
from benchmarks.unfitted import judged as judged_apart
from benchmarks.unfitted import lines as unfitted_lines
from benchmarks.unfitted import unfitted_steps
from benchmarks.validation import FURTHER, TABLE, device_hours, job_of, relative_error
from models.calibration.calibrate import refit
from models.calibration.measured_steps import MeasuredStep, read_steps
from models.calibration.step_misses import left_out_error, regime_of, step_misses
from models.catalog.load import load_catalog
from models.catalog.operator_tables import serving_calibration
from models.catalog.operators import Regime
from models.catalog.records import Catalog
from models.laws.collective_times import MeasuredCollectives
from models.parts.facts import Facts

STEPS = Path(__file__).parent / "measured" / "transformer_steps.csv"
LEAST_COLLECTIVE = 65536  # bytes, from which collectives are judged


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
        regime = regime_of(step, row.calibration, row.sizes)
        stated = Facts(catalog).step_error(row.software, regime)
        pairs.append((step, step.predicted(row.calibration), stated))
    return beside_the_floor(pairs)


def left_out(steps: Sequence[MeasuredStep], catalog: Catalog) -> list[Compared]:
    """Every step by calibrations that saw nothing of it, its size, or of so many accelerators.

    The interval follows from other sets than the one that is judged.

    Arguments:
        steps: measured.
        catalog: the facts.
    """
    refitted = refit(steps, catalog)
    misses = step_misses(refitted, catalog)
    found = []
    for each in refitted:
        stand_in = catalog.software[each.software].steps_of
        for name, software, regime, pairs in (
            ("a fifth left out", each.software, None, each.kept),
            ("hidden size left out", each.software, None, each.unseen),
            ("above 256 left out", each.software, Regime.MORE_ACCELERATORS, each.far),
            ("accelerator left out", each.software, Regime.OTHER_ACCELERATOR, each.elsewhere),
            ("software left out", stand_in, Regime.OTHER_SOFTWARE, each.foreign),
        ):
            sizes = each.sizes if pairs is each.kept else ()
            known = [
                (step, seconds, left_out_error(
                    software, regime or regime_of(step, each.calibration, sizes), misses, step.group
                ))
                for step, seconds in pairs
            ]  # fmt: skip
            found += [replace(one, group=f"{one.group}: {name}") for one in beside_the_floor(known)]
    return found


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
        images, runs, families, storage, collectives,
    )  # fmt: skip
    apart = unfitted_steps(catalog)
    rows = [*rows, *judged_apart(apart), *(row for more in judged for row in more(catalog))]
    fits = memory_lines(measured_fits(catalog))
    print(
        "\n".join(
            [
                *table(rows),
                "",
                *order_lines(ordered),
                "",
                *fits,
                "",
                *unfitted_lines(apart),
                "",
                *hours(catalog),
            ]
        )
    )


if __name__ == "__main__":
    main()
