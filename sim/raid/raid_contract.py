"""A redundancy group of disks as it is simulated, by both engines."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.laws.arguments import probability, whole
from models.laws.reliability.lifetime import Lifetime

# What an engine finds of groups over a mission: losses of each group by reason, losses in parts of
# the mission by reason, and failures of disks.
Simulated = tuple[NDArray[np.int64], NDArray[np.int64], int]


@dataclass(frozen=True)
class RaidGroup:
    """Disks of which some hold parity: RAID 5 has one such disk, RAID 6 two.

    Arguments:
        disks: of the group, parity and all.
        parity: failed disks that it bears, 0 or more.
        lifetime: of a disk until it fails.
        restore: from a failure until the data is whole again on another disk.
        defect: from a clean disk until a defect that nobody sees; None without.
        scrub: from a defect until it is found and mended; None where nobody looks.
        serial: one disk is restored at a time, in the order of the failures; else all at once.
        unreadable: probability that a restore without redundancy left meets what it can't read.

    Raises:
        ValueError: no disk that holds data, or no probability.

    Source: Elerath and Pecht (2009), A highly accurate method for assessing reliability of RAID.
    """

    disks: int
    parity: int
    lifetime: Lifetime
    restore: Lifetime
    defect: Lifetime | None = None
    scrub: Lifetime | None = None
    serial: bool = False
    unreadable: float = 0.0

    def __post_init__(self) -> None:
        whole("parity", self.parity, 0)
        probability("unreadable", self.unreadable)
        if whole("disks", self.disks, 1) <= self.parity:
            raise ValueError(
                f"disks is {self.disks} and parity {self.parity}; no disk is left for data"
            )
