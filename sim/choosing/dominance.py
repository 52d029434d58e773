"""Which variants others beat: nowhere worse, and somewhere better by more than chance."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.laws.intervals import student_quantile
from models.prediction.comparison_answer import Dominance, Variant
from sim.experiment import CONFIDENCE
from sim.simulated_workload import Floats


@dataclass(frozen=True)
class _Criterion:
    """One thing of which less is better.

    Arguments:
        values: one of each variant; infinite where there is none.
        errors: half-widths of their intervals, where they are not paired.
        samples: one row a variant, where they are of the same years; None where they are not.
    """

    values: Floats
    errors: Floats
    samples: Floats | None = None

    def better(self, one: int) -> Floats:
        """By how much that one has less than each, beyond what chance may be; 0 if it has not."""
        with np.errstate(invalid="ignore"):  # two that never answer are not apart
            apart = self.values - self.values[one]
        margin = np.hypot(self.errors, self.errors[one])
        if self.samples is not None:
            differences = self.samples - self.samples[one]
            count = differences.shape[1]
            spread = differences.std(axis=1, ddof=1) / math.sqrt(count)
            margin = student_quantile(CONFIDENCE, count - 1) * spread
        surely: Floats = np.where(np.isnan(apart), 0.0, apart) > np.nan_to_num(margin)
        return surely

    def no_worse(self, one: int) -> Floats:
        """Whether that one has no more than each."""
        fine: Floats = self.values[one] <= self.values
        return fine


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
            surely = np.any([criterion.better(here) for criterion in criteria], axis=0)
            beaten = surely & np.all([criterion.no_worse(here) for criterion in criteria], axis=0)
            for other in np.flatnonzero(beaten):
                by.setdefault(members[int(other)], []).append(position)
    return tuple(
        Dominance(variants[worse].name, tuple(variants[better].name for better in by[worse]))
        for worse in sorted(by)
    )


def _criteria(variants: Sequence[Variant]) -> list[_Criterion]:
    found = [
        _of_samples(
            [one.cost.samples for one in variants], [one.cost.mean.mean for one in variants]
        ),
        _exact([one.unavailability for one in variants]),
        _exact([sum(not each.met for each in one.objectives) for one in variants]),
        _exact([len(one.unstable) for one in variants]),
    ]
    for position in range(len(variants[0].workloads)):
        times = [one.workloads[position] for one in variants]
        if all(one.samples for one in times):
            means = [float(np.mean(one.samples)) for one in times]
            found.append(_of_samples([one.samples for one in times], means))
            continue
        late = [one.time_p95 for one in times]
        values = [math.inf if one is None else one.mean for one in late]
        errors = [0.0 if one is None else (one.high - one.low) / 2 for one in late]
        found.append(_Criterion(np.array(values), np.array(errors)))
    return found


def _exact(values: Sequence[float]) -> _Criterion:
    return _Criterion(np.array(values, dtype=float), np.zeros(len(values)))


def _of_samples(samples: Sequence[Sequence[float]], means: Sequence[float]) -> _Criterion:
    if len({len(one) for one in samples}) > 1:  # of different years, which can't be paired
        halves = [1.96 * float(np.std(one, ddof=1)) / math.sqrt(len(one)) for one in samples]
        return _Criterion(np.array(means), np.array(halves))
    return _Criterion(np.array(means), np.zeros(len(means)), np.array(samples))
