"""windtunnel compare: several stacks, or variants of them, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.answer_file import AnswerFiles
from commands.leaving import BAD_INPUT, OBJECTIVE_MISSED, say_lines
from commands.options import (
    AsJson,
    BackendName,
    Changes,
    ManyReplications,
    Paper,
    Processes,
    ReportFile,
    Scheduler,
    Seed,
    Vary,
)
from commands.progress import progress
from commands.where import backend_of


def command(
    stacks: Annotated[
        list[Path], typer.Argument(metavar="STACK...", help="stack files, YAML; - is stdin")
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
    documents = [read_document(path, parse_changes(changes or ())) for path in stacks]
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
    else:
        from reports.comparison_terminal import summary

        output.show(summary(compared))

    def page() -> str:
        from reports import comparison_page

        return comparison_page.page(compared)

    files.write(page, as_json)
    if not any(one.fine for one in compared.variants):
        raise typer.Exit(OBJECTIVE_MISSED)
