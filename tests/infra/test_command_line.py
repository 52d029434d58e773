"""The commands beside the program: what is piped in, what is asked for, who leaves early."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra import deployer, recover
from infra.command_line import read_state

from .conftest import ROOT

VPC = {"urn": "urn:pulumi:a::b::aws:ec2/vpc:Vpc::c", "type": "aws:ec2/vpc:Vpc"}


def test_a_state_is_read_as_it_is() -> None:
    state = {"version": 3, "deployment": {"resources": [VPC], "pending_operations": []}}
    assert read_state(io.StringIO(json.dumps(state))) == state


def test_of_an_empty_stack_the_lists_are_empty() -> None:
    found = read_state(io.StringIO('{"deployment": {"resources": null}}'))
    assert found == {"deployment": {"resources": [], "pending_operations": []}}
    assert read_state(io.StringIO(" \n"), empty=True) == found


@pytest.mark.parametrize(
    "text",
    [
        *("", "hello", "[]", "{}", "null", "[" * 100_000, '{"deployment": 3}'),
        *(json.dumps({"deployment": {"resources": one}}) for one in (5, [5], [{"urn": 5}], "a")),
        json.dumps({"deployment": {"resources": [{**VPC, "outputs": "a"}]}}),
        *(
            json.dumps({"deployment": {"pending_operations": one}})
            for one in (5, [1], [{"type": "creating", "resource": 7}], [{"resource": VPC}])
        ),
    ],
)
def test_what_is_no_state_is_told(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        read_state(io.StringIO(text))
    assert left.value.code == 2
    assert capsys.readouterr() == ("", "no state: pipe `pulumi stack export` into this\n")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--account", "12"], "--account: '12' is not an account of AWS: 12 digits"),
        (["--pulumi-stack", "*"], "--pulumi-stack: '*' is not the name of a Pulumi stack"),
        (["--pulumi-stack", ""], "--pulumi-stack: '' is not the name of a Pulumi stack"),
        (["--pulumi-stack", "me/windtunnel/dev"], "without organization and project"),
    ],
)
def test_a_policy_has_no_names_that_can_not_be(
    words: list[str],
    why: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["deployer", "stacks/grid-search.yaml", *words])
    with pytest.raises(SystemExit) as left:
        deployer.main()
    assert left.value.code == 2
    out, told = capsys.readouterr()
    assert out == ""
    assert why in told


def test_recover_says_what_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["recover", "--help"])
    with pytest.raises(SystemExit) as left:
        recover.main()
    assert left.value.code == 0
    assert "Mends the state of an update that was cut off" in capsys.readouterr().out


def left_by(command: str, **options: Any) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\nfrom infra.command_line import run\nrun({command})"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
        **options,
    )
    return done.returncode, done.stderr


def test_a_reader_who_leaves_early_is_no_error() -> None:
    reads, writes = os.pipe()
    os.close(reads)
    said = left_by("lambda: print('a' * 100_000)", stdout=writes)
    os.close(writes)
    assert said == (0, "")


def test_an_interrupt_is_told_in_a_word() -> None:
    command = "lambda: __import__('signal').raise_signal(2)"
    assert left_by(command, stdout=subprocess.DEVNULL) == (130, "interrupted\n")


def test_a_full_disk_is_told() -> None:
    with Path("/dev/full").open("w") as full:
        said = left_by("lambda: print('a')", stdout=full)
    assert said == (3, "output: No space left on device\n")
