"""What relieves the bottleneck of a stream, with the key of the stack file and a figure."""

import math

from models.description.quantities import format_percent
from models.parts.workloads.stream import MOST_INSTANCES
from models.parts.workloads.stream_flows import log_flow, step_flow
from models.parts.workloads.stream_job import StageLaw, StreamJob
from models.queueing.distributions import mean

_SKEWED = 1.2  # times the mean, from which on an instance is hot
_WORTH = 0.5  # of what more instances would add if all were even, from which on they are said
_TIMES, _TRIED = 4, 32  # as many instances at the most, and numbers of them that are tried


def remedy(job: StreamJob) -> str:
    """What lets the busiest stage take the highest load, or more.

    How many instances do is reckoned with the keys and partitions that each of them would get: one
    more of 12 that read 24 partitions relieves hardly any.

    Arguments:
        job: the stream.
    """
    worst = job.bottleneck
    if worst.utilization == 0:
        return "nothing is near its limit"
    key, count = _key(job, worst), worst.place.instances
    for more in _counts(job, worst):
        takes = _capacity(job, worst, more)
        even = (more - count) / mean(worst.place.service)
        if takes > worst.flow.rate and takes - worst.capacity >= _WORTH * even:
            return f"`{key}` of {more:,}, instead of {count:,}, lets it take {takes:,.5g} events/s"
    share = format_percent(worst.flow.largest / worst.flow.rate, 0)
    fullest = f"one of {count:,} gets {share} of the events"
    if worst.flow.largest > _SKEWED * worst.flow.rate / count or count < _most(job, worst):
        other = f"more of `{key}` move other keys alone"
        return f"{fullest}: spread its keys, such as by a suffix; {other}"
    kind = "kinesis.shards" if job.described.log.kafka is None else "kafka.partitions"
    return f"{fullest}, a partition each: a higher `log.{kind}` first"


def _counts(job: StreamJob, worst: StageLaw) -> range:
    count, most = worst.place.instances, _most(job, worst)
    return range(count + 1, most + 1, max(1, (most - count) // _TRIED))


def _most(job: StreamJob, worst: StageLaw) -> int:
    """Instances that can help: those that read, or keep a log, have a partition or more."""
    needed = math.ceil(worst.flow.rate * mean(worst.place.service))
    most = min(_TIMES * max(worst.place.instances, needed), MOST_INSTANCES)
    if job.reads(worst.place):
        return min(most, _partitions(job, worst.place.name))
    if worst.place.role == "log" and job.described.log.kafka is not None:
        return min(most, job.logs[worst.flow.name].partitions)
    return most


def _capacity(job: StreamJob, worst: StageLaw, count: int) -> float:
    """Events/s that so many instances of a stage take."""
    stream, name, rate = job.described, worst.flow.name, worst.flow.rate
    if worst.place.role == "log":
        partitions = count if stream.log.kafka is None else job.logs[name].partitions
        flow = log_flow(name, stream.sources[name], rate, partitions, count)
    else:
        given = {one.flow.name: one.flow.out for one in job.highest}
        step = stream.steps[name].model_copy(update={"instances": count})
        flow = step_flow(name, step, [given[one] for one in step.inputs], stream)
    return rate / (flow.largest * mean(worst.place.service))


def _partitions(job: StreamJob, name: str) -> int:
    return sum(job.logs[one].partitions for one in job.described.steps[name].inputs)


def _key(job: StreamJob, worst: StageLaw) -> str:
    name = worst.place.name
    if worst.place.role == "log":
        kafka = job.described.log.kafka
        if kafka is None:
            return "log.kinesis.shards"
        own = f"nodes.{kafka.nodes}.count"
        return own if kafka.brokers is None else "log.kafka.brokers.count"
    room = "sinks" if name in job.described.sinks else "operators"
    return f"{room}.{name}.instances"
