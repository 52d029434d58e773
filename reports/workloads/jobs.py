"""Jobs in reports."""

from collections.abc import Mapping

from models.description.quantities import HOUR, format_scaled
from models.description.stack import Stack
from models.parts.workloads.jobs import JobNeeds, Jobs
from models.prediction import Estimate
from models.prediction.jobs_answer import JobsPrediction, JobTimes, JobTransfer, ResourceUse
from reports.job_figures import gantt, occupancy
from reports.spread import deadline_of, label_rows, time_scale
from reports.spread import spread as histogram
from reports.table import Cell, Table, columns, row
from reports.tile import Tile
from reports.wording import (
    NONE,
    count,
    duration,
    interval,
    many,
    number,
    percent,
    resource,
    share_of,
    size,
    times,
)
from reports.wording import spread as quoted
from reports.workload_report import Answers, Picture, Side, quantile_row


def _an_hour(value: float) -> str:
    return f"{number(value * HOUR)} jobs/h"


def lines(one: JobsPrediction, workload: Jobs) -> list[tuple[str, str]]:
    """Names and values for the terminal.

    Arguments:
        one: the prediction.
        workload: the description.
    """
    shown = [("Jobs", f"{_how_many(one)}, {'sharing' if workload.share else one.discipline}")]
    if one.at_once is not None and not workload.share:
        shown.append(("At once", f"{count(one.at_once)} side by side"))
    if one.unstable:
        shown.append(("UNSTABLE", "the queue grows without end: no mean exists"))
    if one.makespan is not None:
        shown += [
            ("Makespan", quoted(one.makespan, duration)),
            ("", f"mean {duration(one.makespan.mean.mean)}, {_bars(one.makespan.mean)}"),
        ]
    if one.law_makespan is not None:
        shown.append(("By the law", f"{duration(one.law_makespan)}; {one.law}"))
    elif one.least_makespan is not None:
        shown.append(("At least", f"{duration(one.least_makespan)}, whatever the order"))
    slow = one.jobs.slowdown
    if not one.unstable:
        shown.append(("Waiting", _spread_of(one.jobs, "waiting")))
        if one.jobs.law_waiting is not None:
            shown.append(("By the law", f"mean {duration(one.jobs.law_waiting)}; {one.law}"))
        shown += [
            ("Turnaround", _spread_of(one.jobs, "turnaround")),
            ("Slowdown", NONE if slow is None else _slowdown(slow)),
        ]
    shown += [(one.key.capitalize(), _transfer(one)) for one in one.transfers]
    busy = (f"{resource(r.name)} {percent(r.utilization.mean)}" for r in one.resources)
    shown += [
        ("Throughput", _an_hour(one.throughput.mean)),
        ("Busy", ", ".join(busy)),
        *([("Remedy", one.remedy)] if one.remedy else []),
        ("Interruptions", _interruptions(one.jobs)),
    ]
    return shown


def _transfer(moved: JobTransfer) -> str:
    """How long a job takes for its data, and what would hold it back no more."""
    took = f"{size(moved.size)} a job in {duration(moved.time)}"
    took += f", {format_scaled(moved.bandwidth, 'B/s')} for all ({moved.limit})"
    if moved.longer <= 0:
        return f"{took}: within the run time"
    return (
        f"{took}: longer than the run time of {percent(moved.longer)} of the jobs;"
        f" {format_scaled(moved.enough, 'B/s')} would do"
    )


def _interruptions(jobs: JobTimes) -> str:
    mean, lost = jobs.interruptions.mean, jobs.lost.mean
    if mean == 0:
        return "none"
    return f"{number(mean)} a job on average, {duration(lost)} of its work done again"


def _slowdown(estimate: Estimate) -> str:
    said = times(estimate.mean)
    return "none" if said == times(1) else f"{said} the run time on average"


def _bars(estimate: Estimate) -> str:
    return interval(estimate, duration)


def _how_many(one: JobsPrediction) -> str:
    if one.makespan is None:
        return f"without end, asking for {percent(one.load or 0.0)} of the nodes"
    return many(one.jobs.count, "jobs")


def _spread_of(jobs: JobTimes, of: str) -> str:
    mean, half, most = (getattr(jobs, f"{of}{end}").mean for end in ("", "_p50", "_p95"))
    return f"mean {duration(mean)}, P50 {duration(half)}, P95 {duration(most)}"


def tables(one: JobsPrediction, workload: Jobs) -> tuple[Table, ...]:
    """Tables for the terminal.

    Arguments:
        one: the prediction.
        workload: the description.
    """
    return (kinds(one),) if one.kinds else ()


def kinds(one: JobsPrediction) -> Table:
    """Each kind of job: how many, how long it waits, how long it takes.

    Arguments:
        one: the prediction.
    """
    every = (*one.kinds, one.jobs)
    by_law = any(jobs.law_waiting is not None for jobs in every)
    rows = tuple(_kind(jobs, by_law) for jobs in every)
    law = ["By\N{NO-BREAK SPACE}law>"] if by_law else []
    times = ["P50>", "P95>", "Turnaround, mean>", "P95>"]
    heads = columns("Jobs", "Number>", "Waiting, mean>", *law, *times)
    return Table("Waiting and turnaround", heads, rows)


def _kind(jobs: JobTimes, by_law: bool) -> tuple[Cell, ...]:
    def cell(found: Estimate | None) -> Cell:
        return Cell(NONE) if found is None else Cell(duration(found.mean), note=_bars(found))

    def plain(found: Estimate | None) -> str:
        return NONE if found is None else duration(found.mean)

    law = NONE if jobs.law_waiting is None else duration(jobs.law_waiting)
    return row(
        jobs.name or "all",
        count(round(jobs.count)),
        cell(jobs.waiting),
        *([law] if by_law else []),
        plain(jobs.waiting_p50),
        plain(jobs.waiting_p95),
        cell(jobs.turnaround),
        plain(jobs.turnaround_p95),
    )


def rate(one: JobsPrediction) -> str:
    """Its throughput in words.

    Arguments:
        one: the prediction.
    """
    return _an_hour(one.throughput.mean)


def limited_by(one: JobsPrediction) -> str:
    """What holds it back, in a word or two.

    Arguments:
        one: the prediction.
    """
    if (slowest := one.slowest_transfer) is not None:
        return f"{slowest.key} ({slowest.store})"
    if not one.resources:
        return NONE
    return resource(_busiest(one).name)


def _busiest(one: JobsPrediction) -> ResourceUse:
    return max(one.resources, key=lambda resource: resource.utilization.mean)


def answers(one: JobsPrediction, workload: Jobs) -> Answers:
    """To the questions of whoever pays for it.

    Arguments:
        one: the prediction.
        workload: the description.
    """
    limit = "nothing is known to limit it"
    if (slowest := one.slowest_transfer) is not None:
        limit = f"limited by {limited_by(one)}: {_transfer(slowest)}"
    elif one.resources:
        busy = percent(_busiest(one).utilization.mean)
        limit = f"limited by {limited_by(one)}, busy {busy} of the time"
    if one.at_once is not None:
        limit += f"; {count(one.at_once)} jobs run side by side"
    waits = one.jobs.waiting
    if waits is None:
        finish = "more is submitted than the nodes can do: the queue grows without end"
    elif one.makespan is None:
        finish = f"a job waits {duration(waits.mean)} on average"
    else:
        half, most = duration(one.makespan.p50.mean), duration(one.makespan.p95.mean)
        finish = f"all are complete within {half} in half of the runs, {most} in 95 %"
    law = one.law_makespan if one.law_makespan is not None else one.least_makespan
    ideal = "no law gives the makespan"
    if law is not None and one.makespan is not None:
        longer = times(one.makespan.p50.mean / law) if law > 0 else NONE
        longer = "as long" if longer == times(1) else f"{longer} as long"
        ideal = f"by the law they take {duration(law)}; the median run takes {longer}"
    after = "from zero" if workload.checkpoint_interval is None else "from its last checkpoint"
    return Answers(
        speed=f"{_an_hour(one.throughput.mean)}; {quoted_interval(one)}",
        limit=limit,
        finish=finish,
        failure=f"a job that is interrupted starts again {after}; interruptions:"
        f" {_interruptions(one.jobs)}",
        ideal=ideal,
    )


def quoted_interval(one: JobsPrediction) -> str:
    """The error bars of the throughput.

    Arguments:
        one: the prediction.
    """
    return interval(one.throughput, _an_hour)


def tiles(one: JobsPrediction) -> tuple[Tile, ...]:
    """Its big figures, where it is alone.

    Arguments:
        one: the prediction.
    """
    shown = [Tile("Jobs", _an_hour(one.throughput.mean), _how_many(one))]
    waits = one.jobs.waiting
    if waits is None:
        shown.append(Tile("Waiting", "UNSTABLE", "the queue grows without end"))
    elif one.makespan is not None:
        most = f"P95 {duration(one.makespan.p95.mean)}"
        shown.append(Tile("Makespan, P50", duration(one.makespan.p50.mean), most))
    else:
        shown.append(Tile("Waiting, mean", duration(waits.mean), _bars(waits)))
    return tuple(shown)


def application(name: str, workload: Jobs) -> str:
    """What it does, in words.

    Arguments:
        name: of the workload.
        workload: the description.
    """
    return f"{name}: runs {_said(workload)}"


def _said(workload: Jobs) -> str:
    if workload.trace is not None:
        return f"the jobs recorded in {workload.trace.file}"
    if workload.endless:
        return f"jobs that come without end, of {many(len(workload.kinds), 'kinds')}"
    return many(sum(kind.count or 0 for kind in workload.kinds), "jobs")


def platform(workload: Jobs) -> str:
    """The software that it runs on.

    Arguments:
        workload: the description.
    """
    shared = ", sharing processors" if workload.share else ""
    return f"a scheduler, {workload.discipline}{shared}"


def described(workloads: Mapping[str, Jobs]) -> Table:
    """All sets of jobs as they are described.

    Arguments:
        workloads: by name.
    """
    rows = tuple(
        row(
            name,
            workload.nodes,
            _said(workload),
            _each_needs(workload),
            workload.discipline,
            ", ".join(workload.after) or NONE,
        )
        for name, workload in workloads.items()
    )
    return Table(
        "Jobs", columns("Workload", "Nodes", "Jobs", "Each needs", "Discipline", "After"), rows
    )


def _each_needs(workload: Jobs) -> str:
    """What a job of each class needs, or what a trace does not say."""
    if workload.classes:
        return "; ".join(f"{name}: {_needs(one.each)}" for name, one in workload.classes.items())
    if workload.each is None:
        return "as recorded"
    said = _needs(workload.each)
    return f"as recorded, or else {said}" if workload.trace is not None else said


def _needs(needs: JobNeeds) -> str:
    words = [
        many(value, name)
        for name, value in (
            ("slots", needs.slots),
            ("vCPUs", needs.vcpus),
            ("accelerators", needs.accelerators),
        )
        if value
    ]
    if needs.memory:
        words.append(f"{size(needs.memory)} of memory")
    if needs.tasks > 1:
        return f"{many(needs.tasks, 'tasks')} of {' and '.join(words)} each"
    return ", ".join(words)


def performance(one: JobsPrediction, workload: Jobs, key: str) -> Side:
    """Where the time goes.

    Arguments:
        one: the prediction.
        workload: the description.
        key: that tells drawings of one page apart.
    """
    pictures = []
    if one.bars:
        words = "The first jobs of one simulated run, each from its start to its end; hatched:"
        words += " interrupted."
        pictures.append(Picture(gantt(one, f"{key}-gantt"), words))
    if one.steps is not None:
        words = "What the jobs of that run occupy, of what the nodes have (dashed), and "
        words += "how many jobs wait." if any(one.steps.waiting) else "no job waits."
        pictures.append(Picture(occupancy(one, f"{key}-occupancy"), words))
    rows: list[tuple[Picture | Table, ...]] = [tuple(pictures)] if pictures else []
    rows.append((kinds(one),))
    return rows


def spread(one: JobsPrediction, stack: Stack, key: str, runs: str) -> tuple[Picture, ...]:
    """How the makespans of its simulated runs are spread.

    Arguments:
        one: the prediction.
        stack: the description.
        key: that tells drawings of one page apart.
        runs: how many there are, in words.
    """
    if one.makespan is None:
        return ()
    title = f"Makespan of {one.name}"
    scale = time_scale(one.makespan, duration, "makespan")
    drawing = histogram(
        one.makespan, scale, f"{key}-time", title, deadline_of(stack, one.name), label_rows(stack)
    )
    return (Picture(drawing, f"{title}, {runs} simulated runs."),)


def quantiles(one: JobsPrediction) -> tuple[tuple[Cell, ...], ...]:
    """Rows of mean, P50 and P95.

    Arguments:
        one: the prediction.
    """
    if one.makespan is None:
        return ()
    return (quantile_row(f"Makespan, {one.name}", one.makespan, duration),)


def gap(one: JobsPrediction) -> tuple[Table, ...]:
    """The law beside the simulation.

    Arguments:
        one: the prediction.
    """
    rows = []
    if one.makespan is not None:
        law = one.law_makespan if one.law_makespan is not None else one.least_makespan
        seen = one.makespan.p50.mean
        cell = NONE if law is None else duration(law)
        over = NONE if not law else share_of(seen, law)
        rows.append(row("Makespan, P50", cell, duration(seen), over))
    for jobs in (*one.kinds, one.jobs):
        if jobs.law_waiting is not None and jobs.waiting is not None:
            seen = jobs.waiting.mean
            name = f"Waiting of {jobs.name or 'all'}"
            over = share_of(seen, jobs.law_waiting)
            rows.append(row(name, duration(jobs.law_waiting), duration(seen), over))
    if not rows:
        return ()
    heads = columns("Quantity", "Law>", "Simulated>", "Of the law>")
    note = f"Law: {one.law}."
    return (Table("Law against simulation", heads, tuple(rows), note=note),)
