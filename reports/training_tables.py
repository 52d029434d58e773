"""What one workload will do, as tables."""

import math

from models.description.quantities import format_scaled
from models.parts.workloads.training import Training
from models.prediction import Distribution
from models.prediction.training_answer import TrainingPrediction, TransformerAnswer
from reports.figures import step_shares
from reports.table import Cell, Table, columns, row
from reports.training_wording import checkpoints
from reports.wording import (
    NONE,
    Format,
    count,
    duration,
    interval,
    number,
    percent,
    rate,
    share_of,
    step_time,
    times,
)

STEP_PARTS = (
    ("Compute, forward and backward", "compute"),
    ("Waiting for the slowest accelerator", "straggler"),
    ("All-reduce in the node", "intra_node"),
    ("All-reduce between nodes", "inter_node"),
    ("Hidden behind the backward pass", "hidden"),
    ("Waiting for input", "input_wait"),
)


def stages(training: TrainingPrediction, workload: Training) -> Table:
    """Every station of the pipeline: what it sustains, how busy it is, how long a step takes it.

    Arguments:
        training: the prediction.
        workload: the description.
    """
    samples = training.batch
    rows = tuple(
        row(
            Cell(stage.name, "strong", "the bottleneck")
            if stage.name == training.bottleneck
            else stage.name,
            rate(stage.rate),
            share_of(training.throughput.mean, stage.rate),
            step_time(samples / stage.rate) if 0 < stage.rate < math.inf else NONE,
            stage.limit,
        )
        for stage in training.stages
    )
    heads = columns("Stage", "Sustains>", "Utilization>", "Response time>", "What sets the rate")
    note = (
        f"Utilization is the predicted throughput over what the stage sustains; response time is "
        f"what the stage needs for the {count(samples)} samples of one step."
    )
    return Table("Stations of the pipeline", heads, rows, note=note)


def step(training: TrainingPrediction) -> Table:
    """Where the time of one step goes, with communication in full and what of it is hidden.

    Arguments:
        training: the prediction.
    """
    total = training.step.total
    rows = []
    if training.transformer is not None:
        return _step_of_transformer(training.transformer, training.step.input_wait, total)
    agreed = training.synchronization
    exchanged = {"inter_node": "Exchange with servers"} if agreed and agreed.servers else {}
    for name, key in STEP_PARTS:
        seconds = getattr(training.step, key) * (-1 if key == "hidden" else 1)
        if seconds == 0:
            rows.append(row(exchanged.get(key, name), "0 ms", "0 %"))
        else:
            text, share = step_time(abs(seconds)), share_of(abs(seconds), total)
            sign = "\N{MINUS SIGN}" if seconds < 0 else ""
            rows.append(row(exchanged.get(key, name), sign + text, sign + share))
    whole = row("One step", step_time(total), "100 %")
    heads = columns("Part of a step", "Time>", "Share>")
    return Table("Where the time of one step goes", heads, tuple(rows), whole)


def _step_of_transformer(one: TransformerAnswer, waiting: float, total: float) -> Table:
    parts = [part for part in (*one.parts, ("Waiting for input", waiting)) if part[1] > 0]
    rows = tuple(row(name, step_time(seconds), share_of(seconds, total)) for name, seconds in parts)
    whole = row("One step", step_time(total), "100 %")
    heads = columns("Part of a step", "Time>", "Share>")
    return Table("Where the time of one step goes", heads, rows, whole)


def layouts(one: TransformerAnswer, step: float, memory: float) -> Table:
    """The layout of a transformer, and the next best ones.

    Arguments:
        one: the transformer.
        step: duration of one step without waiting for input, s.
        memory: that it needs of one accelerator, bytes.
    """
    rows = [row(Cell(one.layout, "strong"), step_time(step), format_scaled(memory, "B"))]
    rows += [
        row(other.layout, step_time(other.step), format_scaled(other.memory, "B"))
        for other in one.others
    ]
    heads = columns("Layout", "One step>", "Memory>")
    return Table("The fastest layouts that fit", heads, tuple(rows))


def memory(training: TrainingPrediction) -> Table:
    """What one accelerator must hold.

    Arguments:
        training: the prediction.
    """
    held = training.memory
    kinds = (
        ("Weights", held.weights),
        ("Gradients", held.gradients),
        ("Optimizer, with its master copy", held.optimizer),
    )
    together = (("Weights, gradients, optimizer", held.parameters),)
    parts = (
        *(kinds if held.weights > 0 else together),
        ("Activations of one batch", held.activations),
        ("Needed", held.needed),
        ("Available", held.available),
    )
    rows = tuple(
        row(name, format_scaled(size, "B"), share_of(size, held.available)) for name, size in parts
    )
    return Table("Memory of one accelerator", columns("What", "Size>", "Share>"), rows)


def survival(training: TrainingPrediction, workload: Training) -> Table:
    """Startup, checkpoints and restarts, in the run and in a year of such training.

    Arguments:
        training: the prediction.
        workload: the description.
    """
    rows = (
        row("Productive work of the run", duration(training.work)),
        row("Startup", _before_work(training)),
        row("Checkpoints", checkpoints(training, workload)),
        row("One checkpoint has", format_scaled(training.checkpoint_size, "B")),
        row("One checkpoint takes", _saving(training)),
        row("Its reading at a restart", duration(training.checkpoint_read)),
        row("Restarts of the run", _mean_and_p95(training.restarts, _events)),
        row("Productive share of the run", _mean(training.goodput, percent)),
        row("Restarts in a year of it", _mean_and_p95(training.yearly_restarts, _events)),
        row("Productive share of a year", _mean(training.yearly_goodput, percent)),
    )
    caption = "Startup, checkpoints, failures and restarts"
    note = (
        "What is not productive in a run is startup, checkpoints and what failures cost; in a "
        "year, in which training never ends, checkpoints and what failures cost."
    )
    return Table(caption, columns("Property", "Predicted"), rows, note=note)


def _saving(training: TrainingPrediction) -> Cell:
    written, stall = training.checkpoint_write, training.checkpoint_stall
    if stall == written:
        return Cell(duration(written), note="training waits for it")
    return Cell(duration(written), note=f"training waits {duration(stall)} and then goes on")


def _before_work(training: TrainingPrediction) -> Cell:
    seconds = training.startup
    share = share_of(seconds, training.failure_free_time)
    return Cell(duration(seconds), note=f"{share} of a run without failures")


def _events(value: float) -> str:
    """A number of events; the normal interval of rare ones reaches below none."""
    return number(max(0.0, value))


def _mean(values: Distribution, write: Format) -> Cell:
    return Cell(f"{write(values.mean.mean)} on average", note=interval(values.mean, write))


def _mean_and_p95(values: Distribution, write: Format) -> Cell:
    low, high = values.middle_95
    text = f"{write(values.mean.mean)} on average, P95 {write(values.p95.mean)}"
    if low < high:
        text += f"; 95 % lie between {write(low)} and {write(high)}"
    return Cell(text, note=interval(values.mean, write))


def gap(training: TrainingPrediction) -> Table:
    """Ideal against simulated, with the ratio between them.

    Arguments:
        training: the prediction.
    """
    ideal, closed = training.ideal_time, training.failure_free_time
    simulated = training.time_to_train
    throughput = training.throughput.mean
    best = training.ideal_throughput
    rows = (
        _against("Time to train, P50", ideal, closed, simulated.p50.mean, duration),
        _against("Time to train, mean", ideal, closed, simulated.mean.mean, duration),
        _against("Time to train, P95", ideal, closed, simulated.p95.mean, duration),
        row(
            "Productive share of the run",
            "100 %",
            share_of(training.work, closed),
            percent(training.goodput.mean.mean),
            number(training.goodput.mean.mean),
        ),
        row("Throughput", rate(best), rate(throughput), NONE, _ratio(throughput, best)),
        row(
            "Speedup",
            count(training.accelerators),
            number(training.speedup),
            NONE,
            number(training.efficiency),
        ),
    )
    writing = duration(closed - training.work - training.startup)
    note = (
        f"Ideal: {count(training.accelerators)} accelerators, each at the speed of one alone, "
        "without startup and checkpoints, and nothing fails. Law: closed form with what a step "
        f"loses to communication and waiting, {duration(training.startup)} of startup and "
        f"{writing} of checkpoints, without failures. Simulated: with failures, repairs and "
        "restarts too; each run also draws the uncertainty of the step time, so the median may "
        "lie below the law. The last column is the simulated value, or the law's where nothing "
        "is simulated, over the ideal; the ratio of the speedup is the efficiency."
    )
    heads = columns("Quantity", "Ideal>", "Law>", "Simulated>", "Ratio to ideal>")
    return Table("The gap between theory and simulation", heads, rows, note=note)


def _against(
    name: str, ideal: float, law: float, simulated: float, write: Format
) -> tuple[Cell, ...]:
    return row(name, write(ideal), write(law), write(simulated), _ratio(simulated, ideal))


def _ratio(value: float, ideal: float) -> str:
    return number(value / ideal) if 0 < ideal < math.inf else NONE


def largest_loss(training: TrainingPrediction) -> str:
    """The largest loss of a step, in words.

    Arguments:
        training: the prediction.
    """
    names = {
        "straggler": "waiting for the slowest accelerator",
        "intra_node": "all-reduce in the node",
        "inter_node": "all-reduce between nodes",
        "input_wait": "waiting for input",
        "launching": "waiting for the host",
        "bubble": "the pipeline's bubble",
    }
    losses = [(seconds, key) for key, seconds in step_shares(training.step) if key in names]
    seconds, key = max(losses)
    if seconds <= 0:
        return "no time of a step is lost"
    lost = share_of(seconds, training.step.total)
    return f"the largest loss of a step is {names[key]}, {lost}"


def slower(training: TrainingPrediction) -> str:
    """How much longer the median run takes than the ideal one.

    Arguments:
        training: the prediction.
    """
    if not 0 < training.ideal_time < math.inf:
        return "there is no ideal to compare with"
    ratio = training.time_to_train.p50.mean / training.ideal_time
    if ratio < 1:  # a run draws how long its step is, which is not known better than that
        return "the median run takes no longer, within what is known of a step"
    longer = times(ratio)
    return f"the median run takes {longer} as long"
