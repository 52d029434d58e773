"""A stream solved: what the laws say of it, before anything is simulated."""

import math
from dataclasses import dataclass, field
from functools import lru_cache

from models.description.quantities import format_count
from models.parts.place import provider_of
from models.parts.site import Site
from models.parts.workloads.stream import MOST_INSTANCES, Operator, Stream
from models.parts.workloads.stream_brokers import fits
from models.parts.workloads.stream_flows import StageFlow, flows
from models.parts.workloads.stream_job import StageLaw, StreamJob, with_bursts
from models.parts.workloads.stream_stages import StreamPlace, kept_logs, stages_of
from models.parts.workloads.workload_kind import Impossible

_LITTLE = 1e-9  # of what a node has, for sums that are not exact


def solve_stream(name: str, stream: Stream, site: Site) -> StreamJob:
    """Apply the laws to a stream.

    Arguments:
        name: of the workload.
        stream: the description.
        site: that it runs on.

    Raises:
        Impossible: instances do not fit their nodes, or shards do not allow so many calls.
    """
    _fit(stream, site)
    hours = _hours(stream)
    mean = {key: source.mean_rate for key, source in stream.sources.items()}
    highest = dict(mean)
    if hours:
        totals = [math.fsum(rates) for rates in zip(*hours.values(), strict=True)]
        busiest = totals.index(max(totals))
        highest = {key: rates[busiest] for key, rates in hours.items()}
    logs = kept_logs(stream, highest, site)
    places = stages_of(stream, logs, site)
    if any(place.instances > MOST_INSTANCES for place in places):
        raise Impossible((("log",), f"has more than {MOST_INSTANCES:,} shards or brokers"))
    partitions = {key: log.partitions for key, log in logs.items()}
    dealt = {key: log.places for key, log in logs.items()}
    kafka, wanted = stream.log.kafka, site.stack.objectives.latency
    if kafka is not None:
        fits(kafka, retained(stream))
    asked = wanted if wanted is not None and wanted.workload == name else None
    return StreamJob(
        name=name,
        described=stream,
        logs=logs,
        mean=_laws(stream, mean, partitions, dealt, places),
        highest=_laws(stream, highest, partitions, dealt, places),
        hours=hours,
        downtime=_downtime(stream, site),
        retained=None if kafka is None else retained(stream),
        broker=_broker(stream, site),
        percentage=None if asked is None else asked.percentile,
        at_most=None if asked is None else asked.at_most,
    )


def _broker(stream: Stream, site: Site) -> tuple[float, float] | None:
    """How often a broker goes down, and how long until it is back with its disk, s.

    None where its disk goes with it, or a service runs it.
    """
    kafka = stream.log.kafka
    if kafka is None or kafka.nodes is None:
        return None
    if kafka.store is None and not provider_of(site.stack).owned:
        return None
    nodes = site.groups[kafka.nodes].component
    return nodes.mttf, nodes.mttr


def _laws(
    stream: Stream,
    rates: dict[str, float],
    partitions: dict[str, int],
    dealt: dict[str, int],
    places: tuple[StreamPlace, ...],
) -> tuple[StageLaw, ...]:
    text = repr((stream.sources, stream.operators, stream.sinks, stream.log, stream.micro_batch))
    asked = _Asked(f"{text}{rates}{partitions}{dealt}", stream, rates, partitions, dealt)
    found = _flows(asked)
    laws = [StageLaw(place, flow) for place, flow in zip(places, found, strict=True)]
    return with_bursts(laws, stream)


@dataclass(frozen=True)
class _Asked:
    """What flows follow from.

    Arguments:
        text: that tells it from all others.
        stream: the description.
        rates: of its sources, 1/s.
        partitions: of their logs.
        dealt: places of those.
    """

    text: str
    stream: Stream = field(compare=False)
    rates: dict[str, float] = field(compare=False)
    partitions: dict[str, int] = field(compare=False)
    dealt: dict[str, int] = field(compare=False)


@lru_cache(maxsize=64)  # a steady load is its own highest, and many stacks have the same streams
def _flows(asked: _Asked) -> tuple[StageFlow, ...]:
    return tuple(flows(asked.stream, asked.rates, asked.partitions, asked.dealt))


def _hours(stream: Stream) -> dict[str, tuple[float, ...]]:
    """The rate of each source in every hour of the longest of them, others again and again."""
    known = {name: one.by_hour or (one.rate or 0.0,) for name, one in stream.sources.items()}
    count = max((len(one.by_hour) for one in stream.sources.values() if one.by_hour), default=0)
    return {
        name: tuple(rates[hour % len(rates)] for hour in range(count))
        for name, rates in known.items()
        if count
    }


def _downtime(stream: Stream, site: Site) -> float | None:
    """From a failure until the operators run again, s; None where nothing says it."""
    checkpoint = stream.checkpoint
    if checkpoint is None:
        return None
    load = 0.0
    if checkpoint.store is not None:
        speeds = [site.speed(checkpoint.store, group).read for group in worker_groups(stream)]
        if not speeds or min(speeds) == 0:
            raise Impossible((("checkpoint", "store"), f"'{checkpoint.store}' can't be read"))
        load = checkpoint.state / min(speeds)
    return checkpoint.detection + checkpoint.restart + load


def worker_groups(stream: Stream) -> tuple[str, ...]:
    """Node groups that operators run on.

    Arguments:
        stream: the description.
    """
    return tuple(dict.fromkeys(one.nodes for one in stream.operators.values()))


def retained(stream: Stream) -> float:
    """Bytes that all brokers keep, replicas included.

    Arguments:
        stream: the description.
    """
    kafka = stream.log.kafka
    assert kafka is not None  # who asks has brokers
    written = math.fsum(one.mean_rate * one.size for one in stream.sources.values())
    return written * kafka.retention * kafka.replicas


def vcpus_on(group: str, stream: Stream) -> float:
    """Hardware threads that the operators on a group take.

    Arguments:
        group: its name.
        stream: the description.
    """
    mine = [one for one in stream.operators.values() if one.nodes == group]
    return math.fsum(one.instances * one.vcpus for one in mine)


def _fit(stream: Stream, site: Site) -> None:
    for name, operator in stream.operators.items():
        _fits_a_node(name, operator, site)
    for group in worker_groups(stream):
        wanted, count = vcpus_on(group, stream), site.groups[group].described.count
        has = count * site.groups[group].hardware.vcpus
        if wanted > has * (1 + _LITTLE):
            text = f"operators need {wanted:g} vCPUs of {group}; {format_count(count, 'nodes')}"
            raise Impossible(f"{text} have {has:,}")


def _fits_a_node(name: str, operator: Operator, site: Site) -> None:
    has = site.groups[operator.nodes].hardware.vcpus
    if operator.vcpus > has:
        text = f"needs {operator.vcpus:g} vCPUs; a node of {operator.nodes} has {has:,}"
        raise Impossible((("operators", name), text))
