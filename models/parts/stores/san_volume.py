"""An array behind a storage network: a block volume of it on each node of a group."""

from models.description.stack import SanVolume, Stack
from models.laws.storage.disk import ServiceTime
from models.laws.storage.shared_link import storage_network
from models.parts.facts import Facts
from models.parts.failure import Cause, Component
from models.parts.stores import disk_array
from models.parts.stores.disk_array import Rates
from models.parts.stores.store_speed import StoreSpeed, StoreState, behind_link
from models.prediction import StoreDurability


def usable_size(store: SanVolume, stack: Stack, facts: Facts) -> float:
    """Usable capacity of the volume of one node, bytes.

    Arguments:
        store: the array.
        stack: that it belongs to.
        facts: the catalog.
    """
    return disk_array.usable_size(store, facts) / stack.nodes[store.nodes].count


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
    disks = f"{store.disks} disks"
    read, limit = behind_link(disks, rates.read, link.bandwidth, clients, client_bandwidth)
    write, _ = behind_link(disks, rates.write, link.bandwidth, clients, client_bandwidth)
    first_byte = ServiceTime(0.0, disk.seek_s, 0.0, 0.0, 0.0)
    latency = storage_network(first_byte, link.latency, 1, 0.0, link.bandwidth)
    return StoreSpeed(read, write, rates.requests, latency, limit)


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


def durability(name: str, store: SanVolume, stack: Stack, facts: Facts) -> StoreDurability:
    """How safe the bytes of the array are.

    Arguments:
        name: of the store.
        store: the array.
        stack: that it belongs to.
        facts: the catalog.
    """
    return disk_array.durability(name, store, facts)
