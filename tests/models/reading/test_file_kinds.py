"""A file is known by its keys, and what another command reads is said in one sentence."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.reading.document import read_document
from models.reading.file_kinds import FileKind, kind_of

ROOT = Path(__file__).parents[3]
FOLDERS = {
    "stacks": FileKind.STACK,
    "networks": FileKind.NETWORK,
    "diagrams": FileKind.DIAGRAM,
    "arrays": FileKind.ARRAY,
}
PATHS = [path for folder in FOLDERS for path in sorted((ROOT / folder).glob("*.yaml"))]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_example_is_of_the_kind_of_its_folder(path: Path) -> None:
    assert kind_of(read_document(path).tree) is FOLDERS[path.parent.name]


@pytest.mark.parametrize(
    ("command", "file", "told"),
    [
        (
            "queue",
            "stacks/grid-search.yaml",
            "a stack, not a queueing network; windtunnel predict",
        ),
        (
            "predict",
            "networks/mm1.yaml",
            "a queueing network, not a stack; windtunnel queue",
        ),
        (
            "predict",
            "arrays/raid6.yaml",
            "a disk or an array, not a stack; windtunnel raid",
        ),
        ("raid", "diagrams/bridge.yaml", "describes a block diagram, not a disk or an array"),
        ("reliability", "networks/mm1.yaml", "describes a queueing network, not a block diagram"),
    ],
)
def test_what_another_command_reads_is_said_once(
    command: str, file: str, told: str, cli: Callable[..., Any]
) -> None:
    outcome = cli(command, ROOT / file)
    assert outcome.code == 2
    assert told in outcome.err
    assert len(outcome.err.splitlines()) == 1


def test_a_mistake_in_a_key_is_no_other_kind(tmp_path: Path, cli: Callable[..., Any]) -> None:
    path = tmp_path / "stack.yaml"
    path.write_text(
        "name: a\ncloud: aws\nworkload: {}\nstations: {}\nnodes: {}\n", encoding="utf-8"
    )
    outcome = cli("predict", path)
    assert outcome.code == 2
    assert "did you mean 'workloads'?" in outcome.err
