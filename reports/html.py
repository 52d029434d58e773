"""A prediction as one HTML file that needs nothing else: no network, no script."""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from models.description.printable import printable
from models.description.stack import Stack
from models.prediction import Prediction, TrainingPrediction
from reports import (
    answer_tables,
    availability_tables,
    durability_tables,
    energy_tables,
    palette,
    stack_tables,
    store_tables,
    workload_tables,
)
from reports.diagram import block_diagram
from reports.figures import stage_rates, step_parts
from reports.questions import questions
from reports.run_wording import headroom
from reports.spread import money_scale, spread, time_scale
from reports.table import Table
from reports.tiles import tiles
from reports.wording import count, duration, money

if TYPE_CHECKING:
    from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"
_UNIT = re.compile(
    r"(?<=[\d⁰¹²³⁴-⁹]) (?=(?:%|\N{MULTIPLICATION SIGN}|years?|min|ms|[smhd]|USD|samples/s"
    r"|[kKMGTP]?i?B(?:/s)?)(?![\w%]))"
    r"|(?<=\N{MULTIPLICATION SIGN}) (?=10[⁻⁰¹²³⁴-⁹])"
)
# A hyphen and a digit, and short enough for a column of a telephone.
_NAME = re.compile(r"(?<![\w./:-])((?=[\w.-]*\d)(?=[\w.-]{3,16}(?![\w./-]))[\w.]+(?:-[\w.]+)+)")
# Blocks in a row of the diagram, on paper and on a telephone.
DIAGRAMS = (("blocks-wide", 5), ("blocks-narrow", 2))


@dataclass(frozen=True)
class WorkloadView:
    """What the report shows of one workload.

    Arguments:
        name: of the workload.
        limit: what limits it, one sentence.
        stage_rates: figure.
        step_parts: figure.
        spread: figure.
        stages: what each station of the pipeline does.
        step: where the time of one step goes.
        memory: what one accelerator must hold.
        survival: checkpoints and restarts.
        gap: ideal against simulated.
    """

    name: str
    limit: str
    stage_rates: "Markup"
    step_parts: "Markup"
    spread: "Markup"
    stages: Table
    step: Table
    memory: Table
    survival: Table
    gap: Table


def render(stack: Stack, prediction: Prediction) -> str:
    """Write the report; the same prediction gives the same bytes.

    Arguments:
        stack: the description.
        prediction: of it.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["unbroken"] = unbroken
    page = environment.get_template("report.html.j2").render(
        stack=stack,
        prediction=prediction,
        where=stack_tables.where(stack),
        verdict=answer_tables.verdict(prediction),
        tiles=tiles(prediction),
        workloads=_workloads(stack, prediction),
        cost_spread=Markup(_cost_spread(stack, prediction)),
        diagrams=[
            Markup(block_diagram(prediction.availability, key, across)) for key, across in DIAGRAMS
        ],
        runs=count(prediction.replications),
        palette={name.lower(): getattr(palette, name) for name in ("INK", "MUTED", "LINE")}
        | {name.lower(): getattr(palette, name) for name in ("FAINT", "ACCENT", "GOOD", "BAD")},
        fonts=Markup(palette.FONTS),
        gains=availability_tables.gains(prediction),
        tables=_tables(stack, prediction),
    )
    return printable(page.rstrip(), keep="\n\t") + "\n"


def unbroken(text: str) -> "Markup":
    """Keep figures with their units, and names such as resnet-50 in one piece.

    Arguments:
        text: what stands in a cell.
    """
    from markupsafe import Markup, escape

    pieces = _NAME.split(_UNIT.sub("\N{NO-BREAK SPACE}", text))
    whole = Markup('<span class="name">{}</span>')
    return Markup("").join(
        whole.format(piece) if position % 2 else escape(piece)
        for position, piece in enumerate(pieces)
    )


def _tables(stack: Stack, prediction: Prediction) -> dict[str, Table | None]:
    return {
        "glance": workload_tables.glance(prediction),
        "objectives": answer_tables.objectives(prediction),
        "questions": questions(stack, prediction),
        "layers": stack_tables.layers(stack, prediction),
        "nodes": stack_tables.nodes(stack),
        "storage": store_tables.storage(stack, prediction),
        "network": stack_tables.network(stack),
        "identities": stack_tables.identities(stack),
        "workloads": stack_tables.workloads(stack),
        "quantiles": workload_tables.quantiles(prediction),
        "availability": availability_tables.availability(prediction),
        "blocks": availability_tables.blocks(prediction),
        "importances": availability_tables.importances(prediction),
        "cut_sets": availability_tables.cut_sets(prediction),
        "durability": durability_tables.durability(stack, prediction),
        "degraded": durability_tables.degraded(prediction),
        "cost": answer_tables.cost_lines(stack, prediction),
        "energy": energy_tables.energy(prediction),
        "purchase": answer_tables.purchase_options(stack, prediction),
        "sources": answer_tables.sources(prediction),
        "provenance": answer_tables.provenance(prediction),
    }


def _workloads(stack: Stack, prediction: Prediction) -> tuple[WorkloadView, ...]:
    several = len(prediction.workloads) > 1
    return tuple(
        _workload(stack, training, position, several)
        for position, training in enumerate(prediction.workloads, 1)
    )


def _workload(
    stack: Stack, training: TrainingPrediction, position: int, several: bool
) -> WorkloadView:
    from markupsafe import Markup

    name, key = training.name, f"workload-{position}"
    times = training.time_to_train
    drawing = spread(
        times,
        time_scale(times, duration),
        f"{key}-time",
        f"Time to train of workload {name}",
        _deadline(stack, name),
        _label_rows(stack),
    )

    def named(table: Table) -> Table:
        return replace(table, caption=f"{table.caption}: {name}") if several else table

    return WorkloadView(
        name=name,
        limit=f"{headroom(training)}.",
        stage_rates=Markup(stage_rates(training, f"{key}-stages")),
        step_parts=Markup(step_parts(training, f"{key}-step")),
        spread=Markup(drawing),
        stages=named(workload_tables.stages(training, stack.workloads[name])),
        step=named(workload_tables.step(training)),
        memory=named(workload_tables.memory(training)),
        survival=named(workload_tables.survival(training, stack.workloads[name])),
        gap=named(workload_tables.gap(training)),
    )


def _deadline(stack: Stack, name: str) -> tuple[str, float] | None:
    """The deadline of a workload; one that counts from earlier workloads is another quantity."""
    deadline = stack.objectives.deadline
    if deadline is None or deadline.workload != name or stack.workloads[name].after:
        return None
    return ("deadline", deadline.within)


def _label_rows(stack: Stack) -> int:
    """P50 and P95, and the objective where one of the drawings has one."""
    demanded = stack.objectives.budget is not None
    demanded = demanded or any(_deadline(stack, name) for name in stack.workloads)
    return 3 if demanded else 2


def _cost_spread(stack: Stack, prediction: Prediction) -> str:
    budget = stack.objectives.budget
    objective = None if budget is None else ("budget", budget.at_most)
    title, rows = "Cost of the run, all workloads once", _label_rows(stack)
    return spread(prediction.cost.run, money_scale(money), "cost-run", title, objective, rows)
