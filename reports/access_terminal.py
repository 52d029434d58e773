"""Who may do what on a terminal of 80 columns, or in a pipe."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from models.prediction.access_answer import AccessCell
from reports.access_tables import lacking, reasons, unneeded, who_may_what
from reports.terminal import drawn

if TYPE_CHECKING:
    from rich.console import RenderableType


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
        parts += [Text(""), Text(table.caption, style="bold"), drawn(table)]
        parts += [Text(table.note)] if table.note else []
    notes = filter(None, (unneeded(more), lacking(less)))
    return Group(*parts, *map(Text, notes))
