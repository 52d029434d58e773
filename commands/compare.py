"""windtunnel compare: several stacks, or variants of them, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from commands.answer_file import AnswerFiles
from commands.leaving import BAD_INPUT, OBJECTIVE_MISSED, leave, say_lines
from commands.options import (
    AsJson,
    BackendName,
    Changes,
    ManyReplications,
    Overlay,
    Paper,
    Processes,
    ReportFile,
    Scheduler,
    Seed,
    State,
    Vary,
)
from commands.progress import progress
from commands.where import backend_of

if TYPE_CHECKING:
    from models.catalog.records import Catalog
    from models.reading.document import Document


def command(
    stacks: Annotated[
        list[Path],
        typer.Argument(
            metavar="STACK...",
            help="stack files, YAML; with --overlay previews of Pulumi and plans of Terraform, each"
            " before its change and after it; - is stdin",
        ),
    ],
    vary: Vary = None,
    changes: Changes = None,
    seed: Seed = 1,
    replications: ManyReplications = None,
    backend: BackendName = "joblib",
    scheduler: Scheduler = None,
    jobs: Processes = None,
    report: ReportFile = None,
    paper: Paper = None,
    overlay: Overlay = None,
    state: State = None,
    form: Annotated[
        Literal["terminal", "markdown"],
        typer.Option("--format", help="of what is printed"),
    ] = "terminal",
    as_json: AsJson = False,
) -> None:
    """Compare stacks, or variants of one, in the same simulated years.

    Exit code 1 where none of them meets all its objectives.
    """
    from models.catalog.load import load_catalog
    from models.reading.changes import parse_changes
    from models.reading.document import read_document
    from models.reading.variations import parse_variations
    from reports import output
    from sim.choosing.compare import compare

    axes, catalog = parse_variations(vary or ()), load_catalog()
    changed = parse_changes(changes or ())
    if overlay is None:
        if state is not None:
            leave("--state goes with --overlay, which makes stacks of previews", BAD_INPUT)
        documents = [read_document(path, changed) for path in stacks]
    else:
        from models.reading.document import changed_document

        documents = [
            changed_document(one, changed)
            for path in stacks
            for one in _before_and_after(path, overlay, state, catalog)
        ]
    files = AnswerFiles(report, paper)
    files.check()
    with progress("predicting variants") as show:
        compared = compare(
            documents,
            catalog,
            axes,
            seed=seed,
            replications=replications,
            backend=backend_of(backend, scheduler, jobs),
            progress=show,
        )
    if not compared.variants:
        say_lines(list(dict.fromkeys(one.faults[0] for one in compared.refused)))
        raise typer.Exit(BAD_INPUT)
    if as_json:
        from reports.comparison_json import as_json as to_json

        output.say_json(to_json(compared))
    elif form == "markdown":
        from reports.comparison_markdown import text

        output.say(text(compared).rstrip("\n"))
    else:
        from reports.comparison_terminal import summary

        output.show(summary(compared))

    def page() -> str:
        from reports import comparison_page

        return comparison_page.page(compared)

    files.write(page, as_json)
    if not any(one.fine for one in compared.variants):
        raise typer.Exit(OBJECTIVE_MISSED)


def _before_and_after(
    path: Path, overlay: Path, state: Path | None, catalog: Catalog
) -> list[Document]:
    """The stack that a preview or a plan changes, and what it makes of it; one that only is."""
    from commands.import_ import overlay_of
    from infra.existing.imported import imported
    from infra.existing.read_program import read_program

    read, said = read_program(path, state), overlay_of(overlay)
    whiles = {"before": read.before, "after": read.after} if read.changes else {"": read.after}
    documents = []
    for when, program in whiles.items():
        if not program.resources:
            continue  # what is first built has no before, and what is destroyed no after
        found = imported(read, program, said, catalog)
        if when:
            found = found.called(f"{found.tree['name']}-{when}")
        say_lines([f"{found.tree['name']}: {one}" for one in found.findings])
        documents.append(found.document(f"{read.name}{f', {when}' * bool(when)}", path.parent))
    return documents
