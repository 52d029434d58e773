"""Object stores: buckets of S3 and Cloud Storage."""

from models.description.stack import ObjectStore, Stack
from models.parts.billing import monthly_line
from models.parts.facts import Facts
from models.parts.failure import Component
from models.parts.stores import published
from models.parts.stores import store_speed as speeds
from models.parts.stores.store_speed import StoreSpeed
from models.prediction import CostLine, StoreDurability


def usable_size(store: ObjectStore, stack: Stack, facts: Facts) -> float:
    """Usable capacity, bytes.

    Arguments:
        store: the bucket.
        stack: that it belongs to.
        facts: the catalog.
    """
    return store.size


def speed(
    store: ObjectStore, stack: Stack, facts: Facts, clients: int, client_bandwidth: float
) -> StoreSpeed:
    """How fast nodes read and write the bucket: as fast as they can, within its request limit.

    Arguments:
        store: the bucket.
        stack: that it belongs to.
        facts: the catalog.
        clients: nodes that use it at the same time.
        client_bandwidth: network bandwidth of one node, bytes/s.
    """
    service = facts.storage_service(stack.cloud, store.service)
    return speeds.of_service(service, store.size, clients, client_bandwidth, store.prefixes)


def components(name: str, store: ObjectStore, stack: Stack, facts: Facts) -> tuple[Component, ...]:
    """How the bucket fails.

    Arguments:
        name: of the store.
        store: the bucket.
        stack: that it belongs to.
        facts: the catalog.
    """
    service = facts.storage_service(stack.cloud, store.service)
    return (speeds.service_component(name, service, facts),)


def durability(name: str, store: ObjectStore, stack: Stack, facts: Facts) -> StoreDurability | None:
    """How safe the objects are; None where nothing is published.

    Arguments:
        name: of the store.
        store: the bucket.
        stack: that it belongs to.
        facts: the catalog.
    """
    service = facts.storage_service(stack.cloud, store.service)
    return published.of_objects(name, service, store.size, stack)


def cost_lines(name: str, store: ObjectStore, stack: Stack, facts: Facts) -> tuple[CostLine, ...]:
    """What the stored bytes cost; requests are billed to the run that makes them.

    Arguments:
        name: of the store.
        store: the bucket.
        stack: that it belongs to.
        facts: the catalog.
    """
    billed_as = facts.storage_service(stack.cloud, store.service).billed_as
    return (monthly_line(name, stack, facts, billed_as, store.service, store.size),)
