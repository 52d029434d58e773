"""Where figures of a prediction come from, and what they are sensitive to."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from models.prediction.figures import Figure

LONGEST = 10  # inputs of a tornado


class Origin(StrEnum):
    """Where an input is written."""

    LINE = "stack file"
    ROW = "catalog"
    LAW = "law"


class Basis(StrEnum):
    """How far an input is moved."""

    INTERVAL = "95 % interval"
    RANGE = "lowest to highest"
    TENTH = "a tenth less to a tenth more"
    ONE = "one less to one more"
    WORD = "other words that it may be"


class Factor(StrEnum):
    """What the performance of work on machines hangs on, virtual ones above all.

    Source: Huber et al. (2010), Analysis of the performance-influencing factors of virtualization
        platforms, OTM, figure 1: the virtualization itself, resources and how many share them,
        and the profile of the work: processors, memory, disk and network.
    """

    PROCESSORS = "processors and accelerators"
    MEMORY = "memory"
    DISKS = "disks and stores"
    NETWORK = "bandwidth of networks"
    LATENCY = "latency"
    VIRTUALIZATION = "virtualization"
    MACHINES = "number of machines"
    LOAD = "load"


@dataclass(frozen=True)
class LawUsed:
    """A law by which a figure is had.

    Arguments:
        of: quantities that it gives, whichever statistic of them; all of its part where empty.
        says: what it answers, one sentence.
        source: where it is from.
        name: by which `windtunnel law` has it; empty where that has it not.
    """

    of: tuple[str, ...]
    says: str
    source: str
    name: str = ""


@dataclass(frozen=True)
class Effect:
    """What becomes of a figure as one of its inputs moves and nothing else does.

    Arguments:
        name: of the input, as people say it.
        origin: where it is written.
        place: file and line, or table of the catalog.
        value: as it is written.
        low: the lower value that was tried; empty where there can be none.
        high: the higher.
        basis: how far it was moved.
        at_low: the figure then, in its unit; None where the stack can't be so.
        at_high: the figure at the higher value.
        base: the figure as it is.
        uncertain: nobody knows the input better than that; else it is chosen, or known for sure.
        date: of the figure in the catalog; empty for all others.
        source: who says so.
        refused: why the stack, or the figure, can't be so with one of the values that were tried;
            empty where it can with all of them.
        refused_at: the value.
        error: half of the 95 % interval of how far the figure moves, at the end where that is
            wider; 0 by law; None where too little was simulated to say.
    """

    name: str
    origin: Origin
    place: str
    value: str
    low: str
    high: str
    basis: Basis
    at_low: float | None
    at_high: float | None
    base: float
    uncertain: bool
    date: str = ""
    source: str = ""
    refused: str = ""
    refused_at: str = ""
    error: float | None = 0.0

    DERIVED: ClassVar[dict[str, str]] = {"swing": ""}

    @property
    def swing(self) -> float:
        """The farthest that the figure moves, in its unit."""
        known = [one for one in (self.at_low, self.at_high, self.base) if one is not None]
        return max(known) - min(known)


@dataclass(frozen=True)
class FactorEffect:
    """What becomes of a figure as all inputs of a factor move together by a tenth.

    Arguments:
        factor: of the eight.
        inputs: that were moved; none where the stack says nothing of the factor.
        at: the figure then, in its unit; None where nothing was moved, or the stack can't be so.
        refused: why it can't be so; empty where it can.
    """

    factor: Factor
    inputs: tuple[str, ...]
    at: float | None
    refused: str = ""


@dataclass(frozen=True)
class ChoosingLine:
    """A line of the stack file that says which rows of the catalog count.

    Arguments:
        path: as workloads.train.precision.
        place: file and line.
        value: as it is written.
        rows: of the catalog that it chooses and that move the figure.
    """

    path: str
    place: str
    value: str
    rows: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    """Where one figure comes from.

    Arguments:
        figure: itself.
        at_least: it is money, and the price of something is not known.
        moved: the figure as the effects are held against it: by the law where they are.
        by_law: the effects are of laws; else of years simulated with the same chance.
        replications: years of each effect at the most; 0 by law.
        tried: inputs that were moved.
        moving: how many of them move it.
        effects: of those, the farthest first; at most ten of what is uncertain and ten of what is
            not, where each takes simulated years.
        choices: lines that say which rows count.
        laws: by which it is had.
        factors: the eight that performance hangs on, each moved by a tenth.
    """

    figure: Figure
    at_least: bool
    moved: float
    by_law: bool
    replications: int
    tried: int
    moving: int
    effects: tuple[Effect, ...]
    choices: tuple[ChoosingLine, ...]
    laws: tuple[LawUsed, ...]
    factors: tuple[FactorEffect, ...]

    DERIVED: ClassVar[dict[str, str]] = {"tornado": ""}

    @property
    def tornado(self) -> tuple[Effect, ...]:
        """The uncertain inputs that move it farthest, the first of all first, at most ten."""
        return tuple(one for one in self.effects if one.uncertain)[:LONGEST]


@dataclass(frozen=True)
class Explained:
    """Figures of one stack, explained.

    Arguments:
        stack: its name.
        version: of windtunnel.
        stack_hash: SHA-256 of the description.
        catalog_hash: SHA-256 of the catalog's tables.
        seed: of the simulation.
        replications: years of the figures themselves.
        explanations: one a figure.
        others: keys of figures that can be asked for.
    """

    stack: str
    version: str
    stack_hash: str
    catalog_hash: str
    seed: int
    replications: int
    explanations: tuple[Explanation, ...]
    others: tuple[str, ...]
