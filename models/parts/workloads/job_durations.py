"""How long a job holds its nodes: its start-up, its run time and its checkpoints."""

import numpy as np

from models.laws.arrays import Floats
from models.laws.checkpointing import number_of_checkpoints
from models.parts.workloads.jobs import Jobs, KindOfJob
from models.queueing.distributions import Deterministic


def alone(jobs: Jobs, run_time: float) -> float:
    """How long a job takes from its start to its end, which nothing interrupts, s.

    Arguments:
        jobs: the description.
        run_time: of the job, s.
    """
    if jobs.checkpoint_interval is None or run_time <= 0:
        return jobs.startup + run_time
    # None is written at the end, where the result is.
    written = number_of_checkpoints(run_time, jobs.checkpoint_interval) - 1
    return jobs.startup + run_time + written * jobs.checkpoint_write


def all_alone(jobs: Jobs, run_times: Floats) -> Floats:
    """The same of many jobs, s.

    Arguments:
        jobs: the description.
        run_times: s.
    """
    if jobs.checkpoint_interval is None:
        whole: Floats = jobs.startup + run_times
        return whole
    parts = run_times / jobs.checkpoint_interval
    written = np.maximum(np.ceil(parts - 1e-12 * parts) - 1, 0)  # as `number_of_checkpoints` has it
    found: Floats = jobs.startup + run_times + written * jobs.checkpoint_write
    return found


def mean_alone(jobs: Jobs, kind: KindOfJob) -> float:
    """How long a job holds its nodes on average, if nothing interrupts it, s.

    Arguments:
        jobs: the description.
        kind: of the job.
    """
    if isinstance(kind.run_time, Deterministic) or not jobs.checkpoint_write:
        return alone(jobs, kind.mean_run_time)
    # Run times that differ end anywhere between two checkpoints: half an interval is not written.
    assert jobs.checkpoint_interval is not None  # the description demands it
    written = max(0.0, kind.mean_run_time / jobs.checkpoint_interval - 0.5)
    return jobs.startup + kind.mean_run_time + written * jobs.checkpoint_write
