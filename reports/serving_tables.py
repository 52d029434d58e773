"""Tables of an endpoint: its stages, the hours of its period, what it bears with something down."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from models.description.quantities import HOUR, format_percentile, format_rate
from models.prediction import Estimate
from models.prediction.endpoint_answer import (
    EndpointPrediction,
    PaidReplicas,
    ServingCase,
    ServingHour,
    ServingStage,
)
from reports.table import Cell, Column, Table, columns, row
from reports.wording import NONE, Format, count, duration, number, percent, span

_DAY = 24  # hours
_LONG = 1 / 12  # of an hour that a mean response takes, from which it is told whose it is
CAME_BEFORE = "times are of requests that are answered in an hour, of which some came in one before"
_BESIDE = 3  # stages whose replicas stand beside each other in 80 columns
_LONGEST = 11  # letters of a stage in such a head
# Of gateways, whose names take a terminal's width.
_SHORT: dict[str, str] = {"application-load-balancer": "load balancer", "http-api": "HTTP API"}


def time_or_none(estimate: Estimate | None) -> str:
    """Write a time that may not be known.

    Arguments:
        estimate: s.
    """
    if estimate is None:
        return NONE
    # Nobody can measure less.
    return "< 1 us" if 0 < estimate.mean < 1e-6 else duration(estimate.mean)


def stages(one: EndpointPrediction) -> Table:
    """Each stage: how many replicas, how busy, how long.

    Arguments:
        one: the prediction.
    """
    rows = tuple(_stage_row(stage, one) for stage in one.stages)
    heads = columns("Stage", "On", "Replicas>", "At most>", "Busy>", "Waiting>", "Response>")
    return Table("Stages", heads, rows)


def _stage_row(stage: ServingStage, one: EndpointPrediction) -> tuple[Cell, ...]:
    paid = stage.paid_replicas
    replicas = Cell(count(stage.replicas))
    if paid is not None:
        replicas = Cell(f"{number(paid.mean)} of {count(stage.replicas)}", note="up on average")
    cold = "" if stage.cold is None else f"{percent(stage.cold.mean)} meet a cold start"
    lost = "" if stage.loss is None else f"{percent(stage.loss.mean)} refused or given up"
    note = "; ".join(text for text in (cold, lost) if text)
    most = "no bound" if math.isinf(stage.capacity) else format_rate(stage.capacity, one.rate_unit)
    busy = NONE if stage.busy is None else percent(stage.busy)
    mark = "strong" if stage.name == one.bottleneck else ""
    return row(
        Cell(stage.name, "strong" if mark else "", "the bottleneck" if mark else ""),
        _SHORT.get(stage.place, stage.place),
        replicas,
        most,
        busy,
        Cell(time_or_none(stage.waiting), note=_within_wait_target(stage)),
        Cell(time_or_none(stage.response), note=note),
    )


def _within_wait_target(stage: ServingStage) -> str:
    if stage.wait_target is None:
        return ""
    return f"{waited(stage)} within {duration(stage.wait_target)}"


def waited(stage: ServingStage) -> str:
    """The share that waits no longer than it should, simulated, and by the law where one holds.

    Arguments:
        stage: with a target.
    """
    seen, law = stage.simulated_within_wait_target, stage.within_wait_target
    if seen is None:
        return "an unknown share" if law is None else percent(law)
    return percent(seen.mean) if law is None else f"{percent(seen.mean)} ({percent(law)} by law)"


def answered(one: EndpointPrediction) -> Table:
    """How long answers take, how many are in time, and how many there are none of.

    Arguments:
        one: the prediction.
    """
    times = {"Mean": one.response, "P50": one.p50, "P95": one.p95, "P99": one.p99}
    if one.latency is not None:
        times.setdefault(format_percentile(one.latency.percentage), one.latency.response)
    rows = [_figure(name, each, duration) for name, each in times.items() if each is not None]
    if one.within_target is not None and one.target is not None:
        rows.append(_figure(f"Within {duration(one.target)}", one.within_target, percent))
    if one.loss is not None and any(stage.loss is not None for stage in one.stages):
        rows.append(_figure("Not answered", one.loss, percent))
    return Table("Responses", columns("Response", "Simulated>", "95 % interval>"), tuple(rows))


def _figure(name: str, estimate: Estimate, write: Format) -> tuple[Cell, ...]:
    return row(name, write(estimate.mean), _span(estimate, write) or NONE)


def busiest_day(one: EndpointPrediction) -> tuple[ServingHour, ...]:
    """The hours of the day with the highest load; all where the period is a day.

    Arguments:
        one: the prediction.
    """
    days = [one.hours[first : first + _DAY] for first in range(0, len(one.hours), _DAY)]
    return max(days, key=lambda day: max(hour.rate for hour in day), default=())


def came_before(shown: Sequence[ServingHour]) -> bool:
    """Whether many a request is answered in a later hour than it came in.

    Arguments:
        shown: hours of a prediction.
    """
    return any(hour.response is not None and hour.response.mean > _LONG * HOUR for hour in shown)


def hours(one: EndpointPrediction, shown: Sequence[ServingHour]) -> Table:
    """Hours of the period that the load follows, with their intervals as notes.

    Arguments:
        one: the prediction.
        shown: hours of it.
    """
    within = any(hour.within_target for hour in shown)
    rows = tuple(_hour_row(hour, one, within) for hour in shown)
    heads = columns("Hour", "Comes>", "Busy>", "Mean>", "P50>", "P95>", "P99>")
    target = columns("Within>") if within else ()
    note = "Small: intervals at 95 %."
    if came_before(shown):
        note += f" {CAME_BEFORE[0].upper()}{CAME_BEFORE[1:]}."
    return Table("By the hour", (*heads, *target, *_of_replicas(one)), rows, note=note)


def _hour_row(hour: ServingHour, one: EndpointPrediction, within: bool) -> tuple[Cell, ...]:
    times = (hour.response, hour.p50, hour.p95, hour.p99)
    return row(
        f"{hour.start / HOUR:g}",
        format_rate(hour.rate, one.rate_unit),
        Cell(percent(hour.busy), note=_span(hour.simulated_utilization, percent)),
        *(Cell(time_or_none(each), note=_span(each, duration)) for each in times),
        *([_share(hour.within_target)] if within else []),
        *(Cell(number(each.paid.mean), note=_span(each.paid, number)) for each in hour.replicas),
    )


def _share(estimate: Estimate | None) -> Cell:
    if estimate is None:
        return Cell(NONE)
    return Cell(percent(estimate.mean), note=_span(estimate, percent))


def _span(estimate: Estimate | None, write: Format) -> str:
    """Its interval; nothing of what has none, or a narrower one than is shown."""
    if estimate is None or write(estimate.low) == write(estimate.high):
        return ""
    return span(write(estimate.low), write(estimate.high))


def _scaled(one: EndpointPrediction) -> list[str]:
    return [stage.name for stage in one.stages if stage.paid_replicas is not None]


def _of_replicas(one: EndpointPrediction) -> tuple[Column, ...]:
    names = _scaled(one)
    return columns(*(["Replicas>"] if len(names) == 1 else [f"Replicas of {n}>" for n in names]))


def narrow_hours(one: EndpointPrediction) -> tuple[Table, ...]:
    """The busiest day in lines of 80 columns: its figures, then their intervals.

    Arguments:
        one: the prediction.
    """
    shown = busiest_day(one)
    if not shown:
        return ()
    whole = hours(one, shown)
    few = len(whole.columns) - len(_scaled(one))
    figures = replace(whole, columns=whole.columns[:few], rows=tuple(r[:few] for r in whole.rows))
    if all(hour.response is None for hour in shown):
        return (figures,)
    return (figures, *_intervals(one, shown))


def _intervals(one: EndpointPrediction, shown: Sequence[ServingHour]) -> Iterator[Table]:
    """Of mean, P95 and replicas, as many stages beside each other as there is room for."""
    names = _scaled(one)
    of_times = columns("Hour", "Mean, 95 %>", "P95, 95 %>")
    for first in range(0, max(1, len(names)), _BESIDE):
        chosen = range(first, min(first + _BESIDE, len(names)))
        heads = columns(*(f"{_cut(names[k])}, 95 %>" for k in chosen))
        rows = tuple(
            row(
                f"{hour.start / HOUR:g}",
                *(
                    _span(each, duration) or time_or_none(each)
                    for each in (hour.response, hour.p95)
                ),
                *(_replicas(hour.replicas[k]) for k in chosen),
            )
            for hour in shown
        )
        yield Table("Intervals by the hour", (*of_times, *heads), rows)


def _replicas(stage: PaidReplicas) -> str:
    return _span(stage.paid, number) or number(stage.paid.mean)


def _cut(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"


def cases(one: EndpointPrediction) -> Table:
    """What it bears with something down, at its highest load.

    Arguments:
        one: the prediction.
    """
    rows = tuple(_case_row(case) for case in one.cases)
    heads = columns(
        "Down", "Busy>", "Mean>", "P95>", "Simulated mean>", "P95>", "All back after>", "Verdict"
    )
    note = (
        f"At {format_rate(one.highest_rate, one.rate_unit, 'requests')}, the highest load: by the"
        " law, with what is down for long, and simulated. A zone comes back by itself."
    )
    return Table("With something down", heads, rows, note=note)


def _case_row(case: ServingCase) -> tuple[Cell, ...]:
    alone = not case.of_zones
    back = NONE if case.restored_after is None else duration(case.restored_after)
    return row(
        case.what,
        NONE if math.isinf(case.utilization) else percent(case.utilization),
        NONE if case.response is None else duration(case.response),
        NONE if case.p95 is None else duration(case.p95),
        Cell(time_or_none(case.simulated_response), note=case.simulation),
        time_or_none(case.simulated_p95),
        Cell(back, note="not known" if alone and case.restored_after is None else ""),
        Cell("no outage", "good") if case.survives else Cell("outage", "bad"),
    )
