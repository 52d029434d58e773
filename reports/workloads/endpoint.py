"""Endpoints in reports."""

import math
from collections.abc import Mapping

from models.description.quantities import HOUR, YEAR, format_percentile, format_rate
from models.description.stack import Stack
from models.parts.workloads.endpoint import Endpoint, Stage
from models.prediction.endpoint_answer import EndpointPrediction, ServingCase, ServingStage
from reports import serving_tables
from reports.serving_figures import latency_by_hour, response_against_load, utilization_by_stage
from reports.serving_tables import time_or_none
from reports.table import Cell, Table, columns, row
from reports.tile import Tile
from reports.wording import (
    NONE,
    bound,
    count,
    duration,
    interval,
    many,
    money,
    number,
    percent,
    unit_price,
)
from reports.workload_report import Answers, Picture, Side


def _requests(value: float, one: EndpointPrediction) -> str:
    return format_rate(value, one.rate_unit, "requests")


def lines(one: EndpointPrediction, workload: Endpoint) -> list[tuple[str, str]]:
    """Names and values for the terminal.

    Arguments:
        one: the prediction.
        workload: the description.
    """
    comes = f"{_requests(one.arrival_rate, one)} come"
    if one.highest_rate > one.arrival_rate * (1 + 1e-9):
        comes += f" on average, {format_rate(one.highest_rate, one.rate_unit)} at the most"
    shown = [("Requests", f"{comes}; {_requests(one.throughput.mean, one)} are answered")]
    if one.unstable:
        shown.append(("UNSTABLE", f"{', '.join(one.unstable)}: the queue grows without end"))
    if one.response is None and not one.unstable:
        shown.append(("Response", _unanswered(one)))
    if one.response is not None:
        shown += [
            ("Response", f"mean {time_or_none(one.response)}, {interval(one.response, duration)}"),
            ("", _percentiles(one)),
        ]
    if one.law_response is not None:
        lost = "" if one.law_loss is None else f", {percent(one.law_loss.mean)} lost"
        shown.append(("By the law", f"mean {duration(one.law_response.mean)}{lost}; {one.law}"))
    if one.within_target is not None and one.target is not None:
        share = percent(one.within_target.mean)
        shown.append(("Within target", f"{share} of the requests within {duration(one.target)}"))
    for stage in one.stages:
        if stage.wait_target is not None:
            limit = duration(stage.wait_target)
            text = (
                f"{stage.name}: {serving_tables.waited(stage)} of the requests wait {limit} or less"
            )
            shown.append(("Waiting", text))
        if stage.cold is not None:
            text = f"{stage.name}: {percent(stage.cold.mean)} of its requests meet one"
            shown.append(("Cold starts", text))
    if one.loss is None:
        known = "not known in overload" if one.unstable else "not known, since not simulated"
        shown.append(("Loss", known))
    elif any(stage.loss is not None for stage in one.stages):
        shown.append(("Loss", f"{percent(one.loss.mean)} of the requests"))
    shown += [
        ("Bottleneck", _bottleneck(one)),
        ("Remedy", one.remedy),
        ("Highest load", _highest(one)),
    ]
    if one.hours:
        shown.append(("By the hour", _hours(one)))
    for case in one.cases:
        shown.append(("If down" if case is one.cases[0] else "", _case(case)))
    mean = " on average" if one.hourly_is_mean else ""
    cost = f"{bound(one.cost_at_least)}{money(one.hourly)}/h{mean}, {money(one.monthly)} a month"
    if one.cost_at_least and one.hourly == 0:
        cost = "not known: nothing of it has a known price"
    elif one.per_thousand is not None:
        cost += f", {unit_price(one.per_thousand)} a thousand requests"
    shown.append(("Cost", cost))
    available = f"{percent(1 - one.unavailability)} of the time by the laws"
    if one.unstable:
        available = "never: requests wait ever longer, whatever is up"
    elif one.never_available:
        available = "never: it serves less than its highest load, whatever is up"
    shown.append(("Available", available))
    return shown


def _hours(one: EndpointPrediction) -> str:
    shown = serving_tables.busiest_day(one)
    highest = max(shown, key=lambda hour: hour.rate)
    text = f"below; {_requests(highest.rate, one)} in hour {highest.start / HOUR:g}"
    if len(shown) < len(one.hours):
        text += ", of whose day are the hours shown, with all in the report and in JSON"
    if serving_tables.came_before(shown):
        text += f"; {serving_tables.CAME_BEFORE}"
    return text


def _percentiles(one: EndpointPrediction) -> str:
    known = {50.0: one.p50, 95.0: one.p95, 99.0: one.p99}
    if one.latency is not None:
        known[one.latency.percentage] = one.latency.response
    return ", ".join(f"{format_percentile(p)} {time_or_none(known[p])}" for p in sorted(known))


def _bottleneck(one: EndpointPrediction) -> str:
    busy = next(stage.busy for stage in one.stages if stage.name == one.bottleneck)
    if busy is None:
        return one.bottleneck
    if busy > 1:
        return f"{one.bottleneck}, asked for {percent(busy)} of what it can serve"
    return f"{one.bottleneck}, busy {percent(busy)} of the time"


def _highest(one: EndpointPrediction) -> str:
    served = f"{_requests(one.capacity, one)} can be served"
    if one.highest_load is None:
        return served
    if one.highest_load == 0:
        return f"{served}, but no load meets {one.highest_load_keeps} that is wanted"
    if math.isinf(one.highest_load):
        load = "every load" if math.isinf(one.capacity) else "of every load what is answered"
        return f"{load} is within {one.highest_load_keeps} that is wanted; {served}"
    load = _requests(one.highest_load, one)
    scaled = any(stage.paid_replicas is not None for stage in one.stages)
    most = ", with all replicas up" if scaled else ""
    return f"{load} within {one.highest_load_keeps} that is wanted{most}; {served}"


def _case(case: ServingCase) -> str:
    return f"{case.what}: {'; '.join(_meanwhile(case))}"


def _meanwhile(case: ServingCase) -> list[str]:
    busy = f"{percent(case.utilization)} busy"
    if case.survives and case.utilization >= 1:
        busy = f"asked for {percent(case.utilization)}, within the loss that is allowed"
    if math.isinf(case.utilization):
        said = ["an outage, none is left"]
    elif not case.survives:
        said = [f"an outage, {busy}: overloaded"]
    elif case.response is None or case.p95 is None:
        said = [f"no outage, {busy}, no law for its latency"]
    else:
        said = [f"no outage, {busy}, mean {duration(case.response)}, P95 {duration(case.p95)}"]
    if case.simulated_response is not None:
        times = time_or_none(case.simulated_response), time_or_none(case.simulated_p95)
        said.append(f"simulated {times[0]}, {times[1]}")
    if not case.of_zones:
        said.append(_restored(case))
    return said


def _restored(case: ServingCase) -> str:
    """Three replicas again, and after what time."""
    if case.restored_after is None:
        return "when another has started is not known"
    return f"{count(case.stages[0].replicas)} again after {duration(case.restored_after)}"


def tables(one: EndpointPrediction, workload: Endpoint) -> tuple[Table, ...]:
    """Tables for the terminal.

    Arguments:
        one: the prediction.
        workload: the description.
    """
    return (serving_tables.stages(one), *serving_tables.narrow_hours(one))


def rate(one: EndpointPrediction) -> str:
    """Its throughput in words.

    Arguments:
        one: the prediction.
    """
    return _requests(one.throughput.mean, one)


def limited_by(one: EndpointPrediction) -> str:
    """What holds it back, in a word or two.

    Arguments:
        one: the prediction.
    """
    return one.bottleneck


def answers(one: EndpointPrediction, workload: Endpoint) -> Answers:
    """To the questions of whoever pays for it.

    Arguments:
        one: the prediction.
        workload: the description.
    """
    if one.unstable:
        where = ", ".join(one.unstable)
        finish = f"in overload no mean exists: the queue of {where} grows without end"
    elif one.response is None:
        finish = _unanswered(one)
    else:
        finish = f"an answer takes {time_or_none(one.response)} on average; {_percentiles(one)}"
    down = [f"{said[:1].upper()}{said[1:]}" for said in map(_case, one.cases)]
    ideal = f"no law knows how long a response takes as described; the nearest: {one.law}"
    if one.law_response is not None:
        ideal = f"by the law ({one.law}) a response takes {duration(one.law_response.mean)}"
    elif one.unstable:
        ideal = f"in overload no law has a mean either ({one.law})"
    comes = format_rate(one.arrival_rate, one.rate_unit)
    return Answers(
        speed=f"{_requests(one.throughput.mean, one)} are answered of {comes}",
        limit=f"limited by {_bottleneck(one)}; {_highest(one)}",
        finish=finish,
        failure=".\n".join(down) or _managed(one),
        ideal=ideal,
    )


def _managed(one: EndpointPrediction) -> str:
    """What a failure does where nothing is left of what fails."""
    down = duration(one.unavailability * YEAR)
    return (
        f"it has no replicas of its own: whatever of it fails stops it, {down} a year by the laws"
    )


def _unanswered(one: EndpointPrediction) -> str:
    """Why no response is known, of what is not in overload."""
    return "how long is not known, since not simulated" if one.loss is None else "none is answered"


def tiles(one: EndpointPrediction) -> tuple[Tile, ...]:
    """Its big figures, where it is alone.

    Arguments:
        one: the prediction.
    """
    first = Tile("Requests", _requests(one.throughput.mean, one), f"{one.bottleneck} is busiest")
    if one.unstable:
        return (first, Tile("Response", "UNSTABLE", ", ".join(one.unstable)))
    if one.p95 is None:
        return (first, Tile("Response", NONE, _unanswered(one)))
    return (first, Tile("Response, P95", duration(one.p95.mean), interval(one.p95, duration)))


def application(name: str, workload: Endpoint) -> str:
    """What it does, in words.

    Arguments:
        name: of the workload.
        workload: the description.
    """
    return f"{name}: answers requests through {', '.join(workload.stages)}"


def platform(workload: Endpoint) -> str:
    """The software that it runs on.

    Arguments:
        workload: the description.
    """
    return "; ".join(f"{name}: {_made_of(stage)}" for name, stage in workload.stages.items())


def _made_of(stage: Stage) -> str:
    if stage.gateway is not None:
        return stage.gateway
    if stage.function is not None:
        return f"a managed function, {count(stage.function.concurrency)} at once"
    if stage.scaling is not None:
        low, high = stage.scaling.minimum, stage.scaling.maximum
        return f"{count(low)} to {count(high)} replicas at {percent(stage.scaling.target)}"
    text = many(stage.replicas, "replicas")
    text += f" of {count(stage.concurrency)} at once" if stage.concurrency > 1 else ""
    return text + (f", batches of {count(stage.batch.size)}" if stage.batch else "")


def described(workloads: Mapping[str, Endpoint]) -> Table:
    """All endpoints as they are described.

    Arguments:
        workloads: by name.
    """
    rows = tuple(
        row(
            name,
            _load(workload),
            NONE if workload.target is None else duration(workload.target),
            platform(workload),
        )
        for name, workload in workloads.items()
    )
    return Table("Endpoints", columns("Workload", "Requests", "Target", "Stages"), rows)


def _load(workload: Endpoint) -> str:
    requests = workload.requests
    if requests.rate is not None:
        return f"{format_rate(requests.rate, requests.unit, 'requests')}, steady"
    if requests.by_hour is not None:
        low, high = min(requests.by_hour), max(requests.by_hour)
        most = format_rate(high, requests.unit, "requests")
        return f"{number(low * requests.unit.seconds)} to {most}, by the hour"
    return f"as recorded in {requests.trace}"


def performance(one: EndpointPrediction, workload: Endpoint, key: str) -> Side:
    """Where the time goes.

    Arguments:
        one: the prediction.
        workload: the description.
        key: that tells drawings of one page apart.
    """
    pictures = [
        Picture(
            utilization_by_stage(one, f"{key}-stages"),
            "How busy the replicas of each stage are that are up, on average.",
        )
    ]
    if one.load:
        pictures.append(
            Picture(
                response_against_load(one, f"{key}-load"),
                f"Mean and {format_percentile(one.late_percentage)} of the response time under a"
                f" steady load, {one.load_source}; dotted: the load that is expected"
                f"{_red_line(one)}.",
            )
        )
    if one.hours:
        picture = Picture(
            latency_by_hour(one, f"{key}-hours"),
            "Above: requests by the hour, and replicas where they follow the load. Below: mean"
            " response time, and P95 dashed, simulated.",
        )
        pictures.append(picture)
    rows: list[tuple[Picture | Table, ...]] = [tuple(pictures), (serving_tables.stages(one),)]
    if one.response is not None:
        rows.append((serving_tables.answered(one),))
    if one.hours:
        rows.append((serving_tables.hours(one, one.hours),))
    if one.cases:
        rows.append((serving_tables.cases(one),))
    return rows


def _red_line(one: EndpointPrediction) -> str:
    if one.latency is None:
        return ""
    whose = "the objective" if one.latency.of_objective else "the target"
    return f"; red: what {whose} asks of that percentile"


def spread(one: EndpointPrediction, stack: Stack, key: str, runs: str) -> tuple[Picture, ...]:
    """Its replications are one long run; there is no spread of runs to show.

    Arguments:
        one: the prediction.
        stack: the description.
        key: that tells drawings of one page apart.
        runs: how many there are, in words.
    """
    return ()


def quantiles(one: EndpointPrediction) -> tuple[tuple[Cell, ...], ...]:
    """Rows of mean, P50 and P95: of the response time.

    Arguments:
        one: the prediction.
    """
    if one.response is None or one.p50 is None or one.p95 is None:
        return ()
    three = (one.response, one.p50, one.p95)
    cells = (Cell(duration(e.mean), note=interval(e, duration)) for e in three)
    return (row(f"Response time, {one.name}", *cells),)


def gap(one: EndpointPrediction) -> tuple[Table, ...]:
    """The law beside the simulation.

    Arguments:
        one: the prediction.
    """
    law = NONE if one.law_response is None else duration(one.law_response.mean)
    rows = (
        row("Response time, mean", law, time_or_none(one.response)),
        *_loss_row(one),
        *(_utilization_row(stage) for stage in one.stages),
    )
    note = f"Law: {one.law}. Simulation: {one.simulation}."
    heads = columns("Quantity", "Law>", "Simulated>")
    return (Table("Law against simulation", heads, rows, note=note),)


def _loss_row(one: EndpointPrediction) -> tuple[tuple[Cell, ...], ...]:
    """Of what can lose requests, where a law knows how many."""
    if one.law_loss is None or one.loss is None:
        return ()
    return (row("Not answered", percent(one.law_loss.mean), percent(one.loss.mean)),)


def _utilization_row(stage: ServingStage) -> tuple[Cell, ...]:
    """Of a stage that scales the law has all replicas, and the simulation those that are up."""
    of = ("of all replicas", "of those up") if stage.paid_replicas is not None else ("", "")
    law, seen = stage.utilization, stage.simulated_utilization
    return row(
        f"Utilization of {stage.name}",
        Cell(NONE if law is None else percent(law), note=of[0]),
        Cell(NONE if seen is None else percent(seen.mean), note=of[1]),
    )
