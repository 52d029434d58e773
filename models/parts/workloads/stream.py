"""Streams of events: sources, a log, operators and sinks, as users describe them."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.description.fields import CatalogName, Count, FileName, Name, Part, Positive, one_of
from models.description.quantities import (
    Duration,
    Fraction,
    HourlyPrice,
    Rate,
    Size,
    format_duration,
    rate_unit,
)
from models.description.stack import Workload
from models.laws.streaming.keys import MOST_KEYS
from models.parts.workloads.by_hour import ByHour
from models.prediction.rate_unit import RateUnit
from models.queueing.distributions import AnyDistribution

MOST_INSTANCES = 10_000
Instances = Annotated[int, Field(strict=True, ge=1, le=MOST_INSTANCES)]
Inputs = Annotated[tuple[Name, ...], Field(min_length=1, max_length=20)]


class EventKeys(Part):
    """Keys of events: all events of a key go to one partition, in their order."""

    count: Annotated[int, Field(strict=True, ge=1, le=MOST_KEYS)] = Field(
        description="how many keys there are; those of all sources are the same"
    )
    skew: Annotated[float, Field(strict=True, ge=0, le=5)] = Field(
        0.0,
        description="exponent of Zipf's law: the k-th key comes k^-skew times as often as the first"
        " one, no unit; 0 where all come equally often",
    )


class EventsFrom(Part):
    """Where events come from, to a topic, or shards, of their own."""

    rate: Annotated[Rate, Positive] | None = Field(
        None, description="mean events in a time, at random"
    )
    by_hour: ByHour | None = Field(
        None, description="24 rates, one an hour of the day, or 168 of the week, instead"
    )
    trace: FileName | None = Field(
        None,
        description="CSV or Parquet file of recorded arrivals, from the folder of the stack,"
        " instead: hour by hour, a week of them at the most, as if they came again and again",
    )
    column: Annotated[str, Field(min_length=1, max_length=100)] = Field(
        "time",
        description="column of the trace that holds the times of arrival: seconds, s, ms, us or ns"
        " since 1970, timestamps, or dates and times (ISO 8601)",
    )
    size: Annotated[Size, Positive] = Field(description="bytes of one event")
    keys: EventKeys | None = Field(
        None, description="their keys; without, partitions take events in turn"
    )
    partition: Annotated[int, Field(strict=True, ge=0, lt=MOST_INSTANCES)] | None = Field(
        None, description="the partition that producers name for all of them, from 0 on"
    )
    producers: Count = Field(1, description="how many send them")
    delay: AnyDistribution | None = Field(
        None, description="time from an event to its arrival; none if not given"
    )

    @property
    def unit(self) -> RateUnit:
        """The unit in which the rates were written."""
        return rate_unit(self.rate if self.by_hour is None else self.by_hour[0])

    @property
    def mean_rate(self) -> float:
        """Mean of its rate, 1/s."""
        if self.by_hour is not None:
            return sum(self.by_hour) / len(self.by_hour)
        return self.rate or 0.0

    @model_validator(mode="after")
    def _one_of_them(self) -> "EventsFrom":
        if wrong := one_of(self, "rate", "by_hour", "trace"):
            raise ValueError(wrong)
        if self.keys is not None and self.partition is not None:
            raise ValueError("has keys and a partition that producers name; leave out one of them")
        return self


class BoughtBrokers(Part):
    """Brokers that a service runs, each with a volume of its own."""

    instance: CatalogName = Field(description="kind of broker, such as kafka.m5.large")
    count: Annotated[int, Field(strict=True, ge=1, le=1000)] = Field(
        description="brokers, as many in each zone of the stack"
    )
    size: Annotated[Size, Positive] = Field(description="of the volume of each")
    price: HourlyPrice | None = Field(
        None, description="of each; without it what the catalog has of the service"
    )


class Kafka(Part):
    """A log on brokers: a topic of each source, whose partitions have replicas."""

    nodes: Name | None = Field(None, description="the node group of the brokers, one on each node")
    service: Literal["msk"] | None = Field(
        None, description="the service that runs the brokers, instead of nodes of your own"
    )
    brokers: BoughtBrokers | None = Field(None, description="brokers of the service")
    partitions: Instances = Field(description="partitions of each topic")
    replicas: Annotated[int, Field(strict=True, ge=1, le=10)] = Field(
        3, description="brokers that hold each partition"
    )
    in_sync: Annotated[int, Field(strict=True, ge=1, le=10)] = Field(
        1, description="replicas that must be up and have an event before it counts as written"
    )
    acks: Literal["all", "leader"] = Field(
        "all", description="who has an event before its producer hears so: all that are in sync"
    )
    follower_lag: Annotated[Duration, Positive] | None = Field(
        None, description="until followers have what the leader has, with `acks: leader`"
    )
    unclean_election: bool = Field(
        False, description="a broker that was left behind may lead once all others are down"
    )
    append: Duration = Field(
        description="from a producer until an event can be read: its batch, and its replication"
    )
    retention: Annotated[Duration, Positive] = Field(
        7 * 86_400.0, description="how long events are kept, to be read again"
    )
    store: Name | None = Field(
        None, description="the store of the brokers that holds them; without, their own disks do"
    )

    @model_validator(mode="after")
    def _brokers_are_said_once(self) -> "Kafka":
        if (self.service is None) != (self.brokers is None):
            raise ValueError("has a service without brokers, or brokers without a service")
        if wrong := one_of(self, "nodes", "brokers"):
            raise ValueError(wrong)
        if self.brokers is not None and self.store is not None:
            raise ValueError("has brokers of a service, whose volumes are their own, and a store")
        return self

    @model_validator(mode="after")
    def _replicas_suffice(self) -> "Kafka":
        if self.in_sync > self.replicas:
            raise ValueError(f"has in_sync of {self.in_sync}, more than {self.replicas} replicas")
        if self.acks == "leader" and self.in_sync > 1:
            raise ValueError("has in_sync, which counts with acks of all alone")
        if self.follower_lag is not None and self.acks == "all":
            raise ValueError("has a follower_lag, which counts with acks of leader alone")
        return self


class Kinesis(Part):
    """A log that AWS manages: shards of each source."""

    shards: Instances | None = Field(
        None, description="shards of each source; the fewest that the mean load needs if not given"
    )
    reads: Annotated[Rate, Positive] | None = Field(
        None,
        description="calls that read, of all consumers of a source; as many as its shards allow if"
        " not given",
    )
    fan_out: bool = Field(
        False,
        strict=True,
        description="enhanced fan-out: every consumer has 2 MB/s of each shard for itself, and is"
        " sent what comes",
    )
    append: Duration = Field(
        0.07,
        description="from a producer until an event can be read; by default what AWS says of"
        " enhanced fan-out",
    )


class EventLog(Part):
    """What keeps events between producers and those who read them."""

    kafka: Kafka | None = Field(None, description="on brokers of the stack")
    kinesis: Kinesis | None = Field(None, description="managed by AWS, instead")

    @model_validator(mode="after")
    def _one_of_them(self) -> "EventLog":
        if wrong := one_of(self, "kafka", "kinesis"):
            raise ValueError(wrong)
        return self


class SlidingWindow(Part):
    """Windows that overlap."""

    size: Annotated[Duration, Positive] = Field(description="of each window")
    every: Annotated[Duration, Positive] = Field(
        description="from the start of one to the start of the next"
    )

    @model_validator(mode="after")
    def _overlap(self) -> "SlidingWindow":
        if self.every > self.size:
            raise ValueError("begins windows that leave out events between them; every <= size")
        if self.size / self.every > 1000:
            raise ValueError("has more than 1,000 windows for each event; take a longer every")
        return self


class Windows(Part):
    """How an operator gathers events, by the time at which they happened."""

    fixed: Annotated[Duration, Positive] | None = Field(
        None, description="windows of this length, one after the other"
    )
    sliding: SlidingWindow | None = Field(None, description="windows that overlap, instead")
    session: Annotated[Duration, Positive] | None = Field(
        None, description="sessions, which end after this long without an event, instead"
    )
    watermark: Duration = Field(
        0.0,
        description="how long after its end a window waits for events that are late, by the time of"
        " the latest event",
    )
    allowed_lateness: Duration = Field(
        0.0, description="how long after its result a window still takes events and gives it again"
    )

    @property
    def size(self) -> float:
        """Of a window, or the gap that ends a session, s."""
        if self.sliding is not None:
            return self.sliding.size
        return self.fixed or self.session or 0.0

    @property
    def every(self) -> float:
        """From the start of one to the start of the next, s; 0 for sessions."""
        return self.sliding.every if self.sliding is not None else self.fixed or 0.0

    @property
    def said(self) -> str:
        """What they are, for people."""
        if self.sliding is not None:
            size, every = (format_duration(one) for one in (self.size, self.every))
            return f"sliding, {size} every {every}"
        kind = "fixed" if self.session is None else "sessions, gap"
        return f"{kind} {format_duration(self.size)}"

    @model_validator(mode="after")
    def _one_of_them(self) -> "Windows":
        if wrong := one_of(self, "fixed", "sliding", "session"):
            raise ValueError(wrong)
        if self.session is not None and self.allowed_lateness:
            raise ValueError("has sessions, which give their result once: no allowed_lateness")
        return self


class Operator(Part):
    """A step that takes events, one by one on each instance, and passes on what it makes of them.

    One that reads sources is a consumer group: it reads all partitions of their topics.
    """

    inputs: Inputs = Field(description="sources that it reads, or operators whose events it takes")
    nodes: Name = Field(description="the node group that its instances run on")
    instances: Instances = Field(description="side by side; one that reads has a partition or more")
    vcpus: Annotated[float, Field(strict=True, gt=0, le=1000)] = Field(
        1.0, description="hardware threads of one instance, no unit"
    )
    service: AnyDistribution = Field(description="time that an instance takes for an event")
    by_key: bool = Field(
        False, strict=True, description="all events of a key go to one instance; else to any"
    )
    emits: Annotated[float, Field(strict=True, ge=0, le=100)] = Field(
        1.0, description="events that it passes on for each that it takes, a mean, no unit"
    )
    window: Windows | None = Field(
        None, description="it gathers events and gives one result for each window, and key"
    )

    @model_validator(mode="after")
    def _consistent(self) -> "Operator":
        if self.window is not None and "emits" in self.model_fields_set:
            raise ValueError("has a window, which gives one result, and emits; leave out emits")
        return self


class Sink(Part):
    """Where events or results leave the stream."""

    inputs: Inputs = Field(description="operators, or sources, whose events leave here")
    instances: Instances = Field(1, description="writers side by side")
    service: AnyDistribution | None = Field(
        None, description="time that one takes for an event; none if not given"
    )
    store: Name | None = Field(None, description="the store that they are written to")
    size: Annotated[Size, Positive] | None = Field(
        None, description="bytes that are written for an event"
    )

    @model_validator(mode="after")
    def _sizes_go_with_stores(self) -> "Sink":
        if (self.store is None) != (self.size is None):
            raise ValueError("has a store without the size of what is written, or a size without")
        return self


class StreamCheckpoint(Part):
    """What is saved, so that a stream goes on where it was after a failure."""

    interval: Annotated[Duration, Positive] = Field(description="between two checkpoints")
    state: Size = Field(0.0, description="bytes that operators keep, and a restart reads")
    store: Name | None = Field(None, description="the store that holds the state")
    detection: Duration = Field(50.0, description="until a failure is noticed; 50 s as in Flink")
    restart: Duration = Field(
        description="until the operators run again: containers, code, connections"
    )

    @model_validator(mode="after")
    def _state_lies_somewhere(self) -> "StreamCheckpoint":
        if bool(self.state) != (self.store is not None):
            raise ValueError("has a state without a store that holds it, or a store without state")
        return self


class Stream(Workload):
    """Events without end: from sources into a log, through operators, out of sinks."""

    kind: Literal["stream"]
    sources: Annotated[dict[Name, EventsFrom], Field(min_length=1, max_length=20)] = Field(
        description="where events come from"
    )
    log: EventLog = Field(description="what keeps them for those who read")
    operators: Annotated[dict[Name, Operator], Field(max_length=50)] = Field(
        {}, description="what happens to them"
    )
    sinks: Annotated[dict[Name, Sink], Field(min_length=1, max_length=20)] = Field(
        description="where they leave"
    )
    micro_batch: Duration = Field(
        0.0,
        description="events are taken in batches that begin so far apart, as in Spark; 0 for one by"
        " one, as in Flink",
    )
    checkpoint: StreamCheckpoint | None = Field(
        None, description="how it goes on after a failure; not known if not given"
    )
    warning: Fraction = Field(
        0.8, description="utilization of an instance above which a warning is given"
    )

    @property
    def steps(self) -> Mapping[str, Operator | Sink]:
        """Operators and sinks by name."""
        return {**self.operators, **self.sinks}

    def feeds(self, name: str) -> Iterator[str]:
        """Operators and sinks that take what another gives.

        Arguments:
            name: of a source or operator.
        """
        yield from (one for one, step in self.steps.items() if name in step.inputs)

    def reads(self, step: Operator | Sink) -> bool:
        """Whether a step reads the log.

        Arguments:
            step: of the stream.
        """
        return step.inputs[0] in self.sources

    def order(self) -> tuple[str, ...]:
        """Operators and sinks, each after those that feed it; without those on a circle."""
        placed: list[str] = []
        waiting = list(self.steps)
        while True:
            known = {*self.sources, *placed}
            ready = [name for name in waiting if known.issuperset(self.steps[name].inputs)]
            if not ready:
                return tuple(placed)
            placed += ready
            waiting = [name for name in waiting if name not in ready]
