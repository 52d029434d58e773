"""windtunnel optimise: the cheapest stack that meets its objectives, and the fastest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands import completion
from commands.leaving import BAD_INPUT, OBJECTIVE_MISSED, say
from commands.options import (
    AsJson,
    BackendName,
    Changes,
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
    from models.catalog.records import Catalog
    from models.prediction.choice_answer import Choice, Excuse, RejectedFamily
    from models.reading.document import Document

_REASONS = 10  # that are said where nothing can work


def command(
    stack: StackArgument,
    vary: Vary = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            "--keep",
            metavar="PATH",
            help="a value that stays as it is",
            autocompletion=completion.kept,
        ),
    ] = None,
    changes: Changes = None,
    write: Annotated[
        Path | None, typer.Option(metavar="FILE", help="save the cheapest as a stack file")
    ] = None,
    seed: Seed = 1,
    replications: Annotated[
        int, typer.Option(min=2, max=1_000_000, help="simulated years of each candidate")
    ] = 20,
    most: Annotated[
        int, typer.Option(min=1, max=1_000_000, help="candidates that are simulated at the most")
    ] = 60,
    backend: BackendName = "joblib",
    scheduler: Scheduler = None,
    jobs: Processes = None,
    as_json: AsJson = False,
) -> None:
    """Find the cheapest stack that meets the objectives, the fastest, and what lies between.

    Chosen is what --vary names and what the file leaves open, as any; else all that is known.
    """
    from models.catalog.load import load_catalog
    from models.reading.changes import parse_changes
    from models.reading.document import read_document
    from models.reading.variations import parse_variations
    from reports import output
    from sim.choosing.optimise import optimise

    axes, catalog = parse_variations(vary or ()), load_catalog()
    given = parse_changes(changes or ())
    document = read_document(stack, given)
    if write is not None:
        check_file(write)
    with progress("judging candidates") as show:
        choice = optimise(
            document,
            catalog,
            axes,
            tuple(keep or ()),
            seed=seed,
            replications=replications,
            most=most,
            backend=backend_of(backend, scheduler, jobs),
            progress=show,
        )
    if choice.cheapest is None and choice.nearest is None and not as_json:
        _say_why(document.name, choice)
        raise typer.Exit(BAD_INPUT)
    if as_json:
        from reports.choice_json import as_json as to_json

        output.say_json(to_json(choice))
    else:
        from reports.choice_terminal import summary

        output.show(summary(choice))
    if write is not None and choice.cheapest is not None:
        _save(document, catalog, given, choice, write)
        say(str(write), error=as_json)
    if choice.cheapest is None:
        raise typer.Exit(OBJECTIVE_MISSED)


def _say_why(name: str, choice: Choice) -> None:
    """What keeps everything from working, where nothing can: each reason once."""
    from models.prediction.choice_answer import Why
    from reports.choice_tables import because, some_families

    reasons: dict[str, list[RejectedFamily]] = {}
    for one in choice.rejected:
        told = one.excuse.fault or one.excuse.why.value
        reasons.setdefault(told, []).append(one)
    # What a price would mend can be; what misses an objective tells by how much it does at least.
    ordered = sorted(
        reasons.values(), key=lambda families: families[0].excuse.why is not Why.UNPRICED
    )
    for families in ordered[:_REASONS]:
        of = some_families(families) if len(reasons) > 1 else ""
        nearest = min((one.excuse for one in families), key=_least)
        reason = because(nearest)
        say(f"{name}: {of}: {reason}" if of else f"{name}: {reason}", error=True)
    if len(reasons) > _REASONS:
        say(f"{name}: and {len(reasons) - _REASONS:,} reasons more", error=True)


def _least(excuse: Excuse) -> tuple[float, float]:
    """By what an excuse is nearer to the objectives than others of its reason."""
    return excuse.least_time or 0.0, excuse.least_cost or 0.0


def _save(
    document: Document, catalog: Catalog, given: dict[str, object], choice: Choice, path: Path
) -> None:
    """Write the winner as a stack file, with the comments of the one that it was made of."""
    from models.reading.rewriting import rewritten
    from reports.files import write_whole
    from sim.choosing.optimise import chosen

    assert choice.cheapest is not None
    changes = dict(choice.cheapest.changes)
    chosen(document, catalog, changes)
    text = rewritten(document.name, document.text, {**given, **changes})
    write_whole({path: text.encode()})
