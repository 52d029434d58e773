"""RAID of named disks in a server, on premises."""

from typing import Annotated, Literal

from pydantic import Field

from models.description.fields import Positive
from models.description.quantities import Bandwidth
from models.description.stack import Stack
from models.parts.facts import Facts
from models.parts.failure import Cause, Component
from models.parts.stores import disk_array
from models.parts.stores.described_disks import Array, array_in_words, disks_power, link_in_words
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


class RaidVolume(Array):
    """A RAID of named disks in a server, on premises."""

    kind: Literal["raid"]
    bandwidth: Annotated[Bandwidth, Positive] = Field(
        description="bandwidth of the server's network link"
    )


def usable_size(store: RaidVolume, stack: Stack, facts: Facts) -> float:
    """Usable capacity, bytes.

    Arguments:
        store: the array.
        stack: that it belongs to.
        facts: the catalog.
    """
    return disk_array.usable_size(store, facts)


def speed(
    store: RaidVolume, stack: Stack, facts: Facts, clients: int, client_bandwidth: float
) -> StoreSpeed:
    """How fast nodes read and write the array over its server's link.

    Arguments:
        store: the array.
        stack: that it belongs to.
        facts: the catalog.
        clients: nodes that use it at the same time.
        client_bandwidth: network bandwidth of one node, bytes/s.
    """
    return _speed(disk_array.whole(store, facts), store, facts, clients, client_bandwidth)


def states(
    store: RaidVolume, stack: Stack, facts: Facts, clients: int, client_bandwidth: float
) -> tuple[StoreState, ...]:
    """How fast the array is when whole, with a failed disk, and when it rebuilds one.

    Arguments:
        store: the array.
        stack: that it belongs to.
        facts: the catalog.
        clients: nodes that use it at the same time.
        client_bandwidth: network bandwidth of one node, bytes/s.
    """

    def behind(rates: Rates) -> StoreSpeed:
        return _speed(rates, store, facts, clients, client_bandwidth)

    return disk_array.states(store, facts, behind)


def _speed(
    rates: Rates, store: RaidVolume, facts: Facts, clients: int, client_bandwidth: float
) -> StoreSpeed:
    disks, wider = Limit(f"{store.disks} disks", MORE_DISKS), "a link with more `bandwidth`"
    served = (store.bandwidth, clients, client_bandwidth, wider)
    read, limit = behind_link(disks, rates.read, *served)
    write, _ = behind_link(disks, rates.write, *served)
    seek = facts.disk(store.disk).seek_s
    return StoreSpeed(read, write, rates.requests, seek, limit.what, relief=limit.relief)


def components(name: str, store: RaidVolume, stack: Stack, facts: Facts) -> tuple[Component, ...]:
    """How the array fails: its server, and more disks at once than it tolerates.

    Arguments:
        name: of the store.
        store: the array.
        stack: that it belongs to.
        facts: the catalog.
    """
    server = facts.failure_rate("storage-server")
    causes = (Cause("server", server.mttf, server.mttr), disk_array.loss_cause(store, facts))
    return (Component(name, 1, 1, causes, False, "storage-server, mttf of the disk"),)


def durability(
    name: str, store: RaidVolume, uses: tuple[Use, ...], stack: Stack, facts: Facts
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


def power(store: RaidVolume, stack: Stack, facts: Facts) -> float:
    """What its disks and servers draw, W.

    Arguments:
        store: its description.
        stack: that it belongs to.
        facts: the catalog.
    """
    return disks_power(store.disks, store.disk, 1, facts)


def made_of(store: RaidVolume) -> str:
    """What it is made of, in words.

    Arguments:
        store: its description.
    """
    return f"{array_in_words(store)}, {link_in_words(store.bandwidth)}"


KIND = StoreKind(
    description=RaidVolume,
    title="RAID",
    reach=Reach.NETWORK,
    made_of=made_of,
    faults=disk_array.faults,
    usable_size=usable_size,
    speed=speed,
    components=components,
    durability=durability,
    states=states,
    power=power,
    size_key="disks",
)
