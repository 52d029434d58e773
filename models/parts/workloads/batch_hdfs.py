"""HDFS on the core nodes of a cluster: how likely a run loses a block of it."""

from models.laws.reliability.blocks import mttf_of_series
from models.laws.storage.detection import HDFS_DETECTION
from models.laws.storage.replication import cluster_data_loss, replication_time
from models.parts.site import Site
from models.parts.workloads.batch_solution import BatchSolution


def block_loss(solution: BatchSolution, site: Site, duration: float) -> float:
    """Probability that a run loses a block of HDFS: all nodes with its replicas at about once.

    A core node counts as lost, with its disks, until its replicas exist on the others.

    Arguments:
        solution: of the workload, with HDFS.
        site: that it runs on.
        duration: of the run, s.
    """
    hdfs, core = solution.described.hdfs, solution.groups[0]
    assert hdfs is not None  # the caller asks
    if duration <= 0:
        return 0.0
    store = site.stores[hdfs.store]
    nodes = site.groups[core.name].component
    mttf = mttf_of_series([nodes.mttf, store.components[0].mttf])
    size = store.usable_size
    each = min(core.hdfs_write, core.network)
    # Where no node is left without the block, the lost one's successor takes all of it.
    others = core.count if core.count > hdfs.replication else 2
    away = replication_time(size, others, each, HDFS_DETECTION)
    if core.count <= hdfs.replication:
        away += nodes.mttr
    return cluster_data_loss(
        core.count,
        hdfs.replication,
        mttf=mttf,
        mttr=away,
        node_bytes=size,
        mission=duration,
    ).loss_probability
