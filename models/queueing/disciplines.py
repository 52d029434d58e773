"""The disciplines of queues: who is served next, and what that asks of laws and engines.

`DISCIPLINES` is the only list of them. The network file, its schema and its checks, and the
numbers in the layout of a simulation are made of it. Laws match on `Law` and engines on `Order`: a
discipline is run as its record says, and one of an order that an engine does not know is refused.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError


class Order(Enum):
    """What orders those who wait."""

    FIRST_COME = "the time of arrival"
    LAST_COME = "the time of arrival, backwards"
    AT_RANDOM = "chance"
    BY_PRIORITY = "the priority of the class; of equals the time of arrival"
    BY_REMAINING = "the service that is left; of equals the time of arrival"
    TOGETHER = "nothing: nobody waits, all are served at once"


class Law(Enum):
    """Which laws fit a station."""

    IN_TURN = "those of orders that know neither class nor service"
    SHARING = "those of processor sharing"
    BY_PRIORITY = "those of priorities; in turn where all have the same"
    SHORTEST_REMAINING = "those of the shortest remaining service"
    NONE = "none that is known here: simulation alone answers"


class Special(Enum):
    """What a station may have beside servers and a queue; the value is its key in the file."""

    BATCH = "batch"
    SETUP = "setup"
    BREAKDOWNS = "breakdowns"
    SCHEDULE = "schedule"
    SCALING = "scaling"
    SPEEDS = "speeds"


@dataclass(frozen=True)
class Discipline:
    """Who is served next.

    Arguments:
        name: as the network file has it.
        sentence: what it means, as the schema says it after the name.
        order: what orders those who wait.
        interrupts: who comes before someone in service takes that one's server.
        law: which laws fit.
        goes_with: what else a station that serves so may have.

    Raises:
        ValueError: no engine can serve so.
    """

    name: str
    sentence: str
    order: Order
    interrupts: bool
    law: Law
    goes_with: frozenset[Special]

    def __post_init__(self) -> None:
        ranked = self.order in (Order.BY_PRIORITY, Order.BY_REMAINING)
        if self.interrupts and not ranked:
            raise ValueError(f"{self.name}: interrupts, which needs an order of urgency")
        if self.goes_with and (self.interrupts or self.order is Order.TOGETHER):
            raise ValueError(
                f"{self.name}: goes with nothing, as servers do not keep their customer"
            )
        if Special.BATCH in self.goes_with and ranked:
            raise ValueError(
                f"{self.name}: goes with no batch, which is taken in the order of arrival"
            )


_ALL = frozenset(Special)
FCFS = Discipline("fcfs", "first come, first served", Order.FIRST_COME, False, Law.IN_TURN, _ALL)
LCFS = Discipline(
    "lcfs",
    "last come, first served, without interrupting",
    Order.LAST_COME,
    interrupts=False,
    law=Law.IN_TURN,
    goes_with=_ALL,
)
RANDOM = Discipline(
    "random", "any waiting customer alike", Order.AT_RANDOM, False, Law.IN_TURN, _ALL
)
PROCESSOR_SHARING = Discipline(
    "processor-sharing",
    "all at once, each at an equal share of the servers, at most one each",
    Order.TOGETHER,
    interrupts=False,
    law=Law.SHARING,
    goes_with=frozenset(),
)
PRIORITY = Discipline(
    "priority",
    "by class, without interrupting",
    Order.BY_PRIORITY,
    interrupts=False,
    law=Law.BY_PRIORITY,
    goes_with=_ALL - {Special.BATCH},
)
PREEMPTIVE_PRIORITY = Discipline(
    "preemptive-priority",
    "by class, and what is interrupted goes on later where it was",
    Order.BY_PRIORITY,
    interrupts=True,
    law=Law.BY_PRIORITY,
    goes_with=frozenset(),
)
SRPT = Discipline(
    "srpt",
    "shortest remaining service first, interrupting",
    Order.BY_REMAINING,
    interrupts=True,
    law=Law.SHORTEST_REMAINING,
    goes_with=frozenset(),
)
DISCIPLINES = (FCFS, LCFS, RANDOM, PROCESSOR_SHARING, PRIORITY, PREEMPTIVE_PRIORITY, SRPT)


def number_of(discipline: Discipline) -> int:
    """The number that stands for a discipline in the arrays of a simulation.

    Arguments:
        discipline: of the list.

    Raises:
        ValueError: it is not in the list.
    """
    if discipline not in DISCIPLINES:
        raise ValueError(f"discipline '{discipline.name}' is not in the list of disciplines")
    return DISCIPLINES.index(discipline)


def discipline_of(number: int) -> Discipline:
    """The discipline that a number stands for.

    Arguments:
        number: in the arrays of a simulation.
    """
    return DISCIPLINES[number]


def that_go_with(special: Special) -> str:
    """The names of the disciplines that go with something special, in words.

    Arguments:
        special: of the list.
    """
    names = [discipline.name for discipline in DISCIPLINES if special in discipline.goes_with]
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def meanings() -> str:
    """What each discipline means, as the schema of the network file says it."""
    return "; ".join(f"{one.name}: {one.sentence}" for one in DISCIPLINES)


def _named(value: Any) -> Any:
    """The discipline of a name; a name that is in no record is refused with those that are."""
    for discipline in DISCIPLINES:
        if value == discipline.name or value is discipline:
            return discipline
    *names, last = (f"'{discipline.name}'" for discipline in DISCIPLINES)
    # As pydantic says it of a Literal, so that it is told like any other wrong choice.
    expected = f"{', '.join(names)} or {last}"
    raise PydanticCustomError("literal_error", "Input should be {expected}", {"expected": expected})


NamedDiscipline = Annotated[
    Discipline,
    BeforeValidator(_named),
    PlainSerializer(lambda discipline: discipline.name, return_type=str),
    WithJsonSchema(
        {
            "enum": [discipline.name for discipline in DISCIPLINES],
            "title": "Discipline",
            "type": "string",
        }
    ),
]
