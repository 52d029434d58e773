"""Streams as a kind of workload: what they use, need and are billed for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.catalog.records import Catalog
from models.description.quantities import HOUR, MONTH, format_duration, format_percent
from models.description.stack import Stack
from models.laws.streaming.shards import LARGEST_BY_DEFAULT
from models.parts.facts import Facts
from models.parts.failure import Cause, Component
from models.parts.site import Site
from models.parts.use import Use
from models.parts.workloads import stream_faults
from models.parts.workloads.places_needed import InZones, Needed, in_turn, spread
from models.parts.workloads.stream import Operator, Stream
from models.parts.workloads.workload_kind import Likeness, WorkloadKind
from models.prediction import CostLine, Finding
from models.prediction.deployment_mode import DeploymentMode
from models.prediction.explanation_answer import Factor, LawUsed
from models.reading.faults import Fault, PathInFile

if TYPE_CHECKING:  # every stack knows the kind, and only a stack with a stream its laws
    from models.parts.workloads.stream_job import StageLaw, StreamJob
    from models.parts.workloads.stream_stages import StreamPlace

_OUTAGE = "managed-service"  # of the catalog's failure rates


def _never(workload: Stream) -> bool:
    return False


def _groups(workload: Stream) -> tuple[str, ...]:
    kafka = workload.log.kafka
    names = [] if kafka is None or kafka.nodes is None else [kafka.nodes]
    names += [one.nodes for one in workload.operators.values()]
    return tuple(dict.fromkeys(names))


def _faults(name: str, workload: Stream, stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    yield from stream_faults.faults(name, workload, stack, catalog)


def _completed(name: str, workload: Stream, folder: Path) -> tuple[Stream, bytes]:
    """With the rates that its traces give."""
    recorded = [key for key, one in workload.sources.items() if one.trace is not None]
    if not recorded:
        return workload, b""
    from models.parts.workloads.stream_trace import hourly

    sources, content = dict(workload.sources), b""
    for key in recorded:
        path: PathInFile = ("workloads", name, "sources", key)
        rates, digest = hourly(path, sources[key], folder)
        sources[key] = sources[key].model_copy(update=rates)
        content += digest
    return workload.model_copy(update={"sources": sources}), content


def _uses(name: str, workload: Stream, stack: Stack, facts: Facts) -> tuple[Use, ...]:
    from models.parts.workloads.solve_stream import retained, worker_groups

    found, kafka, checkpoint = [], workload.log.kafka, workload.checkpoint
    if kafka is not None and kafka.store is not None and kafka.nodes is not None:
        size = retained(workload) / stack.nodes[kafka.nodes].count  # a broker has its own volume
        spare = kafka.replicas - kafka.in_sync
        found.append(Use(name, "log", kafka.store, kafka.nodes, "read_write", size, 1, borne=spare))
    for group in worker_groups(workload)[:1]:
        if checkpoint is not None and checkpoint.store is not None:
            found.append(
                Use(
                    name,
                    "checkpoint",
                    checkpoint.store,
                    group,
                    "read_write",
                    checkpoint.state,
                    1,
                    between_nodes=True,
                    overwrites=True,
                )
            )
        for key, sink in workload.sinks.items():
            if sink.store is not None:
                # What has been written grows as long as the stream runs: nothing is sure of it.
                found.append(Use(name, f"sinks.{key}", sink.store, group, "write", 0.0, 0))
    return tuple(found)


def _traffic(
    job: StreamJob, uses: tuple[Use, ...], interruption_rate: float, site: Site
) -> tuple[Use, ...]:
    """In an hour: what is appended and read, each checkpoint, and what leaves at sinks."""
    stream, found = job.described, []
    written = HOUR * math.fsum(s.mean_rate * s.size for s in stream.sources.values())
    rates = {law.place.name: law.flow.rate for law in job.mean}
    for use in uses:
        if use.key == "log":
            assert stream.log.kafka is not None
            one = replace(use, written_size=written * stream.log.kafka.replicas)
        elif use.overwrites:
            assert stream.checkpoint is not None
            saves = HOUR / stream.checkpoint.interval
            one = replace(
                use,
                writes=saves,
                written_size=saves * use.size,
                reads=interruption_rate * HOUR,
                read_size=interruption_rate * HOUR * use.size,
            )
        else:
            sink = use.key.partition(".")[2]
            records = HOUR * rates[sink]
            size = records * (stream.sinks[sink].size or 0.0)
            one = replace(use, writes=_objects(job, sink, records), written_size=size)
        found.append(replace(one, endless=True))
    return tuple(found)


def _objects(job: StreamJob, sink: str, records: float) -> float:
    """Requests that write what leaves in an hour: of each writer one a checkpoint or batch."""
    checkpoint, batch = job.described.checkpoint, job.described.micro_batch
    interval = batch or (checkpoint.interval if checkpoint is not None else 0.0)
    if interval == 0:
        return records
    return min(records, HOUR / interval * job.described.sinks[sink].instances)


def _solve(name: str, workload: Stream, site: Site) -> StreamJob:
    from models.parts.workloads.solve_stream import solve_stream

    return solve_stream(name, workload, site)


def _asks(job: StreamJob, group: str, site: Site) -> float | None:
    """Share of the vCPUs of a group; brokers have theirs for themselves."""
    from models.parts.workloads.solve_stream import vcpus_on

    kafka, nodes = job.described.log.kafka, site.groups[group]
    if kafka is not None and kafka.nodes == group:
        return 1.0
    return vcpus_on(group, job.described) / (nodes.described.count * nodes.hardware.vcpus)


def _nodes_needed(job: StreamJob, group: str, site: Site) -> Needed:
    """Brokers without which something can't be written, and nodes that the highest load needs."""
    count, kafka = site.groups[group].described.count, job.described.log.kafka
    needs = []
    if kafka is not None and kafka.nodes == group:
        needs.append(Needed(count - (kafka.replicas - kafka.in_sync), count))
    for law in job.highest:
        step = law.place.step
        if isinstance(step, Operator) and step.nodes == group:
            enough = min(step.instances, math.floor(step.instances * law.utilization) + 1)
            needs.append(spread(step.instances, enough, count))
    return Needed.by_all(needs, count)


def _zones_needed(job: StreamJob, site: Site) -> tuple[InZones, ...]:
    zones = max(1, len(site.stack.zones))
    return tuple(
        InZones(
            in_turn(site.groups[group].described.count, zones), _nodes_needed(job, group, site).up
        )
        for group in _groups(job.described)
    )


def _components(name: str, workload: Stream, stack: Stack, facts: Facts) -> tuple[Component, ...]:
    kafka = workload.log.kafka
    if kafka is not None and kafka.service is None:
        return ()
    rate = facts.failure_rate(_OUTAGE)
    outage = Cause("outage", rate.mttf, rate.mttr)
    return (Component(f"{name} log", 1, 1, (outage,), False, rate.component),)


def _cost_lines(job: StreamJob, site: Site) -> tuple[CostLine, ...]:
    from models.parts.workloads import stream_bill

    return tuple(stream_bill.cost_lines(job, site))


def _assumptions(job: StreamJob, site: Site) -> tuple[str, ...]:
    name = job.name
    texts = [
        f"{name}: an instance takes its events one by one; keys go to partitions and instances by a"
        " hash, which decides how even they are.",
        f"{name}: queues between operators have room for all that waits; topics of different"
        " sources do not wait for each other at a broker.",
        f"{name}: an instance's watermark follows the events that it has taken itself, without"
        " those of others.",
        f"{name}: with fewer nodes its operators go on with fewer instances; below what the highest"
        " load needs it counts as down.",
    ]
    if len(site.stack.zones) > 1:
        texts.append(
            f"{name}: what operators send each other between zones is not billed, since its size is"
            " not known; nor what producers send."
        )
    if job.described.log.kinesis is not None:
        texts.append(
            f"{name}: what is too much for a shard waits, as producers try again; keys are even"
            " over its seconds."
        )
    if job.described.micro_batch:
        texts.append(
            f"{name}: a batch begins with all that has come; its events are passed on one by one."
        )
    if any(one.delay is not None for one in job.described.sources.values()):
        texts.append(f"{name}: delays of events are independent of each other.")
    return tuple(texts)


def _findings(job: StreamJob, site: Site) -> tuple[Finding, ...]:
    place, found = f"workloads.{job.name}", []
    for law in job.highest:
        busy, name = law.utilization, law.place.name
        if law.overloaded:
            text = f"{name}: its busiest instance is asked for {format_percent(busy, 0)}"
            found.append(Finding("warning", place, f"{text} of what it can take"))
        elif busy > job.described.warning:
            text = f"{name}: its busiest instance is busy {format_percent(busy, 0)} at the most"
            found.append(Finding("warning", place, text))
        if job.reads(law.place) and law.place.step is not None:
            partitions = sum(job.logs[one].partitions for one in law.place.step.inputs)
            if law.place.instances > partitions:
                text = (
                    f"{name} has {law.place.instances:,} instances and reads {partitions:,}"
                    " partitions: the others have nothing to do"
                )
                found.append(Finding("warning", place, text))
    found += [
        Finding("note", f"{place}.operators.{name}", text) for name, text in _without_keys(job)
    ]
    kafka = job.described.log.kafka
    if kafka is None:
        for name, source in job.described.sources.items():
            if source.size > LARGEST_BY_DEFAULT:
                text = "an event is more than the 1 MiB that Kinesis takes before its limit is"
                where = f"{place}.sources.{name}.size"
                found.append(Finding("warning", where, f"{text} raised for the stream"))
    if kafka is not None and kafka.store is not None and kafka.replicas > 1:
        text = (
            f"the durability of {kafka.store} is that of its volumes; an event is lost only with"
            f" all {kafka.replicas} that hold it, before others have it again"
        )
        found.append(Finding("note", place, text))
    if job.described.checkpoint is None:
        text = "says no checkpoint, so that how it goes on after a failure is not known"
        found.append(Finding("note", place, text))
    elif job.downtime is not None and job.downtime > job.described.checkpoint.interval * 10:
        text = f"is down for {format_duration(job.downtime)} after a failure"
        found.append(Finding("note", place, text))
    return tuple(found)


def _without_keys(job: StreamJob) -> Iterator[tuple[str, str]]:
    """Operators whose windows gather all keys together, or whose sessions never end, in words."""
    for law in job.highest:
        step, name = law.place.step, law.place.name
        if not isinstance(step, Operator) or step.window is None or step.by_key:
            continue
        if step.window.session is not None and law.flow.rate > 0 and _yearly(law) < 1:
            text = (
                f"events come to an instance every {format_duration(1 / law.flow.largest)}, so"
                " that none of its sessions of all keys together ends"
            )
        elif law.flow.out.keys.size:
            text = "its windows gather all events of an instance, whatever their keys"
        else:
            continue
        hint = "; `by_key: true` is for a result of each key" if law.flow.out.keys.size else ""
        yield name, text + hint


def _yearly(law: StageLaw) -> float:
    """Results of its windows in a year, by the law."""
    return (law.flow.results or 0.0) * 12 * MONTH


def _bare(job: StreamJob) -> StreamJob:
    return replace(job, beside=False)


def _alike(job: StreamJob) -> Likeness:
    """Its events know nothing of failures and prices.

    All that a log takes longer for an event comes later out of it, and out of all stages behind.
    How long it takes to catch up after a failure hangs on more: on all that is described.
    """
    from models.parts.workloads.stream_flows import delay_of

    sources = [
        (name, one.keys, one.partition, delay_of(one), job.logs[name].partitions, law.flow.rate)
        for (name, one), law in zip(job.described.sources.items(), job.highest, strict=False)
    ]
    stages = [_that_takes_events(law.place, job) for law in job.highest]
    whole = job.described if job.beside else None
    shape = (sources, stages, dict(job.hours), job.percentage, whole)
    return Likeness(repr(shape), services=tuple(one.service for one in job.logs.values()))


def _that_takes_events(place: StreamPlace, job: StreamJob) -> tuple[Any, ...]:
    """What of a stage its events know: not where they are kept, nor how large they are."""
    step = place.step
    own = (place.name, place.instances, place.hold, place.interval, place.staggered)
    if step is None:
        return own
    more = (step.inputs, job.reads(place), place.service)
    if not isinstance(step, Operator):
        return (*own, *more)
    return (*own, *more, step.by_key, step.emits, step.window)


def _overloaded(job: StreamJob) -> bool:
    return bool(job.unstable)


def _by_law(job: StreamJob) -> dict[str, float]:
    found = {
        "arrival_rate": job.mean_rate,
        "highest_rate": job.highest_rate,
        "throughput": job.mean_rate - job.behind(),
    }
    if math.isfinite(job.capacity):
        found["capacity"] = job.capacity
    lag = job.lag()
    if lag is not None:
        found |= {"lag": lag, "law_lag": lag}
    return found


def _laws(job: StreamJob) -> tuple[LawUsed, ...]:
    return (
        LawUsed(
            ("response_time", "time", "waiting_time", "lag", "law_lag"),
            "Every instance is a queue, M/G/1 by the law; simulated event by event.",
            "docs/streams.md",
        ),
        LawUsed(("capacity", "throughput", "utilization"), "", "", "zipf_shares"),
    )


def _frameworks(workload: Stream) -> tuple[str, str]:
    kafka = workload.log.kafka
    if kafka is None:
        return "", "Kinesis"
    return "", "Kafka" if kafka.service is None else f"Kafka, run by {kafka.service.upper()}"


_FACTORS: Mapping[Factor, tuple[str, ...]] = {
    Factor.PROCESSORS: ("operators.*.service", "sinks.*.service"),
    Factor.LATENCY: ("log.kafka.append", "log.kinesis.append"),
    Factor.LOAD: ("sources.*.rate", "sources.*.by_hour"),
}

KIND = WorkloadKind(
    description=Stream,
    mode=DeploymentMode.STREAMING,
    frameworks=_frameworks,
    completes=_never,
    alone=True,
    serves=True,
    lags=True,
    groups=_groups,
    faults=_faults,
    uses=_uses,
    solve=_solve,
    assumptions=_assumptions,
    findings=_findings,
    traffic=_traffic,
    cost_lines=_cost_lines,
    components=_components,
    completed=_completed,
    asks=_asks,
    nodes_needed=_nodes_needed,
    zones_needed=_zones_needed,
    overloaded=_overloaded,
    bare=_bare,
    apart=True,
    alike=_alike,
    by_law=_by_law,
    laws=_laws,
    factors=_FACTORS,
    slowed=True,
)
