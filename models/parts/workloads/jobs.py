"""The description of jobs: a parameter grid, a batch, a trace, or a stream without end."""

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from models.description.fields import Count, Name, Part, Positive, one_of
from models.description.quantities import Duration, Rate, Size
from models.description.stack import Workload
from models.parts.workloads.job_discipline import (
    DISCIPLINES,
    DisciplineName,
    JobDiscipline,
    Overtaking,
)
from models.parts.workloads.job_resources import JobShape, Resources
from models.parts.workloads.job_trace import MOST_JOBS, Role
from models.parts.workloads.managed_tuning import ManagedTuning
from models.parts.workloads.program import Program
from models.queueing.distributions import AnyDistribution, mean
from models.queueing.tails import moment_of_larger

Amount = Annotated[float, Field(strict=True, gt=0, le=1e6)]
Priority = Annotated[int, Field(strict=True, ge=-1_000_000_000, le=1_000_000_000)]


def _takes_time(run_time: AnyDistribution) -> AnyDistribution:
    if mean(run_time) <= 0:
        raise ValueError("must be more than 0")
    return run_time


RunTime = Annotated[AnyDistribution, AfterValidator(_takes_time)]
Values = (
    Annotated[int, Field(strict=True, ge=1, le=MOST_JOBS)]
    | Annotated[tuple[float | str | bool, ...], Field(min_length=1, max_length=10_000)]
)
Grid = Annotated[
    dict[Annotated[str, Field(min_length=1, max_length=100)], Values],
    Field(min_length=1, max_length=50),
]
_WAYS = ("count", "grid", "arrivals")  # of saying how many jobs there are
_NOTHING = "does not say how many jobs there are; give one of"


class JobNeeds(Part):
    """What one job occupies while it runs."""

    slots: Amount | None = Field(
        None, description="slots of each task, where nodes are divided into slots"
    )
    vcpus: Amount | None = Field(None, description="vCPUs of each task")
    memory: Annotated[Size, Positive] | None = Field(None, description="main memory of each task")
    accelerators: Amount | None = Field(None, description="accelerators of each task")
    tasks: Count = Field(
        1,
        description="tasks of a job, a gang: they start and end together, on any nodes; a task"
        " fits on one node",
    )

    @model_validator(mode="after")
    def _needs_something(self) -> "JobNeeds":
        if not (self.slots or self.vcpus or self.memory or self.accelerators):
            raise ValueError("names none of slots, vcpus, memory and accelerators; give one")
        return self

    @property
    def shape(self) -> JobShape:
        """What a job of these needs occupies."""
        needs = Resources(
            self.slots or 0.0, self.vcpus or 0.0, self.memory or 0.0, self.accelerators or 0.0
        )
        return JobShape(needs, self.tasks)


class JobClass(Part):
    """Jobs of one kind: how many, how long, and what each needs."""

    count: Annotated[int, Field(strict=True, ge=1, le=MOST_JOBS)] | None = Field(
        None, description="jobs, all submitted at the start"
    )
    grid: Grid | None = Field(
        None,
        description="a parameter grid: the values of each parameter, or how many there are; a job"
        " for each combination, all submitted at the start",
    )
    arrivals: Annotated[Rate, Positive] | None = Field(
        None, description="jobs that are submitted in a time, at random and without end"
    )
    run_time: RunTime = Field(
        description="how long a job takes alone and at full speed: a duration or a distribution"
    )
    each: JobNeeds = Field(description="what each job needs")
    priority: Priority = Field(0, description="a larger one goes first, where priority counts")

    @model_validator(mode="after")
    def _one_way(self) -> "JobClass":
        if wrong := one_of(self, *_WAYS, nothing=_NOTHING):
            raise ValueError(wrong)
        _check_product(self.grid)
        return self


class JobTraceFile(Part):
    """Recorded jobs: a CSV or Parquet file beside the description."""

    file: Annotated[str, Field(min_length=1, max_length=500)] = Field(
        description="name of the file, in the folder of the description or below"
    )
    columns: dict[Role, Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        {},
        description="headers by what they hold, where they differ from it: submit (seconds, or"
        " date and time), run (seconds), estimate (seconds), slots, vcpus, memory (bytes) and"
        " accelerators of a task, tasks, class, priority",
    )


class JobData(Part):
    """What each job reads or writes."""

    store: Name = Field(description="the store")
    size: Annotated[Size, Positive] = Field(description="bytes of each job")


class Jobs(Workload):
    """Many jobs on a node group, which wait for room on its nodes.

    How many: one of `count`, `grid`, `arrivals` and `trace`, or `classes` of jobs that differ.
    """

    kind: Literal["jobs"]
    nodes: Name = Field(description="the node group that they run on")
    sagemaker: ManagedTuning | None = Field(
        None,
        description="the tuning job, where nodes are instances of SageMaker, such as ml.p3.2xlarge:"
        " each of the jobs trains on one of them",
    )
    program: Program | None = Field(
        None,
        description="what each job of a `grid` of values runs, on AWS, with its parameters in the"
        " environment; if not given they are yours to start",
    )
    count: Annotated[int, Field(strict=True, ge=1, le=MOST_JOBS)] | None = Field(
        None, description="equal jobs, all submitted at the start"
    )
    grid: Grid | None = Field(
        None,
        description="a parameter grid: the values of each parameter, or how many there are; a job"
        " for each combination, all submitted at the start",
    )
    arrivals: Annotated[Rate, Positive] | None = Field(
        None, description="jobs that are submitted in a time, at random and without end"
    )
    trace: JobTraceFile | None = Field(None, description="recorded jobs")
    classes: dict[Name, JobClass] = Field(
        {}, max_length=100, description="kinds of jobs by name, where there are several"
    )
    run_time: RunTime | None = Field(
        None,
        description="how long a job takes alone and at full speed: a duration or a distribution",
    )
    each: JobNeeds | None = Field(
        None, description="what each job needs; with a trace, what its columns do not say"
    )
    priority: Priority = Field(0, description="of equal jobs; for several kinds, see classes")
    slots: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] | None = Field(
        None, description="slots that each node is divided into, where jobs need slots"
    )
    discipline: DisciplineName = Field(
        "fcfs",
        description="which job starts next. fcfs: first come, first served, and nothing overtakes"
        " the first in the queue; backfill: as fcfs, but what does not delay the first in the"
        " queue may start before it (EASY); shortest-job-first: by the estimated run time;"
        " priority: by priority, and in each as fcfs; priority-backfill: by priority, with a"
        " backfill",
    )
    overestimate: Annotated[float, Field(strict=True, ge=1, le=1000)] = Field(
        1.0,
        description="how many times as long as the run time the estimates are that shortest-job-"
        "first and a backfill go by, no unit",
    )
    share: bool = Field(
        False,
        strict=True,
        description="jobs beyond the processors start all the same, and all slow down alike;"
        " without it they wait",
    )
    startup: Duration = Field(
        0.0, description="from a start or restart to the first work: images, data, warm-up"
    )
    checkpoint_interval: Annotated[Duration, Positive] | None = Field(
        None,
        description="work between two checkpoints of a job; without, a job that is interrupted"
        " starts from zero",
    )
    checkpoint_write: Duration = Field(0.0, description="time to write one checkpoint")
    input: JobData | None = Field(None, description="what each job reads while it runs")
    output: JobData | None = Field(None, description="what each job writes while it runs")

    @model_validator(mode="after")
    def _one_way(self) -> "Jobs":
        if wrong := one_of(self, *_WAYS, "trace", "classes", nothing=_NOTHING):
            raise ValueError(wrong)
        _check_product(self.grid)
        return self

    @model_validator(mode="after")
    def _complete(self) -> "Jobs":
        if self.trace is not None and self.run_time is not None:
            raise ValueError("has a trace, which says the run times; leave out run_time")
        if self.classes:
            said = [name for name in ("run_time", "each") if getattr(self, name) is not None]
            if said or self.priority:
                name = (*said, "priority")[0]
                raise ValueError(f"has classes, each with its own {name}; leave it out here")
            endless = {one.arrivals is not None for one in self.classes.values()}
            if len(endless) > 1:
                raise ValueError(
                    "has classes with arrivals without end and others without; give all arrivals,"
                    " or none"
                )
        elif self.trace is None:
            for name in ("run_time", "each"):
                if getattr(self, name) is None:
                    raise ValueError(f"needs {name}")
        return self

    @model_validator(mode="after")
    def _can_be_scheduled(self) -> "Jobs":
        if self.share and self.policy.overtaking is Overtaking.BACKFILL:
            raise ValueError(
                "shares, so that no job has an end that is known, as a backfill needs; use fcfs or"
                " leave out share"
            )
        if self.checkpoint_write and self.checkpoint_interval is None:
            raise ValueError("has a checkpoint_write without a checkpoint_interval")
        needs = [one.shape.needs for one in self.needs]
        if any(one.slots > 0 for one in needs) and self.slots is None:
            raise ValueError("has jobs that need slots; say how many `slots` a node has")
        return self

    @property
    def policy(self) -> JobDiscipline:
        """What its discipline does."""
        return DISCIPLINES[self.discipline]

    @property
    def needs(self) -> tuple[JobNeeds, ...]:
        """What its kinds of jobs need; of a trace, what its columns do not say."""
        if self.classes:
            return tuple(one.each for one in self.classes.values())
        return (self.each,) if self.each is not None else ()

    @property
    def endless(self) -> bool:
        """Jobs come without end."""
        return any(kind.rate is not None for kind in self.kinds)

    @functools.cached_property  # each replication asks
    def kinds(self) -> tuple["KindOfJob", ...]:
        """Its jobs by kind; none where they come from a trace."""
        if self.trace is not None:
            return ()
        if self.classes:
            return tuple(KindOfJob.of(name, one) for name, one in self.classes.items())
        names = ("count", "grid", "arrivals", "run_time", "each", "priority")
        alone = JobClass.model_construct(**{name: getattr(self, name) for name in names})
        return (KindOfJob.of("jobs", alone),)


@dataclass(frozen=True)
class KindOfJob:
    """Jobs that are alike.

    Arguments:
        name: of the class, or "jobs".
        count: jobs at the start; None where they come without end.
        rate: of those that come, 1/s; None where all are there at the start.
        run_time: distribution.
        shape: what each occupies.
        priority: larger goes first.
        least_time: that each takes, however short its run time is drawn, s.
    """

    name: str
    count: int | None
    rate: float | None
    run_time: AnyDistribution
    shape: JobShape
    priority: int
    least_time: float = 0.0

    @classmethod
    def of(cls, name: str, jobs: JobClass) -> "KindOfJob":
        """As a description has it.

        Arguments:
            name: of the class.
            jobs: the class.
        """
        count = jobs.count if jobs.grid is None else grid_size(jobs.grid)
        return cls(name, count, jobs.arrivals, jobs.run_time, jobs.each.shape, jobs.priority)

    @functools.cached_property  # an integral
    def mean_run_time(self) -> float:
        """Mean of what a job takes, s."""
        return moment_of_larger(self.run_time, self.least_time)


def grid_size(grid: Mapping[str, int | tuple[float | str | bool, ...]]) -> int:
    """Combinations of a parameter grid: 6 learning rates and 3 depths are 18.

    Arguments:
        grid: the values of each parameter, or how many there are.
    """
    return math.prod(one if isinstance(one, int) else len(one) for one in grid.values())


def _check_product(grid: Mapping[str, int | tuple[float | str | bool, ...]] | None) -> None:
    if grid is not None and grid_size(grid) > MOST_JOBS:
        raise ValueError(f"has a grid of {grid_size(grid):,} jobs; at most {MOST_JOBS:,}")
