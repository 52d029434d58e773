"""Training runs in reports."""

from collections.abc import Mapping

from models.description.quantities import format_count, format_scaled
from models.description.stack import Stack
from models.parts.workloads.training import Checkpoint, Dataset, Training
from models.prediction.training_answer import TrainingPrediction, TransformerAnswer
from reports import training_tables
from reports.figures import stage_rates, step_parts
from reports.spread import deadline_of, label_rows, time_scale
from reports.spread import spread as histogram
from reports.table import Cell, Table, columns, row
from reports.tile import Tile
from reports.training_tables import largest_loss, slower
from reports.training_wording import checkpoints, headroom, saving
from reports.wording import (
    NONE,
    count,
    duration,
    interval,
    many,
    number,
    percent,
    share_of,
)
from reports.wording import rate as samples
from reports.wording import spread as quoted
from reports.workload_report import Answers, Picture, Side, quantile_row


def lines(one: TrainingPrediction, workload: Training) -> list[tuple[str, str]]:
    """Names and values for the terminal.

    Arguments:
        one: the prediction.
        workload: the description.
    """
    times = one.time_to_train
    return [
        ("Throughput", f"{samples(one.throughput.mean)}"),
        ("", interval(one.throughput, samples)),
        ("Bottleneck", headroom(one).removeprefix("limited by ")),
        ("Remedy", one.remedy),
        ("Time to train", quoted(times, duration)),
        ("", f"mean {duration(times.mean.mean)}, {interval(times.mean, duration)}"),
        ("Ideal time", f"{duration(one.ideal_time)}; {slower(one)}"),
        (
            "Speedup",
            f"{number(one.speedup)} with {count(one.accelerators)} accelerators, "
            f"efficiency {percent(one.efficiency)}",
        ),
        *_transformer(one),
        ("Step known", f"{one.regime}, one standard error {percent(one.step_error)}"),
        *_synchronization(one),
        ("Memory", f"{share_of(one.memory.needed, one.memory.available)} of the accelerator's"),
        ("Startup", duration(one.startup)),
        ("Checkpoints", f"{checkpoints(one, workload)}, {saving(one)}"),
        (
            "Restarts",
            f"{number(one.restarts.mean.mean)} a run on average, "
            f"{number(one.yearly_restarts.mean.mean)} in a year of continuous training",
        ),
        *_likely(one.restarts.middle_95),
        *_ends(one),
    ]


def _ends(one: TrainingPrediction) -> tuple[tuple[str, str], ...]:
    """How the job of a service ends, and why it does not come to its end."""
    found = [end for end in one.ends if end.share.mean > 0]
    texts = [
        f"{percent(end.share.mean)} {end.state}" + (f" ({end.reason})" if end.reason else "")
        for end in found
    ]
    return (("Ends", ", ".join(texts)),) if texts else ()


def _transformer(one: TrainingPrediction) -> tuple[tuple[str, str], ...]:
    answer = one.transformer
    if answer is None:
        return ()
    fastest = f"; the fastest of {count(answer.tried)} that fit" if answer.tried > 1 else ""
    return (
        ("Tokens", f"{count(answer.tokens)}/s; {format_scaled(answer.parameters, '')}parameters"),
        *_adapted(answer),
        ("Layout", answer.layout + fastest),
        ("Utilization", f"MFU {percent(answer.mfu)}, HFU {percent(answer.hfu)}"),
    )


def _synchronization(one: TrainingPrediction) -> tuple[tuple[str, str], ...]:
    """Updates by parameter servers, or of pipelines with slow stages, by law and simulated."""
    answer = one.synchronization
    if answer is None:
        return ()
    spare = f", {count(answer.backup_workers)} of them backup" if answer.backup_workers else ""
    workers = f"{format_count(answer.workers, 'workers')}{spare}"
    if answer.servers:
        workers += f" and {format_count(answer.servers, 'servers')}"
    workers += f", {answer.mode}"
    simulated = answer.simulated_rate.mean
    rows = [
        ("Updates by", workers),
        ("", f"{samples(answer.rate)} by law, {samples(simulated)} simulated"),
    ]
    if answer.staleness > 0:
        stale = answer.simulated_staleness.mean
        text = f"{number(answer.staleness)} updates on average by law, {number(stale)} simulated"
        rows.append(("Staleness", f"{text}, P95 {number(answer.staleness_p95)}"))
    return tuple(rows)


def _adapted(answer: TransformerAnswer) -> tuple[tuple[str, str], ...]:
    """What is trained of it, where that is not all."""
    if answer.trained == answer.parameters:
        return ()
    share = share_of(answer.trained, answer.parameters)
    return (("Trained", f"{format_scaled(answer.trained, '')}parameters, {share}"),)


def _likely(ends: tuple[float, float]) -> tuple[tuple[str, str], ...]:
    """What one run is likely to see, where chance moves it."""
    low, high = map(number, ends)
    return () if low == high else (("", f"{low} to {high} in 95 % of runs"),)


def tables(one: TrainingPrediction, workload: Training) -> tuple[Table, ...]:
    """Tables for the terminal.

    Arguments:
        one: the prediction.
        workload: the description.
    """
    return (training_tables.step(one), *_layouts(one))


def rate(one: TrainingPrediction) -> str:
    """Its throughput in words.

    Arguments:
        one: the prediction.
    """
    return samples(one.throughput.mean)


def limited_by(one: TrainingPrediction) -> str:
    """What holds it back, in a word or two.

    Arguments:
        one: the prediction.
    """
    return one.bottleneck


def answers(one: TrainingPrediction, workload: Training) -> Answers:
    """To the questions of whoever pays for it.

    Arguments:
        one: the prediction.
        workload: the description.
    """
    times = one.time_to_train
    half, most = duration(times.p50.mean), duration(times.p95.mean)
    return Answers(
        speed=f"{samples(one.throughput.mean)}; {interval(one.throughput, samples)}",
        limit=f"{headroom(one)}; {largest_loss(one)}",
        finish=f"half of the runs within {half}, 95 % within {most}",
        failure=_failure(one, workload),
        ideal=(
            f"the ideal run takes {duration(one.ideal_time)}, {slower(one)}; "
            f"{count(one.accelerators)} accelerators speed training up {number(one.speedup)} "
            f"times, an efficiency of {percent(one.efficiency)}"
        ),
    )


def _failure(one: TrainingPrediction, workload: Training) -> str:
    restarts = number(one.restarts.mean.mean)
    often, write = checkpoints(one, workload), saving(one)
    if one.checkpoints > 1:
        text = f"the run goes on from its last checkpoint ({often}, {write})"
    else:
        text = f"a failure starts the run again; it is saved {often}, {write}"
    return f"{text}; {restarts} restarts a run on average"


def tiles(one: TrainingPrediction) -> tuple[Tile, ...]:
    """Its big figures, where it is alone.

    Arguments:
        one: the prediction.
    """
    times, rates = one.time_to_train, one.throughput
    return (
        Tile("Throughput", samples(rates.mean), interval(rates, samples)),
        Tile("Time to train, P50", duration(times.p50.mean), f"P95 {duration(times.p95.mean)}"),
    )


def application(name: str, workload: Training) -> str:
    """What it does, in words.

    Arguments:
        name: of the workload.
        workload: the description.
    """
    return f"{name}: trains {_network(workload)}, {many(workload.epochs, 'epochs')}"


def platform(workload: Training) -> str:
    """The software that it runs on.

    Arguments:
        workload: the description.
    """
    return (
        f"{workload.software}; synchronous {_parallel(workload)} training in {workload.precision}, "
        f"gradients in {workload.gradient_precision}, optimizer {workload.optimizer}"
    )


def _parallel(workload: Training) -> str:
    """How the work is shared out: a transformer in other ways than by its samples alone."""
    layout = workload.layout
    if workload.transformer is None:
        return "data-parallel"
    if isinstance(layout, str):
        return "tensor-, pipeline- and data-parallel (the fastest layout that fits)"
    ways = ("tensor", "pipeline", "context", "expert")
    used = [f"{way}-parallel ({getattr(layout, way)})" for way in ways if getattr(layout, way) > 1]
    return " and ".join([*used, "data-parallel"])


def described(workloads: Mapping[str, Training]) -> Table:
    """All training runs as they are described.

    Arguments:
        workloads: by name.
    """
    rows = tuple(
        row(
            name,
            workload.nodes,
            _network(workload),
            _dataset(workload.dataset),
            count(workload.epochs),
            _batch(workload),
            _checkpoint(workload.checkpoint),
            ", ".join(workload.after) or NONE,
        )
        for name, workload in workloads.items()
    )
    heads = columns(
        "Workload", "Nodes", "Network", "Data", "Epochs>", "Batch>", "Checkpoints", "After"
    )
    return Table("Workloads", heads, rows)


def _batch(workload: Training) -> str:
    if workload.batch is not None:
        return f"{count(workload.batch)} each"
    return f"{count(workload.global_batch or 0)} in all"


def _network(workload: Training) -> str:
    if workload.transformer is not None:
        model = workload.transformer.dimensions()
        return f"a transformer, {count(model.layers)} layers, {count(model.hidden)} wide"
    if workload.convolutional is not None:
        layers = workload.convolutional.network
        return f"{layers.name}, images of {count(layers.image)} pixels a side"
    if workload.model is None:
        return workload.network or NONE
    return f"a network of {number(workload.model.parameters)} parameters"


def _dataset(dataset: Dataset) -> str:
    size = format_scaled(dataset.sample_size, "B")
    place = dataset.preparation.where
    prepared = "" if place == "cpu" else f", prepared on the {place}"
    return f"{count(dataset.samples)} samples of {size} from {dataset.store}{prepared}"


def _checkpoint(checkpoint: Checkpoint) -> str:
    by = " by all nodes" if checkpoint.sharded else ""
    by += ", asynchronous" if checkpoint.asynchronous else ""
    if checkpoint.interval == "none":
        return f"at the end, to {checkpoint.store}{by}"
    if checkpoint.interval == "optimal":
        return f"optimal interval, to {checkpoint.store}{by}"
    return f"every {duration(checkpoint.interval)}, to {checkpoint.store}{by}"


def _speed(one: TrainingPrediction) -> Table:
    """How fast it trains, in the figures by which runs are compared."""
    known = [
        ("Throughput", samples(one.throughput.mean)),
        ("Speedup over one accelerator", number(one.speedup)),
        ("Efficiency", percent(one.efficiency)),
    ]
    if (answer := one.transformer) is not None:
        known += [
            ("Tokens", f"{count(answer.tokens)}/s"),
            ("Tokens of an accelerator", f"{number(answer.tokens / one.accelerators)}/s"),
            ("MFU, attention to what is masked counted", percent(answer.mfu)),
            ("HFU, what is computed again counted", percent(answer.hfu)),
        ]
    known.append(("Step known", f"{one.regime}, one standard error {percent(one.step_error)}"))
    rows = tuple(row(name, value) for name, value in known)
    return Table("How fast it trains", columns("Figure", "Predicted"), rows)


def _layouts(one: TrainingPrediction) -> tuple[Table, ...]:
    if one.transformer is None or not one.transformer.others:
        return ()
    step = one.step.total - one.step.input_wait
    return (training_tables.layouts(one.transformer, step, one.memory.needed),)


def performance(one: TrainingPrediction, workload: Training, key: str) -> Side:
    """Where the time goes.

    Arguments:
        one: the prediction.
        workload: the description.
        key: that tells drawings of one page apart.
    """
    return (
        (
            Picture(
                stage_rates(one, f"{key}-stages"),
                "What each stage could sustain alone. The slowest sets the pace, dashed on the"
                " others; a bar with a gap is longer than drawn.",
            ),
            Picture(
                step_parts(one, f"{key}-step"),
                "One training step from its start to its end; hatched: communication that costs"
                " no time.",
            ),
        ),
        (training_tables.stages(one, workload),),
        (training_tables.step(one), training_tables.memory(one), _speed(one), *_layouts(one)),
        (training_tables.survival(one, workload),),
    )


def spread(one: TrainingPrediction, stack: Stack, key: str, runs: str) -> tuple[Picture, ...]:
    """How the times of its simulated runs are spread.

    Arguments:
        one: the prediction.
        stack: the description.
        key: that tells drawings of one page apart.
        runs: how many there are, in words.
    """
    times, title = one.time_to_train, f"Time to train of workload {one.name}"
    deadline, rows = deadline_of(stack, one.name), label_rows(stack)
    scale = time_scale(times, duration)
    drawing = histogram(times, scale, f"{key}-time", title, deadline, rows)
    return (Picture(drawing, f"{title}, {runs} simulated runs."),)


def quantiles(one: TrainingPrediction) -> tuple[tuple[Cell, ...], ...]:
    """Rows of mean, P50 and P95.

    Arguments:
        one: the prediction.
    """
    return (quantile_row(f"Time to train, {one.name}", one.time_to_train, duration),)


def gap(one: TrainingPrediction) -> tuple[Table, ...]:
    """Ideal against simulated.

    Arguments:
        one: the prediction.
    """
    return (training_tables.gap(one),)
