"""A stack that runs beside its prediction: figures, gaps, drift, and what they calibrate."""

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from models.description.quantities import HOUR
from models.laws.incomplete_functions import gamma_quantile
from models.laws.intervals import quantile_positions, student_quantile
from models.laws.sample_means import batches
from models.laws.two_samples import FEWEST, kolmogorov, kolmogorov_smirnov
from models.measurements.measured import Key, Measurements, Samples
from models.parts.measurable import measurable_of_nodes
from models.parts.place import provider_of
from models.parts.solve import SolvedStack
from models.prediction import Prediction
from models.prediction.expected import Expected, Measure, Statistic
from models.prediction.observation_answer import (
    Calibrated,
    Drift,
    Observation,
    ObservedFigure,
)
from models.queueing.distributions import AnyDistribution
from models.queueing.tails import breaks, survival
from sim.experiment import CONFIDENCE
from sim.observing.bill_beside import billed_beside

_CHANCE = 0.001  # of a difference that is taken for a drift, over all that are looked for
_NEAR = 1e-9  # of a time, just before it
_MOST = 5000  # values of a sample that are held against a distribution
_PERCENTS = {Statistic.P50: 0.5, Statistic.P95: 0.95, Statistic.P99: 0.99}


def observe(
    solved: SolvedStack,
    prediction: Prediction,
    measured: Measurements,
    baseline: Measurements | None = None,
) -> Observation:
    """What was measured beside what was predicted.

    Arguments:
        solved: the stack.
        prediction: of it.
        measured: of the stack that runs.
        baseline: measured before, while it was as assumed; None if there is no such file.
    """
    figures = tuple(_figures(solved, prediction, measured))
    known = {Key(one.expected.of, one.expected.measure) for one in figures}
    assumed = _assumed(solved)
    beside = known | set(assumed) | {Key(name, Measure.NODE_TIME) for name in solved.stack.nodes}
    return Observation(
        stack=prediction.stack,
        file=measured.file,
        figures=figures,
        only_measured=tuple(str(key) for key in measured.values if key not in beside),
        drifts=_drifts(solved, measured, baseline),
        bill=billed_beside(measured.bill, prediction.cost.lines, provider_of(solved.stack)),
        predicted_monthly=prediction.cost.monthly,
        at_least=prediction.cost.at_least,
        calibrated=tuple(_calibrated(solved, measured)),
    )


def _figures(
    solved: SolvedStack, prediction: Prediction, measured: Measurements
) -> Iterator[ObservedFigure]:
    for workload in prediction.workloads:
        for one in workload.expected():
            key = Key(one.of, one.measure)
            values = measured.values.get(key)
            if values is not None:
                yield _observed(one, values, measured.grouped.get(key, ()))
    for name in solved.site.groups:
        failures = measured.values.get(Key(name, Measure.FAILURES))
        time = measured.values.get(Key(name, Measure.NODE_TIME))
        if failures is not None and time is not None:
            yield _failures(name, solved, int(failures.sum()), float(time.sum()))
    for wanted in measurable_of_nodes(solved.site, solved.uses):
        values = measured.values.get(Key(wanted.of, wanted.measure))
        if values is not None:
            yield _observed(wanted, values)
    monthly = measured.values.get(Key("", Measure.MONTHLY_COST))
    usd = prediction.cost.monthly
    expected = Expected("", Measure.MONTHLY_COST, Statistic.MEAN, usd, usd, usd)
    if prediction.cost.at_least:
        expected = Expected("", Measure.MONTHLY_COST, Statistic.MEAN, usd, usd, math.inf)
    if monthly is not None:
        yield _observed(expected, monthly)
    if measured.bill:
        billed = math.fsum(one.usd for one in measured.bill if one.compared)
        yield _observed(expected, np.array([billed]))


def _observed(expected: Expected, values: Samples, buckets: Sequence[float] = ()) -> ObservedFigure:
    """A figure of measured values; one of values in buckets is no surer than the bucket."""
    share = _PERCENTS.get(expected.statistic)
    if share is not None:
        ordered = np.sort(values)
        low, high = quantile_positions(len(ordered), share, CONFIDENCE)
        middle = max(0, math.ceil(len(ordered) * share) - 1)
        ends = float(ordered[low]), float(ordered[high])
        if buckets:
            least = buckets[max(0, bisect_left(buckets, ends[0]) - 1)]
            ends = least, buckets[min(len(buckets) - 1, bisect_left(buckets, ends[1]))]
        return ObservedFigure(expected, float(ordered[middle]), *ends, len(values))
    parts = batches(values)
    mean = float(values.mean())
    if len(parts) < 2:
        return ObservedFigure(expected, mean, mean, mean, len(values))
    error = float(parts.std(ddof=1)) / math.sqrt(len(parts))
    half = student_quantile(CONFIDENCE, len(parts) - 1) * error
    return ObservedFigure(expected, mean, max(0.0, mean - half), mean + half, len(values))


def _failures(group: str, solved: SolvedStack, failures: int, time: float) -> ObservedFigure:
    """Failures in so much time of nodes: predicted with the interval of their rate.

    Source of the interval of what was counted: Garwood (1936), Fiducial limits for the Poisson
        distribution.
    """
    component = solved.site.groups[group].component
    mttf = component.mttf
    low, high = component.mttf_interval() or (mttf, mttf)
    expected = Expected(
        group, Measure.FAILURES, Statistic.MEAN, time / mttf, time / high, time / low
    )
    outside = (1 - CONFIDENCE) / 2
    least = gamma_quantile(failures, outside) if failures else 0.0
    most = gamma_quantile(failures + 1, 1 - outside)
    return ObservedFigure(expected, float(failures), least, most, failures)


def _assumed(solved: SolvedStack) -> set[Key]:
    return {key for one in solved.workloads.values() for key in one.kind.assumed(one.answer)}


def _drifts(
    solved: SolvedStack, measured: Measurements, baseline: Measurements | None
) -> tuple[Drift, ...]:
    """What no longer looks like the baseline, or like the distributions of the stack."""
    found: list[tuple[str, str, float]] = []
    for key, values in measured.values.items():
        if key in measured.grouped:
            continue  # of a value nothing is known but its bucket
        before = None if baseline is None else baseline.values.get(key)
        if before is not None and baseline is not None and min(len(values), len(before)) >= FEWEST:
            found.append((str(key), baseline.file, kolmogorov_smirnov(values, before)))
    for one in solved.workloads.values():
        for key, law in one.kind.assumed(one.answer).items():
            mine = measured.values.get(key)
            if mine is None or key in measured.grouped or len(mine) < FEWEST or _jumps(law):
                continue  # of what has jumps the test says nothing
            some = mine[:: max(1, math.ceil(len(mine) / _MOST))]
            chance = kolmogorov(some, partial(_no_longer, law))
            found.append((str(key), "the distribution in the stack file", chance))
    limit = _CHANCE / max(1, len(found))  # Bonferroni: of several tests together
    return tuple(Drift(of, against, p, p < limit) for of, against, p in found)


def _no_longer(law: AnyDistribution, time: float) -> float:
    return 1 - survival(law, time)


def _jumps(law: AnyDistribution) -> bool:
    return any(
        survival(law, place * (1 - _NEAR)) - survival(law, place) > _NEAR**0.5
        for place in breaks(law)
    )


def _calibrated(solved: SolvedStack, measured: Measurements) -> Iterator[Calibrated]:
    for name, one in solved.workloads.items():
        for path, given in one.kind.calibrated(one.answer, measured.values).items():
            source = f"{len(measured.values[given.by]):,} values of {given.by} in {measured.file}"
            yield Calibrated(f"workloads.{name}.{path}", given.value, source)
    for name in solved.site.groups:
        failures = measured.values.get(Key(name, Measure.FAILURES))
        time = measured.values.get(Key(name, Measure.NODE_TIME))
        if failures is None or time is None or not failures.sum():
            continue  # without a failure there is a least mttf, and no mttf
        hours = float(time.sum()) / float(failures.sum()) / HOUR
        source = f"{int(failures.sum()):,} failures in {time.sum() / HOUR:,.0f} node-hours"
        yield Calibrated(f"nodes.{name}.mttf", f"{hours:.6g} h", f"{source} in {measured.file}")
