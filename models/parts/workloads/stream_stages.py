"""Stages of a stream: what they run on, and how long they take for an event."""

from dataclasses import dataclass

from models.laws.streaming.shards import (
    READ,
    READS,
    RECORDS,
    WRITTEN,
    ShardsNeeded,
    links,
    links_through_log,
    shards_needed,
)
from models.parts.site import Site
from models.parts.workloads.stream import EventsFrom, Kafka, Kinesis, Operator, Sink, Stream
from models.parts.workloads.stream_brokers import brokers_of
from models.parts.workloads.workload_kind import Impossible
from models.queueing.distributions import AnyDistribution, Deterministic, stretched

_NO_TIME = Deterministic.model_construct(value=0.0)


@dataclass(frozen=True)
class StreamPlace:
    """A stage with what follows from what it runs on.

    Arguments:
        name: of it; of the log, of the source that it keeps.
        role: log, reader, operator or sink.
        place: what it runs on, for people.
        instances: side by side.
        service: time that one takes for an event.
        limit: what it is busy with, for people.
        hold: before an event can be taken, s.
        interval: between two micro-batches or polls, s; 0 where none is waited for.
        staggered: its instances poll one after the other.
        step: as described; None of the log.
    """

    name: str
    role: str
    place: str
    instances: int
    service: AnyDistribution
    limit: str
    hold: float = 0.0
    interval: float = 0.0
    staggered: bool = False
    step: Operator | Sink | None = None


@dataclass(frozen=True)
class KeptLog:
    """The log of a source.

    Arguments:
        source: its name.
        partitions: of its topic, or shards.
        places: brokers or shards.
        service: time of a broker or shard that an event takes, s.
        limit: what it takes it for, for people.
        hold: until an event can be read, s.
        interval: between two polls of one consumer, s; 0 where it is sent what comes.
        needed: shards for the highest load; None of brokers.
        groups: operators and sinks that read it.
        producers: that send to it.
        consumers: instances that read it.
    """

    source: str
    partitions: int
    places: int
    service: float
    limit: str
    hold: float
    interval: float
    needed: ShardsNeeded | None
    groups: int
    producers: int
    consumers: int

    @property
    def links(self) -> int:
        """Connections to the log."""
        return links_through_log(self.producers, self.consumers)

    @property
    def links_without(self) -> int:
        """Connections that there would be without it."""
        return links(self.producers, self.consumers)


def kept_logs(stream: Stream, highest: dict[str, float], site: Site) -> dict[str, KeptLog]:
    """The log of every source.

    Arguments:
        stream: the description.
        highest: rate of each source, 1/s.
        site: that it runs on.

    Raises:
        Impossible: more calls that read than shards allow.
    """
    found = {}
    for name, source in stream.sources.items():
        readers = list(stream.feeds(name))
        consumers = sum(stream.steps[one].instances for one in readers)
        counts = len(readers), source.producers, consumers
        if stream.log.kafka is not None:
            found[name] = _on_brokers(name, source, stream.log.kafka, counts, site)
        else:
            assert stream.log.kinesis is not None  # the description demands one of them
            found[name] = _on_shards(name, source, stream.log.kinesis, counts, highest[name])
    return found


def _on_brokers(
    name: str, source: EventsFrom, kafka: Kafka, counts: tuple[int, int, int], site: Site
) -> KeptLog:
    """A broker takes each event as leader or follower, and sends it to followers and consumers."""
    brokers, groups = brokers_of(kafka, site), counts[0]
    times = {
        "receiving, network": source.size * kafka.replicas / brokers.link,
        "sending, network": source.size * (kafka.replicas - 1 + groups) / brokers.link,
    }
    if brokers.disk:
        times[f"writing, {brokers.disk}"] = source.size * kafka.replicas / brokers.written
    limit = max(times, key=lambda one: times[one])
    count = min(brokers.count, kafka.partitions)
    return KeptLog(
        name, kafka.partitions, count, times[limit], limit, kafka.append, 0.0, None, *counts
    )


def _on_shards(
    name: str,
    source: EventsFrom,
    kinesis: Kinesis,
    counts: tuple[int, int, int],
    rate: float,
) -> KeptLog:
    groups = counts[0]
    shared = 1 if kinesis.fan_out else groups
    needed = shards_needed(
        rate * source.size, rate, rate * source.size * shared, kinesis.reads or 0.0
    )
    times = {
        "bytes written": source.size / WRITTEN,
        "records written": 1 / RECORDS,
        "bytes read": source.size * shared / READ,
    }
    limit = max(times, key=lambda one: times[one])
    full = rate * times[limit] >= needed.most * (1 - 1e-9)  # what waits would never be less
    shards = kinesis.shards or needed.most + full
    interval = 0.0
    if not kinesis.fan_out:
        reads = kinesis.reads or READS * shards
        interval = groups * shards / reads
        if reads > READS * shards * (1 + 1e-9):
            text = f"is {reads:g} calls a second, and {shards:,} shards allow {READS * shards:g}"
            raise Impossible((("log", "kinesis", "reads"), text))
    return KeptLog(
        name, shards, shards, times[limit], limit, kinesis.append, interval, needed, *counts
    )


def stages_of(stream: Stream, logs: dict[str, KeptLog], site: Site) -> tuple[StreamPlace, ...]:
    """The log of each source, then operators and sinks, each after those that feed it.

    Arguments:
        stream: the description.
        logs: of every source.
        site: that it runs on.
    """
    kafka = stream.log.kafka
    place = "shards" if kafka is None else brokers_of(kafka, site).place
    found = [
        StreamPlace(
            f"log-{name}" if len(logs) > 1 else "log",
            "log",
            place,
            log.places,
            Deterministic.model_construct(value=log.service),
            log.limit,
        )
        for name, log in logs.items()
    ]
    for name in stream.order():
        step = stream.steps[name]
        service = step.service if step.service is not None else _NO_TIME
        if isinstance(step, Operator) and site.groups[step.nodes].speed != 1:
            service = stretched(service, 1 / site.groups[step.nodes].speed)
        nodes = step.nodes if isinstance(step, Operator) else step.store or "outside"
        role = "sink" if isinstance(step, Sink) else "operator"
        if not stream.reads(step):
            one = StreamPlace(name, role, nodes, step.instances, service, "service", step=step)
            found.append(one)
            continue
        read = [logs[one] for one in step.inputs]
        hold, interval = max(one.hold for one in read), max(one.interval for one in read)
        if stream.micro_batch:
            # Whoever takes batches has polled before; on average a poll is half an interval ago.
            hold, interval = hold + interval / 2, stream.micro_batch
        found.append(
            StreamPlace(
                name,
                "reader" if role == "operator" else role,
                nodes,
                step.instances,
                service,
                "service",
                hold,
                interval,
                staggered=not stream.micro_batch,
                step=step,
            )
        )
    return tuple(found)
