"""The answers of a prediction on a terminal of 80 columns, or in a pipe."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from models.description.quantities import HOUR, MONTH, format_availability
from models.description.stack import Stack
from models.prediction import AvailabilityPrediction, Prediction
from reports import answer_tables, energy_tables
from reports.availability_tables import gains, up
from reports.durability_tables import losses, slowdowns
from reports.output import LEAST_WIDTH
from reports.stack_tables import changes, machines, waits, where
from reports.table import Table
from reports.wording import (
    bound,
    count,
    duration,
    interval,
    money,
    nines,
    power_of_ten,
    spread,
)
from reports.workload_report import each

if TYPE_CHECKING:
    from rich.console import JustifyMethod, RenderableType
    from rich.table import Table as RichTable

_LABEL = 14  # columns of the names on the left
_LEAST_OF_A_NAME = 8  # columns of a name in a table
_BETWEEN = 2  # columns between those of a table
_LEAST = 0.001  # share of the downtime that is worth a line
_STYLES = {"good": "green", "bad": "bold red", "open": "bold yellow", "strong": "bold", "": ""}


def summary(stack: Stack, prediction: Prediction) -> "RenderableType":
    """What `windtunnel predict` shows: the headline figures, workload by workload.

    Arguments:
        stack: the description.
        prediction: of it.
    """
    from rich.console import Group
    from rich.text import Text

    judged = prediction.objectives or prediction.overloaded
    bad = prediction.missed or prediction.overloaded
    style = "" if not judged else "green" if prediction.fine else "red" if bad else "yellow"
    parts: list[RenderableType] = [
        Text.assemble((stack.name, "bold"), f"  {where(stack)}"),
        Text(answer_tables.verdict(prediction), style=f"bold {style}".strip()),
    ]
    stands = _stands(stack, prediction)
    parts += [Text(""), _lines(stands)] if stands else []
    if prediction.objectives:
        parts += [Text(""), _objectives(prediction)]
    for one, kind, described in each(stack, prediction):
        lines = _lines(kind.lines(one, described))
        parts += [Text(""), Text(f"Workload {one.name}, {one.mode}", style="bold"), lines]
        for table in kind.tables(one, described):
            parts += [Text(""), drawn(table)]
    parts += [Text(""), Text("Stack", style="bold"), _lines(_whole(stack, prediction))]
    if prediction.warnings:
        parts += [Text(""), Text("Warnings", style="bold yellow")]
        parts += [Text(answer_tables.finding(one)) for one in prediction.warnings]
    parts += [Text(""), Text(_how(prediction), style="dim")]
    return Group(*parts)


def _stands(stack: Stack, prediction: Prediction) -> list[tuple[str, str]]:
    """What was changed by hand, and what the stack is made of."""
    return [
        *_named("Changed", changes(prediction)),
        *_named("Nodes", machines(stack, prediction)),
        *_named("Stores", [f"{one.name}: {one.made_of}" for one in prediction.stores]),
    ]


def _whole(stack: Stack, prediction: Prediction) -> list[tuple[str, str]]:
    availability, cost = prediction.availability, prediction.cost
    least, most = bound(cost.at_least), bound(cost.at_least, cost.at_most)
    keep = f"{most}{money(cost.hourly)}/h, {money(cost.monthly)} a month"
    lines = [
        *_up(availability, prediction.never_available),
        *_named("Weighs most", gains(prediction, _LEAST)),
        *_named("Wait for nodes", waits(stack, prediction)),
        *_named("Durability", [f"{name}: {loss}" for name, loss in losses(stack, prediction)]),
        *_named("Failed disk", slowdowns(prediction)),
        (
            "Cost of a run" if cost.ends else "Cost a month",
            f"{least}{spread(cost.run, money)}",
        ),
        ("Cost to keep", "; ".join(filter(None, (keep, answer_tables.drawn_a_month(cost))))),
    ]
    lines.append(("Energy", energy_tables.line(prediction.energy, cost.of)))
    if cost.alternative_hourly is not None:
        monthly = cost.alternative_hourly * MONTH / HOUR
        words = f"{most}{money(cost.alternative_hourly)}/h, {money(monthly)} a month"
        lines.append((f"If {cost.alternative}", words))
    after = [
        f"{one.node_group}: own are cheaper after {answer_tables.break_even_after(one)}"
        for one in cost.break_even
    ]
    return [*lines, *_named("Break-even", after), *_stages(prediction)]


def _stages(prediction: Prediction) -> list[tuple[str, str]]:
    """Workloads that wait for each other, whose times sum to the whole."""
    found = prediction.lifecycle
    if not found:
        return []
    each = ", ".join(f"{one.name} {duration(one.time)}" for one in found)
    whole = duration(math.fsum(one.time for one in found))
    return [("Stages", f"{each}: {whole} in all, on average")]


def _up(availability: AvailabilityPrediction, never: Sequence[str]) -> list[tuple[str, str]]:
    law, simulated = format_availability(availability.unavailability), availability.simulated
    bars = interval(simulated, lambda value: up(1 - value))
    down = f"{duration(availability.downtime)} a year"
    if availability.failures > 0:
        often = f"{power_of_ten(availability.failures)} failures"
        down += f"; {often} of {duration(availability.mean_down_time)} each"
    of_parts = [("", _of_parts(never))] if never else []
    return [
        ("Availability", f"{law}, {nines(availability)}"),
        ("", f"{up(1 - simulated.mean)}; {bars}"),
        *of_parts,
        ("Downtime", down),
        ("Single points", ", ".join(availability.single_points) or "none"),
    ]


def _of_parts(never: Sequence[str]) -> str:
    names = " and ".join(never)
    return f"of its parts alone: {names} can't keep up with the load, and so is never available"


def _named(name: str, values: Sequence[str]) -> list[tuple[str, str]]:
    """One line a value, of which the first has the name."""
    return [("" if position else name, value) for position, value in enumerate(values)]


def _how(prediction: Prediction) -> str:
    issued = answer_tables.issued(prediction)
    said = f", {issued}" if issued else ""
    return (
        f"windtunnel {prediction.version}, {count(prediction.replications)} replications, "
        f"seed {prediction.seed}, stack {prediction.stack_hash[:12]}, "
        f"catalog {prediction.catalog_hash[:12]}{said}"
    )


def _lines(lines: list[tuple[str, str]]) -> "RichTable":
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    grid.add_column(width=_LABEL, no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in lines:
        grid.add_row(Text(name, style="dim"), Text(value))
    return grid


def _objectives(prediction: Prediction) -> "RichTable":
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    grid.add_column(width=_LABEL, overflow="fold")
    rows = answer_tables.objectives(prediction).rows
    grid.add_column(width=max(8, *(len(cells[1].text) for cells in rows)), no_wrap=True)
    grid.add_column(overflow="fold")
    for one, cells in zip(prediction.objectives, rows, strict=True):
        name, verdict, target, predicted, chance, required = cells
        words = f"{target.text}: {predicted.text}"
        if not one.certain:
            words += f"; met by {chance.text} ({required.text} demanded)"
        grid.add_row(Text(name.text), Text(verdict.text, _STYLES[verdict.mark]), Text(words))
    return grid


def drawn(table: Table) -> "RichTable":
    """A table as the terminal shows it.

    Arguments:
        table: its rows.
    """
    from rich.cells import cell_len
    from rich.table import Table as Grid

    from reports.cell_text import CellText

    grid = Grid(box=None, padding=(0, _BETWEEN, 0, 0), pad_edge=False, header_style="dim")
    every, needed = (*table.rows, *([table.total] if table.total else [])), 0
    for position, column in enumerate(table.columns):
        justify: JustifyMethod = "right" if column.numeric else "left"
        # In too narrow a line heads take several, and names go on in the next, but no figure.
        written = (line for cells in every for line in cells[position].text.splitlines())
        longest = max(map(cell_len, written), default=0)
        word = max(map(cell_len, column.title.split()), default=0)
        least = max(word, longest if column.numeric else min(longest, _LEAST_OF_A_NAME))
        needed += least + _BETWEEN
        # Where the line is too narrow, what can't be shorter leaves that to what can.
        fixed = max(longest, cell_len(column.title)) == least
        grid.add_column(
            column.title, justify=justify, overflow="fold", min_width=least, no_wrap=fixed
        )
    setattr(grid, LEAST_WIDTH, needed - _BETWEEN)
    for cells in every:
        style = "bold" if cells is table.total else ""
        grid.add_row(*(CellText(cell.text, style=_STYLES[cell.mark] or style) for cell in cells))
    return grid
