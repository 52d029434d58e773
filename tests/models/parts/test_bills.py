"""Lines of the bill, each worked out by hand from the price that a provider publishes."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models.catalog.borrowing import WITHIN, borrowed_price
from models.catalog.records import Catalog
from models.parts.read_stack import change_stack, read_stack
from models.parts.solve import SolvedStack
from models.prediction import CostLine
from models.reading.faults import InvalidDescription

AWS, GCP = "resnet50-imagenet-aws.yaml", "resnet50-imagenet-gcp.yaml"
ONE_IMAGE = {"workloads.train.dataset.object_size": "110 kB"}


def solved(stacks: Path, catalog: Catalog, name: str, changes: dict[str, Any]) -> SolvedStack:
    return change_stack(read_stack(stacks / name, catalog), changes, catalog).solved


def line(found: tuple[CostLine, ...], resource: str, item: str) -> CostLine:
    [one] = [row for row in found if row.resource == resource and row.item == item]
    return one


@pytest.mark.parametrize("region", ["us-east-1", "us-west-2", "sa-east-1"])
def test_an_object_an_image_costs_46_usd_of_gets_in_every_region(
    region: str, stacks: Path, catalog: Catalog
) -> None:
    # 1,281,167 images, 90 times, at 0.0004 USD for a thousand.
    changes = ONE_IMAGE | {"region": region, "zones": [f"{region}a"]}
    gets = line(solved(stacks, catalog, AWS, changes).cost_lines, "imagenet", "read requests")
    assert gets.priced
    assert gets.quantity * gets.unit_price == pytest.approx(46.12, abs=0.005)
    assert (gets.low < 1 < gets.high) is (region == "sa-east-1")


def test_elastic_throughput_of_efs_is_billed_by_the_byte(stacks: Path, catalog: Catalog) -> None:
    # 90 x 1,281,167 x 110 kB are 12,683.55 GB, at 0.03 USD.
    changes = {
        "storage.imagenet": {"kind": "nas", "service": "efs-standard", "size": "150 GB"},
        "workloads.train.checkpoint.store": "imagenet",
        "identities.trainer.permissions": [{"store": "imagenet", "access": "read_write"}],
    }
    lines = solved(stacks, catalog, AWS, changes).cost_lines
    reads = [row for row in lines if row.item == "bytes read"]
    assert sum(row.quantity * row.unit_price for row in reads) == pytest.approx(380.51, abs=0.05)
    # 20 bytes for each of 25,557,032 parameters are written at every interval and at the end, at
    # 0.06 USD; the reads last longer than one interval between failures of these nodes.
    [written] = [row for row in lines if row.item == "bytes written"]
    assert written.quantity == pytest.approx(2 * 20 * 25_557_032 / 1e9, rel=1e-9)
    assert written.unit_price == 0.06


FINE_TUNED = "llama3-8b-finetune-aws.yaml"


def test_backups_of_efs_are_billed_by_what_lies_there(stacks: Path, catalog: Catalog) -> None:
    # 20 GB are 18.63 GiB, at 0.05 USD a month.
    kept = solved(stacks, catalog, "kafka-clickstream.yaml", {}).cost_lines
    backups = line(kept, "state", "backups")
    assert backups.hourly * 730 == pytest.approx(20e9 / 2**30 * 0.05)
    assert (backups.low, backups.high) == (1, 1)
    off = {"storage.state.backups": "0 d"}
    lines = solved(stacks, catalog, "kafka-clickstream.yaml", off).cost_lines
    assert not [one for one in lines if "backups" in one.item]


def test_backups_of_lustre_hold_no_more_than_it_and_what_is_overwritten(
    stacks: Path, catalog: Catalog
) -> None:
    changes = {"storage.scratch.backups": "7 d"}
    found = solved(stacks, catalog, FINE_TUNED, changes)
    backups = line(found.cost_lines, "scratch", "backups")
    assert backups.hourly * 730 == pytest.approx(4800 * 0.05)
    assert (backups.low, backups.high) == (0, 1)
    [use] = [one for one in found.uses if one.key == "checkpoint"]
    changed = line(found.cost_lines, "scratch", "changes in backups, kept 7 d")
    # Each byte for 7 of 30.4 days.
    usd = use.written_size / 2**30 * 7 * 24 / 730 * 0.05
    assert changed.quantity * changed.unit_price == pytest.approx(usd)
    assert (changed.low, changed.high, changed.per_run) == (0, 1, True)


def test_a_price_of_a_size_of_ones_own_has_no_backups_in_it(stacks: Path, catalog: Catalog) -> None:
    changes = {"storage.state.price": "0.2 USD/GB-month"}
    lines = solved(stacks, catalog, "kafka-clickstream.yaml", changes).cost_lines
    assert line(lines, "state", "backups").unit_price
    changes = {"storage.state.price": "20 USD/month"}
    lines = solved(stacks, catalog, "kafka-clickstream.yaml", changes).cost_lines
    assert not [one for one in lines if one.item == "backups"]


@pytest.mark.parametrize(
    ("name", "store", "wrong", "says"),
    [
        (AWS, "checkpoints", "7 d", "no backups are made of fsx-lustre-scratch-2"),
        (GCP, "checkpoints", "7 d", "no backups are made of filestore-basic-ssd"),
        ("kafka-clickstream.yaml", "state", "36 h", "1.5 d is no time that backups are kept"),
        ("kafka-clickstream.yaml", "state", "40000 d", "is no time that backups are kept"),
    ],
)
def test_backups_that_cannot_be_are_refused(
    name: str, store: str, wrong: str, says: str, stacks: Path, catalog: Catalog
) -> None:
    with pytest.raises(InvalidDescription) as refused:
        solved(stacks, catalog, name, {f"storage.{store}.backups": wrong})
    [told] = refused.value.lines()
    assert says in told
    assert f"storage.{store}.backups" in told


def test_a_key_of_the_stack_is_a_dollar_a_month_and_requests_for_objects(
    stacks: Path, catalog: Catalog
) -> None:
    changes = ONE_IMAGE | {"encryption": "customer_key"}
    lines = solved(stacks, catalog, AWS, changes).cost_lines
    assert line(lines, "encryption", "key").hourly * 730 == pytest.approx(1)
    asked = line(lines, "imagenet", "requests to the key")
    # 1,281,167 images, 90 times, at 3 USD a million; with bucket keys from a hundredth of them.
    usd = 90 * 1_281_167 * 3e-6
    assert asked.quantity * asked.unit_price == pytest.approx(usd / 100, rel=1e-3)
    assert (asked.low, asked.high, asked.per_run) == (1, pytest.approx(100), True)
    assert not [one for one in solved(stacks, catalog, AWS, {}).cost_lines if "key" in one.item]


@pytest.mark.parametrize(
    ("name", "says"),
    [(GCP, "is of AWS, and none is made on gcp"), ("on-premises.yaml", "is only for a cloud")],
)
def test_a_key_of_the_stack_is_of_aws_alone(
    name: str, says: str, stacks: Path, catalog: Catalog
) -> None:
    with pytest.raises(InvalidDescription, match=says):
        solved(stacks, catalog, name, {"encryption": "customer_key"})


def test_each_checkpoint_in_a_bucket_is_a_put_and_an_old_version_for_30_days(
    stacks: Path, catalog: Catalog
) -> None:
    changes = {
        "storage.checkpoints": {"kind": "object", "service": "s3-standard", "size": "10 GB"},
        "workloads.train.checkpoint.interval": "1 min",
    }
    found = solved(stacks, catalog, AWS, changes)
    lines, job = found.cost_lines, found.workloads["train"].answer
    puts = line(lines, "checkpoints", "write requests").quantity * 1000
    assert puts == pytest.approx(job.work / 60, abs=1.5)
    [use] = [one for one in found.uses if one.key == "checkpoint"]
    old = line(lines, "checkpoints", "old versions, kept 30 days")
    assert old.per_run
    # 30 of 30.4 days at 0.023 USD a GB and month.
    usd = puts * use.size / 1e9 * 0.023 * 720 / 730
    assert old.quantity * old.unit_price == pytest.approx(usd, rel=1e-9)


def test_jobs_that_write_pay_for_their_puts(stacks: Path, catalog: Catalog) -> None:
    # Eighteen jobs, an object each, at 0.005 USD for a thousand.
    lines = solved(stacks, catalog, "grid-search.yaml", {}).cost_lines
    puts = line(lines, "results", "write requests")
    assert (puts.quantity * puts.unit_price, puts.per_run) == (pytest.approx(9e-5), True)


def test_jobs_without_end_pay_for_what_they_write_in_an_hour(
    stacks: Path, catalog: Catalog, tmp_path: Path
) -> None:
    path = tmp_path / "stack.yaml"
    text = (stacks / "grid-search.yaml").read_text()
    start, end = text.index("    program:"), text.index("    run_time")
    goes_on = text[:start] + "    arrivals: 30/h\n" + text[end : text.index("objectives:")]
    path.write_text(goes_on)
    puts = line(read_stack(path, catalog).solved.cost_lines, "results", "write requests")
    assert puts.hourly == pytest.approx(30 / 1000 * 0.005)


@pytest.mark.parametrize(
    ("service", "size", "bought", "usd_a_month"),
    [
        # 0.08 USD a GiB; what is built is what is included.
        ("ebs-gp3", "1000 GiB", {}, 80.0),
        # 3,000 IOPS and 375 MiB/s more, at 0.005 and 0.04 USD.
        ("ebs-gp3", "1000 GiB", {"iops": 6000, "bandwidth": "500 MiB/s"}, 80 + 15 + 15),
        ("ebs-io2", "1000 GiB", {"iops": 1000}, 125 + 65),
        # 64,000 IOPS: 32,000 at 0.065 and 32,000 at 0.0455 USD, beside 0.125 USD a GiB.
        ("ebs-io2", "1000 GiB", {}, 125 + 32_000 * 0.065 + 32_000 * 0.0455),
        # Above 64,000 of a volume 0.032 USD.
        (
            "ebs-io2",
            "200 GiB",
            {"iops": 100_000},
            25 + 32_000 * (0.065 + 0.0455) + 36_000 * 0.032,
        ),
        # A thousand IOPS a GiB at the most.
        ("ebs-io2", "20 GiB", {}, 2.5 + 20_000 * 0.065),
        # Google: 5,000 IOPS and 860 MiB/s more, at 0.005 and 0.04 USD, beside 0.08 USD a GiB.
        (
            "hyperdisk-balanced",
            "1000 GiB",
            {"iops": 8000, "bandwidth": "1000 MiB/s"},
            80 + 25 + 34.4,
        ),
        # The least of its size, 2 a GiB, at 0.032 USD, beside 0.125 USD a GiB.
        ("hyperdisk-extreme", "1000 GiB", {"iops": 2000}, 125 + 64),
    ],
)
def test_the_speed_of_a_volume_is_billed_beside_its_size(
    service: str,
    size: str,
    bought: dict[str, Any],
    usd_a_month: float,
    stacks: Path,
    catalog: Catalog,
) -> None:
    volume = {"kind": "block", "service": service, "size": size, "nodes": "trainers", **bought}
    file = AWS if service.startswith("ebs") else GCP
    lines = solved(stacks, catalog, file, {"storage.scratch": volume}).cost_lines
    billed = [row for row in lines if row.resource == "scratch"]
    assert sum(row.hourly for row in billed) * 730 == pytest.approx(4 * usd_a_month, rel=1e-9)


@pytest.mark.parametrize(
    ("price", "usd_a_month"),
    [
        # A price by size takes the place of the list's 0.08 USD a GiB: 4 volumes of 1,000 GB.
        ("0.05 USD/GB-month", 4 * (1000 * 0.05 + 15 + 15)),
        # One of the whole store has the speed in it.
        ("100 USD/month", 100.0),
    ],
)
def test_a_price_by_size_buys_no_speed(
    price: str, usd_a_month: float, stacks: Path, catalog: Catalog
) -> None:
    volume = {
        "kind": "block", "service": "ebs-gp3", "size": "1000 GB", "nodes": "trainers",
        "iops": 6000, "bandwidth": "500 MiB/s", "price": price,
    }  # fmt: skip
    lines = solved(stacks, catalog, AWS, {"storage.scratch": volume}).cost_lines
    found = sum(one.hourly for one in lines if one.resource == "scratch") * 730
    assert found == pytest.approx(usd_a_month, rel=1e-3)


def test_traffic_of_a_month_is_billed_by_the_hour(stacks: Path, catalog: Catalog) -> None:
    traffic = {"downloads": "730 GB", "uploads": "73 GB", "between_zones": "365 GB"}
    lines = solved(stacks, catalog, AWS, {"network": {"traffic": traffic}}).cost_lines
    month = {row.item: row.hourly * 730 for row in lines if row.resource == "network"}
    assert month == pytest.approx(
        {
            "NAT gateway": 0.045 * 730,
            "public IPv4 address": 0.005 * 730,
            # 4 nodes, 64 connections, a record of 120 bytes each way every 10 minutes, 0.25 USD/GB
            "flow logs, estimated": 4 * 64 * 2 * 6 * 730 * 120e-9 * 0.25,
            "NAT data": 803 * 0.045,
            "internet egress": 73 * 0.09,
            "between zones": 2 * 365 * 0.01,  # out of one and into the other
        }
    )


def test_the_gateway_of_google_cloud_costs_by_the_node(stacks: Path, catalog: Catalog) -> None:
    lines = solved(stacks, catalog, GCP, {}).cost_lines
    assert line(lines, "network", "NAT gateway").hourly == pytest.approx(4 * 0.0014)
    logs = line(lines, "network", "flow logs, estimated")
    assert (logs.low, logs.high) == (0.0, 10.0)
    assert logs.hourly < 0.1


def test_responses_to_the_internet_are_billed(stacks: Path, catalog: Catalog) -> None:
    name = "flask-endpoint.yaml"
    stack = read_stack(stacks / name, catalog).stack
    [workload] = stack.workloads
    changes = {f"workloads.{workload}.requests.response_size": "1 MB"}
    found = solved(stacks, catalog, name, changes)
    [egress] = [row for row in found.cost_lines if row.item == "internet egress"]
    rate = found.workloads[workload].answer.mean_rate
    assert egress.hourly == pytest.approx(rate * 3600 * 1e6 / 1e9 * egress.unit_price)


@pytest.mark.parametrize("provider", ["aws", "gcp"])
def test_no_region_is_a_wall(provider: str, stacks: Path, catalog: Catalog) -> None:
    for cloud, region in catalog.regions:
        if cloud != provider:
            continue
        zone = catalog.regions[cloud, region].zones[0]
        changes = {"region": region, "zones": [zone]}
        found = solved(stacks, catalog, AWS if provider == "aws" else GCP, changes)
        assert all(row.priced for row in found.cost_lines), region
        warned = [one for one in found.findings if "no price is known there" in one.text]
        wide = [row for row in found.cost_lines if row.low < 1 and row.high < 10]
        assert bool(warned) is bool(wide), region


def test_95_of_100_prices_lie_within_the_interval_of_a_borrowed_one(catalog: Catalog) -> None:
    inside: dict[str, list[bool]] = {purchase: [] for purchase in WITHIN}
    for row in catalog.prices:
        if (row.provider, row.region) not in catalog.regions:
            continue
        others = tuple(one for one in catalog.prices if one is not row)
        without = replace(catalog, prices=others)
        asked = (row.provider, row.service, row.item, row.region, row.purchase, row.unit)
        near = borrowed_price(without, *asked)
        if near is not None:
            low, high = WITHIN[row.purchase]
            inside[row.purchase].append(low * near.usd <= row.usd <= high * near.usd)
    for purchase in ("on_demand", "spot"):
        share = sum(inside[purchase]) / len(inside[purchase])
        assert len(inside[purchase]) > 100
        assert 0.94 <= share < 1


def test_reserved_nodes_say_what_to_give(stacks: Path, catalog: Catalog) -> None:
    with pytest.raises(Exception, match="give 'price': what you pay for one node an hour"):
        solved(stacks, catalog, AWS, {"nodes.trainers.purchase": "reserved"})
    given = {"nodes.trainers.purchase": "reserved", "nodes.trainers.price": "12 USD/h"}
    lines = solved(stacks, catalog, AWS, given).cost_lines
    assert line(lines, "trainers", "p4d.24xlarge, reserved").hourly == 48.0
