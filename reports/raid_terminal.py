"""The answers about a disk or an array on a terminal of 80 columns, or in a pipe."""

from typing import TYPE_CHECKING

from models.raid.array_answer import ArrayAnswer, ArrayVerdict, Losses
from reports.raid_tables import headline, losses, objectives, overload, tables
from reports.side_by_side import agreement_of
from reports.terminal import drawn

if TYPE_CHECKING:
    from rich.console import RenderableType


def page(
    law: ArrayAnswer, simulated: Losses | None, verdicts: tuple[ArrayVerdict, ...]
) -> "RenderableType":
    """What `windtunnel raid` shows: laws, and the simulation of losses beside.

    Arguments:
        law: what the laws say.
        simulated: what the simulation says of losses, if there was one.
        verdicts: on its objectives.
    """
    from rich.console import Group
    from rich.text import Text

    parts: list[RenderableType] = [Text(law.array, style="bold")]
    said, known = headline(law), law.losses
    parts += [Text(said)] if said else []
    if law.times is not None:
        exact = "; exact" if law.times.method == "exact" else "; an approximation"
        parts.append(Text(f"Requests: {law.times.law}{exact}"))
    if known is not None:
        how = "exact" if known.method == "exact" else "an approximation"
        parts.append(Text(f"Losses: {known.law}; {how}"))
    if simulated is not None:
        parts.append(Text(f"Simulation: {simulated.law}"))
    if law.unstable:
        parts.append(Text(overload(law), style="bold red"))
    if verdicts:
        parts += [Text(""), drawn(objectives(verdicts))]
    for table in tables(law, simulated):
        parts += [Text(""), Text(table.caption, style="bold"), drawn(table)]
    notes = list(law.notes)
    if known is not None:
        notes.append(agreement_of(losses(law, simulated), known.method))
    shown = [Text(note) for note in notes if note]
    return Group(*parts, *([Text("")] if shown else []), *shown)
