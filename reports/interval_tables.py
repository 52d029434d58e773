"""A queueing network by interval of the period that it follows: a table a station and a class."""

from collections.abc import Callable

from models.prediction import Estimate
from models.queueing.network_answer import (
    ClassInterval,
    IntervalMeasures,
    NetworkAnswer,
    StationInterval,
)
from reports.queue_tables import per_second
from reports.table import Cell, Table, columns, row
from reports.wording import NONE, Format, duration, number, percent, span

Column = tuple[str, tuple[Estimate | None, ...], Format, bool]  # the last: with its interval


def interval_tables(answer: NetworkAnswer, rate: Format = per_second) -> tuple[Table, ...]:
    """A table for each station and each class; none where nothing is told by interval.

    Arguments:
        answer: of the simulation.
        rate: how a rate of customers is written.
    """
    if not answer.intervals:
        return ()
    intervals, made = answer.intervals, []
    for k, station in enumerate(intervals[0].stations):
        rows = [one.stations[k] for one in intervals]
        made.append(
            _table(f"Station {station.station}, by interval", intervals, _station(rows, rate))
        )
    for k, customers in enumerate(intervals[0].classes):
        caption = f"Class {customers.customer_class}, by interval in which it leaves"
        made.append(_table(caption, intervals, _class([one.classes[k] for one in intervals])))
    return tuple(made)


def _station(rows: list[StationInterval], rate: Format) -> list[Column]:
    def column(get: Callable[[StationInterval], Estimate | None]) -> tuple[Estimate | None, ...]:
        return tuple(map(get, rows))

    few = all(one.utilization.mean <= 1 for one in rows)
    busy = ("Utilization", percent) if few else ("Busy", number)
    return [
        ("Throughput", column(lambda s: s.throughput), rate, False),
        (busy[0], column(lambda s: s.utilization), busy[1], False),
        ("Servers", column(lambda s: s.servers), number, False),
        ("Number", column(lambda s: s.number), number, False),
        ("Waiting", column(lambda s: s.waiting_time), duration, True),
    ]


def _class(rows: list[ClassInterval]) -> list[Column]:
    def column(get: Callable[[ClassInterval], Estimate | None]) -> tuple[Estimate | None, ...]:
        return tuple(map(get, rows))

    return [
        ("Within", column(lambda c: c.within_target), percent, False),
        ("P95", column(lambda c: c.response_time_percentiles.get(95.0)), duration, False),
        ("P99", column(lambda c: c.response_time_percentiles.get(99.0)), duration, False),
        ("Response", column(lambda c: c.response_time), duration, True),
    ]


def _table(caption: str, intervals: tuple[IntervalMeasures, ...], made: list[Column]) -> Table:
    known = [column for column in made if any(column[1])]
    titles = ["From"]
    for title, _, _, wide in known:
        titles += [f"{title}>", "95 % interval>"] if wide else [f"{title}>"]
    rows = []
    for place, interval in enumerate(intervals):
        cells: list[str | Cell] = [_start(interval.start, intervals)]
        for _, values, write, wide in known:
            value = values[place]
            cells.append(write(value.mean) if value else NONE)
            if wide:
                cells.append(span(write(value.low), write(value.high)) if value else NONE)
        rows.append(row(*cells))
    return Table(caption, columns(*titles), tuple(rows))


def _start(seconds: float, intervals: tuple[IntervalMeasures, ...]) -> str:
    """The start of an interval; that of the first in the unit of the second."""
    if seconds == 0 and len(intervals) > 1:
        return f"0 {duration(intervals[1].start).split()[-1]}"
    return duration(seconds)
