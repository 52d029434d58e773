"""What keeps a stream to the latency, or the lag, that is wanted of it."""

import math
from collections.abc import Callable
from dataclasses import replace

from models.description.quantities import format_duration
from models.parts.site import Site
from models.parts.workloads.stream import MOST_INSTANCES, Operator
from models.parts.workloads.stream_flows import StageFlow, log_flow, step_flow
from models.parts.workloads.stream_job import StageLaw, StreamJob, with_bursts

_TIMES = 4  # as many instances, at the most
_KNOWN_TO = 1e-3  # of a share that is told in hundredths
_LITTLE = 1e-9  # of what a node has, for sums that are not exact

Measure = Callable[[StreamJob], float]


def sooner(job: StreamJob, site: Site) -> str:
    """What keeps to a latency or a lag that is missed by the law; empty where none is.

    The one of all waits that counts most is shortened as far as it must be: for a batch or a poll,
    for the log, or for an instance.

    Arguments:
        job: the stream, which keeps up with its load.
        site: that it runs on.
    """
    wanted, lag = job.at_most, site.stack.objectives.lag
    if wanted is not None and _latency(job) > wanted:
        kept = f"a latency of {format_duration(wanted)}"
        return _shortened(job, site, _latency, wanted, kept)
    if lag is not None and lag.workload == job.name and _lag(job) > lag.at_most:
        return _shortened(job, site, _lag, lag.at_most, f"a lag of {lag.at_most:,} events")
    return ""


def _latency(job: StreamJob) -> float:
    """The percentile that is wanted, of the slowest sink whose latency the law knows, s."""
    assert job.percentage is not None
    laws = [job.latency(sink) for sink in job.described.sinks]
    return max((law.quantile(job.percentage / 100) for law in laws if law), default=0.0)


def _lag(job: StreamJob) -> float:
    return job.lag() or 0.0


def _shortened(job: StreamJob, site: Site, measure: Measure, most: float, kept: str) -> str:
    """Of the wait that counts most, how short it must be."""
    found = [(measure(one), text) for one, text in _ways(job, site, measure, most)]
    if not found:
        return f"nothing that its description says shortens it to {kept}"
    least, text = min(found)
    if least <= most:
        return f"{text}, keeps to {kept}"
    return f"{text}, is what shortens it most, and does not keep to {kept} alone"


def _ways(
    job: StreamJob, site: Site, measure: Measure, most: float
) -> "list[tuple[StreamJob, str]]":
    """The stream with each of its waits as short as it must be, or as it can be, in words."""
    found = []
    longest = max(law.place.interval for law in job.highest)
    if longest > 0:
        if job.described.micro_batch > 0:
            share = _share(lambda share: _with_waits(job, interval=share), measure, most)
            text = f"a `micro_batch` of {format_duration(share * longest)}"
            text = f"{text}, instead of {format_duration(longest)}"
        else:
            share, text = 0.0, "`log.kinesis.fan_out`, which sends what comes without a poll"
        found.append((_with_waits(job, interval=share), text))
    append = _append(job)
    if append > 0:
        share = _share(lambda share: _with_waits(job, appended=share), measure, most)
        log = "kinesis" if job.described.log.kafka is None else "kafka"
        text = f"a `log.{log}.append` of {format_duration(share * append)}"
        text += f", instead of {format_duration(append)}"
        found.append((_with_waits(job, appended=share), text))
    for law in job.highest:
        count, step = law.place.instances, law.place.step
        top = min(_TIMES * count, MOST_INSTANCES)
        if step is not None and job.reads(law.place):
            top = min(top, sum(job.logs[one].partitions for one in step.inputs))
        if law.utilization > 0 and top > count:
            enough = _least(job, law, measure, most, top)
            text = f"`{key_of(job, law)}` of {enough:,}, instead of {count:,}"
            text += more_nodes(job, law, enough, site)
            found.append((_with_instances(job, law, enough), text))
    return found


def _share(changed: Callable[[float], StreamJob], measure: Measure, most: float) -> float:
    """The largest share of a wait that suffices; 0 where none does."""
    if measure(changed(0.0)) > most:
        return 0.0
    low, high = 0.0, 1.0
    while high - low > _KNOWN_TO:
        middle = (low + high) / 2
        low, high = (low, middle) if measure(changed(middle)) > most else (middle, high)
    return math.floor(low * 100) / 100


def _least(job: StreamJob, law: StageLaw, measure: Measure, most: float, top: int) -> int:
    """The fewest instances that suffice, or as many as there can be; more are never slower."""
    low, high = law.place.instances, top
    if measure(_with_instances(job, law, top)) > most:
        return top
    while high - low > 1:
        middle = (low + high) // 2
        enough = measure(_with_instances(job, law, middle)) <= most
        low, high = (low, middle) if enough else (middle, high)
    return high


def _append(job: StreamJob) -> float:
    """From a producer until an event can be read, s."""
    log = job.described.log
    kept = log.kafka or log.kinesis
    return kept.append if kept is not None else 0.0


def _with_waits(job: StreamJob, interval: float = 1.0, appended: float = 1.0) -> StreamJob:
    """With so much of the wait for batches or polls, and of that for the log."""
    gone = (1 - appended) * _append(job)
    places = [
        replace(
            law.place,
            interval=law.place.interval * interval,
            hold=max(0.0, law.place.hold - gone),
        )
        for law in job.highest
    ]
    laws = zip(job.highest, places, strict=True)
    changed = [replace(law, place=place) for law, place in laws]
    return replace(job, highest=with_bursts(changed, job.described))


def _with_instances(job: StreamJob, changed: StageLaw, count: int) -> StreamJob:
    law = StageLaw(replace(changed.place, instances=count), flow_with(job, changed, count))
    laws = [law if one is changed else one for one in job.highest]
    return replace(job, highest=with_bursts(laws, job.described))


def flow_with(job: StreamJob, law: StageLaw, count: int) -> StageFlow:
    """What comes to each of so many instances of a stage.

    Arguments:
        job: the stream.
        law: the stage as it is.
        count: instances.
    """
    stream, name, rate = job.described, law.flow.name, law.flow.rate
    if law.place.role == "log":
        partitions = count if stream.log.kafka is None else job.logs[name].partitions
        return log_flow(name, stream.sources[name], rate, partitions, count)
    given = {one.flow.name: one.flow.out for one in job.highest}
    step = stream.steps[name].model_copy(update={"instances": count})
    return step_flow(name, step, [given[one] for one in step.inputs], stream)


def more_nodes(job: StreamJob, law: StageLaw, count: int, site: Site) -> str:
    """The nodes that so many instances need, in words; empty where there are as many.

    Arguments:
        job: the stream.
        law: the stage.
        count: instances of it.
        site: that it runs on.
    """
    step = law.place.step
    if not isinstance(step, Operator):
        return ""
    mine = [one for one in job.described.operators.values() if one.nodes == step.nodes]
    wanted = math.fsum(one.instances * one.vcpus for one in mine)
    wanted += (count - step.instances) * step.vcpus
    group = site.groups[step.nodes]
    needed = math.ceil(wanted / group.hardware.vcpus * (1 - _LITTLE))
    there = group.described.count
    if needed <= there:
        return ""
    return f", with `nodes.{step.nodes}.count` of {needed:,}, instead of {there:,}, for their room"


def key_of(job: StreamJob, worst: StageLaw) -> str:
    """The key of the stack file that says how many instances a stage has.

    Arguments:
        job: the stream.
        worst: the stage.
    """
    name = worst.place.name
    if worst.place.role == "log":
        kafka = job.described.log.kafka
        if kafka is None:
            return "log.kinesis.shards"
        own = f"nodes.{kafka.nodes}.count"
        return own if kafka.brokers is None else "log.kafka.brokers.count"
    room = "sinks" if name in job.described.sinks else "operators"
    return f"{room}.{name}.instances"
