"""windtunnel import: a stack that exists, or that another program would make, as a stack file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.leaving import BAD_INPUT, leave, say, say_lines
from commands.options import AsJson, Overlay, State

if TYPE_CHECKING:
    from infra.existing.imported import Imported


def command(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="pulumi preview --json --show-sames, pulumi stack export, or terraform show -json;"
            " - is standard input; or the folder of a Pulumi project, whose stack is asked for",
        ),
    ],
    overlay: Overlay = None,
    state: State = None,
    before: Annotated[
        bool, typer.Option("--before", help="as it is, where the file says what would change")
    ] = False,
    stack: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="of that project, where it is not the selected one"),
    ] = None,
    write: Annotated[
        Path | None, typer.Option(metavar="FILE", help="save it, instead of printing it")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="write over a file")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a stack file of what a preview, an export, a plan or a running stack holds.

    Nodes, stores, network and identities are found; workloads and objectives come from an overlay.
    What is not understood is listed.
    """
    from infra.existing.imported import imported
    from infra.existing.read_program import read_program
    from models.catalog.load import load_catalog
    from models.parts.read_stack import read_stack

    if write is not None and write.exists() and not force:
        leave(f"{write}: is there already; --force writes over it", BAD_INPUT)
    said = overlay_of(overlay)
    read = read_program(file, state, stack)
    if before and not read.changes:
        leave(f"{read.name}: is {read.format.value}, which says of no change", BAD_INPUT)
    program, catalog = (read.before if before else read.after), load_catalog()
    if not program.resources:
        leave(f"{read.name}: has no resource {'before' if before else 'after'} it", BAD_INPUT)
    found = imported(read, program, said, catalog)
    if "workloads" in found.tree:
        # What can't be predicted is told here, with its place in what is written.
        name = str(write) if write else "the imported stack"
        read_stack(found.document(name, (write or Path()).parent), catalog)
    if write is not None:
        from reports.files import write_whole

        write_whole({write: found.text.encode()})
    if as_json:
        _say_json(found)
    elif write is None:
        say(found.text.rstrip("\n"), keep="\n")
    _tell(found, write)


def overlay_of(path: Path | None) -> dict[str, object]:
    """What an overlay says; nothing where there is none.

    Arguments:
        path: of the file, YAML.
    """
    if path is None:
        return {}
    from models.reading.document import read_document

    return read_document(path).tree


def _tell(found: Imported, write: Path | None) -> None:
    from infra.existing.found import Fate

    counts = found.counts
    whole = sum(counts.values())
    parts = counts[Fate.PART] + counts[Fate.WITHIN]
    lines = [
        f"{found.file.name}: {whole} resources; {parts} make the stack, {counts[Fate.ASIDE]} change"
        f" no figure, {counts[Fate.WORKLOAD]} belong to workloads, {counts[Fate.LEFT_OUT]} are left"
        " out",
        *found.findings,
    ]
    if "workloads" not in found.tree:
        lines.append(
            "workloads: what runs on it is not in the file; give them with --overlay, a stack file"
            " with workloads and objectives alone"
        )
    elif write is not None:
        lines.append(f"{write}: written; windtunnel predict {write}")
    say_lines(lines)


def _say_json(found: Imported) -> None:
    import json

    from reports.output import say_json

    told = [
        {
            "resource": one.resource.key,
            "type": one.resource.type,
            "became": one.fate.name.lower().replace("_", "-"),
            "why": one.why,
        }
        for one in found.found.told.values()
    ]
    answer = {
        "format": found.file.format.name.lower().replace("_", "-"),
        "stack": found.tree,
        "resources": told,
        "open": found.found.open,
    }
    say_json(json.dumps(answer, indent=2))
