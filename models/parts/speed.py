"""How fast a store is for a number of nodes, and what a managed service promises."""

import math
from dataclasses import dataclass

from models.catalog.records import StorageService
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


def shared_bandwidth(aggregate: float, clients: int, client_bandwidth: float) -> tuple[float, str]:
    """Bandwidth that clients get together of one shared link, bytes/s, and what limits it.

    Arguments:
        aggregate: of the store, bytes/s; may be infinite.
        clients: nodes that use it at the same time.
        client_bandwidth: of one node, bytes/s.

    Source: the smaller of two capacities in series, Lazowska et al. (1984), section 5.2.
    """
    together = clients * client_bandwidth
    if aggregate <= together:
        return aggregate, "bandwidth of the store"
    return together, f"bandwidth of {clients} nodes"


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
    write = min(bandwidth, service.write_bandwidth)
    requests = service.get_rate_limit * prefixes
    return StoreSpeed(bandwidth, write, requests, service.latency, limit)


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
