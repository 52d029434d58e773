"""Storage behind links: disks in the nodes, one shared link, a network between."""

from collections.abc import Sequence

from models.laws.arguments import non_negative, positive, whole
from models.laws.storage.disk import ServiceTime


def direct_attached(nodes: int, bandwidth: float) -> float:
    """Bandwidth of disks inside the nodes (DAS), bytes/s: each node adds its own.

    Arguments:
        nodes: how many.
        bandwidth: of the disks of one node, bytes/s.

    Raises:
        ValueError: an argument out of range.

    Source: capacities in parallel add, Lazowska et al. (1984), section 5.2.
    """
    return whole("nodes", nodes, 1) * positive("bandwidth", bandwidth)


def network_attached(bandwidth: float, clients: int, client_bandwidth: float) -> float:
    """Bandwidth that equal clients get together over one shared link (NAS), bytes/s.

    Arguments:
        bandwidth: of the shared link, bytes/s; may be infinite.
        clients: that use it at the same time.
        client_bandwidth: of one client, bytes/s.

    Raises:
        ValueError: clients is no whole number of 1 or more, or a bandwidth is not above 0.

    Source: the smaller of two capacities in series, Lazowska et al. (1984), section 5.2.
    """
    for name, value in (("bandwidth", bandwidth), ("client_bandwidth", client_bandwidth)):
        if not value > 0:
            raise ValueError(f"{name} is {value} bytes/s; it must be more than 0")
    return min(bandwidth, whole("clients", clients, 1) * client_bandwidth)


def fair_shares(bandwidth: float, demands: Sequence[float]) -> tuple[float, ...]:
    """What each of unequal clients gets of a shared link, bytes/s, by max-min fairness.

    Who wants less than an equal share gets all of it; the others share the rest equally.

    Arguments:
        bandwidth: of the shared link, bytes/s.
        demands: what each client could take, bytes/s.

    Raises:
        ValueError: an argument out of range.

    Source: Bertsekas and Gallager (1992), Data Networks, section 6.5.2.
    """
    left = positive("bandwidth", bandwidth)
    shares = [0.0] * len(demands)
    order = sorted(range(len(demands)), key=demands.__getitem__)
    for served, i in enumerate(order):
        wanted = non_negative(f"demands[{i}]", demands[i])
        shares[i] = min(wanted, left / (len(order) - served))
        left -= shares[i]
    return tuple(shares)


def storage_network(
    disk: ServiceTime, hop_latency: float, hops: int, size: float, link_bandwidth: float
) -> float:
    """Time of one request to a disk behind a storage network (SAN), s.

    Arguments:
        disk: its service time where it is attached directly.
        hop_latency: of one hop, there and back, s.
        hops: switches and links on the way; 0 is a disk attached directly.
        size: of the request, bytes.
        link_bandwidth: of the network, bytes/s; where it is no slower than the disk, the transfer
            over it overlaps that from the disk.

    Raises:
        ValueError: an argument out of range.

    Source: Hennessy and Patterson (2007), appendix E: latencies in series add, and a pipelined
        transfer takes as long as its slowest stage.
    """
    extra = whole("hops", hops, 0) * non_negative("hop_latency", hop_latency)
    on_link = non_negative("size", size) / positive("link_bandwidth", link_bandwidth)
    return disk.mean + extra + (max(0.0, on_link - disk.transfer) if hops else 0.0)
