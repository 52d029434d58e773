"""`windtunnel explain` as people and machines use it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Cli = Callable[..., Any]
STACKS = Path(__file__).parents[2] / "stacks"
AWS = STACKS / "resnet50-imagenet-aws.yaml"
FEW = ("--replications", 4, "--years", 4, "--jobs", 1)


def test_a_figure_in_full(cli: Cli) -> None:
    outcome = cli("explain", AWS, "availability", *FEW)
    lines = outcome.out.splitlines()
    assert (outcome.code, outcome.err) == (0, "")
    assert max(map(len, lines)) <= 80
    assert "Availability of the stack: 99.749 %" in lines
    for head in ("Uncertain inputs that move it most", "Rows of the catalog", "Laws", "Sources"):
        assert head in lines
    (first,) = [k for k, line in enumerate(lines) if line.startswith("Input ")]
    assert lines[first + 1].startswith("MTTF of cloud-gpu-instance-ampere")
    assert "━" in lines[first + 1]


def test_without_a_figure_what_people_ask_first(cli: Cli) -> None:
    outcome = cli("explain", AWS, *FEW)
    assert outcome.code == 0
    assert max(map(len, outcome.out.splitlines())) <= 80
    for words in ("Time of train, P95", "Cost, mean", "Availability of the stack", "Energy, mean"):
        assert words in outcome.out


def test_a_bill_that_is_not_known_in_full_is_at_least_what_is_said(cli: Cli) -> None:
    # The catalog has no price of p5e.48xlarge.
    unpriced = ("--set", "nodes.trainers.instance=p5e.48xlarge", *FEW)
    assert "Cost, mean: at least " in cli("explain", AWS, "cost", *unpriced).out
    [one] = json.loads(cli("explain", AWS, "cost", *unpriced, "--json").out)["explanations"]
    assert one["at_least"] is True
    assert "at least" not in cli("explain", AWS, "availability", *unpriced).out.splitlines()[1]


def test_json_keeps_its_keys(cli: Cli) -> None:
    told = json.loads(cli("explain", AWS, "cost", *FEW, "--json").out)
    assert told["schema"] == "windtunnel-explanation/1"
    (one,) = told["explanations"]
    assert one["figure"]["key"] == "cost.run"
    assert one["effects"][0]["swing"] >= one["effects"][-1]["swing"]
    assert one["tornado"][0]["uncertain"]
    assert {"date", "source", "place", "at_low", "at_high"} <= set(one["effects"][0])


def test_an_unknown_figure(cli: Cli) -> None:
    outcome = cli("explain", AWS, "avalability", *FEW)
    assert outcome.code == 2
    assert "no figure is called 'avalability'; did you mean 'availability'" in outcome.err


def test_the_figures_are_listed(cli: Cli) -> None:
    outcome = cli("explain", AWS, "--list", *FEW)
    assert {"train.step_time", "cost.run", "availability.downtime"} <= set(outcome.out.split())


def test_what_has_no_bound_is_no_figure_that_differs(cli: Cli, tmp_path: Path) -> None:
    stack = tmp_path / "gateway.yaml"
    stack.write_text(
        "{name: gateway, cloud: aws, region: us-east-1, workloads: {api: {kind: endpoint,"
        " requests: {rate: 1/s}, target: 1 s, stages: {gw: {gateway: http-api, service: 5 ms}}}}}"
    )
    outcome = cli("explain", stack, "api.capacity", *FEW)
    assert outcome.code == 2
    assert "no figure is called 'api.capacity'" in outcome.err
    assert cli("explain", stack, "api.highest_load", *FEW).code == 2
    assert cli("explain", stack, *FEW).code == 0


def test_what_moves_a_figure_by_less_than_its_digits_is_counted_and_not_shown(cli: Cli) -> None:
    outcome = cli("explain", STACKS / "on-premises.yaml", "availability")
    head, *lines = outcome.out.splitlines()[2:]
    assert "strongest are shown" in f"{head} {lines[0]}"
    shown = [line for line in lines if "%" in line]
    figure = outcome.out.splitlines()[1].split()[-2]
    # No row in which the figure stays as it is at both ends.
    assert not any(line.count(figure) > 1 for line in shown)


def test_what_is_refused_is_named_and_a_bill_without_a_price_is_no_cheaper_one(cli: Cli) -> None:
    told = json.loads(cli("explain", AWS, "cost", *FEW, "--json").out)
    [one] = told["explanations"]
    of = {effect["name"]: effect for effect in one["effects"]}
    purchase = of["nodes.trainers.purchase"]
    # Without a price, capacity_block would cost next to nothing.
    assert (purchase["low"], purchase["high"]) == ("spot", "")
    assert purchase["refused_at"] == "reserved"
    assert "has no known price" in purchase["refused"]
    assert of["workloads.train.precision"]["refused_at"] == "fp64"
