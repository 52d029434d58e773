"""`windtunnel optimise` as people and machines use it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Cli = Callable[..., Any]
AWS = Path(__file__).parents[2] / "stacks" / "resnet50-imagenet-aws.yaml"
FEW = (
    *("--vary", "nodes.trainers.instance=p4d.24xlarge,p5.48xlarge"),
    *("--vary", "nodes.trainers.count=1,2"),
    *("--vary", "nodes.trainers.spares=0,1"),
    *("--replications", 10),
)


def test_the_winner_is_a_stack_file_with_its_comments(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "winner.yaml"
    outcome = cli("optimise", AWS, *FEW, "--write", path)
    assert outcome.code == 0
    *lines, last = outcome.out.splitlines()
    assert last == str(path)
    assert max(map(len, lines)) <= 80
    assert "p5.48xlarge, count=1," in outcome.out
    assert "Rejected" in outcome.out
    text = path.read_text(encoding="utf-8")
    assert "# DALI decodes on the GPU" in text
    assert "instance: p5.48xlarge" in text
    assert cli("check", path).code == 0


def test_json(cli: Cli) -> None:
    told = json.loads(cli("optimise", AWS, *FEW, "--json").out)
    assert told["schema"] == "windtunnel-choice/1"
    assert told["cheapest"]["changes"]["nodes.trainers.instance"] == "p5.48xlarge"
    assert told["candidates"] == 8
    assert {"least_time_s", "wanted_cost_usd", "why"} <= set(told["rejected"][0]["excuse"])


def test_nothing_that_meets_the_objectives_is_exit_code_1(cli: Cli) -> None:
    outcome = cli("optimise", AWS, *FEW, "--set", "objectives.deadline.within=1 min")
    assert outcome.code == 1
    assert "what would have to give" in outcome.out
    assert "instead of 1 min" in outcome.out


def test_bad_input(cli: Cli) -> None:
    nowhere = cli("optimise", AWS, "--vary", "nodes.trainer.count=1,2")
    assert nowhere.code == 2
    assert "did you mean 'nodes.trainers'" in nowhere.err
    fixed = cli("optimise", AWS, "--keep", "nodes.trainer.count")
    assert (fixed.code, fixed.out) == (2, "")
    assert "--keep: nodes.trainer.count: leads nowhere in the stack" in fixed.err
    assert "did you mean 'nodes.trainers.count'" in fixed.err
    kept = cli("optimise", AWS, "--vary", "zones=any")
    assert kept.code == 2
    assert kept.err.count("\n") == 1


def test_what_keeps_all_candidates_from_working_is_said_once(cli: Cli) -> None:
    outcome = cli("optimise", AWS, *FEW, "--set", "workloads.train.epochs=none")
    assert (outcome.code, outcome.out) == (2, "")
    [line] = outcome.err.splitlines()
    assert "workloads.train.epochs" in line


def test_what_has_no_known_price_is_named_with_what_to_give(cli: Cli) -> None:
    stack = AWS.parent / "on-premises.yaml"
    varied = ("--vary", "nodes.workers.count=2,4", "--replications", 10)
    outcome = cli("optimise", stack, *varied, "--set", "nodes.workers.price=null")
    assert (outcome.code, outcome.out) == (2, "")
    [line] = outcome.err.splitlines()
    assert line.endswith("give nodes.workers.price")


def test_where_nothing_works_a_price_that_is_missing_comes_first(cli: Cli) -> None:
    stack = AWS.parent / "llama3-8b-tpu.yaml"
    outcome = cli("optimise", stack, "--vary", "nodes.hosts.count=15,4,8")
    assert outcome.code == 2
    unpriced, impossible = outcome.err.splitlines()
    assert "4, 8: something has no known price: shared file system" in unpriced
    assert "15: workloads.train: has no layout over 60 accelerators" in impossible
