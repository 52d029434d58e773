"""Data loss of RAID levels, from their layouts."""

from functools import partial
from typing import Any

import pytest

from models.laws.storage.array_loss import array_data_loss
from models.laws.storage.data_loss import DataLoss
from models.laws.storage.latent_errors import unreadable_probability
from models.laws.storage.raid import ErasureCode, Layout, Raid

HOUR = 3600.0
near = partial(pytest.approx, rel=1e-9, abs=0)


def loss(layout: Layout, **changes: Any) -> DataLoss:
    values = {"mttf": 1e6 * HOUR, "mttr": 24 * HOUR, "disk_bytes": 1e12, "mission": 87_600 * HOUR}
    return array_data_loss(layout, **{**values, **changes})


@pytest.mark.parametrize(
    ("layout", "hours"),
    [
        (Raid("0", 8), 125000.0),
        (Raid("4", 8), 744315476.1904762),
        (Raid("5", 8), 744315476.1904762),
        (Raid("10", 8), 5208708351.332037),
        (Raid("1", 8), 5208708351.332037),
        (Raid("01", 8), 1302458333.3333333),
        (ErasureCode(7, 1), 744315476.1904762),
    ],
)
def test_eight_disks(layout: Layout, hours: float) -> None:
    # Exact chains: MTTF 1,000,000 h, MTTR 24 h.
    answer = loss(layout)
    assert answer.mttdl / HOUR == near(hours)
    assert answer.method == "exact"
    assert answer.usable_bytes == layout.data_disks * 1e12


def test_raid_10_lives_four_times_as_long_as_01() -> None:
    assert loss(Raid("10", 8)).mttdl / loss(Raid("01", 8)).mttdl == near(3.999136262579382)


def test_raid_6_under_both_conventions() -> None:
    # 16 disks, MTTF 500,000 h, MTTR 72 h.
    disks = {"mttf": 5e5 * HOUR, "mttr": 72 * HOUR}
    parallel = loss(Raid("6", 16), repair="parallel", **disks)
    serial = loss(Raid("6", 16), repair="serial", **disks)
    assert parallel.mttdl / HOUR == near(14400407102.439741)
    assert serial.mttdl / HOUR == near(7207487496.325691)
    assert dict(serial.textbook)["Chen et al. (1994)"] / HOUR == near(7176385214.579659)
    assert "Chen et al. (1994)" not in dict(parallel.textbook)
    assert (parallel.repair, serial.repair) == ("parallel", "serial")


def test_a_side_of_01_fails_and_is_read_as_a_whole() -> None:
    # (N la + N la / 2 + mu) / (N la (N la / 2 + mu h)), h over half of the disks.
    failing, mending = 1 / (1e6 * HOUR), 1 / (24 * HOUR)
    unreadable = unreadable_probability(4e12, 1e-15)
    expected = (12 * failing + mending) / (8 * failing * (4 * failing + mending * unreadable))
    assert loss(Raid("01", 8), uber=1e-15).mttdl == near(expected)
    large = loss(Raid("01", 400))
    assert large.mttdl == near((600 * failing + mending) / (400 * failing * 200 * failing))


def test_groups_of_50_and_60_are_lost_one_by_one() -> None:
    for level, groups, disks in (("50", 4, 24), ("60", 3, 24)):
        one = loss(Raid(level[0], disks // groups))
        all_groups = loss(Raid(level, disks, groups))
        assert all_groups.expected_losses == near(groups * one.expected_losses)
        assert all_groups.nomdl == near(one.nomdl)
        assert all_groups.mttdl == pytest.approx(one.mttdl / groups, rel=1e-3)
        assert all_groups.mttdl > one.mttdl / groups


def test_textbook_stands_beside_the_exact() -> None:
    answer = loss(Raid("5", 8))
    assert dict(answer.textbook) == {
        "leading term": near(744047619.0476191 * HOUR),
        "Chen et al. (1994)": near(744047619.0476191 * HOUR),
    }


def test_unreadable_bits() -> None:
    # 8 disks of 12 TB, UBER 1e-15, MTTF 1.2e6 h, parallel repair.
    answer = loss(Raid("6", 8), mttf=1.2e6 * HOUR, disk_bytes=12e12, uber=1e-15, repair="parallel")
    assert answer.mttdl / HOUR == near(2447332800.154381)
    assert answer.law == "RAID 6 of 8 disks, unreadable bits in a rebuild"


def test_names() -> None:
    assert loss(ErasureCode(17, 3)).law == "17+3 disks"
    assert loss(ErasureCode(4, 2, 3)).law == "3 groups of 4+2 disks"
    assert loss(Raid("01", 4)).law == "RAID 01 of 4 disks"


def test_nonsense() -> None:
    with pytest.raises(ValueError, match="without redundancy"):
        loss(Raid("0", 4), uber=1e-15)
    with pytest.raises(ValueError, match="mttf is -1"):
        loss(Raid("5", 4), mttf=-1.0)
    with pytest.raises(ValueError, match="serial or parallel"):
        loss(Raid("5", 4), repair="none")
