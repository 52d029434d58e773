"""RAID against the textbook."""

import pytest

from models.laws.storage.raid import Raid

HOUR = 3600.0


@pytest.mark.parametrize(("level", "usable"), [("0", 8), ("10", 4), ("5", 7), ("6", 6)])
def test_usable_disks_of_eight(level: str, usable: int) -> None:
    assert Raid(level, 8).data_disks == usable


def test_mttdl_of_eight_disks_at_a_million_hours_and_a_day() -> None:
    mttf, mttr = 1e6 * HOUR, 24 * HOUR
    assert Raid("5", 8).mttdl(mttf, mttr) / HOUR == pytest.approx(7.44e8, rel=1e-3)
    assert Raid("6", 8).mttdl(mttf, mttr) / HOUR == pytest.approx(5.17e12, rel=1e-3)
    assert Raid("0", 8).mttdl(mttf, mttr) / HOUR == pytest.approx(1.25e5)


def test_small_writes_pay_for_parity() -> None:
    # Operating Systems: Three Easy Pieces, chapter 38: N, N/2, N/4; six accesses for RAID 6.
    rates = {level: Raid(level, 12).random_writes(100.0) for level in ("0", "10", "5", "6")}
    assert rates == pytest.approx({"0": 1200.0, "10": 600.0, "5": 300.0, "6": 200.0})


def test_four_local_disks_add_up() -> None:
    assert Raid("0", 4).sequential(500e6) == pytest.approx(2000e6)


@pytest.mark.parametrize(
    ("level", "disks", "says"),
    [("6", 2, "needs 4 disks"), ("5", 2, "needs 3"), ("10", 5, "even number"), ("7", 8, "known")],
)
def test_impossible_arrays(level: str, disks: int, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Raid(level, disks)
