"""What is wrong with a stream beyond its shape: names, circles, keys."""

from collections.abc import Iterator

from models.catalog.providers import CLOUDS
from models.catalog.records import Catalog
from models.description.quantities import format_scaled
from models.description.stack import Stack
from models.laws.streaming.shards import LARGEST
from models.parts.workloads.stream import Operator, Stream
from models.parts.workloads.stream_brokers import broker_faults
from models.parts.workloads.stream_flows import sources_of
from models.reading.check_names import reference
from models.reading.faults import Fault, PathInFile


def faults(name: str, stream: Stream, stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    """What is wrong with a stream.

    Arguments:
        name: of the workload.
        stream: the description.
        stack: that it belongs to.
        catalog: the facts.
    """
    path: PathInFile = ("workloads", name)
    yield from _log(path, stream, stack, catalog)
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


def _log(path: PathInFile, stream: Stream, stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    kafka = stream.log.kafka
    if kafka is not None:
        yield from broker_faults((*path, "log", "kafka"), stream, kafka, stack, catalog)
    elif stack.cloud in CLOUDS and CLOUDS[stack.cloud].shards is None:
        text = f"is not to be had on {CLOUDS[stack.cloud].title}"
        yield Fault((*path, "log", "kinesis"), text, "describe brokers with 'kafka'")
    elif stack.cloud not in CLOUDS:
        hint = "describe brokers with 'kafka'"
        yield Fault((*path, "log", "kinesis"), "is only for a cloud", hint)
    if kafka is None:
        for name, source in stream.sources.items():
            if source.size > LARGEST:
                most = f"{LARGEST / 2.0**20:g} MiB"
                text = (
                    f"is {format_scaled(source.size, 'B')}; a record of Kinesis has at most {most}"
                )
                hint = "put what is larger into a store, and send where it is"
                yield Fault((*path, "sources", name, "size"), text, hint)


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
