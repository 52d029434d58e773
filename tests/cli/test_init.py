"""`windtunnel init`, `--version` and `report --open`."""

import io
import json
import os
import subprocess
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

import commands.init
from commands import completion
from commands.starting_stack import Kind, Place

Cli = Callable[..., Any]
ROOT = Path(__file__).parents[2]
AWS, MM1 = ROOT / "stacks/resnet50-imagenet-aws.yaml", ROOT / "networks/mm1.yaml"
EVERY = [(kind, place) for kind in get_args(Kind) for place in get_args(Place)]


@pytest.mark.parametrize(
    ("file", "name"),
    [("My_stack v2.yaml", "my-stack-v2"), ("2026-run.yaml", "run"), ("42.yaml", "my-edge")],
)
def test_any_name_of_a_file_gives_one_of_a_stack(
    file: str, name: str, tmp_path: Path, cli: Cli
) -> None:
    outcome = cli("init", tmp_path / file, "--kind", "edge", "--where", "aws")
    assert (outcome.code, outcome.err) == (0, "")
    assert f"name: {name}\n" in (tmp_path / file).read_text(encoding="utf-8")


@pytest.mark.parametrize(("kind", "place"), EVERY)
def test_every_start_is_a_valid_stack(kind: str, place: str, tmp_path: Path, cli: Cli) -> None:
    path = tmp_path / "mine.yaml"
    outcome = cli("init", path, "--kind", kind, "--where", place)
    assert (outcome.code, outcome.err) == (0, "")
    assert f"windtunnel predict {path}" in outcome.out
    text = path.read_text(encoding="utf-8")
    assert f"name: mine\ncloud: {place}\n" in text
    assert f"kind: {kind}\n" in text
    assert text.count("#") > 5
    checked = cli("check", path)
    assert (checked.code, checked.err) == (0, "")
    if place != "on-premises":
        told = json.loads(cli("access", path, "--json").out)
        assert (told["less_than_needed"], told["more_than_needed"]) == ([], [])


@pytest.mark.parametrize("kind", get_args(Kind))
def test_a_start_meets_its_objectives(kind: str, tmp_path: Path, cli: Cli) -> None:
    path = tmp_path / "mine.yaml"
    cli("init", path, "--kind", kind, "--where", "aws", "--nodes", 2)
    assert cli("predict", path, "--replications", 20).code == 0


def test_flags_say_what_is_in_it(tmp_path: Path, cli: Cli) -> None:
    path = tmp_path / "mine.yaml"
    flags = ("--region", "us-west-2", "--instance", "c5.9xlarge", "--nodes", 3)
    bought = ("--purchase", "spot", "--name", "shop")
    outcome = cli("init", path, "--kind", "endpoint", "--where", "aws", *flags, *bought)
    assert (outcome.code, outcome.err) == (0, "")
    text = path.read_text(encoding="utf-8")
    for line in ("name: shop", "region: us-west-2", "count: 3", "purchase: spot", "replicas: 3"):
        assert line in text
    assert "accelerators" not in text  # which c5.9xlarge has none of


def test_nothing_is_written_over_unless_asked(tmp_path: Path, cli: Cli) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("precious", encoding="utf-8")
    flags = ("--kind", "jobs", "--where", "gcp")
    outcome = cli("init", path, *flags)
    assert outcome.code == 2
    assert "is there already; --force writes over it" in outcome.err
    assert path.read_text(encoding="utf-8") == "precious"
    assert cli("init", path, *flags, "--force").code == 0
    assert path.read_text(encoding="utf-8").startswith("# Begun by")


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ((), "give --kind and --where, as in windtunnel init"),
        (("--kind", "jobs"), "give --where"),
        (("--kind", "training-run", "--where", "aws"), "training-run"),
        (("--kind", "jobs", "--where", "on-premises", "--region", "x"), "goes with a cloud"),
        (("--kind", "jobs", "--where", "on-premises", "--purchase", "spot"), "goes with a cloud"),
        (
            ("--kind", "jobs", "--where", "aws", "--region", "us-eastt-1"),
            "did you mean 'us-east-1'",
        ),
        (("--kind", "jobs", "--where", "aws", "--instance", "c5.18xlrage"), "'c5.18xlarge'"),
        (("--kind", "jobs", "--where", "aws", "--name", "My Stack"), "is not a name"),
    ],
)
def test_a_pipe_needs_flags_that_make_a_stack(
    flags: tuple[str, ...], says: str, tmp_path: Path, cli: Cli
) -> None:
    outcome = cli("init", tmp_path / "mine.yaml", *flags)
    assert (outcome.code, outcome.out) == (2, "")
    assert says in outcome.err
    assert "Traceback" not in outcome.err
    assert not (tmp_path / "mine.yaml").exists()


def test_a_terminal_is_asked(tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(commands.init, "_asks", lambda: True)
    monkeypatch.setattr(sys, "stdin", io.StringIO("searches\njobs\ngcp\nsearches\n"))
    outcome = cli("init")
    assert outcome.code == 0, outcome.err
    assert "'searches' is none of training, endpoint, jobs" in outcome.err
    text = (tmp_path / "searches.yaml").read_text(encoding="utf-8")
    assert "name: searches\ncloud: gcp\n" in text
    # And whether to write over it; no is the answer that nobody has to type.
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n"))
    again = cli("init", "searches.yaml", "--kind", "training", "--where", "aws")
    assert again.code == 2
    assert "left as it was" in again.err
    assert (tmp_path / "searches.yaml").read_text(encoding="utf-8") == text


def test_a_start_can_go_to_the_output(cli: Cli) -> None:
    outcome = cli("init", "-", "--kind", "jobs", "--where", "aws")
    assert outcome.code == 0
    assert "name: my-jobs\n" in outcome.out


def test_the_version(cli: Cli) -> None:
    outcome = cli("--version")
    assert (outcome.code, outcome.out) == (0, "windtunnel 0.1.0\n")


def test_a_report_is_shown_where_asked(
    stacks: Path, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []

    def browser(address: str) -> bool:
        shown.append(address)
        return len(shown) == 1

    monkeypatch.setattr(webbrowser, "open", browser)
    path, few = stacks / "grid-search.yaml", ("--replications", 2, "--output", tmp_path)
    assert cli("report", path, *few).code == 0
    assert shown == []
    assert cli("report", path, *few, "--open").code == 0
    assert shown == [(tmp_path / "grid-search.html").as_uri()]
    assert "no browser was found" in cli("report", path, *few, "--open").err


def test_shells_complete_names_of_the_catalog() -> None:
    assert "p4d.24xlarge" in completion.instances("p4d")
    assert completion.tables("inst") == ["instances", "instance_storage"]
    assert "us-central1" in completion.regions("us-c")
    assert completion.instances("nothing of the kind") == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (f"predict {AWS} --set nodes.tr", "nodes.trainers.count="),
        (f"predict {AWS} --set nodes.trainers.cou", "nodes.trainers.count=4"),
        (f"compare {AWS} {AWS} --seed 2 --vary obj", "objectives.deadline.within="),
        (f"optimise {AWS} --set nodes.trainers.count=2 --keep sto", "storage.imagenet.service"),
        (f"queue {MM1} --set classes.requests.arr", "classes.requests.arrivals.rate="),
        (f"predict {AWS} --set nodes.trainers.instance=p5e", "trainers.instance=p5en.48xlarge"),
        # Bash breaks words at an equals sign, and puts what it is told behind it.
        (f"predict {AWS} --set nodes.trainers.instance = p5e", "\np5en.48xlarge"),
        (f"predict {AWS} --set nodes.trainers.purchase =", "spot"),
        (f"compare {AWS} --vary storage.checkpoints.service = x,fsx", "x,fsx-lustre-scratch-2"),
        (f"predict {AWS} --set nodes.trainers.instance = a2-high", ""),  # of another cloud
        (f"explain {AWS} av", "availability"),
        ("init --instance p5e", "p5en.48xlarge"),
        ("predict - --set nod", ""),
    ],
)
def test_a_shell_completes_paths_of_the_file_and_names_of_the_catalog(
    words: str, found: str
) -> None:
    typed = f"windtunnel {words}"
    asked = {
        "_WINDTUNNEL_COMPLETE": "complete_bash",
        "COMP_WORDS": "\n".join(typed.split()),
        "COMP_CWORD": str(len(typed.split()) - 1),
    }
    told = subprocess.run(
        [sys.executable, ROOT / "windtunnel.py"],
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found in told.stdout
    assert told.stderr == ""
    assert bool(told.stdout.strip()) == bool(found)
