"""What is known about a network, by a law or by simulation: the vocabulary of both columns."""

from dataclasses import dataclass, field
from typing import Any, Literal

from models.prediction import UNIT, Estimate, Method


def _by_percentage() -> Any:
    """A field of durations by percentage, s."""
    return field(default_factory=dict, metadata={UNIT: "s"})


@dataclass(frozen=True)
class StationMeasures:
    """A station, over all its classes or for one of them, in the long run.

    Times are of the customers who are served; what has no law or was not asked for is None.

    Arguments:
        station: its name.
        customer_class: its name; None for all classes together.
        throughput: of served customers, /s.
        utilization: mean share of the servers that is busy; of infinitely many, their number.
        number: mean number of customers at the station.
        waiting: mean number of them that wait.
        waiting_time: mean, s.
        response_time: mean of waiting and service, s.
        waiting_time_percentiles: by percentage, s.
        response_time_percentiles: by percentage, s.
        loss_probability: share of the arriving customers who find the station full.
        abandonment_probability: share of the arriving customers who lose patience.
        wait_probability: share of all who come who are not served at once.
        number_percentiles: of the number at the station over time, by percentage.
        busy_period: mean time from an arrival at the empty station until it is empty again, s.
        waiting_time_variance: s².
        response_time_variance: s².
        cold_start_probability: share of the served customers whose server needed its setup.
        servers: mean number of servers that are paid for, where it follows a schedule or the load.
        waiting_within: share of all who come who are served and wait no longer, by time, s.
        response_within: share of all who come who are served within a time, by time, s.
        balking_probability: share of the arriving customers who do not join the queue.
        attempts: mean times that a customer comes, where some come again; each is an arrival.
        away: mean number of customers who will come again.
        busy_by_speed: share of the time that a server is busy, by its speed.
    """

    station: str
    customer_class: str | None
    throughput: Estimate = field(metadata={UNIT: "1/s"})
    utilization: Estimate
    number: Estimate
    waiting: Estimate | None = None
    waiting_time: Estimate | None = field(default=None, metadata={UNIT: "s"})
    response_time: Estimate | None = field(default=None, metadata={UNIT: "s"})
    waiting_time_percentiles: dict[float, Estimate] = field(
        default_factory=dict, metadata={UNIT: "s"}
    )
    response_time_percentiles: dict[float, Estimate] = field(
        default_factory=dict, metadata={UNIT: "s"}
    )
    loss_probability: Estimate | None = None
    abandonment_probability: Estimate | None = None
    wait_probability: Estimate | None = None
    number_percentiles: dict[float, Estimate] = field(default_factory=dict)
    busy_period: Estimate | None = None
    waiting_time_variance: Estimate | None = None
    response_time_variance: Estimate | None = None
    cold_start_probability: Estimate | None = None
    servers: Estimate | None = None
    waiting_within: dict[float, Estimate] = field(default_factory=dict)
    response_within: dict[float, Estimate] = field(default_factory=dict)
    balking_probability: Estimate | None = None
    attempts: Estimate | None = None
    away: Estimate | None = None
    busy_by_speed: dict[float, Estimate] = field(default_factory=dict)


@dataclass(frozen=True)
class ClassMeasures:
    """A class of customers in the whole network, in the long run.

    Arguments:
        customer_class: its name.
        throughput: of customers who leave, or complete a trip if the class is closed, /s.
        response_time: mean time from entering to leaving, without thinking, s.
        response_time_percentiles: by percentage, s.
        loss_probability: share of the customers who are lost or lose patience.
        target: response time that they should be within, s, if one is given.
        within_target: share of those who complete their way who are.
        response_within: share of all who come who complete it within a time, by time, s.
    """

    customer_class: str
    throughput: Estimate = field(metadata={UNIT: "1/s"})
    response_time: Estimate | None = field(default=None, metadata={UNIT: "s"})
    response_time_percentiles: dict[float, Estimate] = field(
        default_factory=dict, metadata={UNIT: "s"}
    )
    loss_probability: Estimate | None = None
    target: float | None = field(default=None, metadata={UNIT: "s"})
    within_target: Estimate | None = None
    response_within: dict[float, Estimate] = field(default_factory=dict)


@dataclass(frozen=True)
class PoolMeasures:
    """A limit over several stations, in the long run.

    Arguments:
        pool: its name.
        utilization: mean share of the limit that is held.
        held: mean of what is held.
        waiting: mean number of customers who wait for their part.
        waiting_time: mean, of all who take their part, s.
        wait_probability: share of those who take their part who had to wait for it.
        loss_probability: share of those who come who find too little left and are lost.
    """

    pool: str
    utilization: Estimate
    held: Estimate
    waiting: Estimate | None = None
    waiting_time: Estimate | None = field(default=None, metadata={UNIT: "s"})
    wait_probability: Estimate | None = None
    loss_probability: Estimate | None = None


@dataclass(frozen=True)
class StationInterval:
    """A station over all its classes, in an interval of the period.

    Times are of the customers who leave it in the interval.

    Arguments:
        station: its name.
        throughput: of served customers, /s.
        utilization: mean share of the servers that is busy; of infinitely many, their number.
        number: mean number of customers at the station.
        waiting_time: mean, s.
        response_time: mean of waiting and service, s.
        servers: mean number that is paid for, where it follows a schedule or the load.
    """

    station: str
    throughput: Estimate = field(metadata={UNIT: "1/s"})
    utilization: Estimate
    number: Estimate
    waiting_time: Estimate | None = field(default=None, metadata={UNIT: "s"})
    response_time: Estimate | None = field(default=None, metadata={UNIT: "s"})
    servers: Estimate | None = None


@dataclass(frozen=True)
class ClassInterval:
    """A class in the whole network, of the customers who leave in an interval of the period.

    Arguments:
        customer_class: its name.
        throughput: of customers who leave, /s.
        response_time: mean time from entering to leaving, without thinking, s.
        response_time_percentiles: by percentage, s.
        within_target: share within the target of the class.
    """

    customer_class: str
    throughput: Estimate = field(metadata={UNIT: "1/s"})
    response_time: Estimate | None = field(default=None, metadata={UNIT: "s"})
    response_time_percentiles: dict[float, Estimate] = field(
        default_factory=dict, metadata={UNIT: "s"}
    )
    within_target: Estimate | None = None


@dataclass(frozen=True)
class IntervalMeasures:
    """An interval of the period that arrivals or servers follow, over all periods.

    Arguments:
        start: from the start of the period, s.
        end: from there too, s.
        stations: in the order of the description.
        classes: in the order of the description.
    """

    start: float = field(metadata={UNIT: "s"})
    end: float = field(metadata={UNIT: "s"})
    stations: tuple[StationInterval, ...]
    classes: tuple[ClassInterval, ...]


@dataclass(frozen=True)
class UnstableStation:
    """A station whose queue grows without end: no mean exists.

    Arguments:
        station: its name; or that of a limit over several stations.
        utilization: what arrives over what can be served; 1 or more.
    """

    station: str
    utilization: float


@dataclass(frozen=True)
class EnoughServers:
    """The fewest servers of a station with which enough of those who come wait no longer than a
    time, all else as it is.

    Arguments:
        station: its name.
        share: of all who come who are to be served and wait no longer.
        time: that they wait at most, s.
        servers: how many it takes; None if not even the most that are tried are enough.
        reached: share with so many.
        reached_with_one_less: share with one server less; 0 where that has no steady state.
        method: whether a law told it, or the simulation.
    """

    station: str
    share: float
    time: float = field(metadata={UNIT: "s"})
    servers: int | None
    reached: Estimate | None
    reached_with_one_less: Estimate | None
    method: Method


@dataclass(frozen=True)
class NetworkAnswer:
    """A network in the long run.

    Arguments:
        network: its name.
        method: exact, approximation or simulation; none where no law is known.
        law: the laws that were used, or the engine, in words.
        stations: each station over all classes, then for each class where there are several.
        classes: each class in the whole network, of who leaves as such.
        arriving: the same of who arrives as such, where customers change class on the way.
        unstable: the stations without a steady state; then stations and classes may be empty.
        notes: what a reader must know, such as an assumption of a law that does not hold.
        intervals: of the period that arrivals or servers follow, where it was simulated whole.
        pools: each limit over several stations.
        independent: runs, or parts of one, that the intervals are made of; 0 by a law.
    """

    network: str
    method: Method | Literal["none"]
    law: str
    stations: tuple[StationMeasures, ...] = ()
    classes: tuple[ClassMeasures, ...] = ()
    unstable: tuple[UnstableStation, ...] = ()
    notes: tuple[str, ...] = ()
    intervals: tuple[IntervalMeasures, ...] = ()
    arriving: tuple[ClassMeasures, ...] = ()
    pools: tuple[PoolMeasures, ...] = ()
    independent: int = 0

    @property
    def known(self) -> bool:
        """A law or a simulation says something of it."""
        return self.method != "none"

    @property
    def exact(self) -> bool:
        """What it says has no error, of the network as described."""
        return self.method == "exact"
