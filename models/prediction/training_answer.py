"""What is predicted of a training run."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from models.prediction.estimates import UNIT, Distribution, Estimate
from models.prediction.expected import Expected, Measure, Statistic, expected_of_runs
from models.prediction.workload_answer import WorkloadPrediction


class LimitedBy(StrEnum):
    """What sets the rate of a stage."""

    REQUESTS = "requests"  # that the store of the data set accepts
    BANDWIDTH = "bandwidth"  # of reading the data set
    PREPARATION = "preparation"  # of samples, by processors
    ACCELERATORS = "accelerators"
    NETWORK = "network"  # between accelerators
    HOST = "host"  # that launches the operations
    PIPELINE = "pipeline"  # which fills and drains
    STRAGGLERS = "stragglers"  # which all others wait for


@dataclass(frozen=True)
class Stage:
    """One stage of a pipeline and the rate that it could sustain alone.

    Arguments:
        name: what the stage is.
        rate: samples/s.
        limit: what sets the rate, in words with figures.
        by: the kind of what sets it.
    """

    name: str
    rate: float = field(metadata={UNIT: "samples/s"})
    limit: str
    by: LimitedBy


@dataclass(frozen=True)
class StepTime:
    """Where the time of one training step goes, s.

    Arguments:
        compute: forward and backward pass of one accelerator's batch.
        straggler: waiting for the slowest accelerator.
        intra_node: all-reduce inside the nodes.
        inter_node: all-reduce between the nodes.
        hidden: communication that overlaps with the backward pass, counted once in the total.
        input_wait: waiting for samples where storage or preparation is slower.
        launching: waiting for the host, which launches more slowly than the accelerator computes.
        bubble: waiting while a pipeline fills and drains.
        update: of the parameters, where the compute does not include it.
    """

    compute: float = field(metadata={UNIT: "s"})
    straggler: float = field(metadata={UNIT: "s"})
    intra_node: float = field(metadata={UNIT: "s"})
    inter_node: float = field(metadata={UNIT: "s"})
    hidden: float = field(metadata={UNIT: "s"})
    input_wait: float = field(metadata={UNIT: "s"})
    launching: float = field(default=0.0, metadata={UNIT: "s"})
    bubble: float = field(default=0.0, metadata={UNIT: "s"})
    update: float = field(default=0.0, metadata={UNIT: "s"})

    DERIVED: ClassVar[dict[str, str]] = {"total": "s"}  # properties with units

    @property
    def total(self) -> float:
        """Duration of one step, s."""
        communication = self.intra_node + self.inter_node - self.hidden
        waiting = self.straggler + self.input_wait + self.launching + self.bubble
        return self.compute + communication + waiting + self.update


@dataclass(frozen=True)
class Memory:
    """What one accelerator must hold, in bytes, and what it can.

    Arguments:
        parameters: weights, gradients and optimizer state.
        activations: of one batch.
        available: memory of the accelerator.
        weights: of the parameters, those in the precision of the computation; 0 if not told apart.
        gradients: of them likewise.
        optimizer: of them likewise: its state, with the master copy.
    """

    parameters: float = field(metadata={UNIT: "bytes"})
    activations: float = field(metadata={UNIT: "bytes"})
    available: float = field(metadata={UNIT: "bytes"})
    weights: float = field(default=0.0, metadata={UNIT: "bytes"})
    gradients: float = field(default=0.0, metadata={UNIT: "bytes"})
    optimizer: float = field(default=0.0, metadata={UNIT: "bytes"})

    DERIVED: ClassVar[dict[str, str]] = {"needed": "bytes"}  # properties with units

    @property
    def needed(self) -> float:
        """Parameters and activations, bytes."""
        return self.parameters + self.activations


@dataclass(frozen=True)
class TriedLayout:
    """A layout of a transformer that fits.

    Arguments:
        layout: in words.
        step: duration of one step, s.
        memory: of one accelerator, bytes.
    """

    layout: str
    step: float = field(metadata={UNIT: "s"})
    memory: float = field(metadata={UNIT: "bytes"})


@dataclass(frozen=True)
class TransformerAnswer:
    """What is said of a transformer in training beyond any other network.

    Arguments:
        parameters: that it has.
        trained: parameters that have gradients: all, or those of adapters.
        layout: over the accelerators, in words.
        tried: how many layouts fit, of which this is the fastest; 1 where it was given.
        others: the next best.
        parts: where the time of a step goes, by kind of operation: what and s.
        tokens: a second, while it trains.
        mfu: model FLOPs utilization.
        hfu: hardware FLOPs utilization, with what is computed again.
        regime: how the step lies to measured ones, which is how sure it is.
        error: relative standard error of such steps.
        source: of the coefficients.
    """

    parameters: float
    trained: float
    layout: str
    tried: int
    others: tuple[TriedLayout, ...]
    parts: tuple[tuple[str, float], ...]
    tokens: float = field(metadata={UNIT: "tokens/s"})
    mfu: float
    hfu: float
    regime: str
    error: float
    source: str


@dataclass(frozen=True)
class SynchronizationAnswer:
    """What is said of workers that wait for one another, by law and by simulation.

    Arguments:
        mode: synchronous or asynchronous.
        workers: nodes that push gradients, or replicas of a transformer.
        backup_workers: of those, for which no update waits.
        servers: over which the parameters are spread; 0 where replicas agree by themselves.
        rate: samples/s that are used, by law, without waiting for input.
        simulated_rate: the same, simulated.
        staleness: updates of others between a worker's pull and its push, by law, on average.
        simulated_staleness: the same, simulated.
        staleness_p95: that many or fewer for 95 of 100 updates, simulated.
    """

    mode: str
    workers: int
    backup_workers: int
    servers: int
    rate: float = field(metadata={UNIT: "samples/s"})
    simulated_rate: Estimate = field(metadata={UNIT: "samples/s"})
    staleness: float
    simulated_staleness: Estimate
    staleness_p95: float


@dataclass(frozen=True)
class JobEnd:
    """How a job that a service runs may end.

    Arguments:
        state: as the service calls it.
        share: of the runs.
        reason: why, as the service says it; empty where it is complete.
    """

    state: str
    share: Estimate
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class TrainingPrediction(WorkloadPrediction):
    """What a training workload will do.

    Arguments:
        accelerators: how many work on it.
        batch: samples of one step, over all of them.
        regime: how the step lies to what was measured.
        step_error: relative standard error of the step.
        throughput: samples/s while it trains.
        step: where the time of a step goes, s.
        stages: storage, preparation, accelerators: what each could sustain, samples/s.
        bottleneck: name of the slowest stage.
        headroom: rate of the next-slowest stage over the bottleneck's; infinite if there is none.
        speedup: over one accelerator.
        efficiency: speedup over accelerators.
        memory: of one accelerator, bytes.
        work: productive time of the run, s: steps without failures or checkpoints.
        checkpoint_interval: productive time between checkpoints, s; infinite if only at the end.
        checkpoint_size: of one checkpoint, bytes.
        checkpoint_write: until one checkpoint is written, s.
        checkpoint_stall: that training waits for one checkpoint, s.
        checkpoint_read: of one checkpoint by all nodes at a restart, s.
        checkpoints: how many a run writes that nothing interrupts.
        startup: what a run takes before its first step, s.
        ideal_throughput: of as many accelerators, each as fast as one alone.
        ideal_time: at the speed of one accelerator times their number, s: nothing is lost.
        failure_free_time: closed form with checkpoints, without failures, s.
        time_to_train: wall time of the run, s.
        goodput: productive share of the wall time.
        restarts: how often the run restarts.
        yearly_goodput: productive share of a year of such training.
        yearly_restarts: restarts in a year of such training.
        transformer: what is said of one; None for other networks.
        synchronization: by parameter servers, or of a transformer on slow nodes; None where
            all-reduce agrees on gradients of alike nodes.
        ends: how a job of a service ends; none of a run on nodes of one's own.
    """

    accelerators: int
    batch: int
    regime: str
    step_error: float
    throughput: Estimate = field(metadata={UNIT: "samples/s"})
    step: StepTime
    stages: tuple[Stage, ...]
    bottleneck: str
    headroom: float
    speedup: float
    efficiency: float
    memory: Memory
    work: float = field(metadata={UNIT: "s"})
    checkpoint_interval: float = field(metadata={UNIT: "s"})
    checkpoint_size: float = field(metadata={UNIT: "bytes"})
    checkpoint_write: float = field(metadata={UNIT: "s"})
    checkpoint_stall: float = field(metadata={UNIT: "s"})
    checkpoint_read: float = field(metadata={UNIT: "s"})
    checkpoints: int
    startup: float = field(metadata={UNIT: "s"})
    ideal_throughput: float = field(metadata={UNIT: "samples/s"})
    ideal_time: float = field(metadata={UNIT: "s"})
    failure_free_time: float = field(metadata={UNIT: "s"})
    time_to_train: Distribution = field(metadata={UNIT: "s"})
    goodput: Distribution
    restarts: Distribution
    yearly_goodput: Distribution
    yearly_restarts: Distribution
    transformer: TransformerAnswer | None = None
    synchronization: SynchronizationAnswer | None = None
    ends: tuple[JobEnd, ...] = ()

    def expected(self) -> tuple[Expected, ...]:
        """Its step, as uncertain as its throughput, the parts of it, and its time to train."""
        step, rate = self.step, self.throughput
        longest, shortest = rate.mean / rate.low, rate.mean / rate.high
        parts = (
            (Measure.STEP_TIME, step.total),
            (Measure.COMPUTE, step.compute),
            (Measure.COMMUNICATION, step.intra_node + step.inter_node - step.hidden),
            (Measure.INPUT_WAIT, step.input_wait),
        )
        return (
            *super().expected(),
            *(
                Expected(self.name, name, Statistic.MEAN, time, time * shortest, time * longest)
                for name, time in parts
            ),
            *expected_of_runs(self.name, Measure.TIME_TO_TRAIN, self.time_to_train),
        )

    @property
    def held_back_by(self) -> str:
        """Its slowest stage."""
        return self.bottleneck
