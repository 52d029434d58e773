"""What is predicted of frames that are worked on at the edge or in a cloud."""

from dataclasses import dataclass, field

from models.prediction.cost_answer import CostLine
from models.prediction.endpoint_answer import WantedLatency
from models.prediction.estimates import UNIT, Estimate
from models.prediction.expected import Expected, Measure, Statistic, expected
from models.prediction.rate_unit import RateUnit
from models.prediction.served import FRAMES, Counted
from models.prediction.workload_answer import WorkloadPrediction


@dataclass(frozen=True)
class PlaceStation:
    """What frames pass at a place: a device, or the link and the replicas of a cloud.

    Arguments:
        name: of the station.
        time: of a frame, where it waits for nothing.
        capacity: what it could serve; infinite where it has no bound.
        utilization: what comes over what it can serve; None where it has no bound.
        waiting: mean time of waiting, simulated.
        dropped: share of its frames that find its queue full; None where it has no limit.
    """

    name: str
    time: float = field(metadata={UNIT: "s"})
    capacity: float = field(metadata={UNIT: "frames/s"})
    utilization: float | None
    waiting: Estimate | None = field(metadata={UNIT: "s"})
    dropped: Estimate | None


@dataclass(frozen=True)
class PlacePrediction:
    """One of the places where frames can be worked on.

    Arguments:
        place: edge or cloud.
        chosen: the stack works there; the other is held against it.
        computing: time of a frame on its hardware.
        source: where that comes from.
        alone: from a frame to its result, where nothing waits.
        capacity: steady load that its bottleneck could just serve.
        bottleneck: station that is busiest.
        utilization: share of its computing hardware that is busy.
        unstable: a queue grows without end; then no mean exists.
        stations: in their order.
        law: how the law column was had.
        law_response: mean from a frame to its result, by the law; None where no law fits.
        law_p95: 95th percentile by the law.
        response: the same mean, simulated.
        p50: median.
        p95: 95th percentile.
        p99: 99th percentile.
        wanted: percentile that is asked for; None without a wish.
        within_target: share of frames within the target; None without one.
        dropped: share of frames that find a queue full; None in overload.
        away: share of frames that is lost since a device, or the link, is away, by the law.
        simulated_away: the same, simulated.
        lost: both together, of all frames.
        unavailability: share of the time in which it does not work, by the laws.
        power: that its hardware draws on average; None where it is not known.
        energy: of a month.
        per_frame: energy of one frame.
        cost: of a month, without what has no known price.
        cost_at_least: something of it has no known price.
        lines: what it costs, by the hour.
    """

    place: str
    chosen: bool
    computing: float = field(metadata={UNIT: "s"})
    source: str
    alone: float = field(metadata={UNIT: "s"})
    capacity: float = field(metadata={UNIT: "frames/s"})
    bottleneck: str
    utilization: float
    unstable: bool
    stations: tuple[PlaceStation, ...]
    law: str
    law_response: float | None = field(metadata={UNIT: "s"})
    law_p95: float | None = field(metadata={UNIT: "s"})
    response: Estimate | None = field(metadata={UNIT: "s"})
    p50: Estimate | None = field(metadata={UNIT: "s"})
    p95: Estimate | None = field(metadata={UNIT: "s"})
    p99: Estimate | None = field(metadata={UNIT: "s"})
    wanted: Estimate | None = field(metadata={UNIT: "s"})
    within_target: Estimate | None
    dropped: Estimate | None
    away: float
    simulated_away: Estimate | None
    lost: Estimate | None
    unavailability: float
    power: float | None = field(metadata={UNIT: "W"})
    energy: float | None = field(metadata={UNIT: "J"})
    per_frame: float | None = field(metadata={UNIT: "J"})
    cost: float = field(metadata={UNIT: "USD/month"})
    cost_at_least: bool
    lines: tuple[CostLine, ...]


@dataclass(frozen=True)
class Turn:
    """Which place is sooner, and where it turns.

    Arguments:
        queueing: frames wait for each other; else of one frame alone.
        winner: edge or cloud; empty where both have no steady state.
        edge: mean from a frame to its result at the edge; None in overload.
        cloud: the same in the cloud.
        bandwidth: of the link, beyond which the cloud is sooner; infinite where the edge always is.
        round_trip: beyond which the edge is sooner; 0 where it always is.
    """

    queueing: bool
    winner: str
    edge: float | None = field(metadata={UNIT: "s"})
    cloud: float | None = field(metadata={UNIT: "s"})
    bandwidth: float = field(metadata={UNIT: "bytes/s"})
    round_trip: float = field(metadata={UNIT: "s"})


@dataclass(frozen=True)
class BandwidthPoint:
    """The cloud by another link.

    Arguments:
        bandwidth: of the link.
        response: mean from a frame to its result, by the law.
    """

    bandwidth: float = field(metadata={UNIT: "bytes/s"})
    response: float = field(metadata={UNIT: "s"})


@dataclass(frozen=True)
class LinkOutage:
    """The link to the cloud while it is away.

    Arguments:
        bandwidth: while it is there.
        round_trip: of the way there and back.
        unavailability: share of the time in which it is away.
        kept: how long the buffer takes frames.
        drains: until what came in an outage of mean length is sent; infinite where it never is.
    """

    bandwidth: float = field(metadata={UNIT: "bytes/s"})
    round_trip: float = field(metadata={UNIT: "s"})
    unavailability: float
    kept: float = field(metadata={UNIT: "s"})
    drains: float = field(metadata={UNIT: "s"})


@dataclass(frozen=True, kw_only=True)
class EdgePrediction(WorkloadPrediction):
    """What becomes of frames at the edge and in a cloud.

    Arguments:
        throughput: frames/s that are worked on where the stack does.
        place: where that is.
        frame_rate: of all sensors.
        rate_unit: in which the rate was written.
        of_frame: operations of all networks for one frame.
        of_sensor: operations/s that one sensor asks for.
        operations: operations/s that all of them ask for.
        places: edge and, where one is described, cloud.
        turns: of one frame, and with queueing; none without a cloud.
        by_bandwidth: the cloud by other links; empty without one.
        link: while it is away; None without one.
        latency: that an objective or the target asks for; None without either.
        target: time that frames should be within; None if not given.
        simulation: how the simulated columns were had.
        independent: runs that the simulated intervals are made of; 0 without any.
    """

    throughput: Estimate = field(metadata={UNIT: "frames/s"})
    place: str
    frame_rate: float = field(metadata={UNIT: "frames/s"})
    rate_unit: RateUnit
    of_frame: float = field(metadata={UNIT: "operations"})
    of_sensor: float = field(metadata={UNIT: "operations/s"})
    operations: float = field(metadata={UNIT: "operations/s"})
    places: tuple[PlacePrediction, ...]
    turns: tuple[Turn, ...]
    by_bandwidth: tuple[BandwidthPoint, ...]
    link: LinkOutage | None
    latency: WantedLatency | None
    target: float | None = field(metadata={UNIT: "s"})
    simulation: str
    independent: int

    @property
    def counted(self) -> Counted:
        """What comes to it, in words."""
        return FRAMES

    def expected(self) -> tuple[Expected, ...]:
        """Times from a frame to its result, and how busy the hardware is."""
        one = self.here
        found = [*super().expected()]
        for statistic, time in zip(
            Statistic, (one.response, one.p50, one.p95, one.p99), strict=True
        ):
            found += expected(self.name, Measure.RESPONSE_TIME, time, statistic)
        return tuple(found)

    @property
    def here(self) -> PlacePrediction:
        """The place where the stack works."""
        return next(one for one in self.places if one.chosen)

    @property
    def p50(self) -> Estimate | None:
        """Median from a frame to its result, s."""
        return self.here.p50

    @property
    def p95(self) -> Estimate | None:
        """95th percentile of it, s."""
        return self.here.p95

    @property
    def p99(self) -> Estimate | None:
        """99th percentile of it, s."""
        return self.here.p99

    @property
    def wanted_time(self) -> Estimate | None:
        """Of the share that is asked for, s."""
        return self.here.wanted

    @property
    def loss(self) -> Estimate | None:
        """Share of frames that is dropped or lost; None in overload."""
        return self.here.lost

    @property
    def typical_time(self) -> Estimate | None:
        """Median from a frame to its result, s."""
        return self.here.p50

    @property
    def late_time(self) -> Estimate | None:
        """95th percentile of it, s."""
        return self.here.p95

    @property
    def overloaded(self) -> bool:
        """Frames wait ever longer."""
        return self.here.unstable

    @property
    def held_back_by(self) -> str:
        """The busiest station where it works."""
        return self.here.bottleneck
