"""How fast a store is for a number of nodes, and what a managed service promises."""

import math
from dataclasses import dataclass

from models.catalog.records import StorageService
from models.description.quantities import format_count, format_duration, format_scaled
from models.laws.storage.burst_credits import BurstBucket
from models.laws.storage.shared_link import network_attached
from models.parts.facts import Facts
from models.parts.failure import Cause, Component


@dataclass(frozen=True)
class StoreSpeed:
    """What some nodes get out of a store together.

    Arguments:
        read: bytes/s.
        write: bytes/s.
        requests: reads/s; infinite where there is no limit.
        latency: until the first byte, s.
        limit: what sets the bandwidth, for people.
    """

    read: float
    write: float
    requests: float
    latency: float
    limit: str


@dataclass(frozen=True)
class StoreState:
    """What some nodes get out of a store of disks for some of its time.

    Arguments:
        name: whole, one disk failed, rebuilding, and their kin.
        speed: of the store then; 0 where data are lost.
        duration: mean, of one such time, s; 0 for the whole store.
        share: of all time; what is left is of more failures at once.
    """

    name: str
    speed: StoreSpeed
    duration: float
    share: float


def shared_bandwidth(aggregate: float, clients: int, client_bandwidth: float) -> tuple[float, str]:
    """Bandwidth that clients get together of one shared link, bytes/s, and what limits it.

    Arguments:
        aggregate: of the store, bytes/s; may be infinite.
        clients: nodes that use it at the same time.
        client_bandwidth: of one node, bytes/s.

    Source: the smaller of two capacities in series, Lazowska et al. (1984), section 5.2.
    """
    bandwidth = network_attached(aggregate, clients, client_bandwidth)
    if bandwidth == aggregate:
        return bandwidth, "bandwidth of the store"
    return bandwidth, f"bandwidth of {format_count(clients, 'nodes')}"


def behind_link(
    part: str, disks: float, link: float, clients: int, client_bandwidth: float
) -> tuple[float, str]:
    """Bandwidth that clients get together of disks behind one link, bytes/s, and what limits it.

    Arguments:
        part: what the disks are called, such as "8 disks".
        disks: their bandwidth, bytes/s; 0 where data are lost.
        link: bandwidth of the link, bytes/s.
        clients: nodes that use it at the same time.
        client_bandwidth: of one node, bytes/s.
    """
    if disks == 0:
        return 0.0, "lost data"
    if disks > link:
        return shared_bandwidth(link, clients, client_bandwidth)
    bandwidth, limit = shared_bandwidth(disks, clients, client_bandwidth)
    return bandwidth, part if limit == "bandwidth of the store" else limit


def of_service(
    service: StorageService, size: float, clients: int, client_bandwidth: float, prefixes: int = 1
) -> StoreSpeed:
    """How fast a managed service is.

    Arguments:
        service: of the catalog.
        size: its capacity, bytes.
        clients: nodes that use it at the same time.
        client_bandwidth: network bandwidth of one node, bytes/s.
        prefixes: key prefixes that requests are spread over.
    """
    scaled = size * service.bandwidth_per_byte if service.bandwidth_per_byte else math.inf
    aggregate = min(service.base_bandwidth, scaled)
    one = min(client_bandwidth, service.client_bandwidth)
    bandwidth, limit = shared_bandwidth(aggregate, clients, one)
    if bandwidth == aggregate:
        limit += _burst(service, size, aggregate)
    write = min(bandwidth, service.write_bandwidth)
    requests = service.get_rate_limit * prefixes
    return StoreSpeed(bandwidth, write, requests, service.latency, limit)


def _burst(service: StorageService, size: float, baseline: float) -> str:
    """What a service gives above its baseline until its credits are spent, for people."""
    fastest = min(service.base_bandwidth, size * service.burst_per_byte)
    if fastest <= baseline:
        return ""
    bucket = BurstBucket(baseline, fastest, size * service.credit_per_byte)
    duration = format_duration(bucket.burst_duration())
    return f" ({format_scaled(fastest, 'B/s')} for {duration} from full credits)"


def service_component(name: str, service: StorageService, facts: Facts) -> Component:
    """How a managed service fails: as often as its published availability and a mean outage say.

    Arguments:
        name: of the store.
        service: of the catalog.
        facts: the catalog, for the mean length of an outage.
    """
    outage = facts.failure_rate("managed-service").mttr
    away = 1 - service.availability
    mttf = outage * (1 - away) / away if away > 0 else math.inf
    source = f"availability of {service.name}, mean outage of managed-service"
    return Component(name, 1, 1, (Cause("outage", mttf, outage),), False, source)
