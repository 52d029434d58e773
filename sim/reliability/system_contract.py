"""A repairable system as it is simulated: a diagram, how its components live, and the crews."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from models.laws.arguments import positive, probability, whole
from models.laws.reliability.diagram import Block, Diagram, Identical, leaves
from models.laws.reliability.lifetime import Lifetime


@dataclass(frozen=True)
class Maintenance:
    """Planned stops: a unit that reaches an age is stopped and made new.

    Arguments:
        age: at work since it was new, s.
        duration: of the stop.

    Raises:
        ValueError: the age is out of range.
    """

    age: float
    duration: Lifetime

    def __post_init__(self) -> None:
        positive("age", self.age)


@dataclass(frozen=True)
class Standby:
    """Units beyond those required wait, and take over when a unit at work fails.

    Arguments:
        dormant: how long a waiting unit lives; None never fails, as in cold standby.
        switching: probability that one takes over. If not, the system goes on without until a
            repaired unit returns.

    Raises:
        ValueError: the probability is out of range.
    """

    dormant: Lifetime | None = None
    switching: float = 1.0

    def __post_init__(self) -> None:
        probability("switching", self.switching)


@dataclass(frozen=True)
class Unit:
    """How one unit of a component lives. A repair makes it new.

    Arguments:
        lifetime: at work; None never fails.
        repair: how long a crew takes; None where it stays down.
        maintenance: planned stops, which take a crew, too.
        standby: of identical units.
    """

    lifetime: Lifetime | None
    repair: Lifetime | None
    maintenance: Maintenance | None = None
    standby: Standby | None = None


@dataclass(frozen=True)
class System:
    """A repairable system. What works goes on working, and may fail, while the system is down.

    Arguments:
        diagram: of its components.
        units: by name of the component.
        crews: repairs at the same time, first come, first served; None for no limit.

    Raises:
        ValueError: a component is missing or unknown, stands in different groups, or waits in
            standby alone; no crew.
    """

    diagram: Diagram
    units: Mapping[str, Unit]
    crews: int | None = None

    def __post_init__(self) -> None:
        if self.crews is not None:
            whole("crews", self.crews, 1)
        known: dict[str, Block | Identical] = {}
        for leaf in leaves(self.diagram):
            if leaf.name not in self.units:
                raise ValueError(f"units has no {leaf.name!r}, which stands in the diagram")
            if known.setdefault(leaf.name, leaf) != leaf:
                raise ValueError(f"{leaf.name!r} stands as {known[leaf.name]} and as {leaf}")
            if self.units[leaf.name].standby and not isinstance(leaf, Identical):
                raise ValueError(f"{leaf.name!r} has a standby, which takes identical units")
        for name in self.units:
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                raise ValueError(f"units has {name!r}, which is not in the diagram{hint}")

    @property
    def counts(self) -> dict[str, int]:
        """How many units each component has."""
        return {
            leaf.name: leaf.units if isinstance(leaf, Identical) else 1
            for leaf in leaves(self.diagram)
        }
