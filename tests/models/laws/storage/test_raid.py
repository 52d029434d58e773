"""Layouts of RAID and erasure codes against the textbook."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws.storage.raid import FEWEST_DISKS, ErasureCode, Layout, Raid

near = partial(pytest.approx, rel=1e-9)
HOUR = 3600.0


@pytest.mark.parametrize(
    ("array", "usable"),
    [
        *((Raid(level, 8), usable) for level, usable in (("0", 8), ("10", 4), ("5", 7), ("6", 6))),
        *((Raid(level, 24), usable) for level, usable in (("0", 24), ("10", 12), ("01", 12))),
        *((Raid(level, 24), usable) for level, usable in (("4", 23), ("5", 23), ("6", 22))),
        (Raid("50", 24, 4), 20),
        (Raid("60", 24, 3), 18),
        (ErasureCode(17, 3), 17),
        (ErasureCode(8, 3, 2), 16),
    ],
)
def test_usable_disks(array: Layout, usable: int) -> None:
    # Patterson, Gibson and Katz (1988), tables II to VI; groups of 50 and 60 by definition.
    assert array.data_disks == usable


# Operating Systems: Three Easy Pieces, chapter 38: eight disks at S = 10 MB in 210 ms and R = 10 KB
# in 10.2 ms; RAID 6 with six accesses a write.
S, R = 10e6 / 0.21, 10e3 / 10.2e-3


@pytest.mark.parametrize(
    ("level", "sequential", "reads", "writes"),
    [
        ("0", 380.95238095238e6, 7.8431372549019605e6, 7.8431372549019605e6),
        ("1", 190.47619047619045e6, 7.8431372549019605e6, 3.9215686274509802e6),
        ("4", 333.3333333333333e6, 6.862745098039215e6, 0.49019607843137253e6),
        ("5", 333.3333333333333e6, 7.8431372549019605e6, 1.9607843137254901e6),
        ("6", 285.71428571428567e6, 7.8431372549019605e6, 1.30718954248366e6),
    ],
)
def test_rates_of_eight_disks(level: str, sequential: float, reads: float, writes: float) -> None:
    array = Raid(level, 8)
    assert array.sequential(S) == near(sequential)
    assert array.random_reads(R) == near(reads)
    assert array.random_writes(R) == near(writes)


def test_small_writes_pay_for_parity() -> None:
    # Operating Systems: Three Easy Pieces, chapter 38: N, N/2, N/4; six accesses for RAID 6.
    rates = {level: Raid(level, 12).random_writes(100.0) for level in ("0", "10", "5", "6")}
    assert rates == pytest.approx({"0": 1200.0, "10": 600.0, "5": 300.0, "6": 200.0})
    assert Raid("50", 12, 3).random_writes(100.0) == near(300)
    assert Raid("60", 12, 2).random_writes(100.0) == near(200)
    assert Raid("01", 12).random_writes(100.0) == near(600)


def test_write_penalties() -> None:
    found = {level: Raid(level, 8).write_accesses for level in ("0", "1", "10", "01", "5", "6")}
    assert found == {"0": 1, "1": 2, "10": 2, "01": 2, "5": 4, "6": 6}
    assert ErasureCode(17, 3).write_accesses == 8
    assert ErasureCode(1, 2).write_accesses == 3  # three copies


def test_whole_numbers_may_be_floats() -> None:
    assert Raid("60", 24.0, 3.0) == Raid("60", 24, 3)
    assert Raid("6", 8.0).random_writes(60.0) == Raid("6", 8).random_writes(60.0)
    assert isinstance(ErasureCode(8.0, 3.0).disks, int)


def test_four_local_disks_add_up() -> None:
    assert Raid("0", 4).sequential(500e6) == pytest.approx(2000e6)


@pytest.mark.parametrize(("level", "code"), [("5", (7, 1)), ("6", (6, 2))])
def test_raid_is_an_erasure_code(level: str, code: tuple[int, int]) -> None:
    array, same = Raid(level, 8), ErasureCode(*code)
    assert (array.data_disks, array.tolerated) == (same.data_disks, same.tolerated)
    assert array.disks == same.disks
    assert array.write_accesses == same.write_accesses
    assert array.random_writes(100.0) == same.random_writes(100.0)


@given(st.sampled_from(sorted(FEWEST_DISKS)), st.integers(0, 40), st.integers(1, 6))
def test_every_array_is_sound_or_refused(level: str, disks: int, groups: int) -> None:
    try:
        array = Raid(level, disks, groups)
    except ValueError:
        return
    assert array.sets * array.set_disks == disks
    assert 0 < array.data_disks == disks - array.sets * array.tolerated
    assert 0 < array.random_writes(1.0) <= array.random_reads(1.0) <= disks


@pytest.mark.parametrize(
    ("level", "disks", "groups", "says"),
    [
        ("6", 2, 1, "RAID 6 needs 4 disks or more, not 2"),
        ("5", 2, 1, "needs 3"),
        ("4", 2, 1, "needs 3"),
        ("0", 0, 1, "needs 1 disks or more, not 0"),
        ("10", 5, 1, "even number"),
        ("01", 7, 1, "even number"),
        ("7", 8, 1, "known"),
        ("5", 8, 2, "RAID 5 has no groups, but 2 are given"),
        ("50", 12, 1, "RAID 50 needs 2 groups or more, not 1"),
        ("50", 13, 2, "groups of equal size; 13 disks can't be split into 2"),
        ("50", 8, 3, "RAID 50 in 3 groups needs 9 disks or more, not 8"),
        ("60", 9, 3, "RAID 60 in 3 groups needs 12 disks or more, not 9"),
        ("5", 4.5, 1, "disks is 4.5"),
        ("60", 24, 0, "groups is 0"),
    ],
)
def test_impossible_arrays(level: str, disks: int, groups: int, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Raid(level, disks, groups)


@pytest.mark.parametrize(
    ("data", "parity", "groups", "says"),
    [(0, 3, 1, "data is 0"), (8, 0, 1, "parity is 0"), (8, 3, 0, "groups is 0")],
)
def test_impossible_codes(data: int, parity: int, groups: int, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        ErasureCode(data, parity, groups)
