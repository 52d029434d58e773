"""The choice among many stacks on a terminal of 80 columns, or in a pipe."""

from typing import TYPE_CHECKING

from models.prediction.choice_answer import Choice
from reports import choice_tables
from reports.terminal import drawn

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
    if saved := choice_tables.saving(choice):
        parts += [Text(""), Text(saved)]
    others = choice_tables.rejected(choice)
    if others.rows:
        parts += [Text(""), Text("Rejected", style="bold"), drawn(others)]
    parts += [Text(""), *(Text(line, style="dim") for line in choice_tables.how(choice))]
    return Group(*parts)
