"""Nodes on a tree of switches: how much slower what crosses oversubscribed switches is."""

from dataclasses import dataclass


def nodes_of_leaf(ports: int, links_per_node: int, rail: bool = False) -> int:
    """Nodes that reach one another over one switch.

    Arguments:
        ports: of a leaf switch, down to nodes.
        links_per_node: of each node.
        rail: whether the first links of nodes meet at one switch, the second at another, and so
            on; else all links of a node go to its own switch.

    Raises:
        ValueError: a figure out of range.

    Source: NVIDIA DGX SuperPOD reference architecture (2023), compute fabric: rail-optimised,
        each of the links of a node on a leaf of its own.
    """
    if ports < 1 or links_per_node < 1:
        raise ValueError(f"ports {ports} and links_per_node {links_per_node} must be 1 or more")
    return ports if rail else max(1, ports // links_per_node)


def ring_slowdown(nodes: int, together: int, oversubscription: float) -> float:
    """How many times as long a ring or tree over nodes takes for crossing leaf switches.

    Of members side by side under one leaf, one link each way leaves it; as many rings run over
    the leaf as it has nodes for each member, and all of them share its uplinks.

    Arguments:
        nodes: of the ring.
        together: of those, under one leaf.
        oversubscription: of a leaf: what its ports down carry over what those up do.

    Raises:
        ValueError: a figure out of range.

    Source: Al-Fares, Loukissas and Vahdat (2008), A scalable, commodity data center network
        architecture, SIGCOMM, section 2.1, for oversubscription; traffic counted by hand.
    """
    _check(nodes, together, oversubscription)
    return 1.0 if nodes <= together else max(1.0, oversubscription / together)


def exchange_slowdown(nodes: int, together: int, oversubscription: float) -> float:
    """How many times as long it takes when each node sends to each other one as much.

    Arguments:
        nodes: that exchange.
        together: of those, under one leaf.
        oversubscription: of a leaf: what its ports down carry over what those up do.

    Raises:
        ValueError: a figure out of range.

    Source: Al-Fares, Loukissas and Vahdat (2008), SIGCOMM, section 2.1, for oversubscription; of
        what a node sends, the share for nodes under other leaves.
    """
    _check(nodes, together, oversubscription)
    if nodes <= together:
        return 1.0
    return max(1.0, oversubscription * (nodes - together) / (nodes - 1))


def _check(nodes: int, together: int, oversubscription: float) -> None:
    if nodes < 1 or together < 1 or not oversubscription >= 1:
        raise ValueError(
            f"nodes {nodes}, together {together} and oversubscription {oversubscription} must be"
            " 1 or more"
        )


@dataclass(frozen=True)
class Tree:
    """A tree of switches that nodes hang on.

    Arguments:
        leaf: nodes that reach one another over one switch.
        oversubscription: of a leaf.
        packed: whether neighbours in a job are neighbours under a leaf; else each is anywhere.
    """

    leaf: int
    oversubscription: float
    packed: bool

    def slowdown(self, operation: str, nodes: int, stride: int = 1) -> float:
        """How many times as long a collective operation takes between nodes.

        Arguments:
            operation: as nccl-tests calls it; all_to_all exchanges, others go round.
            nodes: of the group.
            stride: nodes from one of the group to its next.
        """
        together = max(1, self.leaf // stride) if self.packed else 1
        law = exchange_slowdown if operation == "all_to_all" else ring_slowdown
        return law(nodes, min(together, nodes), self.oversubscription)
