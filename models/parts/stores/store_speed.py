"""How fast a store is for a number of nodes, and what a managed service promises."""

import math
from dataclasses import dataclass, replace

from models.catalog.records import StorageService
from models.description.quantities import format_count, format_duration, format_scaled
from models.laws.storage.burst_credits import BurstBucket
from models.laws.storage.shared_link import network_attached
from models.parts.facts import Facts
from models.parts.failure import Cause, Component

# Keys of the stack file stand between backticks, as in faults.
MORE_DISKS = "more `disks`, or another `disk` that is faster"
MORE_OF_NODES = "nodes with more network bandwidth, or a higher `count` of them"


@dataclass(frozen=True)
class StoreSpeed:
    """What some nodes get out of a store together.

    Arguments:
        read: for ever, bytes/s.
        write: for ever, bytes/s.
        requests: reads/s for ever; infinite where there is no limit.
        latency: until the first byte, s.
        limit: what sets the bandwidth, for people.
        reads: what limits reads, one behind the other, above their baseline while credits last.
        writes: the same of writes.
        asks: the same of requests.
        relief: what raises the bandwidth, for people; empty where nothing can.
    """

    read: float
    write: float
    requests: float
    latency: float
    limit: str
    reads: tuple[BurstBucket, ...] = ()
    writes: tuple[BurstBucket, ...] = ()
    asks: tuple[BurstBucket, ...] = ()
    relief: str = ""

    def reading(self, size: float) -> float:
        """Mean bandwidth of reading so much from full credits, bytes/s.

        Arguments:
            size: bytes; may be infinite.
        """
        return _mean_rate(self.reads, size, self.read)

    def writing(self, size: float) -> float:
        """Mean bandwidth of writing so much from full credits, bytes/s.

        Arguments:
            size: bytes; may be infinite.
        """
        return _mean_rate(self.writes, size, self.write)

    def asking(self, count: float) -> float:
        """Mean rate of so many reads from full credits, 1/s.

        Arguments:
            count: requests; may be infinite.
        """
        return _mean_rate(self.asks, count, self.requests)

    def burst_time(self) -> float:
        """Time for which full credits let it be read faster than for ever, s; 0 if it can't be."""
        fastest = self.reading(0.0)
        if fastest <= self.read:
            return 0.0
        return min(bucket.burst_duration(fastest) for bucket in self.reads)


def _mean_rate(limits: tuple[BurstBucket, ...], amount: float, baseline: float) -> float:
    """A constant rate is borne by limits in series if each of them bears it alone."""
    return min((bucket.mean_rate(amount) for bucket in limits), default=baseline)


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


@dataclass(frozen=True)
class Limit:
    """What sets a bandwidth.

    Arguments:
        what: it is, for people.
        relief: what raises the bandwidth, for people.
    """

    what: str
    relief: str


def of_nodes(clients: int) -> Limit:
    """The network of the nodes sets the bandwidth.

    Arguments:
        clients: nodes that use the store at the same time.
    """
    return Limit(f"bandwidth of {format_count(clients, 'nodes')}", MORE_OF_NODES)


def shared_bandwidth(
    aggregate: float, clients: int, client_bandwidth: float, own: Limit
) -> tuple[float, Limit]:
    """Bandwidth that clients get together of one shared link, bytes/s, and what limits it.

    Arguments:
        aggregate: of the store, bytes/s; may be infinite.
        clients: nodes that use it at the same time.
        client_bandwidth: of one node, bytes/s.
        own: what sets it where the nodes don't.

    Source: the smaller of two capacities in series, Lazowska et al. (1984), section 5.2.
    """
    bandwidth = network_attached(aggregate, clients, client_bandwidth)
    return bandwidth, of_nodes(clients) if bandwidth < aggregate else own


def behind_link(
    part: Limit, disks: float, link: float, clients: int, client_bandwidth: float, wider: str
) -> tuple[float, Limit]:
    """Bandwidth that clients get together of disks behind one link, bytes/s, and what limits it.

    Arguments:
        part: what the disks are called, such as "8 disks", and what makes them faster.
        disks: their bandwidth, bytes/s; 0 where data are lost.
        link: bandwidth of the link, bytes/s.
        clients: nodes that use it at the same time.
        client_bandwidth: of one node, bytes/s.
        wider: what makes the link faster, for people.
    """
    if disks == 0:
        return 0.0, Limit("lost data", "")
    if disks > link:
        own = Limit("bandwidth of the store", wider)
        return shared_bandwidth(link, clients, client_bandwidth, own)
    return shared_bandwidth(disks, clients, client_bandwidth, part)


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
    aggregate = bandwidth_bucket(service, size)
    cap = clients * min(client_bandwidth, service.client_bandwidth)
    reads, writes = within(aggregate, cap), within(written(service, aggregate), cap)
    limit = of_nodes(clients)
    if reads.baseline == aggregate.baseline:
        limit = Limit("bandwidth of the store", more_of_service(service))
    asks = request_bucket(service, size, prefixes)
    known = StoreSpeed(
        reads.baseline,
        writes.baseline,
        asks.baseline,
        service.latency,
        limit.what,
        (reads,),
        (writes,),
        (asks,),
        limit.relief,
    )
    return replace(known, limit=limit.what + burst_in_words(known))


def more_of_service(service: StorageService) -> str:
    """What buys more bandwidth of a managed service, for people.

    Arguments:
        service: of the catalog.
    """
    if service.bandwidth_per_byte:
        return "a larger `size`, with which its bandwidth grows"
    return "another `service`"


def bandwidth_bucket(service: StorageService, size: float) -> BurstBucket:
    """What a service gives of its bandwidth to reads, whatever asks for it, bytes/s.

    Arguments:
        service: of the catalog.
        size: its capacity, bytes.
    """
    baseline = service.base_bandwidth
    if service.bandwidth_per_byte:
        of_size = service.flat_bandwidth + size * service.bandwidth_per_byte
        scaled = max(service.least_bandwidth, of_size)
        baseline = min(baseline, scaled)
    fastest = max(service.least_burst, size * service.burst_per_byte)
    burst = max(baseline, min(service.base_bandwidth, fastest))
    credits = max(service.least_credit, size * service.credit_per_byte)
    return BurstBucket(baseline, burst, credits if burst > baseline else 0.0)


def request_bucket(service: StorageService, size: float, prefixes: int = 1) -> BurstBucket:
    """What a service gives of its request rate to reads, 1/s.

    Arguments:
        service: of the catalog.
        size: its capacity, bytes.
        prefixes: key prefixes that requests are spread over.
    """
    baseline = service.get_rate_limit
    if service.rate_per_byte:
        of_size = service.flat_rate + size * service.rate_per_byte
        baseline = min(baseline, max(service.least_rate, of_size))
    burst = max(baseline, service.burst_rate)
    credits = service.credit_requests if burst > baseline else 0.0
    return BurstBucket(baseline, burst, credits).times(prefixes)


def written(service: StorageService, reads: BurstBucket) -> BurstBucket:
    """What a service gives to writes, bytes/s.

    Arguments:
        service: of the catalog.
        reads: what it gives to reads.
    """
    share = service.write_share
    scaled = BurstBucket(reads.baseline * share, reads.burst * share, reads.capacity * share)
    return within(scaled, service.write_bandwidth)


def within(bucket: BurstBucket, cap: float) -> BurstBucket:
    """A bucket behind a link without credits of its own.

    Arguments:
        bucket: of the store, units/s.
        cap: bandwidth of the link, units/s.
    """
    if cap <= bucket.baseline:
        return BurstBucket(cap, cap, 0.0)
    return BurstBucket(bucket.baseline, min(bucket.burst, cap), bucket.capacity)


def burst_in_words(speed: StoreSpeed) -> str:
    """What a store gives above its baseline until its credits are spent, for people.

    Arguments:
        speed: of the store.
    """
    if (duration := speed.burst_time()) == 0:
        return ""
    fastest = format_scaled(speed.reading(0.0), "B/s")
    return f" ({fastest} for {format_duration(duration)} from full credits)"


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


def limit_of_hosts(read: float, of_hosts: float, hosts: Limit, clients: int) -> Limit:
    """What sets the bandwidth of hosts that nodes read from at once.

    Arguments:
        read: by all nodes, bytes/s.
        of_hosts: what all hosts can give, bytes/s.
        hosts: with their number, and what makes them faster.
        clients: nodes.
    """
    return hosts if read == of_hosts else of_nodes(clients)
