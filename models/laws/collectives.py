"""Collective communication: how long accelerators take to agree on a sum."""

import math
from dataclasses import dataclass

from models.laws.collective_times import traffic


def ring_all_reduce(members: int, size: float, bandwidth: float, latency: float = 0.0) -> float:
    """Duration of an all-reduce round a ring, s.

    A reduce-scatter and an all-gather of n-1 hops each, every hop carrying size/n.

    Arguments:
        members: members of the ring, n.
        size: bytes that each member contributes.
        bandwidth: of one link, one way, bytes/s.
        latency: of one hop, s.

    Raises:
        ValueError: a figure out of range.

    Source: Patarasuk and Yuan (2009), Bandwidth optimal all-reduce algorithms, section 3;
        nccl-tests, PERFORMANCE.md: 2(n-1)/n.
    """
    _check(members, size, bandwidth, latency)
    if members == 1:
        return 0.0
    hops = 2 * (members - 1)
    return hops / members * size / bandwidth + hops * latency


def hierarchical_all_reduce(
    node_members: int,
    nodes: int,
    size: float,
    intra_bandwidth: float,
    inter_bandwidth: float,
    intra_latency: float = 0.0,
    inter_latency: float = 0.0,
    trees: bool = False,
) -> tuple[float, float]:
    """Duration of an all-reduce over nodes of several accelerators, s: inside and between nodes.

    Reduce-scatter inside each node, all-reduce of the parts between nodes, all-gather inside.
    The parts of all members of a node share its network link, so that the link carries what one
    ring over the nodes with the whole size would.

    Arguments:
        node_members: accelerators in a node.
        nodes: how many nodes.
        size: bytes that each accelerator contributes.
        intra_bandwidth: of one accelerator's link inside the node, one way, bytes/s.
        inter_bandwidth: of one node's network link, one way, bytes/s.
        intra_latency: of one hop inside the node, s.
        inter_latency: of one hop between nodes, s.
        trees: whether the library may send over trees, whose latency grows with the logarithm.

    Raises:
        ValueError: a figure out of range.

    Source: Ueno and Yokota (2019), Exhaustive study of hierarchical allreduce patterns for large
        messages between GPUs, section III.
    """
    inside = ring_all_reduce(node_members, size, intra_bandwidth, intra_latency)
    between = ring_all_reduce(nodes, size, inter_bandwidth, inter_latency)
    if trees:
        inside -= 2 * (node_members - 1 - latency_hops(node_members)) * intra_latency
        between -= 2 * (nodes - 1 - latency_hops(nodes)) * inter_latency
    return inside, between


def parameter_server_synchronization(
    workers: int, size: float, server_bandwidth: float, worker_bandwidth: float, servers: int = 1
) -> float:
    """Duration of one synchronous exchange with parameter servers, s.

    Arguments:
        workers: how many workers push gradients and pull parameters.
        size: bytes of the parameters.
        server_bandwidth: of one server's link, one way, bytes/s.
        worker_bandwidth: of one worker's link, one way, bytes/s.
        servers: over which the parameters are spread evenly.

    Raises:
        ValueError: a figure out of range.

    Source: Li et al. (2014), Scaling distributed machine learning with the parameter server, OSDI.
    """
    _check(workers, size, server_bandwidth, 0.0)
    _check(servers, size, worker_bandwidth, 0.0)
    return max(2 * size / worker_bandwidth, 2 * workers * size / (servers * server_bandwidth))


def _check(members: int, size: float, bandwidth: float, latency: float) -> None:
    if members < 1:
        raise ValueError(f"members is {members}; it must be 1 or more")
    if size < 0:
        raise ValueError(f"size is {size} bytes; it must be 0 or more")
    if not bandwidth > 0:
        raise ValueError(f"bandwidth is {bandwidth} bytes/s; it must be more than 0")
    if latency < 0:
        raise ValueError(f"latency is {latency} s; it must be 0 or more")


@dataclass(frozen=True)
class StraightCollectives:
    """Times of collective operations over links that nobody measured: a straight line of the size.

    Latency grows with the logarithm of the members where a tree is faster than a ring.

    Arguments:
        bandwidth: of one link, one way, bytes/s.
        latency: of one hop, s.
    """

    bandwidth: float
    latency: float

    def seconds(self, operation: str, members: int, size: float) -> float:
        """How long one operation takes, s.

        Arguments:
            operation: all_reduce, all_gather, reduce_scatter or all_to_all.
            members: that take part.
            size: bytes, as nccl-tests counts them.

        Source: nccl-tests, PERFORMANCE.md, for the traffic; Sanders, Speck and Träff (2009),
            Two-tree algorithms for full bandwidth broadcast, reduction and scan, for the latency.
        """
        if members == 1 or size <= 0:
            return 0.0
        ways = 2 if operation == "all_reduce" else 1
        hops = ways * latency_hops(members)
        return traffic(operation, members) * size / self.bandwidth + hops * self.latency


def latency_hops(members: int) -> float:
    """Hops that one way of a collective takes: those of a ring, or of a tree where it has fewer.

    Arguments:
        members: that take part.

    Source: Sanders, Speck and Träff (2009), Two-tree algorithms for full bandwidth broadcast,
        reduction and scan: a tree of full bandwidth; NCCL chooses the faster of both.
    """
    return min(members - 1, math.log2(members))
