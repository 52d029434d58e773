"""HDFS: a namenode that knows where the blocks are, and datanodes that hold their replicas."""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from models.laws.arguments import non_negative, positive, probability, whole
from models.laws.reliability.markov_chain import steady_state
from models.laws.storage.placement import Placement

DEFAULT_REPLICAS = 3
BLOCK_BYTES = 128 * 2**20
MOST_CHOICES = 1_000_000


@dataclass(frozen=True)
class BlockMap:
    """What a namenode knows: the datanodes of each block's replicas.

    Arguments:
        replicas: distinct datanodes, one or more, of each block.
        datanodes: all of them, also those without a block; by default those that hold one.

    Raises:
        ValueError: a block without a replica, twice on a node, or on a node that isn't there.
    """

    replicas: Mapping[str, tuple[str, ...]]
    datanodes: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        holding = {node for nodes in self.replicas.values() for node in nodes}
        if not self.datanodes:
            object.__setattr__(self, "datanodes", frozenset(holding))
        for block, nodes in self.replicas.items():
            if not nodes or len(set(nodes)) < len(nodes):
                raise ValueError(f"block {block} is on {nodes}; it needs distinct datanodes")
            if not self.datanodes.issuperset(nodes):
                raise ValueError(f"block {block} is on {nodes}, not all of which are datanodes")

    @classmethod
    def of(cls, placement: Placement, nodes: int) -> "BlockMap":
        """The map of blocks placed on numbered nodes.

        Arguments:
            placement: nodes of each block's replicas, shape (blocks, replicas).
            nodes: how many there are.
        """
        replicas = {
            str(block): tuple(str(node) for node in row)
            for block, row in enumerate(placement.tolist())
        }
        return cls(replicas, frozenset(str(node) for node in range(nodes)))

    @property
    def replica_count(self) -> int:
        """Replicas of all blocks."""
        return sum(len(nodes) for nodes in self.replicas.values())

    def lost(self, dead: Collection[str]) -> tuple[str, ...]:
        """Blocks without a live replica.

        Arguments:
            dead: datanodes, all at once.

        Raises:
            ValueError: a node that isn't there.
        """
        gone = self._known(dead)
        return tuple(block for block, nodes in self.replicas.items() if gone.issuperset(nodes))

    def under_replicated(self, dead: Collection[str]) -> tuple[str, ...]:
        """Blocks that have lost a replica, but not all: the namenode copies them again.

        Arguments:
            dead: datanodes, all at once.

        Raises:
            ValueError: a node that isn't there.
        """
        gone = self._known(dead)
        return tuple(
            block
            for block, nodes in self.replicas.items()
            if not gone.isdisjoint(nodes) and not gone.issuperset(nodes)
        )

    def loss_probability(self, dead: int) -> float:
        """Probability that a block is lost when so many datanodes, any of them, die at once.

        Arguments:
            dead: how many.

        Raises:
            ValueError: more than there are, or more than a million choices of them.

        Source: counted over all choices.
        """
        names = sorted(self.datanodes)
        if whole("dead", dead, 0) > len(names):
            raise ValueError(f"dead is {dead}; there are {len(names)} datanodes")
        choices = math.comb(len(names), dead)
        if choices > MOST_CHOICES:
            raise ValueError(f"dead is {dead}; {choices:,} choices are more than {MOST_CHOICES:,}")
        bits = {name: 1 << position for position, name in enumerate(names)}
        blocks = {sum(bits[node] for node in nodes) for nodes in self.replicas.values()}
        fatal = sum(
            any(block & gone == block for block in blocks)
            for gone in map(sum, combinations(bits.values(), dead))
        )
        return fatal / choices

    def _known(self, nodes: Iterable[str]) -> frozenset[str]:
        known = frozenset(nodes)
        if not known <= self.datanodes:
            raise ValueError(f"{sorted(known - self.datanodes)} are not datanodes of this map")
        return known


def block_count(file_bytes: float, block_bytes: float = BLOCK_BYTES) -> int:
    """Blocks that a file is cut into, the last of which may be short.

    Arguments:
        file_bytes: its size.
        block_bytes: the most a block holds.

    Raises:
        ValueError: an argument out of range.

    Source: Apache Hadoop, HDFS architecture, data blocks: 128 MiB by default.
    """
    size = non_negative("file_bytes", file_bytes)
    return math.ceil(size / positive("block_bytes", block_bytes))


@dataclass(frozen=True)
class ServiceState:
    """What a file system serves at a moment.

    Arguments:
        available: whether a namenode answers; without one nothing can be read or written.
        lost: blocks without a live replica.
        under_replicated: blocks that are to be copied again.
    """

    available: bool
    lost: tuple[str, ...]
    under_replicated: tuple[str, ...]


def service_state(blocks: BlockMap, live_namenodes: int, dead: Collection[str]) -> ServiceState:
    """What is served and what is lost while some machines are down.

    A namenode that is down takes no block with it: the replicas stay on the datanodes, and its
    own records, an image and a log of edits, are taken to be kept elsewhere as well.

    Arguments:
        blocks: where the replicas are.
        live_namenodes: 1, or with a standby 2, less those that are down.
        dead: datanodes that are down.

    Raises:
        ValueError: an argument out of range.

    Source: Shvachko et al. (2010), The Hadoop distributed file system, section II.
    """
    available = whole("live_namenodes", live_namenodes, 0) > 0
    return ServiceState(available, blocks.lost(dead), blocks.under_replicated(dead))


def namenode_pair_unavailability(
    mttf: float, mttr: float, failover: float, coverage: float = 1.0
) -> float:
    """Share of time in which neither of an active and a standby namenode serves.

    Arguments:
        mttf: of each namenode, the standby's too, s.
        mttr: of each, repaired independently, s.
        failover: mean time until the standby has taken over, s.
        coverage: probability that it does; else the active one must be repaired first.

    Raises:
        ValueError: an argument out of range.

    Source: a chain of the pair's states with exponential times, as Trivedi (2002), Probability
        and Statistics, 2nd edition, section 8.4. A single one is down for mttr / (mttf + mttr).
    """
    failing = 1 / positive("mttf", mttf)
    mending, taking_over = 1 / positive("mttr", mttr), 1 / positive("failover", failover)
    probability("coverage", coverage)
    both, switching, stuck, one, neither = range(5)
    rates = np.zeros((5, 5))
    rates[both, switching] = failing * coverage
    rates[both, stuck] = failing * (1 - coverage)
    rates[both, one] = failing
    rates[switching, one] = taking_over
    for waiting in (switching, stuck):
        rates[waiting, both] = mending
        rates[waiting, neither] = failing
    rates[one, both] = mending
    rates[one, neither] = failing
    rates[neither, one] = 2 * mending
    shares = steady_state(rates)
    return float(shares[[switching, stuck, neither]].sum())
