"""Where nodes can be had, on a terminal of 80 columns or in a pipe."""

from typing import TYPE_CHECKING

from models.prediction.capacity_answer import Capacity
from reports import capacity_tables
from reports.terminal import drawn

if TYPE_CHECKING:
    from rich.console import RenderableType


def summary(answer: Capacity) -> "RenderableType":
    """What `windtunnel find` shows.

    Arguments:
        answer: of the cloud.
    """
    from rich.console import Group
    from rich.text import Text

    who = f"  {answer.cloud}, nodes.{answer.group}: {answer.nodes}, {answer.purchase}"
    style = "bold red" if answer.best is None else "bold green" if answer.attempted else "bold"
    parts: list[RenderableType] = [
        Text.assemble((answer.stack, "bold"), who),
        Text(capacity_tables.headline(answer), style=style),
        Text(""),
        drawn(capacity_tables.zones(answer)),
    ]
    for lines, dim in (
        (capacity_tables.refusals(answer), ""),
        (capacity_tables.beside(answer), "dim"),
    ):
        told = [Text(line, style=dim) for line in lines]
        parts += [Text(""), *told] if told else []
    if answer.warnings:
        parts += [Text(""), Text("Warnings", style="bold yellow"), *map(Text, answer.warnings)]
    return Group(*parts)
