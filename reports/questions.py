"""Nine questions that whoever pays for a stack asks, and what the prediction answers."""

from collections.abc import Callable
from dataclasses import replace

from models.description.quantities import format_availability
from models.description.stack import Stack
from models.parts.place import provider_of
from models.prediction import Prediction
from reports.answer_tables import drawn_a_month, not_billed, verdict
from reports.stack_tables import purchases
from reports.table import Table, columns, row
from reports.wording import bound, count, duration, money, nines, spread
from reports.workload_report import Answers, each


def questions(stack: Stack, prediction: Prediction) -> Table:
    """The nine questions with their answers.

    Arguments:
        stack: the description.
        prediction: of it.
    """
    answers = {
        one.name: _relieved(kind.answers(one, said), one.remedy)
        for one, kind, said in each(stack, prediction)
    }
    ends = prediction.cost.ends
    rows = (
        row("Does it do what is demanded?", verdict(prediction)),
        row("How fast is it?", _each(answers, lambda one: one.speed)),
        row("What holds it back?", _each(answers, lambda one: one.limit)),
        row(
            "When is the run complete?" if ends else "How long does it take?",
            _each(answers, lambda one: one.finish),
        ),
        row(f"What does {prediction.cost.of} cost?", _run_cost(prediction)),
        row("What does it cost to keep?", _keep(stack, prediction)),
        row("How much of the time can it work?", _up(prediction)),
        row("What happens when something fails?", _each(answers, lambda one: one.failure)),
        row("How far is it from the ideal?", _each(answers, lambda one: one.ideal)),
    )
    return Table("Nine questions, answered", columns("Question", "Answer"), rows)


def _relieved(answers: Answers, remedy: str) -> Answers:
    """With what relieves that which holds a workload back, beside it."""
    return replace(answers, limit=f"{answers.limit}; remedy: {remedy}") if remedy else answers


def _each(answers: dict[str, Answers], part: Callable[[Answers], str]) -> str:
    if len(answers) > 1:
        return "\n".join(f"{name}: {part(one)}." for name, one in answers.items())
    [text] = map(part, answers.values())
    return f"{text[:1].upper()}{text[1:]}."


def _run_cost(prediction: Prediction) -> str:
    what = "all workloads once" if prediction.cost.ends else prediction.cost.of
    costs, least = prediction.cost.run, bound(prediction.cost.at_least)
    if not prediction.cost.ends and min(costs.samples) == max(costs.samples):
        text = f"{least}{money(costs.mean.mean)}, the same every month."
    else:
        text = f"{least}{spread(costs, money)}, {what}."
    return f"{text[:1].upper()}{text[1:]}"


def _keep(stack: Stack, prediction: Prediction) -> str:
    cost = prediction.cost
    most = bound(cost.at_least, cost.at_most)
    text = f"{most}{money(cost.hourly)} an hour, {money(cost.monthly)} a month"
    text = f"{text[:1].upper()}{text[1:]}"
    if stack.nodes:
        text += f", nodes {purchases(stack)}"
    if drawn := drawn_a_month(cost):
        text += f"; {drawn}"
    if cost.alternative_hourly is not None:
        text += f"; {most}{money(cost.alternative_hourly)} an hour if {cost.alternative}"
    if provider_of(stack).owned:
        text += f"; {not_billed(stack)}"
    return f"{text}."


def _up(prediction: Prediction) -> str:
    availability = prediction.availability
    up = format_availability(availability.unavailability)
    down = duration(availability.downtime)
    points = availability.single_points
    text = f"{up}, {nines(availability)}; {down} of downtime a year"
    if prediction.never_available:
        names = " and ".join(prediction.never_available)
        text += f", of its parts alone: {names} can't keep up with the load"
    if not points:
        return f"{text}. No single point of failure."
    word = "point" if len(points) == 1 else "points"
    return f"{text}. {count(len(points))} single {word} of failure: {', '.join(points)}."
