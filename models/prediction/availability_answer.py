"""What is predicted of the availability of a stack."""

from dataclasses import dataclass, field
from typing import ClassVar

from models.prediction.estimates import UNIT, Estimate

_HOURS_OF_A_YEAR = 8760


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
        mttf_low: lower end of the 95 % interval of the mttf, s; None where it is taken as certain.
        mttf_high: upper end, s.
        reclaimed: of the time that a unit is away, the share in which the cloud took it back.
    """

    name: str
    required: int
    units: int
    mttf: float = field(metadata={UNIT: "s"})
    mttr: float = field(metadata={UNIT: "s"})
    source: str
    mttf_low: float | None = field(default=None, metadata={UNIT: "s"})
    mttf_high: float | None = field(default=None, metadata={UNIT: "s"})
    reclaimed: float = 0.0


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
        downtime: s a year that one more saves; None where the stack can't have more of it.
        remedy: what that is, in words; empty where there is none.
        remedy_hourly: what it costs, USD/h; None where no price is known.
    """

    name: str
    birnbaum: float
    criticality: float
    fussell_vesely: float
    risk_achievement_worth: float
    risk_reduction_worth: float
    downtime: float | None = field(metadata={UNIT: "s/year"})
    remedy: str = "one more"
    remedy_hourly: float | None = field(default=None, metadata={UNIT: "USD/h"})

    DERIVED: ClassVar[dict[str, str]] = {"price_of_an_hour": "USD"}

    @property
    def price_of_an_hour(self) -> float | None:
        """What an hour of downtime less costs, USD; None where that is not known."""
        if self.remedy_hourly is None or not self.downtime or self.downtime <= 0:
            return None
        return self.remedy_hourly * _HOURS_OF_A_YEAR / (self.downtime / 3600)


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
    """How much of a year the parts of the stack can work, whatever load it is given.

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
        building_unavailability: of power and cooling alone; None where no more than feeds is
            described of them.
        samples: of the simulated availability, one a replication.
        tier: name of the highest tier that such downtime reaches; None below the first.
    """

    blocks: tuple[BlockResult, ...]
    unavailability: float
    simulated: Estimate
    downtime: float = field(metadata={UNIT: "s/year"})
    nines: float
    single_points: tuple[str, ...]
    failures: float = field(default=0.0, metadata={UNIT: "1/year"})
    mean_down_time: float = field(default=0.0, metadata={UNIT: "s"})
    importances: tuple[Importance, ...] = ()
    cut_sets: tuple[CutSets, ...] = ()
    building_unavailability: float | None = None
    tier: str | None = None
    # Two engines add up the same times in another order: they differ in the last digit alone.
    samples: tuple[float, ...] = field(default=(), repr=False, compare=False)
