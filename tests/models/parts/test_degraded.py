"""What a failed disk does to a workload that reads the array."""

from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.description.stack import Stack
from models.parts.degraded import degraded
from models.parts.facts import Facts
from models.parts.read_stack import change_stack, read_stack
from models.parts.workloads.training_job import training_job

SLOW: dict[str, object] = {
    "storage.imagenet.disk": "seagate-exos-x16-16tb",
    "storage.imagenet.disks": 4,
}


def stack_of(stacks: Path, catalog: Catalog, changes: dict[str, object]) -> Stack:
    described = read_stack(stacks / "on-premises.yaml", catalog)
    return change_stack(described, changes, catalog).stack


def test_a_workload_that_waits_for_disks_slows_as_they_do(stacks: Path, catalog: Catalog) -> None:
    stack, facts = stack_of(stacks, catalog, SLOW), Facts(catalog)
    whole, rebuilding = [row for row in degraded(stack, facts) if row.name == "imagenet"]
    assert (whole.state, rebuilding.state) == ("whole", "rebuilding")  # a spare begins at once
    # Small reads, one a sample, at 170/s a disk: all four serve them.
    assert whole.throughput == (("train", pytest.approx(4 * 170.0)),)
    # Of four reads the one on the failed disk takes two others: 5 accesses on three disks, of
    # whose time the rebuild takes 30 %.
    assert rebuilding.throughput == (("train", pytest.approx(0.7 * 3 * 170.0 / (5 / 4))),)
    assert training_job("train", stack, facts).throughput == pytest.approx(4 * 170.0)
    assert whole.share + rebuilding.share == pytest.approx(1.0)


def test_a_workload_with_disks_to_spare_feels_nothing(stacks: Path, catalog: Catalog) -> None:
    stack = stack_of(stacks, catalog, {})
    rows = [row for row in degraded(stack, Facts(catalog)) if row.name == "imagenet"]
    assert len({row.throughput for row in rows}) == 1
    assert min(row.read for row in rows) < rows[0].read


def test_a_store_of_checkpoints_has_rates_and_no_readers(stacks: Path, catalog: Catalog) -> None:
    stack = stack_of(stacks, catalog, {})
    rows = [row for row in degraded(stack, Facts(catalog)) if row.name == "checkpoints"]
    assert rows
    assert all(row.throughput == () and row.write > 0 for row in rows)


def test_services_of_a_cloud_have_no_disks_to_fail(stacks: Path, catalog: Catalog) -> None:
    stack = read_stack(stacks / "resnet50-imagenet-aws.yaml", catalog).stack
    assert degraded(stack, Facts(catalog)) == ()
