"""Groups that are never whole are refused with the file, before any simulation."""

from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.parts import completeness
from models.parts.read_stack import read_stack
from models.reading.faults import InvalidDescription

AWS = "resnet50-imagenet-aws.yaml"
LARGE = {"network.cidr": "10.0.0.0/16", "nodes.trainers.mttr": "12 h"}

ENDLESS = {"workloads.train.epochs": 10**6, "workloads.train.dataset.sample_size": "1 B",
           "workloads.train.dataset.samples": 10**11}  # fmt: skip


SLOW = ENDLESS | {"workloads.train.dataset.samples": 5 * 10**9}


def told(stacks: Path, catalog: Catalog, changes: dict[str, object]) -> str:
    with pytest.raises(InvalidDescription) as raised:
        read_stack(stacks / AWS, catalog, LARGE | changes)
    return str(raised.value)


def test_a_group_that_is_never_whole_is_refused(stacks: Path, catalog: Catalog) -> None:
    # Each node is away for 12 h of 252 h: all 2,000 are up with probability 0.952^2000 = 4e-43.
    changes = {"nodes.trainers.count": 2000, "nodes.trainers.mttf": "10 d",
               "workloads.train.epochs": 100_000}  # fmt: skip
    message = told(stacks, catalog, changes)
    assert "has 2,000 units, of which each is up for 10 d and then away for 12 h" in message
    assert "'train' needs 2,000 at once: it would wait more than a million years" in message
    assert message.startswith(f"{stacks / AWS}:14: nodes.trainers: ")
    # 2,125 x 0.048 = 101 are away on average, with a deviation of 9.8: 125 is 2.4 of these more.
    assert "it needs more spares: with 125, enough are up 99 % of the time" in message
    away = []
    for spares in (124, 125):
        file = read_stack(
            stacks / AWS, catalog, LARGE | changes | {"nodes.trainers.spares": spares}
        )
        away.append(file.solved.site.groups["trainers"].component.result().unavailability)
    assert away[0] > 0.01 >= away[1]


def test_a_group_on_spot_that_a_run_would_not_see_whole_is_told_its_spares(
    stacks: Path, catalog: Catalog
) -> None:
    # p3.2xlarge is away for 1.4 of 3.5 h: all sixteen are up for 0.6^16 = 0.03 % of the time.
    changes = {"nodes.trainers.instance": "p3.2xlarge", "nodes.trainers.purchase": "spot",
               "nodes.trainers.count": 16, "workloads.train.epochs": 1000,
               "workloads.train.batch": 64, "workloads.train.precision": "fp16",
               "nodes.trainers.price": "1 USD/h", "nodes.trainers.mttr": "30 min"}  # fmt: skip
    message = told(stacks, catalog, changes)
    assert "workloads.train: has " in message
    assert "16 of 16 trainers are up together 0.03 % of the time, since each is up for" in message
    assert " and then away for 1.4 h on average; it needs" in message
    assert "it needs more spares: with 28, enough are up 99 % of the time" in message
    for spares, warned in ((12, True), (28, False)):
        more = LARGE | changes | {"nodes.trainers.spares": spares}
        found = read_stack(stacks / AWS, catalog, more).solved.findings
        assert any("it needs more spares: with 28" in one.text for one in found) == warned


def test_more_failures_than_can_be_simulated_are_refused(stacks: Path, catalog: Catalog) -> None:
    # 500 nodes x 8,760 h / (1 h + 12 h) = 336,923 failures a year, and some of other parts.
    message = told(stacks, catalog, {"nodes.trainers.count": 500, "nodes.trainers.mttf": "1 h"})
    assert "units fail 336,9" in message
    assert "more than 300,000 can't be simulated" in message


def test_a_run_that_is_over_before_anything_fails_is_predicted(
    stacks: Path, catalog: Catalog
) -> None:
    changes = {"nodes.trainers.count": 2000, "nodes.trainers.mttf": "10 years"}
    changes["nodes.trainers.mttr"] = "100 d"
    read_stack(stacks / AWS, catalog, LARGE | changes | {"workloads.train.epochs": 1})


def test_a_wait_that_may_outlast_the_simulation_is_refused(stacks: Path, catalog: Catalog) -> None:
    # Each node is away for 12 h of 1,212 h: all 2,000 are up with probability 0.9901^2000 = 2e-9,
    # and go down 1.65 times an hour; each of these waits is 1/(2e-9 * 1.67/h) = 30,000 years.
    changes = {"nodes.trainers.count": 2000, "nodes.trainers.mttf": "50 d"}
    message = told(stacks, catalog, changes | {"workloads.train.epochs": 100_000})
    assert "has 2,000 units, of which each is up for 50 d and then away for 12 h" in message


def test_a_run_with_more_interruptions_than_can_be_simulated_is_refused(
    stacks: Path, catalog: Catalog
) -> None:
    # A hundred nodes fail once a year each, and a million years hold a hundred million of that.
    changes = {"nodes.trainers.count": 100, "nodes.trainers.mttf": "1 year"}
    message = told(stacks, catalog, changes | ENDLESS)
    assert "workloads.train: has" in message
    assert "100,000 at the most can be simulated; it needs less work or a longer mttf" in message


def test_a_run_that_mostly_waits_is_refused(stacks: Path, catalog: Catalog) -> None:
    # 300 nodes are all up for 0.99^300 = 5 % of the time, and fail three times a day.
    changes = {"nodes.trainers.count": 300, "nodes.trainers.mttf": "99 d"}
    message = told(stacks, catalog, changes | SLOW | {"nodes.trainers.mttr": "1 d"})
    assert "failures of units before its end, 300,000 at the most" in message


def test_no_shipped_stack_comes_near(stacks: Path, catalog: Catalog) -> None:
    for path in sorted(stacks.rglob("*.yaml")):
        assert not [*completeness.never_complete(read_stack(path, catalog).solved)]
