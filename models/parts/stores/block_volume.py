"""Network block volumes, one on each node of a group."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from models.catalog.records import Catalog
from models.description.fields import CatalogName, Name
from models.description.quantities import format_scaled
from models.description.stack import Stack
from models.parts.billing import monthly_line, whole_gib
from models.parts.facts import Facts
from models.parts.failure import Component
from models.parts.stores import published
from models.parts.stores import store_speed as speeds
from models.parts.stores.described_service import SizedStore, service_faults
from models.parts.stores.store_kind import StoreKind
from models.parts.stores.store_speed import StoreSpeed
from models.parts.use import Use
from models.prediction import CostLine, StoreDurability
from models.reading.check_names import reference
from models.reading.faults import Fault, PathInFile


class BlockVolume(SizedStore):
    """A network block volume on each node of a group."""

    kind: Literal["block"]
    service: CatalogName = Field(description="a storage service of the catalog")
    nodes: Name = Field(description="the node group that it is attached to, one volume a node")


def usable_size(store: BlockVolume, stack: Stack, facts: Facts) -> float:
    """Usable capacity of one node's volume, bytes.

    Arguments:
        store: the volume of one node.
        stack: that it belongs to.
        facts: the catalog.
    """
    return store.size


def speed(
    store: BlockVolume, stack: Stack, facts: Facts, clients: int, client_bandwidth: float
) -> StoreSpeed:
    """How fast nodes read and write their volumes: each has its own, so that bandwidths add.

    Arguments:
        store: the volume of one node.
        stack: that it belongs to.
        facts: the catalog.
        clients: nodes that use theirs at the same time.
        client_bandwidth: network bandwidth of one node, bytes/s.
    """
    service = facts.storage_service(stack.cloud, store.service)
    one = speeds.of_service(service, store.size, 1, client_bandwidth)
    return StoreSpeed(
        one.read * clients, one.write * clients, one.requests * clients, one.latency, one.limit
    )


def components(name: str, store: BlockVolume, stack: Stack, facts: Facts) -> tuple[Component, ...]:
    """How the volumes fail: every node needs its own.

    Arguments:
        name: of the store.
        store: the volume of one node.
        stack: that it belongs to.
        facts: the catalog.
    """
    one = speeds.service_component(name, facts.storage_service(stack.cloud, store.service), facts)
    units = stack.nodes[store.nodes].count
    return (Component(name, units, units, one.causes, False, one.source),)


def durability(
    name: str, store: BlockVolume, uses: tuple[Use, ...], stack: Stack, facts: Facts
) -> StoreDurability | None:
    """How safe the volumes of all nodes are; None where nothing is published.

    Arguments:
        name: of the store.
        store: the volume of one node.
        uses: of all workloads.
        stack: that it belongs to.
        facts: the catalog.
    """
    service = facts.storage_service(stack.cloud, store.service)
    return published.of_volumes(name, service, store.size, stack.nodes[store.nodes].count)


def billed_size(store: BlockVolume, stack: Stack, facts: Facts) -> float:
    """Capacity of the volumes of all nodes as it is billed, bytes.

    Arguments:
        store: the volume of one node.
        stack: that it belongs to.
        facts: the catalog.
    """
    group = stack.nodes[store.nodes]
    return whole_gib(store.size) * (group.count + group.spares)


def cost_lines(name: str, store: BlockVolume, stack: Stack, facts: Facts) -> tuple[CostLine, ...]:
    """What the volumes of all nodes cost.

    Arguments:
        name: of the store.
        store: the volume of one node.
        stack: that it belongs to.
        facts: the catalog.
    """
    size = billed_size(store, stack, facts)
    billed_as = facts.storage_service(stack.cloud, store.service).billed_as
    return (monthly_line(name, stack, facts, billed_as, store.service, size),)


def faults(path: PathInFile, store: BlockVolume, stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    """Faults of a volume: of its nodes, its service, or a size that is not sold.

    Arguments:
        path: of the store.
        store: the volume of one node.
        stack: that it belongs to.
        catalog: the facts that its names refer to.
    """
    yield from reference((*path, "nodes"), store.nodes, stack.nodes, "node group")
    yield from service_faults(path, store.service, ("block",), stack, catalog)
    service = catalog.storage_services.get((stack.cloud, store.service))
    if service and store.size < service.minimum_capacity:
        least = format_scaled(service.minimum_capacity, "B")
        yield Fault((*path, "size"), f"must be at least {least} for {store.service}")


def made_of(store: BlockVolume) -> str:
    """What the volumes are made of, in words.

    Arguments:
        store: the volume of one node.
    """
    return f"{store.service}, one on each node of {store.nodes}"


KIND = StoreKind(
    description=BlockVolume,
    title="block volume",
    reach="attached",
    made_of=made_of,
    faults=faults,
    usable_size=usable_size,
    speed=speed,
    components=components,
    durability=durability,
    billed_size=billed_size,
    cost_lines=cost_lines,
)
