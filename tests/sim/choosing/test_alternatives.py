"""The stacks beside one: what to buy next, other numbers of nodes, what the page shows of them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models.catalog.records import Catalog
from models.parts.read_stack import StackFile, read_stack
from models.prediction import Prediction
from models.prediction.alternatives_answer import Alternatives, Bought, CountedAs
from models.reading.variations import Axis
from reports import alternatives_tables
from reports.html import render
from reports.json_report import as_json
from sim.choosing.alternatives import alternatives
from sim.choosing.optimise import optimise
from sim.choosing.other_counts import counted
from sim.predict import predict

Found = tuple[StackFile, Prediction, Alternatives]
YEARS = 40


def beside(stacks: Path, catalog: Catalog, name: str, **changes: Any) -> Found:
    stack_file = read_stack(stacks / name, catalog, changes)
    answer = predict(stack_file, catalog, replications=YEARS, jobs=1)
    return stack_file, answer, alternatives(stack_file, catalog, answer, search=False)


@pytest.fixture(scope="module")
def found(stacks: Path, catalog: Catalog) -> Found:
    return beside(stacks, catalog, "resnet50-imagenet-aws.yaml")


def test_one_more_node_costs_what_a_node_and_its_volume_cost(found: Found) -> None:
    _, answer, others = found
    node = next(one for one in others.purchases if one.kind is Bought.NODE)
    each = [
        line
        for line in answer.cost.lines
        if "trainers" in line.resource or "flow logs" in line.item
    ]
    assert node.monthly == pytest.approx(730 * sum(line.hourly for line in each) / 4)
    assert node.variant is not None
    assert dict(node.variant.changes) == {"nodes.trainers.count": 5}


def test_a_spare_costs_as_much_as_a_node_and_saves_downtime(found: Found) -> None:
    node, spare, _ = found[2].purchases
    assert (node.kind, spare.kind) == (Bought.NODE, Bought.SPARE)
    assert spare.monthly == pytest.approx(node.monthly)
    assert spare.variant is not None
    assert spare.variant.unavailability < found[2].described.unavailability


def test_the_other_way_to_buy_costs_what_the_bill_says(found: Found) -> None:
    _, answer, others = found
    other = others.purchases[-1]
    assert (other.kind, other.way) == (Bought.OTHER_WAY, "spot")
    assert answer.cost.alternative_hourly is not None
    difference = answer.cost.alternative_hourly - answer.cost.hourly
    assert other.monthly == pytest.approx(730 * difference)


def test_numbers_of_nodes_reach_from_a_third_to_three_times_as_many(found: Found) -> None:
    moved = counted(found[0])
    assert moved is not None
    assert list(moved.changes) == [1, 2, 3, 4, 5, 7, 9, 12]
    assert [one.name for one in found[2].counts] == ["1", "2", "3", "4", "5", "7", "9", "12"]
    times = [one.workloads[0].time_p95.mean for one in found[2].counts]  # type: ignore[union-attr]
    assert times == sorted(times, reverse=True)


def test_the_stack_among_them_is_itself(found: Found) -> None:
    _, answer, others = found
    same = next(one for one in others.counts if one.name == "4")
    assert same.cost == others.described.cost
    assert same.cost.mean.mean == answer.cost.run.mean.mean


def test_the_fewest_that_meet_all_objectives_are_named(found: Found) -> None:
    fine = [one.name for one in found[2].counts if one.fine]
    assert found[2].fewest == fine[0]
    said = alternatives_tables.sentences(found[2])
    assert said == [f"Fewest trainers that meet all objectives, of the numbers tried: {fine[0]}."]


def test_nodes_on_premises_are_bought_one_way_only(stacks: Path, catalog: Catalog) -> None:
    _, _, others = beside(stacks, catalog, "on-premises.yaml")
    assert [one.kind for one in others.purchases] == [Bought.NODE, Bought.SPARE]
    # Its racks are full, which is said.
    assert all(one.variant is None and one.monthly is None for one in others.purchases)
    table = alternatives_tables.purchases(others)
    assert table is not None
    slots = "facility.racks: have slots for 32 nodes, but 33 are wanted"
    assert table.rows[1][0].note == slots
    assert table.rows[1][-1].text == "can't be"


def moved_in(stacks: Path, catalog: Catalog, name: str) -> tuple[str, dict[int, dict[str, Any]]]:
    moved = counted(read_stack(stacks / name, catalog))
    assert moved is not None
    return moved.called, {count: dict(changes) for count, changes in moved.changes.items()}


def test_replicas_of_the_busiest_stage_take_the_nodes_that_they_need(
    stacks: Path, catalog: Catalog
) -> None:
    called, changes = moved_in(stacks, catalog, "flask-endpoint.yaml")
    # Three replicas of 20/s each are busier than three of 40/s.
    assert called == "replicas of model"
    assert list(changes) == [1, 2, 3, 4, 5, 7, 9]
    assert changes[4] == {"workloads.shop.stages.model.replicas": 4, "nodes.models.count": 4}
    called, changes = moved_in(stacks, catalog, "gpu-endpoint.yaml")
    key = "workloads.classify.stages.model.scaling.maximum"
    assert changes[8] == {key: 8, "nodes.gpus.count": 8}


def test_a_stream_is_tried_with_other_nodes_and_as_many_instances_on_each(
    stacks: Path, catalog: Catalog
) -> None:
    called, changes = moved_in(stacks, catalog, "kafka-clickstream.yaml")
    assert called == "workers"
    instances = "workloads.clicks.operators.{}.instances"
    of = {instances.format(name): 16 for name in ("parse", "counts", "sessions")}
    assert changes[4] == {"nodes.workers.count": 4, **of}


def test_a_function_is_tried_with_other_numbers_of_requests_at_once(
    stacks: Path, catalog: Catalog
) -> None:
    called, changes = moved_in(stacks, catalog, "lambda-endpoint.yaml")
    assert called == "requests at once in function"
    assert changes[3] == {"workloads.api.stages.function.function.concurrency": 3}


def test_replicas_are_drawn_against_the_latency(stacks: Path, catalog: Catalog) -> None:
    stack_file, answer, others = beside(stacks, catalog, "lambda-endpoint.yaml")
    assert others.counted_as is CountedAs.AT_ONCE
    times = [one.workloads[0].wanted_time.mean for one in others.counts]  # type: ignore[union-attr]
    assert times == sorted(times, reverse=True)
    page = render(stack_file.stack, answer, None, others).replace("\N{NO-BREAK SPACE}", " ")
    section = page[page.index('<section id="alternatives"') :]
    assert "Replicas against latency" in section
    assert "latency 1 s" in section
    assert "P95 of the response of api by the number of requests at once in function" in section
    assert '<th scope="col" class="number">Requests at once</th>' in section
    # It has no nodes that more could be bought of.
    assert "The next purchase" not in section


def test_what_stands_beside_is_in_the_json_too(found: Found) -> None:
    _, answer, others = found
    tree = json.loads(as_json(answer, None, others))
    assert json.loads(as_json(answer))["alternatives"] is None
    beside_it = tree["alternatives"]
    assert beside_it["fewest"] == others.fewest
    assert beside_it["counted"] == "trainers"
    node = beside_it["purchases"][0]
    assert node["kind"] == "one more node"
    assert node["monthly_usd_per_month"] == others.purchases[0].monthly
    assert node["variant"]["changes"] == {"nodes.trainers.count": 5}
    assert [one["name"] for one in beside_it["counts"]] == [one.name for one in others.counts]


def test_the_page_shows_what_to_buy_and_what_is_cheaper(
    found: Found, stacks: Path, catalog: Catalog
) -> None:
    stack_file, answer, others = found
    axes = [Axis("nodes.trainers.count", (2, 3, 4, 8))]
    choice = optimise(stack_file.document, catalog, axes, replications=YEARS, confirmed=YEARS)
    assert choice.cheapest is not None
    whole = replace(others, choice=choice)
    page = render(stack_file.stack, answer, None, whole).replace("\N{NO-BREAK SPACE}", " ")
    section = page[page.index('<section id="alternatives"') :]
    assert "The cheapest stack that meets all objectives costs" in section
    table = alternatives_tables.chosen(whole)
    assert table is not None
    rows = {cells[0].text: cells[-1].text for cells in table.rows}
    assert rows["as described"] == ""
    # Three nodes meet the deadline of an hour and cost less than four; eight are the fastest.
    assert rows["cheapest, next cheaper"] == "count=3"
    assert rows["fastest"] == "count=8"
    assert "Nodes against deadline" in section
    assert "deadline 1 h" in section
    assert "Cost against time" in section
    assert render(stack_file.stack, answer, None, whole) == render(
        stack_file.stack, answer, None, whole
    )


def test_what_nothing_meets_is_said_with_what_would_have_to_give(
    stacks: Path, catalog: Catalog
) -> None:
    name, hard = "resnet50-imagenet-aws.yaml", {"objectives.deadline.within": "1 min"}
    stack_file, _, others = beside(stacks, catalog, name, **hard)
    axes = [Axis("nodes.trainers.count", (2, 4))]
    choice = optimise(stack_file.document, catalog, axes, replications=YEARS, confirmed=YEARS)
    first, second = alternatives_tables.sentences(replace(others, choice=choice))
    assert first.startswith("Nothing meets all objectives. What the nearest stack would need:")
    assert "instead of 1 min" in first
    assert second == "No number of trainers that was tried meets all objectives."
