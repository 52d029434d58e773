"""Options that can't be, as people are told of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]
STACKS = Path(__file__).parents[2] / "stacks"
AWS = STACKS / "resnet50-imagenet-aws.yaml"
KINDS = "training, endpoint, jobs, batch, stream, edge"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (
            ("init", "--kind", "trainin", "--where", "aws"),
            f"--kind: 'trainin' is none of {KINDS}; did you mean 'training'?"
            " (windtunnel init -h says more)",
        ),
        (
            ("init", "--kind", "nope", "--where", "aws"),
            f"--kind: 'nope' is none of {KINDS} (windtunnel init -h says more)",
        ),
        (
            ("init", "--kind", "training", "--where", "aws", "--nodes", "0"),
            "--nodes: should be greater than or equal to 1 (windtunnel init -h says more)",
        ),
        (
            ("explain", AWS, "time", "--years", "-1"),
            "--years: should be greater than or equal to 2 (windtunnel explain -h says more)",
        ),
        (
            ("sweep", AWS, "--vary", "nodes.trainers.count=1,2", "--samples", "-5"),
            "--samples: should be greater than or equal to 1 (windtunnel sweep -h says more)",
        ),
        (
            ("compare", AWS, "--vary", "nodes.trainers.count=1..1000000"),
            "--vary nodes.trainers.count: '1..1000000' has too many values; a path is varied in"
            " 100,000 steps at most",
        ),
    ],
)
def test_one_line_says_what_is_wrong_with_an_option(
    cli: Cli,
    command: tuple[object, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = cli(*command)
    assert (outcome.code, outcome.out, outcome.err.splitlines()) == (2, "", [said])
    assert not list(tmp_path.iterdir())


def test_a_cluster_without_an_address_is_refused_before_the_work(cli: Cli) -> None:
    outcome = cli("explain", "no-such-file.yaml", "time", "--backend", "dask")
    assert outcome.code == 3
    assert outcome.err.splitlines() == ["--backend dask needs --scheduler, such as tcp://host:8786"]


def test_what_is_missing_is_told_with_how_it_is_right(cli: Cli) -> None:
    outcome = cli("predict")
    assert outcome.code == 2
    assert outcome.err.startswith("Usage: windtunnel predict")
    assert "Missing argument 'STACK'" in outcome.err


@pytest.mark.parametrize(
    "command",
    [
        ("init", "{}", "--kind", "training", "--where", "aws", "--force"),
        ("compare", AWS, "--report", "{}"),
        ("compare", AWS, "--pdf", "{}"),
        ("sweep", AWS, "--vary", "nodes.trainers.count=1,2", "-o", "{}"),
        ("optimise", AWS, "--write", "{}"),
        ("report", AWS, "--pdf", "{}"),
    ],
)
@pytest.mark.parametrize("below", [False, True])
def test_what_can_not_be_written_is_refused_before_the_work(
    cli: Cli, command: tuple[object, ...], below: bool, tmp_path: Path
) -> None:
    taken = tmp_path / "taken.csv"
    if below:
        taken.write_text("mine")
        path, said = taken / "x.csv", f"{taken}: is a file, where a folder is needed"
    else:
        taken.mkdir()
        path, said = taken, f"{taken}: is a folder; give the name of a file"
    outcome = cli(*(str(one).format(path) for one in command))
    assert (outcome.code, outcome.out, outcome.err.splitlines()) == (3, "", [said])
    assert [one.name for one in tmp_path.rglob("*")] == ["taken.csv"]
    assert not below or taken.read_text() == "mine"
