"""How long a set of jobs takes on a number of processors, by closed forms and bounds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from models.laws.arguments import non_negative, positive, whole
from models.laws.arrays import Floats


@dataclass(frozen=True)
class Bounds:
    """Between which a makespan lies, whatever the order of the jobs.

    Arguments:
        low: that no schedule can beat, s.
        high: that a schedule which leaves no processor idle while a job waits keeps to, s.
    """

    low: float
    high: float


def equal_jobs(jobs: int, at_once: int, run_time: float) -> float:
    """Makespan of equal jobs that are all there at the start, s.

    Arguments:
        jobs: how many.
        at_once: jobs that run side by side.
        run_time: of each, s.

    Raises:
        ValueError: an argument out of range.

    Source: they run in ceil(n/k) rounds of k.
    """
    rounds = -(-whole("jobs", jobs, 1) // whole("at_once", at_once, 1))
    return rounds * non_negative("run_time", run_time)


def shared_jobs(jobs: int, processors: float, run_time: float) -> float:
    """Makespan of equal jobs that share the processors from the start, s.

    Arguments:
        jobs: how many.
        processors: over those of one job; not above one for each job is of use.
        run_time: of each alone, s.

    Raises:
        ValueError: an argument out of range.

    Source: Kleinrock (1976), Queueing Systems 2, section 4.4: n jobs go on at k/n of the speed.
    """
    speed = min(1.0, positive("processors", processors) / whole("jobs", jobs, 1))
    return non_negative("run_time", run_time) / speed


def graham_bounds(run_times: Sequence[float], processors: int) -> Bounds:
    """Makespan of jobs of one processor each, all there at the start, in any order.

    Arguments:
        run_times: s.
        processors: how many.

    Raises:
        ValueError: an argument out of range.

    Source: Graham (1966), Bounds for certain multiprocessing anomalies: total/k + (1 - 1/k) times
        the longest.
    """
    count = whole("processors", processors, 1)
    times = [non_negative("run_time", time) for time in run_times]
    longest, total = max(times, default=0.0), math.fsum(times)
    return Bounds(max(longest, total / count), total / count + (1 - 1 / count) * longest)


def least_makespan(
    run_times: ArrayLike,
    needs: ArrayLike,
    capacity: Sequence[float],
    submitted: ArrayLike | None = None,
) -> float:
    """Makespan that no schedule of jobs of several resources can beat, s.

    Arguments:
        run_times: of each job, s.
        needs: of each job, a number for each resource.
        capacity: of each resource, on all nodes together; 0 where no job needs it.
        submitted: when each job comes, s from the beginning; all at once if not given.

    Raises:
        ValueError: an argument out of range.

    Source: Garey and Graham (1975), Bounds for multiprocessor scheduling with resource
        constraints: the longest job, and the work on each resource over its capacity; of those
        that come from any time on, after that time.
    """
    times = _of_jobs("run_times", run_times)
    came = _of_jobs("submitted", np.zeros(len(times)) if submitted is None else submitted)
    asked = np.asarray(needs, dtype=float).reshape(len(times), len(capacity))
    if not len(times):
        return 0.0
    if not (asked >= 0).all():
        raise ValueError("needs must be 0 or more")
    order = np.argsort(came, kind="stable")
    bounds = [float((came + times).max())]
    for k, has in enumerate(capacity):
        # The work of a job and of all that come after it.
        work = np.cumsum((times * asked[:, k])[order][::-1])[::-1]
        if work[0] > 0:
            bounds.append(float((came[order] + work / positive("capacity", has)).max()))
    return max(bounds)


def least_on_slots(run_times: Floats, slots: int) -> Floats:
    """Makespans that no schedule of jobs on equal slots can beat, s; one for each row of jobs.

    Arguments:
        run_times: of the jobs, one row a set of them, s.
        slots: jobs that run side by side.

    Raises:
        ValueError: no slot.

    Source: Graham (1966): the longest job, and all work over the slots; Garey and Johnson (1979),
        Computers and Intractability, section 5.2: of n jobs one slot runs n / slots, rounded up,
        which take no less than the shortest of them together.
    """
    count, jobs = whole("slots", slots, 1), run_times.shape[1]
    if jobs == 0:
        return np.zeros(len(run_times))
    on_one = -(-jobs // count)
    few = np.partition(run_times, min(on_one, jobs) - 1, axis=1)[:, :on_one].sum(axis=1)
    found: Floats = np.maximum.reduce([run_times.max(axis=1), run_times.sum(axis=1) / count, few])
    return found


def _of_jobs(name: str, values: ArrayLike) -> Floats:
    given = np.asarray(values, dtype=float)
    if not ((given >= 0) & np.isfinite(given)).all():
        raise ValueError(f"{name} must be 0 or more, and finite")
    return given


def offered_load(
    rates: Sequence[float], run_times: Sequence[float], needs: Sequence[float], capacity: float
) -> float:
    """Share of a resource that jobs without end would keep busy, if none of it were left over.

    From 1 on the queue grows without end; first come, first served, it may grow before, because
    the first in the queue holds back what would fit.

    Arguments:
        rates: of arrivals of each class, 1/s.
        run_times: means of each class, s.
        needs: of one job of each class.
        capacity: on all nodes together.

    Raises:
        ValueError: an argument out of range.

    Source: Little (1961).
    """
    work = math.fsum(
        non_negative("rates", rate) * non_negative("run_times", time) * non_negative("needs", need)
        for rate, time, need in zip(rates, run_times, needs, strict=True)
    )
    return work / positive("capacity", capacity)
