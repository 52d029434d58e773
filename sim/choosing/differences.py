"""By how much a stack differs from another that lived through the same years."""

import math
from collections.abc import Sequence

from models.prediction import Distribution, Estimate
from models.prediction.comparison_answer import (
    TimeDifference,
    Variant,
    VariantDifference,
    WorkloadFigures,
)
from sim.output_analysis import compare


def difference(first: Variant, other: Variant) -> VariantDifference:
    """By how much a variant has more than the first.

    Arguments:
        first: that others are held against.
        other: in the same years.
    """
    of_first = {one.name: one for one in first.workloads}
    same = first.cost_of == other.cost_of
    # Of two bills that are not known in full a difference isn't known either.
    known = not (first.at_least or other.at_least)
    return VariantDifference(
        name=other.name,
        times=tuple(
            _time(of_first[one.name], one) for one in other.workloads if one.name in of_first
        ),
        cost=_paired(first.cost, other.cost) if same and known else None,
        monthly=other.monthly - first.monthly if known else None,
        availability=_pairs(first.availability.samples, other.availability.samples),
        energy=_paired(first.energy, other.energy) if same else None,
    )


def _time(first: WorkloadFigures, other: WorkloadFigures) -> TimeDifference:
    if first.samples and other.samples:
        return TimeDifference(other.name, "mean", _pairs(first.samples, other.samples), True)
    known = first.time_p95 is not None and other.time_p95 is not None
    same = known and first.completes == other.completes
    apart = _apart(first.time_p95, other.time_p95) if same else None
    return TimeDifference(other.name, "p95", apart, False)


def _paired(first: Distribution | None, other: Distribution | None) -> Estimate | None:
    if first is None or other is None:
        return None
    return _pairs(first.samples, other.samples)


def _pairs(first: Sequence[float], other: Sequence[float]) -> Estimate:
    # One of them may be simulated for fewer years, where each takes long: then its years count.
    shorter = min(len(first), len(other))
    return compare(first[:shorter], other[:shorter])


def _apart(first: Estimate | None, other: Estimate | None) -> Estimate:
    """Of two estimates with intervals alone; what chance they share only makes it narrower."""
    assert first is not None
    assert other is not None
    mean = other.mean - first.mean
    half = math.hypot(first.high - first.low, other.high - other.low) / 2
    return Estimate(mean, mean - half, mean + half, other.confidence, other.method)
