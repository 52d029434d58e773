"""One replication as a picture: what is in use and who waits over time, and who ran where."""

from dataclasses import dataclass

import numpy as np

from models.parts.workloads.job_resources import RESOURCES, amount
from sim.jobs.jobs_contract import Attempts, JobSet


@dataclass(frozen=True)
class Occupancy:
    """Steps over time: each holds until the next.

    Arguments:
        resource: that is in use.
        times: s.
        in_use: amount in its own unit; where jobs share, what they ask for.
        waiting: jobs in the queue.
        complete: all steps are here; otherwise they are samples at equal distances.
    """

    resource: str
    times: tuple[float, ...]
    in_use: tuple[float, ...]
    waiting: tuple[int, ...]
    complete: bool


@dataclass(frozen=True)
class Bar:
    """One attempt of a job in a Gantt picture.

    Arguments:
        job: position in the set.
        name: of its class.
        start: s.
        end: s.
        complete: the job was done, not interrupted.
        nodes: on which it ran, and how many tasks on each.
    """

    job: int
    name: str
    start: float
    end: float
    complete: bool
    nodes: tuple[tuple[int, int], ...]


def occupancy(jobs: JobSet, attempts: Attempts, resource: str, most: int = 1000) -> Occupancy:
    """What is in use over time.

    Arguments:
        jobs: of the replication.
        attempts: all that there were.
        resource: slots, vcpus, memory or accelerators.
        most: steps.

    Raises:
        ValueError: some attempts were not recorded.
    """
    if attempts.left_out:
        raise ValueError(f"{attempts.left_out:,} attempts are not recorded")
    place = RESOURCES.index(resource)
    parts = np.array([shape.tasks * shape.needs.parts[place] for shape in jobs.shapes])
    uses = parts[jobs.shape[attempts.job]]
    again = ~attempts.complete
    times = np.concatenate([jobs.submitted, attempts.start, attempts.end])
    used = np.concatenate([np.zeros(len(jobs), np.int64), uses, -uses])
    queued = np.concatenate(
        [np.ones(len(jobs), np.int64), -np.ones(len(uses), np.int64), again.astype(np.int64)]
    )
    steps, which = np.unique(times, return_inverse=True)
    sums = np.zeros((2, len(steps)), np.int64)
    np.add.at(sums[0], which, used)
    np.add.at(sums[1], which, queued)
    in_use, waiting = sums.cumsum(axis=1)
    chosen = np.arange(len(steps))
    complete = len(steps) <= most
    if not complete:
        samples = np.linspace(steps[0], steps[-1], most)
        chosen = np.searchsorted(steps, samples, side="right") - 1
        steps = samples
    return Occupancy(
        resource,
        tuple(steps.tolist()),
        tuple(amount(resource, one) for one in in_use[chosen].tolist()),
        tuple(waiting[chosen].tolist()),
        complete,
    )


def bars(jobs: JobSet, attempts: Attempts, most: int = 1000) -> tuple[Bar, ...]:
    """The first attempts, by their start.

    Arguments:
        jobs: of the replication.
        attempts: as recorded.
        most: how many.
    """
    ends = np.append(attempts.first[1:], len(attempts.node))
    return tuple(
        Bar(
            int(attempts.job[k]),
            jobs.classes[int(jobs.job_class[attempts.job[k]])],
            float(attempts.start[k]),
            float(attempts.end[k]),
            bool(attempts.complete[k]),
            tuple(
                (int(attempts.node[place]), int(attempts.tasks[place]))
                for place in range(attempts.first[k], ends[k])
            ),
        )
        for k in range(min(most, len(attempts.job)))
    )
