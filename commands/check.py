"""windtunnel check: files of every kind, without an answer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from commands.leaving import BAD_INPUT, say, say_lines
from commands.options import Changes


def command(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="of any kind, YAML; - is standard input"),
    ],
    changes: Changes = None,
) -> None:
    """Read and check files of stacks, networks, diagrams and arrays, without an answer."""
    from models.reading.changes import parse_changes
    from models.reading.faults import InvalidDescription

    changed = parse_changes(changes or ())
    faulty = False
    for path in files:
        try:
            name, warnings = _checked(path, changed)
            say(f"{name}: fine")
            say_lines(warnings)
        except InvalidDescription as error:
            faulty = True
            say_lines(error.lines())
    if faulty:
        raise typer.Exit(BAD_INPUT)


def _checked(path: Path, changes: Mapping[str, object]) -> tuple[str, list[str]]:
    """What messages call a file, and of a stack the groups that are seldom whole."""
    from models.catalog.load import load_catalog
    from models.parts.completeness import seldom_complete
    from models.parts.read_stack import read_stack
    from models.queueing.read_network import read_network
    from models.raid.read_array import read_array
    from models.reading.document import read_document
    from models.reading.file_kinds import FileKind, kind_of
    from models.reliability.read_diagram import read_diagram

    document = read_document(path, changes)
    kind = kind_of(document.tree)
    if kind is FileKind.NETWORK:
        return read_network(document).name, []
    if kind is FileKind.DIAGRAM:
        return read_diagram(document).name, []
    if kind is FileKind.ARRAY:
        return read_array(document, load_catalog()).name, []
    read = read_stack(document, load_catalog())
    seldom = seldom_complete(read.solved)
    return read.name, [f"{read.name}: warning: {one.place}: {one.text}" for one in seldom]
