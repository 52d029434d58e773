"""A block diagram as people describe it: components, how each fails, and what needs which.

One description for the laws, the SimPy reference and the compiled engine alike.
"""

from typing import Annotated

from pydantic import Field, model_validator

from models.description.fields import Count, Name, Part, Positive, one_of
from models.description.quantities import YEAR, Duration, Fraction, Rate
from models.reliability.lifetime_description import AnyLifetime

MISSION = YEAR


class Standby(Part):
    """Units beyond those required wait, and take over when a unit at work fails.

    Of `mttf`, `failure_rate` and `lifetime` one at most says how a waiting unit fails; none of
    them is cold standby, in which it does not. What goes on without a unit that did not take over
    waits for a repaired one.
    """

    mttf: Annotated[Duration, Positive] | None = Field(
        None, description="mean time to failure of a waiting unit, at a constant rate"
    )
    failure_rate: Annotated[Rate, Positive] | None = Field(
        None, description="constant rate of failure of a waiting unit, above 0"
    )
    lifetime: AnyLifetime | None = Field(
        None, description="time to failure of a waiting unit, durations"
    )
    switching: Fraction = Field(
        1.0, description="probability that a waiting unit takes over when it is needed"
    )

    @model_validator(mode="after")
    def _consistent(self) -> "Standby":
        wrong = one_of(self, "mttf", "failure_rate", "lifetime")
        if wrong and wrong.startswith("has"):
            raise ValueError(wrong)
        return self


class Maintenance(Part):
    """Planned stops: a unit that reaches an age at work is stopped and made new."""

    age: Annotated[Duration, Positive] = Field(
        description="time at work since it was new, a duration above 0"
    )
    duration: AnyLifetime = Field(description="how long a stop takes, durations")


class Component(Part):
    """How one unit of a component fails, and how it is repaired.

    Either a probability for all time, or a time to failure; one of `availability`,
    `unavailability`, `mttf`, `failure_rate` and `lifetime`. Of `mttr`, `repair_rate` and `repair`
    one at most; without, what has failed stays down. A repaired unit is as good as new.
    """

    availability: Fraction | None = Field(
        None, description="probability that it works, whether as availability or as reliability"
    )
    unavailability: Fraction | None = Field(None, description="probability that it does not work")
    mttf: Annotated[Duration, Positive] | None = Field(
        None, description="mean time to failure, at a constant rate"
    )
    failure_rate: Annotated[Rate, Positive] | None = Field(
        None, description="constant rate of failure, above 0"
    )
    lifetime: AnyLifetime | None = Field(
        None, description="time to failure, durations; a plain duration never varies"
    )
    mttr: Annotated[Duration, Positive] | None = Field(
        None, description="mean time to repair, at a constant rate"
    )
    repair_rate: Annotated[Rate, Positive] | None = Field(
        None, description="constant rate of repair, above 0"
    )
    repair: AnyLifetime | None = Field(
        None, description="time to repair, durations; a plain duration never varies"
    )
    maintenance: Maintenance | None = Field(None, description="planned stops; none if not given")
    standby: Standby | None = Field(
        None, description="of a group: units beyond those required wait; all work if not given"
    )

    @model_validator(mode="after")
    def _consistent(self) -> "Component":
        fails = ("availability", "unavailability", "mttf", "failure_rate", "lifetime")
        wrong = one_of(self, *fails)
        if wrong:
            raise ValueError(wrong)
        wrong = one_of(self, "mttr", "repair_rate", "repair")
        if wrong and wrong.startswith("has"):
            raise ValueError(wrong)
        if self.fixed:
            timed = [key for key in _TIMED if getattr(self, key) is not None]
            if timed:
                raise ValueError(f"has {timed[0]}, which goes with a time to failure")
        return self

    @property
    def fixed(self) -> bool:
        """A probability that is the same at any time."""
        return self.availability is not None or self.unavailability is not None

    @property
    def repaired(self) -> bool:
        """What has failed is repaired."""
        return any(one is not None for one in (self.mttr, self.repair_rate, self.repair))


_TIMED = ("mttr", "repair_rate", "repair", "maintenance", "standby")


class Group(Part):
    """Units of one component, alike and independent, of which some must work."""

    component: Name = Field(description="whose figures are those of one unit")
    required: Count = Field(description="how many units must work")
    units: Count = Field(description="how many there are")


class SomeOf(Part):
    """Parts, different or not, of which some must work."""

    required: Count = Field(description="how many parts must work, k")
    parts: Annotated[tuple["Piece", ...], Field(min_length=1, max_length=1000)] = Field(
        description="components or arrangements, n of them"
    )


class Line(Part):
    """A line of a graph, which joins two of its nodes."""

    between: Annotated[tuple[str, ...], Field(min_length=2, max_length=2)] = Field(
        description="the two nodes that it joins; in a directed graph it leads from the first to"
        " the second"
    )
    part: "Piece | None" = Field(
        None, description="what must work for the line to carry; it never fails if not given"
    )


class Graph(Part):
    """A network that works while lines and nodes that work join its source to its target."""

    source: str = Field(description="a node")
    target: str = Field(description="another node")
    directed: bool = Field(False, description="lines carry in one direction alone")
    lines: Annotated[tuple[Line, ...], Field(min_length=1, max_length=10_000)] = Field(
        description="what joins the nodes"
    )
    nodes: Annotated[
        dict[str, "Piece"],
        Field(
            default_factory=dict,
            max_length=10_000,
            description="what must work for a node to carry, by node; the others never fail",
        ),
    ]


class Arrangement(Part):
    """How parts work together; one of its keys. A part is a component's name or an arrangement.

    A component that stands in several places is the same one, and fails in all of them at once.
    """

    series: Annotated[tuple["Piece", ...], Field(min_length=1, max_length=10_000)] | None = Field(
        None, description="parts that must all work"
    )
    parallel: Annotated[tuple["Piece", ...], Field(min_length=1, max_length=10_000)] | None = Field(
        None, description="parts of which one must work"
    )
    k_of_n: SomeOf | None = Field(None, description="parts of which some must work")
    group: Group | None = Field(None, description="alike units of which some must work")
    graph: Graph | None = Field(None, description="a network between a source and a target")

    @model_validator(mode="after")
    def _consistent(self) -> "Arrangement":
        wrong = one_of(self, "series", "parallel", "k_of_n", "group", "graph")
        if wrong:
            raise ValueError(wrong)
        return self


Piece = Name | Arrangement


class CommonCause(Part):
    """Equal components that one cause fails together; their failures of all causes are split.

    Give `beta`, or `letters` of which the first is beta: the share of what fails at least 1, 2, 3,
    ... components that fails one more; one letter fewer than there are components. For the units
    of a group, name its component alone.
    """

    components: Annotated[tuple[Name, ...], Field(min_length=1, max_length=1000)] = Field(
        description="with equal figures; their units, where they stand in groups"
    )
    beta: Fraction | None = Field(
        None, description="share of the failures of one that all have in common"
    )
    letters: Annotated[tuple[Fraction, ...], Field(min_length=1, max_length=7)] | None = Field(
        None, description="multiple Greek letters: beta, gamma, delta, ..."
    )

    @model_validator(mode="after")
    def _consistent(self) -> "CommonCause":
        wrong = one_of(self, "beta", "letters")
        if wrong:
            raise ValueError(wrong)
        if len(set(self.components)) < len(self.components):
            raise ValueError("names a component twice")
        if (self.beta or (self.letters or (0,))[0]) >= 1:
            raise ValueError("leaves nothing to fail by itself; beta must be less than 100 %")
        return self


class Objectives(Part):
    """What the system must reach; `windtunnel reliability` exits with 1 where it does not."""

    availability: Fraction | None = Field(None, description="share of the time that it works")
    reliability: Fraction | None = Field(
        None, description="probability that it does not fail within the mission"
    )
    mttf: Annotated[Duration, Positive] | None = Field(
        None, description="mean time to the first failure"
    )


class BlockDiagram(Part):
    """A reliability block diagram; its file is what `windtunnel reliability` reads."""

    name: Name = Field(
        description="of the system; lower-case letters, digits and inner hyphens, 40 at most"
    )
    components: Annotated[dict[Name, Component], Field(min_length=1, max_length=10_000)] = Field(
        description="what may fail, by name"
    )
    diagram: Piece = Field(description="what must work for the system to work")
    crews: Count | None = Field(
        None,
        description="repairs at the same time, first come, first served; one for each unit if not"
        " given",
    )
    mission: Annotated[Duration, Positive] = Field(
        MISSION, description="time for which the system is looked at, all units new at first"
    )
    common_causes: Annotated[
        dict[Name, CommonCause],
        Field(
            default_factory=dict,
            max_length=1000,
            description="what fails several components at once, by name; they fail by themselves"
            " if not given",
        ),
    ]
    objectives: Objectives = Field(
        default_factory=lambda: Objectives.model_validate({}), description="what it must reach"
    )
