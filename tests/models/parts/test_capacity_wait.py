"""How long a group waits for nodes that the cloud takes back and gives again."""

import math
from pathlib import Path
from typing import Any

import pytest

from models.catalog.records import Catalog
from models.laws import first_time_up
from models.parts.capacity_wait import capacity_wait
from models.parts.failure import RECLAIM, Cause, Component
from models.parts.read_stack import change_stack, read_stack
from models.prediction import GroupDescription

HOUR = 3600.0
AWS = "resnet50-imagenet-aws.yaml"
ON_SPOT = {
    "nodes.trainers.instance": "p3.2xlarge",
    "nodes.trainers.purchase": "spot",
    "nodes.trainers.spares": 3,
    "workloads.train.rate": 1000,
    "workloads.train.batch": 1,
}


def group(stacks: Path, catalog: Catalog, changes: dict[str, Any]) -> GroupDescription:
    [found] = change_stack(read_stack(stacks / AWS, catalog), changes, catalog).solved.groups()
    return found


def nodes(spread: float, required: int = 4, units: int = 6) -> Component:
    reclaim = Cause(RECLAIM, 2.1 * HOUR, 1.4 * HOUR, rate="spot" if spread else "", spread=spread)
    failure = Cause("failure", 5000 * HOUR, HOUR)
    return Component("trainers", required, units, (failure, reclaim), True, "")


def test_the_wait_is_that_of_the_traces(stacks: Path, catalog: Catalog) -> None:
    wait = group(stacks, catalog, ON_SPOT).wait
    assert wait is not None
    rate = catalog.failure_rates["spot-reclaim-aws-p3.2xlarge"]
    surely = first_time_up.mean_time_until_up(4, 7, rate.mttf, rate.mttr)
    # Fleets of which nobody knows how often they are reclaimed wait longer than the typical one.
    assert surely < wait.mean < 2 * surely
    assert 0 < wait.at_once < first_time_up.chance_at_once(4, 7, rate.mttf, rate.mttr)
    assert wait.p95 > wait.mean


def test_failures_that_are_no_reclaims_are_not_waited_for() -> None:
    wait = capacity_wait(nodes(0.0))
    assert wait is not None
    assert (wait.needed, wait.of) == (4, 6)
    asked = (4, 6, 2.1 * HOUR, 1.4 * HOUR)
    assert wait.at_once == pytest.approx(first_time_up.chance_at_once(*asked), rel=1e-12)
    assert wait.mean == pytest.approx(first_time_up.mean_time_until_up(*asked), rel=1e-12)
    assert first_time_up.chance_of_longer(wait.p95, *asked) == pytest.approx(0.05, rel=1e-4)


def test_a_rate_that_is_not_known_is_that_of_many_fleets() -> None:
    certain, uncertain = capacity_wait(nodes(0.0)), capacity_wait(nodes(0.6))
    assert certain is not None
    assert uncertain is not None
    assert uncertain.p95 > certain.p95


def test_what_never_comes_is_infinite_and_what_is_there_is_at_once() -> None:
    never = capacity_wait(nodes(0.0, required=120, units=120))
    assert never is not None
    assert math.isinf(never.p95)
    now = capacity_wait(nodes(0.0, required=1, units=60))
    assert now is not None
    assert now.p95 == 0.0


def test_what_is_not_reclaimed_has_no_known_wait(stacks: Path, catalog: Catalog) -> None:
    assert group(stacks, catalog, {}).wait is None
    solved = change_stack(read_stack(stacks / AWS, catalog), ON_SPOT, catalog).solved
    assert [one.wait for one in solved.groups(bare=True)] == [None]


def test_availability_says_how_much_of_it_is_spot(stacks: Path, catalog: Catalog) -> None:
    solved = change_stack(read_stack(stacks / AWS, catalog), ON_SPOT, catalog).solved
    shares = {one.name: one.block().reclaimed for one in solved.components}
    assert shares.pop("trainers") > 0.99
    assert set(shares.values()) == {0.0}
    reclaims = nodes(0.0).block().reclaimed
    assert reclaims == pytest.approx((1.4 / 2.1) / (1.4 / 2.1 + 1 / 5000), rel=1e-12)
