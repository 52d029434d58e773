"""The answers about a block diagram on a terminal of 80 columns, or in a pipe."""

from typing import TYPE_CHECKING

from models.reliability.diagram_answer import DiagramAnswer, Verdict
from reports.reliability_tables import components, headline, measures, objectives, tables
from reports.side_by_side import agreement_of
from reports.terminal import drawn

if TYPE_CHECKING:
    from rich.console import RenderableType


def page(
    law: DiagramAnswer, simulated: DiagramAnswer | None, verdicts: tuple[Verdict, ...]
) -> "RenderableType":
    """What `windtunnel reliability` shows: law and simulation side by side.

    Arguments:
        law: what the laws say.
        simulated: what the simulation says, if there was one.
        verdicts: on its objectives.
    """
    from rich.console import Group
    from rich.text import Text

    parts: list[RenderableType] = [Text(law.diagram, style="bold")]
    parts += [Text(line) for line in how(law, simulated)]
    said = headline(law, simulated)
    parts += [Text(said, style="bold")] if said else []
    parts += [Text(line) for line in points(law)]
    if verdicts:
        parts += [Text(""), drawn(objectives(verdicts))]
    for table in tables(law, simulated):
        if table.rows:
            parts += [Text(""), Text(table.caption, style="bold"), drawn(table)]
    shown = [Text(note) for note in notes(law, simulated)]
    return Group(*parts, *([Text("")] if shown else []), *shown)


def how(law: DiagramAnswer, simulated: DiagramAnswer | None) -> list[str]:
    """By which law and by which simulation, a line each.

    Arguments:
        law: what the laws say.
        simulated: what the simulation says, if there was one.
    """
    words = f"Law: {law.law}" + ("; exact" if law.method == "exact" else "")
    return [words, *([f"Simulation: {simulated.law}"] if simulated else [])]


def points(law: DiagramAnswer) -> list[str]:
    """Single points of failure, in a line; none where there are none.

    Arguments:
        law: what the laws say.
    """
    names = ", ".join(law.single_points)
    return [f"Single points of failure: {names}"] if names else []


def notes(law: DiagramAnswer, simulated: DiagramAnswer | None) -> list[str]:
    """What a reader must know, and how well law and simulation agree.

    Arguments:
        law: what the laws say.
        simulated: what the simulation says, if there was one.
    """
    lines = (*measures(law, simulated), *components(law, simulated))
    found = [*law.notes, *(simulated.notes if simulated else ())]
    return [note for note in dict.fromkeys([*found, agreement_of(lines, law.method)]) if note]
