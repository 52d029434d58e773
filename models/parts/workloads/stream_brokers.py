"""Brokers that hold the topics of a stream: nodes of the stack, or those of a service."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from models.catalog.errors import UnknownName
from models.catalog.provider_record import Billed, BrokerService
from models.catalog.providers import CLOUDS
from models.catalog.records import Catalog
from models.description.quantities import format_scaled
from models.description.stack import Stack
from models.parts.billing import GIVEN, billed_line, monthly_line, whole_gib
from models.parts.site import Site
from models.parts.workloads.stream import BoughtBrokers, Kafka, Stream
from models.parts.workloads.workload_kind import Impossible
from models.prediction import CostLine
from models.reading.check_names import reference, unknown
from models.reading.faults import Fault, PathInFile


@dataclass(frozen=True)
class Brokers:
    """What keeps and sends events.

    Arguments:
        place: what they are, for people.
        count: how many there are.
        link: of each, one way, bytes/s.
        disk: what holds their events, for people; empty where that takes no time.
        written: bytes/s that the disks of one take.
    """

    place: str
    count: int
    link: float
    disk: str
    written: float


def brokers_of(kafka: Kafka, site: Site) -> Brokers:
    """The brokers of a log.

    Arguments:
        kafka: the description.
        site: that they are of.

    Raises:
        Impossible: their store can't be written.
    """
    if kafka.brokers is not None:
        return _bought(kafka.brokers, site)
    nodes = str(kafka.nodes)
    group = site.groups[nodes]
    count = group.described.count
    disk, written = "", math.inf
    if kafka.store is not None:
        disk, written = kafka.store, site.speed(kafka.store, nodes).write / count
        if written == 0:
            raise Impossible((("log", "kafka", "store"), f"'{kafka.store}' can't be written"))
    return Brokers(nodes, count, group.hardware.network_bandwidth, disk, written)


def _bought(described: BoughtBrokers, site: Site) -> Brokers:
    service = CLOUDS[site.stack.cloud].brokers
    assert service is not None  # faults ask for it
    machine = site.facts.instance(site.stack.cloud, service.machine(described.instance))
    written = min(service.volume_bandwidth, machine.block_storage_bandwidth or math.inf)
    title = f"brokers of {service.name.upper()}"
    return Brokers(title, described.count, machine.network_bandwidth, "volumes of brokers", written)


def broker_count(kafka: Kafka, stack: Stack) -> int:
    """How many brokers there are.

    Arguments:
        kafka: the description.
        stack: that it belongs to.
    """
    if kafka.brokers is not None:
        return kafka.brokers.count
    return stack.nodes[str(kafka.nodes)].count


def broker_faults(
    path: PathInFile, stream: Stream, kafka: Kafka, stack: Stack, catalog: Catalog
) -> Iterator[Fault]:
    """What is wrong with brokers: those that nobody has, replicas, partitions, disks.

    Arguments:
        path: of the log.
        stream: the description.
        kafka: its log.
        stack: that it belongs to.
        catalog: the facts.
    """
    if kafka.brokers is not None:
        yield from _service_faults(path, kafka, kafka.brokers, stack, catalog)
    else:
        yield from reference((*path, "nodes"), str(kafka.nodes), stack.nodes, "node group")
    if kafka.brokers is not None or kafka.nodes in stack.nodes:
        count = broker_count(kafka, stack)
        if kafka.replicas > count:
            owner = "the service" if kafka.nodes is None else kafka.nodes
            what = "brokers" if kafka.nodes is None else "nodes"
            text = f"is {kafka.replicas}, and {owner} has {count} {what}, one a replica"
            yield Fault((*path, "replicas"), text)
    for key, source in stream.sources.items():
        if source.partition is not None and source.partition >= kafka.partitions:
            text = f"is {source.partition}; the topic has 0 to {kafka.partitions - 1}"
            yield Fault((*path[:-2], "sources", key, "partition"), text)
    if kafka.store is not None:
        yield from reference((*path, "store"), kafka.store, stack.storage, "store")
        store = stack.storage.get(kafka.store)
        known = kafka.nodes in stack.nodes
        if known and store is not None and getattr(store, "nodes", None) != kafka.nodes:
            text = f"'{kafka.store}' is not attached to the nodes of {kafka.nodes}"
            yield Fault((*path, "store"), text, "each broker has a volume of its own: kind block")


def _service_faults(
    path: PathInFile, kafka: Kafka, bought: BoughtBrokers, stack: Stack, catalog: Catalog
) -> Iterator[Fault]:
    sold_by = CLOUDS.get(stack.cloud)
    if sold_by is None or sold_by.brokers is None or sold_by.brokers.name != kafka.service:
        offered = [one.title for one in CLOUDS.values() if _sells(one.brokers, kafka.service)]
        text = f"is a service of {' and '.join(offered)}, not of {stack.cloud}"
        yield Fault((*path, "service"), text, "name the `nodes` of your own brokers instead")
        return
    service, where = sold_by.brokers, (*path, "brokers")
    if not bought.instance.startswith(service.prefix):
        hint = f"did you mean '{service.prefix}{bought.instance}'?"
        yield Fault((*where, "instance"), f"'{bought.instance}' is no broker of it", hint)
    else:
        try:
            catalog.instance(stack.cloud, service.machine(bought.instance))
        except UnknownName as error:
            near = tuple(f"{service.prefix}{one}" for one in error.choices)
            named = UnknownName("broker", bought.instance, near)
            yield unknown((*where, "instance"), named)
    zones = len(stack.zones)
    if zones not in service.zones:
        few, many = service.zones
        text = f"stand in {few} or {many} zones; the stack has {zones}"
        yield Fault(where, text, "say `zones`")
    elif bought.count % zones:
        text = f"is {bought.count}, and each of {zones} zones has as many brokers"
        yield Fault((*where, "count"), text)
    if not service.least_volume <= whole_gib(bought.size) <= service.most_volume:
        least, most = (f"{one / 2.0**30:,.0f} GiB" for one in _volumes(service))
        yield Fault((*where, "size"), f"must be from {least} to {most}")


def _sells(service: BrokerService | None, name: str | None) -> bool:
    return service is not None and service.name == name


def _volumes(service: BrokerService) -> tuple[float, float]:
    return service.least_volume, service.most_volume


def fits(kafka: Kafka, kept: float) -> None:
    """Whether bought brokers have room for what they keep.

    Arguments:
        kafka: the description.
        kept: bytes of all brokers, replicas included.

    Raises:
        Impossible: they have not.
    """
    bought = kafka.brokers
    if bought is not None and kept > bought.count * bought.size:
        has = format_scaled(bought.count * bought.size, "B")
        text = f"{bought.count} of them have {has}, but {format_scaled(kept, 'B')} are kept there"
        raise Impossible((("log", "kafka", "brokers"), f"{text} (retention and replicas)"))


def broker_lines(name: str, kafka: Kafka, site: Site) -> Iterator[CostLine]:
    """What a service bills for brokers and their volumes.

    Arguments:
        name: of the workload.
        kafka: its log.
        site: that it runs on.
    """
    bought = kafka.brokers
    if bought is None:
        return
    stack, facts = site.stack, site.facts
    service = CLOUDS[stack.cloud].brokers
    assert service is not None  # faults ask for it
    resource, item = f"{name} log", f"broker, {bought.instance}"
    if bought.price is not None:
        yield CostLine(resource, item, bought.count, "brokers", bought.price, False, None, GIVEN)
    else:
        billed = Billed(service.name, bought.instance, "USD/h")
        yield billed_line(resource, item, bought.count, "brokers", billed, stack, facts)
    size = bought.count * whole_gib(bought.size)
    yield monthly_line(resource, stack, facts, service.name, service.storage, size)
