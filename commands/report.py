"""windtunnel report: the capacity report of a stack, as files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.issue import issue_of
from commands.leaving import BAD_INPUT, OBJECTIVE_MISSED, leave, say
from commands.options import (
    CalibrationFile,
    Changes,
    Commit,
    Issued,
    Paper,
    Replications,
    Seed,
    StackArgument,
)
from commands.predicted import predicted
from commands.progress import progress
from commands.writable import check_file, check_folder

if TYPE_CHECKING:
    from models.parts.read_stack import StackFile
    from models.prediction import Prediction
    from models.prediction.alternatives_answer import Alternatives
    from models.prediction.explanation_answer import Explained

OUTPUT = Path("reports/out")


def command(
    stack: StackArgument,
    output: Annotated[Path, typer.Option("--output", "-o", help="folder of the report")] = OUTPUT,
    seed: Seed = 1,
    replications: Replications = 1000,
    changes: Changes = None,
    calibration: CalibrationFile = None,
    commit: Commit = None,
    issued: Issued = None,
    why: Annotated[
        bool, typer.Option("--explain", help="with what its figures are sensitive to")
    ] = False,
    others: Annotated[
        bool,
        typer.Option("--alternatives", help="with cheaper stacks, the next purchase, other counts"),
    ] = False,
    paper: Paper = None,
    look: Annotated[bool, typer.Option("--open", help="show it in the browser")] = False,
) -> None:
    """Write the report as one HTML file, and its figures as JSON; exit code as of predict."""
    issue = issue_of(commit, issued)

    if output.suffix in (".html", ".json") and not output.is_dir():
        leave(f"{output}: is the name of a file; --output takes a folder", BAD_INPUT)

    def writable() -> None:
        check_folder(output)
        if paper is not None:
            check_file(paper)

    stack_file, prediction = predicted(stack, changes, seed, replications, writable, calibration)
    prediction = replace(prediction, issue=issue)
    written = report(stack_file, prediction, output, explain=why, beside=others, paper=paper)
    for path in written:
        say(str(path))
    if look:
        _open(written[0])
    if not prediction.fine:
        raise typer.Exit(OBJECTIVE_MISSED)


def _open(page: Path) -> None:
    import webbrowser

    if not webbrowser.open(page.resolve().as_uri()):
        say(f"{page}: no browser was found to show it", error=True)


def report(
    stack_file: StackFile,
    prediction: Prediction,
    folder: Path | str = OUTPUT,
    *,
    explain: bool = False,
    beside: bool = False,
    paper: Path | None = None,
) -> tuple[Path, ...]:
    """Write the report of a prediction as HTML and JSON, and for paper; gives the paths of all.

    The files are called after the stack, and after its hash too where values were changed; where
    the report of another stack file has that name, theirs has a hash of the file's place.

    Arguments:
        stack_file: the description as read.
        prediction: of that stack.
        folder: where the files go.
        explain: the page also says what its figures are sensitive to, which takes a while.
        paper: a PDF of the page, where that is wanted.
        beside: it also shows cheaper stacks, what to buy next and other numbers of nodes, likewise.

    Raises:
        OSError: the folder or a file cannot be written.
    """
    from reports import files
    from reports.html import render
    from reports.json_report import as_json

    folder = Path(folder)
    source = files.source_of(Path(stack_file.name), folder)
    page = files.page_path(folder, prediction.stack, source)
    if stack_file.changed:  # what if must not write over what is
        page = folder / f"{prediction.stack}-{stack_file.digest[:8]}.html"
    figures = page.with_suffix(".json")
    explained = _explained(stack_file, prediction) if explain else None
    others = _alternatives(stack_file, prediction) if beside else None
    html = files.marked(render(stack_file.stack, prediction, explained, others), source)
    written = {page: html.encode(), figures: as_json(prediction, explained, others).encode()}
    if paper is not None:
        from reports.pdf import pdf

        written[paper] = pdf(html)
    files.write_whole(written)
    return tuple(written)


def _explained(stack_file: StackFile, prediction: Prediction) -> Explained:
    from models.catalog.load import load_catalog
    from sim.explaining.explain import explain

    with progress("moving inputs") as show:
        return explain(stack_file, load_catalog(), prediction, progress=show)


def _alternatives(stack_file: StackFile, prediction: Prediction) -> Alternatives:
    from models.catalog.load import load_catalog
    from sim.choosing.alternatives import alternatives

    with progress("judging candidates") as show:
        return alternatives(stack_file, load_catalog(), prediction, progress=show)
