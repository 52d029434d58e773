"""windtunnel law: the laws by name, each to be asked with figures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.leaving import BAD_INPUT, OBJECTIVE_MISSED, leave, say
from commands.options import AsJson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.reading.law_book import LawInBook


def command(
    name: Annotated[
        str, typer.Argument(help="law, or topic whose laws to list; without it, the topics")
    ] = "",
    figures: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME=FIGURE]...",
            help="what the law is asked with: servers=28 mean='330 s' loads='[0.1, 0.2]'",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ask a law: queues, reliability, RAID, disks, caches, training; with its source.

    Figures may have units; without, times are in seconds, sizes in bytes, rates a second.
    Exit code 1 where there is no steady state.
    """
    from models.description.quantities import format_count
    from models.laws.queueing.station_law import Unstable
    from models.reading.law_book import NotAsked, ask, law_of, told, topics

    if not name:
        found = topics()
        _rows([(topic, format_count(len(laws), "laws")) for topic, laws in found.items()])
        say(f"{format_count(sum(map(len, found.values())), 'laws')} in all")
        return
    of_topic = [law for topic, laws in topics().items() for law in laws if _is_in(topic, name)]
    if of_topic and not figures:
        _rows([(law.name, law.says) for law in of_topic])
        return
    try:
        law = law_of(name)
        if not figures and any(one.required for one in law.arguments):
            _explain(law)
            return
        given = _given(figures or ())
        values, answer = ask(law, given)
    except NotAsked as error:
        leave(str(error), BAD_INPUT)
    except Unstable as error:
        say(str(error))
        raise typer.Exit(OBJECTIVE_MISSED) from None
    if as_json:
        from reports.output import say_json

        tree = {"law": f"{law.topic}.{law.name}", "arguments": values, "answer": told(answer)}
        say_json(json.dumps({**tree, "says": law.says, "source": law.source}, indent=2))
        return
    say(_wrapped(law.says), keep="\n")
    _rows(_lines(told(answer)))
    if law.source:
        say(_wrapped(f"Source: {law.source}"), keep="\n")


def _is_in(topic: str, name: str) -> bool:
    return topic == name or topic.startswith(f"{name}.")


def _given(figures: Sequence[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for one in figures:
        name, sign, text = one.partition("=")
        if not sign or not name:
            leave(f"'{one}' is not NAME=FIGURE", BAD_INPUT)
        if name in given:
            leave(f"{name} is given twice", BAD_INPUT)
        given[name] = text
    return given


def _explain(law: LawInBook) -> None:
    say(_wrapped(law.says), keep="\n")
    _rows([(one.name, _meaning(one.meaning, one.default, one.words)) for one in law.arguments])
    if law.source:
        say(_wrapped(f"Source: {law.source}"), keep="\n")
    asked = " ".join(f"{one.name}=..." for one in law.arguments if one.required)
    say(_wrapped(f"Ask it: windtunnel law {law.name} {asked}"), keep="\n")


def _meaning(meaning: str, default: Any, words: tuple[str, ...]) -> str:
    import inspect

    text = meaning + (f" One of {', '.join(words)}." if words else "")
    return text if default is inspect.Parameter.empty else f"{text} Without it, {default}."


def _lines(answer: Any) -> list[tuple[str, str]]:
    if isinstance(answer, dict):
        return [(name, _written(value)) for name, value in answer.items() if value != ""]
    return [("", _written(answer))]


def _written(value: Any) -> str:
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, float | int):
        return f"{value:.10g}" if isinstance(value, float) else f"{value:,}"
    return json.dumps(value)


def _rows(rows: Sequence[tuple[str, str]]) -> None:
    from rich.table import Table
    from rich.text import Text

    from reports.output import show

    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for name, text in rows:
        table.add_row(*([Text(name)] if name else []), Text(text))
    show(table)


def _wrapped(text: str) -> str:
    import textwrap

    return textwrap.fill(text, 80)
