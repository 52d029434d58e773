"""Network block volumes on each node of a group: one, or several that RAID makes one of."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from models.catalog.records import BilledBeside, Catalog, StorageService
from models.description.fields import CatalogName, Name, Positive
from models.description.quantities import Bandwidth, format_count, format_scaled
from models.description.raid_levels import Level
from models.description.stack import Stack
from models.laws.storage.burst_credits import BurstBucket
from models.laws.storage.raid import Layout
from models.parts.billing import monthly_line, whole_gib
from models.parts.facts import Facts
from models.parts.failure import Component
from models.parts.stores import joined_volumes as joining
from models.parts.stores import store_speed as speeds
from models.parts.stores.billed_beside import of_speed
from models.parts.stores.described_service import SizedStore, service_faults
from models.parts.stores.store_kind import Reach, StoreKind
from models.parts.stores.store_speed import StoreSpeed
from models.parts.stores.volume_bought import as_bought, not_sold, sold_bandwidths
from models.parts.stores.volume_link import fair_share, storage_link
from models.parts.use import Use
from models.prediction import CostLine, StoreDurability
from models.reading.check_names import reference
from models.reading.faults import Fault, PathInFile


class BlockVolume(SizedStore):
    """A network block volume on each node of a group, or several that are joined."""

    kind: Literal["block"]
    service: CatalogName = Field(description="a storage service of the catalog")
    bandwidth: Annotated[Bandwidth, Positive] | None = Field(
        None, description="bandwidth of each, what its price includes among it"
    )
    iops: Annotated[int, Field(strict=True, ge=1, le=10**7)] | None = Field(
        None, description="requests/s of each, what its price includes among them"
    )
    nodes: Name = Field(description="the node group that it is attached to")
    volumes: Annotated[int, Field(strict=True, ge=1, le=11)] = Field(
        1,
        description="volumes of each node, which RAID makes one of; `size` is what they hold"
        " together, `bandwidth` and `iops` are of each",
    )
    level: Level = Field("0", description="RAID level of the volumes of a node: 0, 1 or 10")

    @property
    def joined(self) -> Layout:
        """How the volumes of a node hold its data."""
        return joining.layout(self.volumes, self.level)

    @property
    def size_of_each(self) -> float:
        """Capacity of one volume, bytes."""
        return self.size / self.joined.data_disks


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

    The volumes of a node share its link to block storage, which is not its network.

    Arguments:
        store: the volume of one node.
        stack: that it belongs to.
        facts: the catalog.
        clients: nodes that use theirs at the same time.
        client_bandwidth: network bandwidth of one node, bytes/s, where its link is not known.
    """
    joined, (volume, asks) = store.joined, _one(store, stack, facts)
    read, asks = volume.times(joined.data_disks), asks.times(store.volumes)
    link, behind = storage_link(store.nodes, stack, facts), "bandwidth"
    limits, asked = [BurstBucket(client_bandwidth, client_bandwidth, 0.0)], [asks]
    if link is not None:
        behind = "storage link"
        others = [_together(one, stack, facts) for one in _beside(store, stack)]
        limits = [fair_share(link.bandwidth, [bandwidth for bandwidth, _ in others])]
        if link.requests is not None:
            asked.append(fair_share(link.requests, [requests for _, requests in others]))
    service = facts.storage_service(stack.cloud, store.service)
    reads = _of_all((read, *limits), clients)
    written = speeds.written(service, volume).times(joined.data_disks)
    behind_link = (joining.behind_copies(one, joined) for one in limits)
    writes = _of_all((written, *behind_link), clients)
    requests = _of_all(asked, clients)
    slowest = min(reads, key=lambda one: one.baseline)
    limit, relief = "bandwidth of the store", _more(store, service)
    if slowest is not reads[0]:
        limit = f"{behind} of {format_count(clients, 'nodes')}"
        relief = f"nodes with a faster {behind}, or a higher `count` of them"
    known = StoreSpeed(
        slowest.baseline,
        min(one.baseline for one in writes),
        min(one.baseline for one in requests),
        service.latency,
        limit,
        reads,
        writes,
        requests,
        relief,
    )
    return replace(known, limit=limit + speeds.burst_in_words(known))


def _more(store: BlockVolume, service: StorageService) -> str:
    """What buys more bandwidth of a volume."""
    if BilledBeside.THROUGHPUT in service.bills:
        if bought(store, service).base_bandwidth < sold_bandwidths(service)[1]:
            return "a higher `bandwidth`"
        return "another `service`, since this one sells no more `bandwidth`"
    return speeds.more_of_service(service)


def bought(store: BlockVolume, service: StorageService) -> StorageService:
    """The service as it is bought for a volume: its bandwidth and its requests.

    Arguments:
        store: the volume of one node.
        service: of the catalog.
    """
    return as_bought(service, store.size_of_each, store.bandwidth, store.iops)


def _one(store: BlockVolume, stack: Stack, facts: Facts) -> tuple[BurstBucket, BurstBucket]:
    """Bandwidth, bytes/s, and requests/s of one volume before its node's link."""
    service = bought(store, facts.storage_service(stack.cloud, store.service))
    bandwidth = speeds.bandwidth_bucket(service, store.size_of_each)
    return bandwidth, speeds.request_bucket(service, store.size_of_each)


def _together(store: BlockVolume, stack: Stack, facts: Facts) -> tuple[BurstBucket, BurstBucket]:
    """The same of all volumes that are joined."""
    bandwidth, requests = _one(store, stack, facts)
    return bandwidth.times(store.volumes), requests.times(store.volumes)


def _beside(store: BlockVolume, stack: Stack) -> list[BlockVolume]:
    """The other volumes of a node."""
    volumes = [one for one in stack.storage.values() if isinstance(one, BlockVolume)]
    return [one for one in volumes if one.nodes == store.nodes and one is not store]


def _of_all(limits: Sequence[BurstBucket], nodes: int) -> tuple[BurstBucket, ...]:
    return tuple(one.times(nodes) for one in limits)


def components(name: str, store: BlockVolume, stack: Stack, facts: Facts) -> tuple[Component, ...]:
    """How the volumes fail: every node needs its own.

    Arguments:
        name: of the store.
        store: the volume of one node.
        stack: that it belongs to.
        facts: the catalog.
    """
    one = speeds.service_component(name, facts.storage_service(stack.cloud, store.service), facts)
    # Each volume of a stripe must be there; a mirror is there at least as often as one volume.
    units = stack.nodes[store.nodes].count * (1 if store.joined.tolerated else store.volumes)
    return (Component(name, units, units, one.causes, False, one.source),)


def durability(
    name: str, store: BlockVolume, uses: tuple[Use, ...], stack: Stack, facts: Facts
) -> StoreDurability | None:
    """How safe the volumes of all nodes are; None where nothing is published.

    Arguments:
        name: of the store.
        store: the volume of one node.
        uses: of all workloads.
        stack: that it belongs to.
        facts: the catalog.
    """
    service = facts.storage_service(stack.cloud, store.service)
    nodes = stack.nodes[store.nodes].count
    return joining.durability(name, service, store.size, nodes, store.joined)


def billed_size(store: BlockVolume, stack: Stack, facts: Facts) -> float:
    """Capacity of the volumes of all nodes as it is billed, bytes.

    Arguments:
        store: the volume of one node.
        stack: that it belongs to.
        facts: the catalog.
    """
    group = stack.nodes[store.nodes]
    return whole_gib(store.size_of_each) * store.volumes * (group.count + group.spares)


def cost_lines(name: str, store: BlockVolume, stack: Stack, facts: Facts) -> tuple[CostLine, ...]:
    """What the volumes of all nodes cost: their capacity, and the speed that is bought with it.

    Arguments:
        name: of the store.
        store: the volume of one node.
        stack: that it belongs to.
        facts: the catalog.
    """
    size, service = (
        billed_size(store, stack, facts),
        facts.storage_service(stack.cloud, store.service),
    )
    capacity = monthly_line(name, stack, facts, service.billed_as, store.service, size)
    return (capacity, *speed_cost_lines(name, store, stack, facts))


def speed_cost_lines(
    name: str, store: BlockVolume, stack: Stack, facts: Facts
) -> tuple[CostLine, ...]:
    """What the speed costs that the volumes of all nodes are provisioned with.

    Arguments:
        name: of the store.
        store: the volume of one node.
        stack: that it belongs to.
        facts: the catalog.
    """
    service, group = facts.storage_service(stack.cloud, store.service), stack.nodes[store.nodes]
    volumes = store.volumes * (group.count + group.spares)
    return of_speed(name, bought(store, service), volumes, stack, facts)


def faults(path: PathInFile, store: BlockVolume, stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    """Faults of a volume: of its nodes, its service, or a size that is not sold.

    Arguments:
        path: of the store.
        store: the volume of one node.
        stack: that it belongs to.
        catalog: the facts that its names refer to.
    """
    yield from reference((*path, "nodes"), store.nodes, stack.nodes, "node group")
    yield from service_faults(path, store.service, "block", stack, catalog)
    service = catalog.storage_services.get((stack.cloud, store.service))
    wrong = list(joining.level_faults(path, store.volumes, store.level))
    yield from wrong
    if wrong:
        return
    if service and store.size_of_each < service.minimum_capacity:
        least = format_scaled(service.minimum_capacity * store.joined.data_disks, "B")
        array = "" if store.volumes == 1 else f"RAID {store.level} of {store.volumes} "
        yield Fault((*path, "size"), f"must be at least {least} for {array}{store.service}")
    if service:
        each, joined = store.size_of_each, store.joined
        yield from not_sold(path, service, each, joined.data_disks, store.bandwidth, store.iops)


def made_of(store: BlockVolume) -> str:
    """What the volumes are made of, in words.

    Arguments:
        store: the volume of one node.
    """
    asked = [
        *([format_scaled(store.bandwidth, "B/s")] if store.bandwidth else []),
        *([f"{store.iops:,} requests/s"] if store.iops else []),
    ]
    with_ = f" with {' and '.join(asked)}" if asked else ""
    if store.volumes == 1:
        return f"{store.service}{with_}, one on each node of {store.nodes}"
    each = f"RAID {store.level} of {store.volumes} on each node of {store.nodes}"
    return f"{store.service}{with_}, {each}"


KIND = StoreKind(
    description=BlockVolume,
    title="block volume",
    reach=Reach.ATTACHED,
    made_of=made_of,
    faults=faults,
    usable_size=usable_size,
    speed=speed,
    components=components,
    durability=durability,
    billed_size=billed_size,
    cost_lines=cost_lines,
    beside_cost_lines=speed_cost_lines,
)
