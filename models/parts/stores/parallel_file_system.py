"""Parallel file systems on premises: servers with arrays of their own, and metadata servers."""

from dataclasses import dataclass, replace

from models.catalog.records import FailureRate
from models.description.stack import ParallelFileSystem, Stack
from models.laws.reliability.blocks import mttf_of_series
from models.laws.storage.striping import striped_bandwidth
from models.parts.facts import Facts
from models.parts.failure import Cause, Component
from models.parts.stores import disk_array
from models.parts.stores.disk_array import Rates
from models.parts.stores.store_speed import StoreSpeed, StoreState
from models.prediction import BlockResult, StoreDurability


@dataclass(frozen=True)
class Pairs(Component):
    """Pairs of servers, all of which must work, each with one server or both."""

    def result(self) -> BlockResult:
        """The block and its unavailability; no single server stops it."""
        return replace(super().result(), single_point=False)


def usable_size(store: ParallelFileSystem, stack: Stack, facts: Facts) -> float:
    """Usable capacity of all servers, bytes.

    Arguments:
        store: the file system.
        stack: that it belongs to.
        facts: the catalog.
    """
    return store.servers * disk_array.usable_size(store, facts)


def speed(
    store: ParallelFileSystem, stack: Stack, facts: Facts, clients: int, client_bandwidth: float
) -> StoreSpeed:
    """How fast nodes read and write files that are striped over the servers.

    Arguments:
        store: the file system.
        stack: that it belongs to.
        facts: the catalog.
        clients: nodes that use it at the same time.
        client_bandwidth: network bandwidth of one node, bytes/s.
    """
    return _speed(disk_array.whole(store, facts), store, facts, clients, client_bandwidth)


def states(
    store: ParallelFileSystem, stack: Stack, facts: Facts, clients: int, client_bandwidth: float
) -> tuple[StoreState, ...]:
    """How fast it is when whole, with a failed disk in a server, and when that is rebuilt.

    Stripes wait for the server with the failed disk.

    Arguments:
        store: the file system.
        stack: that it belongs to.
        facts: the catalog.
        clients: nodes that use it at the same time.
        client_bandwidth: network bandwidth of one node, bytes/s.
    """

    def behind(rates: Rates) -> StoreSpeed:
        return _speed(rates, store, facts, clients, client_bandwidth)

    return disk_array.states(store, facts, behind, store.servers)


def _speed(
    rates: Rates,
    store: ParallelFileSystem,
    facts: Facts,
    clients: int,
    client_bandwidth: float,
) -> StoreSpeed:
    latency = facts.disk(store.disk).seek_s
    if rates.read == 0:
        return StoreSpeed(0.0, 0.0, 0.0, latency, "lost data")

    def striped(disks: float) -> tuple[float, float]:
        """Bandwidth of all nodes, and of all servers, bytes/s."""
        server = min(disks, store.bandwidth)
        # A node reads one file at a time, from the servers that this file is striped over.
        files = striped_bandwidth(store.stripe_count or store.servers, server, 1, client_bandwidth)
        return striped_bandwidth(store.servers, server, clients, files), store.servers * server

    read, servers = striped(rates.read)
    write, _ = striped(rates.write)
    limit = f"{store.servers} servers" if read == servers else f"bandwidth of {clients} nodes"
    return StoreSpeed(read, write, store.servers * rates.requests, latency, limit)


def components(
    name: str, store: ParallelFileSystem, stack: Stack, facts: Facts
) -> tuple[Component, ...]:
    """How the file system fails: by a server, or a pair of them, its array, or its metadata.

    Arguments:
        name: of the store.
        store: the file system.
        stack: that it belongs to.
        facts: the catalog.
    """
    rate = facts.failure_rate("storage-server")
    metadata = Cause("metadata server", rate.mttf, rate.mttr)
    return (
        _servers(name, store, rate, disk_array.loss_cause(store, facts)),
        Component(
            f"{name} metadata", 1, store.metadata_servers, (metadata,), False, rate.component
        ),
    )


def _servers(name: str, store: ParallelFileSystem, rate: FailureRate, loss: Cause) -> Component:
    units, source = store.servers, f"{rate.component}, mttf of the disk"
    if not store.failover:
        causes = (Cause("server", rate.mttf, rate.mttr), loss)
        return Component(name, units, units, causes, False, source)
    from models.laws.reliability.redundant_systems import group_cycle  # imports numpy
    from models.laws.reliability.repairable import Repaired

    both = group_cycle(1, 2, Repaired.of_times(rate.mttf, rate.mttr))
    causes = (
        Cause("pair of servers", both.mean_up_time, both.mean_down_time),
        Cause(loss.name, mttf_of_series([loss.mttf] * 2), loss.mttr),
    )
    return Pairs(name, units // 2, units // 2, causes, False, source)


def durability(name: str, store: ParallelFileSystem, stack: Stack, facts: Facts) -> StoreDurability:
    """How safe the bytes of all servers are; metadata are taken to be kept as safely.

    Arguments:
        name: of the store.
        store: the file system.
        stack: that it belongs to.
        facts: the catalog.
    """
    return disk_array.durability(name, store, facts, store.servers)
