"""Parallel file systems: files striped over servers."""

import math

from models.laws.arguments import non_negative, positive, whole


def striped_bandwidth(
    servers: int, server_bandwidth: float, clients: int, client_bandwidth: float
) -> float:
    """Bandwidth that clients get together of large files striped over servers, bytes/s.

    Arguments:
        servers: over which each file is striped.
        server_bandwidth: of one server, bytes/s.
        clients: that read or write at the same time.
        client_bandwidth: of the network card of one, bytes/s.

    Raises:
        ValueError: an argument out of range.

    Source: the smaller of two capacities in series, Lazowska et al. (1984), section 5.2;
        striping: Hartman and Ousterhout (1995), The Zebra striped network file system.
    """
    together = whole("servers", servers, 1) * positive("server_bandwidth", server_bandwidth)
    return min(
        together, whole("clients", clients, 1) * positive("client_bandwidth", client_bandwidth)
    )


def busiest_share(size: float, stripe_size: float, stripe_count: int) -> float:
    """Bytes of a file on the server that holds the most of it.

    Arguments:
        size: of the file, bytes.
        stripe_size: bytes that go to one server before the next.
        stripe_count: servers over which the file is striped.

    Raises:
        ValueError: an argument out of range.

    Source: round robin of stripes, Lustre Operations Manual, on file layout.
    """
    stripe = positive("stripe_size", stripe_size)
    one_round = whole("stripe_count", stripe_count, 1) * stripe
    rounds = math.floor(non_negative("size", size) / one_round)
    return rounds * stripe + min(stripe, max(0.0, size - rounds * one_round))


def file_time(
    size: float,
    stripe_size: float,
    stripe_count: int,
    server_bandwidth: float,
    client_bandwidth: float,
    latency: float = 0.0,
) -> float:
    """Time in which one client reads or writes one file, s.

    A file of one stripe or less uses one server, however many there are, and the latency of its
    metadata comes on top: small files gain nothing by striping.

    Arguments:
        size: of the file, bytes.
        stripe_size: bytes that go to one server before the next.
        stripe_count: servers over which the file is striped.
        server_bandwidth: of one server, bytes/s.
        client_bandwidth: of the client's network card, bytes/s.
        latency: of opening the file and of the first byte, s.

    Raises:
        ValueError: an argument out of range.

    Source: the busiest of stages in parallel decides, Lazowska et al. (1984), section 5.2.
    """
    of_server = busiest_share(size, stripe_size, stripe_count)
    on_servers = of_server / positive("server_bandwidth", server_bandwidth)
    on_client = size / positive("client_bandwidth", client_bandwidth)
    return non_negative("latency", latency) + max(on_servers, on_client)


def file_rate(
    size: float,
    time: float,
    clients: int,
    servers: int,
    server_bandwidth: float,
    metadata_rate: float = math.inf,
) -> float:
    """Files that clients read or write together, each one file after the other, /s.

    Arguments:
        size: of one file, bytes.
        time: that one takes a client alone, s.
        clients: at the same time.
        servers: of the file system; files are spread over them evenly.
        server_bandwidth: of one server, bytes/s.
        metadata_rate: files that the metadata server opens, /s; infinite if it never limits.

    Raises:
        ValueError: an argument out of range.

    Source: asymptotic bounds, Lazowska et al. (1984), section 5.2: an upper bound, which queues
        at the servers lower.
    """
    opened = (
        metadata_rate if metadata_rate == math.inf else positive("metadata_rate", metadata_rate)
    )
    moved = whole("servers", servers, 1) * positive("server_bandwidth", server_bandwidth)
    alone = whole("clients", clients, 1) / positive("time", time)
    return min(alone, moved / positive("size", size), opened)
