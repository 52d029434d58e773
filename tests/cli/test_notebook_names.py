"""What a notebook imports of the front door answers as the commands do."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import windtunnel
from models.reading.faults import InvalidDescription

ROOT = Path(__file__).parents[2]
Cli = Callable[..., Any]


def test_a_diagram_by_law_and_by_simulation(cli: Cli) -> None:
    path = ROOT / "diagrams" / "three-of-four.yaml"
    law, simulated = windtunnel.reliability(path, histories=200)
    told = json.loads(cli("reliability", path, "--histories", 200, "--json").out)
    assert law.known
    assert simulated.method == "simulation"
    assert told["law"]["law"] == law.law
    assert told["simulation"]["law"] == simulated.law


def test_an_array_by_law_and_by_simulation() -> None:
    law, simulated = windtunnel.raid(ROOT / "arrays" / "raid6.yaml", groups=200)
    assert law.losses is not None
    assert simulated is not None
    other, _ = windtunnel.raid(ROOT / "arrays" / "raid6.yaml", groups=2, mission="20 years")
    assert other.mission == pytest.approx(20 * 365 * 86400, rel=0.01)


def test_what_never_fails_to_be_repaired_is_not_simulated() -> None:
    assert windtunnel.raid(ROOT / "arrays" / "disk-7200.yaml")[1] is None


def test_a_wrong_change_is_told() -> None:
    with pytest.raises(InvalidDescription, match="does not exist"):
        windtunnel.reliability(ROOT / "diagrams" / "bridge.yaml", no__such__path=1)


def test_stacks_are_compared_and_one_is_chosen(cli: Cli) -> None:
    path = ROOT / "stacks" / "resnet50-imagenet-aws.yaml"
    vary = "nodes.trainers.count=1,4"
    compared = windtunnel.compare(path, vary=[vary], replications=20)
    told = json.loads(cli("compare", path, "--vary", vary, "--replications", 20, "--json").out)
    assert [one.cost.mean.mean for one in compared.variants] == [
        one["cost_usd"]["mean"]["mean"] for one in told["variants"]
    ]
    # Four nodes are in time for the hour that the file allows, and one is not.
    assert [one.fine for one in compared.variants] == [False, True]
    choice = windtunnel.optimise(path, vary=[vary])
    assert choice.cheapest is not None
    assert dict(choice.cheapest.changes) == {"nodes.trainers.count": 4}


def test_a_figure_is_explained() -> None:
    stack = windtunnel.load(ROOT / "stacks" / "resnet50-imagenet-aws.yaml")
    prediction = windtunnel.predict(stack, replications=2)
    found = windtunnel.explain(stack, prediction, "hourly cost")
    assert [one.figure.key for one in found.explanations] == ["cost.hourly"]


def test_who_may_do_what_is_a_table(cli: Cli) -> None:
    path = ROOT / "stacks" / "iam-example.yaml"
    table = windtunnel.access(windtunnel.load(path))
    told = json.loads(cli("access", path, "--json").out)
    assert [one["outcome"] for one in told["access"]] == list(table["outcome"])
    assert (table["outcome"] == "allowed").sum() == 19


def test_what_is_known_of_requests_decides_conditions() -> None:
    when = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    changes = {
        "storage__x__permissions__0__when": when,
        "identities__john-smith__permissions": [],
    }
    stack = windtunnel.load(ROOT / "stacks" / "iam-example.yaml", **changes)
    assert "can't be said" in set(windtunnel.access(stack)["outcome"])
    known = windtunnel.access(stack, aws__SourceIp="203.0.113.7")
    assert "can't be said" not in set(known["outcome"])
