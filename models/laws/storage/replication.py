"""Copies of blocks on many nodes: how soon a dead node's are made again, and what is lost."""

from math import comb

from models.laws.arguments import non_negative, positive, whole
from models.laws.storage.data_loss import (
    DataLoss,
    DiskGroup,
    Repair,
    chain_data_loss,
    group_chain,
    leading_term,
    mds_data_loss,
)
from models.laws.storage.detection import HDFS_DETECTION
from models.laws.storage.loss_chain import Loss, LossChain


def replication_time(
    node_bytes: float, nodes: int, node_bandwidth: float, detection: float = HDFS_DETECTION
) -> float:
    """Time until all replicas of a dead node exist again on the others, s.

    Arguments:
        node_bytes: that the node held.
        nodes: with the dead one; all others take part alike.
        node_bandwidth: that each of them writes new replicas with, bytes/s.
        detection: time until the node is taken to be dead, s.

    Raises:
        ValueError: an argument out of range.

    Source: declustered rebuilding, Holland and Gibson (1992), Parity declustering for continuous
        operation in redundant disk arrays; of copies, each byte is read once and written once.
    """
    others = whole("nodes", nodes, 2) - 1
    copying = positive("node_bytes", node_bytes) / (
        others * positive("node_bandwidth", node_bandwidth)
    )
    return non_negative("detection", detection) + copying


def block_data_loss(
    replicas: int, mttf: float, mttr: float, block_bytes: float, mission: float
) -> DataLoss:
    """Data loss of one block, whose lost replicas are made again all at once.

    Of many blocks the expected losses add up and `nomdl` is the same, however they are placed.

    Arguments:
        replicas: each on its own node.
        mttf: of a node with its replica, s.
        mttr: mean time until a lost replica is made again, s.
        block_bytes: of the block.
        mission: s.

    Raises:
        ValueError: an argument out of range.

    Source: as `mds_data_loss`, of one piece of data and replicas - 1 of parity.
    """
    copies = whole("replicas", replicas, 1)
    group = DiskGroup(copies, copies - 1, mttf, mttr, block_bytes, "parallel")
    return mds_data_loss(group, mission)


def cluster_data_loss(
    nodes: int,
    replicas: int,
    *,
    mttf: float,
    mttr: float,
    node_bytes: float,
    mission: float,
    repair: Repair = "serial",
) -> DataLoss:
    """Data loss of so many randomly placed blocks that every set of nodes shares one.

    Losing as many nodes at once as there are replicas then always loses the blocks that only they
    held. With fewer blocks, or with copysets, losses are rarer and each is larger.

    Arguments:
        nodes: how many.
        replicas: of each block, at most the nodes.
        mttf: of a node with its disks, s.
        mttr: mean time until a dead node's replicas are made again, s.
        node_bytes: that a node holds.
        mission: s.
        repair: "serial", the replicas of one dead node after another's; "parallel", all at once,
            as fast each.

    Raises:
        ValueError: an argument out of range.

    Source: the chain of `mds_data_loss`; Cidon et al. (2013), section 2, on random replication.
    """
    nodes = whole("nodes", nodes, whole("replicas", replicas, 1))
    group = DiskGroup(nodes, replicas - 1, mttf, mttr, node_bytes, repair)
    usable = nodes * node_bytes / replicas
    chain = group_chain(group)
    loss = Loss(replicas - 1, group.failure_rate(replicas - 1), usable / comb(nodes, replicas))
    return chain_data_loss(
        group,
        LossChain(chain.rates, (loss,)),
        law=f"{replicas} replicas of every block on {nodes} nodes",
        mission=mission,
        usable_bytes=usable,
        textbook=(("leading term", leading_term(group)),),
    )
