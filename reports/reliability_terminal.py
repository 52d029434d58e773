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

    words = f"Law: {law.law}" + ("; exact" if law.method == "exact" else "")
    parts: list[RenderableType] = [Text(law.diagram, style="bold"), Text(words)]
    if simulated:
        parts.append(Text(f"Simulation: {simulated.law}"))
    said = headline(law, simulated)
    parts += [Text(said, style="bold")] if said else []
    if law.single_points:
        parts.append(Text(f"Single points of failure: {', '.join(law.single_points)}"))
    if verdicts:
        parts += [Text(""), drawn(objectives(verdicts))]
    for table in tables(law, simulated):
        if table.rows:
            parts += [Text(""), Text(table.caption, style="bold"), drawn(table)]
    notes = [*law.notes, *(simulated.notes if simulated else ())]
    lines = (*measures(law, simulated), *components(law, simulated))
    notes.append(agreement_of(lines, law.method))
    shown = [Text(note) for note in dict.fromkeys(notes) if note]
    return Group(*parts, *([Text("")] if shown else []), *shown)
