"""Everything that is predicted of one stack."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Literal

from models.prediction.access_answer import AccessCell
from models.prediction.availability_answer import AvailabilityPrediction
from models.prediction.cost_answer import CostPrediction
from models.prediction.energy_answer import EnergyPrediction
from models.prediction.estimates import UNIT
from models.prediction.group_answer import GroupDescription
from models.prediction.store_answer import DegradedStore, StoreDescription, StoreDurability
from models.prediction.workload_answer import WorkloadPrediction


class Verdict(StrEnum):
    """Of an objective; unknown: what is known meets it, and what is not known may miss it."""

    MET = "met"
    MISSED = "missed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class ObjectiveResult:
    """Whether an objective is met.

    Arguments:
        name: deadline, budget or availability.
        target: what is demanded, for people.
        predicted: what is predicted, for people.
        probability: of meeting it; the most that it can be where `at_least`.
        required: probability demanded.
        of: what the probability is a share of: runs or years; empty where it is none.
        at_least: what is predicted is a part of what is held against the target, since the price of
            something is not known.
    """

    name: str
    target: str
    predicted: str
    probability: float
    required: float
    of: Literal["runs", "years", ""] = "runs"
    at_least: bool = False

    DERIVED: ClassVar[dict[str, str]] = {"met": "", "verdict": ""}  # properties with units

    @property
    def verdict(self) -> Verdict:
        """Met where the probability is at least what is demanded and nothing is left out of it."""
        if self.probability < self.required:
            return Verdict.MISSED
        return Verdict.UNKNOWN if self.at_least else Verdict.MET

    @property
    def met(self) -> bool:
        """It is shown to be met."""
        return self.verdict is Verdict.MET

    @property
    def certain(self) -> bool:
        """What is predicted is one figure, which no chance moves."""
        return not self.of and self.required == 1 and self.probability in (0, 1)


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
class Finding:
    """Something that a reader must know before believing a figure, though nothing is wrong.

    Arguments:
        level: warning: a figure may mislead; note: it is as good as it is said to be.
        place: path in the stack file, such as workloads.train; empty for the whole stack.
        text: one sentence.
    """

    level: Literal["warning", "note"]
    place: str
    text: str


@dataclass(frozen=True)
class ChangedValue:
    """A value of the stack file that another took the place of.

    Arguments:
        path: in the file, as nodes.trainers.count.
        value: that holds, as YAML has it.
        before: what the file says; empty where it says nothing.
    """

    path: str
    value: str
    before: str


@dataclass(frozen=True)
class Layer:
    """One of the four layers of a stack of machine learning.

    Arguments:
        name: ML framework, computing framework, virtual machine manager or cluster.
        choice: what the stack has for it, in words.
    """

    name: str
    choice: str


@dataclass(frozen=True)
class LifecycleStage:
    """A workload as a stage of a whole, of which each waits for others.

    Arguments:
        name: of the workload.
        kind: of it.
        time: that it adds to the whole, mean.
        share: of the whole.
    """

    name: str
    kind: str
    time: float = field(metadata={UNIT: "s"})
    share: float


@dataclass(frozen=True)
class Issue:
    """What whoever asks for a prediction says of this one, for those who read it later.

    Arguments:
        commit: of the repository with the stack file, hexadecimal; empty where it isn't said.
        date: ISO date of issue; empty where it isn't said.
    """

    commit: str = ""
    date: str = ""


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
        stores: what they are.
        groups: of nodes, what they are.
        warnings: what a reader must know before believing a figure, each with its place.
        changes: values that took the place of the file's.
        energy: of the stack; None where its building or its hardware's power is not known.
        layers: the four of the stack, from the framework of its models to the cluster.
        service_level: what of it is rented: IaaS, PaaS or nothing.
        lifecycle: workloads that wait for each other, whose times sum to the whole; empty where
            none waits.
        issue: commit and date, as they were given: the answer knows neither by itself.
        access: what users and roles may do with stores, and why.
    """

    stack: str
    version: str
    stack_hash: str
    catalog_hash: str
    seed: int
    replications: int
    workloads: tuple[WorkloadPrediction, ...]
    availability: AvailabilityPrediction
    cost: CostPrediction
    objectives: tuple[ObjectiveResult, ...]
    assumptions: tuple[str, ...]
    sources: tuple[Source, ...]
    durability: tuple[StoreDurability, ...] = ()
    degraded: tuple[DegradedStore, ...] = ()
    energy: EnergyPrediction | None = None
    stores: tuple[StoreDescription, ...] = ()
    groups: tuple[GroupDescription, ...] = ()
    warnings: tuple[Finding, ...] = ()
    changes: tuple[ChangedValue, ...] = ()
    layers: tuple[Layer, ...] = ()
    service_level: str = ""
    lifecycle: tuple[LifecycleStage, ...] = ()
    issue: Issue = Issue()
    access: tuple[AccessCell, ...] = ()

    DERIVED: ClassVar[dict[str, str]] = {  # with units
        "objectives_met": "",
        "overloaded": "",
        "never_available": "",
    }

    @property
    def objectives_met(self) -> bool:
        """Every objective is shown to be met: none is missed, and of each it can be said."""
        return all(objective.met for objective in self.objectives)

    @property
    def missed(self) -> tuple[str, ...]:
        """Objectives that are missed, whatever is not known."""
        return tuple(one.name for one in self.objectives if one.verdict is Verdict.MISSED)

    @property
    def overloaded(self) -> tuple[str, ...]:
        """Workloads without a steady state."""
        return tuple(one.name for one in self.workloads if one.overloaded)

    @property
    def never_available(self) -> tuple[str, ...]:
        """Workloads of which what there is is not enough, whatever is up."""
        return tuple(one.name for one in self.workloads if one.never_available)

    @property
    def fine(self) -> bool:
        """Every workload has a steady state, and every objective is shown to be met."""
        return self.objectives_met and not self.overloaded
