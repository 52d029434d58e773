"""Redundancy groups of disks in SimPy: a process a disk, and one for the defects that it hides."""

from typing import Any

import numpy as np
import simpy

from sim.raid.arrays.raid_layout import RaidLayout, lay_out
from sim.raid.arrays.raid_records import DOUBLE, LATENT, LIVES, REASONS, UNREADABLE
from sim.raid.raid_contract import RaidGroup, Simulated
from sim.reliability.arrays.clocks import NONE
from sim.reliability.reference.simpy_system import Activity, Draws


def simpy_groups(
    group: RaidGroup,
    seed: np.random.SeedSequence,
    mission: float,
    first: int,
    count: int,
    parts: int,
) -> Simulated:
    """Groups by SimPy; an engine for `simulate_groups`.

    Arguments:
        group: the description.
        seed: of all groups.
        mission: s.
        first: number of the first.
        count: how many.
        parts: equal parts of the mission, by which losses are counted.
    """
    layout = lay_out(group, seed)
    draws = Draws(layout.clocks)
    by_group = np.zeros((count, REASONS), np.int64)
    by_time = np.zeros((parts, REASONS), np.int64)
    failures = 0
    for k in range(count):
        draws.begin(first + k)
        one = _Group(group, layout, draws, first + k)
        one.environment.run(until=mission)
        failures += one.failures
        for time, reason in one.losses:
            by_group[k, reason] += 1
            by_time[min(int(time * (parts / mission)), parts - 1), reason] += 1
    return by_group, by_time, failures


class _Disk:
    """A disk: whether it is down, and whether it hides a defect."""

    def __init__(self, clocks: Any) -> None:
        self.clocks = clocks
        self.restored_at: float | None = None  # while it is down
        self.hides = False
        self.lives = -1
        self.defects: simpy.Process | None = None


class _Group:
    """A group over one mission."""

    def __init__(self, group: RaidGroup, layout: RaidLayout, draws: Draws, number: int) -> None:
        self.environment = simpy.Environment()
        self.losses: list[tuple[float, int]] = []
        self.failures = 0
        self._group, self._reading = group, layout.reading
        self._draws, self._number = draws, number
        self._lost = False
        self._back_at: float | None = None  # when disks last returned together, after a loss
        self._disks = [_Disk(clocks) for clocks in layout.disks]
        for disk in self._disks:
            self.environment.process(self._live(disk))

    def _live(self, disk: _Disk) -> Activity:
        environment, draws = self.environment, self._draws
        while True:
            self._clean(disk)
            yield environment.timeout(draws.value(disk.clocks["life"]))
            self.failures += 1
            self._stop_defects(disk)
            self._look_for_loss(disk)
            disk.restored_at = self._begin() + draws.value(disk.clocks["restore"])
            while environment.now < self._return_of(disk):
                yield environment.timeout(self._return_of(disk) - environment.now)
            self._look_for_unreadable()
            disk.restored_at = None
            if self._lost:  # the first of those that return together
                self._lost, self._back_at = False, environment.now
                for other in self._disks:
                    if other.restored_at is None and other is not disk:
                        self._stop_defects(other)
                        self._clean(other)

    def _begin(self) -> float:
        """When the restore of a disk that fails now begins."""
        down = [one.restored_at for one in self._disks if one.restored_at is not None]
        now = float(self.environment.now)
        return max([now, *down]) if self._group.serial else now

    def _look_for_unreadable(self) -> None:
        """A restore ends; without redundancy left it may not have read all."""
        failed = sum(one.restored_at is not None for one in self._disks)
        together = self._lost or self.environment.now == self._back_at
        if together or not self._group.unreadable or failed < self._group.parity:
            return
        if self._draws.uniform(self._reading) < self._group.unreadable:
            self.losses.append((self.environment.now, UNREADABLE))

    def _return_of(self, disk: _Disk) -> float:
        """When a failed disk returns: after a loss, with the last of them."""
        assert disk.restored_at is not None
        if not self._lost:
            return disk.restored_at
        return max(one.restored_at for one in self._disks if one.restored_at is not None)

    def _look_for_loss(self, failing: _Disk) -> None:
        if self._lost:
            return
        others = [disk for disk in self._disks if disk is not failing]
        failed = sum(disk.restored_at is not None for disk in others)
        hidden = any(disk.hides for disk in others if disk.restored_at is None)
        if failed == self._group.parity or (failed == self._group.parity - 1 and hidden):
            self._lost = True
            reason = DOUBLE if failed == self._group.parity else LATENT
            self.losses.append((self.environment.now, reason))

    def _clean(self, disk: _Disk) -> None:
        """A disk without defects, from now on."""
        disk.lives += 1
        if disk.clocks["defect"] != NONE:
            disk.defects = self.environment.process(self._hide(disk))

    def _stop_defects(self, disk: _Disk) -> None:
        disk.hides = False
        if disk.defects is not None:
            disk.defects.interrupt()

    def _hide(self, disk: _Disk) -> Activity:
        number, clocks = self._number * LIVES + disk.lives, disk.clocks
        for clock in (clocks["defect"], clocks["scrub"]):
            if clock != NONE:
                self._draws.begin(number, clock)
        try:
            while True:
                yield self.environment.timeout(self._draws.value(clocks["defect"]))
                disk.hides = True
                if clocks["scrub"] == NONE:
                    yield self.environment.event()  # never
                yield self.environment.timeout(self._draws.value(clocks["scrub"]))
                disk.hides = False
        except simpy.Interrupt:
            return
