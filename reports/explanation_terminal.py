"""Where figures come from on a terminal of 80 columns, or in a pipe."""

from typing import TYPE_CHECKING

from models.prediction.explanation_answer import Basis, Explained, Explanation
from reports import explanation_tables
from reports.explanation_tables import then
from reports.terminal import drawn
from reports.wording import NONE

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table as RichTable

_HALF = 9  # columns of a bar, on each side of the middle
_FEW = 3  # inputs that are named of each figure where several are asked for


def summary(explained: Explained) -> "RenderableType":
    """What `windtunnel explain` shows.

    Arguments:
        explained: figures of a stack.
    """
    from rich.console import Group
    from rich.text import Text

    parts: list[RenderableType] = [Text(explained.stack, style="bold")]
    if len(explained.explanations) == 1:
        parts += _whole(explained, explained.explanations[0])
    else:
        for one in explained.explanations:
            parts += [Text(""), *_in_short(one)]
        names = ", ".join(one.figure.key for one in explained.explanations)
        more = len(explained.others) - len(explained.explanations)
        parts += [
            Text(""),
            Text(f"One of them in full: windtunnel explain STACK FIGURE, with {names}."),
            Text(f"--list names the other {more} figures that can be asked for."),
        ]
    parts += [
        Text(""),
        Text(
            f"windtunnel {explained.version}, seed {explained.seed}, stack"
            f" {explained.stack_hash[:12]}, catalog {explained.catalog_hash[:12]}",
            style="dim",
        ),
    ]
    return Group(*parts)


def _whole(explained: Explained, one: Explanation) -> "list[RenderableType]":
    from rich.text import Text

    text = explanation_tables.headline(one)
    parts: list[RenderableType] = [
        Text(f"{text[:1].upper()}{text[1:]}", style="bold"),
        Text(explanation_tables.how_moved(explained, one)),
    ]
    one = explanation_tables.seen(one)
    if one.tornado:
        parts += [Text(""), Text("Uncertain inputs that move it most", style="bold"), _bars(one)]
        note = explanation_tables.assumed(one)
        parts += [Text(f"* {note}", style="dim")] if note else []
        parts += [Text(told, style="dim") for told in explanation_tables.refusals(one)]
    else:
        parts += [Text(""), Text("No input is uncertain that moves it.")]
    for table in (
        explanation_tables.factors(one),
        explanation_tables.lines(one),
        explanation_tables.facts(one),
        explanation_tables.laws(one),
    ):
        if table.rows:
            parts += [Text(""), Text(table.caption, style="bold"), drawn(table)]
    sources = explanation_tables.sources(one)
    if sources:
        parts += [Text(""), Text("Sources", style="bold"), *map(Text, sources)]
    return parts


def _in_short(one: Explanation) -> "list[RenderableType]":
    from rich.text import Text

    text = explanation_tables.headline(one)
    most = "; ".join(
        f"{effect.name}, {effect.low or effect.value} to {effect.high}:"
        f" {then(one, effect.at_low)} to {then(one, effect.at_high)}"
        for effect in explanation_tables.seen(one).effects[:_FEW]
    )
    return [Text(f"{text[:1].upper()}{text[1:]}", style="bold"), Text(f"  {most}")]


def _bars(one: Explanation) -> "RichTable":
    """The tornado: what the figure becomes at both ends, and a bar from one to the other."""
    from rich.table import Table as Grid
    from rich.text import Text

    base = one.moved
    reach = max(
        (abs(at - base) for e in one.tornado for at in (e.at_low, e.at_high) if at is not None),
        default=0.0,
    )
    grid = Grid(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    grid.add_column("Input", overflow="fold")
    grid.add_column("From and to", overflow="fold")
    grid.add_column("Then", justify="right", no_wrap=True)
    unsure = any(explanation_tables.within(one, effect) for effect in one.tornado)
    if unsure:
        grid.add_column("Within", justify="right", no_wrap=True)
    grid.add_column("", no_wrap=True)
    for effect in one.tornado:
        ends = [effect.at_low, effect.at_high]
        known = [at for at in ends if at is not None]
        grid.add_row(
            Text(f"{effect.name}{'*' if effect.basis is Basis.TENTH else ''}"),
            Text(f"{effect.low or NONE}\n{effect.high or NONE}"),
            Text("\n".join(then(one, at) for at in ends)),
            *([Text(explanation_tables.within(one, effect))] if unsure else []),
            Text(_bar(min(known) - base, max(known) - base, reach)),
        )
    return grid


def _bar(low: float, high: float, reach: float) -> str:
    """A bar from a lower to a higher change, with the figure as it is in the middle."""
    left = round(_HALF * max(0.0, -low) / reach) if reach else 0
    right = round(_HALF * max(0.0, high) / reach) if reach else 0
    full = "\N{BOX DRAWINGS HEAVY HORIZONTAL}"
    return f"{(full * left).rjust(_HALF)}|{full * right}"
