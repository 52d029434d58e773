"""Flash that is written: write amplification by garbage collection, and how long it lasts."""

import math

from models.laws.arguments import non_negative, positive, whole
from models.laws.time_units import DAY

LEAST_SPARE = 1e-6  # below it the equation has no digits left
MOST_PAGES = 1_000_000


def write_amplification(over_provisioning: float, pages_per_block: int | None = None) -> float:
    """Pages that the flash programs for one that the host writes, at uniform random writes.

    Blocks of many pages: oldest first and greedy collection both find a share v of valid pages
    with v = exp(-a(1 - v)), and the amplification is 1/(1 - v). With pages_per_block greedy
    collection of smaller blocks, in the limit of many blocks: a page of a block is
    overwritten at a rate in proportion to the valid ones left, and the block is collected as it
    reaches the fewest that any block has.

    Arguments:
        over_provisioning: (physical - logical) / logical capacity, 1e-6 or more; a is 1 more.
        pages_per_block: pages that are erased together, up to a million; None for very many.

    Raises:
        ValueError: an argument out of range.

    Source: Xiang and Kurkoski (2012), arXiv 1110.4245, with Lambert's W: a/(a + W(-a e^-a));
        oldest first and small blocks: after Desnoyers (2012), Analytic modeling of SSD write
        performance.
    """
    spare = _spare(over_provisioning)
    if pages_per_block is not None:
        pages = whole("pages_per_block", pages_per_block, 2)
        if pages > MOST_PAGES:
            raise ValueError(
                f"pages_per_block is {pages}; leave it out for more than {MOST_PAGES:,}"
            )
        return _greedy(spare, pages)
    # With x = 1 - v: x = 1 - exp(-(1 + spare) x), convex, so that Newton's method falls from 1
    # to the positive root without a step too far.
    x = 1.0
    for _ in range(200):
        excess = x + math.expm1(-(1 + spare) * x)
        step = excess / (1 - (1 + spare) * math.exp(-(1 + spare) * x))
        x -= step
        if step <= 1e-15 * x:
            break
    return 1 / x


def _greedy(spare: float, pages: int) -> float:
    valid = pages / (1 + spare)
    # The mean valid pages of a block, if all are collected as they reach `level` valid pages.
    harmonic, level = 1 / pages, pages - 1
    while level > 0 and (pages - level) / harmonic > valid:
        harmonic += 1 / level
        level -= 1
    if level == 0 and pages / harmonic > valid:
        return 1.0  # blocks are empty before they are collected
    # A share q of the victims has lost one page more than the others; the mean decides it.
    upper = harmonic - 1 / (level + 1)
    share = (valid * upper - (pages - level - 1)) / (1 - valid / (level + 1))
    return pages / (pages - (level + 1 - share))


def agarwal_write_amplification(over_provisioning: float) -> float:
    """The older and coarser estimate of greedy collection's write amplification.

    Arguments:
        over_provisioning: (physical - logical) / logical capacity, 1e-6 or more.

    Raises:
        ValueError: an argument out of range.

    Source: Agarwal and Marrow (2010), A closed-form expression for write amplification in NAND
        flash: (1 + p)/2p, but no less than 1.
    """
    spare = _spare(over_provisioning)
    return max(1.0, (1 + spare) / (2 * spare))


def _spare(over_provisioning: float) -> float:
    if not LEAST_SPARE <= over_provisioning <= 1e100:
        raise ValueError(
            f"over_provisioning is {over_provisioning}; it must be {LEAST_SPARE:g} or more"
        )
    return over_provisioning


def sustained_write_rate(raw_rate: float, write_amplification: float) -> float:
    """Random writes of the host that a full disk sustains, /s.

    Arguments:
        raw_rate: pages that the flash can program, /s.
        write_amplification: programs for each page of the host.

    Raises:
        ValueError: an argument out of range.

    Source: Hu et al. (2009), Write amplification analysis in flash-based solid state drives.
    """
    return positive("raw_rate", raw_rate) / amplified(write_amplification)


def bytes_written_in_life(
    capacity: float, erase_cycles: float, write_amplification: float
) -> float:
    """What the host can write until the flash is worn, bytes (TBW, on data sheets in TB).

    Arguments:
        capacity: of the flash, bytes.
        erase_cycles: that a block endures, with perfect wear levelling.
        write_amplification: programs for each page of the host.

    Raises:
        ValueError: an argument out of range.

    Source: JEDEC JESD218: TBW = capacity x cycles / write amplification.
    """
    worn = positive("capacity", capacity) * positive("erase_cycles", erase_cycles)
    return worn / amplified(write_amplification)


def drive_writes_per_day(bytes_written: float, capacity: float, warranty: float) -> float:
    """Times a day that the whole disk can be overwritten throughout its warranty (DWPD).

    Arguments:
        bytes_written: in its life, TBW, bytes.
        capacity: for the host, bytes.
        warranty: s.

    Raises:
        ValueError: an argument out of range.

    Source: JEDEC JESD218: DWPD = TBW / (capacity x days of warranty).
    """
    days = positive("warranty", warranty) / DAY
    return positive("bytes_written", bytes_written) / (positive("capacity", capacity) * days)


def life(bytes_written: float, write_rate: float) -> float:
    """Time until the flash is worn, s; infinite if nothing is written.

    Arguments:
        bytes_written: in its life, TBW, bytes.
        write_rate: mean of the host, bytes/s.

    Raises:
        ValueError: an argument out of range.
    """
    positive("bytes_written", bytes_written)
    return bytes_written / write_rate if non_negative("write_rate", write_rate) else math.inf


def amplified(write_amplification: float) -> float:
    """The write amplification, 1 or more.

    Raises:
        ValueError: it isn't.
    """
    if not 1 <= write_amplification <= 1e100:
        raise ValueError(f"write_amplification is {write_amplification}; it must be 1 or more")
    return write_amplification
