"""What a replication says of its jobs: waiting, turnaround, slowdown, and what was in use."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from models.parts.workloads.job_resources import RESOURCES
from sim.jobs.jobs_contract import Floats, JobSet, JobsOutcome, NodePool

SHORTEST = 10.0  # s, run time below which a slowdown says nothing
_BATCHES = 20
_KEPT = 1000  # times of a replication, of which percentiles of all jobs are taken
_GROWTH = 4.0  # standard errors
# A queue that grows steadily makes those of the second half, from 10 to 95 % of the jobs, wait 2.4
# times as long as those of the first; one that is just between growing and not, 1.5 times.
_STEADILY = 1.9


@dataclass(frozen=True)
class Spread:
    """A time that differs between jobs.

    Arguments:
        mean: s.
        median: s.
        p95: the time that one job in twenty exceeds, s.
        ranked: the times in ascending order, s; of many, some at equal distances.
    """

    mean: float
    median: float
    p95: float
    ranked: Floats = field(repr=False, compare=False)


@dataclass(frozen=True)
class MeasuredJobs:
    """Jobs of one kind, or all of them.

    Arguments:
        name: of the class; empty for all together.
        count: jobs that were counted.
        waiting: in the queue, again after each interruption.
        turnaround: from submission to completion.
        slowdown: mean of the bounded slowdown.
        interruptions: of all of them.
        lost: work of all of them that was done again, s.

    Source of the slowdown: Feitelson et al. (1997), Theory and practice in parallel job
        scheduling: turnaround over run time, a run time below 10 s counted as 10 s, and 1 at
        least.
    """

    name: str
    count: int
    waiting: Spread
    turnaround: Spread
    slowdown: float
    interruptions: int
    lost: float


@dataclass(frozen=True)
class JobMeasures:
    """What one replication says.

    Arguments:
        makespan: from the first submission to the last completion, s; of jobs that come without
            end, the time that was counted.
        jobs: all of them.
        classes: those that have jobs, in the order of the description.
        utilization: share of each resource of the nodes in service that was in use, by name; of
            those that the jobs need.
        held_node_time: of all nodes, spares included, s.
        throughput: jobs complete, 1/s.
        waiting: mean number of jobs in the queue.
        halves: batches of the mean wait, s, of jobs without end in the order of their submission.
    """

    makespan: float
    jobs: MeasuredJobs
    classes: tuple[MeasuredJobs, ...]
    utilization: dict[str, float]
    held_node_time: float
    throughput: float
    waiting: float
    halves: tuple[tuple[float, ...], tuple[float, ...]] | None = None


def whole(jobs: JobSet) -> tuple[float, float]:
    """The counted time of a set that comes to an end: from the first submission on, s."""
    return float(jobs.submitted[0]), math.inf


def settled(jobs: JobSet, warm_up: float = 0.1, end: float = 0.05) -> tuple[float, float]:
    """The counted time of jobs that come without end, s.

    The first are left out because the cluster was empty, the last because no others follow them.

    Arguments:
        jobs: as they came.
        warm_up: share of the jobs that is left out at the beginning, 0 to 1.
        end: share that is left out at the end.
    """
    first, last = int(warm_up * len(jobs)), math.ceil((1 - end) * len(jobs)) - 1
    return float(jobs.submitted[first]), float(jobs.submitted[last])


def measure(
    jobs: JobSet, pool: NodePool, outcome: JobsOutcome, counted: tuple[float, float]
) -> JobMeasures:
    """What one replication says.

    Arguments:
        jobs: of the replication.
        pool: the nodes.
        outcome: of an engine, which counted the same time.
        counted: `whole` or `settled`, s.
    """
    endless = math.isfinite(counted[1])
    begin, end = counted[0], counted[1] if endless else float(outcome.ended.max())
    time = end - begin
    chosen = (jobs.submitted >= begin) & (jobs.submitted < end if endless else True)
    kinds = [chosen & (jobs.job_class == k) for k in range(len(jobs.classes))]
    seen = outcome.integrals
    within = (outcome.ended > begin) & (outcome.ended <= end)
    complete = int(within.sum()) if endless else len(jobs)
    together = _measured("", jobs, outcome, chosen)
    return JobMeasures(
        time,
        together,
        (replace(together, name=jobs.classes[0]),)
        if len(kinds) == 1
        else tuple(
            _measured(name, jobs, outcome, mask)
            for name, mask in zip(jobs.classes, kinds, strict=True)
            if mask.any()
        ),
        _utilization(jobs, pool, seen.used, time),
        (pool.count + pool.spares) * time,
        complete / time if time > 0 else 0.0,
        seen.waiting / time if time > 0 else 0.0,
        _halves(outcome.waited[chosen]) if endless else None,
    )


def _measured(
    name: str, jobs: JobSet, outcome: JobsOutcome, chosen: NDArray[np.bool_]
) -> MeasuredJobs:
    turnaround = (outcome.ended - jobs.submitted)[chosen]
    slowdown = np.maximum(1.0, turnaround / np.maximum(jobs.run_time[chosen], SHORTEST))
    return MeasuredJobs(
        name,
        int(chosen.sum()),
        _spread(outcome.waited[chosen]),
        _spread(turnaround),
        float(slowdown.sum()) / slowdown.size if slowdown.size else 0.0,
        int(outcome.interruptions[chosen].sum()),
        float(outcome.lost[chosen].sum()),
    )


def _spread(values: Floats) -> Spread:
    if values.size == 0:
        return Spread(0.0, 0.0, 0.0, values)
    ranked = np.sort(values)
    mean = float(values.sum()) / len(values)
    return Spread(mean, _quantile(ranked, 0.5), _quantile(ranked, 0.95), _some(ranked))


def _some(ranked: Floats) -> Floats:
    """Times in ascending order, of many those in the middle of equal parts."""
    if len(ranked) <= _KEPT:
        return ranked
    places = (np.arange(_KEPT) + 0.5) * len(ranked) / _KEPT
    return ranked[places.astype(np.int64)]


def _quantile(ranked: Floats, share: float) -> float:
    """As `numpy.quantile` has it, which takes longer than the simulation of a few jobs."""
    place = share * (len(ranked) - 1)
    below = int(place)
    above = min(below + 1, len(ranked) - 1)
    return float(ranked[below] + (place - below) * (ranked[above] - ranked[below]))


def _utilization(
    jobs: JobSet, pool: NodePool, used: tuple[float, float, float, float], time: float
) -> dict[str, float]:
    has = pool.node.parts
    needed = [any(shape.needs.parts[k] for shape in jobs.shapes) for k in range(len(RESOURCES))]
    return {
        name: used[k] / (pool.count * has[k] * time) if time > 0 else 0.0
        for k, name in enumerate(RESOURCES)
        if needed[k]
    }


def _halves(waited: Floats) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    size = len(waited) // _BATCHES
    if size == 0:
        return None
    batches = waited[: size * _BATCHES].reshape(_BATCHES, size).mean(axis=1)
    before, after = batches[: _BATCHES // 2], batches[_BATCHES // 2 :]
    return tuple(before.tolist()), tuple(after.tolist())


def grows(measures: Sequence[JobMeasures]) -> bool:
    """Whether the queue grows without end, so that no mean is worth anything.

    Later jobs wait longer than earlier ones by more than chance, and about as much longer as in a
    queue that grows steadily; all replications are judged together.

    Arguments:
        measures: of replications of jobs without end.
    """
    known = [one.halves for one in measures if one.halves is not None]
    if not known:
        return False
    # Batches of a replication hang together; of many replications the means are compared.
    alone = len(known) < _BATCHES
    before, after = (
        np.array(
            [
                value
                for halves in known
                for value in (halves[half] if alone else [np.mean(halves[half])])
            ]
        )
        for half in (0, 1)
    )
    error = math.sqrt((before.var(ddof=1) + after.var(ddof=1)) / len(before))
    growth = float(after.mean() - before.mean())
    return growth > _GROWTH * error and float(after.mean()) > _STEADILY * float(before.mean())
