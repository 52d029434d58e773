"""What waits in a log while more comes than is read, and how long that takes to be read."""

import math
from collections.abc import Sequence


def drain_time(backlog: float, rate: float, capacity: float) -> float:
    """Time until a backlog is read while more comes, s; infinite where reading is no faster.

    Arguments:
        backlog: events that wait.
        rate: at which more come, 1/s.
        capacity: at which they are read, 1/s.

    Source: a fluid; Newell (1982), Applications of Queueing Theory, chapter 2.
    """
    if backlog <= 0:
        return 0.0
    return backlog / (capacity - rate) if capacity > rate else math.inf


def backlogs(
    rates: Sequence[float], capacity: float, length: float, start: float = 0.0
) -> tuple[float, ...]:
    """Events that wait at the end of each interval.

    Arguments:
        rates: at which events come in each interval, 1/s.
        capacity: at which they are read, 1/s.
        length: of an interval, s.
        start: events that wait at the beginning.

    Source: a fluid; Newell (1982), Applications of Queueing Theory, chapter 2: what comes less what
        can be read, never below zero.
    """
    found, waiting = [], start
    for rate in rates:
        waiting = max(0.0, waiting + (rate - capacity) * length)
        found.append(waiting)
    return tuple(found)


def periodic_backlogs(
    rates: Sequence[float], capacity: float, length: float
) -> tuple[float, ...] | None:
    """The same where the intervals come again and again; None where the backlog grows for ever.

    Arguments:
        rates: at which events come in each interval, 1/s.
        capacity: at which they are read, 1/s.
        length: of an interval, s.

    Source: a fluid, as above; after one period whose mean load is below the capacity the backlog
        repeats.
    """
    if math.fsum(rates) > capacity * len(rates):
        return None
    first = backlogs(rates, capacity, length)
    return backlogs(rates, capacity, length, first[-1])


def tick_wait(interval: float) -> float:
    """Mean time until the next micro-batch or poll takes an event, s; 0 where none is waited for.

    Arguments:
        interval: from one to the next, s; 0 for what is continuous.

    Source: events come at any time of the interval, so that they wait for half of it.
    """
    return interval / 2
