"""`windtunnel access`: who may do what, and why."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

Cli = Callable[..., Any]
ROOT = Path(__file__).parents[2]
STACKS = sorted(path.stem for path in (ROOT / "stacks").glob("*.yaml"))
EXAMPLE = ROOT / "stacks" / "iam-example.yaml"


@pytest.mark.parametrize("name", STACKS)
def test_every_example_has_an_answer_that_fits_a_terminal(name: str, cli: Cli) -> None:
    outcome = cli("access", ROOT / "stacks" / f"{name}.yaml")
    assert outcome.code == 0
    assert outcome.out.startswith(name)
    assert max(map(len, outcome.out.splitlines())) <= 80


@pytest.mark.parametrize("name", STACKS)
def test_roles_of_an_example_may_what_its_workloads_need_and_no_more(name: str, cli: Cli) -> None:
    told = json.loads(cli("access", ROOT / "stacks" / f"{name}.yaml", "--json").out)
    assert told["schema"] == "windtunnel-access/1"
    assert told["more_than_needed"] == []
    assert told["less_than_needed"] == []


def test_globs_choose_rows_and_say_why(cli: Cli) -> None:
    asked = ("--who", "c*", "--what", "[rw]*", "--on", "?")
    assert cli("access", EXAMPLE, *asked).code == 2  # no class of signs, as in policies
    told = cli("access", EXAMPLE, "--who", "c*", "--what", "read", "--what", "w*", "--on", "?").out
    assert "3 of" not in told
    assert "2 of 6 allowed." in told
    assert "denied by storage.z.permissions.0" in told
    assert "List" not in told


def test_an_object_is_asked_about_by_its_key(cli: Cli) -> None:
    only = "identities.john-smith.permissions=[{store: x, access: read, objects: 'dir/*'}]"
    change = ("--set", only, "--set", "storage.x.permissions=[]")
    for key, count in (("dir/f1", 2), ("dir/f2", 2), ("dir/", 2), ("dir", 0), ("directory", 0)):
        told = cli("access", EXAMPLE, *change, "--who", "john*", "--on", f"x/{key}", "--json")
        assert json.loads(told.out)["allowed"] == count
    told = cli("access", EXAMPLE, *change, "--who", "john*", "--on", "x")
    assert "x/dir/*" in told.out


def test_what_is_known_of_a_request_decides_conditions(cli: Cli) -> None:
    when = "{IpAddress: {'aws:SourceIp': 203.0.113.0/24}}"
    only = f"identities.john-smith.permissions=[{{store: z, access: list, when: {when}}}]"
    asked = ("access", EXAMPLE, "--set", only, "--who", "john*", "--on", "z", "--what", "list")
    assert "it depends on aws:SourceIp" in " ".join(cli(*asked).out.split())
    assert "1 of 1 allowed" in cli(*asked, "--when", "aws:SourceIp=203.0.113.7").out
    assert "0 of 1 allowed" in cli(*asked, "--when", "aws:SourceIp=10.0.0.1").out


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("--who", "jon-smith"), "--who: unknown identity 'jon-smith'; did you mean 'john-smith'?"),
        (
            ("--who", "administrators"),
            "--who: 'administrators' is a group, whose users ask: mary-major",
        ),
        (("--what", "raed"), "--what: unknown action 'raed'; did you mean 'read'?"),
        (("--on", "w"), "--on: unknown store 'w'; there is: x, y, z"),
        (("--when", "aws:SourceIp"), "--when: 'aws:SourceIp' is not KEY=VALUE"),
    ],
)
def test_what_is_not_there_has_the_nearest_name(
    asked: tuple[str, ...], message: str, cli: Cli
) -> None:
    outcome = cli("access", EXAMPLE, *asked)
    assert outcome.code == 2
    assert message in outcome.err


def test_a_file_system_has_no_keys(cli: Cli) -> None:
    stack = ROOT / "stacks" / "resnet50-imagenet-aws.yaml"
    outcome = cli("access", stack, "--on", "checkpoints/a")
    assert outcome.code == 2
    assert "'checkpoints' is of kind 'nas' and has no objects" in outcome.err


def test_what_workloads_lack_is_told(cli: Cli) -> None:
    stack = ROOT / "stacks" / "emr-spark.yaml"
    change = ("--set", "identities={}")
    told = " ".join(cli("access", stack, *change).out.split())
    place = "(workloads.cluster.stages.assign.input)"
    assert f"Nothing allows what workloads need: core to read lake {place}, task to read" in told
    less = json.loads(cli("access", stack, *change, "--json").out)["less_than_needed"]
    assert {(one["who"], one["outcome"]) for one in less} == {
        ("core", "not allowed"),
        ("task", "not allowed"),
    }


def test_more_than_is_needed_is_told(cli: Cli) -> None:
    stack = ROOT / "stacks" / "resnet50-imagenet-aws.yaml"
    change = ("--set", "identities.trainer.permissions.0.access=read_write")
    told = " ".join(cli("access", stack, *change).out.split())
    assert "No workload needs what policies allow trainer to write imagenet." in told


def test_a_table_that_nobody_would_look_through_says_what_it_leaves_out(
    cli: Cli, tmp_path: Path
) -> None:
    tree = yaml.safe_load((ROOT / "stacks" / "iam-example.yaml").read_text())
    for user in range(45):
        own = [{"store": "*", "access": "read", "objects": f"{user}/{n}/*"} for n in range(4)]
        tree["identities"][f"u{user}"] = {"kind": "user", "permissions": own}
    path = tmp_path / "many.yaml"
    path.write_text(yaml.safe_dump(tree))
    who, why = cli("access", path).out.split("Why")
    # Rows of 45 users, three stores, their own objects and all others, beside the twelve.
    rows = 45 * 3 * 5 + 12
    assert f"{rows - 500} more rows are left out" in who
    assert re.search(r"[0-9,]+ more rows are left out", why)
    assert len(json.loads(cli("access", path, "--json").out)["access"]) == 3 * rows
