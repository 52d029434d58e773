"""Erasure codes across hosts: what a code costs, how fast it is without a host, what is lost."""

from math import comb

from models.laws.arguments import non_negative, positive, whole
from models.laws.storage.data_loss import (
    DataLoss,
    DiskGroup,
    Repair,
    chain_data_loss,
    group_chain,
    leading_term,
)
from models.laws.storage.latent_errors import rebuild_error_chain
from models.laws.storage.loss_chain import Loss, LossChain


def overhead(data: int, parity: int) -> float:
    """Bytes kept, and written by large writes, for each byte stored: (k + m)/k.

    Arguments:
        data: pieces of data in a stripe, k.
        parity: pieces of parity, m.

    Raises:
        ValueError: an argument out of range.

    Source: Weatherspoon and Kubiatowicz (2002), Erasure coding vs. replication.
    """
    pieces = whole("data", data, 1)
    return (pieces + whole("parity", parity, 0)) / pieces


def repair_traffic(host_bytes: float, data: int) -> float:
    """Bytes that go to whoever remakes a lost host, from k others for each of its bytes.

    Arguments:
        host_bytes: that the host held.
        data: pieces of data in a stripe, k.

    Raises:
        ValueError: an argument out of range.

    Source: Rashmi et al. (2013), A solution to the network challenges of data recovery in
        erasure-coded distributed storage systems: k blocks are read for each that is remade.
    """
    return whole("data", data, 1) * positive("host_bytes", host_bytes)


def degraded_requests(hosts: int, data: int, away: int = 1) -> float:
    """Share of the small reads of all hosts that is left while some are away.

    A read of a piece that is away reads k others instead; load is spread evenly.

    Arguments:
        hosts: over which stripes are spread.
        data: pieces of data in a stripe, k.
        away: hosts that are, fewer than all.

    Raises:
        ValueError: an argument out of range.

    Source: Muntz and Lui (1990), Performance analysis of disk arrays under failure: of N hosts
        a piece is away with probability j/N, and costs k reads; N - j hosts do them.
    """
    total, missing = whole("hosts", hosts, 1), whole("away", away, 0)
    if missing >= total:
        raise ValueError(f"away is {away}; it must be less than {hosts}, the number of hosts")
    left = (total - missing) / total
    return left / (left + whole("data", data, 1) * (1 - left))


def repair_time(
    host_bytes: float,
    hosts: int,
    data: int,
    parity: int,
    *,
    disk_bandwidth: float,
    link_bandwidth: float,
    detection: float = 0.0,
) -> float:
    """Time until all pieces of a lost host exist again, s.

    With more hosts than a stripe has pieces the others remake them together: each byte is made of
    k that are read and sent, and written once. With no more, the successor of the lost host gets
    k bytes for each that it writes.

    Arguments:
        host_bytes: that the host held.
        hosts: with the lost one.
        data: pieces of data in a stripe, k.
        parity: pieces of parity, m.
        disk_bandwidth: of the disks of one host, that repairs may take, bytes/s.
        link_bandwidth: of its link, that repairs may take, bytes/s.
        detection: time until the host is taken to be lost, s.

    Raises:
        ValueError: an argument out of range.

    Source: declustered rebuilding, Holland and Gibson (1992): (k + 1) C/((N - 1) b); the busiest
        of disks and links decides, Lazowska et al. (1984), section 5.2.
    """
    total = whole("hosts", hosts, whole("data", data, 1) + whole("parity", parity, 1))
    disks = positive("disk_bandwidth", disk_bandwidth)
    links = positive("link_bandwidth", link_bandwidth)
    waits, sent = non_negative("detection", detection), repair_traffic(host_bytes, data)
    if total == data + parity:
        return waits + max(host_bytes / disks, sent / links)
    return waits + max((sent + host_bytes) / disks, sent / links) / (total - 1)


def hosts_data_loss(
    hosts: int,
    data: int,
    parity: int,
    *,
    mttf: float,
    mttr: float,
    host_bytes: float,
    mission: float,
    groups: int = 1,
    repair: Repair = "serial",
    uber: float = 0.0,
) -> DataLoss:
    """Data loss of so many stripes over hosts that every set of as many hosts shares one.

    Losing one host more than there are parities then always loses the stripes that those shared:
    all of the group where a stripe is on every host, and few where there are many hosts. With
    fewer stripes losses are rarer and each is larger.

    Arguments:
        hosts: of one group, at least the pieces of a stripe.
        data: pieces of data in a stripe, k.
        parity: pieces of parity, m.
        mttf: of a host with its disks, s.
        mttr: mean time until a lost host's pieces exist again, s.
        host_bytes: that a host holds.
        mission: s.
        groups: of hosts, each with stripes of its own.
        repair: "serial", one lost host after the other; "parallel", all at once, as fast each.
        uber: unrecoverable bit errors a bit read in a repair, where every stripe is on all hosts;
            over more hosts they lose single stripes, which is left out.

    Raises:
        ValueError: an argument out of range.

    Source: the chain of `data_loss.mds_data_loss` over hosts; the share of the stripes with m + 1
        given hosts is C(N - m - 1, k - 1)/C(N, k + m), as Cidon et al. (2013), section 2, count
        replicas, which are a code of one piece of data.
    """
    pieces = whole("data", data, 1) + whole("parity", parity, 0)
    total = whole("hosts", hosts, pieces)
    group = DiskGroup(total, parity, mttf, mttr, host_bytes, repair)
    usable = total * host_bytes / overhead(data, parity)
    share = comb(total - parity - 1, data - 1) / comb(total, pieces)
    loss = Loss(parity, group.failure_rate(parity), usable * share)
    chain = LossChain(group_chain(group).rates, (loss,))
    if uber and total == pieces:
        chain = rebuild_error_chain(group, uber)
    name = f"{data}+{parity} on {total} hosts"
    return chain_data_loss(
        group,
        chain,
        law=name if groups == 1 else f"{groups} groups of {name}",
        mission=mission,
        groups=groups,
        usable_bytes=usable,
        textbook=(("leading term", leading_term(group, groups)),),
    )
