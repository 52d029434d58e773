"""What is wrong with a stream beyond its shape: names, circles, keys."""

from collections.abc import Iterator

from models.catalog.providers import CLOUDS
from models.description.stack import Stack
from models.parts.workloads.stream import Kafka, Operator, Stream
from models.parts.workloads.stream_flows import sources_of
from models.reading.check_names import reference
from models.reading.faults import Fault, PathInFile


def faults(name: str, stream: Stream, stack: Stack) -> Iterator[Fault]:
    """What is wrong with a stream.

    Arguments:
        name: of the workload.
        stream: the description.
        stack: that it belongs to.
    """
    path: PathInFile = ("workloads", name)
    yield from _log(path, stream, stack)
    yield from _twice(path, stream)
    unknown = list(_inputs(path, stream))
    yield from unknown
    for key, operator in stream.operators.items():
        where = (*path, "operators", key, "nodes")
        yield from reference(where, operator.nodes, stack.nodes, "node group")
    for key, sink in stream.sinks.items():
        if sink.store is not None:
            where = (*path, "sinks", key, "store")
            yield from reference(where, sink.store, stack.storage, "store")
            if not stream.operators:
                yield Fault(where, "is written by no node; name an operator that the sink takes")
    checkpoint = stream.checkpoint
    if checkpoint is not None and checkpoint.store is not None:
        where = (*path, "checkpoint", "store")
        yield from reference(where, checkpoint.store, stack.storage, "store")
        if not stream.operators:
            yield Fault(where, "is read by no node; a stream with state has operators")
    if not unknown:
        yield from _graph(path, stream)


def _log(path: PathInFile, stream: Stream, stack: Stack) -> Iterator[Fault]:
    kafka = stream.log.kafka
    if kafka is not None:
        yield from _brokers((*path, "log", "kafka"), stream, kafka, stack)
    elif stack.cloud in CLOUDS and CLOUDS[stack.cloud].shards is None:
        text = f"is not to be had on {CLOUDS[stack.cloud].title}"
        yield Fault((*path, "log", "kinesis"), text, "describe brokers with 'kafka'")
    elif stack.cloud not in CLOUDS:
        hint = "describe brokers with 'kafka'"
        yield Fault((*path, "log", "kinesis"), "is only for a cloud", hint)


def _brokers(path: PathInFile, stream: Stream, kafka: Kafka, stack: Stack) -> Iterator[Fault]:
    yield from reference((*path, "nodes"), kafka.nodes, stack.nodes, "node group")
    group = stack.nodes.get(kafka.nodes)
    if group is not None and kafka.replicas > group.count:
        text = f"is {kafka.replicas}, and {kafka.nodes} has {group.count} nodes, one a replica"
        yield Fault((*path, "replicas"), text)
    for key, source in stream.sources.items():
        if source.partition is not None and source.partition >= kafka.partitions:
            text = f"is {source.partition}; the topic has 0 to {kafka.partitions - 1}"
            yield Fault((*path[:-2], "sources", key, "partition"), text)
    if kafka.store is not None:
        yield from reference((*path, "store"), kafka.store, stack.storage, "store")
        store = stack.storage.get(kafka.store)
        if store is not None and getattr(store, "nodes", None) != kafka.nodes:
            text = f"'{kafka.store}' is not attached to the nodes of {kafka.nodes}"
            yield Fault((*path, "store"), text, "each broker has a volume of its own: kind block")


def _twice(path: PathInFile, stream: Stream) -> Iterator[Fault]:
    """One name, one thing: inputs tell them apart by it."""
    known: dict[str, str] = {}
    for room in ("sources", "operators", "sinks"):
        for key in getattr(stream, room):
            if key in known:
                yield Fault((*path, room, key), f"is the name of one of its {known[key]} too")
            known.setdefault(key, room)


def _inputs(path: PathInFile, stream: Stream) -> Iterator[Fault]:
    feeding = {**stream.sources, **stream.operators}
    for key, step in stream.steps.items():
        room = "sinks" if key in stream.sinks else "operators"
        where = (*path, room, key, "inputs")
        for one in step.inputs:
            yield from reference(where, one, feeding, "source or operator")
        if len(set(step.inputs)) < len(step.inputs):
            yield Fault(where, "names one twice")
        if len({one in stream.sources for one in step.inputs}) > 1:
            hint = "put an operator between the source and it"
            yield Fault(where, "mixes sources, which it reads, and operators, which send", hint)


def _graph(path: PathInFile, stream: Stream) -> Iterator[Fault]:
    """No circle, no end that is no sink, and keys where something asks for them."""
    circling = [one for one in stream.operators if one not in stream.order()]
    if circling:
        around = " -> ".join(_circle(circling, stream))
        text = f"events go round in a circle: {around}"
        yield Fault((*path, "operators", circling[0], "inputs"), text, "a stream has no loops")
        return
    for room in ("sources", "operators"):
        for key in getattr(stream, room):
            if not any(stream.feeds(key)):
                yield Fault((*path, room, key), "feeds nothing; name it in the inputs of a sink")
    for key, operator in stream.operators.items():
        yield from _keyed((*path, "operators", key), key, operator, stream)


def _circle(circling: list[str], stream: Stream) -> list[str]:
    way = [circling[0]]
    while True:
        before = next(one for one in stream.steps[way[-1]].inputs if one in circling)
        if before in way:
            return [before, *reversed(way[way.index(before) :])]
        way.append(before)


def _keyed(path: PathInFile, key: str, operator: Operator, stream: Stream) -> Iterator[Fault]:
    bare = [one for one in sources_of(key, stream) if stream.sources[one].keys is None]
    if operator.by_key and bare:
        text = f"goes by keys, and events of {bare[0]} have none"
        yield Fault((*path, "by_key"), text, f"give sources.{bare[0]}.keys")
