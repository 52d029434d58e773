"""Simulate redundancy groups of disks: how often they lose data in a mission, and why."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.laws.arguments import positive, whole
from models.prediction import Estimate
from sim.backends import LOCAL, Backend, run_all
from sim.raid.arrays.raid_records import DOUBLE, LATENT, UNREADABLE
from sim.raid.raid_contract import RaidGroup, Simulated
from sim.reliability.rare_counts import count_estimate, share_estimate

_PART = 25_000  # groups that are run in one go


@dataclass(frozen=True)
class SimulatedGroups:
    """What some groups lost in a mission, from new disks on.

    Where nothing was lost, the upper ends of the intervals say how much it may yet be.

    Arguments:
        mission: s.
        groups: how many.
        loss_probability: that a group loses data.
        expected_losses: of a group.
        from_failures: expected losses by too many failed disks.
        from_defects: expected losses by a failed disk beside a hidden defect.
        from_reading: expected losses by a restore that can't read.
        losses: in equal parts of the mission, in all groups.
        failures: of disks, in all groups.
    """

    mission: float
    groups: int
    loss_probability: Estimate
    expected_losses: Estimate
    from_failures: Estimate
    from_defects: Estimate
    from_reading: Estimate
    losses: tuple[int, ...]
    failures: int


Engine = Callable[[RaidGroup, np.random.SeedSequence, float, int, int, int], Simulated]


def simulate_groups(
    group: RaidGroup,
    mission: float,
    groups: int,
    random: np.random.Generator,
    parts: int = 10,
    engine: Engine | None = None,
    backend: Backend = LOCAL,
    progress: Callable[[int], None] | None = None,
) -> SimulatedGroups:
    """Simulate groups over a mission, their disks new at first.

    Data is lost when a disk fails while as many others as there are parities are down, or while
    one fewer is down and a disk that works hides a defect. Then the failed disks return together
    when the last of them is restored, without defects on any disk; until then no other loss counts.
    What a restore without redundancy left can't read is lost, too, and its disk returns.

    Arguments:
        group: the description.
        mission: s.
        groups: how many; where they run changes none of them.
        random: of which the seed of the groups is drawn.
        parts: equal parts of the mission, by which losses are counted.
        engine: what simulates them; the compiled one by default.
        backend: where they run.
        progress: told how many parts of the groups are complete.

    Raises:
        ValueError: an argument out of range, or a law of lifetimes that can't be drawn from here.
        BackendUnavailable: a package that is missing, or a cluster that can't be used.

    Source: Elerath and Pecht (2009), A highly accurate method for assessing reliability of RAID.
    """
    positive("mission", mission)
    whole("groups", groups, 2)
    whole("parts", parts, 1)
    seed = np.random.SeedSequence([int(word) for word in random.integers(0, 2**32, 4)])
    task = _Part(group, seed, mission, parts, engine or compiled_groups)
    pieces = [(first, min(_PART, groups - first)) for first in range(0, groups, _PART)]
    results = run_all(task, pieces, backend, progress)
    counts = np.concatenate([by_group for by_group, _, _ in results])
    by_time = np.sum([by_time for _, by_time, _ in results], axis=0)
    losses = counts.sum(axis=1)
    return SimulatedGroups(
        mission,
        groups,
        share_estimate(int(np.count_nonzero(losses)), groups),
        count_estimate(losses),
        count_estimate(counts[:, DOUBLE]),
        count_estimate(counts[:, LATENT]),
        count_estimate(counts[:, UNREADABLE]),
        tuple(int(some) for some in by_time.sum(axis=1)),
        sum(failures for _, _, failures in results),
    )


def compiled_groups(
    group: RaidGroup,
    seed: np.random.SeedSequence,
    mission: float,
    first: int,
    count: int,
    parts: int,
) -> Simulated:
    """Groups by the compiled loop.

    Arguments:
        group: the description.
        seed: of all groups.
        mission: s.
        first: number of the first.
        count: how many.
        parts: equal parts of the mission, by which losses are counted.
    """
    from sim.raid.arrays.raid_layout import lay_out
    from sim.raid.kernel.raid_kernel import simulate

    return simulate(group, lay_out(group, seed), mission, first, count, parts)


@dataclass(frozen=True)
class _Part:
    """Some groups."""

    group: RaidGroup
    seed: np.random.SeedSequence
    mission: float
    parts: int
    engine: Engine

    def __call__(self, piece: tuple[int, int]) -> Simulated:
        return self.engine(self.group, self.seed, self.mission, *piece, self.parts)
