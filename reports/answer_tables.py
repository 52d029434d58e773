"""What holds for the whole stack, as tables: objectives, cost, sources."""

import math

from models.description.quantities import HOUR, MONTH
from models.description.stack import Stack
from models.parts.place import provider_of
from models.prediction import (
    BreakEven,
    CostLine,
    CostPrediction,
    Finding,
    ObjectiveResult,
    Prediction,
    Verdict,
)
from reports.stack_tables import purchases
from reports.table import Cell, Table, columns, row
from reports.wording import (
    NONE,
    bound,
    cents,
    count,
    duration,
    likely,
    many,
    money,
    number,
    percent,
    probability,
    span,
    unit_price,
)
from reports.workload_report import completion_cells, quantile_row, report_of

_VERDICTS = {
    Verdict.MET: Cell("✓ met", "good"),
    Verdict.MISSED: Cell("✗ missed", "bad"),
    Verdict.UNKNOWN: Cell("? can't be said", "open"),
}


def not_billed(stack: Stack) -> str:
    """What no bill on premises has in it, in words.

    Arguments:
        stack: the description.
    """
    electricity = stack.facility.electricity if stack.facility else None
    if electricity is None:
        return "network, building and electricity of the site are not in the bill"
    return "network and building of the site are not in the bill"


def verdict(prediction: Prediction) -> str:
    """Whether the stack does what is demanded, in one sentence.

    Arguments:
        prediction: of the stack.
    """
    return " ".join([*_unstable(prediction), _held_against_objectives(prediction)])


def _unstable(prediction: Prediction) -> list[str]:
    """What has no steady state, before all else: no objective makes up for that."""
    names = prediction.overloaded
    if not names:
        return []
    whose = " and ".join(names)
    return [f"UNSTABLE: the queue of {whose} grows without end; there is no steady state."]


def _held_against_objectives(prediction: Prediction) -> str:
    total = len(prediction.objectives)
    if not total:
        return "No objectives are set."
    missed = _named(prediction, Verdict.MISSED)
    unknown = _named(prediction, Verdict.UNKNOWN)
    said = []
    if missed and total == 1:
        said.append(f"The one objective is missed: {missed[0]}.")
    elif missed:
        verb = "is" if len(missed) == 1 else "are"
        said.append(f"{len(missed)} of {total} objectives {verb} missed: {', '.join(missed)}.")
    if unknown:
        what = " and ".join(unknown)
        said.append(f"Whether {what} can be met can't be said: not all has a known price.")
    if not said:
        few = {1: "The one objective is met.", 2: "Both objectives are met."}
        said.append(few.get(total, f"All {total} objectives are met."))
    return " ".join(said)


def _named(prediction: Prediction, verdict: Verdict) -> list[str]:
    return [one.name for one in prediction.objectives if one.verdict is verdict]


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
    counted = probability(objective.probability, replications, objective.of)
    chance = counted if objective.of else likely(objective.probability)
    if objective.at_least and objective.probability > 0:
        chance = f"at most {chance}"
    demanded = f"{number(100 * objective.required, 6)} %"
    if objective.certain:
        chance = demanded = NONE
    return row(
        objective.name,
        _VERDICTS[objective.verdict],
        objective.target,
        objective.predicted,
        chance,
        demanded,
    )


def spread_title(prediction: Prediction) -> str:
    """Head of what a run takes and costs, or a month of what never ends.

    Arguments:
        prediction: of the stack.
    """
    return "Time and cost of a run" if prediction.cost.ends else "Times and monthly cost"


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
    most = bound(cost.at_least, cost.at_most).strip()
    whole = row(
        "Total",
        "",
        "",
        "",
        Cell(cents(cost.hourly), note=most),
        Cell(cents(cost.monthly), note=most),
        Cell(cents(cost.run.mean.mean), note=bound(cost.at_least).strip()),
    )
    mean = "USD/run, mean>" if cost.ends else "USD/month, mean>"
    heads = columns("Resource", "Item", "Quantity>", "Unit price>", "USD/h>", "USD/month>", mean)
    note = (
        "A month has 730 hours. Each line is rounded to the cent, the totals are sums of what is "
        "not rounded. Taxes, discounts and the salaries of people are not in it."
    )
    if cost.at_most:
        note += " Nodes come and go with the load; at most is what all of them cost together."
    if apart := drawn_a_month(cost):
        note += f" The mean is apart from what it costs to keep by what is {apart}."
    if cost.at_least:
        note += (
            " What has no known price is in no sum, so that the sums are the least; whether a"
            " budget is met can't be said then, unless the known part alone misses it."
        )
    if provider_of(stack).owned:
        note += f" On premises, {not_billed(stack)}."
    return Table("Cost by resource", heads, rows, whole, note)


def drawn_a_month(cost: CostPrediction) -> str:
    """What sets the mean cost of a month apart from what it costs to keep; empty where nothing.

    Arguments:
        cost: of the stack.
    """
    if cost.ends or not cost.drawn:
        return ""
    told = "; ".join(f"{line.resource}: {line.item}, {_drawn(line)}" for line in cost.drawn)
    return f"drawn in the cost a month: {told}"


def _drawn(line: CostLine) -> str:
    monthly = line.least_hourly * MONTH / HOUR
    ends = span(money(monthly * line.low), money(monthly * line.high))
    return f"{ends}, most likely {money(monthly)}"


def _cost_line(line: CostLine, run: float | None) -> tuple[Cell, ...]:
    if line.unit_price is None or run is None:
        item = Cell(line.item, note=line.source)
        unknown = Cell("not known", "open")
        quantity = many(line.quantity, line.unit)
        return row(line.resource, item, quantity, unknown, NONE, NONE, NONE)
    per = "a run" if line.per_run else "an hour"
    most = "at most" if line.at_most else ""
    return row(
        line.resource,
        Cell(line.item, note=line.source),
        many(line.quantity, line.unit),
        Cell(unit_price(line.unit_price), note=f"each, {per}"),
        Cell(NONE if line.per_run else cents(line.least_hourly), note=most),
        Cell(NONE if line.per_run else cents(line.least_hourly * MONTH / HOUR), note=most),
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
    if cost.at_most:
        note += " All nodes are counted, the most that come with the load."
    heads = columns("Nodes bought", "USD/h>", "USD/month>", "Difference>")
    return Table("On-demand against spot", heads, rows, note=note)


def break_even(prediction: Prediction) -> Table | None:
    """Own nodes against the cloud's, where the stack file gives the price of both.

    Arguments:
        prediction: of the stack.
    """
    if not prediction.cost.break_even:
        return None
    rows = tuple(
        row(
            one.node_group,
            count(one.nodes),
            cents(one.purchase),
            cents(one.own_hourly),
            cents(one.cloud_hourly),
            break_even_after(one),
        )
        for one in prediction.cost.break_even
    )
    heads = columns(
        "Nodes", "Number>", "Bought, USD>", "Run, USD/h>", "Cloud, USD/h>", "Own are cheaper after>"
    )
    note = (
        "What they are bought for, over what the cloud bills above what they cost to run by the"
        " hour: hours in which they are used. Nodes that stand idle pay for nothing."
    )
    return Table("Cloud against own hardware", heads, rows, note=note)


def break_even_after(one: BreakEven) -> str:
    """How long own nodes are used until they have cost less, in words.

    Arguments:
        one: the nodes.
    """
    if math.isinf(one.time):
        return "never"
    return f"{count(round(one.time / HOUR))} h of use"


def issued(prediction: Prediction) -> str:
    """Date of issue and commit, where they were given, in one line.

    Arguments:
        prediction: of the stack.
    """
    date, commit = prediction.issue.date, prediction.issue.commit
    parts = [f"issued {date}" if date else "", f"commit {commit[:12]}" if commit else ""]
    return ", ".join(part for part in parts if part)


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
    issue = prediction.issue
    rows = (
        *([row("Issued", issue.date)] if issue.date else []),
        *([row("Commit of the stack file", issue.commit)] if issue.commit else []),
        row("windtunnel", prediction.version),
        row("Seed", str(prediction.seed)),
        row("Replications", count(prediction.replications)),
        *(row(f"Changed: {one.path}", one.value) for one in prediction.changes),
        row("SHA-256 of the stack file and of what was changed by hand", prediction.stack_hash),
        row("SHA-256 of the catalog", prediction.catalog_hash),
    )
    return Table("Provenance", columns("What", "Value"), rows)


def glance(prediction: Prediction) -> Table:
    """All workloads, one a row.

    Arguments:
        prediction: of the stack.
    """
    rows = []
    for one in prediction.workloads:
        kind = report_of(one.kind)
        rows.append(
            row(one.name, one.kind, kind.rate(one), *completion_cells(one), kind.limited_by(one))
        )
    heads = columns("Workload", "Kind", "Throughput>", "Complete, P50>", "P95>", "Limited by")
    return Table("Workloads at a glance", heads, tuple(rows))


def lifecycle(prediction: Prediction) -> Table | None:
    """Workloads that wait for each other, and what each adds to the whole; None where none waits.

    Arguments:
        prediction: of the stack.
    """
    stages = prediction.lifecycle
    if not stages:
        return None
    rows = tuple(row(one.name, one.kind, duration(one.time), percent(one.share)) for one in stages)
    whole = duration(math.fsum(one.time for one in stages))
    heads = columns("Stage", "Kind", "Adds>", "Share>")
    note = "Means of all replications, of the way that is complete last."
    return Table("Stages, one after the other", heads, rows, row("In all", "", whole, ""), note)


def quantiles(prediction: Prediction) -> Table:
    """Mean, P50 and P95 of what is simulated of each workload and of the cost, with error bars.

    Arguments:
        prediction: of the stack.
    """
    rows = [cells for one in prediction.workloads for cells in report_of(one.kind).quantiles(one)]
    of = "Cost of the run, all workloads"
    if not prediction.cost.ends:
        of = f"Cost of {prediction.cost.of}"
    rows.append(quantile_row(of, prediction.cost.run, money))
    heads = columns("Quantity", "Mean>", "P50>", "P95>")
    what = "runs" if prediction.cost.ends else "requests and years"
    return Table(f"Spread of the simulated {what}", heads, tuple(rows))


def finding(one: Finding) -> str:
    """What a reader must know, with its place.

    Arguments:
        one: what was found.
    """
    return f"{one.level}: {one.place}: {one.text}" if one.place else f"{one.level}: {one.text}"


def findings(prediction: Prediction) -> Table | None:
    """What a reader must know before believing a figure; None if there is nothing.

    Arguments:
        prediction: of the stack.
    """
    if not prediction.warnings:
        return None
    rows = tuple(row(one.level, one.place, one.text) for one in prediction.warnings)
    return Table("Warnings", columns("Level", "Where", "What"), rows)
