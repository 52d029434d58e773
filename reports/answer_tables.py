"""What holds for the whole stack, as tables: objectives, availability, cost, sources."""

import math

from models.prediction import BlockResult, CostLine, ObjectiveResult, Prediction
from models.quantities import HOUR, MONTH, YEAR, format_availability
from models.stack import Stack
from reports.diagram import needed
from reports.stack_tables import purchases
from reports.table import Cell, Table, columns, row
from reports.wording import (
    NONE,
    cents,
    count,
    duration,
    interval,
    many,
    number,
    percent,
    power_of_ten,
    probability,
    unit_price,
)

ONLY_NODES = "network, storage and power of the site are not priced, only nodes are"
MET, MISSED = "✓ met", "✗ missed"


def verdict(prediction: Prediction) -> str:
    """Whether the stack does what is demanded, in one sentence.

    Arguments:
        prediction: of the stack.
    """
    missed = [objective.name for objective in prediction.objectives if not objective.met]
    total = len(prediction.objectives)
    if not total:
        return "No objectives are set."
    if not missed:
        return "The one objective is met." if total == 1 else f"All {total} objectives are met."
    verb = "is" if len(missed) == 1 else "are"
    return f"{len(missed)} of {total} objectives {verb} missed: {', '.join(missed)}."


def objectives(prediction: Prediction) -> Table:
    """Every objective, demanded and predicted.

    Arguments:
        prediction: of the stack.
    """
    rows = tuple(_objective(one, prediction.replications) for one in prediction.objectives)
    heads = columns(
        "Objective", "Verdict", "Target", "Predicted", "Met with probability>", "Demanded>"
    )
    return Table("Objectives", heads, rows)


def _objective(objective: ObjectiveResult, replications: int) -> tuple[Cell, ...]:
    return row(
        objective.name,
        Cell(MET, "good") if objective.met else Cell(MISSED, "bad"),
        objective.target,
        objective.predicted,
        probability(objective.probability, replications),
        f"{number(100 * objective.required, 6)} %",
    )


def blocks(prediction: Prediction) -> Table:
    """The blocks of the availability diagram.

    Arguments:
        prediction: of the stack.
    """
    availability = prediction.availability
    rows = tuple(_block(result) for result in availability.blocks)
    whole = row(
        "The whole stack",
        "",
        "",
        "",
        power_of_ten(availability.unavailability),
        duration(availability.downtime),
        "",
    )
    heads = columns("Block", "Units", "MTTF>", "MTTR>", "Unavailability>", "Down a year>", "Source")
    return Table("Blocks in series", heads, rows, whole)


def _block(result: BlockResult) -> tuple[Cell, ...]:
    block = result.block
    name = (
        Cell(block.name, "bad", "▲ single point of failure")
        if result.single_point
        else Cell(block.name)
    )
    return row(
        name,
        needed(block),
        "never fails" if math.isinf(block.mttf) else duration(block.mttf),
        duration(block.mttr),
        power_of_ten(result.unavailability),
        duration(result.unavailability * YEAR),
        block.source,
    )


def availability(prediction: Prediction) -> Table:
    """Availability by the laws and in the simulated years.

    Arguments:
        prediction: of the stack.
    """
    law, simulated = prediction.availability, prediction.availability.simulated
    away = 1 - simulated.mean
    rows = (
        row(
            "By the laws",
            _up(law.unavailability),
            _nines(law.unavailability),
            duration(law.downtime),
            "closed form, no sampling",
        ),
        row(
            f"In {count(prediction.replications)} simulated years",
            _up(away),
            _nines(away),
            duration(away * YEAR),
            interval(simulated, lambda value: _up(1 - value)),
        ),
    )
    heads = columns("How it was had", "Availability>", "Nines>", "Down a year>", "Error bars")
    return Table("Availability of the stack", heads, rows)


def _up(unavailability: float) -> str:
    return format_availability(max(0.0, min(1.0, unavailability)))


def _nines(away: float) -> str:
    return f"{math.floor(-100 * math.log10(away)) / 100:.2f}" if away > 0 else NONE


def cost_lines(stack: Stack, prediction: Prediction) -> Table:
    """What every resource costs by the hour, the month and the run.

    Arguments:
        stack: the description.
        prediction: of the stack.
    """
    cost = prediction.cost
    rows = tuple(
        _cost_line(line, run) for line, run in zip(cost.lines, cost.run_lines, strict=True)
    )
    whole = row(
        "Total", "", "", "", cents(cost.hourly), cents(cost.monthly), cents(cost.run.mean.mean)
    )
    heads = columns(
        "Resource", "Item", "Quantity>", "Unit price>", "USD/h>", "USD/month>", "USD/run, mean>"
    )
    note = (
        "A month has 730 hours. Each line is rounded to the cent, the totals are sums of what is "
        "not rounded. Taxes, discounts and the salaries of people are not in it."
    )
    if stack.cloud == "on-premises":
        note += f" On premises, {ONLY_NODES}."
    return Table("Cost by resource", heads, rows, whole, note)


def _cost_line(line: CostLine, run: float) -> tuple[Cell, ...]:
    per = "a run" if line.per_run else "an hour"
    return row(
        line.resource,
        Cell(line.item, note=line.source),
        many(line.quantity, line.unit),
        Cell(unit_price(line.unit_price), note=f"each, {per}"),
        NONE if line.per_run else cents(line.hourly),
        NONE if line.per_run else cents(line.hourly * MONTH / HOUR),
        cents(run),
    )


def purchase_options(stack: Stack, prediction: Prediction) -> Table | None:
    """The stack as it is bought against the other way to buy its nodes, if that is priced.

    Arguments:
        stack: the description.
        prediction: of it.
    """
    cost = prediction.cost
    if cost.alternative_hourly is None:
        return None
    change = cost.alternative_hourly / cost.hourly - 1 if cost.hourly > 0 else 0.0
    sign = "+" if change > 0 else "\N{MINUS SIGN}" if change < 0 else ""
    rows = (
        row(f"{purchases(stack)}, as described", cents(cost.hourly), cents(cost.monthly), ""),
        row(
            cost.alternative,
            cents(cost.alternative_hourly),
            cents(cost.alternative_hourly * MONTH / HOUR),
            f"{sign}{percent(abs(change))}",
        ),
    )
    note = (
        "Prices only: spot capacity can be taken back at any time, and a run on it restarts more "
        "often. To see what that does to the deadline, predict the stack with the other purchase."
    )
    heads = columns("Nodes bought", "USD/h>", "USD/month>", "Difference>")
    return Table("On-demand against spot", heads, rows, note=note)


def sources(prediction: Prediction) -> Table:
    """Where every catalog figure comes from.

    Arguments:
        prediction: of the stack.
    """
    rows = tuple(row(one.figure, one.date, one.source) for one in prediction.sources)
    return Table("Catalog figures used", columns("Figure", "Date", "Source"), rows)


def provenance(prediction: Prediction) -> Table:
    """What it takes to have this very report again.

    Arguments:
        prediction: of the stack.
    """
    rows = (
        row("windtunnel", prediction.version),
        row("Seed", str(prediction.seed)),
        row("Replications", count(prediction.replications)),
        row("SHA-256 of the stack file and of what was changed by hand", prediction.stack_hash),
        row("SHA-256 of the catalog", prediction.catalog_hash),
    )
    return Table("Provenance", columns("What", "Value"), rows)
