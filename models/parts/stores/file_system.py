"""Shared file systems: NAS and parallel ones, managed or on premises."""

import math
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.catalog.records import Catalog
from models.description.fields import CatalogName, Positive
from models.description.quantities import Bandwidth, Duration, format_scaled
from models.description.stack import Stack
from models.parts.billing import monthly_line
from models.parts.facts import Facts
from models.parts.failure import Cause, Component
from models.parts.place import provider_of
from models.parts.stores import backups as copies
from models.parts.stores import published
from models.parts.stores import store_speed as speeds
from models.parts.stores.billed_beside import of_use
from models.parts.stores.described_service import SizedStore, service_faults
from models.parts.stores.store_kind import Reach, StoreKind
from models.parts.stores.store_speed import StoreSpeed
from models.parts.use import Use, objects
from models.prediction import CostLine, StoreDurability
from models.reading.faults import Fault, PathInFile


class FileSystem(SizedStore):
    """A shared file system: NAS or parallel."""

    kind: Literal["nas"]
    service: CatalogName | None = Field(
        None, description="a storage service of the catalog; none on premises"
    )
    bandwidth: Annotated[Bandwidth, Positive] | None = Field(
        None, description="bandwidth of the shared link, where it is described by hand"
    )
    backups: Duration | None = Field(
        None,
        description="how long a backup of each day is kept, in whole days, 0 d for none, on AWS;"
        " 30 days if not given, where the service has backups",
    )

    @model_validator(mode="after")
    def _has_a_bandwidth(self) -> "FileSystem":
        if (self.service is None) == (self.bandwidth is None):
            raise ValueError(
                "needs either a service of the catalog or a bandwidth of its own, not both"
            )
        return self


def provisioned_size(store: FileSystem, stack: Stack, facts: Facts) -> float:
    """Capacity that is provisioned and billed: rounded up to what the service sells, bytes.

    Arguments:
        store: the file system.
        stack: that it belongs to.
        facts: the catalog.
    """
    if store.service is None:
        return store.size
    service = facts.storage_service(stack.cloud, store.service)
    if store.size <= service.minimum_capacity:
        return max(service.minimum_capacity, store.size)
    if service.capacity_step <= 0:
        return store.size
    # A hair below a step must not buy another one.
    return service.capacity_step * math.ceil(store.size / service.capacity_step - 1e-9)


def usable_size(store: FileSystem, stack: Stack, facts: Facts) -> float:
    """Usable capacity, bytes.

    Arguments:
        store: the file system.
        stack: that it belongs to.
        facts: the catalog.
    """
    return store.size


def speed(
    store: FileSystem, stack: Stack, facts: Facts, clients: int, client_bandwidth: float
) -> StoreSpeed:
    """How fast nodes read and write the file system over its shared link.

    Arguments:
        store: the file system.
        stack: that it belongs to.
        facts: the catalog.
        clients: nodes that use it at the same time.
        client_bandwidth: network bandwidth of one node, bytes/s.
    """
    if store.service is None:
        own = speeds.Limit("bandwidth of the store", "a link with more `bandwidth`")
        bandwidth, limit = speeds.shared_bandwidth(
            float(store.bandwidth or 0), clients, client_bandwidth, own
        )
        return StoreSpeed(bandwidth, bandwidth, math.inf, 0.0, limit.what, relief=limit.relief)
    service = facts.storage_service(stack.cloud, store.service)
    size = provisioned_size(store, stack, facts)
    return speeds.of_service(service, size, clients, client_bandwidth)


def components(name: str, store: FileSystem, stack: Stack, facts: Facts) -> tuple[Component, ...]:
    """How the file system fails.

    Arguments:
        name: of the store.
        store: the file system.
        stack: that it belongs to.
        facts: the catalog.
    """
    if store.service is None:
        rate = facts.failure_rate("storage-server")
        cause = Cause("failure", rate.mttf, rate.mttr)
        return (Component(name, 1, 1, (cause,), False, rate.component),)
    service = facts.storage_service(stack.cloud, store.service)
    return (speeds.service_component(name, service, facts),)


def durability(
    name: str, store: FileSystem, uses: tuple[Use, ...], stack: Stack, facts: Facts
) -> StoreDurability | None:
    """How safe the files are; None where nothing is published.

    Arguments:
        name: of the store.
        store: the file system.
        uses: of all workloads.
        stack: that it belongs to.
        facts: the catalog.
    """
    if store.service is None:
        return None
    service = facts.storage_service(stack.cloud, store.service)
    return published.of_objects(
        name, service, provisioned_size(store, stack, facts), objects(uses, name)
    )


def cost_lines(name: str, store: FileSystem, stack: Stack, facts: Facts) -> tuple[CostLine, ...]:
    """What the provisioned capacity costs.

    Arguments:
        name: of the store.
        store: the file system.
        stack: that it belongs to.
        facts: the catalog.
    """
    if store.service is None:
        return ()
    size = provisioned_size(store, stack, facts)
    billed_as = facts.storage_service(stack.cloud, store.service).billed_as
    capacity = monthly_line(name, stack, facts, billed_as, store.service, size)
    return (capacity, *backup_cost_lines(name, store, stack, facts))


def backup_cost_lines(
    name: str, store: FileSystem, stack: Stack, facts: Facts
) -> tuple[CostLine, ...]:
    """What backups cost of a file system that is filled.

    Arguments:
        name: of the store.
        store: the file system.
        stack: that it belongs to.
        facts: the catalog.
    """
    if store.service is None:
        return ()
    service = facts.storage_service(stack.cloud, store.service)
    return copies.held_lines(name, store.size, store.backups, service, stack, facts)


def use_cost_lines(
    name: str, store: FileSystem, use: Use, stack: Stack, facts: Facts
) -> tuple[CostLine, ...]:
    """What the bytes cost that a workload reads and writes, where the service bills them.

    What it overwrites stays in backups.

    Arguments:
        name: of the store.
        store: the file system.
        use: of the file system.
        stack: that it belongs to.
        facts: the catalog.
    """
    if store.service is None:
        return ()
    service = facts.storage_service(stack.cloud, store.service)
    size = provisioned_size(store, stack, facts)
    return (
        *of_use(name, service, use, stack, facts),
        *copies.changed_lines(name, size, store.backups, service, use, stack, facts),
    )


def faults(path: PathInFile, store: FileSystem, stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    """Faults of a file system: of its service, or a link by hand in a cloud.

    Arguments:
        path: of the store.
        store: the file system.
        stack: that it belongs to.
        catalog: the facts that its names refer to.
    """
    service = catalog.storage_services.get((stack.cloud, str(store.service)))
    if store.service is None or service is not None:
        yield from copies.backup_faults(path, store.backups, service)
    if store.service is not None:
        yield from service_faults(path, store.service, "nas", stack, catalog)
    elif not provider_of(stack).owned:
        hint = "name a service of the cloud"
        yield Fault((*path, "bandwidth"), "is only for on premises", hint)


def made_of(store: FileSystem) -> str:
    """What a file system is made of, in words.

    Arguments:
        store: the file system.
    """
    if store.service is not None:
        return store.service
    return f"shared link of {format_scaled(store.bandwidth or 0.0, 'B/s')}"


KIND = StoreKind(
    description=FileSystem,
    title="shared file system",
    reach=Reach.MOUNT,
    made_of=made_of,
    faults=faults,
    usable_size=usable_size,
    speed=speed,
    components=components,
    durability=durability,
    billed_size=provisioned_size,
    cost_lines=cost_lines,
    beside_cost_lines=backup_cost_lines,
    use_cost_lines=use_cost_lines,
)
