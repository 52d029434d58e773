"""The vocabulary of answers: what windtunnel says about a stack."""

from dataclasses import dataclass, field
from typing import Literal

Method = Literal["exact", "approximation", "simulation", "measured"]


@dataclass(frozen=True)
class Estimate:
    """An answer with its error bars, and how it was had.

    Arguments:
        mean: the best single value.
        low: lower end of the interval.
        high: upper end of the interval.
        confidence: probability that the interval covers the truth, 0 to 1.
        method: exact, approximation, simulation or measured.
    """

    mean: float
    low: float
    high: float
    confidence: float
    method: Method

    @staticmethod
    def exact(value: float) -> "Estimate":
        """An answer without error: the law gives it.

        Arguments:
            value: the answer.
        """
        return Estimate(value, value, value, 1.0, "exact")


@dataclass(frozen=True)
class Distribution:
    """Simulated values of one quantity, with what people quote of them.

    Arguments:
        mean: their mean, with the interval of the mean.
        p50: their median, with the interval of the median.
        p95: their 95th percentile, with its interval.
        samples: the values themselves, one a replication, in order of replication.
    """

    mean: Estimate
    p50: Estimate
    p95: Estimate
    samples: tuple[float, ...] = field(repr=False)


@dataclass(frozen=True)
class Stage:
    """One stage of a pipeline and the rate that it could sustain alone.

    Arguments:
        name: what the stage is.
        rate: samples/s.
        limit: what sets the rate, in words with figures.
    """

    name: str
    rate: float
    limit: str


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
    """

    compute: float
    straggler: float
    intra_node: float
    inter_node: float
    hidden: float
    input_wait: float

    @property
    def total(self) -> float:
        """Duration of one step, s."""
        communication = self.intra_node + self.inter_node - self.hidden
        return self.compute + self.straggler + communication + self.input_wait


@dataclass(frozen=True)
class Memory:
    """What one accelerator must hold, in bytes, and what it can.

    Arguments:
        parameters: weights, gradients and optimizer state.
        activations: of one batch.
        available: memory of the accelerator.
    """

    parameters: float
    activations: float
    available: float

    @property
    def needed(self) -> float:
        """Parameters and activations, bytes."""
        return self.parameters + self.activations


@dataclass(frozen=True)
class TrainingPrediction:
    """What a training workload will do.

    Arguments:
        name: the workload.
        accelerators: how many work on it.
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
        checkpoint_write: duration of one checkpoint, s.
        ideal_time: at the speed of one accelerator times their number, s: nothing is lost.
        failure_free_time: closed form with checkpoints, without failures, s.
        time_to_train: wall time of the run, s.
        goodput: productive share of the wall time.
        restarts: how often the run restarts.
        yearly_goodput: productive share of a year of such training.
        yearly_restarts: restarts in a year of such training.
        cost: of its nodes in the run, USD.
    """

    name: str
    accelerators: int
    throughput: Estimate
    step: StepTime
    stages: tuple[Stage, ...]
    bottleneck: str
    headroom: float
    speedup: float
    efficiency: float
    memory: Memory
    work: float
    checkpoint_interval: float
    checkpoint_write: float
    ideal_time: float
    failure_free_time: float
    time_to_train: Distribution
    goodput: Distribution
    restarts: Distribution
    yearly_goodput: Distribution
    yearly_restarts: Distribution
    cost: Distribution


@dataclass(frozen=True)
class Block:
    """A block of the availability diagram: identical units of which some must work.

    Arguments:
        name: what it is.
        required: units that must work.
        units: units there are.
        mttf: mean time to failure of one unit, s.
        mttr: mean time to repair of one unit, s.
        source: where the figures come from.
    """

    name: str
    required: int
    units: int
    mttf: float
    mttr: float
    source: str


@dataclass(frozen=True)
class BlockResult:
    """A block and how available it is.

    Arguments:
        block: the block.
        unavailability: fraction of time in which fewer than the required units work.
        single_point: one failed unit stops the stack.
    """

    block: Block
    unavailability: float
    single_point: bool


@dataclass(frozen=True)
class Importance:
    """How much a block weighs in the downtime of the stack.

    Arguments:
        name: of the block.
        birnbaum: rise of the stack's unavailability with the block's.
        criticality: share of the downtime in which the block is down and decides.
        fussell_vesely: share of the downtime in which a minimal cut set of the block is down.
        risk_achievement_worth: how many times the unavailability if the block were always down.
        risk_reduction_worth: how many times less if it never were; may be infinite.
        downtime: s a year that a second one of the block, or one more of several, saves.
    """

    name: str
    birnbaum: float
    criticality: float
    fussell_vesely: float
    risk_achievement_worth: float
    risk_reduction_worth: float
    downtime: float


@dataclass(frozen=True)
class CutSets:
    """Minimal sets of units that stop the stack when all of them are down, alike but for which.

    Arguments:
        units: what must be down together, for people.
        order: units in one set.
        number: how many such sets there are.
        unavailability: probability that all units of one given set are down.
    """

    units: str
    order: int
    number: int
    unavailability: float


@dataclass(frozen=True)
class AvailabilityPrediction:
    """How much of a year the stack can work.

    Arguments:
        blocks: the blocks in series, each with its share.
        unavailability: of the whole diagram, by the laws.
        simulated: availability observed in the simulated years.
        downtime: s a year, by the laws.
        nines: -log10 of the unavailability.
        single_points: blocks of which one failed unit stops the stack.
        failures: how often the stack goes down, 1/year.
        mean_down_time: of one such failure, s; 0 if there is none.
        importances: of the blocks that weigh most, at most five, the first of all first.
        cut_sets: minimal, the likeliest first.
    """

    blocks: tuple[BlockResult, ...]
    unavailability: float
    simulated: Estimate
    downtime: float
    nines: float
    single_points: tuple[str, ...]
    failures: float = 0.0
    mean_down_time: float = 0.0
    importances: tuple[Importance, ...] = ()
    cut_sets: tuple[CutSets, ...] = ()


@dataclass(frozen=True)
class StoreDurability:
    """How safe the bytes of a store are.

    Arguments:
        name: of the store.
        capacity: usable, bytes.
        loss_probability: that anything is lost within a year.
        expected_loss: bytes a year.
        mttdl: mean time to data loss, s; None where a service publishes its durability alone.
        law: how it was had, with what is assumed of repairs.
        method: exact or approximation; measured where a service publishes it.
    """

    name: str
    capacity: float
    loss_probability: float
    expected_loss: float
    mttdl: float | None
    law: str
    method: Method

    @property
    def normalized_loss(self) -> float:
        """Expected share of the usable bytes that is lost within a year (NOMDL).

        Source: Greenan, Plank and Wylie (2010), Mean time to meaningless.
        """
        return self.expected_loss / self.capacity


@dataclass(frozen=True)
class DegradedStore:
    """What a store does while one of its disks is away.

    Arguments:
        name: of the store.
        state: whole, one disk failed, or rebuilding.
        read: bytes/s, for all nodes together.
        write: bytes/s.
        duration: of one such time, s; 0 for the whole store.
        share: of the time that the store spends in it.
        throughput: samples/s of each workload that reads it then, by name.
    """

    name: str
    state: str
    read: float
    write: float
    duration: float
    share: float
    throughput: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class CostLine:
    """What one resource costs.

    Arguments:
        resource: the part of the stack.
        item: what is billed.
        quantity: how many units run or are held.
        unit: of the quantity.
        unit_price: USD for one unit and hour, or one unit and run where `per_run`.
        per_run: billed once a run, not by the hour.
        alternative: hourly USD under the other purchase option (on-demand against spot), if priced.
        source: where the price comes from, with its date.
    """

    resource: str
    item: str
    quantity: float
    unit: str
    unit_price: float
    per_run: bool
    alternative: float | None
    source: str

    @property
    def hourly(self) -> float:
        """USD an hour; 0 for what is billed by the run."""
        return 0.0 if self.per_run else self.quantity * self.unit_price


@dataclass(frozen=True)
class CostPrediction:
    """What the stack costs.

    Arguments:
        lines: by resource.
        hourly: all that is billed by the hour, USD/h.
        monthly: the same over a month of 730 h, USD.
        run: all workloads once, USD.
        run_lines: mean USD of one run for each line.
        alternative_hourly: hourly USD if nodes were bought the other way, None if not priced.
        alternative: name of the other way.
    """

    lines: tuple[CostLine, ...]
    hourly: float
    monthly: float
    run: Distribution
    run_lines: tuple[float, ...]
    alternative_hourly: float | None
    alternative: str


@dataclass(frozen=True)
class EnergyPrediction:
    """What the stack takes from the grid while it works; making the hardware is not in it.

    Arguments:
        computing: power of nodes, switches and disks, W.
        building: the same with what the building adds, W.
        run: energy of all workloads once, J.
        yearly: energy of a year of work without a pause, J.
        run_carbon: mean emissions of a run, kg of CO2 equivalent; None if no grid is known.
        yearly_carbon: emissions of such a year, kg of CO2 equivalent; None if no grid is known.
        source: of the emissions of a kWh.
    """

    computing: float
    building: float
    run: Distribution
    yearly: float
    run_carbon: float | None
    yearly_carbon: float | None
    source: str


@dataclass(frozen=True)
class ObjectiveResult:
    """Whether an objective is met.

    Arguments:
        name: deadline, budget or availability.
        target: what is demanded, for people.
        predicted: what is predicted, for people.
        probability: of meeting it.
        required: probability demanded.
    """

    name: str
    target: str
    predicted: str
    probability: float
    required: float

    @property
    def met(self) -> bool:
        """The probability is at least what is demanded."""
        return self.probability >= self.required


@dataclass(frozen=True)
class Source:
    """A catalog figure that was used, and where it comes from.

    Arguments:
        figure: what and how much, for people.
        date: ISO date of the figure.
        source: who says so.
    """

    figure: str
    date: str
    source: str


@dataclass(frozen=True)
class Prediction:
    """Everything windtunnel says about one stack.

    Arguments:
        stack: its name.
        version: of windtunnel.
        stack_hash: SHA-256 of the description.
        catalog_hash: SHA-256 of the catalog's tables.
        seed: of the simulation.
        replications: simulated years.
        workloads: by order of the description.
        availability: of the stack.
        cost: of the stack.
        durability: of every store.
        degraded: of every store of disks: whole, with one disk failed, and rebuilding.
        objectives: those that the stack names.
        assumptions: what was taken for granted, one sentence each.
        sources: catalog figures used.
        energy: of the stack; None where its building or its hardware's power is not known.
    """

    stack: str
    version: str
    stack_hash: str
    catalog_hash: str
    seed: int
    replications: int
    workloads: tuple[TrainingPrediction, ...]
    availability: AvailabilityPrediction
    cost: CostPrediction
    objectives: tuple[ObjectiveResult, ...]
    assumptions: tuple[str, ...]
    sources: tuple[Source, ...]
    durability: tuple[StoreDurability, ...] = ()
    degraded: tuple[DegradedStore, ...] = ()
    energy: EnergyPrediction | None = None

    @property
    def objectives_met(self) -> bool:
        """No objective is missed."""
        return all(objective.met for objective in self.objectives)
