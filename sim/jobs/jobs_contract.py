"""What both engines of jobs on a cluster take and give."""

import importlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.parts.failure import Component
from models.parts.workloads.job_discipline import JobDiscipline, Overtaking
from models.parts.workloads.job_resources import JobShape, Resources, why_it_never_fits
from sim.cluster.cluster_contract import NoProgress

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MOST_FAILURES = 300_000  # in one replication
_INTERRUPTIONS_OF_A_JOB = 100  # in the mean: beyond it a run makes no progress
_FEW_JOBS = 1000
_NODES_OF_AN_ATTEMPT = 8  # that there is room to keep, in the mean

ENGINES = {  # loaded when asked for: compiled code is heavy
    "compiled": "sim.jobs.kernel.compiled_jobs",
    "simpy": "sim.jobs.reference.simpy_jobs",
}


@dataclass(frozen=True, eq=False)
class JobSet:
    """The jobs of one replication, in the order of their submission.

    Arguments:
        classes: names of the kinds of jobs.
        shapes: what jobs occupy, each once.
        submitted: times, ascending, 0 or more, s.
        run_time: alone and at full speed, s.
        estimate: of the run time, never below it, s; what a backfill reckons with.
        shape: of each job, by position.
        job_class: of each job, by position.
        priority: larger goes first where the discipline asks for it.
    """

    classes: tuple[str, ...]
    shapes: tuple[JobShape, ...]
    submitted: Floats
    run_time: Floats
    estimate: Floats
    shape: Integers
    job_class: Integers
    priority: Integers

    def __len__(self) -> int:
        return len(self.submitted)


@dataclass(frozen=True)
class NodePool:
    """The nodes that jobs run on, and what else must be up.

    Arguments:
        node: what each has.
        count: nodes that jobs use.
        spares: further nodes, powered on, that take over from failed ones.
        components: of the stack that fail; those of the same seed fail at the same times whatever
            the jobs do.
        name: of the component that is the nodes; without one of that name they never fail.
        needs: names of the components without which no job runs.
    """

    node: Resources
    count: int
    spares: int = 0
    components: tuple[Component, ...] = ()
    name: str = "nodes"
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Scheduling:
    """How jobs are started and taken up again.

    Arguments:
        discipline: who starts next.
        share: jobs beyond the processors are started all the same, and all slow down alike.
        startup: before each start and each restart does its first work, s.
        checkpoint_interval: work between two checkpoints, s; infinite: a job that is interrupted
            starts from zero.
        checkpoint_write: of one checkpoint, s.
    """

    discipline: JobDiscipline
    share: bool = False
    startup: float = 0.0
    checkpoint_interval: float = math.inf
    checkpoint_write: float = 0.0


@dataclass(frozen=True)
class Integrals:
    """What was in use, summed over the counted time.

    Arguments:
        used: of each resource, in its whole parts times s.
        waiting: jobs in the queue, s.
    """

    used: tuple[float, float, float, float]
    waiting: float


@dataclass(frozen=True, eq=False)
class Attempts:
    """Starts of jobs and how they ended, by start and job: the first that were recorded.

    Arguments:
        job: position in the set.
        start: s.
        end: s.
        complete: whether the job was done, or interrupted.
        first: row of its first node below; the next attempt's is where they end.
        node: numbers of the nodes, ascending.
        tasks: on each of them.
        left_out: attempts that found no room in the record.
    """

    job: Integers
    start: Floats
    end: Floats
    complete: NDArray[np.bool_]
    first: Integers
    node: Integers
    tasks: Integers
    left_out: int


@dataclass(frozen=True, eq=False)
class JobsOutcome:
    """What one replication saw.

    Arguments:
        started: first start of each job, s.
        ended: when it was done, s.
        waited: time in the queue, again after each interruption, s.
        interruptions: of each job.
        lost: work that was done again, of each job, s.
        integrals: over the counted time.
        attempts: as many as were asked for.
    """

    started: Floats
    ended: Floats
    waited: Floats
    interruptions: Integers
    lost: Floats
    integrals: Integrals
    attempts: Attempts


def places_of(record: int) -> int:
    """Nodes of attempts that are kept, by the number of attempts that are."""
    return _NODES_OF_AN_ATTEMPT * record


def attempts_of(
    job: Integers,
    start: Floats,
    end: Floats,
    complete: Integers,
    first: Integers,
    node: Integers,
    tasks: Integers,
    left_out: int,
) -> Attempts:
    """Attempts by start and job, from the order in which they were recorded.

    Arguments:
        job: position in the set.
        start: s.
        end: s.
        complete: 1 where the job was done.
        first: row of its first node.
        node: one may come twice in an attempt.
        tasks: on each of them.
        left_out: attempts that were not recorded.
    """
    if len(job) == 0:
        return Attempts(job, start, end, complete.astype(bool), first, node, tasks, left_out)
    counts = np.diff([*first, len(node)]).astype(np.int64)
    order = np.lexsort((end, job, start))
    place = np.empty(len(job), np.int64)
    place[order] = np.arange(len(job))
    attempt = np.repeat(place, counts)
    pairs, which = np.unique(np.stack([attempt, node], axis=1), axis=0, return_inverse=True)
    sums = np.zeros(len(pairs), np.int64)
    np.add.at(sums, which.reshape(-1), tasks)
    return Attempts(
        job[order].copy(),
        start[order].copy(),
        end[order].copy(),
        complete[order].astype(bool),
        np.searchsorted(pairs[:, 0], np.arange(len(job))),
        pairs[:, 1].copy(),
        sums,
        left_out,
    )


class NeverFits(ValueError):
    """A job that no node can hold; the text says why."""


def interrupted_too_often(jobs: int) -> NoProgress:
    """What is raised where jobs only ever restart.

    Arguments:
        jobs: how many there are.
    """
    return NoProgress(
        f"the jobs are interrupted {most_interruptions(jobs):,} times without coming to their end;"
        " they need fewer failures, checkpoints or shorter jobs"
    )


def most_interruptions(jobs: int) -> int:
    """Interruptions of all jobs together beyond which a run makes no progress.

    Arguments:
        jobs: how many there are.
    """
    return _INTERRUPTIONS_OF_A_JOB * max(jobs, _FEW_JOBS)


def check_pool(pool: NodePool, scheduling: Scheduling) -> None:
    """Refuse nodes that can't be simulated.

    Arguments:
        pool: the nodes.
        scheduling: how jobs are started.

    Raises:
        ValueError: times or components without a sense, or a backfill of jobs that share.
    """
    for name in ("startup", "checkpoint_write"):
        if not 0 <= getattr(scheduling, name) < math.inf:
            raise ValueError(f"{name} is {getattr(scheduling, name)} s; 0 or more, and finite")
    if not scheduling.checkpoint_interval > 0:
        raise ValueError(f"checkpoint_interval is {scheduling.checkpoint_interval} s; more than 0")
    if pool.count < 1 or pool.spares < 0:
        raise ValueError(f"count is {pool.count}, spares {pool.spares}; 1 or more, and 0 or more")
    if scheduling.share and scheduling.discipline.overtaking is Overtaking.BACKFILL:
        raise ValueError("jobs that share have no end that is known, as a backfill needs")
    names = [component.name for component in pool.components]
    if len(set(names)) < len(names):
        raise ValueError(f"two components have one name: {', '.join(names)}")
    for component in pool.components:
        _check_component(component, pool)


def check_jobs(jobs: JobSet, pool: NodePool, scheduling: Scheduling) -> None:
    """Refuse jobs that can't be simulated.

    Arguments:
        jobs: of the replication.
        pool: the nodes.
        scheduling: how jobs are started.

    Raises:
        ValueError: times without a sense.
        NeverFits: a job that can't run even where it is alone.
    """
    _check_times(jobs)
    for shape in jobs.shapes:
        why = why_it_never_fits(shape, pool.node, pool.count, scheduling.share)
        if why:
            raise NeverFits(why)


def _check_times(jobs: JobSet) -> None:
    columns = (jobs.run_time, jobs.estimate, jobs.shape, jobs.job_class, jobs.priority)
    if len(jobs) == 0 or any(len(column) != len(jobs) for column in columns):
        raise ValueError("a set has one job or more, and as many values in each column")
    times = (jobs.submitted, jobs.run_time, jobs.estimate)
    if not all(time.min() >= 0 and time.max() < math.inf for time in times):
        raise ValueError("submitted, run_time and estimate must be 0 s or more and finite")
    if (jobs.submitted[1:] < jobs.submitted[:-1]).any():
        raise ValueError("submitted must be in ascending order")
    if (jobs.estimate < jobs.run_time).any():
        raise ValueError("estimate must be no less than run_time")
    for column, choices in ((jobs.shape, jobs.shapes), (jobs.job_class, jobs.classes)):
        if column.min() < 0 or column.max() >= len(choices):
            raise ValueError("shape and job_class must be positions of shapes and classes")
    if any(shape.tasks < 1 for shape in jobs.shapes):
        raise ValueError("tasks must be 1 or more")


def _check_component(component: Component, pool: NodePool) -> None:
    if not 0 <= component.required <= component.units:
        raise ValueError(
            f"{component.name} requires {component.required} of {component.units} units;"
            " it must be 0 or more and no more than there are"
        )
    if component.name == pool.name:
        nodes = pool.count + pool.spares
        if component.units != nodes:
            raise ValueError(
                f"{component.name} has {component.units} units, the pool has {nodes} nodes"
            )
    for cause in component.causes:
        if not (cause.mttf > 0 and 0 <= cause.mttr < math.inf):
            raise ValueError(
                f"{component.name}: mttf is {cause.mttf} s and mttr {cause.mttr} s; they must"
                " be more than 0, and 0 or more and finite"
            )


Simulate = Callable[..., JobsOutcome]


def simulator(engine: str) -> Simulate:
    """The function `simulate_jobs` of an engine.

    Arguments:
        engine: compiled or simpy.

    Raises:
        ValueError: a name that is no engine.
    """
    simulate: Simulate = _module(engine).simulate_jobs
    return simulate


def jobs_on(engine: str, pool: NodePool, scheduling: Scheduling) -> Simulate:
    """What simulates replications on the same nodes on an engine, its `JobsOn`.

    Arguments:
        engine: compiled or simpy.
        pool: the nodes.
        scheduling: how jobs are started.

    Raises:
        ValueError: a name that is no engine, or nodes that can't be simulated.
    """
    found: Simulate = _module(engine).JobsOn(pool, scheduling)
    return found


def _module(engine: str) -> Any:
    if engine not in ENGINES:
        raise ValueError(f"engine is {engine!r}; it must be one of {', '.join(ENGINES)}")
    return importlib.import_module(ENGINES[engine])
