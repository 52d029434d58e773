"""What docs/operating.md says of costs is what the bill of the example says."""

import re
from pathlib import Path

import pytest

from models.catalog.load import load_catalog
from models.parts.read_stack import read_stack

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
LINES = {
    "FSx for Lustre, 1,200 GiB": ("checkpoints", "fsx-lustre-scratch-2"),
    "NAT gateway": ("network", "NAT gateway"),
    "its public address": ("network", "public IPv4 address"),
    "bucket, 150 GB": ("imagenet", "s3-standard"),
}


def test_what_stays_when_nodes_are_stopped_costs_what_the_bill_says() -> None:
    file = read_stack(ROOT / "stacks" / "resnet50-imagenet-aws.yaml", load_catalog())
    billed = {(one.resource, one.item): one.hourly for one in file.solved.cost_lines}
    rows = re.findall(r"^\| (.+?) \| (\d+\.\d{4}) \| (\d+\.\d{2}) \|$", PAGE, re.MULTILINE)
    said = {name: (float(hour), float(month)) for name, hour, month in rows}
    assert said.keys() == {*LINES, "all of it"}
    for name, line in LINES.items():
        assert said[name] == pytest.approx((billed[line], billed[line] * 730), abs=0.006), name
    hourly = sum(billed[line] for line in LINES.values())
    assert said["all of it"] == pytest.approx((hourly, hourly * 730), abs=0.006)
    # Whatever else is on the bill ends with the nodes, or is the traffic of their work.
    rest = {one.resource for one in file.solved.cost_lines} - {line[0] for line in LINES.values()}
    assert rest == {"trainers", "trainers system volumes"}
