"""What relieves the bottleneck of a stream, with the key of the stack file and a figure."""

import math

from models.description.quantities import format_percent
from models.parts.site import Site
from models.parts.workloads.stream import MOST_INSTANCES
from models.parts.workloads.stream_job import StageLaw, StreamJob
from models.parts.workloads.stream_late import flow_with, key_of, more_nodes, sooner
from models.parts.workloads.stream_watermarks import later_watermark, sooner_watermark
from models.queueing.distributions import mean

_SKEWED = 1.2  # times the mean, from which on an instance is hot
_WORTH = 0.5  # of what more instances would add if all were even, from which on they are said
_TIMES, _TRIED = 4, 32  # as many instances at the most, and numbers of them that are tried


def remedy(job: StreamJob, site: Site) -> str:
    """What keeps to the latency, lag or loss that is wanted, or lets the busiest stage take more.

    How many instances do is reckoned with the keys and partitions that each of them would get: one
    more of 12 that read 24 partitions relieves hardly any.

    Arguments:
        job: the stream.
        site: that it runs on.
    """
    if not job.keeps_up:
        return _more(job, site)
    kept = sooner_watermark(job, site) or sooner(job, site) or later_watermark(job, site)
    return kept or _more(job, site)


def _more(job: StreamJob, site: Site) -> str:
    worst = job.bottleneck
    if worst.utilization == 0:
        return "nothing is near its limit"
    key, count = key_of(job, worst), worst.place.instances
    for more in _counts(job, worst):
        takes = _capacity(job, worst, more)
        even = (more - count) / mean(worst.place.service)
        if takes > worst.flow.rate and takes - worst.capacity >= _WORTH * even:
            instead = f"`{key}` of {more:,}, instead of {count:,}"
            instead += more_nodes(job, worst, more, site)
            return f"{instead}, lets it take {takes:,.5g} events/s"
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
    flow = flow_with(job, worst, count)
    return worst.flow.rate / (flow.largest * mean(worst.place.service))


def _partitions(job: StreamJob, name: str) -> int:
    return sum(job.logs[one].partitions for one in job.described.steps[name].inputs)
