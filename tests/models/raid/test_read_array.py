"""Every way in which the file of an array can be wrong says its line and what would be right."""

from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.raid.read_array import read_array
from models.reading.faults import InvalidDescription

ROOT = Path(__file__).parents[3]
GOOD = """\
name: x
disk: {capacity: 1 TB, mttf: 100000 h, read: 100 MB/s}
array: {level: 5, disks: 4}
repair: {mttr: 24 h}
"""
DISK = "disk: {capacity: 1 TB, mttf: 100000 h, read: 100 MB/s}"
ARRAY, REPAIR = "array: {level: 5, disks: 4}", "repair: {mttr: 24 h}"
CASES = [
    (DISK, "disk: {capacity: 1}", 2, "disk.capacity: needs a unit: a size such as"),
    (DISK, "disk: {capactiy: 1 TB}", 2, "is not a known key; did you mean 'capacity'?"),
    (DISK, "disk: {model: seagate-exos-x24}", 2, "did you mean 'seagate-exos-x24-20tb'?"),
    (DISK, "disk: {mttf: 1 h, annual_failure_rate: 1 %}", 2, "has mttf and annual_failure_rate"),
    (DISK, "disk: {mttf: 1 h, seek: {per_track: 1 ms}}", 2, "by tracks, which needs a geometry"),
    (DISK, "disk: {capacity: 1 TB}", 2, "disk: has no time to failure, which repair asks for"),
    (DISK, "disk: {mttf: 1 h, unrecoverable_bit_error_rate: 1.0e-15}", 2, "of a disk of no size"),
    (ARRAY, "array: {level: 7, disks: 4}", 3, "array.level: '7' is not known; one of 0, 1, 10"),
    (ARRAY, "array: {level: 6, disks: 3}", 3, "array.disks: RAID 6 needs 4 disks or more, not 3"),
    (ARRAY, "array: {level: 50, disks: 8}", 3, "array.groups: RAID 50 needs 2 groups or more"),
    (ARRAY, "array: {level: 8+3, disks: 12}", 3, "8+3 in 1 group needs 11 disks, not 12"),
    (REPAIR, "repair: {}", 4, "repair: needs one of mttr, restore and replacement"),
    (REPAIR, "repair: {mttr: 1 h, replacement: 1 h}", 4, "has mttr and replacement; give one"),
    (REPAIR, "repair: {restore: 0 s}", 4, "repair.restore: can't be: life is 0.0"),
    (REPAIR, "objectives: {durability: 99 %}", 4, "is of disks without a repair; give a repair"),
    (REPAIR, "objectives: {response_time: 1 s}", 4, "is of disks without requests; give requests"),
    (REPAIR, "latent_defects: {rate: 1/h}", 4, "latent_defects: are of disks without a repair"),
    (REPAIR, f"{REPAIR}\nlatent_defects: {{}}", 5, "needs one of rate and appearance"),
    (
        ARRAY,
        "array: {level: 0, disks: 4}\nlatent_defects: {rate: 1/h}",
        4,
        "are of disks without redundancy",
    ),
]


@pytest.mark.parametrize(("old", "new", "line", "says"), CASES)
def test_a_fault_says_its_line(
    old: str, new: str, line: int, says: str, tmp_path: Path, catalog: Catalog
) -> None:
    path = tmp_path / "array.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert read_array(path, catalog).disk.capacity == 1e12
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(InvalidDescription) as refused:
        read_array(path, catalog)
    lines = refused.value.lines()
    assert any(f"array.yaml:{line}: " in text and says in text for text in lines), lines


def test_a_rebuild_needs_a_size(tmp_path: Path, catalog: Catalog) -> None:
    path = tmp_path / "array.yaml"
    path.write_text("name: x\ndisk: {mttf: 1 h}\nrepair: {replacement: 0 s}\n", encoding="utf-8")
    with pytest.raises(InvalidDescription, match="needs a disk's capacity and rate"):
        read_array(path, catalog)
