"""The answers about a disk or an array on a terminal of 80 columns, or in a pipe."""

from typing import TYPE_CHECKING

from models.raid.array_answer import ArrayAnswer, ArrayVerdict, DiskRuns, Losses
from reports.raid_tables import headline, losses, objectives, overload, requests, tables
from reports.side_by_side import agreement_of
from reports.terminal import drawn

if TYPE_CHECKING:
    from rich.console import RenderableType


def page(
    law: ArrayAnswer,
    simulated: Losses | None,
    runs: DiskRuns | None,
    verdicts: tuple[ArrayVerdict, ...],
) -> "RenderableType":
    """What `windtunnel raid` shows: laws, and the simulation of losses and requests beside.

    Arguments:
        law: what the laws say.
        simulated: what the simulation says of losses, if there was one.
        runs: what the simulation says of requests, if there was one.
        verdicts: on its objectives.
    """
    from rich.console import Group
    from rich.text import Text

    parts: list[RenderableType] = [Text(law.array, style="bold")]
    parts += [Text(line) for line in how(law, simulated, runs)]
    if law.unstable:
        parts.append(Text(overload(law), style="bold red"))
    if verdicts:
        parts += [Text(""), drawn(objectives(verdicts))]
    for table in tables(law, simulated, runs):
        parts += [Text(""), Text(table.caption, style="bold"), drawn(table)]
    shown = [Text(note) for note in notes(law, simulated, runs)]
    return Group(*parts, *([Text("")] if shown else []), *shown)


def how(law: ArrayAnswer, simulated: Losses | None, runs: DiskRuns | None) -> list[str]:
    """What it is, by which laws and by which simulation, a line each.

    Arguments:
        law: what the laws say.
        simulated: what the simulation says of losses, if there was one.
        runs: what the simulation says of requests, if there was one.
    """
    said, known = headline(law), law.losses
    found = [said] if said else []
    if law.times is not None:
        exact = "; exact" if law.times.method == "exact" else "; an approximation"
        found.append(f"Requests: {law.times.law}{exact}")
    if known is not None:
        method = "exact" if known.method == "exact" else "an approximation"
        found.append(f"Losses: {known.law}; {method}")
    engines = [one.law for one in (simulated, runs) if one is not None]
    return [*found, *([f"Simulation: {'; '.join(engines)}"] if engines else [])]


def notes(law: ArrayAnswer, simulated: Losses | None, runs: DiskRuns | None) -> list[str]:
    """What a reader must know, and how well law and simulation agree.

    Arguments:
        law: what the laws say.
        simulated: what the simulation says of losses, if there was one.
        runs: what the simulation says of requests, if there was one.
    """
    found, known = list(law.notes), law.losses
    if known is not None:
        found.append(agreement_of(losses(law, simulated), known.method))
    if law.times is not None and runs is not None:
        told = agreement_of(requests(law.times, runs), law.times.method)
        found.append(told.replace("The law", "Of requests the law", 1) if known else told)
    return [note for note in found if note]
