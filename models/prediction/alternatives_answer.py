"""What is answered of the stacks beside one: what to buy next, other numbers of nodes, the best."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from models.prediction.choice_answer import Choice
from models.prediction.comparison_answer import Variant
from models.prediction.estimates import UNIT


class Bought(StrEnum):
    """What is bought next of a node group."""

    NODE = "one more node"
    SPARE = "one more spare"
    OTHER_WAY = "the other way to buy it"


class CountedAs(StrEnum):
    """What a stack is tried with more and fewer of."""

    NODES = "nodes"
    REPLICAS = "replicas"
    AT_ONCE = "requests at once"


@dataclass(frozen=True)
class NextPurchase:
    """The stack with one thing more, or bought another way.

    Arguments:
        kind: what is bought.
        node_group: of which.
        way: in which its nodes are then bought, as the stack file says it.
        monthly: what the stack then costs more to keep; negative where it costs less.
        variant: the stack then; None where it can't be so.
        fault: what is in the way then.
    """

    kind: Bought
    node_group: str
    way: str
    monthly: float | None = field(metadata={UNIT: "USD/month"})
    variant: Variant | None
    fault: str = ""


@dataclass(frozen=True)
class Alternatives:
    """The stacks beside one, in the same simulated years.

    Arguments:
        described: the stack itself.
        purchases: what may be bought next.
        counted: what the number is of: a node group, or replicas of a stage; empty where nothing
            is moved.
        counted_as: nodes, replicas, or requests at once; None where nothing is moved.
        counts: the stack with other numbers of them, and its own, in their order; each is named
            after its number.
        replications: simulated years of each of these.
        choice: among all that may be chosen; None where nothing may.
    """

    described: Variant
    purchases: tuple[NextPurchase, ...]
    counted: str
    counted_as: CountedAs | None
    counts: tuple[Variant, ...]
    replications: int
    choice: Choice | None

    DERIVED: ClassVar[dict[str, str]] = {"fewest": ""}

    @property
    def fewest(self) -> str | None:
        """The smallest of these numbers that meets all objectives."""
        return next((one.name for one in self.counts if one.fine), None)
