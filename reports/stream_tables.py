"""Tables of a stream: its stages, its log, its windows, its sinks, its hours."""

import math

from models.description.quantities import HOUR, format_rate, format_scaled
from models.prediction import Estimate
from models.prediction.stream_answer import (
    EventTopic,
    StreamHour,
    StreamPrediction,
    StreamSink,
    StreamStage,
    StreamWindow,
)
from reports.serving_tables import time_or_none
from reports.table import Cell, Table, columns, row
from reports.wording import NONE, busy, count, duration, interval, number, percent, size

_MOST_HOURS = 24


def events(value: float, one: StreamPrediction) -> str:
    """A rate of events as people wrote the load.

    Arguments:
        value: 1/s.
        one: the prediction.
    """
    return format_rate(value, one.rate_unit, "events")


def stages(one: StreamPrediction) -> Table:
    """Each stage: what comes, how busy its busiest instance is, how long it takes.

    Arguments:
        one: the prediction.
    """
    rows = tuple(_stage(stage, one) for stage in one.stages)
    heads = columns(
        "Stage", "On", "Instances>", "Comes>", "At most>", "Busiest>", "Response>", "By law>"
    )
    return Table("Stages at the highest load", heads, rows)


def _stage(stage: StreamStage, one: StreamPrediction) -> tuple[Cell, ...]:
    mark = stage.name == one.bottleneck
    most = format_rate(stage.capacity, one.rate_unit) if math.isfinite(stage.capacity) else NONE
    law = NONE if stage.law_response is None else time_or_none(Estimate.exact(stage.law_response))
    note = "" if stage.response is None else interval(stage.response, duration)
    return row(
        Cell(stage.name, "strong" if mark else "", "the bottleneck" if mark else ""),
        stage.place,
        count(stage.instances),
        format_rate(stage.rate, one.rate_unit),
        most,
        Cell(busy(stage.utilization), note=f"{percent(stage.mean_utilization)} on average"),
        Cell(time_or_none(stage.response), note=note),
        law,
    )


def sinks(one: StreamPrediction) -> Table:
    """How long events, and results, take to each sink.

    Arguments:
        one: the prediction.
    """
    rows = tuple(_sink(sink) for sink in one.sinks)
    heads = columns("Sink", "Leaves>", "Mean>", "By law>", "P50>", "P95>", "By law>", "P99>")
    note = "Of results, from the end of their window on." if _windowed(one) else ""
    return Table("Latency at the highest load", heads, rows, note=note)


def _windowed(one: StreamPrediction) -> bool:
    return any(sink.windowed for sink in one.sinks)


def _sink(sink: StreamSink) -> tuple[Cell, ...]:
    laws = [NONE if law is None else duration(law) for law in (sink.law_latency, sink.law_p95)]
    late = Cell(time_or_none(sink.p95))
    if sink.p95 is not None:
        late = Cell(duration(sink.p95.mean), note=interval(sink.p95, duration))
    return row(
        Cell(sink.name, note="results of windows" if sink.windowed else ""),
        NONE if sink.rate is None else f"{number(sink.rate.mean)}/s",
        time_or_none(sink.latency),
        laws[0],
        time_or_none(sink.p50),
        late,
        laws[1],
        time_or_none(sink.p99),
    )


def windows(one: StreamPrediction) -> Table:
    """What the windows give, and which events come too late for them.

    Arguments:
        one: the prediction.
    """
    rows = tuple(_window(window) for window in one.windows)
    heads = columns("Operator", "Windows", "Results>", "By law>", "Late>", "By law>", "Again>")
    return Table("Windows at the highest load", heads, rows)


def _window(window: StreamWindow) -> tuple[Cell, ...]:
    def rate(found: Estimate | None) -> str:
        return NONE if found is None else f"{number(found.mean)}/s"

    return row(
        window.operator,
        window.window,
        rate(window.results),
        f"{number(window.law_results)}/s",
        NONE if window.late is None else percent(window.late.mean),
        NONE if window.law_late is None else percent(window.law_late),
        rate(window.updates),
    )


def topics(one: StreamPrediction) -> Table:
    """The log of each source: how many parts, how full, how safe.

    Arguments:
        one: the prediction.
    """
    rows = tuple(_topic(topic) for topic in one.topics)
    heads = columns(
        "Log of", "Parts>", "Kept by", "Written>", "Read>", "Fullest>", "Busiest>", "Links>", "Lost"
    )
    return Table("The log", heads, rows)


def _topic(topic: EventTopic) -> tuple[Cell, ...]:
    needed = "" if topic.needed is None else f"{count(topic.needed)} needed: {topic.needed_by}"
    return row(
        topic.source,
        Cell(count(topic.partitions), note=needed),
        f"{count(topic.places)} {topic.kept_by}",
        format_scaled(topic.written, "B/s"),
        format_scaled(topic.read, "B/s"),
        Cell(percent(topic.hottest), note="of its events"),
        Cell(percent(topic.utilization), note=topic.limit),
        Cell(count(topic.links), note=f"{count(topic.links_without)} without a log"),
        lost(topic),
    )


def lost(topic: EventTopic) -> str:
    """What is lost with brokers down, in words.

    Arguments:
        topic: the log of a source.
    """
    if topic.replicas is None or topic.lost_with_one_down is None:
        return "managed"
    said = f"{count(topic.lost_with_one_down)} partitions with one broker down"
    if topic.lost_with_two_down is not None:
        said += f", {count(topic.lost_with_two_down)} with two"
    if topic.acknowledged_lost is None:
        said += "; not known: acknowledged events that go with brokers"
    elif topic.acknowledged_lost > 0:
        said += f"; {number(topic.acknowledged_lost)} acknowledged events a year"
    return said


def kept(topic: EventTopic) -> str:
    """Where events are kept, in words.

    Arguments:
        topic: the log of a source.
    """
    said = f"{topic.source}: {count(topic.partitions)} "
    if topic.replicas is None:
        said += f"shards, {count(topic.needed or 0)} needed for {topic.needed_by}"
    else:
        said += f"partitions on {count(topic.places)} {topic.kept_by},"
        said += f" {count(topic.replicas)} replicas; lost: {lost(topic)}"
    if topic.retained is not None:
        said += f"; {size(topic.retained)} kept"
    return said


def hours(one: StreamPrediction) -> Table:
    """The hours of the load: what comes, and what waits at their end.

    Arguments:
        one: the prediction.
    """
    heads = columns("Hour>", "Comes>", "Busiest>", "Waiting at its end>", "By law>")
    rows = tuple(_hour(hour, one) for hour in busiest_day(one))
    note = "The day with the busiest hour." if len(one.hours) > _MOST_HOURS else ""
    return Table("Backlog by the hour", heads, rows, note=note)


def busiest_day(one: StreamPrediction) -> tuple[StreamHour, ...]:
    """The hours of the day in which most comes or, at the end of an hour, waits.

    Arguments:
        one: the prediction.
    """
    most = max(one.hours, key=lambda hour: (hour.law_backlog or 0.0, hour.rate))
    first = one.hours.index(most) // _MOST_HOURS * _MOST_HOURS
    return one.hours[first : first + _MOST_HOURS]


def _hour(hour: StreamHour, one: StreamPrediction) -> tuple[Cell, ...]:
    waits = Cell(NONE)
    if hour.backlog is not None:
        waits = Cell(number(hour.backlog.mean), note=interval(hour.backlog, number))
    return row(
        f"{hour.start / HOUR:g}",
        format_rate(hour.rate, one.rate_unit),
        percent(hour.utilization),
        waits,
        NONE if hour.law_backlog is None else number(hour.law_backlog),
    )
