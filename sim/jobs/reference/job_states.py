"""A job and an attempt of it, as the reference sees them."""

import math
from dataclasses import dataclass

from sim.jobs.jobs_contract import Scheduling
from sim.jobs.reference.job_nodes import Placement


@dataclass
class JobState:
    """A job as it goes.

    Arguments:
        remaining: work that is not saved, s.
        surplus: by which the estimate is longer than the run time, s.
        shape: position.
        estimate: of the next attempt, s.
        queued: since when it waits, s.
        started: for the first time, s; negative before.
        ended: s.
        waited: in the queue so far, s.
        interruptions: so far.
        lost: work that was done again, s.
    """

    remaining: float
    surplus: float
    shape: int
    estimate: float = 0.0
    queued: float = 0.0
    started: float = -1.0
    ended: float = 0.0
    waited: float = 0.0
    interruptions: int = 0
    lost: float = 0.0


@dataclass(frozen=True, eq=False)
class Attempt:
    """A job that runs.

    Arguments:
        start: s.
        begun: by the clock of those that run: the time, or what each that shares has attained, s.
        ends: by the same.
        expected: end by the estimate, s.
        placement: nodes and tasks.
    """

    start: float
    begun: float
    ends: float
    expected: float
    placement: Placement


def duration(work: float, scheduling: Scheduling) -> float:
    """Wall time of an attempt at full speed, start-up and checkpoints included, s.

    Arguments:
        work: that is not saved, s.
        scheduling: how jobs are started.
    """
    checkpoints = 0.0
    if math.isfinite(scheduling.checkpoint_interval) and work > 0:
        # None is needed at the end, where the result is written.
        checkpoints = max(0.0, math.ceil(work / scheduling.checkpoint_interval - 1e-9) - 1.0)
    return scheduling.startup + (work + checkpoints * scheduling.checkpoint_write)


def progress(since_begun: float, remaining: float, scheduling: Scheduling) -> tuple[float, float]:
    """Work saved since an attempt began, and work done but not saved, s.

    Arguments:
        since_begun: by the clock of those that run, s.
        remaining: work that was not saved then, s.
        scheduling: how jobs are started.
    """
    elapsed = since_begun - scheduling.startup
    if elapsed <= 0:
        return 0.0, 0.0
    interval = scheduling.checkpoint_interval
    if math.isinf(interval):
        return 0.0, min(elapsed, remaining)
    cycle = interval + scheduling.checkpoint_write
    cycles = math.floor(elapsed / cycle)
    saved = min(cycles * interval, remaining)
    return saved, min(elapsed - cycles * cycle, interval, remaining - saved)
