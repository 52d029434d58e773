"""Replications: independent streams from one seed, and their statistics."""

import math
import os
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from models.laws.intervals import quantile_positions, student_quantile
from models.prediction import Distribution, Estimate

Result = TypeVar("Result")
CONFIDENCE = 0.95
_PATIENCE = 1.5  # s of work left below which starting worker processes costs more than it saves


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


def replicate(
    simulate: Callable[[np.random.Generator], Result],
    random: Sequence[np.random.Generator],
    progress: Callable[[int], None] | None = None,
    jobs: int | None = None,
) -> list[Result]:
    """Run a simulation once for every stream, in order, on several processes where that pays.

    Where the replications run does not change a single result.

    Arguments:
        simulate: one replication; it must be picklable.
        random: the streams.
        progress: told how many replications are complete.
        jobs: processes; by default as many as there are processors, and one for short work.
    """
    report = progress or (lambda _: None)
    results: list[Result] = []
    available = jobs or os.cpu_count() or 1
    started = time.perf_counter()
    for position, stream in enumerate(random):
        results.append(simulate(stream))
        if position % 20 == 19:
            report(len(results))
            left = (time.perf_counter() - started) / len(results) * (len(random) - len(results))
            if available > 1 and left * (1 - 1 / available) > _PATIENCE:
                break
    if len(results) < len(random):
        results += _in_processes(simulate, random[len(results) :], available, len(results), report)
    report(len(results))
    return results


def _in_processes(
    simulate: Callable[[np.random.Generator], Result],
    random: Sequence[np.random.Generator],
    jobs: int,
    done: int,
    report: Callable[[int], None],
) -> list[Result]:
    from joblib import Parallel, delayed  # heavy; only long work needs it

    size = max(1, min(50, len(random) // (4 * jobs)))
    chunks = [random[start : start + size] for start in range(0, len(random), size)]
    results: list[Result] = []
    for chunk in Parallel(n_jobs=jobs, return_as="generator")(
        delayed(_run_chunk)(simulate, chunk) for chunk in chunks
    ):
        results += chunk
        report(done + len(results))
    return results


def _run_chunk(
    simulate: Callable[[np.random.Generator], Result], random: Sequence[np.random.Generator]
) -> list[Result]:
    return [simulate(stream) for stream in random]


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


def quantile_estimate(values: Sequence[float], probability: float) -> Estimate:
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
