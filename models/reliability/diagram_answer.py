"""What is known about a block diagram, by laws or by simulation: the vocabulary of both columns."""

from dataclasses import dataclass, field
from typing import Literal

from models.prediction import UNIT, Estimate, Method


@dataclass(frozen=True)
class SystemMeasures:
    """A system: in the long run, over its mission, and until it fails for the first time.

    What has no law or was not asked for is None.

    Arguments:
        unavailability: probability that it does not work: for all time, or in the long run.
        failure_frequency: of the system in the long run, /s.
        mean_up_time: from a repair of the system to its next failure, s.
        mean_down_time: from a failure of the system to its repair, s.
        mission_unavailability: share of the mission in which it does not work, all new at first.
        mission_failures: of the system, in the mission; a stop that takes it down counts.
        unreliability: probability that it fails within the mission.
        mttf: mean time to its first failure, s.
    """

    unavailability: Estimate | None = None
    failure_frequency: Estimate | None = field(default=None, metadata={UNIT: "1/s"})
    mean_up_time: Estimate | None = field(default=None, metadata={UNIT: "s"})
    mean_down_time: Estimate | None = field(default=None, metadata={UNIT: "s"})
    mission_unavailability: Estimate | None = None
    mission_failures: Estimate | None = None
    unreliability: Estimate | None = None
    mttf: Estimate | None = field(default=None, metadata={UNIT: "s"})


@dataclass(frozen=True)
class ComponentMeasures:
    """One unit of a component.

    Arguments:
        name: of the component, or of what fails several of them at once.
        units: how many it has.
        unavailability: as that of the system; over the mission where that is all there is.
    """

    name: str
    units: int
    unavailability: Estimate


@dataclass(frozen=True)
class ComponentImportance:
    """How much one unit of a component matters, by the law; None where it takes too many sets.

    Arguments:
        name: of the component.
        birnbaum: probability that the system works with the unit and fails without it.
        criticality: probability that the unit has failed and the system with it, which would work
            if it did, given that the system has failed.
        fussell_vesely: probability that a minimal cut set with the unit has failed, given that
            the system has.
        risk_achievement_worth: unavailability with the unit failed, to what it is.
        risk_reduction_worth: unavailability, to what it is with the unit always working.
    """

    name: str
    birnbaum: float
    criticality: float
    fussell_vesely: float | None
    risk_achievement_worth: float
    risk_reduction_worth: float


@dataclass(frozen=True)
class CutSet:
    """Units whose failure is enough to fail the system, and none of which is too many.

    Arguments:
        members: in words, "2 x node" for two units of a group.
        ways: how many sets of single units this stands for.
        probability: that all units of one of them have failed, summed over the ways.
    """

    members: str
    ways: int
    probability: float


@dataclass(frozen=True)
class Verdict:
    """Whether an objective is met.

    Arguments:
        name: availability, reliability or mttf.
        target: that must be reached; s where it is a time.
        reached: the answer that was judged, as the target is given; None where nothing is known.
        met: whether it is enough.
    """

    name: Literal["availability", "reliability", "mttf"]
    target: float
    reached: Estimate | None
    met: bool


@dataclass(frozen=True)
class DiagramAnswer:
    """A block diagram by laws or by simulation.

    Arguments:
        diagram: its name.
        method: exact, approximation or simulation; none where no law is known.
        law: the laws that were used, or the engine, in words.
        mission: that its measures are of, s; None of probabilities for all time.
        measures: of the system.
        components: in the order of the diagram.
        importances: the most critical first, at the unavailabilities of the components.
        cut_sets: the likeliest first.
        all_cut_sets: whether none was left out.
        single_points: components that fail the system alone.
        notes: what a reader must know, such as an assumption of a law that does not hold.
    """

    diagram: str
    method: Method | Literal["none"]
    law: str
    mission: float | None = field(metadata={UNIT: "s"})
    measures: SystemMeasures
    components: tuple[ComponentMeasures, ...] = ()
    importances: tuple[ComponentImportance, ...] = ()
    cut_sets: tuple[CutSet, ...] = ()
    all_cut_sets: bool = True
    single_points: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """A law or a simulation says something of it."""
        return self.method != "none"
