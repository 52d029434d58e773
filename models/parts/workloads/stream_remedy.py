"""What relieves the bottleneck of a stream, with the key of the stack file and a figure."""

import math

from models.description.quantities import format_percent
from models.parts.workloads.stream_job import StageLaw, StreamJob
from models.queueing.distributions import mean

_SKEWED = 1.2  # times the mean, from which on an instance is hot


def remedy(job: StreamJob) -> str:
    """What lets the busiest stage take the highest load, or more.

    Arguments:
        job: the stream.
    """
    worst = job.bottleneck
    if worst.utilization == 0:
        return "nothing is near its limit"
    place = worst.place
    key = _key(job, worst)
    enough = math.floor(worst.flow.rate * mean(place.service)) + 1
    hot = worst.flow.largest / (worst.flow.rate / place.instances)
    if hot > _SKEWED and place.instances > 1:
        share = format_percent(worst.flow.largest / worst.flow.rate, 0)
        most = 1 / (worst.flow.largest / worst.flow.rate)
        text = (
            f"one of {place.instances:,} gets {share} of the events: spread its keys, such as by a"
            f" suffix; more of `{key}` move other keys alone"
        )
        return text if most < enough or hot > 2 else f"{text}; {enough:,} would do if all were even"
    if worst.overloaded:
        return f"`{key}` of {enough:,} at least, instead of {place.instances:,}"
    more = f"one more of `{key}` adds {1 / mean(place.service):,.4g} events/s"
    if place.role == "log" and job.described.log.kafka is not None:
        more = (
            f"one more node of `nodes.{place.place}` takes {1 / mean(place.service):,.4g} events/s"
        )
    if job.reads(place) and place.instances >= _partitions(job, place.name):
        more += "; it reads no more than its partitions, so more of these first"
    return more


def _partitions(job: StreamJob, name: str) -> int:
    return sum(job.logs[one].partitions for one in job.described.steps[name].inputs)


def _key(job: StreamJob, worst: StageLaw) -> str:
    name = worst.place.name
    if worst.place.role == "log":
        kafka = job.described.log.kafka
        return "log.kinesis.shards" if kafka is None else f"nodes.{kafka.nodes}.count"
    room = "sinks" if name in job.described.sinks else "operators"
    return f"{room}.{name}.instances"
