"""What every kind of store answers; one file a kind gives the answers."""

from models.parts import block_volume, file_system, object_store, raid_volume
from models.parts.facts import Facts
from models.parts.failure import Component
from models.parts.speed import StoreSpeed
from models.prediction import CostLine
from models.stack import AnyStore, BlockVolume, FileSystem, ObjectStore, Stack

__all__ = ["StoreSpeed", "component", "cost_lines", "speed"]


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
    if isinstance(store, ObjectStore):
        return object_store.speed(store, stack, facts, clients, client_bandwidth)
    if isinstance(store, FileSystem):
        return file_system.speed(store, stack, facts, clients, client_bandwidth)
    if isinstance(store, BlockVolume):
        return block_volume.speed(store, stack, facts, clients, client_bandwidth)
    return raid_volume.speed(store, facts, clients, client_bandwidth)


def component(name: str, store: AnyStore, stack: Stack, facts: Facts) -> Component:
    """How a store fails.

    Arguments:
        name: of the store.
        store: the store.
        stack: that it belongs to.
        facts: the catalog.
    """
    if isinstance(store, ObjectStore):
        return object_store.component(name, store, stack, facts)
    if isinstance(store, FileSystem):
        return file_system.component(name, store, stack, facts)
    if isinstance(store, BlockVolume):
        return block_volume.component(name, store, stack, facts)
    return raid_volume.component(name, store, facts)


def cost_lines(name: str, store: AnyStore, stack: Stack, facts: Facts) -> tuple[CostLine, ...]:
    """What a store costs.

    Arguments:
        name: of the store.
        store: the store.
        stack: that it belongs to.
        facts: the catalog.
    """
    if stack.cloud == "on-premises":
        return ()
    if isinstance(store, ObjectStore):
        return object_store.cost_lines(name, store, stack, facts)
    if isinstance(store, FileSystem):
        return file_system.cost_lines(name, store, stack, facts)
    if isinstance(store, BlockVolume):
        return block_volume.cost_lines(name, store, stack, facts)
    return ()
