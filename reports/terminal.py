"""The answers of a prediction on a terminal of 80 columns, or in a pipe."""

from typing import TYPE_CHECKING

from models.prediction import Prediction, TrainingPrediction
from models.quantities import HOUR, MONTH, format_availability
from models.stack import Stack, Training
from reports import answer_tables, workload_tables
from reports.stack_tables import purchases, where
from reports.table import Table
from reports.wording import (
    checkpoints,
    count,
    duration,
    headroom,
    interval,
    money,
    nines,
    number,
    percent,
    rate,
    share_of,
    spread,
    startup,
)

if TYPE_CHECKING:
    from rich.console import JustifyMethod, RenderableType
    from rich.table import Table as RichTable

_LABEL = 14  # columns of the names on the left
_STYLES = {"good": "green", "bad": "bold red", "strong": "bold", "": ""}


def summary(stack: Stack, prediction: Prediction) -> "RenderableType":
    """What `windtunnel predict` shows: the headline figures, workload by workload.

    Arguments:
        stack: the description.
        prediction: of it.
    """
    from rich.console import Group
    from rich.text import Text

    style = "" if not prediction.objectives else "green" if prediction.objectives_met else "red"
    parts: list[RenderableType] = [
        Text.assemble((stack.name, "bold"), f"  {where(stack)}"),
        Text(answer_tables.verdict(prediction), style=f"bold {style}".strip()),
    ]
    if prediction.objectives:
        parts += [Text(""), _objectives(prediction)]
    for training in prediction.workloads:
        run = _lines(_run(training, stack.workloads[training.name]))
        parts += [Text(""), Text(f"Workload {training.name}", style="bold"), run]
        parts += [Text(""), drawn(workload_tables.step(training))]
    parts += [Text(""), Text("Stack", style="bold"), _lines(_whole(stack, prediction))]
    parts += [Text(""), Text(_how(prediction), style="dim")]
    return Group(*parts)


def _run(training: TrainingPrediction, workload: Training) -> list[tuple[str, str]]:
    times, written = training.time_to_train, duration(training.checkpoint_write)
    limit = headroom(training)
    return [
        ("Throughput", f"{rate(training.throughput.mean)}"),
        ("", interval(training.throughput, rate)),
        ("Bottleneck", limit.removeprefix("limited by ")),
        ("Time to train", spread(times, duration)),
        ("", f"mean {duration(times.mean.mean)}, {interval(times.mean, duration)}"),
        ("Ideal time", f"{duration(training.ideal_time)}; {workload_tables.slower(training)}"),
        (
            "Speedup",
            f"{number(training.speedup)} with {count(training.accelerators)} accelerators, "
            f"efficiency {percent(training.efficiency)}",
        ),
        (
            "Memory",
            f"{share_of(training.memory.needed, training.memory.available)} of the accelerator's",
        ),
        ("Startup", duration(startup(training))),
        ("Checkpoints", f"{checkpoints(training, workload)}, {written} to write"),
        (
            "Restarts",
            f"{number(training.restarts.mean.mean)} a run on average, "
            f"{number(training.yearly_restarts.mean.mean)} in a year of continuous training",
        ),
    ]


def _whole(stack: Stack, prediction: Prediction) -> list[tuple[str, str]]:
    availability, cost = prediction.availability, prediction.cost
    up = format_availability(availability.unavailability)
    points = ", ".join(availability.single_points) or "none"
    lines = [
        ("Availability", f"{up}, {nines(availability)}"),
        ("Downtime", f"{duration(availability.downtime)} a year"),
        ("Single points", points),
        ("Cost of a run", spread(cost.run, money)),
        ("Cost to keep", f"{money(cost.hourly)}/h, {money(cost.monthly)} a month"),
        ("Nodes", purchases(stack)),
    ]
    if cost.alternative_hourly is not None:
        monthly = cost.alternative_hourly * MONTH / HOUR
        words = f"{money(cost.alternative_hourly)}/h, {money(monthly)} a month"
        lines.append((f"If {cost.alternative}", words))
    return lines


def _how(prediction: Prediction) -> str:
    return (
        f"windtunnel {prediction.version}, {count(prediction.replications)} replications, "
        f"seed {prediction.seed}, stack {prediction.stack_hash[:12]}, "
        f"catalog {prediction.catalog_hash[:12]}"
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
    grid.add_column(width=8, no_wrap=True)
    grid.add_column(overflow="fold")
    for cells in answer_tables.objectives(prediction).rows:
        name, verdict, target, predicted, chance, required = cells
        words = f"{target.text}: {predicted.text}; met by {chance.text}"
        words += f" ({required.text} demanded)"
        grid.add_row(Text(name.text), Text(verdict.text, _STYLES[verdict.mark]), Text(words))
    return grid


def drawn(table: Table) -> "RichTable":
    """A table as the terminal shows it.

    Arguments:
        table: its rows.
    """
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for column in table.columns:
        justify: JustifyMethod = "right" if column.numeric else "left"
        grid.add_column(column.title, justify=justify)
    for cells in (*table.rows, *([table.total] if table.total else [])):
        style = "bold" if cells is table.total else ""
        grid.add_row(*(Text(cell.text, style=_STYLES[cell.mark] or style) for cell in cells))
    return grid
