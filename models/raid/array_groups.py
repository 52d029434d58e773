"""The sets of disks that an array loses data by, as laws and simulation take them."""

from dataclasses import dataclass

from models.description.raid_levels import layout_of
from models.laws.reliability.lifetime import Lifetime
from models.laws.reliability.lifetimes import Deterministic, Exponential
from models.laws.storage.data_loss import Repair as RepairOrder
from models.laws.storage.latent_errors import unreadable_probability
from models.laws.storage.raid import Layout, Raid
from models.laws.storage.raid_rates import rebuild_time
from models.raid.array_description import ArrayFile, Repair
from models.raid.disk_figures import DiskFigures
from models.reliability.lifetime_description import AnyLifetime, lifetime_of
from models.reliability.unit_figures import constant_rate


@dataclass(frozen=True)
class LossGroup:
    """One of the equal sets of an array that lose data by themselves.

    Arguments:
        layout: of the whole array.
        sets: how many such sets.
        disks: of one; of RAID 01 its two sides, each taken for one disk.
        tolerated: failed ones that lose nothing.
        disk_bytes: of one.
        lifetime: of one.
        restore: from a failure until the data are whole again.
        order: one is restored at a time, or all at once.
        bit_errors: share of the bits read in a restore that can't be read.
        unreadable: probability that a restore without redundancy left can't read all.
        defect: until a defect that nobody sees; None without.
        scrub: from a defect until it is mended; None where nobody looks.
    """

    layout: Layout
    sets: int
    disks: int
    tolerated: int
    disk_bytes: float
    lifetime: Lifetime
    restore: Lifetime
    order: RepairOrder
    bit_errors: float
    unreadable: float
    defect: Lifetime | None
    scrub: Lifetime | None

    @property
    def markovian(self) -> bool:
        """All its times are exponential."""
        times = (self.lifetime, self.restore, self.defect, self.scrub)
        return all(constant_rate(one) is not None for one in times if one is not None)


def layout(described: ArrayFile) -> Layout:
    """How the disks are laid out; one disk alone is an array of one without parity.

    Arguments:
        described: the file.

    Raises:
        ValueError: a number of disks or groups that the level can't have.
    """
    if described.array is None:
        return Raid("0", 1)
    return layout_of(described.array.level, described.array.disks, described.array.groups)


def loss_group(described: ArrayFile, disk: DiskFigures) -> LossGroup | str:
    """A set of disks that loses data, or what keeps it from being known, as a sentence.

    Arguments:
        described: the file.
        disk: its disk.
    """
    if described.repair is None:
        return "What is lost is not asked: the file says nothing of repair."
    if disk.lifetime is None:
        return "What is lost is not known: the file says nothing of how long a disk lives."
    restore = restore_of(described.repair, disk)
    if restore is None:
        return "What is lost is not known: a rebuild needs a capacity and a rate of writing."
    plan, latent = layout(described), described.latent_defects
    lifetime, one = disk.lifetime, 1
    if plan.mirrored_stripes:  # a failed disk takes its whole side out
        one, rate = plan.sets, constant_rate(lifetime)
        if rate is None:
            return "What is lost is not known: RAID 01 of disks that age has no law."
        lifetime = Exponential(one * rate)
    size = disk.capacity or 0.0
    left = plan.set_disks - plan.tolerated
    unreadable = 0.0
    if plan.tolerated and disk.unreadable:
        unreadable = unreadable_probability(left * size * one, disk.unreadable)
    defect = scrub = None
    if latent is not None:
        defect = Exponential(latent.rate) if latent.rate else _law(latent.appearance)
        scrub = Exponential(1 / latent.mean_scrub) if latent.mean_scrub else _law(latent.scrub)
    return LossGroup(
        plan,
        plan.sets // one,
        plan.set_disks,
        plan.tolerated,
        (size or 1.0) * one,
        lifetime,
        restore,
        described.repair.order,
        disk.unreadable if plan.tolerated else 0.0,
        unreadable,
        defect,
        scrub,
    )


def restore_of(repair: Repair, disk: DiskFigures) -> Lifetime | None:
    """From a failure until the data are whole again; None where a rebuild's time is not known.

    Arguments:
        repair: as described.
        disk: that fails.
    """
    if repair.mttr is not None:
        return Exponential(1 / repair.mttr)
    if repair.restore is not None:
        return lifetime_of(repair.restore)
    assert repair.replacement is not None  # one of the three is given
    if disk.capacity is None or disk.write is None:
        return None
    return Deterministic(
        repair.replacement + rebuild_time(disk.capacity, disk.write, repair.rebuild)
    )


def _law(described: AnyLifetime | None) -> Lifetime | None:
    return None if described is None else lifetime_of(described)
