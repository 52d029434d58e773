"""Where replicas of blocks go: at random, by racks as HDFS does, or in copysets."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.laws.arguments import whole

Placement = NDArray[np.int64]


def random_placement(
    random: np.random.Generator, blocks: int, nodes: int, replicas: int = 3
) -> Placement:
    """Node of each replica: distinct nodes, each set of them equally likely.

    Arguments:
        random: source of the draws.
        blocks: how many.
        nodes: how many, numbered from 0.
        replicas: of each block.

    Returns:
        Nodes, shape (blocks, replicas).

    Raises:
        ValueError: an argument out of range, or fewer nodes than replicas.
    """
    blocks = whole("blocks", blocks, 0)
    replicas = whole("replicas", replicas, 1)
    nodes = whole("nodes", nodes, replicas)
    chosen = np.zeros((blocks, replicas), dtype=np.int64)
    for position in range(replicas):
        free = random.integers(nodes - position, size=blocks)
        chosen[:, position] = _skip(free, chosen[:, :position])
    return chosen


def rack_aware_placement(
    random: np.random.Generator,
    blocks: int,
    racks: Sequence[int],
    replicas: int = 3,
    writer: int | None = None,
) -> Placement:
    """Node of each replica as HDFS places it by default.

    The first goes to the writer's node, or anywhere; the second to another rack; the third to
    another node of the second's rack; further ones to any other nodes.

    Arguments:
        random: source of the draws.
        blocks: how many.
        racks: nodes in each; nodes are numbered from 0, rack by rack.
        replicas: of each block.
        writer: node on which the blocks are written; none if they come from outside.

    Returns:
        Nodes, shape (blocks, replicas).

    Raises:
        ValueError: an argument out of range, or too few racks or nodes for the replicas.

    Source: Apache Hadoop, HDFS architecture, replica placement.
    """
    blocks = whole("blocks", blocks, 0)
    replicas = whole("replicas", replicas, 1)
    sizes = check_racks(racks, replicas)
    nodes, starts = int(sizes.sum()), np.cumsum(sizes) - sizes
    rack_of = np.repeat(np.arange(len(sizes)), sizes)
    if writer is not None and whole("writer", writer, 0) >= nodes:
        raise ValueError(f"writer is {writer}; it must be less than {nodes}, the number of nodes")
    chosen = np.zeros((blocks, replicas), dtype=np.int64)
    chosen[:, 0] = random.integers(nodes, size=blocks) if writer is None else writer
    if replicas >= 2:
        first = rack_of[chosen[:, 0]]
        elsewhere = random.integers(nodes - sizes[first])
        chosen[:, 1] = elsewhere + np.where(elsewhere >= starts[first], sizes[first], 0)
    if replicas >= 3:
        second = rack_of[chosen[:, 1]]
        within = random.integers(sizes[second] - 1)
        chosen[:, 2] = starts[second] + _skip(within, chosen[:, 1:2] - starts[second][:, None])
    for position in range(3, replicas):
        free = random.integers(nodes - position, size=blocks)
        chosen[:, position] = _skip(free, chosen[:, :position])
    return chosen


def copysets(
    random: np.random.Generator, nodes: int, replicas: int = 3, scatter_width: int = 2
) -> Placement:
    """Sets of nodes that alone share blocks: some permutations of the nodes, cut in pieces.

    Nodes that a permutation leaves over, fewer than the replicas, have no set in it.

    Arguments:
        random: source of the draws.
        nodes: how many, numbered from 0.
        replicas: of each block, 2 or more.
        scatter_width: other nodes that should hold copies of what one node holds.

    Returns:
        Nodes, shape (sets, replicas).

    Raises:
        ValueError: an argument out of range, or fewer nodes than replicas.

    Source: Cidon et al. (2013), Copysets: reducing the frequency of data loss in cloud storage.
    """
    count = permutations(replicas, scatter_width)
    nodes = whole("nodes", nodes, replicas)
    pieces = nodes // replicas
    orders = [random.permutation(nodes)[: pieces * replicas] for _ in range(count)]
    return np.concatenate(orders).astype(np.int64).reshape(count * pieces, replicas)


def copyset_placement(random: np.random.Generator, blocks: int, sets: Placement) -> Placement:
    """Node of each replica: each block goes to any one of the sets.

    Arguments:
        random: source of the draws.
        blocks: how many.
        sets: nodes of each set, shape (sets, replicas).

    Returns:
        Nodes, shape (blocks, replicas).

    Raises:
        ValueError: an argument out of range.
    """
    return sets[random.integers(len(sets), size=whole("blocks", blocks, 0))]


def permutations(replicas: int, scatter_width: int) -> int:
    """How many permutations give the scatter width, each replicas - 1 of it.

    Arguments:
        replicas: of each block, 2 or more.
        scatter_width: other nodes that should hold copies of what one node holds.

    Raises:
        ValueError: an argument out of range.

    Source: Cidon et al. (2013), section 4.
    """
    return -(-whole("scatter_width", scatter_width, 1) // (whole("replicas", replicas, 2) - 1))


def check_racks(racks: Sequence[int], replicas: int) -> Placement:
    """Nodes in each rack, enough for so many replicas.

    Arguments:
        racks: nodes in each.
        replicas: of each block.

    Raises:
        ValueError: an empty rack, or too few racks or nodes.
    """
    sizes = np.array([whole("racks", size, 1) for size in racks], dtype=np.int64)
    if len(sizes) < min(replicas, 2):
        raise ValueError(f"racks is {list(racks)}; {replicas} replicas need 2 racks or more")
    if replicas >= 3 and sizes.min() < 2:
        raise ValueError(
            f"racks is {list(racks)}; {replicas} replicas need 2 nodes or more in each"
        )
    if sizes.sum() < replicas:
        raise ValueError(f"racks is {list(racks)}; {replicas} replicas need as many nodes")
    return sizes


def _skip(numbers: Placement, taken: Placement) -> Placement:
    """The numbers counted among those that their row has not taken yet."""
    for column in np.sort(taken, axis=1).T:
        numbers = numbers + (numbers >= column)
    return numbers
