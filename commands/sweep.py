"""windtunnel sweep: many variants of a stack as a table, which goes on where it was."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.leaving import BAD_INPUT, WORLD_REFUSED, leave, say, say_lines
from commands.options import (
    BackendName,
    Changes,
    ManyReplications,
    Processes,
    Scheduler,
    Seed,
    StackArgument,
    Vary,
)
from commands.progress import progress
from commands.where import backend_of
from commands.writable import check_file

if TYPE_CHECKING:
    from models.reading.variations import Axis

_FOLDER = Path("reports/out")
_MOST = 1_000_000  # rows
_REASONS = 10  # that are said where no row can be


def command(
    stack: StackArgument,
    vary: Vary = None,
    samples: Annotated[
        int | None,
        typer.Option(min=1, max=_MOST, help="rows of the grid, a Latin hypercube; by default all"),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="CSV or Parquet; by default in reports/out"
        ),
    ] = None,
    changes: Changes = None,
    seed: Seed = 1,
    replications: ManyReplications = None,
    backend: BackendName = "joblib",
    scheduler: Scheduler = None,
    jobs: Processes = None,
) -> None:
    """Predict every combination of values, or a sample, as rows of a table.

    After a kill, the same command goes on where it was, and gives the same bytes.
    """
    from models.catalog.load import load_catalog
    from models.reading.changes import parse_changes
    from models.reading.document import read_document
    from models.reading.variations import combinations, parse_variations
    from reports.files import write_whole
    from reports.journal import Journal, OtherJournal
    from sim.choosing.samples import sample
    from sim.choosing.sweep import identity, sweep
    from sim.choosing.variants import replications_for

    axes = parse_variations(vary or ())
    _check_grid(axes, samples)
    path = output or _FOLDER / ("sweep.csv" if str(stack) == "-" else f"{stack.stem}-sweep.csv")
    _check_table(path)
    document, catalog = read_document(stack, parse_changes(changes or ())), load_catalog()
    rows = list(combinations(axes)) if samples is None else sample(axes, samples, seed)
    of: dict[str, Any] = {"seed": seed, "replications": replications or replications_for(len(rows))}
    check_file(path)
    try:
        journal = Journal(
            path.with_name(f".{path.name}.journal"), identity(document, axes, rows, catalog, **of)
        )
    except OtherJournal as error:
        leave(str(error), BAD_INPUT)
    with journal, progress("predicting rows") as show:
        if journal.rows:
            say(f"goes on after {len(journal.rows):,} of {len(rows):,} rows", error=True)
        sweep(
            document,
            axes,
            rows,
            catalog,
            **of,
            backend=backend_of(backend, scheduler, jobs),
            known=len(journal.rows),
            taken=journal.add,
            progress=show,
        )
        write_whole({path: _table(path, journal.rows)})
        journal.done()
    refused = sum(row["refused"] is not None for row in journal.rows)
    met = sum(row["objectives_met"] is True for row in journal.rows)
    say(
        f"{path}: {len(rows):,} rows of {of['replications']:,} years,"
        f" {met:,} with all objectives met, {refused:,} that can't be"
    )
    if refused == len(rows):
        say_lines(list(dict.fromkeys(row["refused"] for row in journal.rows))[:_REASONS])
        raise typer.Exit(BAD_INPUT)


def _check_grid(axes: tuple[Axis, ...], samples: int | None) -> None:
    if not axes:
        leave("nothing is varied: give --vary PATH=V1,V2,...", BAD_INPUT)
    size = math.prod(len(axis.values) for axis in axes)
    if samples is None and size > _MOST:
        leave(f"the grid has {size:,} rows; take some of them with --samples", BAD_INPUT)


def _check_table(path: Path) -> None:
    """Refuse before the long work what could not be written after it."""
    if path.suffix not in (".csv", ".parquet"):
        leave(f"{path}: a table ends in .csv or .parquet", BAD_INPUT)
    if path.suffix == ".parquet":
        import importlib.util

        if importlib.util.find_spec("pyarrow") is None:
            leave(f"{path}: pyarrow is missing; install windtunnel[table]", WORLD_REFUSED)


def _table(path: Path, rows: list[dict[str, Any]]) -> bytes:
    from reports.row_table import as_csv, as_parquet

    return as_csv(rows) if path.suffix == ".csv" else as_parquet(rows)
