"""Groups that are never whole are refused with the file, before any simulation."""

from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.parts import completeness
from models.parts.read_stack import read_stack
from models.reading.faults import InvalidDescription

AWS = "resnet50-imagenet-aws.yaml"
LARGE = {"network.cidr": "10.0.0.0/16", "nodes.trainers.mttr": "12 h"}


def told(stacks: Path, catalog: Catalog, changes: dict[str, object]) -> str:
    with pytest.raises(InvalidDescription) as raised:
        read_stack(stacks / AWS, catalog, LARGE | changes)
    return str(raised.value)


def test_a_group_that_is_never_whole_is_refused(stacks: Path, catalog: Catalog) -> None:
    # Each node is away for 12 h of 252 h: all 2,000 are up with probability 0.952^2000 = 4e-43.
    changes = {"nodes.trainers.count": 2000, "nodes.trainers.mttf": "10 d",
               "workloads.train.epochs": 100_000}  # fmt: skip
    message = told(stacks, catalog, changes)
    assert "has 2,000 units, each of them away for 0.048 of the time" in message
    assert "'train' needs 2,000 at once: it would wait more than a million years" in message
    assert message.startswith(f"{stacks / AWS}:14: nodes.trainers: ")
    spares = {"nodes.trainers.spares": 160}
    read_stack(stacks / AWS, catalog, LARGE | changes | spares)


def test_more_failures_than_can_be_simulated_are_refused(stacks: Path, catalog: Catalog) -> None:
    # 500 nodes x 8,760 h / (1 h + 12 h) = 336,923 failures a year, and some of other parts.
    message = told(stacks, catalog, {"nodes.trainers.count": 500, "nodes.trainers.mttf": "1 h"})
    assert "units fail 336,9" in message
    assert "more than 300,000 can't be simulated" in message


def test_a_run_that_is_over_before_anything_fails_is_predicted(
    stacks: Path, catalog: Catalog
) -> None:
    changes = {"nodes.trainers.count": 2000, "nodes.trainers.mttf": "10 year"}
    changes["nodes.trainers.mttf"] = "10 years"
    changes["nodes.trainers.mttr"] = "100 d"
    read_stack(stacks / AWS, catalog, LARGE | changes | {"workloads.train.epochs": 1})


def test_no_shipped_stack_comes_near(stacks: Path, catalog: Catalog) -> None:
    for path in sorted(stacks.rglob("*.yaml")):
        assert not [*completeness.never_complete(read_stack(path, catalog).solved)]
