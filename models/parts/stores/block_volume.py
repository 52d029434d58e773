"""Network block volumes, one on each node of a group."""

from models.description.stack import BlockVolume, Stack
from models.parts.billing import monthly_line, whole_gib
from models.parts.facts import Facts
from models.parts.failure import Component
from models.parts.stores import published
from models.parts.stores import store_speed as speeds
from models.parts.stores.store_speed import StoreSpeed
from models.prediction import CostLine, StoreDurability


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


def durability(name: str, store: BlockVolume, stack: Stack, facts: Facts) -> StoreDurability | None:
    """How safe the volumes of all nodes are; None where nothing is published.

    Arguments:
        name: of the store.
        store: the volume of one node.
        stack: that it belongs to.
        facts: the catalog.
    """
    service = facts.storage_service(stack.cloud, store.service)
    return published.of_volumes(name, service, store.size, stack.nodes[store.nodes].count)


def cost_lines(name: str, store: BlockVolume, stack: Stack, facts: Facts) -> tuple[CostLine, ...]:
    """What the volumes of all nodes cost.

    Arguments:
        name: of the store.
        store: the volume of one node.
        stack: that it belongs to.
        facts: the catalog.
    """
    group = stack.nodes[store.nodes]
    size = whole_gib(store.size) * (group.count + group.spares)
    billed_as = facts.storage_service(stack.cloud, store.service).billed_as
    return (monthly_line(name, stack, facts, billed_as, store.service, size),)
