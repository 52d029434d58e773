"""What is predicted of a stream of events."""

from dataclasses import dataclass, field

from models.prediction.endpoint_answer import WantedLatency
from models.prediction.estimates import UNIT, Estimate
from models.prediction.expected import Expected, Measure, Statistic, expected
from models.prediction.rate_unit import RateUnit
from models.prediction.served import EVENTS, Counted
from models.prediction.workload_answer import WorkloadPrediction


@dataclass(frozen=True)
class EventTopic:
    """The log of one source.

    Arguments:
        source: whose events it keeps.
        kept_by: brokers or shards, for people.
        partitions: of its topic, or shards.
        places: brokers, or shards, that take its events.
        needed: shards that the highest load needs, if keys spread evenly; None of brokers.
        needed_by: which limit asks for them; empty of brokers.
        written: that producers send on average, without replicas.
        read: that all consumers read together on average.
        hottest: share of its events in the fullest partition or shard.
        utilization: of the busiest broker or shard at the highest load.
        limit: what a broker or shard is busy with, for people.
        producers: that send to it.
        consumers: instances that read it.
        links: connections of producers and consumers to the log.
        links_without: what there would be without one, each producer to each consumer.
        replicas: of each partition; None of what is managed.
        lost_with_one_down: partitions that are lost with one broker down; None of what is managed.
        lost_with_two_down: the same with two; None where there is one broker, and as above.
        to_spare: brokers that may be down while all events are still written; None as above.
        acknowledged_lost: events that were acknowledged and are lost with brokers whose disks
            survive; None of what is managed, where disks go with their brokers, and where nothing
            says how far followers are behind.
        retained: that brokers keep, replicas included; None of what is managed.
    """

    source: str
    kept_by: str
    partitions: int
    places: int
    needed: int | None
    needed_by: str
    written: float = field(metadata={UNIT: "bytes/s"})
    read: float = field(metadata={UNIT: "bytes/s"})
    hottest: float
    utilization: float
    limit: str
    producers: int
    consumers: int
    links: int
    links_without: int
    replicas: int | None
    lost_with_one_down: int | None
    lost_with_two_down: int | None
    to_spare: int | None
    acknowledged_lost: float | None = field(metadata={UNIT: "events/year"})
    retained: float | None = field(metadata={UNIT: "bytes"})


@dataclass(frozen=True)
class StreamStage:
    """A stage of a stream: the log of a source, an operator or a sink, at its highest load.

    Arguments:
        name: of it.
        role: log, reader, operator or sink.
        place: what it runs on.
        instances: side by side.
        rate: events that come to it.
        capacity: events that it can take of the same mix, of which its busiest instance is full.
        utilization: of its busiest instance, by the law.
        mean_utilization: of all its instances, by the law.
        simulated_utilization: of its busiest instance; None where nothing is simulated.
        law_response: mean time until it is done with an event, waiting included; None in overload.
        response: the same, simulated; None where nothing is.
        waiting: mean time until it takes an event, simulated.
    """

    name: str
    role: str
    place: str
    instances: int
    rate: float = field(metadata={UNIT: "events/s"})
    capacity: float = field(metadata={UNIT: "events/s"})
    utilization: float
    mean_utilization: float
    simulated_utilization: Estimate | None
    law_response: float | None = field(metadata={UNIT: "s"})
    response: Estimate | None = field(metadata={UNIT: "s"})
    waiting: Estimate | None = field(metadata={UNIT: "s"})


@dataclass(frozen=True)
class StreamWindow:
    """What the windows of an operator give at the highest load.

    Arguments:
        operator: its name.
        window: what it is, for people.
        law_results: results by the law.
        results: the same, simulated; None where no window ends in what is simulated.
        law_late: share of its events that come too late for all windows; None without a law.
        late: the same, simulated; None where nothing is.
        updates: results that are given again, simulated; None as above.
    """

    operator: str
    window: str
    law_results: float = field(metadata={UNIT: "results/s"})
    results: Estimate | None = field(metadata={UNIT: "results/s"})
    law_late: float | None
    late: Estimate | None
    updates: Estimate | None = field(metadata={UNIT: "results/s"})


@dataclass(frozen=True)
class StreamSink:
    """How long events take to a sink; results, from the end of their window on.

    Arguments:
        name: of it.
        rate: of what leaves there, simulated; None where nothing is.
        windowed: results of windows leave there.
        law_latency: mean by the law; None in overload, and of results of which no law says it.
        law_p50: median by the law; None as above.
        law_p95: 95th percentile by the law.
        law_p99: 99th percentile by the law.
        latency: mean, simulated; None where nothing is.
        p50: median, simulated.
        p95: 95th percentile, simulated.
        p99: 99th percentile, simulated.
    """

    name: str
    rate: Estimate | None = field(metadata={UNIT: "events/s"})
    windowed: bool
    law_latency: float | None = field(metadata={UNIT: "s"})
    law_p50: float | None = field(metadata={UNIT: "s"})
    law_p95: float | None = field(metadata={UNIT: "s"})
    law_p99: float | None = field(metadata={UNIT: "s"})
    latency: Estimate | None = field(metadata={UNIT: "s"})
    p50: Estimate | None = field(metadata={UNIT: "s"})
    p95: Estimate | None = field(metadata={UNIT: "s"})
    p99: Estimate | None = field(metadata={UNIT: "s"})


@dataclass(frozen=True)
class StreamRecovery:
    """How it goes on after a failure, at the highest load.

    Arguments:
        interval: between two checkpoints.
        downtime: until it runs again: noticed, restarted, state read.
        replayed: events that are read again, a mean: those since the last checkpoint.
        backlog: events that wait when it runs again, a mean.
        law_drain: time until it has caught up by the law, of its fullest instance; infinite where
            it never does.
        drain: the same, simulated; None where nothing is.
        interruptions: in a month, a mean.
    """

    interval: float = field(metadata={UNIT: "s"})
    downtime: float = field(metadata={UNIT: "s"})
    replayed: float
    backlog: float
    law_drain: float = field(metadata={UNIT: "s"})
    drain: Estimate | None = field(metadata={UNIT: "s"})
    interruptions: float


@dataclass(frozen=True)
class StreamHour:
    """An hour of the period that the load follows.

    Arguments:
        start: of it, from the beginning of the period.
        rate: of all sources.
        utilization: of the busiest instance in it.
        law_backlog: events that wait at its end, by the law of a fluid; None where they grow for
            ever.
        backlog: the same, simulated; None where nothing is.
    """

    start: float = field(metadata={UNIT: "s"})
    rate: float = field(metadata={UNIT: "events/s"})
    utilization: float
    law_backlog: float | None
    backlog: Estimate | None


@dataclass(frozen=True)
class StreamCase:
    """A stream with something down, at the highest load.

    Arguments:
        what: is down, for people.
        utilization: of the busiest instance of what is left; infinite where nothing is.
        lost: partitions that are lost.
        grows: events by which the lag grows in a second; 0 where it keeps up.
    """

    what: str
    utilization: float
    lost: int
    grows: float = field(metadata={UNIT: "events/s"})


@dataclass(frozen=True, kw_only=True)
class StreamPrediction(WorkloadPrediction):
    """What a stream of events will do.

    Arguments:
        throughput: events of all sources that are taken by those who read them.
        arrival_rate: events that come on average.
        highest_rate: in the hour with most of them.
        rate_unit: in which people wrote these.
        unstable: stages to which more comes on average than they can take.
        behind: events by which the lag of an overloaded stream grows in a second; 0 elsewhere.
        bottleneck: the stage that is busiest.
        capacity: events of the same mix at which its busiest instance is full.
        topics: the log of each source.
        stages: in their order.
        windows: of operators that gather events.
        sinks: where events leave.
        slowest: the sink with the longest latency, of which the percentiles are.
        p50: of the latency to it.
        p95: likewise.
        p99: likewise.
        latency: what an objective asks of it; None if nothing does.
        loss: share of the events that come too late for all windows that should hold them.
        law_lag: events that have come and that readers are not done with, by the law: a mean at the
            highest load, or the most of all hours where some are too much; None in overload.
        lag: the same, simulated.
        added: mean wait for the next micro-batch or poll, by the law.
        recovery: after a failure; None where no checkpoints are described.
        hours: of the period that the load follows; empty where it is steady.
        cases: with something down.
        law: how figures of the law were had.
        simulation: what was simulated.
        independent: runs that the simulated intervals are made of; 0 without any.
        hourly: what its nodes and what it is billed for cost.
        monthly: the same in a month.
        per_million: of a million events; None where none is taken.
    """

    throughput: Estimate = field(metadata={UNIT: "events/s"})
    arrival_rate: float = field(metadata={UNIT: "events/s"})
    highest_rate: float = field(metadata={UNIT: "events/s"})
    rate_unit: RateUnit
    unstable: tuple[str, ...]
    behind: float = field(metadata={UNIT: "events/s"})
    bottleneck: str
    capacity: float = field(metadata={UNIT: "events/s"})
    topics: tuple[EventTopic, ...]
    stages: tuple[StreamStage, ...]
    windows: tuple[StreamWindow, ...]
    sinks: tuple[StreamSink, ...]
    slowest: str
    p50: Estimate | None = field(metadata={UNIT: "s"})
    p95: Estimate | None = field(metadata={UNIT: "s"})
    p99: Estimate | None = field(metadata={UNIT: "s"})
    latency: WantedLatency | None
    loss: Estimate | None
    law_lag: float | None
    lag: Estimate | None
    added: float = field(metadata={UNIT: "s"})
    recovery: StreamRecovery | None
    hours: tuple[StreamHour, ...]
    cases: tuple[StreamCase, ...]
    law: str
    simulation: str
    independent: int
    hourly: float = field(metadata={UNIT: "USD/h"})
    monthly: float = field(metadata={UNIT: "USD/month"})
    per_million: float | None = field(metadata={UNIT: "USD/million events"})

    @property
    def timed(self) -> bool:
        """Its load follows the hours or a record."""
        return bool(self.hours)

    @property
    def counted(self) -> Counted:
        """What comes to it, in words."""
        return EVENTS

    def expected(self) -> tuple[Expected, ...]:
        """Its latency and how busy its stages are."""
        found = [*super().expected()]
        found += expected(self.name, Measure.RESPONSE_TIME, self.p50, Statistic.P50)
        found += expected(self.name, Measure.RESPONSE_TIME, self.p95, Statistic.P95)
        found += expected(self.name, Measure.RESPONSE_TIME, self.p99, Statistic.P99)
        for stage in self.stages:
            of = f"{self.name}.{stage.name}"
            found += expected(of, Measure.UTILIZATION, stage.simulated_utilization)
            found += expected(of, Measure.WAITING_TIME, stage.waiting)
        return tuple(found)

    @property
    def wanted_time(self) -> Estimate | None:
        """Latency of the share of events that an objective asks for; of 95 % without one."""
        return self.p95 if self.latency is None else self.latency.response

    @property
    def typical_time(self) -> Estimate | None:
        """Median of the latency to its slowest sink, s."""
        return self.p50

    @property
    def late_time(self) -> Estimate | None:
        """95th percentile of the same, s."""
        return self.p95

    @property
    def held_back_by(self) -> str:
        """Its busiest stage."""
        return self.bottleneck

    @property
    def overloaded(self) -> bool:
        """More comes on average than can be taken, so that its lag grows without end."""
        return bool(self.unstable)
