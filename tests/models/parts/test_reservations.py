"""How nodes are paid for and kept: what is sold where, what it costs, and what is told of it."""

from pathlib import Path
from typing import Any

import pytest

from models.catalog.records import Catalog
from models.description.stack import NodeGroup
from models.parts.read_stack import StackFile, read_stack
from models.parts.whole_start import starts_whole
from models.reading.faults import InvalidDescription
from sim.predict import predict

KEPT = {"nodes.trainers.reservation.make": True}
BLOCK = {
    "nodes.trainers.purchase": "capacity_block",
    "nodes.trainers.reservation.name": "cr-1",
}


def read(stacks: Path, catalog: Catalog, cloud: str, changes: dict[str, Any]) -> StackFile:
    return read_stack(stacks / f"resnet50-imagenet-{cloud}.yaml", catalog, changes)


@pytest.mark.parametrize(
    ("cloud", "changes", "message"),
    [
        ("aws", {"nodes.trainers.purchase": "flex_start"}, "'flex_start' is not sold by AWS; one"),
        ("aws", {**KEPT, "nodes.trainers.purchase": "spot"}, "are bought as 'spot'"),
        ("gcp", {**KEPT, "nodes.trainers.purchase": "flex_start"}, "bought as 'flex_start'"),
        ("aws", {**KEPT, "nodes.trainers.purchase": "capacity_block"}, "is not made: a block"),
        (
            "aws",
            {**KEPT, "nodes.trainers.count": 1000, "nodes.trainers.spares": 1},
            "AWS reserves 1,000 nodes together at most, not 1,001",
        ),
        ("aws", {"nodes.trainers.reservation": {}}, "needs either of name and make"),
        (
            "aws",
            {"nodes.trainers.reservation": {"name": "cr-1", "make": True}},
            "has name and make",
        ),
        (
            "aws",
            {"nodes.trainers.reservation": {"name": "cr-1", "make": False}},
            "has name and make",
        ),
    ],
)
def test_what_is_not_sold_or_not_together_is_refused(
    stacks: Path, catalog: Catalog, cloud: str, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidDescription, match=message):
        read(stacks, catalog, cloud, changes)


def test_a_reservation_is_of_one_zone(stacks: Path, catalog: Catalog) -> None:
    with pytest.raises(InvalidDescription, match="is of one zone, and these nodes stand in 3"):
        read_stack(stacks / "flask-endpoint.yaml", catalog, {"nodes.web.reservation.make": True})


@pytest.mark.parametrize("key", ["reservation", "purchase"])
def test_on_premises_nothing_is_kept(stacks: Path, catalog: Catalog, key: str) -> None:
    value: Any = {"make": True} if key == "reservation" else "capacity_block"
    group = next(iter(read_stack(stacks / "on-premises.yaml", catalog).stack.nodes))
    with pytest.raises(InvalidDescription, match=f"nodes.[a-z]+.{key}: .*is only for a cloud"):
        read_stack(stacks / "on-premises.yaml", catalog, {f"nodes.{group}.{key}": value})


# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-capacity-reservations.html: billed at the
# on-demand rate whether instances run in it or not.
def test_what_is_kept_costs_as_on_demand_and_also_while_nodes_are_down(
    stacks: Path, catalog: Catalog
) -> None:
    changes = {"nodes.trainers.mttf": "20 h", "nodes.trainers.mttr": "10 h", "objectives": {}}
    declined = {**changes, "nodes.trainers.reservation.make": False}
    plain, kept, by_itself = (
        predict(read(stacks, catalog, "aws", change), catalog, seed=1, replications=200).cost
        for change in (declined, {**changes, **KEPT}, changes)
    )
    assert kept.hourly == plain.hourly
    # Nodes that need each other are reserved where nothing is said, too.
    assert by_itself.run == kept.run
    assert kept.run.mean.mean > plain.run.mean.mean
    # Nobody has the other price of what is kept.
    assert (plain.alternative_hourly is None, kept.alternative_hourly) == (False, None)
    assert kept.lines[0].item == "p4d.24xlarge, on-demand, in a reservation"


def test_a_price_that_nobody_gave_is_not_known_and_that_is_told(
    stacks: Path, catalog: Catalog
) -> None:
    file = read(stacks, catalog, "aws", BLOCK)
    line = file.solved.cost_lines[0]
    assert (line.item, line.unit_price) == ("p4d.24xlarge, capacity-block, in a reservation", None)
    told = {(one.level, one.place) for one in file.solved.findings}
    assert ("warning", "nodes.trainers.purchase") in told
    priced = read(stacks, catalog, "aws", {**BLOCK, "nodes.trainers.price": "11.80 USD/h"})
    assert priced.solved.cost_lines[0].unit_price == 11.80


def test_flex_start_tells_what_is_not_simulated(stacks: Path, catalog: Catalog) -> None:
    file = read(stacks, catalog, "gcp", {"nodes.trainers.purchase": "flex_start"})
    assert any("after 7 days at most" in one.text for one in file.solved.findings)


@pytest.mark.parametrize(
    ("keys", "always"),
    [
        ({}, False),
        ({"purchase": "spot"}, False),
        ({"purchase": "flex_start"}, False),
        ({"purchase": "reserved"}, True),
        ({"purchase": "capacity_block"}, True),
        ({"reservation": {"make": True}}, True),
    ],
)
def test_some_are_paid_for_whether_they_run_or_not(keys: dict[str, Any], always: bool) -> None:
    group = NodeGroup.model_validate({"instance": "p4d.24xlarge", "count": 1, **keys})
    assert group.always_paid is always


# API CreateCapacityReservation, InstanceCount: 1 to 1,000
@pytest.mark.parametrize(("nodes", "whole"), [(1, False), (2, True), (1000, True), (1001, False)])
def test_as_many_are_reserved_by_themselves_as_one_reservation_holds(
    stacks: Path, catalog: Catalog, nodes: int, whole: bool
) -> None:
    stack = read(stacks, catalog, "aws", {}).stack
    group = stack.nodes["trainers"].model_copy(update={"count": nodes})
    assert starts_whole(stack, "trainers", group) is whole


@pytest.mark.parametrize(
    ("stem", "group"),
    [("cloud-cameras", "servers"), ("emr-spark", "core"), ("kinesis-sensors", "detectors")],
)
def test_nodes_of_which_some_are_of_use_start_as_they_come(
    stacks: Path, catalog: Catalog, stem: str, group: str
) -> None:
    stack = read_stack(stacks / f"{stem}.yaml", catalog).stack
    several = stack.nodes[group].model_copy(update={"count": 4})
    assert not starts_whole(stack, group, several)


@pytest.mark.parametrize(("make", "told"), [(None, True), (True, False), (False, False)])
def test_capacity_that_is_reserved_by_itself_is_told(
    stacks: Path, catalog: Catalog, make: bool | None, told: bool
) -> None:
    change = {} if make is None else {"nodes.trainers.reservation.make": make}
    found = predict(read(stacks, catalog, "aws", change), catalog, seed=1, replications=2)
    said = [one for one in found.assumptions if "trainers is reserved before" in one]
    assert bool(said) is told
