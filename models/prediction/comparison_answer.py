"""What is answered of several stacks side by side."""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from models.prediction.estimates import UNIT, Distribution, Estimate
from models.prediction.stack_answer import Finding, ObjectiveResult
from models.prediction.store_answer import StoreDurability


@dataclass(frozen=True)
class WorkloadFigures:
    """What a comparison shows of one workload.

    Arguments:
        name: of the workload.
        kind: of it.
        completes: its time is that until it is complete; else that of one request or job.
        time_p50: median of that time; None where there is none.
        time_p95: 95th percentile of it.
        time_p99: 99th percentile of it, of what serves requests.
        wanted_time: percentile of it that an objective or a target asks for, of what serves them.
        loss: share of requests that is not answered, of what serves them; None where none exists.
        lag: events that have come and are not done with, of what reads a log; None where there is
            none.
        throughput: what it does in a second; a kind says in which unit.
        limit: what holds it back, by name.
        speedup: over one accelerator, of what trains; None of all else.
        efficiency: speedup over accelerators.
        samples: times until it is complete, s, one a replication; empty for what never is.
    """

    name: str
    kind: str
    completes: bool
    time_p50: Estimate | None = field(metadata={UNIT: "s"})
    time_p95: Estimate | None = field(metadata={UNIT: "s"})
    time_p99: Estimate | None = field(metadata={UNIT: "s"})
    wanted_time: Estimate | None = field(metadata={UNIT: "s"})
    loss: Estimate | None
    lag: Estimate | None
    throughput: Estimate = field(metadata={UNIT: "1/s"})
    limit: str
    speedup: float | None
    efficiency: float | None
    samples: tuple[float, ...] = field(repr=False)


@dataclass(frozen=True)
class Variant:
    """One stack of a comparison, predicted.

    Arguments:
        name: unlike that of any other: of its stack, or its number among the variants of one.
        stack: name of the stack.
        changes: what was varied: path and value.
        stack_hash: SHA-256 of the description with its changes.
        replications: simulated years.
        workloads: by order of the description.
        objectives: those that the stack names.
        unstable: workloads without a steady state.
        never_available: workloads of which what there is is not enough, whatever is up.
        cost_of: what the cost is of: the run of all workloads once, or a month.
        cost: USD.
        monthly: what it costs to keep for a month of 730 h.
        at_least: bills are the least, since something has no known price.
        at_most: the bill by the month is the most, since nodes come and go with the load.
        unavailability: of the whole stack, by the laws.
        availability: simulated, one a year.
        durability: of the stores whose loss is known.
        unknown_durability: names of the other stores.
        energy: of a run, or of a month; None where it is not known.
        warnings: what a reader must know.
    """

    name: str
    stack: str
    changes: tuple[tuple[str, Any], ...]
    stack_hash: str
    replications: int
    workloads: tuple[WorkloadFigures, ...]
    objectives: tuple[ObjectiveResult, ...]
    unstable: tuple[str, ...]
    never_available: tuple[str, ...]
    cost_of: Literal["the run", "a month"]
    cost: Distribution = field(metadata={UNIT: "USD"})
    monthly: float = field(metadata={UNIT: "USD/month"})
    at_least: bool
    at_most: bool
    unavailability: float
    availability: Distribution
    durability: tuple[StoreDurability, ...]
    unknown_durability: tuple[str, ...]
    energy: Distribution | None = field(metadata={UNIT: "J"})
    warnings: tuple[Finding, ...]

    BY_NAME: ClassVar[tuple[str, ...]] = ("changes",)
    DERIVED: ClassVar[dict[str, str]] = {"fine": "", "loss_probability": "within a year"}

    @property
    def fine(self) -> bool:
        """Every workload has a steady state, and every objective is shown to be met."""
        return not self.unstable and all(one.met for one in self.objectives)

    @property
    def loss_probability(self) -> float | None:
        """That any store loses anything within a year; None where one is not known."""
        if self.unknown_durability:
            return None
        kept = 1.0
        for one in self.durability:
            kept *= 1 - one.loss_probability
        return 1 - kept


@dataclass(frozen=True)
class Refused:
    """A variant that can't be.

    Arguments:
        name: unlike that of any other.
        stack: name of the stack, or of its file.
        changes: what was varied: path and value.
        faults: what is wrong with it, a line each.
    """

    name: str
    stack: str
    changes: tuple[tuple[str, Any], ...]
    faults: tuple[str, ...]

    BY_NAME: ClassVar[tuple[str, ...]] = ("changes",)


@dataclass(frozen=True)
class TimeDifference:
    """By how much a workload differs.

    Arguments:
        workload: its name.
        of: what is compared: means where every replication has a time, else 95th percentiles.
        time: by how much it is more; None where one has no such time.
        paired: of the same replications, so that chance that both met drops out.
    """

    workload: str
    of: Literal["mean", "p95"]
    time: Estimate | None = field(metadata={UNIT: "s"})
    paired: bool


@dataclass(frozen=True)
class VariantDifference:
    """By how much a variant differs from the first, with 95 % intervals.

    Arguments:
        name: of the variant.
        times: of the workloads that both have.
        cost: mean of its run, or of its month; None where one is of a run and one of a month, or
            where not all of either has a known price.
        monthly: to keep for a month; None where not all of either has a known price.
        availability: mean of the simulated years.
        energy: mean; None where one is not known.
    """

    name: str
    times: tuple[TimeDifference, ...]
    cost: Estimate | None = field(metadata={UNIT: "USD"})
    monthly: float | None = field(metadata={UNIT: "USD/month"})
    availability: Estimate
    energy: Estimate | None = field(metadata={UNIT: "J"})


@dataclass(frozen=True)
class Dominance:
    """A variant that another beats: nowhere worse, and somewhere better by more than chance.

    Arguments:
        name: of the variant.
        by: those that beat it.
    """

    name: str
    by: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """Several stacks side by side, in the same simulated years.

    Arguments:
        version: of windtunnel.
        catalog_hash: SHA-256 of the catalog's tables.
        seed: of the simulation, the same for all.
        replications: simulated years of each, at the most; fewer of those in which much fails.
        variants: in their order.
        refused: those that can't be.
        differences: from the first variant.
        dominated: variants that others beat.
    """

    version: str
    catalog_hash: str
    seed: int
    replications: int
    variants: tuple[Variant, ...]
    refused: tuple[Refused, ...]
    differences: tuple[VariantDifference, ...]
    dominated: tuple[Dominance, ...]

    DERIVED: ClassVar[dict[str, str]] = {"frontier": ""}

    @property
    def frontier(self) -> tuple[str, ...]:
        """Names of the variants that no other beats."""
        beaten = {one.name for one in self.dominated}
        return tuple(one.name for one in self.variants if one.name not in beaten)
