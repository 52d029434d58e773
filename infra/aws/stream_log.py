"""The log of a stream on AWS: shards of Kinesis, brokers of MSK, or those on nodes of the stack."""

from typing import Never

from infra.aws.msk_cluster import MskCluster, MskClusterArguments
from infra.aws.shards import Shards, ShardsArguments
from infra.aws.site import Site
from infra.builders import Builder, Place, Plan
from models.parts.workloads.stream import Operator, Stream
from models.parts.workloads.workload_kind import SolvedWorkload


def _plan(name: str, part: SolvedWorkload, place: Place) -> Plan[Site, Shards | MskCluster, Never]:
    stream: Stream = part.described
    stack, kafka, kinesis = place.stack.name, stream.log.kafka, stream.log.kinesis
    if kinesis is not None:
        sources = {
            source: ShardsArguments(stack, log.places, _readers(stream, source), kinesis.fan_out)
            for source, log in part.answer.logs.items()
        }
        return Plan(lambda site: Shards(name, sources))
    if kafka is None or kafka.brokers is None:
        return Plan()
    readers = {source: _readers(stream, source) for source in stream.sources}
    bought = kafka.brokers
    return Plan(
        lambda site: MskCluster(
            name, MskClusterArguments(stack, kafka, bought, site.network, readers)
        )
    )


def _readers(stream: Stream, source: str) -> frozenset[str]:
    steps = (stream.steps[one] for one in stream.feeds(source))
    return frozenset(one.nodes for one in steps if isinstance(one, Operator))


def _left(stream: Stream) -> str:
    log = "node groups and stores"
    if stream.log.kinesis is not None:
        log = "the shards of its log"
    elif stream.log.kafka is not None and stream.log.kafka.brokers is not None:
        log = "the brokers of its log"
    return (
        f"nothing starts a workload of kind '{stream.kind}' yet; {log} are built, and what runs on"
        " them is yours to start"
    )


BUILDER = Builder(_plan, left=_left)
