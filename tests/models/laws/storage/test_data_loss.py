"""Groups of disks: published mean times to data loss, exact answers and their order."""

import math
from functools import partial

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.laws.storage.data_loss import (
    DiskGroup,
    Repair,
    group_chain,
    leading_term,
    mds_data_loss,
    mds_mttdl,
)
from models.laws.storage.loss_chain import mean_time_to_loss

HOUR = 3600.0
TEN_YEARS = 87_600 * HOUR
near = partial(pytest.approx, rel=1e-9, abs=0)


def disks(
    number: int, tolerated: int, mttf: float, mttr: float, repair: Repair = "serial"
) -> DiskGroup:
    return DiskGroup(number, tolerated, mttf * HOUR, mttr * HOUR, 1e12, repair)


groups = st.builds(
    lambda tolerated, data, mttf, mttr, repair: disks(
        tolerated + data, tolerated, mttf, mttr, repair
    ),
    st.integers(0, 5),
    st.integers(1, 20),
    st.floats(1e3, 1e7),
    st.floats(0.1, 1e3),
    st.sampled_from(["serial", "parallel"]),
)


@pytest.mark.parametrize(
    ("group", "mttdl", "approximation"),
    [
        (disks(8, 1, 1e6, 24), 744315476.1904762, 744047619.0476191),
        (disks(11, 1, 30000, 1), 8187545.454545454, 8181818.181818182),
        (disks(16, 2, 5e5, 72, "parallel"), 14400407102.439741, 14352770429.159319),
        (disks(16, 2, 5e5, 72, "serial"), 7207487496.325691, 7176385214.579659),
        # A mirrored pair: 3 MTTF / 2 + MTTF^2 / (2 MTTR).
        (disks(2, 1, 6e6, 120), 150009000000.0, 150000000000.0),
    ],
)
def test_mean_time_to_data_loss(group: DiskGroup, mttdl: float, approximation: float) -> None:
    # Chains of 50 digits; approximations of Patterson (1988) and Chen (1994).
    answer = mds_data_loss(group, TEN_YEARS)
    assert mds_mttdl(group) / HOUR == near(mttdl)
    assert answer.mttdl / HOUR == near(mttdl)
    assert dict(answer.textbook)["leading term"] / HOUR == near(approximation)
    assert answer.method == "exact"


def test_mission_as_if_memoryless() -> None:
    # 1 - exp(-t / MTTDL) over ten years.
    raid_5 = mds_data_loss(disks(8, 1, 1e6, 24), TEN_YEARS)
    assert raid_5.memoryless_loss_probability == near(0.00011768510543351436)
    raid_6 = mds_data_loss(disks(16, 2, 5e5, 72, "parallel"), TEN_YEARS)
    assert raid_6.memoryless_loss_probability == near(6.083142853873317e-06)
    # A new group is safer than that: some disks must fail first.
    assert raid_6.loss_probability < raid_6.memoryless_loss_probability


def test_four_pairs() -> None:
    # RAID 10 of 8 disks: the chain over the number of degraded pairs.
    answer = mds_data_loss(disks(2, 1, 1e6, 24), TEN_YEARS, groups=4)
    assert answer.mttdl / HOUR == near(5208708351.332037)
    # A quarter of one pair's time is not quite it: all disks are good at first.
    assert mds_mttdl(disks(2, 1, 1e6, 24)) / 4 / HOUR == near(5208708333.333333)
    assert answer.usable_bytes == 4e12


def test_without_redundancy_failures_are_poisson() -> None:
    # Losses of n disks in a mission t are Poisson with mean n t / MTTF, each of all bytes.
    answer = mds_data_loss(disks(8, 0, 1e6, 24), TEN_YEARS)
    assert answer.mttdl / HOUR == near(125000.0)
    assert answer.expected_losses == near(0.7008)
    assert answer.loss_probability == near(-math.expm1(-0.7008))
    assert answer.nomdl == near(0.7008)
    assert answer.expected_bytes_lost == near(0.7008 * 8e12)


def test_short_mission_of_a_wide_code_is_right_at_1e_45() -> None:
    # In a time much shorter than the repairs, 11 of 20 disks fail: binomial.
    group = disks(20, 10, 1e6, 1e5, "parallel")
    answer = mds_data_loss(group, HOUR / 1000)
    with mpmath.workdps(50):
        failed = -mpmath.expm1(-mpmath.mpf("1e-9"))
        expected = float(mpmath.binomial(20, 11) * failed**11)
    assert answer.loss_probability == pytest.approx(expected, rel=1e-6, abs=0)
    assert answer.nines == pytest.approx(-math.log10(expected))


@given(groups)
@settings(max_examples=60, deadline=None)
def test_the_closed_sum_is_the_chain(group: DiskGroup) -> None:
    assert mean_time_to_loss(group_chain(group)) == near(mds_mttdl(group))
    assert leading_term(group) <= mds_mttdl(group) * (1 + 1e-12)


@given(groups, st.floats(1.0, 1e5))
@settings(max_examples=60, deadline=None)
def test_answers_hang_together(group: DiskGroup, hours: float) -> None:
    answer = mds_data_loss(group, hours * HOUR)
    assert 0 < answer.loss_probability <= 1
    assert answer.loss_probability <= answer.expected_losses * (1 + 1e-9)
    if answer.mission < answer.mttdl:
        # Passage times wear out: Barlow and Proschan (1975), section 4.6.
        assert answer.loss_probability <= answer.memoryless_loss_probability * (1 + 1e-9)
    # A lost group loses all it had.
    assert answer.nomdl == near(answer.expected_losses)


@given(groups, st.integers(2, 6))
@settings(max_examples=30, deadline=None)
def test_more_groups_lose_sooner_but_no_larger_share(group: DiskGroup, number: int) -> None:
    one, all_groups = (mds_data_loss(group, TEN_YEARS, count) for count in (1, number))
    assert all_groups.mttdl < one.mttdl <= all_groups.mttdl * number * (1 + 1e-9)
    assert all_groups.nomdl == near(one.nomdl)
    assert all_groups.expected_losses == near(number * one.expected_losses)
    assert one.loss_probability <= all_groups.loss_probability
    assert all_groups.loss_probability <= number * one.loss_probability * (1 + 1e-9)


def test_parallel_repair_is_safer_and_so_is_quicker_repair() -> None:
    times = [
        mds_mttdl(disks(12, 3, 1e6, mttr, repair))
        for repair, mttr in (("serial", 48), ("serial", 24), ("parallel", 24))
    ]
    assert times == sorted(times)


def test_a_fleet_too_large_for_its_chain_says_so() -> None:
    group = disks(14, 2, 1e6, 24)
    fleet = mds_data_loss(group, TEN_YEARS, groups=1000)
    assert fleet.method == "approximation"
    assert fleet.mttdl == near(mds_mttdl(group) / 1000)
    one = mds_data_loss(group, TEN_YEARS).loss_probability
    assert fleet.loss_probability == near(-math.expm1(1000 * math.log1p(-one)))


def test_certain_loss() -> None:
    answer = mds_data_loss(disks(5, 0, 1.0, 1.0), TEN_YEARS, groups=3)
    assert answer.loss_probability == 1.0
    assert answer.nines == 0.0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"disks": 0}, "disks is 0"),
        ({"disks": 2.5}, "disks is 2.5"),
        ({"tolerated": 8}, "tolerated is 8; it must be less than 8"),
        ({"tolerated": -1}, "tolerated is -1"),
        ({"mttf": 0.0}, "mttf is 0.0"),
        ({"mttf": math.nan}, "mttf is nan"),
        ({"mttr": -1.0}, "mttr is -1.0"),
        ({"disk_bytes": 0.0}, "disk_bytes is 0.0"),
        ({"repair": "quick"}, "it must be serial or parallel"),
        ({"disks": 200, "tolerated": 90, "mttf": 1e12, "mttr": 1.0}, "beyond what a double"),
    ],
)
def test_impossible_groups(change: dict[str, float], says: str) -> None:
    values = {"disks": 8, "tolerated": 1, "mttf": 1e9, "mttr": 1e5, "disk_bytes": 1e12}
    with pytest.raises(ValueError, match=says):
        DiskGroup(**{**values, "repair": "serial", **change})  # type: ignore[arg-type]


def test_there_is_a_group() -> None:
    with pytest.raises(ValueError, match="groups is 0"):
        mds_data_loss(disks(8, 1, 1e6, 24), TEN_YEARS, groups=0)
