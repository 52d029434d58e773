"""Stores with a disk or a machine away: what large requests get then, and how often that is."""

from collections.abc import Sequence

from models.laws.arguments import non_negative, positive, whole
from models.laws.storage.raid import Layout


def degraded_sequential(layout: Layout, rate: float, failed: int = 1) -> float:
    """Sequential rate of an array of which one set has failed disks, bytes/s; 0 if data are lost.

    Whole stripes lose nothing: any k pieces of one give its data back, so that each disk that is
    left still moves one piece a stripe, and what is written to a failed disk is left out.

    Arguments:
        layout: a RAID level or an erasure code.
        rate: of one disk, bytes/s.
        failed: disks of one set that have failed.

    Raises:
        ValueError: an argument out of range.

    Source: Patterson, Gibson and Katz (1988), sections 7 to 11, grouped reads and writes, of
        stripes of which as many pieces are missing as there are parities at most.
    """
    positive("rate", rate)
    lost = whole("failed", failed, 0) > layout.tolerated
    return 0.0 if lost else layout.sequential(rate)


def one_away(units: int, mttf: float, phases: Sequence[float]) -> tuple[float, ...]:
    """Shares of time that all units work, and that only one is away, in each phase of its absence.

    Arguments:
        units: how many, each failing and returning by itself.
        mttf: mean time to failure of one, s.
        phases: mean duration of each phase from its failure to its return, s.

    Raises:
        ValueError: an argument out of range.

    Source: independent alternating renewal processes, whose long-run shares need no more than the
        mean times: Ross (1996), Stochastic Processes, 2nd edition, section 3.4.3.
    """
    count, up = whole("units", units, 1), positive("mttf", mttf)
    for number, phase in enumerate(phases):
        non_negative(f"phases[{number}]", phase)
    cycle = up + sum(phases)
    others = (up / cycle) ** (count - 1)
    return (others * up / cycle, *(count * others * phase / cycle for phase in phases))
