"""Failures of nodes by accelerator, place and purchase, and what is told of them."""

from pathlib import Path
from typing import Any

import pytest

from models.catalog.records import Catalog
from models.parts.read_stack import StackFile, change_stack, read_stack
from models.prediction import Finding

AWS = "resnet50-imagenet-aws.yaml"
HOUR = 3600.0


def changed(stacks: Path, catalog: Catalog, changes: dict[str, Any]) -> StackFile:
    return change_stack(read_stack(stacks / AWS, catalog), changes, catalog)


@pytest.mark.parametrize(
    ("stack", "changes", "sources"),
    [
        (AWS, {}, "cloud-gpu-instance-ampere"),
        (AWS, {"instance": "p5.48xlarge"}, "cloud-gpu-instance"),
        (AWS, {"instance": "p3.16xlarge"}, "cloud-gpu-instance"),
        ("akiba-2017.yaml", {}, "gpu-node, nic"),
        ("grid-search.yaml", {}, "cloud-cpu-instance"),
        (AWS, {"instance": "p3.2xlarge", "purchase": "spot"},
         "cloud-gpu-instance, spot-reclaim-aws-p3.2xlarge"),
        (AWS, {"instance": "p3.8xlarge", "purchase": "spot"},
         "cloud-gpu-instance, spot-reclaim-aws-p3"),
        (AWS, {"instance": "g5.12xlarge", "purchase": "spot", "price": "2 USD/h"},
         "cloud-gpu-instance-ampere, spot-reclaim-aws-accelerated"),
        ("grid-search.yaml", {"purchase": "spot", "price": "1 USD/h"},
         "cloud-cpu-instance, spot-reclaim-aws"),
        (AWS, {"mttf": "300 d"}, "the stack file"),
    ],
)  # fmt: skip
def test_a_node_fails_as_its_like_do(
    stacks: Path, catalog: Catalog, stack: str, changes: dict[str, Any], sources: str
) -> None:
    file = read_stack(stacks / stack, catalog)
    [name] = file.stack.nodes
    told = {f"nodes.{name}.{key}": value for key, value in changes.items()}
    if "instance" in changes:
        told |= {"workloads.train.rate": 1000, "workloads.train.batch": 1}
        told |= {f"nodes.{name}.count": 1}
    solved = change_stack(file, told, catalog).solved
    assert solved.site.groups[name].component.source == sources


def test_h100_on_premises_are_those_of_the_reports(tmp_path: Path, catalog: Catalog) -> None:
    machine = (
        "{accelerator: H100-SXM-80GB, accelerators: 8, vcpus: 192, memory: 2 TB,"
        " network: 3200 Gbps, network_link: efa-3200g, intra_link: nvswitch3}"
    )
    path = tmp_path / "stack.yaml"
    path.write_text(
        "name: h100\ncloud: on-premises\n"
        f"nodes: {{workers: {{machine: {machine}, count: 2048, spares: 64}}}}\n"
        "workloads: {one: {kind: jobs, nodes: workers, count: 1, each: {accelerators: 1},"
        " run_time: 1 h}}\n"
    )
    solved = read_stack(path, catalog).solved
    nodes = solved.site.groups["workers"].component
    assert nodes.source == "gpu-node-hopper, nic"
    # 419 stops in 54 days of 2,048 nodes lie inside the interval, away from its ends.
    low, high = nodes.mttf_interval() or (0.0, 0.0)
    assert 2 * low < 54 * 24 * 2048 / 419 * HOUR < high / 2


def findings(file: StackFile) -> list[Finding]:
    return [one for one in file.solved.findings if one.place == "nodes.trainers"]


def test_a_family_without_a_trace_is_warned_of(stacks: Path, catalog: Catalog) -> None:
    spot = {"nodes.trainers.purchase": "spot"}
    told, seldom = findings(changed(stacks, catalog, spot | {"nodes.trainers.count": 4}))
    told, seldom = sorted((told, seldom), key=lambda one: "reclaims" not in one.text)
    assert told.level == seldom.level == "warning"
    assert "'train' needs 4 of 4 nodes at once" in seldom.text
    assert "no trace of spot reclaims of p4d.24xlarge or its family is known" in told.text
    assert "failure_rates.spot-reclaim-aws-accelerated" in told.text
    own = {"failure_rates": {"spot-reclaim-aws-accelerated": {"mttf": "20 h"}}}
    known = changed(stacks, catalog, spot | own | {"nodes.trainers.spares": 4})
    assert findings(known) == []
    [_, reclaim] = known.solved.site.groups["trainers"].component.causes
    assert (reclaim.mttf, reclaim.mttr, reclaim.spread) == (20 * HOUR, 1.4 * HOUR, 0.0)


def test_a_generation_without_a_report_is_noted(stacks: Path, catalog: Catalog) -> None:
    assert findings(changed(stacks, catalog, {})) == []
    [told] = findings(changed(stacks, catalog, {"nodes.trainers.instance": "p5.48xlarge"}))
    assert told.level == "note"
    assert "no report of failures of hopper accelerators in a cloud" in told.text
    mttf = {"nodes.trainers.instance": "p5.48xlarge", "nodes.trainers.mttf": "200 d"}
    assert findings(changed(stacks, catalog, mttf)) == []


def test_a_rate_of_the_stack_for_any_node_is_one_for_its_generation(
    stacks: Path, catalog: Catalog
) -> None:
    for name in ("cloud-gpu-instance", "cloud-gpu-instance-ampere"):
        file = changed(stacks, catalog, {"failure_rates": {name: {"mttf": "77 h"}}})
        [cause] = file.solved.site.groups["trainers"].component.causes
        assert (cause.mttf, cause.spread) == (77 * HOUR, 0.0)
