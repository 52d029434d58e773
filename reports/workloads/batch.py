"""MapReduce and Spark in reports."""

from collections.abc import Mapping

from models.description.quantities import format_scaled
from models.description.stack import Stack
from models.parts.workloads.batch import BatchJob
from models.prediction import Estimate
from models.prediction.batch_answer import BatchPrediction, BatchStageTimes, ErnestAnswer
from reports.batch_figures import occupancy
from reports.spread import deadline_of, label_rows, time_scale
from reports.spread import spread as histogram
from reports.table import Cell, Table, columns, row
from reports.tile import Tile
from reports.wording import (
    NONE,
    chance,
    count,
    duration,
    interval,
    many,
    number,
    percent,
    share_of,
    size,
    span,
    times,
)
from reports.wording import spread as quoted
from reports.workload_report import Answers, Picture, Side, quantile_row

_MANY = 1_000_000  # machines: as good as no limit
_ENGINES = {"spark": "Spark", "hadoop": "Hadoop MapReduce"}


def lines(one: BatchPrediction, workload: BatchJob) -> list[tuple[str, str]]:
    """Names and values for the terminal.

    Arguments:
        one: the prediction.
        workload: the description.
    """
    shown = [
        ("Batch", f"{_ENGINES[one.engine]}, {_stages(one)}, {many(one.tasks, 'tasks')}"),
        ("Containers", _containers(one)),
        ("Makespan", quoted(one.makespan, duration)),
        ("", f"mean {duration(one.makespan.mean.mean)}, {_bars(one.makespan.mean)}"),
    ]
    if one.law_makespan is not None:
        shown.append(("By the law", f"{duration(one.law_makespan)}; {one.law}"))
    else:
        bounds = f"{duration(one.least_makespan)} to {duration(one.most_makespan)}"
        shown.append(("By the law", f"{bounds}; {one.law}"))
    shown += [
        ("Slowest", _slowest(one)),
        *([("Remedy", one.remedy)] if one.remedy else []),
        ("Busy", f"containers {percent(one.utilization.mean)}"),
        *_moves(one),
    ]
    return [*shown, *_cluster(one)]


def _moves(one: BatchPrediction) -> list[tuple[str, str]]:
    """What iterations read again, what is shuffled and what is spilled, where anything is."""
    read, sent, spilled = [], [], []
    for stage in one.stages:
        if stage.read and stage.iterations > 1:
            kept = "" if stage.cached is None else f", {percent(stage.cached)} of it kept in memory"
            again = f" in {many(stage.iterations, 'iterations')}"
            read.append(f"{stage.name}: {size(stage.read)}{again}{kept}")
        each = " an iteration" if stage.iterations > 1 else ""
        if stage.shuffled:
            pairs = "" if stage.pairs is None else f" in {many(round(stage.pairs), 'pairs')}"
            sent.append(f"{stage.name}: {size(stage.shuffled)}{pairs}{each}")
        if stage.spilled:
            spilled.append(f"{stage.name}: {size(stage.spilled)}{each}")
    named = (("Read", read), ("Shuffled", sent), ("Spilled", spilled))
    return [(name, "; ".join(texts)) for name, texts in named if texts]


def _cluster(one: BatchPrediction) -> list[tuple[str, str]]:
    """What is said of all stages together, by name."""
    shown = []
    if one.local is not None:
        shown.append(("Local data", f"{percent(one.local.mean)} of the tasks that read it"))
    if one.copies.mean:
        shown.append(("Copies", f"{number(one.copies.mean)} speculative, in the mean"))
    if one.measured is not None:
        shown.append(("Measured", _measured(one.measured)))
    if one.hdfs is not None:
        shown.append(("HDFS", _hdfs(one)))
    return [*shown, ("Failures", _failures(one))]


def _stages(one: BatchPrediction) -> str:
    repeated = [stage for stage in one.stages if stage.iterations > 1]
    text = many(len(one.stages), "stages")
    if not repeated:
        return text
    return f"{text}, {many(repeated[0].iterations, 'iterations')}"


def _containers(one: BatchPrediction) -> str:
    groups = (
        f"{count(group.containers)} on each of {many(group.nodes, 'nodes')} of {group.name}"
        for group in one.groups
    )
    return f"{count(one.containers)} side by side: {', '.join(groups)}"


def _bars(estimate: Estimate) -> str:
    return interval(estimate, duration)


def _slowest(one: BatchPrediction) -> str:
    stage = one.slowest
    again = f" in {many(stage.iterations, 'iterations')}" if stage.iterations > 1 else ""
    return (
        f"{stage.name}: {duration(stage.time.mean)}{again}, {many(stage.waves, 'waves')} of tasks"
        f" of {duration(stage.task_time)}, set by {stage.limit}"
    )


def _hdfs(one: BatchPrediction) -> str:
    hdfs = one.hdfs
    assert hdfs is not None  # the caller asks
    return (
        f"{many(hdfs.replication, 'replicas')} on {many(hdfs.nodes, 'core nodes')}: no block is"
        f" lost with {many(hdfs.borne, 'core nodes')}, nor with any number of task nodes; a block"
        f" in a run: {chance(hdfs.block_loss)}"
    )


def _measured(found: ErnestAnswer) -> str:
    """What measured runs say, and beyond which machines there is nothing to be gained."""
    text = (
        f"Ernest's law of {many(found.runs, 'runs')}: {duration(found.time)},"
        f" {span(duration(found.low), duration(found.high))} in 95 % of runs, on"
        f" {many(found.machines, found.counts)}"
    )
    if found.enough > 1:
        text += f"; {many(found.enough, found.counts)} have memory for its data"
    if found.fastest < _MANY:
        text += f"; more than {many(found.fastest, found.counts)} take longer"
    return text


def _failures(one: BatchPrediction) -> str:
    if not (one.lost.mean or one.recomputed.mean or one.restarts.mean):
        return "none in the simulated runs"
    text = f"{number(one.lost.mean)} tasks a run stopped, {number(one.recomputed.mean)} computed"
    text += " again"
    if one.restarts.mean:
        text += f", {number(one.restarts.mean)} runs begun anew"
    return text


def tables(one: BatchPrediction, workload: BatchJob) -> tuple[Table, ...]:
    """Tables for the terminal.

    Arguments:
        one: the prediction.
        workload: the description.
    """
    return (stages(one),)


def stages(one: BatchPrediction) -> Table:
    """Each stage: its tasks, what sets their time, how long it takes, by law and simulated.

    Arguments:
        one: the prediction.
    """
    heads = columns("Stage", "Tasks>", "Waves>", "A task>", "Set by", "By law>", "Simulated>")
    return Table("Stages", heads, tuple(_stage(stage) for stage in one.stages))


def _stage(stage: BatchStageTimes) -> tuple[Cell, ...]:
    tasks = count(stage.tasks)
    if stage.iterations > 1:
        tasks = f"{count(stage.iterations)} \N{MULTIPLICATION SIGN} {tasks}"
    return row(
        stage.name,
        tasks,
        count(stage.waves),
        duration(stage.task_time),
        stage.limit,
        _between(stage.least_time, stage.most_time),
        Cell(duration(stage.time.mean), note=_bars(stage.time)),
    )


def _between(least: float, most: float) -> str:
    low, high = duration(least), duration(most)
    return low if low == high else f"{low} to {high}"


def moved(one: BatchPrediction) -> Table:
    """Each stage: what it reads, keeps in memory, shuffles and spills.

    Arguments:
        one: the prediction.
    """
    rows = tuple(
        row(
            stage.name,
            size(stage.read) if stage.read else NONE,
            NONE if stage.cached is None else percent(stage.cached),
            size(stage.shuffled) if stage.shuffled else NONE,
            NONE if stage.pairs is None else count(round(stage.pairs)),
            size(stage.spilled) if stage.spilled else NONE,
            NONE if stage.local is None else percent(stage.local.mean),
        )
        for stage in one.stages
    )
    heads = columns(
        "Stage", "Read in all>", "In memory>", "Shuffled>", "Pairs>", "Spilled>", "Local>"
    )
    note = (
        "Shuffled and spilled: in one iteration. Local: tasks that found their data on their node."
    )
    return Table("What moves", heads, rows, note=note)


def links(one: BatchPrediction) -> Table:
    """What each link takes of a task, by stage.

    Arguments:
        one: the prediction.
    """
    rows = tuple(
        row(stage.name, link.name, duration(link.time))
        for stage in one.stages
        for link in stage.links
        if link.time > 0
    )
    return Table("What a task takes of each link", columns("Stage", "Link", "Time>"), rows)


def cluster(one: BatchPrediction) -> Table:
    """What is said of all stages together: containers, locality, copies, HDFS, failures.

    Arguments:
        one: the prediction.
    """
    busy = ("Busy", f"containers {percent(one.utilization.mean)}")
    rows = (("Containers", _containers(one)), busy, *_cluster(one))
    return Table("The cluster", columns("Property", "Value"), tuple(row(*each) for each in rows))


def rate(one: BatchPrediction) -> str:
    """Its throughput in words.

    Arguments:
        one: the prediction.
    """
    return _a_second(one.throughput.mean)


def _a_second(value: float) -> str:
    return f"{number(value)} tasks/s"


def limited_by(one: BatchPrediction) -> str:
    """What holds it back, in a word or two.

    Arguments:
        one: the prediction.
    """
    return f"{one.slowest.limit} ({one.bottleneck})"


def answers(one: BatchPrediction, workload: BatchJob) -> Answers:
    """To the questions of whoever pays for it.

    Arguments:
        one: the prediction.
        workload: the description.
    """
    half, most = duration(one.makespan.p50.mean), duration(one.makespan.p95.mean)
    law = one.law_makespan if one.law_makespan is not None else one.least_makespan
    ideal = f"by the law {duration(law)} at least"
    if law > 0:
        longer = times(one.makespan.p50.mean / law)
        longer = "as long" if longer == times(1) else f"{longer} as long"
        ideal += f", uninterrupted; the median run takes {longer}"
    failure = "a task that is stopped runs again, and so does what its node kept"
    if workload.nodes.master is not None:
        failure += "; without the master the run begins anew"
    return Answers(
        speed=f"{rate(one)}; {interval(one.throughput, _a_second)}",
        limit=f"limited by {_slowest(one)}",
        finish=f"it is complete within {half} in half of the runs, {most} in 95 %",
        failure=f"{failure}: {_failures(one)}",
        ideal=ideal,
    )


def tiles(one: BatchPrediction) -> tuple[Tile, ...]:
    """Its big figures, where it is alone.

    Arguments:
        one: the prediction.
    """
    most = f"P95 {duration(one.makespan.p95.mean)}"
    return (
        Tile("Tasks", rate(one), f"{many(one.tasks, 'tasks')}, {_stages(one)}"),
        Tile("Makespan, P50", duration(one.makespan.p50.mean), most),
    )


def application(name: str, workload: BatchJob) -> str:
    """What it does, in words.

    Arguments:
        name: of the workload.
        workload: the description.
    """
    return f"{name}: {_said(workload)}"


def _said(workload: BatchJob) -> str:
    read = [one.input.size for one in workload.stages.values() if one.input is not None]
    text = many(len(workload.stages), "stages")
    if workload.iterations is not None:
        text += f", {many(workload.iterations.count, 'iterations')}"
    return f"{text} over {format_scaled(max(read), 'B')}" if read else text


def platform(workload: BatchJob) -> str:
    """The software that it runs on.

    Arguments:
        workload: the description.
    """
    return f"{_ENGINES[workload.engine]} on YARN{', HDFS' if workload.hdfs else ''}"


def described(workloads: Mapping[str, BatchJob]) -> Table:
    """All of its kind as they are described.

    Arguments:
        workloads: by name.
    """
    rows = tuple(
        row(
            name,
            ", ".join(filter(None, (one.nodes.master, one.nodes.core, one.nodes.task))),
            platform(one),
            _said(one),
            f"{one.container.vcpus:g} vCPU, {size(one.container.memory)}",
            ", ".join(one.after) or NONE,
        )
        for name, one in workloads.items()
    )
    heads = columns("Workload", "Nodes", "Software", "Work", "A container", "After")
    return Table("MapReduce and Spark", heads, rows)


def performance(one: BatchPrediction, workload: BatchJob, key: str) -> Side:
    """Where the time goes.

    Arguments:
        one: the prediction.
        workload: the description.
        key: that tells drawings of one page apart.
    """
    rows: list[tuple[Picture | Table, ...]] = []
    if one.steps is not None:
        words = "The containers of one simulated run that each stage holds, of those that the nodes"
        words += " have (dashed)."
        rows.append((Picture(occupancy(one, f"{key}-occupancy"), words), cluster(one)))
    else:
        rows.append((cluster(one),))
    return [*rows, (stages(one),), (moved(one),), (links(one),)]


def spread(one: BatchPrediction, stack: Stack, key: str, runs: str) -> tuple[Picture, ...]:
    """How the makespans of its simulated runs are spread.

    Arguments:
        one: the prediction.
        stack: the description.
        key: that tells drawings of one page apart.
        runs: how many there are, in words.
    """
    title = f"Makespan of {one.name}"
    scale = time_scale(one.makespan, duration, "makespan")
    drawing = histogram(
        one.makespan, scale, f"{key}-time", title, deadline_of(stack, one.name), label_rows(stack)
    )
    return (Picture(drawing, f"{title}, {runs} simulated runs."),)


def quantiles(one: BatchPrediction) -> tuple[tuple[Cell, ...], ...]:
    """Rows of mean, P50 and P95.

    Arguments:
        one: the prediction.
    """
    return (quantile_row(f"Makespan, {one.name}", one.makespan, duration),)


def gap(one: BatchPrediction) -> tuple[Table, ...]:
    """The law beside the simulation.

    Arguments:
        one: the prediction.
    """
    seen, least = one.makespan.mean.mean, one.least_makespan
    rows = [_gap("Makespan, mean", least, one.most_makespan, seen)]
    if one.measured is not None:
        law = one.measured
        between = f"{duration(law.low)} to {duration(law.high)}"
        over = share_of(seen, law.time)
        rows.append(
            row("Makespan, by Ernest's law of measured runs", between, duration(seen), over)
        )
    rows += [
        _gap(f"Stage {stage.name}, mean", stage.least_time, stage.most_time, stage.time.mean)
        for stage in one.stages
    ]
    heads = columns("Quantity", "Law>", "Simulated>", "Of the least>")
    note = f"Law: {one.law}."
    return (Table("Law against simulation", heads, tuple(rows), note=note),)


def _gap(name: str, least: float, most: float, seen: float) -> tuple[Cell, ...]:
    over = share_of(seen, least) if least > 0 else NONE
    return row(name, _between(least, most), duration(seen), over)
