"""Loss of data from groups of equal disks of which any so many may fail."""

from dataclasses import dataclass
from math import expm1, isfinite, log1p, prod
from typing import Literal, get_args

import numpy as np

from models.laws.arguments import positive, whole
from models.laws.reliability.blocks import nines
from models.laws.storage.loss_chain import (
    Loss,
    LossChain,
    groups_chain,
    groups_states,
    mean_time_to_loss,
    over_mission,
)

Repair = Literal["serial", "parallel"]
MOST_STATES = 500


@dataclass(frozen=True, kw_only=True)
class DataLoss:
    """How much data a store loses; a mean time to data loss never stands alone.

    Arguments:
        law: what loses data, such as "RAID 6 of 8 disks".
        repair: "serial", one rebuild at a time in a group; "parallel", all failed disks at once.
        method: whether `mttdl` is exact for constant rates; all else always is.
        mttdl: mean time to the first loss, from all disks good, s.
        mission: that the following answers are for, s.
        loss_probability: of one loss or more in the mission.
        expected_losses: mean number in the mission, where a group goes on restored after each.
        nomdl: normalized magnitude of data loss: expected bytes lost in the mission a usable byte.
        usable_bytes: what can be stored.
        textbook: approximations of the mean time to data loss, s, by their names.

    Source: of `nomdl`: Greenan, Plank and Wylie (2010), Mean time to meaningless: MTTDL, Markov
        models, and storage system reliability.
    """

    law: str
    repair: Repair
    method: Literal["exact", "approximation"]
    mttdl: float
    mission: float
    loss_probability: float
    expected_losses: float
    nomdl: float
    usable_bytes: float
    textbook: tuple[tuple[str, float], ...] = ()

    @property
    def expected_bytes_lost(self) -> float:
        """Mean bytes lost in the mission."""
        return self.nomdl * self.usable_bytes

    @property
    def memoryless_loss_probability(self) -> float:
        """Loss probability of the mission as if the time to loss were exponential."""
        return -expm1(-self.mission / self.mttdl)

    @property
    def nines(self) -> float:
        """How many nines the durability over the mission has."""
        return nines(self.loss_probability)


@dataclass(frozen=True)
class DiskGroup:
    """A group of equal disks with constant failure and rebuild rates.

    Arguments:
        disks: in the group.
        tolerated: how many may be failed at once, whichever they are.
        mttf: of a disk, s.
        mttr: mean time until a failed disk is replaced and rebuilt, s.
        disk_bytes: capacity of a disk.
        repair: "serial", one rebuild at a time; "parallel", all failed disks at once.

    Raises:
        ValueError: an argument out of range.
    """

    disks: int
    tolerated: int
    mttf: float
    mttr: float
    disk_bytes: float
    repair: Repair

    def __post_init__(self) -> None:
        whole("disks", self.disks, 1)
        if whole("tolerated", self.tolerated, 0) >= self.disks:
            raise ValueError(f"tolerated is {self.tolerated}; it must be less than {self.disks}")
        positive("mttf", self.mttf)
        positive("mttr", self.mttr)
        positive("disk_bytes", self.disk_bytes)
        if self.repair not in get_args(Repair):
            raise ValueError(f"repair is {self.repair!r}; it must be serial or parallel")
        if not isfinite(mds_mttdl(self)):
            raise ValueError(
                f"{self.disks} disks, {self.tolerated} of them tolerated, have a mean time to"
                " data loss beyond what a double can hold"
            )

    @property
    def usable_bytes(self) -> float:
        """What can be stored, bytes."""
        return (self.disks - self.tolerated) * self.disk_bytes

    def failure_rate(self, failed: int) -> float:
        """Of the disks that still work, /s."""
        return (self.disks - failed) / self.mttf

    def repair_rate(self, failed: int) -> float:
        """At which one of the failed disks returns, /s."""
        return (failed if self.repair == "parallel" else min(failed, 1)) / self.mttr


def mds_mttdl(group: DiskGroup) -> float:
    """Mean time to data loss of a maximum distance separable code, exact, s.

    Arguments:
        group: any number of its tolerated disks may fail.

    Source: the mean time in which a birth-death chain passes each state for the first time, a sum
        of positive terms: Trivedi (2002), Probability and Statistics, 2nd edition, section 8.6.
    """
    passing = total = 0.0
    for failed in range(group.tolerated + 1):
        passing = (1 + group.repair_rate(failed) * passing) / group.failure_rate(failed)
        total += passing
    return total


def leading_term(group: DiskGroup, groups: int = 1) -> float:
    """Mean time to data loss where repairs are far quicker than failures, s.

    Arguments:
        group: one of them.
        groups: how many; a loss of one is a loss.

    Source: Chen, Lee, Gibson, Katz and Patterson (1994), RAID: high-performance, reliable
        secondary storage, for serial repair; parallel repair is quicker by a factorial.
    """
    ratios = (
        group.repair_rate(failed) / group.failure_rate(failed)
        for failed in range(1, group.tolerated + 1)
    )
    return prod(ratios) / group.failure_rate(0) / whole("groups", groups, 1)


def mds_data_loss(group: DiskGroup, mission: float, groups: int = 1) -> DataLoss:
    """Data loss of independent groups, each a maximum distance separable code.

    A lost group loses all its bytes and starts anew; the other groups keep theirs.

    Arguments:
        group: one of them; each has its own repair.
        mission: s.
        groups: how many.

    Raises:
        ValueError: an argument out of range.

    Source: as `chain_data_loss`.
    """
    code = f"any {group.tolerated} of {group.disks} disks"
    return chain_data_loss(
        group,
        group_chain(group),
        law=code if groups == 1 else f"{groups} groups of {code}",
        mission=mission,
        groups=groups,
        textbook=(("leading term", leading_term(group, groups)),),
    )


def chain_data_loss(
    group: DiskGroup,
    chain: LossChain,
    *,
    law: str,
    mission: float,
    groups: int = 1,
    usable_bytes: float | None = None,
    textbook: tuple[tuple[str, float], ...] = (),
) -> DataLoss:
    """The answer for independent groups that each follow one chain.

    Arguments:
        group: its disks.
        chain: of one group.
        law: what loses data.
        mission: s.
        groups: how many.
        usable_bytes: of one group; by default all disks' but the tolerated ones'.
        textbook: approximations of the mean time to data loss, s, by their names.

    Raises:
        ValueError: the mission or the number of groups is out of range.

    Source: Greenan, Plank and Wylie (2010). The mean time to the first loss is that of the chain
        of all groups; where it has more than 500 states, one group's share, an approximation
        that neglects that all disks are good at first.
    """
    one = over_mission(chain, mission)
    several = whole("groups", groups, 1) > 1
    exact = not several or groups_states(chain, groups) <= MOST_STATES
    together = groups_chain(chain, groups) if exact and several else chain
    mttdl = mean_time_to_loss(together)
    usable = group.usable_bytes if usable_bytes is None else usable_bytes
    certain = one.loss_probability == 1
    return DataLoss(
        law=law,
        repair=group.repair,
        method="exact" if exact else "approximation",
        mttdl=mttdl if exact else mttdl / groups,
        mission=mission,
        loss_probability=1.0 if certain else -expm1(groups * log1p(-one.loss_probability)),
        expected_losses=groups * one.expected_losses,
        nomdl=one.expected_bytes / usable,
        usable_bytes=groups * usable,
        textbook=textbook,
    )


def group_chain(group: DiskGroup) -> LossChain:
    """The chain over the number of failed disks of a group.

    Arguments:
        group: the disks.
    """
    tolerated = group.tolerated
    rates = np.zeros((tolerated + 1, tolerated + 1))
    for failed in range(tolerated):
        rates[failed, failed + 1] = group.failure_rate(failed)
        rates[failed + 1, failed] = group.repair_rate(failed + 1)
    return LossChain(rates, (Loss(tolerated, group.failure_rate(tolerated), group.usable_bytes),))
