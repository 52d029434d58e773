"""The jobs of one replication: drawn from their distributions, or recorded."""

import importlib
import math
from collections.abc import Sequence

import numpy as np

from models.parts.workloads.job_resources import JobShape
from models.parts.workloads.job_trace import JobTrace
from models.parts.workloads.jobs import KindOfJob
from models.parts.workloads.trace_shapes import trace_shapes
from models.queueing.distributions import AnyDistribution, Deterministic, exponential
from sim.jobs.jobs_contract import Floats, Integers, JobSet


def batch_of_jobs(
    kinds: Sequence[KindOfJob], seed: np.random.SeedSequence, overestimate: float = 1.0
) -> JobSet:
    """All jobs at the start, kind after kind as they are described.

    Arguments:
        kinds: with a count each.
        seed: of the replication.
        overestimate: of the estimates over the run times.
    """
    counts = [kind.count or 0 for kind in kinds]
    run_times = [_run_times(seed, kind, count) for kind, count in zip(kinds, counts, strict=True)]
    numbers = np.repeat(np.arange(len(kinds)), counts)
    run_time = np.concatenate(run_times)
    return _set(kinds, np.zeros(len(numbers)), run_time, numbers, overestimate)


def stream_of_jobs(
    kinds: Sequence[KindOfJob], jobs: int, seed: np.random.SeedSequence, overestimate: float = 1.0
) -> JobSet:
    """The first jobs of those that come at random and without end.

    Arguments:
        kinds: with a rate each.
        jobs: how many, of all kinds together.
        seed: of the replication.
        overestimate: of the estimates over the run times.
    """
    total = math.fsum(kind.rate or 0.0 for kind in kinds)
    times, run_times = [], []
    for kind in kinds:
        rate = kind.rate or 0.0
        expected = jobs * rate / total
        count = math.ceil(expected + 6 * math.sqrt(expected) + 10)  # seldom too few
        gaps = _values(seed, f"{kind.name} arrivals", exponential(1 / rate), count)
        times.append(np.cumsum(gaps))
        run_times.append(_run_times(seed, kind, count))
    known = min(float(one[-1]) for one in times)  # until when all that come are drawn
    numbers = np.repeat(np.arange(len(kinds)), [len(one) for one in times])
    submitted, run_time = np.concatenate(times), np.concatenate(run_times)
    order = np.lexsort((numbers, submitted))
    order = order[submitted[order] <= known][:jobs]
    return _set(kinds, submitted[order], run_time[order], numbers[order], overestimate)


def recorded_jobs(
    trace: JobTrace, needs: JobShape | None = None, overestimate: float = 1.0, priority: int = 0
) -> JobSet:
    """Jobs as they were recorded.

    Arguments:
        trace: from its file.
        needs: of each job, where the trace has no such column.
        overestimate: of the estimates over the run times, where the trace has none.
        priority: where the trace has none.

    Raises:
        ValueError: neither says what the jobs need.
    """
    count = len(trace.submitted)
    shapes, shape = trace_shapes(trace, needs)
    estimate = trace.amounts.get("estimate", trace.run_time * overestimate)
    ranks = trace.amounts.get("priority", np.full(count, float(priority)))
    return JobSet(
        trace.classes,
        shapes,
        trace.submitted,
        trace.run_time,
        estimate,
        shape,
        trace.job_class,
        ranks.astype(np.int64),
    )


def _set(
    kinds: Sequence[KindOfJob],
    submitted: Floats,
    run_time: Floats,
    numbers: Integers,
    overestimate: float,
) -> JobSet:
    shapes = tuple(dict.fromkeys(kind.shape for kind in kinds))
    shape = np.array([shapes.index(kind.shape) for kind in kinds], np.int64)
    priority = np.array([kind.priority for kind in kinds], np.int64)
    return JobSet(
        tuple(kind.name for kind in kinds),
        shapes,
        submitted,
        run_time,
        run_time * overestimate,
        shape[numbers],
        numbers.astype(np.int64),
        priority[numbers],
    )


def _run_times(seed: np.random.SeedSequence, kind: KindOfJob, count: int) -> Floats:
    drawn = _values(seed, f"{kind.name} run time", kind.run_time, count)
    return np.maximum(drawn, kind.least_time)


def _values(seed: np.random.SeedSequence, purpose: str, law: AnyDistribution, count: int) -> Floats:
    """Draws of a stream of its own, so that other kinds of jobs leave them as they are."""
    if isinstance(law, Deterministic):
        return np.full(count, law.value)
    streams = importlib.import_module("sim.kernels.streams")  # which loads Numba
    made = streams.Streams(seed)
    made.add(purpose, law)
    rows, table = made.arrays()
    values = np.empty(count)
    streams.fill(rows[0], values, count)
    assert table.size  # which the stream reads
    return values
