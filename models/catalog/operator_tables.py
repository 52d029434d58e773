"""The operator tables that serve an accelerator: its own, or those of the one most like it."""

import math
from dataclasses import dataclass, replace

from models.catalog.hardware import Accelerator, Link
from models.catalog.operators import MatrixTable, StepCalibration
from models.catalog.records import Catalog, Software
from models.laws.collective_times import MeasuredCollectives
from models.laws.collectives import StraightCollectives
from models.laws.matrix_rates import MatrixRates
from models.laws.transformers.machine import Calibration, Collectives, Practice
from models.laws.transformers.memory import Keeping

# Share of the peak that attention reaches at best: on A100, 73 % of it forward and 63 % backward,
# where there is 2.5 times as much to compute (Dao 2023, FlashAttention-2, arXiv 2307.08691,
# section 4.1).
MOST_ATTENTION = 3.5 / (1 / 0.73 + 2.5 / 0.63)
_SAME_RATES = {"fp16": "bf16"}  # tensor cores multiply both alike


@dataclass(frozen=True)
class ServingMatrices:
    """The grid of matrix rates that serves an accelerator.

    Arguments:
        rates: scaled to it.
        table: that they come from.
        own: whether it was measured on the accelerator, in that precision.
    """

    rates: MatrixRates
    table: MatrixTable
    own: bool


def kept_by(software: Software) -> Keeping:
    """What a software keeps in memory.

    Arguments:
        software: of the catalog.
    """
    return Keeping(
        software.fused_attention,
        software.score_bytes,
        software.sums_fp32,
        software.gathers_layers,
    )


def practice_of(software: Software, overlap: bool | None = None) -> Practice:
    """What a software does at the same time.

    Arguments:
        software: of the catalog.
        overlap: whether it sums gradients while it computes; None where it does as usual.
    """
    sums = software.overlap if overlap is None else overlap
    return Practice(
        sums,
        software.hides_sums,
        software.adds_up,
        software.gathers_layers,
        software.skips_last,
    )


def peak_rate(accelerator: Accelerator, precision: str) -> float | None:
    """The peak of an accelerator, FLOP/s; None where none is known.

    Arguments:
        accelerator: of the catalog.
        precision: of the computation; fp16 and bf16 have one rate where tensor cores know both.
    """
    return accelerator.peak_flops.get(precision)


def serving_matrices(
    catalog: Catalog, accelerator: Accelerator, precision: str
) -> ServingMatrices | None:
    """The grid of the accelerator, or of the one most like it; None without any peak.

    Alike is first what is of its generation, then what computes as much for each byte that its
    memory moves, by which the same shapes are bound by memory.

    Arguments:
        catalog: the facts.
        accelerator: that multiplies.
        precision: of the computation.
    """
    peak = peak_rate(accelerator, precision)
    if peak is None:
        return None
    wanted = _SAME_RATES.get(precision, precision)
    found = catalog.matrix_rates.get((accelerator.name, wanted))
    if found is not None:
        return ServingMatrices(found.rates, found, True)
    peaks = [
        (table, catalog.accelerators[table.accelerator]) for table in catalog.matrix_rates.values()
    ]
    usable = [
        (table, there.peak_flops[table.precision], there)
        for table, there in peaks
        if table.precision in there.peak_flops
    ]
    if not usable:
        return None
    balance = peak / accelerator.memory_bandwidth
    table, other, _ = min(
        usable,
        key=lambda each: (
            each[0].precision != wanted,
            each[2].generation != accelerator.generation,
            abs(math.log(each[1] / each[2].memory_bandwidth / balance)),
        ),
    )
    return ServingMatrices(replace(table.rates, scale=peak / other, _known={}), table, False)


def serving_collectives(catalog: Catalog, accelerator: str, link: Link | None) -> Collectives:
    """Measured times of an accelerator, or of another on the same link, or of the link by law.

    Arguments:
        catalog: the facts.
        accelerator: name of it.
        link: inside its node; None where it is alone.
    """
    measured = {key[0] for key in catalog.collective_times}
    like = accelerator
    if like not in measured and link is not None:
        on_link = [
            name for name in sorted(measured) if catalog.accelerators[name].link == link.name
        ]
        like = on_link[0] if on_link else ""
    if like in measured:
        return MeasuredCollectives(
            {
                (row.operation, row.members): (row.sizes, row.seconds)
                for row in catalog.collective_times.values()
                if row.accelerator == like
            }
        )
    if link is None:
        return StraightCollectives(math.inf, 0.0)
    return StraightCollectives(link.bandwidth, link.latency)


def half_peak(accelerator: Accelerator, precision: str) -> float | None:
    """The peak of attention's scores, FLOP/s, where they have another than all else.

    Arguments:
        accelerator: that computes.
        precision: of the computation; scores are never computed in less than half precision.
    """
    if precision != "fp8":
        return None
    return accelerator.peak_flops.get("bf16") or accelerator.peak_flops.get("fp16")


def serving_calibration(
    catalog: Catalog, software: str, accelerator: Accelerator
) -> StepCalibration | None:
    """What a software, or the one that stands for it, makes of an accelerator.

    Arguments:
        catalog: the facts.
        software: of the catalog.
        accelerator: of which, or else of another generation, steps were measured.
    """
    for name in (software, catalog.software[software].steps_of):
        rows = [row for row in catalog.step_calibrations.values() if row.software == name]
        if not rows:
            continue
        own = [row for row in rows if row.generation == accelerator.generation]
        row = own[0] if own else max(rows, key=lambda row: (row.date, row.generation))
        found = row.calibration
        if name != software:
            found = with_own_kernels(found, catalog.software[software])
        moved = transferred(catalog, found, row.generation, accelerator)
        return replace(row, calibration=moved)
    return None


def with_own_kernels(stand_in: Calibration, software: Software) -> Calibration:
    """What is known of another software, but for kernels of which more is known.

    Arguments:
        stand_in: of the other software.
        software: that it stands for.
    """
    share, loss = software.attention_share, software.loss_bytes
    traffic = software.memory_traffic
    return replace(
        stand_in,
        attention=stand_in.attention if share is None else share,
        memory=stand_in.memory if traffic is None else traffic,
        loss=stand_in.loss if loss is None else loss,
    )


def transferred(
    catalog: Catalog, calibration: Calibration, generation: str, accelerator: Accelerator
) -> Calibration:
    """Coefficients of a generation as they are taken for an accelerator of another.

    Matrix products have rates of their own, and what moves memory its bandwidth. Attention's share
    of the peak is another: exponentials and on-chip traffic bound it, which grow from generation
    to generation as bandwidth does, not as matrix products (Shah et al. 2024, FlashAttention-3,
    arXiv 2407.08608, section 2.2). From A100 to H100 and back that halves the error.

    Arguments:
        catalog: the facts.
        calibration: of the generation.
        generation: of the accelerators whose steps were measured.
        accelerator: that it is taken for.
    """
    measured = sorted({table.accelerator for table in catalog.matrix_rates.values()})
    there = [catalog.accelerators[name] for name in measured]
    alike = [one for one in there if one.generation == generation]
    peak = accelerator.peak_flops.get("bf16") or accelerator.peak_flops.get("fp16")
    if not alike or peak is None or generation == accelerator.generation:
        return calibration
    known = alike[0]
    faster = accelerator.memory_bandwidth / known.memory_bandwidth
    share = calibration.attention * faster * known.peak_flops["bf16"] / peak
    return replace(calibration, attention=min(MOST_ATTENTION, share))
