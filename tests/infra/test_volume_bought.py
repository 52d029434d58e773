"""A volume is predicted, billed and built with the same requests and the same bandwidth."""

from pathlib import Path
from typing import Any

import pytest

from infra.aws import block_volume as on_aws
from infra.gcp import block_volume as on_gcp
from models.catalog.records import Catalog
from models.parts.facts import Facts
from models.parts.read_stack import change_stack, read_stack
from models.parts.stores.block_volume import BlockVolume, bought, speed

MIB = 2.0**20


@pytest.mark.parametrize(
    ("cloud", "service", "size", "asked", "iops", "mib_per_s"),
    [
        # What is included; what is asked for; what a size can have at the most.
        ("aws", "ebs-gp3", "1 GiB", {}, 3000, 125),
        ("aws", "ebs-gp3", "160 GiB", {"iops": 80_000, "bandwidth": "2000 MiB/s"}, 80_000, 2000),
        ("aws", "ebs-gp3", "10 GiB", {"iops": 5000, "bandwidth": "500 MB/s"}, 5000, 476),
        ("aws", "ebs-io2", "4 GiB", {}, 4000, None),
        ("aws", "ebs-io2", "100 GiB", {"iops": 100}, 100, None),
        ("gcp", "hyperdisk-extreme", "64 GiB", {}, 76_800, None),
        ("gcp", "hyperdisk-extreme", "1000 GiB", {"iops": 350_000}, 350_000, None),
        ("gcp", "hyperdisk-balanced", "6 GiB", {}, 3000, 140),
        (
            "gcp", "hyperdisk-balanced", "1000 GiB",
            {"iops": 10_000, "bandwidth": "2400 MiB/s"}, 10_000, 2400,
        ),
    ],
)  # fmt: skip
def test_three_rooms_agree(
    cloud: str,
    service: str,
    size: str,
    asked: dict[str, Any],
    iops: int,
    mib_per_s: int | None,
    stacks: Path,
    catalog: Catalog,
) -> None:
    instance = {"aws": "p4d.24xlarge", "gcp": "c3-standard-88"}[cloud]
    volume = {"kind": "block", "service": service, "size": size, "nodes": "fast", **asked}
    changes = {
        "nodes.fast": {"instance": instance, "count": 1, "price": "1 USD/h"},
        "storage.scratch": volume,
    }
    file = read_stack(stacks / f"resnet50-imagenet-{cloud}.yaml", catalog)
    changed = change_stack(file, changes, catalog)
    store, facts = changed.stack.storage["scratch"], Facts(catalog)
    assert isinstance(store, BlockVolume)
    sold = bought(store, facts.storage_service(cloud, service))
    # Predicted, before the node's link: requests, and as many bytes as are bought or as they move.
    assert sold.get_rate_limit == iops
    most = mib_per_s * MIB if mib_per_s else min(sold.client_bandwidth, iops * 256 * 1024)
    assert sold.base_bandwidth == most
    predicted = speed(store, changed.stack, facts, 1, 1e12)
    assert predicted.requests <= iops
    assert predicted.read <= most
    # Built.
    if cloud == "aws":
        built = on_aws.performance(sold)
        rates = (built["iops"], built.get("throughput"))
    else:
        built = on_gcp.BlockVolume("scratch", sold, store.size).chosen_speed()
        rates = (built["provisioned_iops"], built.get("provisioned_throughput"))
    assert rates == (iops, mib_per_s)
    # Billed, beyond what is included.
    lines = [row for row in changed.solved.cost_lines if row.resource == "scratch"]
    billed = {
        what: sum(row.quantity for row in lines if row.item.startswith(f"provisioned {what}"))
        for what in ("IOPS", "throughput")
    }
    assert billed["IOPS"] == iops - sold.included_iops
    included = sold.included_bandwidth if mib_per_s else 0
    assert billed["throughput"] == pytest.approx((mib_per_s or 0) - included / MIB, abs=1e-3)
