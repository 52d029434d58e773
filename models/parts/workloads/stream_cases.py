"""A stream with something down, by the laws."""

import math

from models.parts.site import Site
from models.parts.workloads.solve_stream import worker_groups
from models.parts.workloads.stream_brokers import brokers_of
from models.parts.workloads.stream_job import StageLaw, StreamJob
from models.parts.workloads.stream_topics import lost_with
from models.prediction.stream_answer import StreamCase

_LITTLE = 1e-9  # of a load, for sums that are not exact


def cases(job: StreamJob, site: Site) -> tuple[StreamCase, ...]:
    """One node of each group down, whose work the others take over.

    Arguments:
        job: the stream.
        site: that it runs on.
    """
    kafka, found = job.described.log.kafka, []
    if kafka is not None:
        brokers = brokers_of(kafka, site)
        laws = [law for law in job.highest if law.place.role == "log"]
        lost = sum(lost_with(job, name, 1) for name in job.logs)
        what = "one of the " if kafka.nodes is None else "one broker of "
        found.append(_case(job, f"{what}{brokers.place}", laws, brokers.count, lost))
    for group in worker_groups(job.described):
        count = site.groups[group].described.count
        laws = [law for law in job.highest if law.place.place == group and law.place.step]
        found.append(_case(job, f"one node of {group}", laws, count, 0))
    return tuple(found)


def _case(job: StreamJob, what: str, laws: list[StageLaw], count: int, lost: int) -> StreamCase:
    if count == 1:
        return StreamCase(what, math.inf, lost, job.highest_rate)
    more = count / (count - 1)
    busiest = max(laws, key=lambda law: law.utilization)
    busy = busiest.utilization * more
    if busy == 0:
        return StreamCase(what, 0.0, lost, 0.0)
    taken = float((busiest.flow.rates / (busiest.busy * more).clip(min=1.0)).sum())
    grows = (1 - taken / busiest.flow.rate) * job.highest_rate
    return StreamCase(what, busy, lost, grows if busy > 1 + _LITTLE else 0.0)
