"""Simulate what a described array loses in its mission."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np

from models.prediction import Estimate
from models.raid.array_answer import Losses
from models.raid.array_description import ArrayFile
from models.raid.array_groups import LossGroup, loss_group
from models.raid.disk_figures import DiskFigures
from sim.backends import LOCAL, Backend
from sim.raid.raid_contract import RaidGroup
from sim.raid.raid_groups import Engine, compiled_groups, simulate_groups

GROUPS = 100_000
EngineName = Literal["compiled", "simpy"]
_PART = 25_000  # groups that are run in one go


def simulate(
    described: ArrayFile,
    disk: DiskFigures,
    seed: int = 1,
    groups: int = GROUPS,
    engine: EngineName = "compiled",
    backend: Backend = LOCAL,
    progress: Callable[[int, int], None] | None = None,
) -> Losses | None:
    """What a simulation says of the losses of an array; None where they are not asked or known.

    Arguments:
        described: as read and checked.
        disk: what one of its disks is.
        seed: of the simulation.
        groups: redundancy groups that are simulated; an array may have several.
        engine: what simulates them; SimPy is the slow reference.
        backend: where they run.
        progress: told how many parts of the groups are complete, and of how many.

    Raises:
        ValueError: an argument out of range.
        BackendUnavailable: a package that is missing, or a cluster that can't be used.
    """
    group = loss_group(described, disk)
    if isinstance(group, str):
        return None
    parts = math.ceil(groups / _PART)
    found = simulate_groups(
        _contract(group),
        described.mission,
        groups,
        np.random.default_rng(seed),
        engine=_engine(engine),
        backend=backend,
        progress=(lambda done: progress(done, parts)) if progress else None,
    )
    of = f"{groups:,} groups" if group.sets > 1 else f"{groups:,} arrays"
    return Losses(
        "simulation",
        f"{engine} engine, {of}",
        None,
        _any_of(found.loss_probability, group.sets),
        _times(found.expected_losses, group.sets),
        from_failures=_times(found.from_failures, group.sets),
        from_defects=_times(found.from_defects, group.sets) if group.defect else None,
        from_reading=_times(found.from_reading, group.sets) if group.unreadable else None,
    )


def _contract(group: LossGroup) -> RaidGroup:
    return RaidGroup(
        group.disks,
        group.tolerated,
        group.lifetime,
        group.restore,
        group.defect,
        group.scrub,
        group.order == "serial",
        group.unreadable,
    )


def _engine(name: EngineName) -> Engine:
    if name == "compiled":
        return compiled_groups
    from sim.raid.reference.simpy_raid import simpy_groups

    return simpy_groups


def _any_of(chance: Estimate, sets: int) -> Estimate:
    """Probability that one of some independent sets loses data."""

    def together(one: float) -> float:
        return 1.0 if one >= 1 else -math.expm1(sets * math.log1p(-one))

    ends = (together(chance.mean), together(chance.low), together(chance.high))
    return replace(chance, mean=ends[0], low=ends[1], high=ends[2])


def _times(count: Estimate, sets: int) -> Estimate:
    return replace(count, mean=sets * count.mean, low=sets * count.low, high=sets * count.high)
