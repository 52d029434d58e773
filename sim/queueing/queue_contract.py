"""What both engines of a queueing network can do."""

import math
from typing import NamedTuple, Protocol, runtime_checkable

from models.queueing.periods import Intervals
from sim.queueing.arrays.tally import Tally
from sim.queueing.interval_tally import IntervalTally


class Departure(NamedTuple):
    """A customer leaves a station after its service.

    Arguments:
        customer: serial number in the order of entering the network; a task has its parent's.
        customer_class: position of its class at the visit.
        station: position.
        visit: position in the graph.
        arrived: time of arrival at the station, s.
        departed: time of leaving it, s.
        service: requirement, s; of a customer served in a batch, the time of the batch.
    """

    customer: int
    customer_class: int
    station: int
    visit: int
    arrived: float
    departed: float
    service: float


class Run(Protocol):
    """One run of a network, from an empty one on; closed classes begin by thinking."""

    def advance(self, visits: int) -> int:
        """Simulate until that many more services are complete; gives how many were.

        Fewer only where nothing more can happen, such as after the end of a trace or where all
        customers block each other.

        Arguments:
            visits: departures from stations.

        Raises:
            TooManyCustomers: the number of customers in the network grows beyond all bounds.
        """
        ...

    def tally(self) -> Tally:
        """A copy of what has been counted, integrals up to now."""
        ...

    def responses(self) -> tuple[int, float]:
        """Services complete since the count began, and the sum of their response times, s."""
        ...

    def clear(self) -> None:
        """Begin to count anew; the state of the network stays."""
        ...


class UnknownDiscipline(Exception):
    """A station serves by a discipline that an engine can't run.

    Arguments:
        discipline: its name.
        engine: compiled or simpy.
    """

    def __init__(self, discipline: str, engine: str) -> None:
        self.discipline = discipline
        self.engine = engine
        super().__init__(discipline, engine)  # so that it can be pickled

    def __str__(self) -> str:
        return f"the {self.engine} engine does not know the discipline '{self.discipline}'"


@runtime_checkable
class TimedRun(Run, Protocol):
    """A run that can stop at a time, and count by interval of a period."""

    @property
    def now(self) -> float:
        """Time since the beginning of the run, s."""
        ...

    def advance(self, visits: int, until: float = math.inf) -> int:
        """Simulate until that many more services are complete; gives how many were.

        Fewer only where the time is reached, or where nothing more can happen.

        Arguments:
            visits: departures from stations.
            until: time since the beginning of the run, s; what happens then is left.

        Raises:
            TooManyCustomers: the number of customers in the network grows beyond all bounds.
        """
        ...

    def watch(self, intervals: Intervals | None) -> None:
        """Count by interval from now on, the start of a period; `clear` begins it anew.

        Arguments:
            intervals: of the period; None for no longer.
        """
        ...

    def by_interval(self) -> IntervalTally:
        """A copy of what has been counted by interval, up to now, the end of a period."""
        ...


class TooManyCustomers(Exception):
    """A network with more customers than any network in a steady state has.

    Arguments:
        station: where most of them are.
        number: how many are there.
    """

    def __init__(self, station: str, number: int) -> None:
        self.station = station
        self.number = number
        super().__init__(station, number)  # so that it can be pickled

    def __str__(self) -> str:
        return f"UNSTABLE: {self.number:,} customers at station {self.station}, and still growing"
