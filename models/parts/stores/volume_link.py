"""What the volumes of a node share: its link to block storage, with the bursts of small ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.description.stack import Stack
from models.laws.storage.burst_credits import BurstBucket
from models.laws.storage.shared_link import fair_shares
from models.parts.facts import Facts

# Small instances keep their burst "for 30 minutes at least once every 24 hours" (AWS, Amazon
# EBS-optimized instances); the credits are what that takes above what is sustained.
BURST_TIME = 1800.0


@dataclass(frozen=True)
class StorageLink:
    """The link of one node to its volumes.

    Arguments:
        bandwidth: bytes/s.
        requests: 1/s; None where no limit is known.
    """

    bandwidth: BurstBucket
    requests: BurstBucket | None


def storage_link(nodes: str, stack: Stack, facts: Facts) -> StorageLink | None:
    """The link of each node of a group to its volumes; None where the catalog knows none.

    Arguments:
        nodes: name of the group.
        stack: that it belongs to.
        facts: the catalog.
    """
    name = stack.nodes[nodes].instance
    sustained = facts.instance(stack.cloud, name).block_storage_bandwidth if name else 0.0
    if not sustained or name is None:
        return None
    known = facts.instance_storage(stack.cloud, name)
    if known is None:
        return StorageLink(_bucket(sustained, None), None)
    requests = known.block_iops
    return StorageLink(
        _bucket(sustained, known.block_burst),
        None if requests is None else _bucket(requests, known.block_burst_iops),
    )


def _bucket(sustained: float, burst: float | None) -> BurstBucket:
    fastest = max(sustained, burst or 0.0)
    return BurstBucket(sustained, fastest, (fastest - sustained) * BURST_TIME)


def fair_share(link: BurstBucket, others: Sequence[BurstBucket]) -> BurstBucket:
    """What is left of a link to one volume while all others of the node are busy.

    Arguments:
        link: of the node, units/s.
        others: what the other volumes of the node can take, units/s.

    Source: max-min fairness, Bertsekas and Gallager (1992), section 6.5.2; credits go in equal
        parts.
    """
    baseline, *_ = fair_shares(link.baseline, [link.baseline, *(one.baseline for one in others)])
    burst, *_ = fair_shares(link.burst, [link.burst, *(one.burst for one in others)])
    return BurstBucket(baseline, max(baseline, burst), link.capacity / (1 + len(others)))
