"""Who may do what on a terminal of 80 columns, or in a pipe."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from models.prediction.access_answer import AccessCell
from reports.access_tables import lacking, reasons, unneeded, who_may_what
from reports.terminal import drawn

if TYPE_CHECKING:
    from rich.console import RenderableType


_MOST_ROWS = 500  # of a table that somebody would still look through


def page(
    stack: str,
    cells: Sequence[AccessCell],
    more: Sequence[AccessCell],
    less: Sequence[AccessCell],
) -> "RenderableType":
    """What `windtunnel access` shows.

    Arguments:
        stack: its name.
        cells: of the answer.
        more: of them what policies allow roles and no workload needs.
        less: what workloads need and is not allowed.
    """
    from rich.console import Group
    from rich.text import Text

    title = Text(stack, style="bold")
    if not cells:
        return Group(title, Text("No store, or nobody who could use one: there is no access."))
    parts: list[RenderableType] = [title]
    for table in (who_may_what(cells), reasons(cells)):
        shown = replace(table, rows=table.rows[:_MOST_ROWS])
        parts += [Text(""), Text(table.caption, style="bold"), drawn(shown)]
        left_out = len(table.rows) - len(shown.rows)
        if left_out:
            hint = "ask about some with --who, --what and --on; --json has all"
            parts.append(Text(f"{left_out:,} more rows are left out: {hint}."))
        parts += [Text(table.note)] if table.note else []
    notes = filter(None, (unneeded(more), lacking(less)))
    return Group(*parts, *map(Text, notes))
