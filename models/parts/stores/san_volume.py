"""An array behind a storage network: a block volume of it on each node of a group."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from models.catalog.errors import UnknownName
from models.catalog.records import Catalog
from models.description.fields import CatalogName, Name
from models.description.stack import Stack
from models.laws.storage.disk import ServiceTime
from models.laws.storage.shared_link import storage_network
from models.parts.facts import Facts
from models.parts.failure import Cause, Component
from models.parts.stores import disk_array
from models.parts.stores.described_disks import Array, array_in_words, disks_power
from models.parts.stores.disk_array import Rates
from models.parts.stores.store_kind import Reach, StoreKind
from models.parts.stores.store_speed import (
    MORE_DISKS,
    Limit,
    StoreSpeed,
    StoreState,
    behind_link,
)
from models.parts.use import Use
from models.prediction import StoreDurability
from models.reading.check_names import reference, unknown
from models.reading.faults import Fault, PathInFile


class SanVolume(Array):
    """An array behind a storage network (SAN), cut into one volume for each node of a group."""

    kind: Literal["san"]
    nodes: Name = Field(description="the node group that the volumes are attached to")
    link: CatalogName = Field(
        description="the link of the catalog to the array, shared, with the latency of its hop"
    )


def usable_size(store: SanVolume, stack: Stack, facts: Facts) -> float:
    """Usable capacity of the volume of one node, bytes.

    Arguments:
        store: the array.
        stack: that it belongs to.
        facts: the catalog.
    """
    return disk_array.usable_size(store, facts) / stack.nodes[store.nodes].count


def billed_size(store: SanVolume, stack: Stack, facts: Facts) -> float:
    """Usable capacity of the array, bytes.

    Arguments:
        store: the array and its volumes.
        stack: that it belongs to.
        facts: the catalog.
    """
    return disk_array.usable_size(store, facts)


def speed(
    store: SanVolume, stack: Stack, facts: Facts, clients: int, client_bandwidth: float
) -> StoreSpeed:
    """How fast nodes read and write their volumes, all over the link of the array.

    Arguments:
        store: the array.
        stack: that it belongs to.
        facts: the catalog.
        clients: nodes that use theirs at the same time.
        client_bandwidth: network bandwidth of one node, bytes/s.
    """
    return _speed(disk_array.whole(store, facts), store, facts, clients, client_bandwidth)


def states(
    store: SanVolume, stack: Stack, facts: Facts, clients: int, client_bandwidth: float
) -> tuple[StoreState, ...]:
    """How fast the volumes are when the array is whole, has a failed disk, and rebuilds one.

    Arguments:
        store: the array.
        stack: that it belongs to.
        facts: the catalog.
        clients: nodes that use theirs at the same time.
        client_bandwidth: network bandwidth of one node, bytes/s.
    """

    def behind(rates: Rates) -> StoreSpeed:
        return _speed(rates, store, facts, clients, client_bandwidth)

    return disk_array.states(store, facts, behind)


def _speed(
    rates: Rates, store: SanVolume, facts: Facts, clients: int, client_bandwidth: float
) -> StoreSpeed:
    link, disk = facts.link(store.link), facts.disk(store.disk)
    disks = Limit(f"{store.disks} disks", MORE_DISKS)
    served = (link.bandwidth, clients, client_bandwidth, "a faster `link`")
    read, limit = behind_link(disks, rates.read, *served)
    write, _ = behind_link(disks, rates.write, *served)
    first_byte = ServiceTime(0.0, disk.seek_s, 0.0, 0.0, 0.0)
    latency = storage_network(first_byte, link.latency, 1, 0.0, link.bandwidth)
    return StoreSpeed(read, write, rates.requests, latency, limit.what, relief=limit.relief)


def components(name: str, store: SanVolume, stack: Stack, facts: Facts) -> tuple[Component, ...]:
    """How the volumes fail: by the array's server and disks, and by the storage network's switch.

    Arguments:
        name: of the store.
        store: the array.
        stack: that it belongs to.
        facts: the catalog.
    """
    server = facts.failure_rate("storage-server")
    switch = facts.failure_rate("top-of-rack-switch")
    causes = (
        Cause("server", server.mttf, server.mttr),
        Cause("storage network", switch.mttf, switch.mttr),
        disk_array.loss_cause(store, facts),
    )
    source = "storage-server, top-of-rack-switch, mttf of the disk"
    return (Component(name, 1, 1, causes, False, source),)


def durability(
    name: str, store: SanVolume, uses: tuple[Use, ...], stack: Stack, facts: Facts
) -> StoreDurability:
    """How safe the bytes of the array are.

    Arguments:
        name: of the store.
        store: the array.
        uses: of all workloads.
        stack: that it belongs to.
        facts: the catalog.
    """
    return disk_array.durability(name, store, facts)


def faults(path: PathInFile, store: SanVolume, stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    """Faults of the array, of its nodes and of its link.

    Arguments:
        path: of the store.
        store: the array.
        stack: that it belongs to.
        catalog: the facts that its names refer to.
    """
    yield from reference((*path, "nodes"), store.nodes, stack.nodes, "node group")
    yield from disk_array.faults(path, store, stack, catalog)
    if store.link not in catalog.links:
        yield unknown((*path, "link"), UnknownName("link", store.link, tuple(catalog.links)))


def power(store: SanVolume, stack: Stack, facts: Facts) -> float:
    """What its disks and servers draw, W.

    Arguments:
        store: its description.
        stack: that it belongs to.
        facts: the catalog.
    """
    return disks_power(store.disks, store.disk, 1, facts)


def made_of(store: SanVolume) -> str:
    """What it is made of, in words.

    Arguments:
        store: its description.
    """
    array = array_in_words(store)
    return f"{array}, a volume for each node of {store.nodes} over {store.link}"


KIND = StoreKind(
    description=SanVolume,
    title="SAN",
    reach=Reach.ATTACHED,
    made_of=made_of,
    faults=faults,
    usable_size=usable_size,
    speed=speed,
    components=components,
    durability=durability,
    states=states,
    power=power,
    size_key="disks",
    billed_size=billed_size,
)
