"""windtunnel find: where the nodes of a stack can be had."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands import completion
from commands.leaving import BAD_INPUT, OBJECTIVE_MISSED, WORLD_REFUSED, leave, say, say_lines
from commands.options import AsJson, Changes, StackArgument
from commands.progress import progress

if TYPE_CHECKING:
    from commands.sought import Sought
    from infra.capacity.hunt import Terms
    from infra.capacity.journal import Creation
    from models.catalog.records import Catalog
    from models.description.quantities import Dimension
    from models.prediction.capacity_answer import Capacity

_SHORTEST_LIFE = 300.0  # s; AWS and Google Cloud end nothing to the second


def command(
    stack: StackArgument,
    nodes: Annotated[
        str | None, typer.Option(metavar="GROUP", help="the node group, where there are several")
    ] = None,
    region: Annotated[
        list[str] | None,
        typer.Option(metavar="REGION", help="look here alone", autocompletion=completion.regions),
    ] = None,
    zone: Annotated[list[str] | None, typer.Option(metavar="ZONE", help="look here alone")] = None,
    instance: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="a shape that would do, in place of the file's",
            autocompletion=completion.instances,
        ),
    ] = None,
    any_gpu: Annotated[
        bool, typer.Option("--any-gpu", help="every shape with GPUs that the stack can work on")
    ] = False,
    attempt: Annotated[
        bool, typer.Option("--attempt", help="try it: creates nodes, which cost money")
    ] = False,
    limit: Annotated[
        str | None, typer.Option(metavar="USD", help="that all of it may cost, with --attempt")
    ] = None,
    time_to_live: Annotated[
        str | None,
        typer.Option(metavar="DURATION", help="after which the cloud deletes what was created"),
    ] = None,
    keep_testing: Annotated[
        int, typer.Option(min=1, max=1000, metavar="ZONES", help="try so many zones all the same")
    ] = 1,
    lasting: Annotated[
        str | None, typer.Option("--for", metavar="DURATION", help="try again and again so long")
    ] = None,
    reserve: Annotated[
        bool, typer.Option("--reserve", help="create a reservation, instead of nodes")
    ] = False,
    journal: Annotated[
        Path | None, typer.Option(metavar="FILE", help="of what was created; beside the stack file")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="adopt or delete what a run that was killed has left")
    ] = False,
    clean: Annotated[
        bool, typer.Option("--clean", help="delete all that runs have created and kept")
    ] = False,
    write: Annotated[
        bool, typer.Option("--write", help="put region, zones and instance into the stack file")
    ] = False,
    changes: Changes = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="print a table for machines")] = False,
) -> None:
    """Find the zones in which the nodes of a stack can be had.

    Asks the cloud for zones, offers, quotas, prices and scores, and creates nothing without
    --attempt. Exit code 1 where they can't be had.
    """
    from commands.found import found, tidy
    from commands.sought import cloud_of, sought
    from infra.capacity.cloud import NoClient, Refused
    from infra.capacity.journal import Journal, JournalInUse, UnreadableJournal
    from models.catalog.errors import UnknownName
    from models.catalog.load import load_catalog
    from models.reading.changes import parse_changes
    from models.reading.document import read_document

    terms = _terms(attempt, limit, time_to_live, keep_testing, lasting, reserve)
    if write and str(stack) == "-":
        leave("--write: standard input can't be written to", BAD_INPUT)
    catalog, given = load_catalog(), parse_changes(changes or ())
    document = read_document(stack, given)
    path = journal or stack.with_name(f"{stack.stem}.find.jsonl")
    if (resume or clean) and not path.exists():
        leave(f"{path}: no journal is there, so that no run has created anything", BAD_INPUT)
    regions = tuple(region or ())
    with contextlib.ExitStack() as opened:
        try:
            cloud, written = cloud_of(document), None
            if resume or clean or terms:
                written = opened.enter_context(Journal(path))
                tidied = tidy(cloud, catalog, written, clean)
                if clean or tidied or not terms:
                    _say_tidied(tidied, clean)
                    raise typer.Exit(0 if clean or tidied else OBJECTIVE_MISSED)
            with progress("judging shapes") as show:
                what = sought(document, catalog, nodes, instance or [], any_gpu, regions, show)
            answer = found(what, catalog, regions, tuple(zone or ()), terms, written)
        except UnknownName as error:
            leave(str(error), BAD_INPUT)
        except UnreadableJournal as error:
            leave(str(error), BAD_INPUT)
        except (JournalInUse, NoClient) as error:
            leave(str(error), WORLD_REFUSED)
        except Refused as error:
            kind = error.refusal.kind.value
            leave(f"{document.name}: {kind.meaning}: {error}; {kind.advice}", WORLD_REFUSED)
    _say(answer, as_json, as_csv)
    if write and answer.best is not None:
        _write(stack, what, catalog, given, answer)
    raise typer.Exit(0 if answer.best is not None else OBJECTIVE_MISSED)


def _terms(
    attempt: bool,
    limit: str | None,
    time_to_live: str | None,
    zones: int,
    lasting: str | None,
    reserve: bool,
) -> Terms | None:
    """What a hunt may do; None without one."""
    from infra.capacity.hunt import Terms
    from models.description.quantities import DURATION, MONEY

    if not attempt:
        given = {
            "--limit": limit, "--time-to-live": time_to_live, "--for": lasting,
            "--keep-testing": zones > 1, "--reserve": reserve,
        }  # fmt: skip
        without = [name for name, value in given.items() if value]
        if without:
            leave(f"{without[0]}: is of --attempt, without which nothing is created", BAD_INPUT)
        return None
    if limit is None or time_to_live is None:
        leave(
            "--attempt: creates nodes, which cost money; say what it may cost and when they are to"
            " be deleted at the latest, such as --limit '50 USD' --time-to-live '1 h'",
            BAD_INPUT,
        )
    life = _quantity("--time-to-live", time_to_live, DURATION)
    if life < _SHORTEST_LIFE:
        leave(f"--time-to-live: '{time_to_live}' is too short; 5 min or more", BAD_INPUT)
    return Terms(
        nodes=0,  # as the stack says
        limit=_quantity("--limit", limit, MONEY),
        time_to_live=life,
        zones=zones,
        reservation=reserve,
        lasting=0.0 if lasting is None else _quantity("--for", lasting, DURATION),
    )


def _quantity(option: str, text: str, dimension: Dimension) -> float:
    from models.description.quantities import parse

    try:
        return parse(text, dimension)
    except ValueError as error:
        leave(f"{option}: {error}", BAD_INPUT)


def _say_tidied(tidied: Sequence[Creation], clean: bool) -> None:
    if not tidied:
        say("nothing was left" if clean else "nothing is kept")
    for one in tidied:
        where = f"{one.nodes} x {one.place.shape} in {one.place.zone}"
        if clean:
            say(f"{one.name}: deleted; {where}")
        else:
            ends = datetime.datetime.fromtimestamp(one.ends, datetime.UTC)
            say(f"{one.name}: kept; {where}, until {ends:%Y-%m-%d %H:%M} UTC; --clean deletes it")


def _say(answer: Capacity, as_json: bool, as_csv: bool) -> None:
    from reports import output

    if as_json:
        from reports.capacity_json import as_json as to_json

        output.say_json(to_json(answer))
    elif as_csv:
        from reports.capacity_json import as_csv as to_csv

        say(to_csv(answer).rstrip("\n"), keep="\n")
    else:
        from reports.capacity_terminal import summary

        output.show(summary(answer))
    if as_json or as_csv:
        say_lines(answer.warnings)


def _write(
    stack: Path,
    what: Sought,
    catalog: Catalog,
    given: Mapping[str, object],
    answer: Capacity,
) -> None:
    """Put what was found into the stack file, its comments where they were."""
    from commands.found import changes_to
    from models.parts.read_stack import read_stack
    from models.reading.document import changed_document
    from models.reading.rewriting import rewritten
    from reports.files import write_whole

    changes = changes_to(what, answer)
    read_stack(changed_document(what.document, changes, "--write"), catalog)
    text = rewritten(what.document.name, what.document.text, {**given, **changes})
    write_whole({stack: text.encode()})
    say(f"{stack}: {', '.join(f'{path}={value}' for path, value in changes.items())}", error=True)
