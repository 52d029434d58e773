"""Replications: independent streams from one seed, and their statistics."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from models.laws.intervals import quantile_positions, student_quantile
from models.prediction import Distribution, Estimate
from sim.backends import LOCAL, Backend, run_all

Result = TypeVar("Result")
CONFIDENCE = 0.95


def streams(seed: int, *key: int, count: int) -> list[np.random.Generator]:
    """Independent random streams, one a replication, that depend on the seed and key alone.

    Arguments:
        seed: of the experiment.
        key: tells experiments with one seed apart.
        count: how many.
    """
    return [
        np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(*key, index))))
        for index in range(count)
    ]


def rounded_up(replications: int) -> int:
    """A power of 2 that is no less: so few numbers that what is drawn for them can be kept.

    Arguments:
        replications: how many are asked for.
    """
    return 1 << (replications - 1).bit_length()


def replicate(
    simulate: Callable[[np.random.Generator], Result],
    random: Sequence[np.random.Generator],
    progress: Callable[[int], None] | None = None,
    jobs: int | None = None,
    backend: Backend = LOCAL,
) -> list[Result]:
    """Run a simulation once for every stream, in order, on several processes where that pays.

    Where the replications run does not change a single result.

    Arguments:
        simulate: one replication; it must be picklable.
        random: the streams.
        progress: told how many replications are complete.
        jobs: processes of this machine; by default as many as there are processors, and one for
            short work.
        backend: where they run, if not on this machine.

    Raises:
        BackendUnavailable: a package that is missing, or a cluster that can't be used.
    """
    if jobs is not None and backend.kind == "local":
        backend = Backend(workers=jobs)
    return run_all(simulate, random, backend, progress)


def mean_estimate(values: Sequence[float]) -> Estimate:
    """Mean of independent values with its Student interval.

    Arguments:
        values: one a replication.

    Source: Law (2015), Simulation Modeling and Analysis, 5th edition, equation 4.12.
    """
    count, mean = len(values), float(np.mean(values))
    if count < 2 or min(values) == max(values):
        only = float(values[0]) if count and min(values) == max(values) else mean
        return Estimate(only, only, only, CONFIDENCE, "simulation")
    error = float(np.std(values, ddof=1)) / math.sqrt(count)
    half = student_quantile(CONFIDENCE, count - 1) * error
    low = mean - half
    # What is never negative has no negative mean.
    low = max(0.0, low) if min(values) >= 0 else low
    return Estimate(mean, low, mean + half, CONFIDENCE, "simulation")


def share_estimate(values: Sequence[float]) -> Estimate:
    """Mean of independent shares with its Student interval, within 0 and 1.

    Arguments:
        values: one a replication, 0 to 1.
    """
    one = mean_estimate(values)
    return replace(one, high=min(1.0, one.high))


def share_distribution(values: Sequence[float]) -> Distribution:
    """Mean, median and 95th percentile of independent shares, none of them beyond 0 or 1.

    Arguments:
        values: one a replication, 0 to 1.
    """
    return replace(distribution(values), mean=share_estimate(values))


def quantile_estimate(
    values: Sequence[float] | NDArray[np.float64], probability: float
) -> Estimate:
    """Quantile of independent values with the interval between two order statistics.

    Arguments:
        values: one a replication.
        probability: of the quantile, 0 to 1.

    Source: Conover (1999), Practical Nonparametric Statistics, 3rd edition, section 3.2.
    """
    ordered = np.sort(np.asarray(values, dtype=float))
    low, high = quantile_positions(len(ordered), probability, CONFIDENCE)
    middle = max(0, math.ceil(len(ordered) * probability) - 1)
    return Estimate(
        float(ordered[middle]), float(ordered[low]), float(ordered[high]), CONFIDENCE, "simulation"
    )


def grouped_quantile_estimate(
    groups: Sequence[NDArray[np.float64]], probability: float
) -> Estimate:
    """Quantile of all values of independent groups, within which they may hang together.

    Arguments:
        groups: values of each replication; those without any say nothing.
        probability: of the quantile, 0 to 1.

    Source: Woodruff (1952), Confidence intervals for medians and other position measures: the
        quantiles at the ends of the interval of the share that lies below.
    """
    known = [group for group in groups if len(group)]
    ordered = np.sort(np.concatenate(known)) if known else np.zeros(1)
    middle = float(np.quantile(ordered, probability))
    if len(known) < 2:
        return Estimate(middle, middle, middle, CONFIDENCE, "simulation")
    below = np.array([np.count_nonzero(group <= middle) / len(group) for group in known])
    error = float(below.std(ddof=1)) / math.sqrt(len(known))
    half = student_quantile(CONFIDENCE, len(known) - 1) * error
    ends = np.clip([probability - half, probability + half], 0.0, 1.0)
    low, high = (float(end) for end in np.quantile(ordered, ends))
    return Estimate(middle, low, high, CONFIDENCE, "simulation")


def distribution(values: Sequence[float]) -> Distribution:
    """Mean, median and 95th percentile of independent values, each with its interval.

    Arguments:
        values: one a replication.
    """
    return Distribution(
        mean_estimate(values),
        quantile_estimate(values, 0.5),
        quantile_estimate(values, 0.95),
        tuple(float(value) for value in values),
    )
