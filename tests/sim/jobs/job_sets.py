"""Sets of jobs for tests."""

import numpy as np

from models.parts.workloads.job_discipline import DISCIPLINES, DisciplineName
from models.parts.workloads.job_resources import JobShape, Resources
from sim.jobs.jobs_contract import JobSet, NodePool, Scheduling


def jobs(
    run_times: list[float],
    slots: list[float] | None = None,
    submitted: list[float] | None = None,
    priority: list[int] | None = None,
    estimate: list[float] | None = None,
) -> JobSet:
    """Jobs of one task each that need slots."""
    count = len(run_times)
    shapes = [JobShape(Resources(slots=one)) for one in slots or [1.0] * count]
    distinct = tuple(dict.fromkeys(shapes))
    return JobSet(
        ("jobs",),
        distinct,
        np.array(submitted or [0.0] * count, float),
        np.array(run_times, float),
        np.array(estimate or run_times, float),
        np.array([distinct.index(shape) for shape in shapes]),
        np.zeros(count, np.int64),
        np.array(priority or [0] * count, np.int64),
    )


def slots(number: float, nodes: int = 1) -> NodePool:
    """Nodes that never fail, with slots."""
    return NodePool(Resources(slots=number), nodes)


def rule(name: DisciplineName = "fcfs", share: bool = False) -> Scheduling:
    """A discipline without overheads."""
    return Scheduling(DISCIPLINES[name], share)
