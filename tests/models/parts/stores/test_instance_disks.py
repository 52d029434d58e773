"""The local disks of a cloud's instances: as large and fast as published, lost with their node."""

from pathlib import Path
from typing import Any

import pytest

from models.catalog.records import Catalog
from models.parts.facts import Facts
from models.parts.read_stack import StackFile, change_stack, read_stack
from models.parts.stores.store_speed import StoreSpeed
from models.reading.faults import InvalidDescription

from ..asked import store

AWS, GCP = "resnet50-imagenet-aws.yaml", "resnet50-imagenet-gcp.yaml"


def with_disks(
    stacks: Path, catalog: Catalog, instance: str, cloud: str = "aws", **changes: Any
) -> StackFile:
    file = read_stack(stacks / (AWS if cloud == "aws" else GCP), catalog)
    new = {
        "nodes.extra": {"instance": instance, "count": 3, "price": "1 USD/h"},
        "storage.scratch": {"kind": "local", "nodes": "extra", **changes},
    }
    return change_stack(file, new, catalog)


def speed(file: StackFile, catalog: Catalog, nodes: int) -> StoreSpeed:
    scratch = file.stack.storage["scratch"]
    return store.speed(scratch, file.stack, Facts(catalog), nodes, 1e3)


@pytest.mark.parametrize(
    ("cloud", "instance", "size", "read", "write", "requests"),
    [
        # AWS: 8 x 7,500 GB, 16 GB/s of reads, 2 and 1.6 million IOPS of 4 KiB.
        ("aws", "i3en.24xlarge", 60e12, 16e9, 1.6e6 * 4096, 2e6),
        ("aws", "i4i.32xlarge", 30e12, 3.2e6 * 4096, 1.76e6 * 4096, 3.2e6),
        ("aws", "p4d.24xlarge", 8e12, 16e9, 8e9, 8 * 840_000),
        # Google Cloud: 16 Local SSDs of 375 GB, 6,240 and 3,120 MB/s, 1.6 million IOPS.
        ("gcp", "a3-highgpu-8g", 6e12, 6240e6, 3120e6, 1.6e6),
    ],
)
def test_they_are_as_large_and_fast_as_published(
    cloud: str, instance: str, size: float, read: float, write: float, requests: float,
    stacks: Path, catalog: Catalog,
) -> None:  # fmt: skip
    file = with_disks(stacks, catalog, instance, cloud)
    stored = file.solved.site.stores["scratch"]
    assert stored.usable_size == pytest.approx(size)
    one, three = speed(file, catalog, 1), speed(file, catalog, 3)
    assert (one.read, one.write) == (pytest.approx(read), pytest.approx(write, rel=1e-4))
    assert one.requests == pytest.approx(requests)
    assert three.read == pytest.approx(3 * read)
    assert not [line for line in file.solved.cost_lines if line.resource == "scratch"]


def test_they_are_lost_with_their_node(stacks: Path, catalog: Catalog) -> None:
    def lost(purchase: str) -> float:
        file = with_disks(stacks, catalog, "p4d.24xlarge", level="10")
        changed = change_stack(file, {"nodes.extra.purchase": purchase}, catalog)
        (one,) = (one for one in changed.solved.durability if one.name == "scratch")
        assert "(failed, reclaimed or stopped)" in one.law
        assert one.capacity == pytest.approx(3 * 4e12)
        assert one.mttdl is not None
        return one.mttdl

    # A reclaimed instance loses them too.
    assert lost("spot") < lost("on_demand") / 2


@pytest.mark.parametrize(
    ("instance", "changes", "message"),
    [
        ("p3.2xlarge", {}, "nodes: p3.2xlarge has no local disks"),
        ("p5.48xlarge", {}, "how fast the local disks of p5.48xlarge are is not known; give 'read"),
        ("p4d.24xlarge", {"disk": "nvme-ssd", "disks": 2}, "disk: is only for on premises; leave"),
        ("g4dn.xlarge", {"level": "5"}, "level: RAID 5 needs 3 disks or more, not 1"),
    ],
)
def test_what_an_instance_does_not_have_is_refused(
    instance: str, changes: dict[str, Any], message: str, stacks: Path, catalog: Catalog
) -> None:
    with pytest.raises(InvalidDescription, match=message):
        with_disks(stacks, catalog, instance, **changes)


def test_rates_may_be_given(stacks: Path, catalog: Catalog) -> None:
    file = with_disks(stacks, catalog, "p5.48xlarge", read="40 GB/s", write="20 GB/s")
    assert speed(file, catalog, 1).read == pytest.approx(40e9)
    assert speed(file, catalog, 1).write == pytest.approx(20e9)


def test_on_premises_disks_are_named(stacks: Path, catalog: Catalog) -> None:
    file = read_stack(stacks / "akiba-2017.yaml", catalog)
    new = {"storage.scratch": {"kind": "local", "nodes": "workers"}}
    with pytest.raises(InvalidDescription, match="disk: is missing") as refused:
        change_stack(file, new, catalog)
    assert "disks: is missing" in str(refused.value)
