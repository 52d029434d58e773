"""What is predicted of many jobs on a cluster."""

from dataclasses import dataclass, field

from models.prediction.estimates import UNIT, Distribution, Estimate
from models.prediction.expected import (
    Expected,
    Measure,
    Statistic,
    expected,
    expected_of_runs,
)
from models.prediction.workload_answer import WorkloadPrediction


@dataclass(frozen=True)
class JobTimes:
    """Jobs of one kind, or all of them; no times where the queue grows without end.

    Arguments:
        name: of the kind; empty for all together.
        count: of them in one replication, a mean.
        waiting: mean time in the queue, again after each interruption.
        waiting_p50: its median over the jobs.
        waiting_p95: its 95th percentile over the jobs.
        turnaround: mean time from submission to completion.
        turnaround_p50: its median over the jobs.
        turnaround_p95: its 95th percentile over the jobs.
        slowdown: mean bounded slowdown: turnaround over run time, 1 at least.
        interruptions: of one job, a mean.
        lost: work of one job that is done again, as it was not saved, a mean.
        law_waiting: mean time in the queue by the law; None where there is none.
    """

    name: str
    count: float
    waiting: Estimate | None = field(metadata={UNIT: "s"})
    waiting_p50: Estimate | None = field(metadata={UNIT: "s"})
    waiting_p95: Estimate | None = field(metadata={UNIT: "s"})
    turnaround: Estimate | None = field(metadata={UNIT: "s"})
    turnaround_p50: Estimate | None = field(metadata={UNIT: "s"})
    turnaround_p95: Estimate | None = field(metadata={UNIT: "s"})
    slowdown: Estimate | None
    interruptions: Estimate
    lost: Estimate = field(metadata={UNIT: "s"})
    law_waiting: float | None = field(default=None, metadata={UNIT: "s"})


@dataclass(frozen=True)
class ResourceUse:
    """How busy a resource of the nodes is.

    Arguments:
        name: slots, vcpus, memory or accelerators.
        utilization: share of all nodes' that jobs hold.
    """

    name: str
    utilization: Estimate


@dataclass(frozen=True)
class JobTransfer:
    """What each job reads or writes, by the law.

    Arguments:
        key: input or output.
        store: its name.
        size: of one job.
        bandwidth: that all jobs which run side by side get together.
        limit: what sets it, for people.
        time: that a job takes for it at least, of the kind that takes longest.
        longer: share of the jobs whose run time is shorter than that, so that the store sets how
            long they take.
        enough: bandwidth with which it takes no longer than the mean run time of any kind.
    """

    key: str
    store: str
    size: float = field(metadata={UNIT: "bytes"})
    bandwidth: float = field(metadata={UNIT: "bytes/s"})
    limit: str
    time: float = field(metadata={UNIT: "s"})
    longer: float
    enough: float = field(metadata={UNIT: "bytes/s"})


@dataclass(frozen=True)
class JobBar:
    """One attempt of a job in the picture of one replication.

    Arguments:
        job: its number.
        name: of its kind.
        start: of the attempt.
        end: of it.
        complete: the job was done then, not interrupted.
        node: the first node that it ran on.
    """

    job: int
    name: str
    start: float = field(metadata={UNIT: "s"})
    end: float = field(metadata={UNIT: "s"})
    complete: bool
    node: int


@dataclass(frozen=True)
class JobSteps:
    """What is in use over the time of one replication; each step holds until the next.

    Arguments:
        resource: that is shown.
        capacity: of all nodes.
        times: of the steps.
        in_use: of the resource.
        waiting: jobs in the queue.
    """

    resource: str
    capacity: float
    times: tuple[float, ...] = field(metadata={UNIT: "s"})
    in_use: tuple[float, ...]
    waiting: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class JobsPrediction(WorkloadPrediction):
    """What many jobs on a cluster will do.

    Arguments:
        throughput: jobs/s that are complete.
        jobs: all of them.
        kinds: each kind, where there are several.
        makespan: from the first submission to the last completion; None for jobs without end.
        law_makespan: the same by a law for equal jobs that nothing interrupts; None elsewhere.
        least_makespan: that no schedule can beat; None where it is not known.
        at_once: jobs that run side by side; None where they differ.
        resources: how busy each is.
        transfers: what each reads and writes.
        load: that jobs without end ask for of the busiest resource; None elsewhere.
        unstable: the queue grows without end, so that no mean exists.
        law: how the law column was had.
        discipline: which job starts next.
        bars: of one replication, the first of them.
        steps: of one replication; None where too many attempts were made to be kept.
    """

    throughput: Estimate = field(metadata={UNIT: "jobs/s"})
    jobs: JobTimes
    kinds: tuple[JobTimes, ...]
    makespan: Distribution | None = field(metadata={UNIT: "s"})
    law_makespan: float | None = field(metadata={UNIT: "s"})
    least_makespan: float | None = field(metadata={UNIT: "s"})
    at_once: int | None
    resources: tuple[ResourceUse, ...]
    transfers: tuple[JobTransfer, ...]
    load: float | None
    unstable: bool
    law: str
    discipline: str
    bars: tuple[JobBar, ...]
    steps: JobSteps | None

    def expected(self) -> tuple[Expected, ...]:
        """How long its jobs wait and take, all of them and each kind, and its makespan."""
        found = [*super().expected()]
        for one in (self.jobs, *self.kinds):
            of = f"{self.name}.{one.name}" if one.name else self.name
            found += expected(of, Measure.WAITING_TIME, one.waiting)
            found += expected(of, Measure.WAITING_TIME, one.waiting_p50, Statistic.P50)
            found += expected(of, Measure.WAITING_TIME, one.waiting_p95, Statistic.P95)
            found += expected(of, Measure.TURNAROUND, one.turnaround)
            found += expected(of, Measure.TURNAROUND, one.turnaround_p50, Statistic.P50)
            found += expected(of, Measure.TURNAROUND, one.turnaround_p95, Statistic.P95)
        found += expected_of_runs(self.name, Measure.MAKESPAN, self.makespan)
        return tuple(found)

    @property
    def overloaded(self) -> bool:
        """Its queue grows without end."""
        return bool(self.unstable)

    @property
    def typical_time(self) -> Estimate | None:
        """Median, s: until all are complete, or of the turnaround of one where they never are."""
        return self.jobs.turnaround_p50 if self.completion is None else self.completion.p50

    @property
    def late_time(self) -> Estimate | None:
        """95th percentile of the same time, s."""
        return self.jobs.turnaround_p95 if self.completion is None else self.completion.p95

    @property
    def slowest_transfer(self) -> JobTransfer | None:
        """What most of the jobs take longer to read or write than to run; None without such."""
        slowest = max(self.transfers, key=lambda one: one.longer, default=None)
        return slowest if slowest is not None and slowest.longer > 0.5 else None

    @property
    def held_back_by(self) -> str:
        """The store that most of the jobs wait for, or else the busiest resource."""
        if (slowest := self.slowest_transfer) is not None:
            return slowest.store
        busiest = max(self.resources, key=lambda one: one.utilization.mean, default=None)
        return "" if busiest is None else busiest.name
