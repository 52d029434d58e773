"""Arrays of disks under a mix of requests: whole, degraded and rebuilding."""

import math

from models.laws.arguments import positive, probability, whole
from models.laws.storage.raid import Layout


def host_rate(array: Layout, disk_rate: float, read_share: float, failed: int = 0) -> float:
    """Small random requests that an array serves under a mix, 1/s.

    Load is spread evenly over the sets, so that the set with the failed disks, all in one, sets
    the rate of the whole. Of a parity disk and a data disk the data disk is the one that fails.

    Arguments:
        array: how the disks are laid out.
        disk_rate: small random requests of one disk, 1/s.
        read_share: of the requests, 0 to 1; the others write.
        failed: disks of one set that have failed.

    Raises:
        ValueError: an argument out of range, or more have failed than the array tolerates.

    Source: whole: N d / (r + w P) with the write penalty P, Operating Systems: Three Easy
        Pieces, chapter 38; degraded: counting accesses as in Muntz and Lui (1990), Performance
        analysis of disk arrays under failure.
    """
    positive("disk_rate", disk_rate)
    reads = probability("read_share", read_share)
    lost = whole("failed", failed, 0)
    if lost > array.tolerated:
        raise ValueError(
            f"failed is {failed}; this array of {array.set_disks} disks a set tolerates"
            f" {array.tolerated} in one set"
        )
    if array.set_data == 1:
        if array.mirrored_stripes and lost:
            return array.sets * disk_rate
        return array.sets * disk_rate / (reads / (array.set_disks - lost) + 1 - reads)
    if array.dedicated_parity:
        busiest = _dedicated(array.set_data, reads, lost)
        return array.sets * disk_rate / busiest
    read, write = accesses(array.set_data, array.tolerated, lost)
    alive = array.set_disks - lost
    return array.sets * alive * disk_rate / (reads * read + (1 - reads) * write)


def accesses(data: int, parity: int, failed: int = 0) -> tuple[float, float]:
    """Mean accesses of disks for one small read and one small write, over rotating stripes.

    A read of a lost piece reads any k others. A write reads and writes its piece and each parity
    that is left; where its piece is lost, it finds the other k - 1 pieces of data, by any k pieces
    if more of the data are lost, and writes the parities; where all parities are lost, it only
    writes.

    Arguments:
        data: pieces of data in a stripe, k.
        parity: pieces of parity in a stripe, m.
        failed: disks lost, m at most; any are equally likely.

    Raises:
        ValueError: an argument out of range.

    Source: Muntz and Lui (1990) for one parity; the same count over the hypergeometric number of
        parities among the lost pieces.
    """
    k, m = whole("data", data, 1), whole("parity", parity, 0)
    lost, pieces = whole("failed", failed, 0), k + m
    if lost > m:
        raise ValueError(f"failed is {failed}; {m} pieces of parity make up for {m} at most")
    read = 1 + lost * (k - 1) / pieces
    if m == 0:
        return read, 1.0
    # Weights of the number j of parities among the lost, if the data piece lives or is lost.
    total = math.comb(pieces, lost)
    write = 0
    for j in range(min(m, lost) + 1):
        parities = math.comb(m, j)
        cost = 1 if j == m else 2 + 2 * (m - j)
        write += cost * parities * math.comb(k - 1, lost - j)
        if lost > j:
            others = lost - 1 - j
            cost = (k if others else k - 1) + m - j
            write += cost * parities * math.comb(k - 1, others)
    return read, write / total


def _dedicated(data: int, reads: float, lost: int) -> float:
    """Accesses of the busiest disk a request, with all parity on one disk."""
    writes = 1 - reads
    if not lost:
        return max((reads + 2 * writes) / data, 2 * writes)
    of_data = (2 * reads + 3 * writes) / data
    of_parity = (reads + (2 * data - 1) * writes) / data
    return max(of_data, of_parity)


def rebuilding_rate(
    array: Layout, disk_rate: float, read_share: float, share: float, failed: int = 1
) -> float:
    """Small random requests that an array serves while it rebuilds, 1/s.

    Arguments:
        array: how the disks are laid out.
        disk_rate: small random requests of one disk, 1/s.
        read_share: of the requests, 0 to 1.
        share: of each disk's time that the rebuild takes, 0 to 1.
        failed: disks of one set that are being rebuilt.

    Raises:
        ValueError: an argument out of range, or more have failed than the array tolerates.

    Source: `host_rate` in what time is left, the utilization law.
    """
    left = 1 - probability("share", share)
    return left * host_rate(array, disk_rate, read_share, whole("failed", failed, 1))


def rebuilding_bandwidth(array: Layout, rate: float, share: float) -> float:
    """Sequential rate of an array that rebuilds, bytes/s.

    Any k pieces of a stripe give its data, from as many disks at the same time: large requests
    lose nothing by failed disks that the array tolerates, only what the rebuild takes.

    Arguments:
        array: how the disks are laid out.
        rate: sequential, of one disk, bytes/s.
        share: of each disk's time that the rebuild takes, 0 to 1; 0 is a degraded array without.

    Raises:
        ValueError: an argument out of range, or an array that survives no failure.

    Source: Operating Systems: Three Easy Pieces, chapter 38, whole stripes; the utilization law.
    """
    if not array.tolerated:
        raise ValueError("the array tolerates no failure; there is nothing to rebuild from")
    left = 1 - probability("share", share)
    return left * array.sequential(positive("rate", rate))


def rebuild_time(capacity: float, rate: float, share: float = 1.0) -> float:
    """Time to rebuild a disk onto a spare, s: as long as the spare is written.

    Arguments:
        capacity: of the disk, bytes.
        rate: sequential, of one disk, bytes/s.
        share: of the disks' time that the rebuild takes, more than 0, 1 at most.

    Raises:
        ValueError: an argument out of range.

    Source: Holland and Gibson (1992), Parity declustering for continuous operation in redundant
        disk arrays, at the rate of the replacement disk.
    """
    positive("share", probability("share", share))
    return positive("capacity", capacity) / (positive("rate", rate) * share)


def declustered_rebuild_time(
    capacity: float, rate: float, data: int, pool: int, share: float = 1.0
) -> float:
    """Time to rebuild a disk into space that is spread over a pool of disks, s.

    Each lost byte is made of k others and written once, by all M - 1 disks that are left.

    Arguments:
        capacity: of the disk, bytes.
        rate: sequential, of one disk, bytes/s.
        data: pieces of data in a stripe, k.
        pool: disks over which stripes and spare space are spread, M, more than k.
        share: of the disks' time that the rebuild takes, more than 0, 1 at most.

    Raises:
        ValueError: an argument out of range.

    Source: Muntz and Lui (1990); Holland and Gibson (1992): (k + 1) C / ((M - 1) b f).
    """
    pieces, disks = whole("data", data, 1), whole("pool", pool, 2)
    if disks <= pieces:
        raise ValueError(f"pool is {pool} disks; stripes of {data} pieces of data need more")
    return (pieces + 1) / (disks - 1) * rebuild_time(capacity, rate, share)
