"""How compiled code serves by each discipline that it knows, as numbers in the records."""

from typing import NamedTuple

from models.queueing.disciplines import (
    FCFS,
    LCFS,
    PREEMPTIVE_PRIORITY,
    PRIORITY,
    PROCESSOR_SHARING,
    RANDOM,
    SRPT,
    Discipline,
)

LINE, STACK, BAG, HEAP, SHARED = range(5)  # where who waits is kept; shared: nobody waits
BY_ARRIVAL, BY_PRIORITY, BY_REMAINING = range(3)  # what a heap compares


class Way(NamedTuple):
    """What compiled code needs to know of a discipline.

    Arguments:
        kept_in: where who waits is kept.
        ranked: what is compared.
    """

    kept_in: int
    ranked: int = BY_ARRIVAL


WAYS: dict[Discipline, Way] = {
    FCFS: Way(LINE),
    LCFS: Way(STACK),
    RANDOM: Way(BAG),
    PROCESSOR_SHARING: Way(SHARED),
    PRIORITY: Way(HEAP, BY_PRIORITY),
    PREEMPTIVE_PRIORITY: Way(HEAP, BY_PRIORITY),
    SRPT: Way(HEAP, BY_REMAINING),
}
