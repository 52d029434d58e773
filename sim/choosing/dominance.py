"""Which variants others beat: nowhere worse, and somewhere better by more than chance."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from models.laws.intervals import student_quantile
from models.prediction.comparison_answer import Dominance, Variant
from sim.experiment import CONFIDENCE
from sim.simulated_workload import Floats


class _Criterion(Protocol):
    """One thing of which less is better."""

    def more_than(self, one: int) -> Floats:
        """By how much each variant has more than that one."""

    def margins(self, one: int) -> Floats:
        """By how much chance may have moved each of these."""


@dataclass(frozen=True)
class _Known:
    """Values, of which some may have an interval.

    Arguments:
        values: one of each variant; infinite where there is none.
        errors: half-widths of their intervals.
    """

    values: Floats
    errors: Floats

    def more_than(self, one: int) -> Floats:
        with np.errstate(invalid="ignore"):  # two that never answer are not apart
            apart = self.values - self.values[one]
        found: Floats = np.where(np.isnan(apart), 0.0, apart)
        return found

    def margins(self, one: int) -> Floats:
        found: Floats = np.hypot(self.errors, self.errors[one])
        return found


@dataclass(frozen=True)
class _Simulated:
    """What was seen in the same years, of which one may have lived through fewer than another.

    Arguments:
        samples: one row a variant and one column a year, NaN in years that it has none of.
    """

    samples: Floats

    def more_than(self, one: int) -> Floats:
        found: Floats = np.nanmean(self.samples - self.samples[one], axis=1)
        return found

    def margins(self, one: int) -> Floats:
        apart = self.samples - self.samples[one]
        counts = np.count_nonzero(~np.isnan(apart), axis=1)
        quantiles = {n: student_quantile(CONFIDENCE, n - 1) for n in set(counts.tolist())}
        half: Floats = np.array([quantiles[n] for n in counts.tolist()])
        half *= np.nanstd(apart, axis=1, ddof=1) / np.sqrt(counts)
        return half


def dominated(variants: Sequence[Variant]) -> tuple[Dominance, ...]:
    """The variants that others beat, with those that do.

    Criteria are the time of every workload, the cost, the availability by the laws and the
    objectives that are met. What costs an unknown amount beats nothing. Only stacks with the same
    workloads are held against each other.

    Arguments:
        variants: predicted in the same years.
    """
    groups: dict[tuple[object, ...], list[int]] = {}
    for position, one in enumerate(variants):
        alike = (one.cost_of, *((w.name, w.completes) for w in one.workloads))
        groups.setdefault(alike, []).append(position)
    by: dict[int, list[int]] = {}
    for members in groups.values():
        criteria = _criteria([variants[position] for position in members])
        for here, position in enumerate(members):
            if variants[position].at_least:  # what it costs is not known
                continue
            apart = [(one.more_than(here), one.margins(here)) for one in criteria]
            surely = np.any([more > margin for more, margin in apart], axis=0)
            beaten = surely & np.all([more >= 0 for more, _ in apart], axis=0)
            for other in np.flatnonzero(beaten):
                by.setdefault(members[int(other)], []).append(position)
    return tuple(
        Dominance(variants[worse].name, tuple(variants[better].name for better in by[worse]))
        for worse in sorted(by)
    )


def _criteria(variants: Sequence[Variant]) -> list[_Criterion]:
    found: list[_Criterion] = [
        _simulated([one.cost.samples for one in variants]),
        _exact([one.unavailability for one in variants]),
        _exact([sum(not each.met for each in one.objectives) for one in variants]),
        _exact([len(one.unstable) for one in variants]),
    ]
    for position in range(len(variants[0].workloads)):
        times = [one.workloads[position] for one in variants]
        if all(one.samples for one in times):
            found.append(_simulated([one.samples for one in times]))
            continue
        late = [one.time_p95 for one in times]
        values = [math.inf if one is None else one.mean for one in late]
        errors = [0.0 if one is None else (one.high - one.low) / 2 for one in late]
        found.append(_Known(np.array(values), np.array(errors)))
    return found


def _exact(values: Sequence[float]) -> _Known:
    return _Known(np.array(values, dtype=float), np.zeros(len(values)))


def _simulated(samples: Sequence[Sequence[float]]) -> _Simulated:
    years = np.full((len(samples), max(map(len, samples))), np.nan)
    for row, one in zip(years, samples, strict=True):
        row[: len(one)] = one
    return _Simulated(years)
