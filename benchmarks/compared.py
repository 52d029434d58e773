"""A measured time beside the predicted one, and the table of sets of them."""

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.calibration.measured_steps import MeasuredStep
from models.laws.training_step import training_flops

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


def beside_the_floor(
    pairs: Iterable[tuple[MeasuredStep, float, float | None]],
) -> list[Compared]:
    """Steps of sets beside a floor, one MFU for all steps of a set, the one that fits them best.

    Arguments:
        pairs: measured steps, s that are predicted of each, and the standard error that is stated.
    """
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
