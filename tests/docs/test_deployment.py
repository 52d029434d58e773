"""Deployment: every mode has its kinds, and what is said to answer a challenge exists."""

import re
from pathlib import Path

import pytest
import typer.main

import windtunnel
from models.parts.kinds import STACK, WORKLOADS
from models.prediction.deployment_mode import DeploymentMode

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "deployment.md").read_text(encoding="utf-8")
MODES, CHALLENGES = (
    [
        tuple(cell.strip() for cell in line.strip("|").split("|"))
        for line in lines
        if "---" not in line
    ]
    for lines in (
        [line for line in part.splitlines() if line.startswith("|")][1:]
        for part in PAGE.split("## Challenges")
    )
)
COMMANDS = set(typer.main.get_command(windtunnel.app).commands)  # type: ignore[attr-defined]


def test_there_are_five_modes_and_each_names_its_kinds() -> None:
    assert [mode for mode, _, _ in MODES] == [str(one) for one in DeploymentMode]
    said = {kind: mode for mode, _, kinds in MODES for kind in re.findall("`([a-z]+)`", kinds)}
    assert said == {
        kind.description.model_fields["kind"].annotation.__args__[0]: str(kind.mode)
        for kind in WORKLOADS
    }


def test_a_kind_names_each_mode_but_one() -> None:
    assert set(DeploymentMode) - {one.mode for one in WORKLOADS} == {DeploymentMode.DATABASE}


@pytest.mark.parametrize("answer", [answer for _, answer in CHALLENGES])
def test_what_answers_a_challenge_exists_or_is_out_of_scope(answer: str) -> None:
    schema = str(STACK.model_json_schema())
    commands = re.findall("`windtunnel ([a-z]+)", answer)
    pages = re.findall(r"\]\(([a-z-]+\.md)\)", answer)
    keys = re.findall("`([a-z_]+)`", answer)
    assert commands or pages or answer.startswith("out of scope")
    assert set(commands) <= COMMANDS
    assert all((DOCS / page).exists() for page in pages)
    assert all(f"'{key}'" in schema for key in keys)
