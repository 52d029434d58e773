"""Nine questions that whoever pays for a stack asks, and what the prediction answers."""

from collections.abc import Callable

from models.description.quantities import format_availability
from models.description.stack import Stack, Training
from models.prediction import Prediction, TrainingPrediction
from reports.answer_tables import not_priced, verdict
from reports.run_wording import checkpoints, headroom, saved
from reports.stack_tables import purchases
from reports.table import Table, columns, row
from reports.wording import count, duration, interval, money, nines, number, percent, rate, spread
from reports.workload_tables import largest_loss, slower


def questions(stack: Stack, prediction: Prediction) -> Table:
    """The nine questions with their answers.

    Arguments:
        stack: the description.
        prediction: of it.
    """
    rows = (
        row("Does it do what is demanded?", verdict(prediction)),
        row("How fast is it?", _each(prediction, _speed)),
        row("What holds it back?", _each(prediction, _limit)),
        row("When is the run complete?", _each(prediction, _finish)),
        row("What does the run cost?", _run_cost(prediction)),
        row("What does it cost to keep?", _keep(stack, prediction)),
        row("How much of the time can it work?", _up(prediction)),
        row(
            "What happens when something fails?",
            _each(prediction, lambda one: _failure(one, stack.workloads[one.name])),
        ),
        row("How far is it from the ideal?", _each(prediction, _ideal)),
    )
    return Table("Nine questions, answered", columns("Question", "Answer"), rows)


def _each(prediction: Prediction, answer: Callable[[TrainingPrediction], str]) -> str:
    several = len(prediction.workloads) > 1
    if several:
        return "\n".join(f"{one.name}: {answer(one)}." for one in prediction.workloads)
    text = "; ".join(answer(one) for one in prediction.workloads)
    return f"{text[:1].upper()}{text[1:]}."


def _speed(training: TrainingPrediction) -> str:
    bars = interval(training.throughput, rate)
    return f"{rate(training.throughput.mean)}; {bars}"


def _limit(training: TrainingPrediction) -> str:
    return f"{headroom(training)}; {largest_loss(training)}"


def _finish(training: TrainingPrediction) -> str:
    times = training.time_to_train
    half, most = duration(times.p50.mean), duration(times.p95.mean)
    return f"half of the runs within {half}, 95 % within {most}"


def _run_cost(prediction: Prediction) -> str:
    return f"{spread(prediction.cost.run, money)}, all workloads once."


def _keep(stack: Stack, prediction: Prediction) -> str:
    cost = prediction.cost
    text = f"{money(cost.hourly)} an hour, {money(cost.monthly)} a month, nodes {purchases(stack)}"
    if cost.alternative_hourly is not None:
        text += f"; {money(cost.alternative_hourly)} an hour if {cost.alternative}"
    if stack.cloud == "on-premises":
        text += f"; {not_priced(stack)}"
    return f"{text}."


def _up(prediction: Prediction) -> str:
    availability = prediction.availability
    up = format_availability(availability.unavailability)
    down = duration(availability.downtime)
    points = availability.single_points
    text = f"{up}, {nines(availability)}; {down} of downtime a year"
    if not points:
        return f"{text}. No single point of failure."
    word = "point" if len(points) == 1 else "points"
    return f"{text}. {count(len(points))} single {word} of failure: {', '.join(points)}."


def _failure(training: TrainingPrediction, workload: Training) -> str:
    restarts = number(training.restarts.mean.mean)
    often, write = checkpoints(training, workload), duration(training.checkpoint_write)
    if saved(training) > 1:
        text = f"the run goes on from its last checkpoint ({often}, {write} to write)"
    else:
        text = f"a failure starts the run again; it is saved {often}, {write} to write"
    return f"{text}; {restarts} restarts a run on average"


def _ideal(training: TrainingPrediction) -> str:
    ideal, speedup = duration(training.ideal_time), number(training.speedup)
    return (
        f"the ideal run takes {ideal}, {slower(training)}; "
        f"{count(training.accelerators)} accelerators speed training up {speedup} times, "
        f"an efficiency of {percent(training.efficiency)}"
    )
