"""Loss of data to sectors that can't be read: met in a rebuild, or waiting for one until a scrub.

The rate of unreadable bits (UBER) is always an argument: what datasheets print, 1e-14 to 1e-16, is
disputed as pessimistic by measurements of whole disks read without an error.
"""

import math

import numpy as np

from models.laws.arguments import non_negative, positive
from models.laws.storage.data_loss import (
    MOST_STATES,
    DataLoss,
    DiskGroup,
    chain_data_loss,
    group_chain,
)
from models.laws.storage.loss_chain import Loss, LossChain

SECTOR_BYTES = 4096.0


def unreadable_probability(read_bytes: float, uber: float) -> float:
    """Probability that a read of so much meets a bit that can't be read.

    Arguments:
        read_bytes: in a rebuild: the capacity of a disk times the disks that are read.
        uber: unrecoverable bit errors a bit read, 0 or more, less than 1.

    Raises:
        ValueError: an argument out of range.

    Source: independent bits: 1 - (1 - UBER)^bits, as in Elerath and Pecht (2007), Enhanced
        reliability modeling of RAID storage systems.
    """
    return -math.expm1(_log_readable(read_bytes, uber))


def rebuild_error_data_loss(
    group: DiskGroup,
    uber: float,
    mission: float,
    groups: int = 1,
    sector_bytes: float = SECTOR_BYTES,
) -> DataLoss:
    """Data loss where a rebuild without redundancy left may meet unreadable sectors.

    Such a rebuild ends with its disk back, and loses the sectors that it could not read.

    Arguments:
        group: the disks; one failure or more is tolerated.
        uber: unrecoverable bit errors a bit read, 0 or more, less than 1.
        mission: s.
        groups: how many, each with its own repair.
        sector_bytes: lost with each unreadable bit.

    Raises:
        ValueError: an argument out of range.

    Source: the chain of `mds_data_loss`, whose rebuild from the critical state succeeds with the
        probability that all of the surviving disks can be read.
    """
    return chain_data_loss(
        group,
        rebuild_error_chain(group, uber, sector_bytes),
        law=f"any {group.tolerated} of {group.disks} disks, unreadable bits in a rebuild",
        mission=mission,
        groups=groups,
    )


def rebuild_error_chain(
    group: DiskGroup, uber: float, sector_bytes: float = SECTOR_BYTES
) -> LossChain:
    """The chain of one group in `rebuild_error_data_loss`.

    Arguments:
        group: the disks; one failure or more is tolerated.
        uber: unrecoverable bit errors a bit read, 0 or more, less than 1.
        sector_bytes: lost with each unreadable bit.

    Raises:
        ValueError: an argument out of range.
    """
    critical = _critical(group)
    read_bytes = (group.disks - critical) * group.disk_bytes
    log_readable = _log_readable(read_bytes, uber)
    unreadable = -math.expm1(log_readable)
    chain = group_chain(group)
    rates, repair = chain.rates.copy(), group.repair_rate(critical)
    rates[critical, critical - 1] = repair * math.exp(log_readable)
    sector = positive("sector_bytes", sector_bytes)
    if unreadable == 0:
        return chain
    # As many sectors as bits are expected to be unreadable, given that one is.
    lost = min(8 * read_bytes * uber / unreadable * sector, group.usable_bytes)
    error = Loss(critical, repair * unreadable, lost, restart=critical - 1)
    return LossChain(rates, (*chain.losses, error))


def latent_defect_data_loss(
    group: DiskGroup,
    defect_rate: float,
    scrub_time: float,
    mission: float,
    groups: int = 1,
    sector_bytes: float = SECTOR_BYTES,
) -> DataLoss:
    """Data loss where defects wait on live disks until a scrub finds them, all times exponential.

    A loss is a failure while all tolerated disks are down, or while all but one are and another
    live disk holds a defect. After it the group starts anew, without defects.

    Arguments:
        group: the disks; one failure or more is tolerated.
        defect_rate: at which a live disk without a defect gets one, /s.
        scrub_time: mean time until a defect is found and mended, s; infinite without scrubbing.
        mission: s.
        groups: how many, each with its own repair.
        sector_bytes: lost with each disk that holds a defect.

    Raises:
        ValueError: an argument out of range.

    Source: Elerath and Pecht (2007), Enhanced reliability modeling of RAID storage systems, with
        exponential times: an exact chain over the numbers of failed disks and of defective ones.
    """
    critical = _critical(group)
    non_negative("defect_rate", defect_rate)
    scrub_rate = 0.0 if scrub_time == math.inf else 1 / positive("scrub_time", scrub_time)
    positive("sector_bytes", sector_bytes)
    most = group.disks if defect_rate > 0 else 0
    states = [
        (failed, defects)
        for failed in range(critical + 1)
        for defects in range(min(most, group.disks - failed) + 1)
    ]
    if len(states) > MOST_STATES:
        raise ValueError(f"disks is {group.disks}; {len(states)} states exceed {MOST_STATES}")
    index = {state: position for position, state in enumerate(states)}
    rates, losses = np.zeros((len(states), len(states))), []
    for (failed, defects), here in index.items():
        live = group.disks - failed
        if (failed, defects + 1) in index:
            rates[here, index[failed, defects + 1]] = (live - defects) * defect_rate
        if defects:
            rates[here, index[failed, defects - 1]] = defects * scrub_rate
        if failed:
            rates[here, index[failed - 1, defects]] = group.repair_rate(failed)
        # The disk that fails is a defective one, whose defect goes with it, or a clean one.
        for remaining, count in ((defects - 1, defects), (defects, live - defects)):
            rate = count / group.mttf
            if count == 0:
                continue
            if failed == critical:
                losses.append(Loss(here, rate, group.usable_bytes))
            elif failed == critical - 1 and remaining:
                losses.append(Loss(here, rate, min(remaining * sector_bytes, group.usable_bytes)))
            else:
                rates[here, index[failed + 1, remaining]] = rate
    return chain_data_loss(
        group,
        LossChain(rates, tuple(losses)),
        law=f"any {critical} of {group.disks} disks, latent defects and scrubbing",
        mission=mission,
        groups=groups,
    )


def _critical(group: DiskGroup) -> int:
    """Failed disks after which no redundancy is left."""
    if group.tolerated < 1:
        raise ValueError(f"tolerated is {group.tolerated}; without redundancy nothing is rebuilt")
    return group.tolerated


def _log_readable(read_bytes: float, uber: float) -> float:
    non_negative("read_bytes", read_bytes)
    if not 0 <= uber < 1:
        raise ValueError(f"uber is {uber}; it must be 0 or more and less than 1")
    return 8 * read_bytes * math.log1p(-uber)
