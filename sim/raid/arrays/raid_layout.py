"""A redundancy group laid out in arrays: its disks and their clocks."""

import numpy as np
from numpy.typing import NDArray

from sim.raid.arrays.raid_records import DISK
from sim.raid.raid_contract import RaidGroup
from sim.reliability.arrays.clocks import Clocks, ClocksOfRun


def lay_out(group: RaidGroup, seed: np.random.SeedSequence) -> tuple[NDArray[np.void], Clocks]:
    """The disks of a group, of type DISK, and the clocks that they refer to.

    Arguments:
        group: the description.
        seed: of the clocks.

    Raises:
        ValueError: a law of lifetimes that can't be drawn from here.
    """
    clocks = ClocksOfRun(seed)
    disks = np.zeros(group.disks, DISK)
    for k in range(group.disks):
        disks[k]["life"] = clocks.add(f"{k} life", group.lifetime)
        disks[k]["restore"] = clocks.add(f"{k} restore", group.restore)
        disks[k]["defect"] = clocks.add(f"{k} defect", group.defect)
        disks[k]["scrub"] = clocks.add(f"{k} scrub", group.scrub)
    return disks, clocks.clocks()
