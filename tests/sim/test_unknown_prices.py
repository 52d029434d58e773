"""What has no known price is not free: the bill is the least, and what hangs on it is open."""

import io
from pathlib import Path
from typing import Any

import pytest

from models.catalog.records import Catalog
from models.parts.read_stack import change_stack, read_stack
from models.prediction import Prediction, Verdict
from reports.json_report import tree_of
from reports.terminal import summary
from sim.predict import predict

ON_PREMISES, AKIBA = "on-premises.yaml", "akiba-2017.yaml"
ARRAYS = {"storage.imagenet.price": "900 USD/month", "storage.checkpoints.price": "600 USD/month"}


def predicted(
    stacks: Path, catalog: Catalog, name: str, changes: dict[str, Any]
) -> tuple[Any, Prediction]:
    file = change_stack(read_stack(stacks / name, catalog), changes, catalog)
    return file.stack, predict(file, catalog, replications=2)


def without(stacks: Path, tmp_path: Path, *words: str) -> str:
    """A copy of the stack on premises without the lines that hold some words."""
    path = tmp_path / "stack.yaml"
    lines = (stacks / ON_PREMISES).read_text().splitlines(keepends=True)
    path.write_text("".join(one for one in lines if not any(word in one for word in words)))
    return str(path)


@pytest.mark.parametrize(
    ("unpriced", "at_most", "verdict"),
    [
        ("12 USD/h", "1 USD", Verdict.MISSED),  # the arrays and the electricity alone cost more
        ("12 USD/h", "50 USD", Verdict.UNKNOWN),
        ("900 USD/month", "400 USD", Verdict.UNKNOWN),
        ("900 USD/month", "10 USD", Verdict.MISSED),
        ("nothing", "400 USD", Verdict.MET),
    ],
)
def test_a_budget_that_hangs_on_what_has_no_price_is_neither_met_nor_missed(
    unpriced: str, at_most: str, verdict: Verdict, stacks: Path, catalog: Catalog, tmp_path: Path
) -> None:
    path = without(stacks, tmp_path, unpriced)
    _, result = predicted(stacks, catalog, path, {"objectives.budget.at_most": at_most})
    [budget] = [one for one in result.objectives if one.name == "budget"]
    assert budget.verdict is verdict
    assert result.fine is (verdict is Verdict.MET)
    assert result.cost.at_least is (unpriced != "nothing")


def test_terminal_and_json_say_that_the_bill_is_the_least(
    stacks: Path, catalog: Catalog, tmp_path: Path
) -> None:
    from rich.console import Console

    path = without(stacks, tmp_path, "12 USD/h")
    stack, result = predicted(stacks, catalog, path, {})
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(summary(stack, result))
    text = " ".join(console.export_text().split())
    assert "Whether budget can be met can't be said: not all has a known price." in text
    assert "budget ? can't be said at most 400.00 USD: P50 at least " in text
    assert "met by at most all of 2 runs" in text
    assert "Cost of a run at least P50" in text
    assert "Cost to keep at least" in text
    assert "so the bill is at least what it says: give nodes.workers.price" in text
    tree = tree_of(result)
    assert tree["cost"]["at_least"] is True
    assert tree["cost"]["unpriced"] == ["workers: dgx-1-p100, owned"]
    assert tree["workloads"][0]["cost_at_least"] is True
    [place] = [k for k, line in enumerate(tree["cost"]["lines"]) if not line["priced"]]
    unknown = tree["cost"]["lines"][place]
    assert (unknown["unit_price_usd"], unknown["hourly_usd_per_h"]) == (None, None)
    assert tree["cost"]["run_lines_usd"][place] is None
    verdicts = {one["name"]: (one["verdict"], one["met"]) for one in tree["objectives"]}
    assert verdicts["budget"] == ("unknown", False)
    assert verdicts["deadline"][0] == "met"


@pytest.mark.parametrize(
    ("price", "usd_per_month"),
    [
        ("730 USD/month", 730.0),
        ("1 USD/h", 730.0),
        ("8760 USD/year", 730.0),
        ("0.10 USD/GB-month", 15.0),  # of 150 GB
        ("0.10 USD/GiB-month", 150 / 1.073741824 * 0.1),
        ("100 USD/TB-month", 15.0),
    ],
)
def test_a_store_has_a_price_by_its_size_or_of_all_of_it(
    price: str, usd_per_month: float, stacks: Path, catalog: Catalog
) -> None:
    file = read_stack(stacks / "resnet50-imagenet-aws.yaml", catalog)
    lines = change_stack(file, {"storage.imagenet.price": price}, catalog).solved.cost_lines
    [line] = [one for one in lines if one.resource == "imagenet" and not one.per_run]
    assert line.hourly * 730 == pytest.approx(usd_per_month, rel=1e-12)


def test_system_volumes_have_a_price_of_their_own(stacks: Path, catalog: Catalog) -> None:
    file = read_stack(stacks / "resnet50-imagenet-aws.yaml", catalog)
    for price, monthly in (("7.30 USD/month", 4 * 7.3), ("0.1 USD/GiB-month", 4 * 187 * 0.1)):
        changed = change_stack(file, {"nodes.trainers.boot_disk_price": price}, catalog)
        lines = changed.solved.cost_lines
        [line] = [one for one in lines if one.resource == "trainers system volumes"]
        assert line.hourly * 730 == pytest.approx(monthly, rel=1e-12)


def test_system_volumes_of_own_nodes_are_billed_where_they_have_a_price(
    stacks: Path, catalog: Catalog
) -> None:
    file = read_stack(stacks / "on-premises.yaml", catalog)
    nodes = file.solved.stack.nodes["workers"]
    changed = change_stack(file, {"nodes.workers.boot_disk_price": "7.30 USD/month"}, catalog)
    [line] = [one for one in changed.solved.cost_lines if one.resource == "workers system volumes"]
    assert line.hourly * 730 == pytest.approx((nodes.count + nodes.spares) * 7.3, rel=1e-12)
    assert not any(one.resource == "workers system volumes" for one in file.solved.cost_lines)


def test_a_price_of_storage_needs_its_unit(stacks: Path, catalog: Catalog) -> None:
    file = read_stack(stacks / "resnet50-imagenet-aws.yaml", catalog)
    with pytest.raises(Exception, match=r"0\.08 USD/GB-month"):
        change_stack(file, {"storage.imagenet.price": "0.1 USD"}, catalog)
