"""Which waiting job starts next: disciplines as records of what they do."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import Literal


class Order(Enum):
    """By what waiting jobs are ordered; equal ones by their submission.

    A job that was interrupted goes to the front: before all others, or before those of its
    priority.
    """

    SUBMISSION = auto()
    RUN_TIME = auto()  # the shortest estimate first
    PRIORITY = auto()  # the largest number first


class Overtaking(Enum):
    """What may start while the first in the queue can't."""

    NOTHING = auto()
    BACKFILL = auto()  # what does not delay the first in the queue, by the estimates of run times


@dataclass(frozen=True)
class JobDiscipline:
    """Who starts next.

    Arguments:
        order: of the queue.
        overtaking: what may start before the first of it.

    Source of the backfill, EASY: Lifka (1995), The ANL/IBM SP scheduling system; Mu'alem and
        Feitelson (2001), Utilization, predictability, workloads, and user runtime estimates in
        scheduling the IBM SP2 with backfilling.
    """

    order: Order
    overtaking: Overtaking

    @property
    def in_turn(self) -> bool:
        """First come, first served, and nothing overtakes."""
        return self.order is Order.SUBMISSION and self.overtaking is Overtaking.NOTHING


DisciplineName = Literal["fcfs", "backfill", "shortest-job-first", "priority", "priority-backfill"]
DISCIPLINES: Mapping[DisciplineName, JobDiscipline] = MappingProxyType(
    {
        "fcfs": JobDiscipline(Order.SUBMISSION, Overtaking.NOTHING),
        "backfill": JobDiscipline(Order.SUBMISSION, Overtaking.BACKFILL),
        "shortest-job-first": JobDiscipline(Order.RUN_TIME, Overtaking.NOTHING),
        "priority": JobDiscipline(Order.PRIORITY, Overtaking.NOTHING),
        "priority-backfill": JobDiscipline(Order.PRIORITY, Overtaking.BACKFILL),
    }
)
