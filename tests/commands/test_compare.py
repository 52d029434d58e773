"""`windtunnel compare` as people and machines use it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]
STACKS = Path(__file__).parents[2] / "stacks"
AWS = STACKS / "resnet50-imagenet-aws.yaml"
FEW = ("--replications", 20)


def test_two_stacks_stand_side_by_side(cli: Cli) -> None:
    outcome = cli("compare", AWS, STACKS / "resnet50-imagenet-gcp.yaml", *FEW)
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert max(map(len, lines)) <= 80
    (cost,) = [line for line in lines if line.startswith("To keep, a month")]
    assert len(cost.split()) == 6
    assert any("Mean less that of 1" in line and "±" in line for line in lines)
    assert "2 of 2 meet all their objectives." in lines


def test_a_difference_from_a_bill_that_is_not_known_in_full_is_not_known(cli: Cli) -> None:
    # The catalog has no price of p5e.48xlarge.
    varied = ("--vary", "nodes.trainers.instance=p5e.48xlarge,p4d.24xlarge", *FEW)
    lines = cli("compare", AWS, *varied).out.splitlines()
    [head] = [place for place, line in enumerate(lines) if line.startswith("Cost of the run")]
    [apart] = [line for line in lines[head : head + 4] if line.startswith("Mean less that of")]
    assert apart.endswith("not known")
    told = json.loads(cli("compare", AWS, *varied, "--json").out)
    [difference] = told["differences"]
    assert difference["cost_usd"] is None
    assert difference["monthly_usd_per_month"] is None
    assert difference["times"][0]["time_s"]["mean"] != 0


def test_many_variants_are_a_row_each(cli: Cli) -> None:
    varied = ("--vary", "nodes.trainers.count=1..5", "--set", "nodes.trainers.purchase=spot")
    outcome = cli("compare", AWS, *varied, *FEW)
    lines = outcome.out.splitlines()
    assert max(map(len, lines)) <= 80
    for number in range(1, 6):
        mine = [line.split()[1:] for line in lines if line.split()[:1] == [str(number)]]
        assert len(mine) == 5  # its changes, its time, its speed, its cost, and the rest
        assert mine[0][0] == f"count={number}"


def test_what_is_wrong_in_all_variants_is_said_once(cli: Cli) -> None:
    wrong = ("--set", "workloads.train.epochs=none", "--vary", "nodes.trainers.count=1..9")
    outcome = cli("compare", AWS, *wrong)
    assert (outcome.code, outcome.out) == (2, "")
    [line] = outcome.err.splitlines()
    assert "workloads.train.epochs" in line


@pytest.mark.parametrize(
    "stack", ["flask-endpoint", "grid-search", "hadoop", "lambda-endpoint", "on-premises"]
)
def test_every_kind_of_workload(stack: str, cli: Cli) -> None:
    varied = ("--vary", "description=a,b,c,d", "--replications", 2)
    outcome = cli("compare", STACKS / f"{stack}.yaml", *varied)
    assert outcome.code in (0, 1)
    assert max(map(len, outcome.out.splitlines())) <= 80
    assert "Beaten by no other: 1, 2, 3, 4." in outcome.out


def test_json_and_page(cli: Cli, tmp_path: Path) -> None:
    page = tmp_path / "pages" / "compared.html"
    varied = ("--vary", "nodes.trainers.count=4,0")
    outcome = cli("compare", AWS, *varied, *FEW, "--json", "--report", page)
    told = json.loads(outcome.out)
    assert outcome.err == f"{page}\n"
    assert told["schema"] == "windtunnel-comparison/1"
    (one,), (refused,) = told["variants"], told["refused"]
    assert one["changes"] == {"nodes.trainers.count": 4}
    assert one["cost_usd"]["p50"]["mean"] > 0
    assert {"monthly_usd_per_month", "energy_j"} <= set(one)
    assert one["workloads"][0]["time_p95_s"]["mean"] > one["workloads"][0]["time_p50_s"]["mean"]
    assert one["loss_probability_within_a_year"] is None  # nothing is published of one store
    assert refused["changes"] == {"nodes.trainers.count": 0}
    text = page.read_text(encoding="utf-8")
    assert "resnet50-imagenet-aws" in text
    assert "http://" not in text.replace("http://www.w3.org", "")
    before = page.read_bytes()
    assert cli("compare", AWS, *varied, *FEW, "--report", page).code == 0
    assert page.read_bytes() == before


def test_exit_codes(cli: Cli) -> None:
    late = ("--set", "objectives.deadline.within=1 min")
    assert cli("compare", AWS, *late, *FEW).code == 1
    nowhere = cli("compare", AWS, "--vary", "nodes.trainer.count=1,2")
    assert nowhere.code == 2
    assert "did you mean 'nodes.trainers'" in nowhere.err
    none = cli("compare", AWS, "--vary", "nodes.trainers.instance=p9.huge", *FEW)
    assert none.code == 2
    assert none.err.count("\n") == 1
    assert "unknown instance 'p9.huge'" in none.err
