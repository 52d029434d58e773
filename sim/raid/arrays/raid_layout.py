"""A redundancy group laid out in arrays: its disks and their clocks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.raid.arrays.raid_records import DISK
from sim.raid.raid_contract import RaidGroup
from sim.reliability.arrays.clocks import Clocks, ClocksOfRun


@dataclass(frozen=True)
class RaidLayout:
    """A group in arrays.

    Arguments:
        disks: of the group, of type DISK.
        clocks: that they refer to.
        reading: clock of the uniforms that decide whether a restore can read.
    """

    disks: NDArray[np.void]
    clocks: Clocks
    reading: int


def lay_out(group: RaidGroup, seed: np.random.SeedSequence) -> RaidLayout:
    """A group in arrays.

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
    reading = clocks.add_uniform("reading")
    return RaidLayout(disks, clocks.clocks(), reading)
