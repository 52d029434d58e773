"""Disks inside the nodes of a group: no network in between, and lost with their node."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from models.catalog.records import Catalog, Disk
from models.description.fields import CatalogName, Name, Positive
from models.description.quantities import (
    YEAR,
    Bandwidth,
    StorePrice,
    format_count,
    format_duration,
)
from models.description.raid_levels import Level
from models.description.stack import Stack
from models.laws.reliability.blocks import mttf_of_series
from models.laws.storage.shared_link import direct_attached
from models.parts import node_failures
from models.parts.facts import Facts
from models.parts.failure import Component
from models.parts.place import provider_of
from models.parts.stores import disk_array, instance_disks
from models.parts.stores.described_disks import Array, Disks, array_in_words, disks_power
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
    disk: CatalogName = Field(
        "", description="a disk of the catalog; none in a cloud, where they are the instance's own"
    )
    disks: Disks = Field(0, description="how many disks each node has; none in a cloud")
    read: Annotated[Bandwidth, Positive] | None = Field(
        None, description="bandwidth of reads of an instance's own disks, over the catalog's"
    )
    write: Annotated[Bandwidth, Positive] | None = Field(
        None, description="bandwidth of writes of an instance's own disks, over the catalog's"
    )
    level: Level = Field("0", description="RAID level of the disks of one node, or a code")
    nodes: Name = Field(description="the node group whose nodes have them")
    price: StorePrice | None = Field(
        None,
        description="price by size, or of all of it by time; without one, the price of the nodes"
        " has them in it",
    )


class InstanceDisks(LocalDisks):
    """The local disks of an instance, with what the catalog knows of them."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    one: Disk

    def hardware(self, facts: Facts) -> Disk:
        """What one of the disks is.

        Arguments:
            facts: the catalog.
        """
        return self.one


def _known(store: LocalDisks, stack: Stack, facts: Facts) -> LocalDisks:
    """The disks with what is known of them: in a cloud, those of the instance."""
    if provider_of(stack).owned:
        return store
    group = stack.nodes[store.nodes]
    count, one = instance_disks.of_instance(group, stack.cloud, facts, store.read, store.write)
    known = {**dict(store), "disks": count, "disk": one.name, "one": one}
    return InstanceDisks.model_construct(**known)


def usable_size(store: LocalDisks, stack: Stack, facts: Facts) -> float:
    """Usable capacity in one node, bytes.

    Arguments:
        store: the disks of one node.
        stack: that it belongs to.
        facts: the catalog.
    """
    return disk_array.usable_size(_known(store, stack, facts), facts)


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
    known = _known(store, stack, facts)
    return _speed(disk_array.whole(known, facts), known, facts, clients)


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
    known = _known(store, stack, facts)

    def summed(rates: Rates) -> StoreSpeed:
        return _speed(rates, known, facts, clients)

    return disk_array.states(known, facts, summed, stack.nodes[store.nodes].count)


def _speed(rates: Rates, store: LocalDisks, facts: Facts, clients: int) -> StoreSpeed:
    latency = store.hardware(facts).seek_s
    if rates.read == 0:
        return StoreSpeed(0.0, 0.0, 0.0, latency, "lost data")
    read, write = direct_attached(clients, rates.read), direct_attached(clients, rates.write)
    disks = "1 disk" if store.disks == 1 else f"{store.disks} disks"
    limit = f"{disks} in each of {format_count(clients, 'nodes')}"
    relief = "more `disks` in each node, faster ones, or a higher `count` of nodes"
    if isinstance(store, InstanceDisks):
        relief = "another `instance`, with faster local disks, or a higher `count` of nodes"
    requests = clients * rates.requests
    return StoreSpeed(read, write, requests, latency, limit, relief=relief)


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
    loss = disk_array.loss_cause(_known(store, stack, facts), facts)
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
    known = _known(store, stack, facts)
    array, size = disk_array.loss_cause(known, facts), disk_array.usable_size(known, facts)
    mttf = mttf_of_series([node.mttf, array.mttf])
    loss = mds_data_loss(DiskGroup(1, 0, mttf, array.mttr, size, "serial"), YEAR, group.count)
    law = (
        f"lost with its node{_stopped(stack)}, every {format_duration(node.mttf)}, or the array in"
        f" it, every"
        f" {format_duration(array.mttf)}; stage data from elsewhere"
    )
    # An array's loss has no constant rate, but where one failed disk is all it takes.
    tolerant = disk_array.layout(known).tolerated > 0
    return StoreDurability(
        name,
        loss.usable_bytes,
        loss.loss_probability,
        loss.expected_bytes_lost,
        loss.mttdl,
        law,
        "approximation" if tolerant else loss.method,
    )


def _stopped(stack: Stack) -> str:
    return "" if provider_of(stack).owned else " (failed, reclaimed or stopped)"


def faults(path: PathInFile, store: LocalDisks, stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    """Faults of the array of a node and of the name of the nodes.

    Arguments:
        path: of the store.
        store: the disks of one node.
        stack: that it belongs to.
        catalog: the facts that its names refer to.
    """
    yield from reference((*path, "nodes"), store.nodes, stack.nodes, "node group")
    owned = provider_of(stack).owned
    for key in ("disk", "disks"):
        given = bool(getattr(store, key))
        if owned and not given:
            yield Fault((*path, key), "is missing; name the disks of the nodes")
        elif given and not owned:
            hint = "leave it out: the disks are the instance's own"
            yield Fault((*path, key), "is only for on premises", hint)
    for key in ("read", "write"):
        if owned and getattr(store, key) is not None:
            yield Fault((*path, key), "is only for a cloud; on premises a disk has its rates")
    if owned and store.disk and store.disks:
        yield from disk_array.faults(path, store, stack, catalog)
    elif not owned and store.nodes in stack.nodes:
        yield from _of_instance(path, store, stack, catalog)


def _of_instance(
    path: PathInFile, store: LocalDisks, stack: Stack, catalog: Catalog
) -> Iterator[Fault]:
    """Faults of an instance's own disks: there are none, or no such array can be made of them."""
    name = stack.nodes[store.nodes].instance
    if name is None or (stack.cloud, name) not in catalog.instances:
        return  # told where it is named
    try:
        known = _known(store, stack, Facts(catalog))
    except ValueError as error:
        yield Fault((*path, "nodes"), str(error))
        return
    try:
        disk_array.layout(known)
    except ValueError as error:
        yield Fault((*path, "level"), str(error))


def power(store: LocalDisks, stack: Stack, facts: Facts) -> float:
    """What its disks and servers draw, W.

    Arguments:
        store: its description.
        stack: that it belongs to.
        facts: the catalog.
    """
    if not provider_of(stack).owned:
        return 0.0  # in what the instance draws
    group = stack.nodes[store.nodes]
    return disks_power((group.count + group.spares) * store.disks, store.disk, 0, facts)


def made_of(store: LocalDisks) -> str:
    """What it is made of, in words.

    Arguments:
        store: its description.
    """
    if not store.disk:
        level = "" if store.level == "0" else f" as RAID {store.level}"
        return f"the local disks{level} of each node of {store.nodes}"
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
