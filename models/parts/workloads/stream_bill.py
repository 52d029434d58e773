"""What a stream is billed for beside nodes and stores: shards, brokers, bytes between zones."""

import math
from collections.abc import Iterator

from models.catalog.provider_record import Billed, Cloud
from models.catalog.providers import CLOUDS
from models.description.quantities import HOUR
from models.laws.streaming.shards import payload_units
from models.parts.billing import billed_line
from models.parts.site import Site
from models.parts.workloads.places_needed import in_turn
from models.parts.workloads.stream import Kafka, Operator, Stream
from models.parts.workloads.stream_brokers import broker_count, broker_lines
from models.parts.workloads.stream_job import StreamJob
from models.prediction import CostLine

_GB = 1e9
_BETWEEN = Billed("data-transfer", "cross-zone", "USD/GB")


def cost_lines(job: StreamJob, site: Site) -> Iterator[CostLine]:
    """Lines of the bill.

    Arguments:
        job: the stream.
        site: that it runs on.
    """
    sold_by, kafka = CLOUDS.get(site.stack.cloud), job.described.log.kafka
    if sold_by is None:
        return
    if kafka is None:
        yield from _shards(job, site, sold_by)
        return
    yield from broker_lines(job.name, kafka, site)
    if _spread(site):
        an_hour = math.fsum(_between_zones(job, kafka, name, site) for name in job.logs)
        if an_hour > 0:
            size = an_hour * sold_by.zone_crossings
            what = "log between zones"
            yield billed_line(job.name, what, size, "GB/h", _BETWEEN, site.stack, site.facts)


def _shards(job: StreamJob, site: Site, sold_by: Cloud) -> Iterator[CostLine]:
    kinesis = job.described.log.kinesis
    assert kinesis is not None  # the description demands one of the two
    for name, log in job.logs.items():
        source = job.described.sources[name]
        an_hour, resource = source.mean_rate * HOUR, f"{job.name} {name}"
        units = an_hour * payload_units(source.size) / 1e6
        quantities = [
            ("shards", float(log.places), "shards", sold_by.shards),
            ("PUT payload units", units, "million units/h", sold_by.put_units),
        ]
        if kinesis.fan_out:
            sent = an_hour * source.size * log.groups / _GB
            pairs, of = float(log.places * log.groups), sold_by.fan_out_shards
            quantities.append(("fan-out", pairs, "consumers and shards", of))
            quantities.append(("fan-out retrieval", sent, "GB/h", sold_by.fan_out_bytes))
        for item, quantity, unit, billed in quantities:
            yield billed_line(resource, item, quantity, unit, billed, site.stack, site.facts)


def _spread(site: Site) -> bool:
    """Nodes stand in several zones: beside other kinds some may have to stand together."""
    workloads = site.stack.workloads.values()
    return len(site.stack.zones) > 1 and all(isinstance(one, Stream) for one in workloads)


def _between_zones(job: StreamJob, kafka: Kafka, name: str, site: Site) -> float:
    """What brokers send each other and readers from zone to zone of a source, GB in an hour."""
    stream, zones = job.described, len(site.stack.zones)
    source, log = stream.sources[name], job.logs[name]
    brokers = broker_count(kafka, site.stack)
    leaders = [partition % brokers for partition in range(log.partitions)]
    copies = 0.0
    if kafka.service is None:  # a service does not bill what its brokers send each other
        copies = math.fsum(
            (leader % zones) != ((leader + further) % brokers % zones)
            for leader in leaders
            for further in range(1, kafka.replicas)
        ) / len(leaders)
    led = in_turn(brokers, zones)
    for reader in stream.feeds(name):
        step = stream.steps[reader]
        if isinstance(step, Operator):
            nodes = in_turn(site.groups[step.nodes].described.count, zones)
            same = sum(mine * theirs for mine, theirs in zip(led, nodes, strict=True))
            copies += 1 - same / (sum(led) * sum(nodes))
    return source.mean_rate * source.size * HOUR / _GB * copies
