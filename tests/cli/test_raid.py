"""`windtunnel raid` as people and machines use it."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]
ARRAYS = Path(__file__).parents[2] / "arrays"
FEW = ("--groups", 2000)


def test_law_and_simulation_are_side_by_side(cli: Cli) -> None:
    outcome = cli("raid", ARRAYS / "hidden-defects.yaml", "--groups", 20_000)
    assert (outcome.code, outcome.err) == (0, "")
    assert "RAID 5 of 8 disks: 7 TB usable, 87.5 % of 8 TB; any 1 disk may fail" in outcome.out
    assert re.search(r"Loses data +0\.154 +0\.1\d+ +0\.1\d+ to 0\.1\d+ ", outcome.out)
    assert re.search(r"MTTDL +59\.7 years", outcome.out)
    assert max(map(len, outcome.out.splitlines())) <= 80
    assert "\x1b" not in outcome.out


def test_json_is_for_machines_and_the_same_for_the_same_seed(cli: Cli) -> None:
    path = ARRAYS / "unreadable-bits.yaml"
    first = cli("raid", path, *FEW, "--json")
    again = cli("raid", path, *FEW, "--json")
    other = cli("raid", path, *FEW, "--json", "--seed", 2)
    assert first.out == again.out != other.out
    answer = json.loads(first.out)
    assert answer["schema"] == "windtunnel-raid/1"
    assert re.fullmatch(r"[0-9a-f]{64}", answer["array_hash"])
    assert answer["law"]["losses"]["mttdl_s"]["mean"] == pytest.approx(306555.99139449967 * 3600)
    assert answer["law"]["space"]["usable_bytes"] == 84e12
    assert answer["simulation"]["from_reading"]["mean"] > 0


def test_a_missed_objective_and_an_overload_are_exit_code_1(cli: Cli) -> None:
    asked = ("--set", "objectives.durability=99.9999999 %")
    outcome = cli("raid", ARRAYS / "raid6.yaml", *FEW, *asked)
    assert outcome.code == 1
    assert "✗ missed" in outcome.out
    outcome = cli("raid", ARRAYS / "disk-7200.yaml", "--set", "requests.rate=90/s")
    assert outcome.code == 1
    assert "UNSTABLE: utilization 1.19 of the disks" in outcome.out


@pytest.mark.parametrize("path", sorted(ARRAYS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_array_runs(path: Path, cli: Cli) -> None:
    outcome = cli("raid", path, *FEW)
    assert (outcome.code, outcome.err) == (0, "")
    assert max(map(len, outcome.out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--groups", 1), 2, "groups"),
        (("--engine", "steam"), 2, "steam"),
        (("--set", "array.disks=3"), 2, "RAID 6 needs 4 disks or more"),
        (("--set", "arrya.disks=3"), 2, "did you mean 'array'?"),
        (("--backend", "dask"), 3, ""),
    ],
)
def test_wrong_usage(arguments: tuple[object, ...], code: int, says: str, cli: Cli) -> None:
    outcome = cli("raid", ARRAYS / "raid6.yaml", *arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert says in outcome.err
    assert "Traceback" not in outcome.err


def test_check_and_schema_know_arrays(cli: Cli) -> None:
    files = sorted(ARRAYS.glob("*.yaml"))
    outcome = cli("check", *files)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.count(": fine") == len(files) >= 9
    schema = json.loads(cli("schema", "array").out)
    assert set(schema["required"]) == {"name", "disk"}
    parts = [schema, *schema["$defs"].values()]
    keys = [(key, value) for part in parts for key, value in part["properties"].items()]
    assert [key for key, value in keys if not value.get("description")] == []
