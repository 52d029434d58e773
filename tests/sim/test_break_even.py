"""Own nodes against a cloud's, where the stack file gives the price of both."""

import math
from pathlib import Path
from typing import Any

import pytest

from models.catalog.records import Catalog
from models.description.quantities import HOUR
from models.parts.read_stack import change_stack, read_stack
from models.prediction import BreakEven, Prediction
from models.reading.faults import InvalidDescription
from reports import answer_tables
from reports.html import render
from reports.json_report import as_json
from sim.predict import predict

NODES = "nodes.trainers"


def predicted(stacks: Path, catalog: Catalog, **changes: Any) -> tuple[Any, Prediction]:
    given = {f"{NODES}.{key}": value for key, value in changes.items()}
    stack_file = read_stack(stacks / "resnet50-imagenet-aws.yaml", catalog)
    stack_file = change_stack(stack_file, given, catalog)
    return stack_file.stack, predict(stack_file, catalog, replications=5, jobs=1)


def test_own_nodes_are_cheaper_after_their_price_over_what_an_hour_saves(
    stacks: Path, catalog: Catalog
) -> None:
    # 10,000 / (3 - 1) = 5,000 h, of four nodes as of one.
    own = {"price": "10 kUSD", "hourly": "1 USD/h"}
    stack, answer = predicted(stacks, catalog, price="3 USD/h", own=own)
    [one] = answer.cost.break_even
    assert one == BreakEven("trainers", 4, 40_000, 4, 12, pytest.approx(5_000 * HOUR))
    assert answer_tables.break_even_after(one) == "5,000 h of use"
    page = render(stack, answer).replace("\N{NO-BREAK SPACE}", " ")
    assert "Cloud against own hardware" in page
    assert "5,000 h of use" in page
    assert '"cloud_hourly_usd_per_h": 12' in as_json(answer)


def test_nodes_that_cost_more_to_run_than_the_cloud_are_never_cheaper(
    stacks: Path, catalog: Catalog
) -> None:
    own = {"price": "10 kUSD", "hourly": "4 USD/h"}
    _, answer = predicted(stacks, catalog, price="3 USD/h", own=own)
    [one] = answer.cost.break_even
    assert one.time == math.inf
    assert answer_tables.break_even_after(one) == "never"


def test_the_price_of_the_catalog_counts_where_the_file_has_none(
    stacks: Path, catalog: Catalog
) -> None:
    _, answer = predicted(stacks, catalog, own={"price": "200 kUSD"})
    [line] = [line for line in answer.cost.lines if line.node_group == "trainers"]
    [one] = answer.cost.break_even
    assert one.cloud_hourly == pytest.approx(line.hourly)
    assert one.time / HOUR == pytest.approx(800_000 / line.hourly)


def test_nothing_is_said_without_a_price_of_own_nodes(stacks: Path, catalog: Catalog) -> None:
    stack, answer = predicted(stacks, catalog)
    assert answer.cost.break_even == ()
    assert "Cloud against own hardware" not in render(stack, answer)


def test_nodes_on_premises_are_ones_own_already(stacks: Path, catalog: Catalog) -> None:
    stack_file = read_stack(stacks / "on-premises.yaml", catalog)
    with pytest.raises(InvalidDescription, match=r"own: is held against a cloud's price"):
        change_stack(stack_file, {"nodes.workers.own": {"price": "1 kUSD"}}, catalog)
