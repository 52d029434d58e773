"""What is answered of the choice among very many stacks."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from models.prediction.comparison_answer import Variant
from models.prediction.estimates import UNIT

Changes = tuple[tuple[str, Any], ...]  # path and value


class Why(StrEnum):
    """The reason for which a candidate is not taken."""

    IMPOSSIBLE = "impossible"  # it can't be, or can't work: the fault says why
    UNPRICED = "unpriced"  # something of it has no known price, so that it can't be called cheap
    OVERLOADED = "overloaded"  # more comes than it can do
    TOO_SLOW = "too slow"  # the deadline is missed even if nothing fails
    TOO_DEAR = "too dear"  # a limit of cost is missed even if nothing fails
    SELDOM_UP = "seldom up"  # the laws are sure that the availability is missed
    DOMINATED = "dominated"  # of a node group: another serves as much for less, or it does not fit
    BEATEN = "beaten"  # another meets the objectives, and costs and takes no more
    MISSED = "missed"  # simulated, and an objective is missed
    NOT_REACHED = "not reached"  # the search was cut short before it


@dataclass(frozen=True)
class Excuse:
    """Why some candidates are not taken, with the figures of the one that was nearest.

    Arguments:
        why: the reason.
        objectives: that are missed, by name.
        least_time: no run of it is complete sooner: in the share of runs that is demanded.
        wanted_time: that the objective allows.
        least_cost: it costs no less.
        wanted_cost: that the objective allows.
        met_share: share of the years that can meet the availability, at the most.
        wanted_share: that the objective demands.
        fault: what is wrong with it, where it can't be; what has no known price.
    """

    why: Why
    objectives: tuple[str, ...] = ()
    least_time: float | None = field(default=None, metadata={UNIT: "s"})
    wanted_time: float | None = field(default=None, metadata={UNIT: "s"})
    least_cost: float | None = field(default=None, metadata={UNIT: "USD"})
    wanted_cost: float | None = field(default=None, metadata={UNIT: "USD"})
    met_share: float | None = None
    wanted_share: float | None = None
    fault: str = ""


@dataclass(frozen=True)
class RejectedFamily:
    """Candidates that are alike in their first choice, and not taken for one reason.

    Arguments:
        family: path and value that they have in common; empty where nothing else is open.
        candidates: how many.
        excuse: of the nearest of them.
    """

    family: Changes
    candidates: int
    excuse: Excuse

    BY_NAME: ClassVar[tuple[str, ...]] = ("family",)


@dataclass(frozen=True)
class OpenValue:
    """A value that is chosen.

    Arguments:
        path: of it.
        values: that it may have.
    """

    path: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Concession:
    """An objective that nothing meets, and what the nearest stack would meet.

    Arguments:
        objective: its name.
        wanted_time: that it allows.
        reached_time: that would be met.
        wanted_cost: that it allows.
        reached_cost: that would be met.
        wanted_share: of the year, or of requests, that it demands.
        reached_share: that would be met.
        wanted_count: of events that it allows.
        reached_count: that would be met.
    """

    objective: str
    wanted_time: float | None = field(default=None, metadata={UNIT: "s"})
    reached_time: float | None = field(default=None, metadata={UNIT: "s"})
    wanted_cost: float | None = field(default=None, metadata={UNIT: "USD"})
    reached_cost: float | None = field(default=None, metadata={UNIT: "USD"})
    wanted_share: float | None = None
    reached_share: float | None = None
    wanted_count: float | None = None
    reached_count: float | None = None


@dataclass(frozen=True)
class Choice:
    """The best of very many stacks.

    Arguments:
        version: of windtunnel.
        stack: name of the stack.
        stack_hash: SHA-256 of the file that leaves values open.
        catalog_hash: SHA-256 of the catalog's tables.
        seed: of the simulation.
        replications: simulated years of each candidate that is simulated.
        confirmed: simulated years of each that may meet the objectives, and of all that is named.
        open: values that are chosen.
        candidates: combinations of them.
        solved: candidates, or families of alike ones, that the laws were asked about one by one.
        simulated: candidates that were simulated.
        described: the stack as the file describes it; None where that leaves values open.
        cheapest: of those that meet the objectives, least mean cost.
        fastest: of those, least 95th percentile of the time, to the resolution.
        frontier: from the cheapest to the fastest: each costs more and takes less time.
        nearest: where none meets the objectives: what misses them by least.
        concessions: what would have to give for that.
        rejected: the other candidates, by family and reason.
        resolution: share by which a candidate must be faster than the fastest to be told apart.
        spacing: share by which one must be cheaper or faster than what lies between.
        complete: no candidate was left out for want of time.
    """

    version: str
    stack: str
    stack_hash: str
    catalog_hash: str
    seed: int
    replications: int
    confirmed: int
    open: tuple[OpenValue, ...]
    candidates: int
    solved: int
    simulated: int
    described: Variant | None
    cheapest: Variant | None
    fastest: Variant | None
    frontier: tuple[Variant, ...]
    nearest: Variant | None
    concessions: tuple[Concession, ...]
    rejected: tuple[RejectedFamily, ...]
    resolution: float
    spacing: float
    complete: bool

    DERIVED: ClassVar[dict[str, str]] = {"winner": ""}

    @property
    def winner(self) -> str | None:
        """Name of the cheapest that meets the objectives."""
        return None if self.cheapest is None else self.cheapest.name
