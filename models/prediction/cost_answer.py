"""What is predicted of the bill of a stack."""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from models.prediction.estimates import UNIT, Distribution


@dataclass(frozen=True)
class CostLine:
    """What one resource costs.

    Arguments:
        resource: the part of the stack.
        item: what is billed.
        quantity: how many units run or are held.
        unit: of the quantity.
        unit_price: USD for one unit and hour, or one unit and run where `per_run`; None where no
            price is known: the line is left out of all sums, which are then the least.
        per_run: billed once a run, not by the hour.
        alternative: hourly USD under the other purchase option (on-demand against spot), if priced.
        source: where the price comes from, with its date; without one, why, or what to give.
        node_group: whose hours are billed; None for what is not of nodes.
        at_most: the quantity is the most, since nodes come and go with the load.
        workload: whose own it is; None for what the stack holds for all.
        low: least times the amount that it may be: its price is borrowed, or its quantity guessed.
        high: most times the amount that it may be.
        volumes_of: the node group whose system volumes they are; None for all else.
        service: of the provider, that bills it; empty where nobody does, or the price is one's own.
    """

    resource: str
    item: str
    quantity: float
    unit: str
    unit_price: float | None = field(metadata={UNIT: "USD"})
    per_run: bool
    alternative: float | None = field(metadata={UNIT: "USD/h"})
    source: str
    node_group: str | None = None
    at_most: bool = False
    workload: str | None = None
    low: float = 1.0
    high: float = 1.0
    volumes_of: str | None = None
    service: str = ""

    DERIVED: ClassVar[dict[str, str]] = {"priced": "", "hourly": "USD/h"}  # with their units

    @property
    def priced(self) -> bool:
        """A price is known."""
        return self.unit_price is not None

    @property
    def hourly(self) -> float | None:
        """USD an hour; 0 for what is billed by the run, None where no price is known."""
        return None if self.unit_price is None else self.least_hourly

    @property
    def least_hourly(self) -> float:
        """USD an hour that sums are made of: nothing of what has no known price."""
        return 0.0 if self.per_run else self.least

    @property
    def least(self) -> float:
        """USD an hour, or a run where `per_run`: nothing of what has no known price."""
        return self.quantity * (self.unit_price or 0.0)


@dataclass(frozen=True)
class BreakEven:
    """When own nodes have cost less than a cloud's that do the same.

    Arguments:
        node_group: that they would take the place of.
        nodes: how many, with spares.
        purchase: of all of them, USD.
        own_hourly: what all of them cost to run.
        cloud_hourly: what the cloud bills for all of them.
        time: of use, s; infinite where they never have.
    """

    node_group: str
    nodes: int
    purchase: float = field(metadata={UNIT: "USD"})
    own_hourly: float = field(metadata={UNIT: "USD/h"})
    cloud_hourly: float = field(metadata={UNIT: "USD/h"})
    time: float = field(metadata={UNIT: "s"})


@dataclass(frozen=True)
class CostPrediction:
    """What the stack costs.

    Arguments:
        lines: by resource.
        hourly: all that is billed by the hour, USD/h.
        monthly: the same over a month of 730 h, USD.
        of: what `run` is of: the run of all workloads once, or a month where none ever ends.
        run: all workloads once, or a month, USD.
        run_lines: mean USD of one run for each line; None where no price is known.
        alternative_hourly: hourly USD if nodes were bought the other way, None if not priced; the
            least where the bill is.
        alternative: name of the other way.
        break_even: of the node groups whose own nodes the stack file gives a price of.
    """

    lines: tuple[CostLine, ...]
    hourly: float = field(metadata={UNIT: "USD/h"})
    monthly: float = field(metadata={UNIT: "USD/month"})
    of: Literal["the run", "a month"]
    run: Distribution = field(metadata={UNIT: "USD"})
    run_lines: tuple[float | None, ...] = field(metadata={UNIT: "USD"})
    alternative_hourly: float | None = field(metadata={UNIT: "USD/h"})
    alternative: str
    break_even: tuple[BreakEven, ...] = ()

    DERIVED: ClassVar[dict[str, str]] = {"at_most": "", "at_least": "", "unpriced": ""}

    @property
    def unpriced(self) -> tuple[str, ...]:
        """What is in the bill without a price: resource and item of each."""
        return tuple(f"{line.resource}: {line.item}" for line in self.lines if not line.priced)

    @property
    def at_least(self) -> bool:
        """The bill is the least: something in it has no known price."""
        return bool(self.unpriced)

    @property
    def drawn(self) -> tuple[CostLine, ...]:
        """What is billed by the hour at a price or of an amount that lies between two others.

        `hourly` and `monthly` have it as most likely, `run` from the lowest to the highest.
        """
        held = (line for line in self.lines if line.priced and not line.per_run)
        return tuple(line for line in held if line.low < line.high)

    @property
    def ends(self) -> bool:
        """What `run` is of comes to its end; else it is of a month of what never does."""
        return self.of == "the run"

    @property
    def at_most(self) -> bool:
        """The bill by the hour and by the month is the most: some nodes come and go with load."""
        return any(line.at_most for line in self.lines)
