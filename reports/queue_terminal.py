"""The answers about a queueing network on a terminal of 80 columns, or in a pipe."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from models.queueing.network_answer import EnoughServers, NetworkAnswer
from models.queueing.worked_formulas import Worked
from reports.interval_tables import interval_tables
from reports.queue_tables import agreement, enough_servers_table, overloads, per, tables
from reports.table import Table
from reports.terminal import drawn

if TYPE_CHECKING:
    from rich.console import RenderableType

_METHODS = {
    "exact": "exact",
    "approximation": "an approximation",
    "none": "",
}


def page(
    law: NetworkAnswer,
    simulated: NetworkAnswer | None,
    enough: Sequence[EnoughServers] = (),
    rate_unit: str = "/s",
) -> "RenderableType":
    """What `windtunnel queue` shows: law and simulation side by side.

    Arguments:
        law: what the laws say.
        simulated: what the simulation says, if there was one.
        enough: how many servers are enough, where that was asked.
        rate_unit: in which rates of customers are written.
    """
    from rich.console import Group
    from rich.text import Text

    parts: list[RenderableType] = [Text(law.network, style="bold")]
    parts += [Text(line) for line in how(law, simulated)]
    parts += [Text(line, style="bold red") for line in unstable(law, simulated)]
    for table in all_tables(law, simulated, enough, rate_unit):
        parts += [Text(""), Text(table.caption, style="bold"), drawn(table)]
    shown = [Text(note) for note in notes(law, simulated)]
    return Group(*parts, *([Text("")] if shown else []), *shown)


def formulas(worked: Sequence[Worked]) -> "RenderableType":
    """What `windtunnel queue --explain` adds: the formula of each station with its numbers.

    Arguments:
        worked: formulas, one a station; none where no law has one.
    """
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    parts: list[RenderableType] = [Text(""), Text("Formulas", style="bold")]
    if not worked:
        return Group(*parts, Text("No formula fits on a few lines."))
    for one in worked:
        parts.append(Text(formula_of(one)))
        lines = [*map(Text, one.steps), *([Text(one.source, style="dim")] if one.source else [])]
        parts += [Padding(line, (0, 0, 0, 2)) for line in lines]  # what is too long, too
    if any(one.steps for one in worked):
        parts.append(Text("Curves of these formulas: docs/formulas.md.", style="dim"))
    return Group(*parts)


def formula_of(one: Worked) -> str:
    """What a formula is of, and what it is called.

    Arguments:
        one: the formula, worked out.
    """
    of = f"Station {one.station}" if one.station else "The network"
    return f"{of}: {one.law or 'no formula of a few lines'}"


def how(law: NetworkAnswer, simulated: NetworkAnswer | None) -> list[str]:
    """By which law and by which simulation, a line each.

    Arguments:
        law: what the laws say.
        simulated: what the simulation says, if there was one.
    """
    return [_headline(law), *([f"Simulation: {simulated.law}"] if simulated else [])]


def unstable(law: NetworkAnswer, simulated: NetworkAnswer | None) -> tuple[str, ...]:
    """A line for each station that can't keep up.

    Arguments:
        law: what the laws say.
        simulated: what the simulation says, if there was one.
    """
    return overloads(law) or (overloads(simulated) if simulated else ())


def all_tables(
    law: NetworkAnswer,
    simulated: NetworkAnswer | None,
    enough: Sequence[EnoughServers],
    rate_unit: str,
) -> list[Table]:
    """Stations, classes, intervals of the period, and servers that are enough.

    Arguments:
        law: what the laws say.
        simulated: what the simulation says, if there was one.
        enough: how many servers are enough, where that was asked.
        rate_unit: in which rates of customers are written.
    """
    found: list[Table] = []
    if not unstable(law, simulated) or law.stations or (simulated and simulated.stations):
        found += tables(law, simulated, per(rate_unit))
        found += interval_tables(simulated, per(rate_unit)) if simulated else ()
    asked = enough_servers_table(enough)
    return [*found, *([asked] if asked else [])]


def notes(law: NetworkAnswer, simulated: NetworkAnswer | None) -> list[str]:
    """What a reader must know, and how well law and simulation agree.

    Arguments:
        law: what the laws say.
        simulated: what the simulation says, if there was one.
    """
    found = [*law.notes, *(simulated.notes if simulated else ())]
    if simulated and (simulated.stations or not unstable(law, simulated)):
        found.append(agreement(law, simulated))
    return [note for note in dict.fromkeys(found) if note]


def _headline(law: NetworkAnswer) -> str:
    if law.unstable:
        return f"Law: UNSTABLE, {law.law}"
    method = _METHODS[law.method]
    return f"Law: {law.law}" + (f"; {method}" if method else "")
