"""Disks and arrays from files: answers that are published, or follow by hand."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.prediction import Estimate
from models.raid.array_answer import ArrayAnswer
from models.raid.judge_array import judge
from models.raid.read_array import read_array
from models.raid.solve_array import solve

ARRAYS = Path(__file__).parents[3] / "arrays"
HOUR = 3600.0
Solve = Callable[[str], ArrayAnswer]


@pytest.fixture
def solved(tmp_path: Path, catalog: Catalog) -> Solve:
    def from_text(text: str) -> ArrayAnswer:
        path = tmp_path / "array.yaml"
        path.write_text(f"name: x\n{text}\n", encoding="utf-8")
        read = read_array(path, catalog)
        return solve(read.description, read.disk, catalog)

    return from_text


def shipped(name: str, catalog: Catalog) -> ArrayAnswer:
    read = read_array(ARRAYS / f"{name}.yaml", catalog)
    return solve(read.description, read.disk, catalog)


def hours(answer: ArrayAnswer) -> float:
    assert answer.losses is not None
    assert answer.losses.mttdl is not None
    return answer.losses.mttdl.mean / HOUR


# Mean times to data loss, h: exact hitting times of birth-death chains (50 digits).
MTTDL = [
    ("6", 16, 500_000, 72, "serial", 7207487496.325691),
    ("6", 16, 500_000, 72, "parallel", 14400407102.439741),
    ("5", 8, 1_000_000, 24, "serial", 744315476.1904762),
    ("5", 11, 30_000, 1, "parallel", 8187545.454545454),  # Patterson et al. (1988)
    ("10", 8, 1_000_000, 24, "serial", 5208708351.332037),
    ("01", 8, 1_000_000, 24, "serial", 1302458333.3333333),
    ("1", 2, 6_000_000, 120, "serial", 150009000000.0),
]


@pytest.mark.parametrize(("level", "disks", "mttf", "mttr", "order", "expected"), MTTDL)
def test_mean_times_to_data_loss(
    level: str, disks: int, mttf: int, mttr: int, order: str, expected: float, solved: Solve
) -> None:
    answer = solved(
        f"disk: {{mttf: {mttf} h}}\narray: {{level: '{level}', disks: {disks}}}\n"
        f"repair: {{mttr: {mttr} h, order: {order}}}"
    )
    assert hours(answer) == pytest.approx(expected, rel=1e-9)
    assert answer.losses is not None
    assert answer.losses.method == "exact"


def test_the_textbook_stands_beside(solved: Solve) -> None:
    text = "disk: {mttf: 500000 h}\narray: {level: 6, disks: 16}\nrepair: {mttr: 72 h}"
    losses = solved(text).losses
    assert losses is not None
    assert dict(losses.textbook)["leading term"] / HOUR == pytest.approx(7176385214.579659)


@pytest.mark.parametrize(
    ("level", "errors", "expected", "order"),
    [
        ("5", "1.0e-15", 306555.99139449967, "serial"),
        ("5", "1.0e-14", 150205.1995852929, "serial"),
        ("6", "1.0e-15", 2447332800.154381, "parallel"),
        ("6", "0.0", 17861071950000.0, "parallel"),
    ],
)
def test_unreadable_bits_in_a_rebuild(
    level: str, errors: str, expected: float, order: str, solved: Solve
) -> None:
    # (n l + (n - 1) l + m) / (n l ((n - 1) l + m h)), and the exact chain of two parities.
    answer = solved(
        f"disk: {{capacity: 12 TB, mttf: 1200000 h, unrecoverable_bit_error_rate: {errors}}}\n"
        f"array: {{level: {level}, disks: 8}}\nrepair: {{mttr: 24 h, order: {order}}}"
    )
    assert hours(answer) == pytest.approx(expected, rel=1e-9)


def test_hidden_defects(catalog: Catalog) -> None:
    # Exact chain of 17 transient states, exponential analogue of Elerath and Pecht.
    answer = shipped("hidden-defects", catalog)
    assert hours(answer) == pytest.approx(523132.36945579975, rel=1e-9)
    assert answer.losses is not None
    assert answer.losses.loss_probability.mean == pytest.approx(0.15398279834337145, rel=1e-3)


def test_what_ages_has_an_approximation(catalog: Catalog) -> None:
    answer = shipped("ageing-disks", catalog)
    assert answer.losses is not None
    assert answer.losses.method == "approximation"
    assert answer.losses.loss_probability.confidence == 0
    assert "as if it were exponential" in answer.notes[0]


def test_defects_beside_unreadable_bits_have_no_law(solved: Solve) -> None:
    answer = solved(
        "disk: {capacity: 1 TB, mttf: 9999 h, unrecoverable_bit_error_rate: 1.0e-15}\n"
        "array: {level: 5, disks: 4}\nrepair: {mttr: 9 h}\nlatent_defects: {rate: 0.001/h}"
    )
    assert answer.losses is None
    assert "No law knows hidden defects beside unreadable bits" in answer.notes[0]


@pytest.mark.parametrize(
    ("level", "groups", "disks"),
    [
        *(("0", 1, 24), ("10", 1, 12), ("01", 1, 12), ("5", 1, 23), ("6", 1, 22)),
        *(("50", 4, 20), ("60", 3, 18), ("20+4", 1, 20)),
    ],
)
def test_capacities(level: str, groups: int, disks: int, solved: Solve) -> None:
    answer = solved(
        f"disk: {{capacity: 1 TB}}\narray: {{level: '{level}', disks: 24, groups: {groups}}}"
    )
    assert answer.space is not None
    assert answer.space.usable == pytest.approx(disks * 1e12)


# Eight disks of 47.62 MB/s and 0.98 random requests: Operating Systems: Three Easy Pieces, 38.
S, R = 47.61904761904761, 0.9803921568627451
SPEEDS = [
    ("0", 8 * S, 8 * S, 8 * R, 8 * R),
    ("1", 4 * S, 4 * S, 8 * R, 4 * R),
    ("4", 7 * S, 7 * S, 7 * R, R / 2),
    ("5", 7 * S, 7 * S, 8 * R, 2 * R),
    ("6", 6 * S, 6 * S, 8 * R, 8 * R / 6),
]


@pytest.mark.parametrize(("level", "read", "write", "reads", "writes"), SPEEDS)
def test_speeds(
    level: str, read: float, write: float, reads: float, writes: float, solved: Solve
) -> None:
    answer = solved(
        f"disk: {{read: {S!r} MB/s, random_reads: {R!r}/s}}\narray: {{level: {level}, disks: 8}}"
    )
    whole = answer.speeds[0]
    assert (whole.state, len(answer.speeds)) == ("whole", 1 if level == "0" else 2)
    assert (whole.read, whole.write) == pytest.approx((read * 1e6, write * 1e6))
    assert (whole.random_reads, whole.random_writes) == pytest.approx((reads, writes))


def test_a_request_of_one_sector(catalog: Catalog) -> None:
    # Bryant and O'Hallaron: 9 ms + 60/7200/2 s + 60/7200/400 s = 13.1875 ms.
    times = shipped("disk-7200", catalog).times
    assert times is not None
    assert times.service == pytest.approx(13.1875e-3)
    # M/G/1 by hand: the turn alone varies, uniform over 8.33 ms.
    turn, load = 60 / 7200, 50 * 13.1875e-3
    waiting = 50 * (13.1875e-3**2 + turn**2 / 12) / 2 / (1 - load)
    assert times.response == pytest.approx(13.1875e-3 + waiting)
    assert times.method == "approximation"  # of the seek only the mean is known


@pytest.mark.parametrize(
    ("turns", "seek", "rate", "milliseconds"),
    [(15_000, 4, 125, 6.032768), (7200, 9, 105, 13.205676190476192)],
)
def test_random_reads_of_4_kib(
    turns: int, seek: int, rate: int, milliseconds: float, solved: Solve
) -> None:
    # Operating Systems: Three Easy Pieces, chapter 37: 6 ms and 13.2 ms.
    times = solved(
        f"disk: {{rotation: {turns}/min, mean_seek: {seek} ms, read: {rate} MB/s}}\n"
        "requests: {size: 4 KiB}"
    ).times
    assert times is not None
    assert times.service * 1e3 == pytest.approx(milliseconds)
    assert times.bandwidth == pytest.approx(4096 / times.service)


def test_an_arm_that_counts_tracks(catalog: Catalog, solved: Solve) -> None:
    # 0.5 ms + 0.05 ms a track over (n^2 - 1)/3n of 500 tracks: 13.4156, 0.4167 and 34.2 ms.
    answer = shipped("disk-arm", catalog)
    times = answer.times
    assert times is not None
    assert answer.space is not None
    assert answer.space.usable == 20_480_000
    assert times.service * 1e3 == pytest.approx(13.415633333333334)
    assert times.shortest * 1e3 == pytest.approx(0.4166666666666667)
    assert times.longest is not None
    assert times.longest * 1e3 == pytest.approx(34.2)
    # 1 ms for 100 tracks of 30,000, from the first track to any: 150 + 4.17 + 0.01 ms.
    times = solved(
        "disk:\n  rotation: 7200/min\n  seek: {per_track: 0.01 ms, begins: edge}\n"
        "  geometry: {surfaces: 4, tracks: 30000, sectors_per_track: 600, sector_size: 512 B}\n"
        "requests: {size: 512 B}"
    ).times
    assert times is not None
    assert times.service * 1e3 == pytest.approx(154.18055555555554, abs=0.006)


def test_write_amplification_and_endurance(catalog: Catalog) -> None:
    # Xiang and Kurkoski (2012): 3.1878 at 0.2.
    flash = shipped("flash", catalog).flash
    assert flash is not None
    assert flash.write_amplification == pytest.approx(3.1877759651472526)
    written = 1.2e12 * 3000 / 3.1877759651472526
    assert flash.bytes_written == pytest.approx(written)
    assert flash.drive_writes_per_day == pytest.approx(written / 1e12 / (5 * 365))
    assert flash.life == pytest.approx(written / 20e6)


def test_a_model_of_the_catalog_gives_what_the_file_does_not(
    catalog: Catalog, solved: Solve
) -> None:
    answer = solved("disk: {model: seagate-exos-x24-20tb, capacity: 10 TB}")
    assert answer.space is not None
    assert answer.space.usable == 10e12
    assert answer.speeds[0].read == catalog.disks["seagate-exos-x24-20tb"].sequential_read


def test_a_rebuild_takes_what_the_disk_writes(solved: Solve) -> None:
    answer = solved(
        "disk: {capacity: 1 TB, mttf: 100000 h, read: 100 MB/s}\narray: {level: 5, disks: 4}\n"
        "repair: {replacement: 1 h, rebuild: 50 %}"
    )
    assert answer.repair_time == pytest.approx(3600 + 1e12 / 50e6)


@pytest.mark.parametrize(
    ("asked", "met"),
    [
        ("capacity: 3 TB", True),
        ("capacity: 3.1 TB", False),
        ("durability: 99.9 %", True),
        ("durability: 99.9999 %", False),
    ],
)
def test_objectives(asked: str, met: bool, tmp_path: Path, catalog: Catalog) -> None:
    path = tmp_path / "array.yaml"
    path.write_text(
        "name: x\ndisk: {capacity: 1 TB, mttf: 1000000 h}\narray: {level: 5, disks: 4}\n"
        f"repair: {{mttr: 24 h}}\nobjectives: {{{asked}}}\n",
        encoding="utf-8",
    )
    read = read_array(path, catalog)
    answer = solve(read.description, read.disk, catalog)
    [verdict] = judge(read.description.objectives, answer, None)
    assert verdict.met is met
    if asked.startswith("durability"):
        # Exact chain by hand: 12 l^2/(m + 7 l) a second, nearly.
        rate, repair = 1e-6, 1 / 24
        lost = -math.expm1(-87_600 * 12 * rate**2 / (repair + 7 * rate))
        assert isinstance(answer.losses and answer.losses.loss_probability, Estimate)
        assert answer.losses is not None
        assert answer.losses.loss_probability.mean == pytest.approx(lost, rel=1e-3)
