"""What recorded jobs occupy: the different needs among them."""

import numpy as np
from numpy.typing import NDArray

from models.parts.workloads.job_resources import JobShape, Resources
from models.parts.workloads.job_trace import JobTrace, Role

_AMOUNTS: tuple[Role, ...] = ("slots", "vcpus", "memory", "accelerators")


def trace_shapes(
    trace: JobTrace, needs: JobShape | None = None
) -> tuple[tuple[JobShape, ...], NDArray[np.int64]]:
    """The shapes of recorded jobs, and which of them each job has.

    Arguments:
        trace: from its file.
        needs: of each job, where the trace has no such column.

    Raises:
        ValueError: neither says what the jobs need.
    """
    count = len(trace.submitted)
    given = needs or JobShape(Resources())
    tasks = trace.amounts.get("tasks", np.full(count, float(given.tasks)))
    columns = [
        trace.amounts.get(name, np.full(count, getattr(given.needs, name)))
        / (tasks if name in trace.of_job else 1.0)
        for name in _AMOUNTS
    ]
    columns.append(tasks)
    rows, shape = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
    if (rows[:, :4] == 0).all():
        raise ValueError("no job needs slots, vCPUs, memory or accelerators")
    shapes = tuple(JobShape(Resources(*row[:4]), int(row[4])) for row in rows.tolist())
    return shapes, shape.reshape(-1).astype(np.int64)
