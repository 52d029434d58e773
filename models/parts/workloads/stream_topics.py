"""The log of a stream as people ask for it: what is kept where, how full, how safe."""

import math

from models.description.quantities import YEAR
from models.laws.streaming.record_loss import lost_with_leaders, lost_with_unclean_elections
from models.laws.streaming.replicas import brokers_to_spare, partitions_lost
from models.parts.workloads.stream_job import StreamJob
from models.prediction.stream_answer import EventTopic


def topics(job: StreamJob) -> tuple[EventTopic, ...]:
    """The log of every source.

    Arguments:
        job: the stream.
    """
    kafka, found = job.described.log.kafka, []
    written = math.fsum(one.mean_rate * one.size for one in job.described.sources.values())
    for law, (name, log) in zip(job.highest, job.logs.items(), strict=False):
        source = job.described.sources[name]
        sent = source.mean_rate * source.size
        replicas = None if kafka is None else kafka.replicas
        lost = [
            None if replicas is None or down > log.places else lost_with(job, name, down)
            for down in (1, 2)
        ]
        found.append(
            EventTopic(
                source=name,
                kept_by="shards" if kafka is None else "brokers",
                partitions=log.partitions,
                places=log.places,
                needed=None if log.needed is None else log.needed.most,
                needed_by="" if log.needed is None else log.needed.limit,
                written=sent,
                read=sent * log.groups,
                hottest=float(law.flow.out.partitions.max()),
                utilization=law.utilization,
                limit=log.limit,
                producers=log.producers,
                consumers=log.consumers,
                links=log.links,
                links_without=log.links_without,
                replicas=replicas,
                lost_with_one_down=lost[0],
                lost_with_two_down=lost[1],
                to_spare=None if kafka is None else brokers_to_spare(kafka.replicas, kafka.in_sync),
                acknowledged_lost=lost_in_time(job, name),
                retained=None if job.retained is None else job.retained * sent / written,
            )
        )
    return tuple(found)


def lost_in_time(job: StreamJob, source: str) -> float | None:
    """Events of a source in a year that were acknowledged and are lost with brokers.

    The brokers' disks survive.

    None where it is not known: of what a service runs, or how far followers are behind.

    Arguments:
        job: the stream.
        source: its name.
    """
    kafka, broker = job.described.log.kafka, job.broker
    if kafka is None or broker is None:
        return None
    rate = job.described.sources[source].mean_rate
    lost = 0.0
    if kafka.acks == "leader":
        if kafka.follower_lag is None:
            return None
        lost += lost_with_leaders(rate, kafka.follower_lag, kafka.replicas, *broker)
    if kafka.unclean_election:
        lost += lost_with_unclean_elections(rate, kafka.replicas, kafka.in_sync, *broker)
    return lost * YEAR


def lost_with(job: StreamJob, source: str, down: int) -> int:
    """Partitions of a source that are lost with some brokers down.

    Arguments:
        job: a stream on brokers.
        source: its name.
        down: brokers.
    """
    log, kafka = job.logs[source], job.described.log.kafka
    assert kafka is not None  # the caller asks of brokers
    brokers = max(log.places, kafka.replicas)
    return partitions_lost(log.partitions, brokers, kafka.replicas, min(down, brokers))
