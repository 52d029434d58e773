"""What a failed disk does to a workload that reads the array."""

from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.parts.read_stack import change_stack, read_stack
from models.parts.solve import SolvedStack

SLOW: dict[str, object] = {
    "storage.imagenet.disk": "seagate-exos-x16-16tb",
    "storage.imagenet.disks": 4,
}


def solved(stacks: Path, catalog: Catalog, changes: dict[str, object]) -> SolvedStack:
    described = read_stack(stacks / "on-premises.yaml", catalog)
    return change_stack(described, changes, catalog).solved


def test_a_workload_that_waits_for_disks_slows_as_they_do(stacks: Path, catalog: Catalog) -> None:
    stack = solved(stacks, catalog, SLOW)
    whole, rebuilding = [row for row in stack.degraded if row.name == "imagenet"]
    assert (whole.state, rebuilding.state) == ("whole", "rebuilding")  # a spare begins at once
    # Small reads, one a sample, at 170/s a disk: all four serve them.
    assert whole.throughput == (("train", pytest.approx(4 * 170.0)),)
    # Of four reads the one on the failed disk takes two others: 5 accesses on three disks, of
    # whose time the rebuild takes 30 %.
    assert rebuilding.throughput == (("train", pytest.approx(0.7 * 3 * 170.0 / (5 / 4))),)
    assert stack.workloads["train"].answer.throughput == pytest.approx(4 * 170.0)
    assert whole.share + rebuilding.share == pytest.approx(1.0)


def test_a_workload_with_disks_to_spare_feels_nothing(stacks: Path, catalog: Catalog) -> None:
    stack = solved(stacks, catalog, {})
    rows = [row for row in stack.degraded if row.name == "imagenet"]
    assert len({row.throughput for row in rows}) == 1
    assert min(row.read for row in rows) < rows[0].read


def test_a_store_of_checkpoints_has_rates_and_no_readers(stacks: Path, catalog: Catalog) -> None:
    stack = solved(stacks, catalog, {})
    rows = [row for row in stack.degraded if row.name == "checkpoints"]
    assert rows
    assert all(row.throughput == () and row.write > 0 for row in rows)


def test_services_of_a_cloud_have_no_disks_to_fail(stacks: Path, catalog: Catalog) -> None:
    stack = read_stack(stacks / "resnet50-imagenet-aws.yaml", catalog).solved
    assert stack.degraded == ()
