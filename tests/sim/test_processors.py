"""Processors by affinity and by the limits of control groups."""

import os
from pathlib import Path

import pytest

from sim.processors import processors


@pytest.fixture(autouse=True)
def eight(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is bound to eight processors of a larger machine."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 64)


def write(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")


def counted(folder: Path, own: str) -> int:
    write(folder, own=own)
    return processors(folder / "groups", folder / "own")


def test_a_process_that_is_bound_counts_what_it_is_bound_to(tmp_path: Path) -> None:
    assert processors(tmp_path / "none", tmp_path / "none") == 8


def test_a_system_without_affinity_counts_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity")
    assert processors(tmp_path / "none", tmp_path / "none") == 64


@pytest.mark.parametrize(
    ("limit", "expected"),
    [("max 100000", 8), ("200000 100000", 2), ("150000 100000", 2), ("5000 100000", 1),
     ("6400000 100000", 8), ("", 8), ("nonsense", 8), ("1 0", 8)],
)  # fmt: skip
def test_the_share_of_a_container(tmp_path: Path, limit: str, expected: int) -> None:
    write(tmp_path / "groups", cpu__max=limit)
    assert counted(tmp_path, "0::/\n") == expected


def test_the_tightest_of_nested_groups_counts(tmp_path: Path) -> None:
    write(tmp_path / "groups" / "jobs" / "mine", cpu__max="max 100000")
    write(tmp_path / "groups" / "jobs", cpu__max="300000 100000")
    write(tmp_path / "groups", cpu__max="600000 100000")
    assert counted(tmp_path, "0::/jobs/mine\n") == 3


def test_a_group_that_a_container_does_not_see_is_its_root(tmp_path: Path) -> None:
    write(tmp_path / "groups", cpu__max="400000 100000")
    assert counted(tmp_path, "0::/../../outside:of/it\n") == 4


@pytest.mark.parametrize("tree", ["cpu,cpuacct", "cpu"])
def test_groups_of_version_1(tmp_path: Path, tree: str) -> None:
    own = "7:memory:/jobs\n4:cpu,cpuacct:/jobs\n"
    folder = tmp_path / "groups" / tree / "jobs"
    write(folder, cpu__cfs_quota_us="-1", cpu__cfs_period_us="100000")
    assert counted(tmp_path, own) == 8
    write(folder, cpu__cfs_quota_us="250000", cpu__cfs_period_us="100000")
    assert counted(tmp_path, own) == 3
