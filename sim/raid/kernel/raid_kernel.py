"""Redundancy groups of disks that fail, are restored, and hide defects until they are scrubbed.

A disk's defects are looked at only when a failure asks for them: then they are followed from the
disk's last renewal until now. Each life of a disk has its own draws of them.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels.rows import row_of
from sim.kernels.streams import STREAM, draw, uniform
from sim.raid.arrays.raid_compilation import compiled, inlined, inner
from sim.raid.arrays.raid_layout import RaidLayout
from sim.raid.arrays.raid_records import DISK, DOUBLE, LATENT, LIVES, REASONS, UNREADABLE
from sim.raid.raid_contract import RaidGroup
from sim.reliability.arrays.clocks import NONE, reseed

_WORLD = np.dtype(
    [
        ("disks", "i8"),
        ("streams", "i8"),
        ("seeds", "i8"),
        ("shifts", "i8"),
        ("count", "i8"),
        ("parity", "i8"),
        ("serial", "i8"),
        ("reading", "i8"),  # clock
        ("unreadable", "f8"),
    ],
    align=True,
)
_SHIFT, _SEED = np.dtype([("value", "f8")]), np.dtype([("value", "u8")])
_world_at, _disk_at, _stream_at = row_of(_WORLD), row_of(DISK), row_of(STREAM)
_shift_at, _seed_at = row_of(_SHIFT), row_of(_SEED)


class Losses(NamedTuple):
    """What some groups lost.

    Arguments:
        by_group: losses of each group, by reason; shape (groups, 3).
        by_time: losses of all groups in equal parts of the mission, by reason; shape (parts, 3).
        failures: of disks, in all groups.
    """

    by_group: NDArray[np.int64]
    by_time: NDArray[np.int64]
    failures: int


@inlined
def _begin(world, clock, number):
    reseed(_stream_at(world.streams, clock), _seed_at(world.seeds, clock).value, number)


@inner
def _after(world, clock):
    """The next value of a clock, s; never without one."""
    if clock == NONE:
        return np.inf
    return _shift_at(world.shifts, clock).value + draw(_stream_at(world.streams, clock))


@inlined
def _clean(disk, now):
    """Nothing is hidden on a disk from now on."""
    disk.clean_since = now
    disk.lives += 1
    disk.followed = 0


@inlined
def _return(world, disk, now):
    disk.is_down = 0
    disk.until = now + _after(world, disk.life)
    _clean(disk, now)


@inner
def _has_defect(world, disk, group, now):
    if disk.defect == NONE:
        return False
    if disk.followed == 0:
        disk.followed = 1
        number = group * LIVES + disk.lives
        _begin(world, disk.defect, number)
        if disk.scrub != NONE:
            _begin(world, disk.scrub, number)
        disk.defect_at = -np.inf
        disk.scrubbed_at = disk.clean_since
    while disk.scrubbed_at <= now:
        disk.defect_at = disk.scrubbed_at + _after(world, disk.defect)
        disk.scrubbed_at = disk.defect_at + _after(world, disk.scrub)
    return disk.defect_at <= now


@inner
def _renew(world, group):
    if world.unreadable > 0:
        _begin(world, world.reading, group)
    for k in range(world.count):
        disk = _disk_at(world.disks, k)
        _begin(world, disk.life, group)
        _begin(world, disk.restore, group)
        disk.lives = -1
        _return(world, disk, 0.0)


@inner
def _restored(world, disk, now):
    """When a disk that fails now is restored, after those before it where one goes at a time."""
    begin = now
    if world.serial:
        for k in range(world.count):
            other = _disk_at(world.disks, k)
            if other.is_down:
                begin = max(begin, other.until)
    return begin + _after(world, disk.restore)


@inlined
def _can_not_read(world, failed):
    """Whether the restore that ends, of so many failed disks, met what it can't read."""
    if world.unreadable == 0 or failed < world.parity:
        return False
    return uniform(_stream_at(world.streams, world.reading)) < world.unreadable


@inner
def _reason(world, failed, group, now):
    """Why a failure beside so many failed disks loses data; -1 if it doesn't."""
    if failed == world.parity:
        return DOUBLE
    if failed == world.parity - 1:
        for k in range(world.count):
            disk = _disk_at(world.disks, k)
            if disk.is_down == 0 and _has_defect(world, disk, group, now):
                return LATENT
    return -1


@inner
def _return_all(world, now):
    """After a loss: the failed disks return together, and no disk hides a defect."""
    for k in range(world.count):
        disk = _disk_at(world.disks, k)
        if disk.is_down:
            _return(world, disk, now)
        else:
            _clean(disk, now)


@inner
def _wait_for_last(world):
    """After a loss: the failed disks return when the last of them is restored."""
    last = 0.0
    for k in range(world.count):
        disk = _disk_at(world.disks, k)
        if disk.is_down:
            last = max(last, disk.until)
    for k in range(world.count):
        disk = _disk_at(world.disks, k)
        if disk.is_down:
            disk.until = last


@inlined
def _count(by_group, by_time, row, reason, part):
    by_group[row, reason] += 1
    by_time[min(np.int64(part), by_time.shape[0] - 1), reason] += 1


@compiled
def _simulate(address, mission, first, by_group, by_time):
    world = _world_at(address, 0)
    failures = 0
    parts = by_time.shape[0] / mission
    for row in range(by_group.shape[0]):
        group = first + row
        _renew(world, group)
        failed, lost = 0, False
        while True:
            soonest = 0
            now = _disk_at(world.disks, 0).until
            for k in range(1, world.count):
                until = _disk_at(world.disks, k).until
                if until < now:
                    now, soonest = until, k
            if now >= mission:
                break
            disk = _disk_at(world.disks, soonest)
            if disk.is_down and lost:
                _return_all(world, now)
                failed, lost = 0, False
            elif disk.is_down:
                if _can_not_read(world, failed):
                    _count(by_group, by_time, row, UNREADABLE, now * parts)
                _return(world, disk, now)
                failed -= 1
            else:
                failures += 1
                disk.until = _restored(world, disk, now)
                disk.is_down = 1
                reason = -1 if lost else _reason(world, failed, group, now)
                failed += 1
                if reason >= 0:
                    lost = True
                    _count(by_group, by_time, row, reason, now * parts)
                if lost:
                    _wait_for_last(world)
    return failures


def simulate(
    group: RaidGroup, layout: RaidLayout, mission: float, first: int, count: int, parts: int
) -> Losses:
    """Simulate groups over a mission, their disks new at first.

    Data is lost when a disk fails while as many others as there are parities are down, or while
    one fewer is down and a disk that works hides a defect. Then the failed disks return together
    when the last of them is restored, without defects on any disk; until then no other loss counts.
    What a restore can't read is lost too, and its disk returns all the same.

    Arguments:
        group: the description.
        layout: of it; the state of its streams moves on.
        mission: s.
        first: number of the first group.
        count: groups.
        parts: equal parts of the mission, by which losses are counted.

    Source: the model of Elerath and Pecht (2009), A highly accurate method for assessing
        reliability of RAID; restores that can't read: Elerath and Pecht (2007).
    """
    world, clocks = np.zeros(1, _WORLD), layout.clocks
    world["disks"], world["count"] = layout.disks.ctypes.data, len(layout.disks)
    world["parity"], world["serial"] = group.parity, group.serial
    world["reading"], world["unreadable"] = layout.reading, group.unreadable
    for name in ("streams", "seeds", "shifts"):
        world[name] = getattr(clocks, name).ctypes.data
    by_group = np.zeros((count, REASONS), np.int64)
    by_time = np.zeros((parts, REASONS), np.int64)
    failures = _simulate(world.ctypes.data, mission, first, by_group, by_time)
    return Losses(by_group, by_time, int(failures))
