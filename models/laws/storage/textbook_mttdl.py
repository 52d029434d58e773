"""Textbook approximations of the mean time to data loss, for repairs far quicker than failures."""

from models.laws.arguments import positive, whole


def patterson_1988(
    data_disks: int, group_data: int, group_checks: int, mttf: float, mttr: float
) -> float:
    """Mean time to failure of a RAID that survives one failure a group, s.

    Arguments:
        data_disks: in all groups, D.
        group_data: data disks in a group, G; divides the data disks.
        group_checks: check disks in a group, C.
        mttf: of a disk, s.
        mttr: of a disk, s.

    Raises:
        ValueError: an argument out of range.

    Source: Patterson, Gibson and Katz (1988), A case for redundant arrays of inexpensive disks,
        section 6: MTTF^2 / ((D + C nG) (G + C - 1) MTTR) with nG = D / G groups.
    """
    group_data = whole("group_data", group_data, 1)
    group_checks = whole("group_checks", group_checks, 1)
    if whole("data_disks", data_disks, 1) % group_data:
        raise ValueError(f"data_disks is {data_disks}; groups of {group_data} must fill it")
    disks = data_disks + group_checks * (data_disks // group_data)
    ratio = positive("mttf", mttf) / positive("mttr", mttr)
    return mttf * ratio / (disks * (group_data + group_checks - 1))


def chen_1994(disks: int, group_disks: int, parity: int, mttf: float, mttr: float) -> float:
    """Mean time to data loss of a RAID with one parity a group, or with two (P + Q), s.

    Arguments:
        disks: in all groups, N.
        group_disks: in a group, G, its parity with them; divides the disks.
        parity: 1 or 2.
        mttf: of a disk, s.
        mttr: of a disk, s, one repair at a time.

    Raises:
        ValueError: an argument out of range.

    Source: Chen, Lee, Gibson, Katz and Patterson (1994), RAID: high-performance, reliable
        secondary storage: MTTF^2 / (N (G - 1) MTTR) and MTTF^3 / (N (G - 1) (G - 2) MTTR^2).
    """
    if parity not in (1, 2):
        raise ValueError(f"parity is {parity}; it must be 1 or 2")
    group_disks = whole("group_disks", group_disks, parity + 1)
    if whole("disks", disks, 1) % group_disks:
        raise ValueError(f"disks is {disks}; groups of {group_disks} must fill it")
    ratio = positive("mttf", mttf) / positive("mttr", mttr)
    if parity == 1:
        return mttf * ratio / (disks * (group_disks - 1))
    return mttf * ratio * ratio / (disks * (group_disks - 1) * (group_disks - 2))
