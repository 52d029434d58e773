"""Unreadable sectors: published chains, limits, and what makes losses rarer."""

import math
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.laws.storage.data_loss import DiskGroup, mds_data_loss, mds_mttdl
from models.laws.storage.latent_errors import (
    latent_defect_data_loss,
    rebuild_error_data_loss,
    unreadable_probability,
)

HOUR = 3600.0
TEN_YEARS = 87_600 * HOUR
near = partial(pytest.approx, rel=1e-9, abs=0)


def group(disks: int = 8, tolerated: int = 1) -> DiskGroup:
    return DiskGroup(disks, tolerated, 1.2e6 * HOUR, 24 * HOUR, 12e12, "parallel")


@pytest.mark.parametrize(
    ("tolerated", "uber", "unreadable", "mttdl", "without"),
    [
        (1, 1e-15, 0.48931381663381235, 306555.99139449967, 1071750000.0),
        (1, 1e-14, 0.998793461786042, 150205.1995852929, 1071750000.0),
        (2, 1e-15, 0.43785755480317773, 2447332800.154381, 17861071950000.0),
    ],
)
def test_unreadable_bits_in_the_critical_rebuild(
    tolerated: int, uber: float, unreadable: float, mttdl: float, without: float
) -> None:
    # Chains of 50 digits: 8 disks of 12 TB, MTTF 1.2e6 h, MTTR 24 h, parallel repair.
    disks = group(tolerated=tolerated)
    answer = rebuild_error_data_loss(disks, uber, TEN_YEARS)
    assert unreadable_probability(12e12 * (8 - tolerated), uber) == near(unreadable)
    assert answer.mttdl / HOUR == near(mttdl)
    assert mds_mttdl(disks) / HOUR == near(without)
    assert answer.method == "exact"


def test_raid_5_in_closed_form() -> None:
    # (n la + (n - 1) la + mu) / (n la ((n - 1) la + mu h)).
    failing, mending = 1 / (1.2e6 * HOUR), 1 / (24 * HOUR)
    unreadable = unreadable_probability(7 * 12e12, 1e-16)
    expected = (15 * failing + mending) / (8 * failing * (7 * failing + mending * unreadable))
    assert rebuild_error_data_loss(group(), 1e-16, TEN_YEARS).mttdl == near(expected)


@pytest.mark.parametrize("tolerated", [1, 2, 3])
def test_readable_disks_lose_nothing_more(tolerated: int) -> None:
    disks = group(tolerated=tolerated)
    expected = mds_data_loss(disks, TEN_YEARS)
    for answer in (
        rebuild_error_data_loss(disks, 0.0, TEN_YEARS),
        latent_defect_data_loss(disks, 0.0, math.inf, TEN_YEARS),
    ):
        assert answer.mttdl == near(expected.mttdl)
        assert answer.loss_probability == near(expected.loss_probability)
        assert answer.nomdl == near(expected.nomdl)


def test_a_sector_is_less_than_a_group() -> None:
    # Nearly each loss of RAID 5 is of sectors: often, but few bytes.
    with_errors = rebuild_error_data_loss(group(), 1e-15, TEN_YEARS)
    without = mds_data_loss(group(), TEN_YEARS)
    assert with_errors.expected_losses > 1000 * without.expected_losses
    assert with_errors.nomdl == pytest.approx(without.nomdl, rel=1e-3)
    larger = rebuild_error_data_loss(group(), 1e-15, TEN_YEARS, sector_bytes=1e9)
    # Bytes of sectors: rebuilds in ten years times unreadable bits a rebuild, each a sector.
    rebuilds = 8 * TEN_YEARS / (1.2e6 * HOUR)
    extra = (larger.nomdl - without.nomdl) * 84e12 / 1e9
    assert extra == pytest.approx(rebuilds * 8 * 84e12 * 1e-15, rel=1e-3)


def test_losing_everything_is_the_most_that_errors_can_lose() -> None:
    answer = rebuild_error_data_loss(group(), 0.5, TEN_YEARS)
    assert answer.nomdl <= answer.expected_losses * (1 + 1e-12)


def test_latent_defects_and_scrubbing() -> None:
    # Elerath and Pecht (2007) with exponential times, a chain of 17 states: 8 disks of MTTF
    # 461386 h, restored in 12 h, defects at 1.08e-4/h, found in 156 h.
    disks = DiskGroup(8, 1, 461386 * HOUR, 12 * HOUR, 1e12, "serial")
    answer = latent_defect_data_loss(disks, 1.08e-4 / HOUR, 156 * HOUR, TEN_YEARS)
    assert answer.mttdl / HOUR == near(523132.36945579975)
    assert answer.loss_probability == near(0.15398279834337145)
    assert answer.expected_losses > answer.loss_probability


def test_two_failures_without_defects_left_need_two_more() -> None:
    # With RAID 6 a defect counts only once a disk has failed.
    five, six = (
        latent_defect_data_loss(
            DiskGroup(16, tolerated, 461386 * HOUR, 12 * HOUR, 1e12, "parallel"),
            1.08e-4 / HOUR,
            156 * HOUR,
            TEN_YEARS,
        )
        for tolerated in (1, 2)
    )
    assert six.loss_probability < five.loss_probability / 100


@given(st.floats(1e-9, 1e-2), st.floats(1.0, 1e4), st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_scrubbing_more_often_loses_less(rate: float, scrub: float, tolerated: int) -> None:
    never, seldom, often = (
        latent_defect_data_loss(group(tolerated=tolerated), rate / HOUR, time * HOUR, TEN_YEARS)
        for time in (math.inf, scrub, scrub / 2)
    )
    floor = mds_data_loss(group(tolerated=tolerated), TEN_YEARS).loss_probability
    assert floor <= often.loss_probability * (1 + 1e-9)
    assert often.loss_probability <= seldom.loss_probability * (1 + 1e-9)
    assert seldom.loss_probability <= never.loss_probability * (1 + 1e-9)


@given(st.floats(0, 1e18), st.floats(0, 1e-3))
def test_unreadable_is_a_probability(size: float, uber: float) -> None:
    value = unreadable_probability(size, uber)
    assert 0 <= value <= 1
    assert value <= 8 * size * uber * (1 + 1e-3) + 1e-300


def test_tiny_rates_keep_their_digits() -> None:
    assert unreadable_probability(1.0, 1e-30) == near(8e-30)


def test_several_groups() -> None:
    one, ten = (rebuild_error_data_loss(group(), 1e-15, TEN_YEARS, groups=n) for n in (1, 10))
    assert ten.expected_losses == near(10 * one.expected_losses)
    assert ten.nomdl == near(one.nomdl)
    assert ten.mttdl < one.mttdl


def test_nonsense() -> None:
    bare = group(tolerated=0)
    with pytest.raises(ValueError, match="without redundancy nothing is rebuilt"):
        rebuild_error_data_loss(bare, 1e-15, TEN_YEARS)
    with pytest.raises(ValueError, match="without redundancy nothing is rebuilt"):
        latent_defect_data_loss(bare, 1e-8, 1e5, TEN_YEARS)
    with pytest.raises(ValueError, match=r"uber is 1\.0"):
        rebuild_error_data_loss(group(), 1.0, TEN_YEARS)
    with pytest.raises(ValueError, match="uber is -1e-15"):
        unreadable_probability(1e12, -1e-15)
    with pytest.raises(ValueError, match="read_bytes is -1"):
        unreadable_probability(-1.0, 1e-15)
    with pytest.raises(ValueError, match="sector_bytes is 0"):
        rebuild_error_data_loss(group(), 1e-15, TEN_YEARS, sector_bytes=0.0)
    with pytest.raises(ValueError, match="defect_rate is nan"):
        latent_defect_data_loss(group(), math.nan, 1e5, TEN_YEARS)
    with pytest.raises(ValueError, match=r"scrub_time is 0\.0"):
        latent_defect_data_loss(group(), 1e-8, 0.0, TEN_YEARS)
    with pytest.raises(ValueError, match="disks is 300"):
        latent_defect_data_loss(group(300), 1e-8, 1e5, TEN_YEARS)
