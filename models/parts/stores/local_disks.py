"""Disks inside the nodes of a group: no network in between, and lost with their node."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from models.catalog.records import Catalog
from models.description.fields import Name
from models.description.quantities import YEAR, format_count, format_duration
from models.description.stack import Stack
from models.laws.reliability.blocks import mttf_of_series
from models.laws.storage.shared_link import direct_attached
from models.parts import node_failures
from models.parts.facts import Facts
from models.parts.failure import Component
from models.parts.stores import disk_array
from models.parts.stores.described_disks import Array, Disks, Level, array_in_words, disks_power
from models.parts.stores.disk_array import Rates
from models.parts.stores.store_kind import Reach, StoreKind
from models.parts.stores.store_speed import StoreSpeed, StoreState
from models.parts.use import Use
from models.prediction import StoreDurability
from models.reading.check_names import reference
from models.reading.faults import Fault, PathInFile


class LocalDisks(Array):
    """Disks inside each node of a group (DAS): an array a node, lost with its node."""

    kind: Literal["local"]
    disks: Disks = Field(description="how many disks each node has")
    level: Level = Field("0", description="RAID level of the disks of one node, or a code")
    nodes: Name = Field(description="the node group whose nodes have them")


def usable_size(store: LocalDisks, stack: Stack, facts: Facts) -> float:
    """Usable capacity in one node, bytes.

    Arguments:
        store: the disks of one node.
        stack: that it belongs to.
        facts: the catalog.
    """
    return disk_array.usable_size(store, facts)


def speed(
    store: LocalDisks, stack: Stack, facts: Facts, clients: int, client_bandwidth: float
) -> StoreSpeed:
    """How fast nodes read and write their own disks: bandwidths add, and no network limits them.

    Arguments:
        store: the disks of one node.
        stack: that it belongs to.
        facts: the catalog.
        clients: nodes that use theirs at the same time.
        client_bandwidth: network bandwidth of one node, bytes/s.
    """
    return _speed(disk_array.whole(store, facts), store, facts, clients)


def states(
    store: LocalDisks, stack: Stack, facts: Facts, clients: int, client_bandwidth: float
) -> tuple[StoreState, ...]:
    """How fast the disks are when whole, with a failed one in a node, and when it is rebuilt.

    All nodes wait for the one with the failed disk: load is spread over them evenly.

    Arguments:
        store: the disks of one node.
        stack: that it belongs to.
        facts: the catalog.
        clients: nodes that use theirs at the same time.
        client_bandwidth: network bandwidth of one node, bytes/s.
    """

    def summed(rates: Rates) -> StoreSpeed:
        return _speed(rates, store, facts, clients)

    return disk_array.states(store, facts, summed, stack.nodes[store.nodes].count)


def _speed(rates: Rates, store: LocalDisks, facts: Facts, clients: int) -> StoreSpeed:
    latency = facts.disk(store.disk).seek_s
    if rates.read == 0:
        return StoreSpeed(0.0, 0.0, 0.0, latency, "lost data")
    read, write = direct_attached(clients, rates.read), direct_attached(clients, rates.write)
    disks = "1 disk" if store.disks == 1 else f"{store.disks} disks"
    limit = f"{disks} in each of {format_count(clients, 'nodes')}"
    return StoreSpeed(read, write, clients * rates.requests, latency, limit)


def components(name: str, store: LocalDisks, stack: Stack, facts: Facts) -> tuple[Component, ...]:
    """How the disks fail, beside their nodes, whose failures are the group's.

    The work of a node whose array is lost is interrupted, and a spare node takes over.

    Arguments:
        name: of the store.
        store: the disks of one node.
        stack: that it belongs to.
        facts: the catalog.
    """
    group = stack.nodes[store.nodes]
    units = group.count + group.spares
    loss = disk_array.loss_cause(store, facts)
    return (Component(name, group.count, units, (loss,), True, "mttf of the disk"),)


def durability(
    name: str, store: LocalDisks, uses: tuple[Use, ...], stack: Stack, facts: Facts
) -> StoreDurability:
    """How safe bytes are that no other node holds: lost with the node or its array.

    Arguments:
        name: of the store.
        store: the disks of one node.
        uses: of all workloads.
        stack: that it belongs to.
        facts: the catalog.
    """
    from models.laws.storage.data_loss import DiskGroup, mds_data_loss  # imports numpy

    group = stack.nodes[store.nodes]
    node = node_failures.component(store.nodes, group, stack, facts)
    array, size = disk_array.loss_cause(store, facts), disk_array.usable_size(store, facts)
    mttf = mttf_of_series([node.mttf, array.mttf])
    loss = mds_data_loss(DiskGroup(1, 0, mttf, array.mttr, size, "serial"), YEAR, group.count)
    law = (
        f"lost with its node, every {format_duration(node.mttf)}, or the array in it, every"
        f" {format_duration(array.mttf)}; stage data from elsewhere"
    )
    # An array's loss has no constant rate, but where one failed disk is all it takes.
    tolerant = disk_array.layout(store).tolerated > 0
    return StoreDurability(
        name,
        loss.usable_bytes,
        loss.loss_probability,
        loss.expected_bytes_lost,
        loss.mttdl,
        law,
        "approximation" if tolerant else loss.method,
    )


def faults(path: PathInFile, store: LocalDisks, stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    """Faults of the array of a node and of the name of the nodes.

    Arguments:
        path: of the store.
        store: the disks of one node.
        stack: that it belongs to.
        catalog: the facts that its names refer to.
    """
    yield from reference((*path, "nodes"), store.nodes, stack.nodes, "node group")
    yield from disk_array.faults(path, store, stack, catalog)


def power(store: LocalDisks, stack: Stack, facts: Facts) -> float:
    """What its disks and servers draw, W.

    Arguments:
        store: its description.
        stack: that it belongs to.
        facts: the catalog.
    """
    group = stack.nodes[store.nodes]
    return disks_power((group.count + group.spares) * store.disks, store.disk, 0, facts)


def made_of(store: LocalDisks) -> str:
    """What it is made of, in words.

    Arguments:
        store: its description.
    """
    return f"{array_in_words(store)} in each node of {store.nodes}"


KIND = StoreKind(
    description=LocalDisks,
    title="disks in the nodes",
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
    in_nodes=True,
)
