"""What every kind of store answers; one file a kind gives the answers."""

from typing import Any, Protocol

from models.description.stack import (
    AnyStore,
    BlockVolume,
    FileSystem,
    Hdfs,
    LocalDisks,
    ObjectStore,
    ParallelFileSystem,
    RaidVolume,
    SanVolume,
    Stack,
)
from models.parts.facts import Facts
from models.parts.failure import Component
from models.parts.stores import (
    block_volume,
    file_system,
    hdfs_store,
    local_disks,
    object_store,
    parallel_file_system,
    raid_volume,
    san_volume,
)
from models.parts.stores.store_speed import StoreSpeed, StoreState
from models.prediction import CostLine, StoreDurability

__all__ = [
    "StoreSpeed",
    "StoreState",
    "components",
    "cost_lines",
    "durability",
    "speed",
    "states",
    "usable_size",
]


class _Kind(Protocol):
    """What the file of a kind answers of stores of this kind."""

    def usable_size(self, store: Any, stack: Stack, facts: Facts) -> float: ...

    def speed(
        self, store: Any, stack: Stack, facts: Facts, clients: int, client_bandwidth: float
    ) -> StoreSpeed: ...

    def components(
        self, name: str, store: Any, stack: Stack, facts: Facts
    ) -> tuple[Component, ...]: ...

    def durability(
        self, name: str, store: Any, stack: Stack, facts: Facts
    ) -> StoreDurability | None: ...


class _Service(_Kind, Protocol):
    """What the file of a kind answers that a cloud bills."""

    def cost_lines(
        self, name: str, store: Any, stack: Stack, facts: Facts
    ) -> tuple[CostLine, ...]: ...


class _OfDisks(_Kind, Protocol):
    """What the file of a kind answers whose disks fail one by one."""

    def states(
        self, store: Any, stack: Stack, facts: Facts, clients: int, client_bandwidth: float
    ) -> tuple[StoreState, ...]: ...


_SERVICES: dict[type[AnyStore], _Service] = {
    ObjectStore: object_store,
    FileSystem: file_system,
    BlockVolume: block_volume,
}
_OF_DISKS: dict[type[AnyStore], _OfDisks] = {
    RaidVolume: raid_volume,
    SanVolume: san_volume,
    LocalDisks: local_disks,
    ParallelFileSystem: parallel_file_system,
    Hdfs: hdfs_store,
}
_KINDS: dict[type[AnyStore], _Kind] = {**_SERVICES, **_OF_DISKS}


def usable_size(store: AnyStore, stack: Stack, facts: Facts) -> float:
    """Capacity that each node sees of a store, bytes.

    Arguments:
        store: the store.
        stack: that it belongs to.
        facts: the catalog.
    """
    return _KINDS[type(store)].usable_size(store, stack, facts)


def speed(
    store: AnyStore, stack: Stack, facts: Facts, clients: int, client_bandwidth: float
) -> StoreSpeed:
    """How fast some nodes read and write a store together.

    Arguments:
        store: the store.
        stack: that it belongs to.
        facts: the catalog.
        clients: nodes that use it at the same time.
        client_bandwidth: network bandwidth of one node, bytes/s.
    """
    return _KINDS[type(store)].speed(store, stack, facts, clients, client_bandwidth)


def states(
    store: AnyStore, stack: Stack, facts: Facts, clients: int, client_bandwidth: float
) -> tuple[StoreState, ...]:
    """How fast a store of disks is when whole, and when a disk or a machine of it has failed.

    Each fails and returns by itself, whatever the distributions of its times.

    Arguments:
        store: the store; a service of a cloud, or one whose disks are not described, has none.
        stack: that it belongs to.
        facts: the catalog.
        clients: nodes that use it at the same time.
        client_bandwidth: network bandwidth of one node, bytes/s.
    """
    kind = _OF_DISKS.get(type(store))
    return kind.states(store, stack, facts, clients, client_bandwidth) if kind else ()


def components(name: str, store: AnyStore, stack: Stack, facts: Facts) -> tuple[Component, ...]:
    """How a store fails: blocks in series, the first of which has its name.

    Arguments:
        name: of the store.
        store: the store.
        stack: that it belongs to.
        facts: the catalog.
    """
    return _KINDS[type(store)].components(name, store, stack, facts)


def durability(name: str, store: AnyStore, stack: Stack, facts: Facts) -> StoreDurability | None:
    """How safe the bytes of a store are; None where a service publishes nothing.

    Arguments:
        name: of the store.
        store: the store.
        stack: that it belongs to.
        facts: the catalog.
    """
    return _KINDS[type(store)].durability(name, store, stack, facts)


def cost_lines(name: str, store: AnyStore, stack: Stack, facts: Facts) -> tuple[CostLine, ...]:
    """What a store costs.

    Arguments:
        name: of the store.
        store: the store.
        stack: that it belongs to.
        facts: the catalog.
    """
    kind = _SERVICES.get(type(store))
    if kind is None or stack.cloud == "on-premises":
        return ()
    return kind.cost_lines(name, store, stack, facts)
