"""Streams in reports."""

import math
from collections.abc import Mapping

from models.description.stack import Stack
from models.parts.workloads.stream import Stream
from models.prediction import Estimate
from models.prediction.stream_answer import StreamCase, StreamPrediction, StreamRecovery
from reports import stream_tables
from reports.serving_tables import time_or_none
from reports.stream_figures import backlog_by_hour, busiest_instances
from reports.stream_tables import events
from reports.table import Cell, Table, columns, row
from reports.tile import Tile
from reports.wording import (
    NONE,
    bound,
    busy,
    duration,
    interval,
    many,
    money,
    number,
    percent,
    unit_price,
)
from reports.workload_report import Answers, Picture, Side


def lines(one: StreamPrediction, workload: Stream) -> list[tuple[str, str]]:
    """Names and values for the terminal.

    Arguments:
        one: the prediction.
        workload: the description.
    """
    comes = f"{events(one.arrival_rate, one)} come"
    if one.highest_rate > one.arrival_rate * (1 + 1e-9):
        comes += f" on average, {events(one.highest_rate, one)} at the most"
    shown = [("Events", f"{comes}; {_taken(one)}")]
    if one.unstable:
        text = f"{', '.join(one.unstable)}: the lag grows by {events(one.behind, one)} without end"
        shown.append(("UNSTABLE", text))
    shown += [("Log", stream_tables.kept(topic)) for topic in one.topics]
    if one.p50 is not None:
        shown.append(("Latency", f"{_percentiles(one)}; to {_sink(one)}"))
    if one.lag is not None:
        law = "" if one.law_lag is None else f"; {number(one.law_lag)} by the law"
        most = "at the most" if one.highest_rate > one.capacity else "on average"
        shown.append(("Lag", f"{number(one.lag.mean)} events {most}, simulated{law}"))
    if one.added > 0:
        what = "batch" if workload.micro_batch else "poll"
        text = f"an event waits {duration(one.added)} on average for the next {what}"
        shown.append(("Waits", text))
    if one.windows and one.loss is not None:
        shown.append(("Late", f"{percent(one.loss.mean)} of the events miss their windows"))
    shown += [
        ("Bottleneck", _bottleneck(one)),
        ("Remedy", one.remedy),
        ("Highest load", _most(one)),
    ]
    if one.recovery is not None:
        shown.append(("Recovery", _recovery(one.recovery, one)))
    for case in one.cases:
        shown.append(("If down" if case is one.cases[0] else "", _case(case, one)))
    cost = f"{bound(one.cost_at_least)}{money(one.hourly)}/h, {money(one.monthly)} a month"
    if one.per_million is not None:
        cost += f", {unit_price(one.per_million)} a million events"
    shown.append(("Cost", cost))
    available = f"{percent(1 - one.unavailability)} of the time by the laws"
    if one.unstable:
        available = "never: events wait ever longer, whatever is up"
    return [*shown, ("Available", available)]


def _taken(one: StreamPrediction) -> str:
    if one.unstable:
        return f"{events(one.throughput.mean, one)} are taken"
    return "all are taken" if one.highest_rate <= one.capacity else "all are taken in the end"


def _percentiles(one: StreamPrediction) -> str:
    known = (("P50", one.p50), ("P95", one.p95), ("P99", one.p99))
    return ", ".join(f"{name} {time_or_none(found)}" for name, found in known)


def _sink(one: StreamPrediction) -> str:
    windowed = next(sink.windowed for sink in one.sinks if sink.name == one.slowest)
    return f"{one.slowest}, from the end of a window" if windowed else one.slowest


def _bottleneck(one: StreamPrediction) -> str:
    stage = next(stage for stage in one.stages if stage.name == one.bottleneck)
    said = f"busiest instance {percent(stage.utilization)}, all {percent(stage.mean_utilization)}"
    return f"{one.bottleneck}: {said}"


def _most(one: StreamPrediction) -> str:
    if math.isinf(one.capacity):
        return "without bound"
    return f"{events(one.capacity, one)} of the same keys can be taken"


def _recovery(found: StreamRecovery, one: StreamPrediction) -> str:
    said = f"down for {duration(found.downtime)} after a failure, of which"
    said += f" {number(found.interruptions)} a month; {number(found.backlog)} events wait then,"
    said += f" {number(found.replayed)} of them read again"
    if math.isinf(found.law_drain):
        if one.unstable:
            return f"{said}; it never catches up"
        return f"{said}; it catches up once its busiest hours are over, in which it falls behind"
    said += f"; caught up {duration(found.law_drain)} later by the law"
    return said if found.drain is None else f"{said}, {duration(found.drain.mean)} simulated"


def _case(case: StreamCase, one: StreamPrediction) -> str:
    lost = f", {many(case.lost, 'partitions')} lost" if case.lost else ""
    if math.isinf(case.utilization):
        return f"{case.what}: nothing is left, the lag grows by {events(case.grows, one)}{lost}"
    said = f"{case.what}: busiest instance {busy(case.utilization)}"
    if case.grows > 0:
        return f"{said}, the lag grows by {events(case.grows, one)} meanwhile{lost}"
    return f"{said}, it keeps up{lost or ', nothing lost'}"


def tables(one: StreamPrediction, workload: Stream) -> tuple[Table, ...]:
    """Tables for the terminal.

    Arguments:
        one: the prediction.
        workload: the description.
    """
    found = [stream_tables.stages(one), stream_tables.sinks(one)]
    found += [stream_tables.windows(one)] if one.windows else []
    found += [stream_tables.hours(one)] if one.hours else []
    return tuple(found)


def rate(one: StreamPrediction) -> str:
    """Its throughput in words.

    Arguments:
        one: the prediction.
    """
    return events(one.throughput.mean, one)


def limited_by(one: StreamPrediction) -> str:
    """What holds it back, in a word or two.

    Arguments:
        one: the prediction.
    """
    return one.bottleneck


def answers(one: StreamPrediction, workload: Stream) -> Answers:
    """To the questions of whoever pays for it.

    Arguments:
        one: the prediction.
        workload: the description.
    """
    if one.p50 is None:
        finish = "in overload no latency exists: the lag grows without end"
    else:
        finish = f"to {_sink(one)}: {_percentiles(one)}"
    failure = [] if one.recovery is None else [_recovery(one.recovery, one)]
    failure += [_case(case, one) for case in one.cases]
    known = [sink for sink in one.sinks if sink.law_latency is not None]
    ideal = f"no law knows the latency of results; {one.law}"
    if known:
        means = (f"{sink.name} {duration(sink.law_latency or 0.0)}" for sink in known)
        ideal = f"mean latency by the law: {', '.join(means)} ({one.law})"
    return Answers(
        speed=f"{rate(one)} of {events(one.arrival_rate, one)} are taken",
        limit=f"limited by {_bottleneck(one)}; {_most(one)}",
        finish=finish,
        failure=".\n".join(f"{said[:1].upper()}{said[1:]}" for said in failure) or "not known",
        ideal=ideal,
    )


def tiles(one: StreamPrediction) -> tuple[Tile, ...]:
    """Its big figures, where it is alone.

    Arguments:
        one: the prediction.
    """
    first = Tile("Events", rate(one), f"{one.bottleneck} is busiest")
    if one.p95 is None:
        return (first, Tile("Lag", "UNSTABLE", ", ".join(one.unstable)))
    return (first, Tile("Latency, P95", duration(one.p95.mean), f"to {one.slowest}"))


def application(name: str, workload: Stream) -> str:
    """What it does, in words.

    Arguments:
        name: of the workload.
        workload: the description.
    """
    sources, sinks = ", ".join(workload.sources), ", ".join(workload.sinks)
    return f"{name}: events of {sources} to {sinks}"


def platform(workload: Stream) -> str:
    """The software that it runs on.

    Arguments:
        workload: the description.
    """
    log = "Kafka" if workload.log.kafka is not None else "Kinesis"
    if workload.micro_batch:
        return f"{log}; operators in micro-batches of {duration(workload.micro_batch)}"
    return f"{log}; operators one event at a time"


def described(workloads: Mapping[str, Stream]) -> Table:
    """All streams as they are described.

    Arguments:
        workloads: by name.
    """
    rows = tuple(
        row(
            name,
            ", ".join(one.sources),
            platform(one),
            "; ".join(_operator(key, one) for key in one.operators) or NONE,
            ", ".join(one.sinks),
        )
        for name, one in workloads.items()
    )
    return Table("Streams", columns("Workload", "Sources", "On", "Operators", "Sinks"), rows)


def _operator(key: str, workload: Stream) -> str:
    operator = workload.operators[key]
    window = "" if operator.window is None else f", {operator.window.said}"
    return f"{key}, {many(operator.instances, 'instances')}{window}"


def performance(one: StreamPrediction, workload: Stream, key: str) -> Side:
    """Where the time goes.

    Arguments:
        one: the prediction.
        workload: the description.
        key: that tells drawings of one page apart.
    """
    words = "How busy the busiest instance of each stage is at the highest load, by the law."
    pictures = [Picture(busiest_instances(one, f"{key}-stages"), words)]
    if any(hour.law_backlog is not None for hour in one.hours):
        words = "Events that wait at the end of each hour: simulated, and by the law (dashed)."
        pictures.append(Picture(backlog_by_hour(one, f"{key}-hours"), words))
    rows: list[tuple[Picture | Table, ...]] = [tuple(pictures), (stream_tables.stages(one),)]
    rows += [(stream_tables.sinks(one),), (stream_tables.topics(one),)]
    if one.windows:
        rows.append((stream_tables.windows(one),))
    if one.hours:
        rows.append((stream_tables.hours(one),))
    return rows


def spread(one: StreamPrediction, stack: Stack, key: str, runs: str) -> tuple[Picture, ...]:
    """Its replications are one long run; there is no spread of runs to show.

    Arguments:
        one: the prediction.
        stack: the description.
        key: that tells drawings of one page apart.
        runs: how many there are, in words.
    """
    return ()


def quantiles(one: StreamPrediction) -> tuple[tuple[Cell, ...], ...]:
    """Rows of mean, P50 and P95: of the latency to each sink.

    Arguments:
        one: the prediction.
    """
    found = []
    for sink in one.sinks:
        three = (sink.latency, sink.p50, sink.p95)
        if all(part is not None for part in three):
            found.append(row(f"Latency, {one.name} to {sink.name}", *map(_cell, three)))
    return tuple(found)


def _cell(found: Estimate | None) -> Cell:
    if found is None:
        return Cell(NONE)
    return Cell(duration(found.mean), note=interval(found, duration))


def gap(one: StreamPrediction) -> tuple[Table, ...]:
    """The law beside the simulation.

    Arguments:
        one: the prediction.
    """
    rows = [
        row(f"Latency to {sink.name}, mean", duration(sink.law_latency), time_or_none(sink.latency))
        for sink in one.sinks
        if sink.law_latency is not None
    ]
    if one.law_lag is not None and one.lag is not None:
        rows.append(row("Lag, events", number(one.law_lag), number(one.lag.mean)))
    for stage in one.stages:
        seen = stage.simulated_utilization
        if seen is not None:
            name = f"Utilization of {stage.name}, busiest"
            rows.append(row(name, percent(stage.utilization), percent(seen.mean)))
    for window in one.windows:
        if window.results is not None:
            results = f"{number(window.law_results)}/s", f"{number(window.results.mean)}/s"
            rows.append(row(f"Results of {window.operator}", *results))
    if one.recovery is not None and one.recovery.drain is not None:
        law = duration(one.recovery.law_drain)
        rows.append(row("Caught up after a failure", law, duration(one.recovery.drain.mean)))
    if not rows:
        return ()
    note = f"Law: {one.law}. Simulation: {one.simulation}."
    heads = columns("Quantity", "Law>", "Simulated>")
    return (Table("Law against simulation", heads, tuple(rows), note=note),)
