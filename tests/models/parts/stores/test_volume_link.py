"""Volumes behind their node's storage link, with bursts, against what providers publish."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models.catalog.records import Catalog
from models.description.stack import Stack
from models.parts.facts import Facts
from models.parts.read_stack import change_stack, read_stack
from models.parts.stores.store_speed import StoreSpeed
from models.reading.faults import InvalidDescription

from ..asked import store

MIB, GIB = 2.0**20, 2.0**30


def with_volumes(
    instance: str, stacks: Path, catalog: Catalog, *volumes: dict[str, Any], cloud: str = "aws"
) -> Stack:
    file = read_stack(stacks / f"resnet50-imagenet-{cloud}.yaml", catalog)
    changes: dict[str, Any] = {
        f"storage.volume{position}": {"kind": "block", "nodes": "extra", **volume}
        for position, volume in enumerate(volumes)
    }
    changes["nodes.extra"] = {"instance": instance, "count": 2, "price": "1 USD/h"}
    return change_stack(file, changes, catalog).stack


def speed(stack: Stack, catalog: Catalog, nodes: int = 1) -> StoreSpeed:
    return store.speed(stack.storage["volume0"], stack, Facts(catalog), nodes, 1e6)


IO2 = {"service": "ebs-io2", "size": "1 TB", "price": "0.125 USD/GB-month"}
FAST = {"service": "ebs-gp3", "size": "1 TB", "bandwidth": "1000 MB/s", "iops": 16000}


@pytest.mark.parametrize(
    ("instance", "volume", "read", "requests"),
    [
        # AWS, Amazon EBS-optimized instances: 4,750 Mb/s = 593.75 MB/s and 20,000 IOPS of
        # g4dn.4xlarge, 7,000 Mb/s = 875 MB/s of p3.8xlarge, 19,000 Mb/s of p4d.24xlarge.
        ("g4dn.4xlarge", FAST, 593.75e6, 16_000),
        ("p3.8xlarge", FAST, 875e6, 16_000),
        ("p4d.24xlarge", FAST, 953 * MIB, 16_000),  # whole MiB/s are sold
        # What the price of gp3 includes is less than any link: 125 MiB/s and 3,000 IOPS.
        ("g4dn.4xlarge", {"service": "ebs-gp3", "size": "1 TB"}, 125 * MIB, 3000),
        # io2 reads 256 KiB a request: 4,000 of them are 1,000 MiB/s; 10,000 IOPS of p3.2xlarge.
        ("p4d.24xlarge", IO2 | {"iops": 4000}, 1000 * MIB, 4000),
        ("p3.2xlarge", IO2 | {"iops": 64000}, 218.75e6, 10_000),
        # gp2 of 100 GiB: 300 IOPS, of 256 KiB each.
        ("p4d.24xlarge", {"service": "ebs-gp2", "size": "100 GiB"}, 75 * MIB * 1.024, 300),
    ],
)
def test_a_volume_is_as_fast_as_it_and_its_node_s_link(
    instance: str, volume: dict[str, Any], read: float, requests: float,
    stacks: Path, catalog: Catalog,
) -> None:  # fmt: skip
    one = speed(with_volumes(instance, stacks, catalog, volume), catalog)
    assert one.read == pytest.approx(read, rel=0.03 if "gp2" in volume["service"] else 1e-4)
    assert one.requests == pytest.approx(requests)
    two = speed(with_volumes(instance, stacks, catalog, volume), catalog, nodes=2)
    assert two.read == pytest.approx(2 * one.read)
    assert two.limit.startswith(("storage link of 2 nodes", "bandwidth of the store"))


def test_volumes_of_a_node_share_its_link(stacks: Path, catalog: Catalog) -> None:
    slow = {"service": "ebs-gp3", "size": "1 TB"}
    # 593.75 MB/s: equal parts for equal volumes; all that the included 131 MB/s leave to one.
    equal = speed(with_volumes("g4dn.4xlarge", stacks, catalog, FAST, FAST), catalog)
    assert equal.read == pytest.approx(593.75e6 / 2)
    left = speed(with_volumes("g4dn.4xlarge", stacks, catalog, FAST, slow), catalog)
    assert left.read == pytest.approx(593.75e6 - 125 * MIB, rel=1e-4)


def test_an_idle_volume_takes_nothing_of_the_link(stacks: Path, catalog: Catalog) -> None:
    file = read_stack(stacks / "resnet50-imagenet-aws.yaml", catalog)
    volume = {"kind": "block", "nodes": "extra", **FAST}
    changes = {
        "storage.volume0": volume,
        "storage.volume1": volume,
        "nodes.extra": {"instance": "g4dn.4xlarge", "count": 2, "price": "1 USD/h"},
    }
    site = change_stack(file, changes, catalog).solved.site
    assert site.used == {"imagenet", "checkpoints"}
    assert site.speed("volume0", "extra", 1).read == pytest.approx(593.75e6)
    both = replace(site, used=frozenset(("volume0", "volume1")))
    assert both.speed("volume0", "extra", 1).read == pytest.approx(593.75e6 / 2)


def test_small_instances_burst_for_half_an_hour(stacks: Path, catalog: Catalog) -> None:
    # AWS: g4dn.xlarge has 950 Mb/s, and 3,500 Mb/s for 30 minutes.
    one = speed(with_volumes("g4dn.xlarge", stacks, catalog, FAST), catalog)
    assert (one.read, one.reading(1e9)) == (pytest.approx(118.75e6), pytest.approx(437.5e6))
    assert one.burst_time() == pytest.approx(1800.0)
    assert one.limit == "storage link of 1 node (438 MB/s for 30 min from full credits)"
    # 787.5 GB are moved in that time; after it, the same again takes 118.75 MB/s.
    longer = 787.5e9 / (1800 + 787.5e9 / 118.75e6) * 2
    assert one.reading(2 * 787.5e9) == pytest.approx(longer)
    assert one.reading(1e18) == pytest.approx(118.75e6, rel=1e-3)


def test_general_purpose_volumes_burst_on_credits(stacks: Path, catalog: Catalog) -> None:
    # AWS, gp2 of 100 GiB: 3,000 IOPS from 5.4 million credits, for 2,000 s; 128 MiB/s at most.
    volume = {"service": "ebs-gp2", "size": "100 GiB"}
    one = speed(with_volumes("p4d.24xlarge", stacks, catalog, volume), catalog)
    assert one.asking(6_000_000) == pytest.approx(3000)
    assert one.asking(12_000_000) == pytest.approx(12e6 / (2000 + 6e6 / 300))
    assert one.reading(1e9) == pytest.approx(128 * MIB, rel=1e-4)


@pytest.mark.parametrize(
    ("instance", "cloud", "service", "read"),
    # 1.92 Gb/s = 240 MB/s of the smallest instances of Google Cloud, whatever the disk.
    [("n1-standard-4", "gcp", "pd-ssd", 240e6), ("n1-standard-64", "gcp", "pd-ssd", 1.2e9)],
)
def test_disks_of_google_cloud_are_behind_their_instance_s_link(
    instance: str, cloud: str, service: str, read: float, stacks: Path, catalog: Catalog
) -> None:
    volume = {"service": service, "size": "10 TB"}
    one = speed(with_volumes(instance, stacks, catalog, volume, cloud=cloud), catalog)
    assert one.read == pytest.approx(read)


@pytest.mark.parametrize(
    ("service", "size", "mib_per_s", "requests"),
    [
        # Google: 140 MiB/s and 3,000 IOPS, 0.28 MiB/s and 6 IOPS a GiB; 240, 6,000, 0.48 and 30;
        # standard disks 0.12 MiB/s and 0.75 reads a GiB. At most 1,200 MiB/s an instance.
        ("pd-balanced", 200, 140 + 0.28 * 200, 3000 + 6 * 200),
        ("pd-ssd", 500, 240 + 0.48 * 500, 6000 + 30 * 500),
        ("pd-standard", 1000, 0.12 * 1000, 0.75 * 1000),
        ("pd-ssd", 10_000, 1200, 100_000),
    ],
)
def test_disks_of_google_cloud_are_as_fast_as_their_size(
    service: str, size: int, mib_per_s: float, requests: float, stacks: Path, catalog: Catalog
) -> None:
    volume = {"service": service, "size": f"{size} GiB"}
    one = speed(with_volumes("n1-standard-96", stacks, catalog, volume, cloud="gcp"), catalog)
    assert one.read == pytest.approx(min(mib_per_s * MIB, 1.2e9), rel=1e-4)
    assert one.requests == pytest.approx(requests)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"bandwidth": "3 GB/s"}, r"bandwidth: must be 131 MB/s to 2\.1 GB/s for ebs-gp3"),
        ({"iops": 3000}, r"needs 3,815 requests/s, but 3,000 are bought; say 'iops: 3815'"),
        ({"iops": 90000}, "iops: must be 3,000 to 80,000 for ebs-gp3 of 932 GiB$"),
        ({"iops": 100}, "iops: must be 3,000 to 80,000 for ebs-gp3 of 932 GiB$"),
        (
            {"iops": 16000, "size": "10 GiB"},
            "iops: must be 3,000 to 5,000 for ebs-gp3 of 10 GiB; 16,000 need 32 GiB$",
        ),
        (
            {"iops": None, "size": "4 GiB"},
            r"needs 3,815 requests/s, but 3,000 are bought; say 'size: 8 GiB' or more, and",
        ),
        ({"service": "ebs-io2"}, "bandwidth: can't be chosen for ebs-io2"),
        ({"service": "ebs-io2", "iops": 50}, "iops: must be 100 to 256,000 for ebs-io2 of 932"),
        (
            {"service": "ebs-io2", "size": "10 GiB"},
            "iops: must be 100 to 10,000 for ebs-io2 of 10 GiB; 16,000 need 16 GiB",
        ),
        ({"service": "ebs-st1"}, "iops: can't be chosen for ebs-st1"),
    ],
)
def test_what_is_not_sold_is_refused(
    changes: dict[str, Any], message: str, stacks: Path, catalog: Catalog
) -> None:
    volume = {key: said for key, said in (FAST | changes).items() if said is not None}
    with pytest.raises(InvalidDescription, match=message):
        with_volumes("p4d.24xlarge", stacks, catalog, volume)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        # Google: from 2 to 1,200 IOPS a GiB; Balanced 500, and 256 KiB each.
        (
            {"service": "hyperdisk-extreme", "iops": 1000},
            "iops: must be 2,000 to 350,000 for hyperdisk-extreme of 1,000 GiB",
        ),
        (
            {"service": "hyperdisk-extreme", "iops": 100_000, "size": "64 GiB"},
            "iops: must be 128 to 76,800 for hyperdisk-extreme of 64 GiB; 100,000 need 84 GiB",
        ),
        (
            {"service": "hyperdisk-balanced", "iops": 10_000, "size": "10 GiB"},
            "iops: must be 3,000 to 5,000 for hyperdisk-balanced of 10 GiB; 10,000 need 20 GiB",
        ),
        (
            {"service": "hyperdisk-balanced", "bandwidth": "2000 MiB/s"},
            "bandwidth: needs 8,000 requests/s, but 3,000 are bought; say 'iops: 8000'",
        ),
        ({"service": "hyperdisk-extreme", "bandwidth": "1 GB/s"}, "bandwidth: can't be chosen"),
    ],
)
def test_what_google_does_not_sell_is_refused(
    changes: dict[str, Any], message: str, stacks: Path, catalog: Catalog
) -> None:
    with pytest.raises(InvalidDescription, match=message):
        with_volumes("c3-standard-88", stacks, catalog, {"size": "1000 GiB"} | changes, cloud="gcp")
