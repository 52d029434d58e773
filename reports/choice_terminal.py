"""The choice among many stacks on a terminal of 80 columns, or in a pipe."""

from typing import TYPE_CHECKING

from models.prediction.choice_answer import Choice
from reports import choice_tables
from reports.terminal import drawn
from reports.wording import count, percent

if TYPE_CHECKING:
    from rich.console import RenderableType


def summary(choice: Choice) -> "RenderableType":
    """What `windtunnel optimise` shows.

    Arguments:
        choice: among the stacks.
    """
    from rich.console import Group
    from rich.text import Text

    parts: list[RenderableType] = [Text(choice_tables.headline(choice), style="bold")]
    parts += [Text(f"  {one}") for one in choice_tables.concessions(choice)]
    table = choice_tables.frontier(choice)
    if table.rows:
        parts += [Text(""), drawn(table)]
    if choice.cheapest is not None and choice.described is not None:
        parts += [Text(""), Text(_saving(choice))]
    others = choice_tables.rejected(choice)
    if others.rows:
        parts += [Text(""), Text("Rejected", style="bold"), drawn(others)]
    parts += [Text(""), *(Text(line, style="dim") for line in how(choice))]
    return Group(*parts)


def _saving(choice: Choice) -> str:
    assert choice.cheapest is not None
    assert choice.described is not None
    best, now = choice.cheapest.cost.mean.mean, choice.described.cost.mean.mean
    if choice.described.at_least or now <= 0:
        return "What the stack costs as described is not known."
    return f"The cheapest costs {percent(best / now)} of what the stack costs as described."


def how(choice: Choice) -> list[str]:
    """How it was had, a sentence each.

    Arguments:
        choice: among the stacks.
    """
    lines = [
        f"{count(choice.candidates)} candidates: the laws were asked {count(choice.solved)} times,"
        f" of a candidate or a family that can't be told apart;"
        f" {count(choice.simulated)} were simulated.",
        f"Told apart by {percent(choice.resolution)} of cost and time; the cheapest by any.",
    ]
    if not choice.complete:
        lines.append("The search was cut short: what was not reached may be better (--most).")
    if choice.confirmed > choice.replications:
        lines.append(
            f"{count(choice.replications)} years of each candidate, {count(choice.confirmed)} of"
            " each that may meet the objectives."
        )
    lines.append(
        f"windtunnel {choice.version}, {count(choice.confirmed)} years of what is shown, seed"
        f" {choice.seed}, stack {choice.stack_hash[:12]}, catalog {choice.catalog_hash[:12]}"
    )
    return lines
