"""`windtunnel reliability` as people and machines use it."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]
DIAGRAMS = Path(__file__).parents[2] / "diagrams"
FEW = ("--histories", 200)


def test_law_and_simulation_are_side_by_side(cli: Cli) -> None:
    outcome = cli("reliability", DIAGRAMS / "power-and-nodes.yaml", "--histories", 2000)
    assert (outcome.code, outcome.err) == (0, "")
    assert "each unit repaired by a crew of its own; exact" in outcome.out.replace("\n", " ")
    assert "Availability 99.985914 %, down 1.23 h a year" in outcome.out
    assert re.search(r"availability +✓ met +at least 99.9 % +99.985914 %", outcome.out)
    assert re.search(r"Fails in mission +0\.135 +0\.1\d+ +0\.1\d+ to 0\.1\d+ ", outcome.out)
    assert re.search(r"3 x node +560 +1\.50 . 10⁻⁴", outcome.out)
    assert "The law lies within the interval in " in outcome.out
    assert max(map(len, outcome.out.splitlines())) <= 80
    assert "\x1b" not in outcome.out


def test_laws_alone_need_no_simulation(cli: Cli) -> None:
    outcome = cli("reliability", DIAGRAMS / "bridge.yaml", "--no-simulation")
    assert outcome.code == 0
    assert "It works with probability 0.97848." in outcome.out
    assert "Simulation" not in outcome.out


def test_json_is_for_machines_and_the_same_for_the_same_seed(cli: Cli) -> None:
    path = DIAGRAMS / "three-of-four.yaml"
    first = cli("reliability", path, *FEW, "--json")
    again = cli("reliability", path, *FEW, "--json")
    other = cli("reliability", path, *FEW, "--json", "--seed", 2)
    assert first.out == again.out != other.out
    answer = json.loads(first.out)
    assert answer["schema"] == "windtunnel-reliability/1"
    assert re.fullmatch(r"[0-9a-f]{64}", answer["diagram_hash"])
    law, run = answer["law"]["measures"], answer["simulation"]["measures"]
    assert law["unavailability"]["mean"] == pytest.approx(0.0002738132987163336)
    assert law["mean_down_time_s"]["mean"] == pytest.approx(24.23150592 * 3600)
    assert set(run["unreliability"]) == {"mean", "low", "high", "confidence", "method"}
    [objective] = answer["objectives"]
    assert (objective["name"], objective["met"]) == ("availability", True)


def test_a_missed_objective_is_exit_code_1(cli: Cli) -> None:
    change = ("--set", "objectives.availability=99.99 %")
    outcome = cli("reliability", DIAGRAMS / "three-of-four.yaml", *FEW, *change)
    assert outcome.code == 1
    assert "✗ missed" in outcome.out


@pytest.mark.parametrize("path", sorted(DIAGRAMS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_diagram_runs(path: Path, cli: Cli) -> None:
    outcome = cli("reliability", path, *FEW)
    assert (outcome.code, outcome.err) == (0, "")
    assert max(map(len, outcome.out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--histories", 1), 2, "histories"),
        (("--engine", "steam"), 2, "steam"),
        (("--scheduler", "tcp://localhost:1"), 2, "goes with --backend dask or ray"),
        (("--set", "crews=0"), 2, "must be at least 1"),
        (("--set", "crew=1"), 2, "did you mean 'crews'?"),
        (("--backend", "dask"), 3, ""),
    ],
)
def test_wrong_usage(arguments: tuple[object, ...], code: int, says: str, cli: Cli) -> None:
    outcome = cli("reliability", DIAGRAMS / "three-of-four.yaml", *arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert says in outcome.err
    assert "Traceback" not in outcome.err


def test_check_and_schema_know_diagrams(cli: Cli, tmp_path: Path) -> None:
    files = sorted(DIAGRAMS.glob("*.yaml"))
    outcome = cli("check", *files)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.count(": fine") == len(files) >= 8
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("name: x\ncomponents: {a: {mttf: 1}}\ndiagram: b\n", encoding="utf-8")
    assert f"{wrong}:2: components.a.mttf: needs a unit" in cli("check", wrong).err
    schema = json.loads(cli("schema", "diagram").out)
    assert set(schema["required"]) == {"name", "components", "diagram"}
    parts = [schema, *schema["$defs"].values()]
    keys = [(key, value) for part in parts for key, value in part["properties"].items()]
    assert [key for key, value in keys if not value.get("description")] == []
