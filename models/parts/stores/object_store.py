"""Object stores: buckets of S3 and Cloud Storage."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from models.catalog.records import Catalog
from models.description.fields import CatalogName, Count
from models.description.stack import Stack
from models.parts.billing import monthly_line
from models.parts.facts import Facts
from models.parts.failure import Component
from models.parts.stores import published
from models.parts.stores import store_speed as speeds
from models.parts.stores.billed_beside import of_use
from models.parts.stores.described_service import SizedStore, service_faults
from models.parts.stores.store_kind import Reach, StoreKind
from models.parts.stores.store_speed import StoreSpeed
from models.parts.use import Use, objects
from models.prediction import CostLine, StoreDurability
from models.reading.faults import Fault, PathInFile


class ObjectStore(SizedStore):
    """A bucket of objects: S3 or Cloud Storage."""

    kind: Literal["object"]
    service: CatalogName = Field(description="a storage service of the catalog")
    prefixes: Count = Field(
        1,
        description="key prefixes that the objects are spread over; request limits are per prefix",
    )


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


def durability(
    name: str, store: ObjectStore, uses: tuple[Use, ...], stack: Stack, facts: Facts
) -> StoreDurability | None:
    """How safe the objects are; None where nothing is published.

    Arguments:
        name: of the store.
        store: the bucket.
        uses: of all workloads.
        stack: that it belongs to.
        facts: the catalog.
    """
    service = facts.storage_service(stack.cloud, store.service)
    return published.of_objects(name, service, store.size, objects(uses, name))


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


def faults(path: PathInFile, store: ObjectStore, stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    """Faults of a bucket: of its service.

    Arguments:
        path: of the store.
        store: the bucket.
        stack: that it belongs to.
        catalog: the facts that its names refer to.
    """
    yield from service_faults(path, store.service, "object", stack, catalog)


def use_cost_lines(
    name: str, store: ObjectStore, use: Use, stack: Stack, facts: Facts
) -> tuple[CostLine, ...]:
    """What the requests of a workload cost, and what it overwrites while that is kept.

    Arguments:
        name: of the store.
        store: the bucket.
        use: of the bucket.
        stack: that it belongs to.
        facts: the catalog.
    """
    return of_use(name, facts.storage_service(stack.cloud, store.service), use, stack, facts)


def made_of(store: ObjectStore) -> str:
    """What a bucket is made of, in words.

    Arguments:
        store: the bucket.
    """
    word = "prefix" if store.prefixes == 1 else "prefixes"
    return f"{store.service}, {store.prefixes:,} {word}"


KIND = StoreKind(
    description=ObjectStore,
    title="object store",
    reach=Reach.ROLE,
    made_of=made_of,
    faults=faults,
    usable_size=usable_size,
    speed=speed,
    components=components,
    durability=durability,
    cost_lines=cost_lines,
    use_cost_lines=use_cost_lines,
)
