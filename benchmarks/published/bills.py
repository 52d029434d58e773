"""Bills worked out by hand: use times what a provider publishes, without this project's code.

Every figure on the left is arithmetic over published prices and published facts: what an invoice
would say, line by line.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.published.comparison import Comparison
from models.catalog.records import Catalog
from models.parts.read_stack import change_stack, read_stack
from models.prediction import CostLine

STACKS = Path(__file__).parents[2] / "stacks"
ALLOWED = 0.05  # of a bill worked out by hand

MONTH = 730  # hours
IMAGES = 1_281_167 * 90  # read in 90 epochs of ImageNet
READ = IMAGES * 110e3 / 1e9  # GB
SYSTEM = 4 * 187  # GiB of system volumes: 200 GB are 187 GiB, on four nodes
GETS = IMAGES * 110e3 / 128e6 / 1000  # thousand objects of 128 MB

# USD of a month in which the example is held all the time and run once.
AWS_INVOICE: Mapping[tuple[str, str], tuple[float, str]] = {
    ("trainers", "p4d.24xlarge, on-demand"): (
        4 * MONTH * 21.957642,
        "4 nodes, 730 h at 21.957642 USD",
    ),
    ("trainers system volumes", "ebs-gp3"): (SYSTEM * 0.08, "748 GiB at 0.08 USD"),
    ("imagenet", "s3-standard"): (150 * 0.023, "150 GB at 0.023 USD"),
    ("imagenet", "read requests"): (GETS * 0.0004, "99,090 GETs at 0.0004 USD/1k"),
    ("checkpoints", "fsx-lustre-scratch-2"): (1200 * 0.14, "1,200 GiB at 0.14 USD"),
    ("network", "NAT gateway"): (MONTH * 0.045, "730 h at 0.045 USD"),
    ("network", "public IPv4 address"): (MONTH * 0.005, "730 h at 0.005 USD"),
}
GCP_INVOICE: Mapping[tuple[str, str], tuple[float, str]] = {
    ("trainers", "a2-highgpu-8g, on-demand"): (
        4 * MONTH * 29.38708,
        "4 nodes, 730 h at 29.38708 USD",
    ),
    ("trainers system volumes", "pd-balanced"): (SYSTEM * 0.10, "748 GiB at 0.10 USD"),
    ("imagenet", "gcs-standard"): (150 * 0.020, "150 GB at 0.020 USD"),
    ("imagenet", "read requests"): (GETS * 0.0004, "99,090 class B at 0.0004 USD/1k"),
    ("checkpoints", "filestore-basic-ssd"): (2560 * 0.30, "2,560 GiB at 0.30 USD"),
    ("network", "NAT gateway"): (4 * MONTH * 0.0014, "4 VMs, 730 h at 0.0014 USD"),
    ("network", "public IPv4 address"): (MONTH * 0.005, "730 h at 0.005 USD"),
    ("network", "flow logs, estimated"): (
        4 * 64 * 720 * 0.5 * MONTH * 1e-6 * 0.5,
        "64 connections a node, a record each 5 s, half of them kept, 1 kB, 0.50 USD/GB",
    ),
}


def lines(stack: str, changes: Mapping[str, object], catalog: Catalog) -> tuple[CostLine, ...]:
    """The lines of the bill of a shipped stack, with some values changed.

    Arguments:
        stack: file below stacks/.
        changes: new values by path.
        catalog: the facts.
    """
    file = change_stack(read_stack(STACKS / stack, catalog), changes, catalog)
    return file.solved.cost_lines


def month(line: CostLine) -> float:
    """USD of a month in which a stack is held all the time and run once.

    Arguments:
        line: of its bill.
    """
    return line.least if line.per_run else line.least_hourly * MONTH


def of(found: Sequence[CostLine], resource: str, *items: str) -> float:
    """USD of a month of some lines.

    Arguments:
        found: lines of a bill.
        resource: the part of the stack.
        items: what is billed of it.
    """
    return sum(month(line) for line in found if line.resource == resource and line.item in items)


def invoice(
    title: str,
    stack: str,
    by_hand: Mapping[tuple[str, str], tuple[float, str]],
    catalog: Catalog,
) -> list[Comparison]:
    """Every line of a bill beside one worked out by hand, and the sum.

    Arguments:
        title: of the sum.
        stack: file below stacks/.
        by_hand: USD of a month and how they were had, by resource and item.
        catalog: the facts.
    """
    ours = {(line.resource, line.item): month(line) for line in lines(stack, {}, catalog)}
    unit = "USD a month and a run"
    rows = [
        Comparison.within(f"{key[0]}: {key[1]}"[:40], unit, usd, ours.get(key, 0.0), ALLOWED, how)
        for key, (usd, how) in by_hand.items()
    ]
    total = sum(usd for usd, _ in by_hand.values())
    both = sum(ours.values())
    rows.append(Comparison.within(title, unit, total, both, ALLOWED, "the sum of the lines above"))
    return rows


def comparisons(catalog: Catalog) -> list[Comparison]:
    """Bills beside ours.

    Arguments:
        catalog: the facts.
    """
    one_image = {"workloads.train.dataset.object_size": "110 kB"}
    gets = lines("resnet50-imagenet-aws.yaml", one_image, catalog)
    west = one_image | {"region": "us-west-2", "zones": ["us-west-2a"]}
    on_efs = {"kind": "nas", "service": "efs-standard", "size": "150 GB"}
    efs = lines("resnet50-imagenet-aws.yaml", {"storage.imagenet": on_efs}, catalog)
    traffic = {"network.traffic": {"downloads": "900 GB", "uploads": "100 GB"}}
    nat = lines("resnet50-imagenet-aws.yaml", traffic, catalog)
    published = "Amazon S3 pricing: 115.3 M GETs at 0.0004 USD/1k"
    return [
        Comparison.within(
            "S3: an object an image, us-east-1",
            "USD of GETs, 90 epochs",
            IMAGES / 1000 * 0.0004,
            of(gets, "imagenet", "read requests"),
            ALLOWED,
            published,
        ),
        Comparison.within(
            "S3: an object an image, us-west-2",
            "USD of GETs, 90 epochs",
            IMAGES / 1000 * 0.0004,
            of(lines("resnet50-imagenet-aws.yaml", west, catalog), "imagenet", "read requests"),
            ALLOWED,
            published,
        ),
        Comparison.within(
            "EFS: elastic throughput of the reads",
            "USD, 90 epochs",
            READ * 0.03,
            of(efs, "imagenet", "bytes read"),
            ALLOWED,
            "Amazon EFS pricing: 12,684 GB at 0.03 USD",
        ),
        Comparison.within(
            "EFS: what is stored",
            "USD a month",
            150 / 1.073741824 * 0.30,
            of(efs, "imagenet", "efs-standard"),
            ALLOWED,
            "Amazon EFS pricing: 139.7 GiB at 0.30 USD",
        ),
        Comparison.within(
            "NAT: a gateway and 1 TB through it",
            "USD a month",
            MONTH * 0.045 + 1000 * 0.045 + MONTH * 0.005 + 100 * 0.09,
            of(nat, "network", "NAT gateway", "NAT data", "public IPv4 address", "internet egress"),
            ALLOWED,
            "Amazon VPC and EC2 pricing: hours, 1,000 GB, the address, 100 GB out at 0.09 USD",
        ),
        *invoice("AWS example", "resnet50-imagenet-aws.yaml", AWS_INVOICE, catalog),
        *invoice("Google Cloud example", "resnet50-imagenet-gcp.yaml", GCP_INVOICE, catalog),
    ]
