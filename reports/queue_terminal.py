"""The answers about a queueing network on a terminal of 80 columns, or in a pipe."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from models.queueing.network_answer import EnoughServers, NetworkAnswer
from reports.interval_tables import interval_tables
from reports.queue_tables import agreement, enough_servers_table, overloads, per, tables
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

    parts: list[RenderableType] = [Text(law.network, style="bold"), Text(_headline(law))]
    if simulated:
        parts.append(Text(f"Simulation: {simulated.law}"))
    unstable = overloads(law) or (overloads(simulated) if simulated else ())
    parts += [Text(line, style="bold red") for line in unstable]
    if not unstable or law.stations:
        by_interval = interval_tables(simulated, per(rate_unit)) if simulated else ()
        for table in (*tables(law, simulated, per(rate_unit)), *by_interval):
            parts += [Text(""), Text(table.caption, style="bold"), drawn(table)]
    if asked := enough_servers_table(enough):
        parts += [Text(""), Text(asked.caption, style="bold"), drawn(asked)]
    notes = [*law.notes, *(simulated.notes if simulated else ())]
    if simulated and not unstable:
        notes.append(agreement(law, simulated))
    shown = [Text(note) for note in dict.fromkeys(notes) if note]
    return Group(*parts, *([Text("")] if shown else []), *shown)


def _headline(law: NetworkAnswer) -> str:
    if law.unstable:
        return f"Law: UNSTABLE, {law.law}"
    method = _METHODS[law.method]
    return f"Law: {law.law}" + (f"; {method}" if method else "")
