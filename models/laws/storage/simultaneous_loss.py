"""Blocks lost when some nodes die at once, such as after a power cut, exact over placements."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.laws.arguments import whole
from models.laws.storage.placement import check_racks, permutations

MOST_DEAD = 50


@dataclass(frozen=True)
class SimultaneousLoss:
    """What is lost when some nodes, any of them, die at once.

    Arguments:
        loss_probability: of one block or more.
        expected_blocks: mean number of blocks lost.
    """

    loss_probability: float
    expected_blocks: float


def random_loss(nodes: int, dead: int, blocks: int, replicas: int = 3) -> SimultaneousLoss:
    """Loss with each block on nodes chosen at random.

    Arguments:
        nodes: how many.
        dead: how many of them die.
        blocks: how many, each placed by itself.
        replicas: of each block.

    Raises:
        ValueError: an argument out of range.

    Source: hypergeometric: a block is lost if all its nodes are among the dead.
    """
    nodes, dead, blocks = _checked(nodes, dead, blocks, replicas)
    chance = math.comb(dead, replicas) / math.comb(nodes, replicas)
    return SimultaneousLoss(_any(chance, blocks), blocks * chance)


def rack_aware_loss(
    racks: int, nodes_per_rack: int, dead: int, blocks: int, replicas: int = 3
) -> SimultaneousLoss:
    """Loss with HDFS's default placement by writers outside or spread evenly over the nodes.

    Arguments:
        racks: how many.
        nodes_per_rack: in each.
        dead: how many nodes die, wherever they are; 50 at most.
        blocks: how many, each placed by itself.
        replicas: of each block, 1 to 3.

    Raises:
        ValueError: an argument out of range.

    Source: the placement of `rack_aware_placement`, summed over all ways in which the dead nodes
        fall on the racks.
    """
    if replicas not in (1, 2, 3):
        raise ValueError(f"replicas is {replicas}; it must be 1, 2 or 3")
    per_rack = whole("nodes_per_rack", nodes_per_rack, 1)
    check_racks([per_rack] * whole("racks", racks, 1), replicas)
    nodes, dead, blocks = _checked(racks * per_rack, dead, blocks, replicas)
    if dead > MOST_DEAD:
        raise ValueError(f"dead is {dead}; the ways to fall on racks are summed up to {MOST_DEAD}")
    # Ordered choices of nodes that are all dead, out of all ordered choices of the placement.
    choices = (
        nodes * (nodes - per_rack if replicas > 1 else 1) * (per_rack - 1 if replicas > 2 else 1)
    )
    total = math.comb(nodes, dead)
    loss = expected = 0.0
    for falls, ways in _falls(dead, racks, per_rack, dead):
        if replicas == 1:
            lost = dead
        else:
            lost = sum(d * (dead - d) * (d - 1 if replicas == 3 else 1) for d in falls)
        loss += ways / total * _any(lost / choices, blocks)
        expected += ways / total * (lost / choices)
    return SimultaneousLoss(min(1.0, loss), blocks * expected)


def copyset_loss(
    nodes: int, dead: int, blocks: int, replicas: int = 3, scatter_width: int = 2
) -> SimultaneousLoss:
    """Loss with each block in one of the copysets, which are random themselves.

    Arguments:
        nodes: how many.
        dead: how many of them die.
        blocks: how many, each in any one of the sets.
        replicas: of each block, 2 or more.
        scatter_width: other nodes that should hold copies of what one node holds.

    Raises:
        ValueError: an argument out of range.

    Source: the placement of Cidon et al. (2013); the number of sets that die whole by inclusion
        and exclusion in whole numbers, independent from permutation to permutation.
    """
    count = permutations(replicas, scatter_width)
    nodes, dead, blocks = _checked(nodes, dead, blocks, replicas)
    pieces, total = nodes // replicas, math.comb(nodes, dead)
    most = min(pieces, dead // replicas)
    containing = [
        math.comb(pieces, n) * math.comb(nodes - replicas * n, dead - replicas * n)
        for n in range(most + 1)
    ]
    one = np.array(
        [
            sum(
                (-1) ** (n - exact) * math.comb(n, exact) * containing[n]
                for n in range(exact, most + 1)
            )
            / total
            for exact in range(most + 1)
        ]
    )
    whole_sets = np.ones(1)
    for _ in range(count):
        whole_sets = np.convolve(whole_sets, one)
    sets = count * pieces
    lost = [_any(number / sets, blocks) for number in range(len(whole_sets))]
    expected = math.comb(dead, replicas) / math.comb(nodes, replicas)
    return SimultaneousLoss(min(1.0, float(whole_sets @ lost)), blocks * expected)


def _checked(nodes: int, dead: int, blocks: int, replicas: int) -> tuple[int, int, int]:
    nodes = whole("nodes", nodes, whole("replicas", replicas, 1))
    if whole("dead", dead, 0) > nodes:
        raise ValueError(f"dead is {dead}; it must be at most {nodes}, the number of nodes")
    return nodes, int(dead), whole("blocks", blocks, 0)


def _any(chance: float, blocks: int) -> float:
    """Probability of one loss or more among independent blocks."""
    if chance >= 1:
        return float(blocks > 0)
    return -math.expm1(blocks * math.log1p(-chance))


def _falls(
    dead: int, racks: int, per_rack: int, most: int
) -> Iterator[tuple[tuple[int, ...], int]]:
    """Dead nodes of each rack that has some, the most first, and the sets of nodes that fit."""
    if dead == 0:
        yield (), 1
        return
    # `largest` is the most of any rack left, on `equal` racks; the rest have fewer.
    for largest in range(min(dead, per_rack, most), 0, -1):
        ways_each = math.comb(per_rack, largest)
        for equal in range(1, min(racks, dead // largest) + 1):
            here = math.comb(racks, equal) * ways_each**equal
            rest = _falls(dead - largest * equal, racks - equal, per_rack, largest - 1)
            for falls, ways in rest:
                yield (largest,) * equal + falls, here * ways
