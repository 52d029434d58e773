"""A prediction as one HTML file that needs nothing else: no network, no script."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from models.description.stack import Stack
from models.prediction import Prediction
from models.prediction.alternatives_answer import Alternatives
from models.prediction.explanation_answer import Explained
from reports import (
    access_tables,
    alternatives_figures,
    alternatives_tables,
    answer_tables,
    availability_tables,
    durability_tables,
    energy_tables,
    explanation_tables,
    stack_tables,
    store_tables,
)
from reports.deployment_questions import deployment_questions
from reports.diagram import block_diagram
from reports.figure_wording import called
from reports.page_templates import filled
from reports.questions import questions
from reports.spread import label_rows, money_scale, spread
from reports.table import Table
from reports.tiles import tiles
from reports.tornado import tornado
from reports.wording import count, money
from reports.workload_report import Item, Picture, Side, each

if TYPE_CHECKING:
    pass

# Blocks in a row of the diagram, on paper and on a telephone.
DIAGRAMS = (("blocks-wide", 5), ("blocks-narrow", 2))


@dataclass(frozen=True)
class WorkloadView:
    """What the report shows of one workload.

    Arguments:
        name: of the workload.
        limit: what limits it, one sentence.
        remedy: what relieves that; empty where a kind doesn't say.
        performance: where the time goes, rows of what stands side by side.
        spread: how its replications are spread.
        gap: ideal against simulated.
    """

    name: str
    limit: str
    remedy: str
    performance: Side
    spread: tuple[Picture, ...]
    gap: tuple[Table, ...]


@dataclass(frozen=True)
class SensitivityView:
    """What the report shows of what a figure is sensitive to.

    Arguments:
        head: the figure.
        how: it was had, one sentence.
        drawing: the tornado; empty where no input is uncertain.
        caption: of the drawing.
        tables: uncertain inputs, and lines of the stack file.
    """

    head: str
    how: str
    drawing: str
    caption: str
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class AlternativesView:
    """What the report shows of the stacks beside one.

    Arguments:
        sentences: what was found.
        pictures: cost against time, nodes against deadline.
        tables: the best, what to buy next, other numbers of nodes.
    """

    sentences: tuple[str, ...]
    pictures: tuple[Picture, ...]
    tables: tuple[Table, ...]


def render(
    stack: Stack,
    prediction: Prediction,
    explained: Explained | None = None,
    beside: Alternatives | None = None,
) -> str:
    """Write the report; the same prediction gives the same bytes.

    Arguments:
        stack: the description.
        prediction: of it.
        explained: what its figures are sensitive to, where that was asked.
        beside: the stacks beside it, where they were asked for.
    """
    from markupsafe import Markup

    return filled(
        "report.html.j2",
        stack=stack,
        prediction=prediction,
        where=stack_tables.where(stack),
        issued=answer_tables.issued(prediction),
        changes=stack_tables.changes(prediction),
        verdict=answer_tables.verdict(prediction),
        tiles=tiles(prediction),
        workloads=_workloads(stack, prediction),
        described=stack_tables.workloads(stack),
        cost_caption=_cost_caption(prediction),
        cost_spread=Markup(_cost_spread(stack, prediction)),
        diagrams=[
            Markup(block_diagram(prediction.availability, key, across)) for key, across in DIAGRAMS
        ],
        runs=count(prediction.replications),
        spread_title=answer_tables.spread_title(prediction),
        gains=availability_tables.gains(prediction),
        tables=_tables(stack, prediction),
        sensitivity=_sensitivity(explained) if explained else (),
        beside=_beside(stack, beside) if beside else None,
    )


def _beside(stack: Stack, found: Alternatives) -> AlternativesView:
    tables = [alternatives_tables.chosen(found), alternatives_tables.purchases(found)]
    if len(found.counts) > 1:
        tables.append(alternatives_tables.counts(found))
    return AlternativesView(
        tuple(alternatives_tables.sentences(found)),
        tuple(map(_drawn, alternatives_figures.pictures(stack, found, "beside"))),
        tuple(one for one in tables if one is not None),
    )


def _sensitivity(explained: Explained) -> tuple[SensitivityView, ...]:
    from markupsafe import Markup

    views = []
    for position, whole in enumerate(explained.explanations, 1):
        one = explanation_tables.seen(whole)
        if not one.effects:
            continue
        head = explanation_tables.headline(one)
        drawing = tornado(one, f"tornado-{position}") if one.tornado else ""
        tables = (
            explanation_tables.factors(one),
            explanation_tables.tornado(one),
            explanation_tables.lines(one),
        )
        views.append(
            SensitivityView(
                f"{head[:1].upper()}{head[1:]}",
                explanation_tables.how_moved(explained, whole),
                Markup(drawing),
                f"From what it is with an input at one end to what it is at the other:"
                f" {called(one.figure)}.",
                tuple(table for table in tables if table.rows),
            )
        )
    return tuple(views)


def _tables(stack: Stack, prediction: Prediction) -> dict[str, Table | None]:
    return {
        "glance": answer_tables.glance(prediction),
        "objectives": answer_tables.objectives(prediction),
        "questions": questions(stack, prediction),
        "deployment": deployment_questions(stack, prediction),
        "layers": stack_tables.layers(stack, prediction),
        "nodes": stack_tables.nodes(stack, prediction),
        "storage": store_tables.storage(prediction),
        "network": stack_tables.network(stack),
        "identities": stack_tables.identities(stack),
        "access": access_tables.who_may_what(prediction.access),
        "reasons": access_tables.reasons(prediction.access),
        "lifecycle": answer_tables.lifecycle(prediction),
        "quantiles": answer_tables.quantiles(prediction),
        "availability": availability_tables.availability(prediction),
        "blocks": availability_tables.blocks(prediction),
        "importances": availability_tables.importances(prediction),
        "cut_sets": availability_tables.cut_sets(prediction),
        "durability": durability_tables.durability(stack, prediction),
        "degraded": durability_tables.degraded(prediction),
        "cost": answer_tables.cost_lines(stack, prediction),
        "energy": energy_tables.energy(prediction),
        "purchase": answer_tables.purchase_options(stack, prediction),
        "break_even": answer_tables.break_even(prediction),
        "findings": answer_tables.findings(prediction),
        "sources": answer_tables.sources(prediction),
        "provenance": answer_tables.provenance(prediction),
    }


def _workloads(stack: Stack, prediction: Prediction) -> tuple[WorkloadView, ...]:
    several = len(prediction.workloads) > 1
    runs = count(prediction.replications)
    views = []
    for position, (one, kind, described) in enumerate(each(stack, prediction), 1):
        key = f"workload-{position}"
        limit = kind.answers(one, described).limit
        rows = kind.performance(one, described, key)
        views.append(
            WorkloadView(
                name=one.name,
                limit=f"{limit[:1].upper()}{limit[1:]}.",
                remedy=one.remedy,
                performance=[[_named(item, one.name, several) for item in items] for items in rows],
                spread=tuple(map(_drawn, kind.spread(one, stack, key, runs))),
                gap=tuple(_titled(table, one.name, several) for table in kind.gap(one)),
            )
        )
    return tuple(views)


def _named(item: Item, name: str, several: bool) -> Item:
    return _titled(item, name, several) if isinstance(item, Table) else _drawn(item)


def _titled(table: Table, name: str, several: bool) -> Table:
    return replace(table, caption=f"{table.caption}: {name}") if several else table


def _drawn(picture: Picture) -> Picture:
    from markupsafe import Markup

    return Picture(Markup(picture.drawing), picture.caption)


def _cost_caption(prediction: Prediction) -> str:
    if prediction.cost.ends:
        return "Cost of all workloads once, in the same runs."
    return f"Cost of {prediction.cost.of}, in the same years."


def _cost_spread(stack: Stack, prediction: Prediction) -> str:
    budget = stack.objectives.budget
    objective = None if budget is None else ("budget", budget.at_most)
    title = "Cost of the run, all workloads once"
    if not prediction.cost.ends:
        title = f"Cost of {prediction.cost.of}"
    rows = label_rows(stack)
    month = prediction.cost.run
    if not prediction.cost.ends and min(month.samples) == max(month.samples):
        return ""  # a bill that is the same every month has nothing to spread
    return spread(month, money_scale(money), "cost-run", title, objective, rows)
