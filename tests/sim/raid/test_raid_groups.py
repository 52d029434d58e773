"""Simulated RAID groups against another simulation and exact chains; both engines agree."""

import math

import numpy as np
import pytest

from models.laws.reliability.lifetimes import Deterministic, Exponential, Weibull
from models.prediction import Estimate
from sim.raid.raid_contract import RaidGroup
from sim.raid.raid_groups import SimulatedGroups, compiled_groups, simulate_groups
from sim.raid.reference.simpy_raid import simpy_groups

HOUR = 3600.0
TEN_YEARS = 87_600 * HOUR

# Elerath and Pecht (2009), A highly accurate method for assessing reliability of RAID, table 2.
LIFETIME = Weibull(1.12, 461_386 * HOUR)
RESTORE = Weibull(2.0, 12 * HOUR, 6 * HOUR)
DEFECT = Exponential(1.08e-4 / HOUR)
SCRUB = Weibull(3.0, 168 * HOUR, 6 * HOUR)


def simulate(group: RaidGroup, groups: int, mission: float = TEN_YEARS) -> SimulatedGroups:
    return simulate_groups(group, mission, groups, np.random.default_rng(1))


def agree(estimate: Estimate, other: float, error: float) -> bool:
    """Two simulations agree: within 4 standard errors of their difference."""
    own = (estimate.high - estimate.low) / 2 / 1.96
    return abs(estimate.mean - other) <= 4 * math.hypot(own, error)


@pytest.mark.parametrize(
    ("group", "groups", "losses", "error", "first_year"),
    [
        # Losses per 1,000 groups in 10 years, their standard error and those of the first year, of
        # an independent Monte Carlo of the same rules. The first: failures alone.
        (RaidGroup(8, 1, LIFETIME, RESTORE), 400_000, 0.24225, 0.00778, 0.0125),
        # Defects that nobody looks for.
        (RaidGroup(8, 1, LIFETIME, RESTORE, DEFECT), 50_000, 1203.63, 3.386, 80.39),
        # The shape of lifetimes as the simulator SIMD has it.
        (
            RaidGroup(8, 1, Weibull(1.2, 461_386 * HOUR), RESTORE, DEFECT, SCRUB),
            100_000,
            119.365,
            0.772,
            7.335,
        ),
        # RAID 6 of 14 + 2 SATA disks A of Elerath and Schindler (2014), Beyond MTTDL.
        (
            RaidGroup(
                16,
                2,
                Weibull(1.13, 302_016 * HOUR),
                Weibull(1.65, 22.7 * HOUR),
                Exponential(1 / 12_325 / HOUR),
                Exponential(1 / 186 / HOUR),
            ),
            400_000,
            0.55,
            0.0371,
            0.0525,
        ),
    ],
)
def test_weibull_groups(
    group: RaidGroup, groups: int, losses: float, error: float, first_year: float
) -> None:
    answer = simulate(group, groups)
    assert agree(answer.expected_losses, losses / 1000, error / 1000)
    assert sum(answer.losses) == pytest.approx(answer.expected_losses.mean * groups)
    expected = first_year / 1000 * groups
    # Both are counts; that of the other simulation had at least as few groups.
    assert abs(answer.losses[0] - expected) <= 4 * math.sqrt(2 * max(expected, 10))


def test_exponential_groups_with_defects() -> None:
    # RAID 5 of 8, exact by a Markov chain of 17 states: P(loss in 10 years) = 0.15398279834337145.
    group = RaidGroup(
        8,
        1,
        Exponential(1 / 461_386 / HOUR),
        Exponential(1 / 12 / HOUR),
        DEFECT,
        Exponential(1 / 156 / HOUR),
    )
    answer = simulate(group, 200_000)
    assert agree(answer.loss_probability, 0.15398279834337145, 0.0)


def test_exponential_groups_without_defects() -> None:
    # MTTDL = ((2n-1)λ+μ)/(n(n-1)λ²) is long beside the mission: losses are nearly Poisson.
    failure, repair, n = 1 / 10_000, 1 / 20, 8
    mttdl = ((2 * n - 1) * failure + repair) / (n * (n - 1) * failure**2)
    group = RaidGroup(n, 1, Exponential(failure / HOUR), Exponential(repair / HOUR))
    answer = simulate(group, 50_000, 1000 * HOUR)
    # From new disks on, losses begin one repair time late.
    assert agree(answer.loss_probability, -math.expm1(-(1000 - 1 / (repair + 0.0015)) / mttdl), 0.0)


def test_no_parity_loses_at_the_first_failure() -> None:
    group = RaidGroup(4, 0, Exponential(1 / 10_000 / HOUR), Exponential(1 / HOUR))
    answer = simulate(group, 20_000, 1000 * HOUR)
    assert agree(answer.loss_probability, -math.expm1(-0.4), 0.0)
    assert answer.from_defects.mean == 0.0


def test_defects_alone_lose_nothing() -> None:
    never = Deterministic(1e12)
    answer = simulate(RaidGroup(8, 1, never, RESTORE, DEFECT, SCRUB), 1000)
    assert (answer.failures, answer.expected_losses.mean) == (0, 0.0)


def test_no_loss_seen_is_no_proof_of_none() -> None:
    answer = simulate(RaidGroup(8, 3, LIFETIME, RESTORE), 1000)
    assert answer.loss_probability.mean == 0.0
    assert answer.loss_probability.high == pytest.approx(0.00368, rel=0.01)
    assert answer.expected_losses.high == pytest.approx(0.00369, rel=0.01)


def test_reasons_add_up() -> None:
    answer = simulate(RaidGroup(8, 1, LIFETIME, RESTORE, DEFECT, SCRUB), 50_000)
    assert answer.from_failures.mean + answer.from_defects.mean == pytest.approx(
        answer.expected_losses.mean
    )
    assert answer.from_defects.mean > 100 * answer.from_failures.mean


def test_more_groups_begin_with_the_same() -> None:
    group, seed = RaidGroup(8, 1, LIFETIME, RESTORE, DEFECT, SCRUB), np.random.SeedSequence(1)
    few = compiled_groups(group, seed, TEN_YEARS, 0, 100, 10)[0]
    more = compiled_groups(group, seed, TEN_YEARS, 50, 100, 10)[0]
    assert np.array_equal(few[50:], more[:50])
    assert simulate(group, 30_000) == simulate(group, 30_000)


SHORT = Weibull(1.12, 20_000 * HOUR)


@pytest.mark.parametrize(
    "group",
    [
        RaidGroup(8, 1, SHORT, RESTORE, DEFECT, SCRUB),
        RaidGroup(8, 1, SHORT, RESTORE, DEFECT),
        RaidGroup(6, 2, SHORT, Weibull(2.0, 1000 * HOUR, 6 * HOUR), DEFECT, SCRUB),
        RaidGroup(5, 0, SHORT, RESTORE, DEFECT),
        RaidGroup(4, 3, SHORT, Weibull(2.0, 9000 * HOUR), DEFECT, SCRUB),
    ],
)
def test_both_engines_tell_the_same_story(group: RaidGroup) -> None:
    seed = np.random.SeedSequence(5)
    ours = compiled_groups(group, seed, TEN_YEARS, 3, 20, 10)
    others = simpy_groups(group, seed, TEN_YEARS, 3, 20, 10)
    for mine, other in zip(ours, others, strict=True):
        assert np.array_equal(mine, other)
    assert ours[0].sum() > 0


@pytest.mark.parametrize(
    ("disks", "parity", "message"),
    [(2, 2, "no disk is left for data"), (0, 0, "disks is 0"), (3, -1, "parity is -1")],
)
def test_groups_too_small_are_refused(disks: int, parity: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RaidGroup(disks, parity, LIFETIME, RESTORE)


def test_nonsense_is_refused() -> None:
    group = RaidGroup(8, 1, LIFETIME, RESTORE)
    with pytest.raises(ValueError, match="mission is -1"):
        simulate(group, 100, -1.0)
    with pytest.raises(ValueError, match="groups is 1"):
        simulate(group, 1)
