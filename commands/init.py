"""windtunnel init: a valid stack file to start from."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, cast, get_args

import typer

from commands import completion
from commands.leaving import BAD_INPUT, leave, say
from commands.starting_stack import Kind, Place, Start, text_of
from commands.writable import check_file

_STANDARD_OUTPUT = Path("-")


def command(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="to write; NAME.yaml if not given, - is the output"),
    ] = None,
    kind: Annotated[Kind | None, typer.Option(help="of the workload")] = None,
    where: Annotated[Place | None, typer.Option(help="cloud, or a building of your own")] = None,
    name: Annotated[str, typer.Option(help="of the stack; of the file if not given")] = "",
    region: Annotated[
        str, typer.Option(help="of the cloud", autocompletion=completion.regions)
    ] = "",
    instance: Annotated[
        str, typer.Option(help="of the nodes", autocompletion=completion.instances)
    ] = "",
    nodes: Annotated[int, typer.Option(min=1, max=20_000, help="how many")] = 4,
    purchase: Annotated[
        Literal["on_demand", "spot", "reserved"], typer.Option(help="how a cloud sells them")
    ] = "on_demand",
    force: Annotated[bool, typer.Option("--force", help="write over a file")] = False,
) -> None:
    """Write a commented stack file to start from; asks what flags leave open, on a terminal."""
    asks = _asks()
    if not asks and (kind is None or where is None):
        missing = [flag for flag, value in (("--kind", kind), ("--where", where)) if value is None]
        leave(
            f"nobody can be asked here: give {' and '.join(missing)}, as in"
            f" windtunnel init {file or 'stack.yaml'} --kind {kind or 'training'} --where"
            f" {where or 'aws'}",
            BAD_INPUT,
        )
    chosen = kind or cast(Kind, _choice("What does the stack run", get_args(Kind)))
    place = where or cast(Place, _choice("Where does it stand", get_args(Place)))
    if not name:
        known = file if file is not None and file != _STANDARD_OUTPUT else None
        name = (known and _name_of(known)) or f"my-{chosen}"
        if asks and known is None:
            name = typer.prompt("What is it called", default=name, err=True)
    path = Path(f"{name}.yaml") if file is None else file
    text = text_of(_start(name, chosen, place, region, instance, nodes, purchase))
    _check(path, text)
    if path == _STANDARD_OUTPUT:
        say(text.removesuffix("\n"), keep="\n")
        return
    _write(path, text, force, asks)
    say(f"{path}: windtunnel predict {path}")


def _name_of(path: Path) -> str:
    """The name of a file as that of a stack: "My_stack v2.yaml" is my-stack-v2."""
    words = re.split(r"[^a-z0-9]+", path.stem.lower())
    return "-".join(filter(None, words)).lstrip("0123456789-")[:40].rstrip("-")


def _asks() -> bool:
    """Whether somebody is there to answer."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def _choice(question: str, choices: Sequence[str]) -> str:
    while True:
        answer = typer.prompt(f"{question} ({', '.join(choices)})", default=choices[0], err=True)
        near = [one for one in choices if one.startswith(str(answer).strip().lower())]
        if len(near) == 1:
            return near[0]
        say(f"'{answer}' is none of {', '.join(choices)}", error=True)


def _start(
    name: str,
    kind: Kind,
    place: Place,
    region: str,
    instance: str,
    nodes: int,
    purchase: Literal["on_demand", "spot", "reserved"],
) -> Start:
    if place == "on-premises" and region:
        leave("--region goes with a cloud", BAD_INPUT)
    if place == "on-premises" and purchase != "on_demand":
        leave("--purchase goes with a cloud", BAD_INPUT)
    from models.catalog.load import load_catalog

    known = [one for (_, row), one in load_catalog().instances.items() if row == instance]
    accelerated = not known or any(one.accelerators for one in known)
    return Start(name, kind, place, region, instance, nodes, purchase, accelerated)


def _check(path: Path, text: str) -> None:
    """Refuse flags that make no stack, with the faults that a file with them would have."""
    import hashlib

    from models.catalog.load import load_catalog
    from models.parts.read_stack import read_stack
    from models.reading.document import Document
    from models.reading.yaml_tree import parse_yaml

    content = text.encode()
    tree, lines = parse_yaml(str(path), content)
    digest = hashlib.sha256(content).hexdigest()
    read_stack(Document(str(path), path.parent, digest, tree, lines), load_catalog())


def _write(path: Path, text: str, force: bool, asks: bool) -> None:
    from reports.files import write_whole

    check_file(path)
    if path.exists() and not force:
        if not asks:
            leave(f"{path}: is there already; --force writes over it", BAD_INPUT)
        if not typer.confirm(f"{path} is there already; write over it?", err=True):
            leave(f"{path}: left as it was", BAD_INPUT)
    write_whole({path: text.encode()})
