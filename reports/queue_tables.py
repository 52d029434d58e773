"""A queueing network by law and by simulation: the rows that every report shows side by side."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from models.description.quantities import RATE, format_percentile
from models.prediction import Estimate
from models.queueing.asked import PERCENTAGES
from models.queueing.network_answer import (
    ClassMeasures,
    EnoughServers,
    NetworkAnswer,
    PoolMeasures,
    StationMeasures,
)
from reports.side_by_side import Line, agreement_of, known, side_by_side
from reports.table import Table, columns, row
from reports.wording import NONE, Format, duration, number, percent, power_of_ten, span

_MANY = 1e4  # times too much work, of which nobody wants to see a hundredth
PERCENTAGE = 95.0  # the percentile that people ask for; the JSON report has all


def tables(
    law: NetworkAnswer | None, simulated: NetworkAnswer | None, rate: Format | None = None
) -> tuple[Table, ...]:
    """A table for each station, for each class at a station that has several, and for each class.

    Arguments:
        law: what the laws say.
        simulated: what the simulation says.
        rate: how a rate of customers is written; per second unless given.
    """
    made = []
    by_law, by_run = _stations(law), _stations(simulated)
    # A law names each station before its classes; the simulation may know more of them.
    for key in dict.fromkeys([*by_law, *by_run]):
        station, owner = key
        caption = f"Station {station}" + (f", class {owner}" if owner else "")
        made.append((key, caption, station_lines(by_law.get(key), by_run.get(key), rate)))
    order = {station: position for position, (station, _) in enumerate(by_law | by_run)}
    made.sort(key=lambda one: order[one[0][0]])
    drawn = [side_by_side(caption, lines) for _, caption, lines in made]
    known_pools, run_pools = _pools(law), _pools(simulated)
    for name in dict.fromkeys([*known_pools, *run_pools]):
        lines = pool_lines(known_pools.get(name), run_pools.get(name))
        drawn.append(side_by_side(f"Pool {name}", lines))
    classes, runs = _classes(law), _classes(simulated)
    for name in dict.fromkeys([*classes, *runs]):
        lines = class_lines(classes.get(name), runs.get(name), rate)
        whose = ", of who leaves as such" if _arriving(law) or _arriving(simulated) else ""
        drawn.append(side_by_side(f"Class {name}, through the whole network{whose}", lines))
    classes, runs = _arriving(law), _arriving(simulated)
    for name in dict.fromkeys([*classes, *runs]):
        lines = class_lines(classes.get(name), runs.get(name), rate)
        drawn.append(side_by_side(f"Class {name}, of who arrives in it", lines))
    return tuple(drawn)


def _arriving(answer: NetworkAnswer | None) -> dict[str, ClassMeasures]:
    return {one.customer_class: one for one in answer.arriving} if answer else {}


def _stations(answer: NetworkAnswer | None) -> dict[tuple[str, str | None], StationMeasures]:
    stations = answer.stations if answer else ()
    return {(one.station, one.customer_class): one for one in stations}


def _classes(answer: NetworkAnswer | None) -> dict[str, ClassMeasures]:
    return {one.customer_class: one for one in answer.classes} if answer else {}


def _pools(answer: NetworkAnswer | None) -> dict[str, PoolMeasures]:
    return {one.pool: one for one in answer.pools} if answer else {}


def pool_lines(law: PoolMeasures | None, simulated: PoolMeasures | None) -> tuple[Line, ...]:
    """The measures of a limit over several stations.

    Arguments:
        law: what the law says.
        simulated: what the simulation says.
    """

    def line(name: str, get: Callable[[PoolMeasures], Estimate | None], write: Format) -> Line:
        return Line(name, get(law) if law else None, get(simulated) if simulated else None, write)

    return known(
        (
            line("Utilization", lambda p: p.utilization, percent),
            line("Held", lambda p: p.held, number),
            line("Waiting", lambda p: p.waiting, number),
            line("Waiting time", lambda p: p.waiting_time, duration),
            line("Had to wait", lambda p: p.wait_probability, percent),
            line("Lost", lambda p: p.loss_probability, percent),
        )
    )


def station_lines(
    law: StationMeasures | None, simulated: StationMeasures | None, rate: Format | None = None
) -> tuple[Line, ...]:
    """The measures of a station or of a class there.

    Arguments:
        law: what the law says.
        simulated: what the simulation says.
        rate: how a rate of customers is written; per second unless given.
    """

    def line(name: str, get: Callable[[StationMeasures], Estimate | None], write: Format) -> Line:
        return Line(name, get(law) if law else None, get(simulated) if simulated else None, write)

    both = [one for one in (law, simulated) if one]
    waits, responses = (
        _asked(
            [one.waiting_time_percentiles for one in both], [one.waiting_within for one in both]
        ),
        _asked(
            [one.response_time_percentiles for one in both], [one.response_within for one in both]
        ),
    )
    few = all(one.utilization.mean <= 1 for one in both)
    speeds = sorted({speed for one in both for speed in one.busy_by_speed}, reverse=True)
    lines = (
        line("Utilization" if few else "Busy", lambda s: s.utilization, percent if few else number),
        *(line(f"Busy at speed {v:g}", _share("busy_by_speed", v), percent) for v in speeds),
        line("Throughput", lambda s: s.throughput, rate or per_second),
        line("Number", lambda s: s.number, number),
        line("Waiting", lambda s: s.waiting, number),
        line("Waiting time", lambda s: s.waiting_time, duration),
        *(
            line(
                f"Waiting {format_percentile(p)}",
                _percentile("waiting_time_percentiles", p),
                duration,
            )
            for p in sorted({*waits[0], PERCENTAGE})
        ),
        *(line(f"Waiting ≤ {duration(t)}", _share("waiting_within", t), percent) for t in waits[1]),
        line("Response time", lambda s: s.response_time, duration),
        *(
            line(
                f"Response {format_percentile(p)}",
                _percentile("response_time_percentiles", p),
                duration,
            )
            for p in sorted({*responses[0], PERCENTAGE})
        ),
        *(
            line(f"Response ≤ {duration(t)}", _share("response_within", t), percent)
            for t in responses[1]
        ),
        line("Waiting deviation", lambda s: deviation(s.waiting_time_variance), duration),
        line("Response deviation", lambda s: deviation(s.response_time_variance), duration),
        line("Not served at once", lambda s: s.wait_probability, percent),
        line("Cold starts", lambda s: s.cold_start_probability, percent),
        line("Servers", lambda s: s.servers, number),
        line("Number P95", lambda s: s.number_percentiles.get(PERCENTAGE), number),
        line("Busy period", lambda s: s.busy_period, duration),
        line("Lost", lambda s: s.loss_probability, percent),
        line("Lost patience", lambda s: s.abandonment_probability, percent),
        line("Did not join", lambda s: s.balking_probability, percent),
        line("Attempts", lambda s: s.attempts, number),
        line("Will come again", lambda s: s.away, number),
    )
    return known(lines)


def _asked(
    percentiles: Sequence[dict[float, Estimate]], within: Sequence[dict[float, Estimate]]
) -> tuple[list[float], list[float]]:
    """Percentages and times that somebody asked for."""
    percentages = {p for by in percentiles for p in by if p not in PERCENTAGES}
    return sorted(percentages), sorted({time for by in within for time in by})


def _percentile(field: str, percentage: float) -> Callable[[Any], Estimate | None]:
    return lambda measures: getattr(measures, field).get(percentage)


_share = _percentile  # of a time instead of a percentage


def deviation(variance: Estimate | None) -> Estimate | None:
    """The standard deviation, which people can read beside a mean.

    Arguments:
        variance: with its interval.
    """
    if variance is None:
        return None
    mean, low, high = (math.sqrt(max(0.0, x)) for x in (variance.mean, variance.low, variance.high))
    return Estimate(mean, low, high, variance.confidence, variance.method)


def class_lines(
    law: ClassMeasures | None, simulated: ClassMeasures | None, rate: Format | None = None
) -> tuple[Line, ...]:
    """The measures of a class in the whole network.

    Arguments:
        law: what the law says.
        simulated: what the simulation says.
        rate: how a rate of customers is written; per second unless given.
    """

    def line(name: str, get: Callable[[ClassMeasures], Estimate | None], write: Format) -> Line:
        return Line(name, get(law) if law else None, get(simulated) if simulated else None, write)

    both = [one for one in (law, simulated) if one]
    percentages, times = _asked(
        [one.response_time_percentiles for one in both], [one.response_within for one in both]
    )
    target = next((duration(one.target) for one in (law, simulated) if one and one.target), "")
    lines = (
        line("Throughput", lambda c: c.throughput, rate or per_second),
        line("Response time", lambda c: c.response_time, duration),
        *(
            line(format_percentile(p), _percentile("response_time_percentiles", p), duration)
            for p in sorted({*PERCENTAGES, *percentages})
        ),
        *(line(f"Response ≤ {duration(t)}", _share("response_within", t), percent) for t in times),
        line(f"Within {target}", lambda c: c.within_target, percent),
        line("Lost", lambda c: c.loss_probability, percent),
    )
    return known(lines)


def per_second(value: float) -> str:
    """Write a rate of customers.

    Arguments:
        value: /s.
    """
    return f"{number(value)}/s"


def per(unit: str) -> Format:
    """How rates of customers are written in a unit.

    Arguments:
        unit: of rates, such as /h.
    """
    return lambda value: f"{number(value / RATE.units[unit])}{unit}"


def comparisons(law: NetworkAnswer, simulated: NetworkAnswer) -> tuple[Line, ...]:
    """Every measure that both know.

    Arguments:
        law: what the laws say.
        simulated: what the simulation says.
    """
    by_law, by_run = _stations(law), _stations(simulated)
    lines = [line for key in by_law for line in station_lines(by_law[key], by_run.get(key))]
    limits, held = _pools(law), _pools(simulated)
    lines += [line for name in limits for line in pool_lines(limits[name], held.get(name))]
    classes, runs = _classes(law), _classes(simulated)
    lines += [line for name in classes for line in class_lines(classes[name], runs.get(name))]
    classes, runs = _arriving(law), _arriving(simulated)
    lines += [line for name in classes for line in class_lines(classes[name], runs.get(name))]
    return tuple(line for line in lines if line.law and line.simulated)


def agreement(law: NetworkAnswer, simulated: NetworkAnswer) -> str:
    """How often the law lies in the interval, as a sentence; empty where nothing compares.

    Arguments:
        law: what the laws say.
        simulated: what the simulation says.
    """
    return agreement_of(comparisons(law, simulated), law.method)


def enough_servers_table(answers: Sequence[EnoughServers]) -> Table | None:
    """How many servers are enough, a row a station and time; None where nobody asked.

    Arguments:
        answers: to what was asked.
    """
    if not answers:
        return None
    rows = []
    for one in answers:
        wanted = f"{percent(one.share)} within {duration(one.time)}"
        reached, less = one.reached, one.reached_with_one_less
        between = NONE
        if reached and one.method == "simulation":
            between = span(percent(reached.low), percent(reached.high))
        more, fewer = (percent(e.mean) if e else NONE for e in (reached, less))
        servers = NONE if one.servers is None else number(one.servers)
        rows.append(row(one.station, wanted, servers, more, between, fewer))
    titles = columns("Station", "Wanted", "Servers>", "Reached>", "95 % interval>", "One less>")
    return Table("Servers that are enough", titles, tuple(rows))


def overloads(answer: NetworkAnswer) -> tuple[str, ...]:
    """A line for each station that can't keep up.

    Arguments:
        answer: of a law or of the simulation.
    """
    return tuple(
        f"UNSTABLE: {_load(one.utilization)} station {one.station}; the queue grows without end"
        for one in answer.unstable
    )


def _load(utilization: float) -> str:
    if math.isinf(utilization):  # of a run in which nobody was done
        return "customers come and none ever leaves"
    written = f"{utilization:.2f}" if utilization < _MANY else power_of_ten(utilization)
    return f"utilization {written} at"
