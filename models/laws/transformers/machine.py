"""What the laws of a training step have to know of the hardware and of the software."""

import math
from dataclasses import dataclass, fields
from typing import Protocol

from models.laws.collective_times import traffic
from models.laws.collectives import latency_hops
from models.laws.matrix_rates import MatrixRates
from models.laws.tree_topology import Tree

HALF = 2.0  # bytes of a value in half precision


@dataclass(frozen=True)
class Practice:
    """What a software does at the same time, in one go, or again.

    Arguments:
        overlap: whether gradients are summed while the last micro-batch goes backward, and
            interleaved stages compute one part while another is on its way.
        hides_sums: whether those that share matrices sum gradients of what enters while they
            compute those of weights.
        adds_up: whether the product that makes a gradient adds it to those of micro-batches before.
        gathers_layers: whether sharded parameters are gathered layer by layer, not matrix by
            matrix.
        skips_last: whether the last product of a layer, whose result nothing in it needs, is left
            out where the layer is computed again.
    """

    overlap: bool = False
    hides_sums: bool = False
    adds_up: bool = False
    gathers_layers: bool = True
    skips_last: bool = False


ONE_BY_ONE = Practice()  # nothing at the same time


class Collectives(Protocol):
    """Times of collective operations inside a node."""

    def seconds(self, operation: str, members: int, size: float) -> float:
        """How long one operation takes, s.

        Arguments:
            operation: as nccl-tests calls it.
            members: that take part.
            size: bytes, as nccl-tests counts them.
        """


@dataclass(frozen=True)
class Cluster:
    """What the accelerators of a run and their links do.

    Arguments:
        node: accelerators of one node.
        peak: of one accelerator, FLOP/s, in the precision of the computation.
        memory_bandwidth: of one accelerator, bytes/s.
        matrices: how long one multiplies matrices.
        inside: collective operations inside a node.
        link: one way between two accelerators of a node, bytes/s.
        network: one way of a node, bytes/s.
        latency: of one hop between nodes, s.
        tree: of switches between them; None where only their own links limit them.
        width: bytes of an activation, and of a parameter that is gathered.
        cast: bytes of an activation that enters a product.
        half_peak: of one accelerator in half precision, FLOP/s, in which scores of attention are
            computed where all else is in a lower one; None where all has one peak.
        slow_nodes: nodes that compute more slowly than the others.
        slower: how many times as long they compute.
    """

    node: int
    peak: float
    memory_bandwidth: float
    matrices: MatrixRates
    inside: Collectives
    link: float
    network: float
    latency: float
    tree: Tree | None = None
    width: float = HALF
    cast: float = HALF
    half_peak: float | None = None
    slow_nodes: int = 0
    slower: float = 1.0

    def collective(self, operation: str, members: int, inner: int, size: float) -> float:
        """How long an operation takes in a group whose members may be on many nodes, s.

        What is done inside the nodes and what goes between them follow each other; latency grows
        with the logarithm of the nodes, as trees do, where a ring takes longer.

        Arguments:
            operation: as nccl-tests calls it.
            members: of the group.
            inner: accelerators that lie side by side between two members.
            size: bytes, as nccl-tests counts them.

        Source: Sanders, Speck and Träff (2009), Two-tree algorithms for full bandwidth broadcast,
            reduction and scan, for trees as fast as rings; nccl-tests, PERFORMANCE.md.
        """
        if members <= 1 or size <= 0:
            return 0.0
        here = max(1, min(members, self.node // max(1, inner)))
        nodes = math.ceil(members / here)
        inside = self.inside.seconds(operation, here, size)
        if nodes == 1:
            return inside
        groups = max(1, self.node // here)  # that share the network of a node
        # What is summed or gathered is shared inside before it leaves; exchanged it is each one's.
        senders = here if operation == "all_to_all" else 1
        carried = traffic(operation, nodes) * size * groups * senders
        both_ways = 2 if operation == "all_reduce" else 1
        hops = both_ways * latency_hops(nodes)
        slower = self.slowdown(operation, nodes, max(1, inner // self.node))
        return inside + slower * carried / self.network + hops * self.latency

    def slowdown(self, operation: str, nodes: int, stride: int) -> float:
        """How many times as long an operation takes for crossing switches.

        Arguments:
            operation: as nccl-tests calls it.
            nodes: of the group.
            stride: nodes from one of the group to its next.
        """
        return self.tree.slowdown(operation, nodes, stride) if self.tree else 1.0


@dataclass(frozen=True)
class Calibration:
    """What a software makes of the hardware, fitted to measured steps of it.

    Arguments:
        matrices: time of matrix products over the measured one of theirs alone.
        unaligned: factor of that of products whose sides are no multiples of 64.
        memory: traffic of what is done element by element, over the least that it moves.
        scores: bytes moved for one score of attention, forward and backward; 0 where it is fused.
        attention: share of the peak that attention's products reach.
        loss: bytes moved for one score of a token at the end.
        host: s that the host takes to launch one layer, forward and backward.
        host_forward: share of it that is of the forward pass.
        host_sharing: s more where matrices are shared.
        host_crossing: s more where they are shared over both halves of a node.
        blend: how sharply the slower of host and accelerator sets the time; infinite is a maximum.
        tensor_links: time of collectives between those that share matrices, over the measured.
        data_links: time of the sums of gradients and gathers of parameters, over the measured.
        network: share of the network's rate that is reached.
        ring: s for each member of a gather or scatter, which only rings do.
        boundary: s of one transfer between stages, beside its bytes.
        optimizer: bytes moved for one parameter in a step.
        accumulation: bytes moved for one parameter in each micro-batch but the first.
        overlap: as blend, of gathering parameters and computing.
        step: s of a step that nothing else explains.
    """

    matrices: float = 1.0
    unaligned: float = 1.0
    memory: float = 1.0
    scores: float = 0.0
    attention: float = 0.5
    loss: float = 12.0
    host: float = 0.0
    host_forward: float = 0.4
    host_sharing: float = 0.0
    host_crossing: float = 0.0
    blend: float = 8.0
    tensor_links: float = 1.0
    data_links: float = 1.0
    network: float = 1.0
    ring: float = 0.0
    boundary: float = 0.0
    optimizer: float = 30.0
    accumulation: float = 0.0
    overlap: float = 4.0
    step: float = 0.0

    def __str__(self) -> str:
        return " ".join(f"{each.name}={getattr(self, each.name):g}" for each in fields(self))

    @property
    def fused(self) -> bool:
        """Whether attention never writes its scores to memory."""
        return self.scores == 0
