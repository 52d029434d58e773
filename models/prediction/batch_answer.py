"""What is predicted of MapReduce and Spark."""

from dataclasses import dataclass, field

from models.prediction.estimates import UNIT, Distribution, Estimate
from models.prediction.expected import Expected, Measure, expected_of_runs
from models.prediction.workload_answer import WorkloadPrediction


@dataclass(frozen=True)
class Link:
    """What a link takes of one task.

    Arguments:
        name: compute, network, disks, or a store.
        time: that it takes.
    """

    name: str
    time: float = field(metadata={UNIT: "s"})


@dataclass(frozen=True)
class BatchGroup:
    """Nodes that run tasks.

    Arguments:
        name: of the group.
        role: core or task.
        nodes: how many.
        containers: that YARN starts on each.
    """

    name: str
    role: str
    nodes: int
    containers: int


@dataclass(frozen=True)
class BatchStageTimes:
    """A stage of all iterations together.

    Arguments:
        name: of the stage.
        iterations: times that it is run.
        tasks: of one iteration.
        waves: rounds in which they run on all containers.
        task_time: of one task on a core node that has its data, by the law.
        remote_task_time: where the data are elsewhere.
        limit: what sets the time of a task, the longest of its links.
        links: what each link takes of it, the longest first.
        least_time: of all iterations, that no schedule can beat, by the law.
        most_time: that a schedule which leaves no container idle keeps to in the mean, with
            what runs beside it.
        time: of all iterations, simulated, from ready to complete.
        read: bytes that all iterations read from where they are stored.
        shuffled: bytes that one iteration sends to the stages after it.
        pairs: of these, as many key-value pairs; None where nobody counts them.
        spilled: bytes that sorting writes to disks and reads again, in one iteration.
        cached: share of its input that stays in memory; None where nothing is cached.
        local: share of its tasks that found their data on their node; None where none could.
    """

    name: str
    iterations: int
    tasks: int
    waves: int
    task_time: float = field(metadata={UNIT: "s"})
    remote_task_time: float = field(metadata={UNIT: "s"})
    limit: str
    links: tuple[Link, ...]
    least_time: float = field(metadata={UNIT: "s"})
    most_time: float = field(metadata={UNIT: "s"})
    time: Estimate = field(metadata={UNIT: "s"})
    read: float = field(metadata={UNIT: "bytes"})
    shuffled: float = field(metadata={UNIT: "bytes"})
    pairs: float | None
    spilled: float = field(metadata={UNIT: "bytes"})
    cached: float | None
    local: Estimate | None


@dataclass(frozen=True)
class BatchHdfs:
    """HDFS on the core nodes.

    Arguments:
        replication: replicas of each block.
        nodes: that hold them.
        borne: core nodes that may be lost at once without a block being lost.
        block_loss: probability that a block is lost in a run, by the law.
    """

    replication: int
    nodes: int
    borne: int
    block_loss: float


@dataclass(frozen=True)
class ErnestAnswer:
    """What measured runs of the same job say of it, by Ernest's law.

    Arguments:
        runs: that the law was fitted to.
        counts: what its machines are here: nodes or containers.
        machines: that the job runs on.
        scale: of its data, in the unit of the runs.
        time: that it takes.
        low: lower end of what a run is likely to take.
        high: upper end of it.
        error: relative, of a run that the law was not fitted to.
        serial: computation that no machine more makes shorter.
        parallel: computation that machines share, for a scale of 1 on one machine.
        tree: communication by a tree, for machines by the natural logarithm.
        each: what each machine adds.
        fastest: machines beyond which it takes longer.
        again: reading again what has no room in memory, for a scale of 1 on one machine.
        enough: the fewest machines that have room for all of its data, by the runs.
        extrapolated: more or fewer machines, or data, than were measured.
    """

    runs: int
    counts: str
    machines: float
    scale: float
    time: float = field(metadata={UNIT: "s"})
    low: float = field(metadata={UNIT: "s"})
    high: float = field(metadata={UNIT: "s"})
    error: float
    serial: float = field(metadata={UNIT: "s"})
    parallel: float = field(metadata={UNIT: "s"})
    tree: float = field(metadata={UNIT: "s"})
    each: float = field(metadata={UNIT: "s"})
    fastest: int
    again: float = field(metadata={UNIT: "s"})
    enough: int
    extrapolated: bool


@dataclass(frozen=True)
class BatchSteps:
    """Containers in use over the time of one replication; each step holds until the next.

    Arguments:
        times: of the steps.
        in_use: containers, by stage in the order of `stages`.
        stages: their names.
        containers: that all nodes have.
    """

    times: tuple[float, ...] = field(metadata={UNIT: "s"})
    in_use: tuple[tuple[int, ...], ...]
    stages: tuple[str, ...]
    containers: int


@dataclass(frozen=True, kw_only=True)
class BatchPrediction(WorkloadPrediction):
    """What MapReduce or Spark will do.

    Arguments:
        throughput: tasks/s that are complete.
        engine: spark or hadoop.
        makespan: from the submission to the end of the last stage.
        law_makespan: the same by a law for equal tasks that nothing interrupts; None elsewhere.
        least_makespan: that no schedule can beat, uninterrupted.
        most_makespan: that a schedule which leaves no container idle keeps to in the mean,
            uninterrupted.
        law: how these were had.
        containers: that run side by side on all nodes.
        groups: of nodes that run tasks.
        tasks: of all stages and iterations.
        stages: one row each.
        bottleneck: the stage that takes longest, without what it waits for others.
        utilization: share of the containers of all nodes that tasks hold.
        local: share of the tasks with a place of their own that found their data on their node;
            None where none could.
        copies: speculative, of one run.
        lost: tasks of one run that failures stopped.
        recomputed: tasks of one run whose results were lost with their node, and were had again.
        restarts: of one run from its beginning, since the master was lost.
        hdfs: on the core nodes; None without.
        measured: by Ernest's law of measured runs; None without.
        steps: of one replication; None where too many tasks ran to be kept.
    """

    throughput: Estimate = field(metadata={UNIT: "tasks/s"})
    engine: str
    makespan: Distribution = field(metadata={UNIT: "s"})
    law_makespan: float | None = field(metadata={UNIT: "s"})
    least_makespan: float = field(metadata={UNIT: "s"})
    most_makespan: float = field(metadata={UNIT: "s"})
    law: str
    containers: int
    groups: tuple[BatchGroup, ...]
    tasks: int
    stages: tuple[BatchStageTimes, ...]
    bottleneck: str
    utilization: Estimate
    local: Estimate | None
    copies: Estimate
    lost: Estimate
    recomputed: Estimate
    restarts: Estimate
    hdfs: BatchHdfs | None
    measured: ErnestAnswer | None
    steps: BatchSteps | None

    def expected(self) -> tuple[Expected, ...]:
        """Its makespan, too."""
        makespan = expected_of_runs(self.name, Measure.MAKESPAN, self.makespan)
        return (*super().expected(), *makespan)

    @property
    def slowest(self) -> BatchStageTimes:
        """The stage that takes longest."""
        return next(one for one in self.stages if one.name == self.bottleneck)

    @property
    def held_back_by(self) -> str:
        """What sets the time of a task of the stage that takes longest."""
        return self.slowest.limit
