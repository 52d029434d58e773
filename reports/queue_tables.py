"""A queueing network by law and by simulation: the rows that every report shows side by side."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from models.prediction import Estimate
from models.queueing.network_answer import ClassMeasures, NetworkAnswer, StationMeasures
from reports.table import Cell, Table, columns, row
from reports.wording import NONE, Format, duration, number, percent, span

_MANY = 1e4  # times too much work, of which nobody wants to see a hundredth
PERCENTAGE = 95.0  # the percentile that people ask for; the JSON report has all


LEAST_SHOWN = 5e-5  # of a difference that is not written as 0.00 %


@dataclass(frozen=True)
class Line:
    """One measure by both ways.

    Arguments:
        name: of the measure.
        law: what the law says, if there is one.
        simulated: what the simulation says, if there was one.
        write: how one value is written.
    """

    name: str
    law: Estimate | None
    simulated: Estimate | None
    write: Format

    @property
    def outside(self) -> bool:
        """Whether the value of the law lies outside the interval of the simulation."""
        if self.law is None or self.simulated is None:
            return False
        shown = abs(self.simulated.mean - self.law.mean) >= LEAST_SHOWN * abs(self.law.mean)
        return shown and not _within(self.law.mean, self.simulated)


def _within(value: float, simulated: Estimate) -> bool:
    rounding = 1e-9 * abs(value) + 1e-12
    return simulated.low - rounding <= value <= simulated.high + rounding


def tables(law: NetworkAnswer | None, simulated: NetworkAnswer | None) -> tuple[Table, ...]:
    """A table for each station, for each class at a station that has several, and for each class.

    Arguments:
        law: what the laws say.
        simulated: what the simulation says.
    """
    made = []
    by_law, by_run = _stations(law), _stations(simulated)
    # A law names each station before its classes; the simulation may know more of them.
    for key in dict.fromkeys([*by_law, *by_run]):
        station, owner = key
        caption = f"Station {station}" + (f", class {owner}" if owner else "")
        made.append((key, caption, station_lines(by_law.get(key), by_run.get(key))))
    order = {station: position for position, (station, _) in enumerate(by_law | by_run)}
    made.sort(key=lambda one: order[one[0][0]])
    drawn = [_table(caption, lines) for _, caption, lines in made]
    classes, runs = _classes(law), _classes(simulated)
    for name in dict.fromkeys([*classes, *runs]):
        lines = class_lines(classes.get(name), runs.get(name))
        drawn.append(_table(f"Class {name}, through the whole network", lines))
    return tuple(drawn)


def _stations(answer: NetworkAnswer | None) -> dict[tuple[str, str | None], StationMeasures]:
    stations = answer.stations if answer else ()
    return {(one.station, one.customer_class): one for one in stations}


def _classes(answer: NetworkAnswer | None) -> dict[str, ClassMeasures]:
    return {one.customer_class: one for one in answer.classes} if answer else {}


def station_lines(
    law: StationMeasures | None, simulated: StationMeasures | None
) -> tuple[Line, ...]:
    """The measures of a station or of a class there.

    Arguments:
        law: what the law says.
        simulated: what the simulation says.
    """

    def line(name: str, get: Callable[[StationMeasures], Estimate | None], write: Format) -> Line:
        return Line(name, get(law) if law else None, get(simulated) if simulated else None, write)

    both = [one for one in (law, simulated) if one]
    few = all(one.utilization.mean <= 1 for one in both)
    lines = (
        line("Utilization" if few else "Busy", lambda s: s.utilization, percent if few else number),
        line("Throughput", lambda s: s.throughput, per_second),
        line("Number", lambda s: s.number, number),
        line("Waiting", lambda s: s.waiting, number),
        line("Waiting time", lambda s: s.waiting_time, duration),
        line("Waiting P95", lambda s: s.waiting_time_percentiles.get(PERCENTAGE), duration),
        line("Response time", lambda s: s.response_time, duration),
        line("Response P95", lambda s: s.response_time_percentiles.get(PERCENTAGE), duration),
        line("Waiting deviation", lambda s: deviation(s.waiting_time_variance), duration),
        line("Response deviation", lambda s: deviation(s.response_time_variance), duration),
        line("Not served at once", lambda s: s.wait_probability, percent),
        line("Cold starts", lambda s: s.cold_start_probability, percent),
        line("Servers", lambda s: s.servers, number),
        line("Number P95", lambda s: s.number_percentiles.get(PERCENTAGE), number),
        line("Busy period", lambda s: s.busy_period, duration),
        line("Lost", lambda s: s.loss_probability, percent),
        line("Lost patience", lambda s: s.abandonment_probability, percent),
    )
    return _known(lines)


def deviation(variance: Estimate | None) -> Estimate | None:
    """The standard deviation, which people can read beside a mean.

    Arguments:
        variance: with its interval.
    """
    if variance is None:
        return None
    mean, low, high = (math.sqrt(max(0.0, x)) for x in (variance.mean, variance.low, variance.high))
    return Estimate(mean, low, high, variance.confidence, variance.method)


def class_lines(law: ClassMeasures | None, simulated: ClassMeasures | None) -> tuple[Line, ...]:
    """The measures of a class in the whole network.

    Arguments:
        law: what the law says.
        simulated: what the simulation says.
    """

    def line(name: str, get: Callable[[ClassMeasures], Estimate | None], write: Format) -> Line:
        return Line(name, get(law) if law else None, get(simulated) if simulated else None, write)

    target = next((duration(one.target) for one in (law, simulated) if one and one.target), "")
    lines = (
        line("Throughput", lambda c: c.throughput, per_second),
        line("Response time", lambda c: c.response_time, duration),
        line("P50", lambda c: c.response_time_percentiles.get(50.0), duration),
        line("P95", lambda c: c.response_time_percentiles.get(95.0), duration),
        line("P99", lambda c: c.response_time_percentiles.get(99.0), duration),
        line(f"Within {target}", lambda c: c.within_target, percent),
        line("Lost", lambda c: c.loss_probability, percent),
    )
    return _known(lines)


def _known(lines: Sequence[Line]) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.law or line.simulated)


def per_second(value: float) -> str:
    """Write a rate of customers.

    Arguments:
        value: /s.
    """
    return f"{number(value)}/s"


def _table(caption: str, lines: Sequence[Line]) -> Table:
    """Side by side, or one of both alone."""
    law, run = any(line.law for line in lines), any(line.simulated for line in lines)
    titles = ["", *["Law>"] * law, *["Simulation>", "95 % interval>"] * run]
    titles += ["Difference>"] * (law and run)
    return Table(caption, columns(*titles), tuple(_row(line, law, run) for line in lines))


def _row(line: Line, law: bool, run: bool) -> tuple[Cell, ...]:
    cells: list[str | Cell] = [line.name]
    if law:
        cells.append(line.write(line.law.mean) if line.law else NONE)
    if run:
        simulated = line.simulated
        cells.append(line.write(simulated.mean) if simulated else NONE)
        ends = (simulated.low, simulated.high) if simulated else ()
        cells.append(span(*map(line.write, ends)) if ends else NONE)
    if law and run:
        cells.append(_difference(line))
    return row(*cells)


def _difference(line: Line) -> Cell:
    law, simulated = line.law, line.simulated
    if law is None or simulated is None:
        return Cell(NONE)
    if law.mean == 0 or not math.isfinite(law.mean):
        return Cell(f"{NONE}, outside" if line.outside else NONE, "bad" if line.outside else "")
    text = f"{100 * (simulated.mean / law.mean - 1):+.2f} %"
    return Cell(f"{text}, outside", "bad") if line.outside else Cell(text)


def comparisons(law: NetworkAnswer, simulated: NetworkAnswer) -> tuple[Line, ...]:
    """Every measure that both know.

    Arguments:
        law: what the laws say.
        simulated: what the simulation says.
    """
    by_law, by_run = _stations(law), _stations(simulated)
    lines = [line for key in by_law for line in station_lines(by_law[key], by_run.get(key))]
    classes, runs = _classes(law), _classes(simulated)
    lines += [line for name in classes for line in class_lines(classes[name], runs.get(name))]
    return tuple(line for line in lines if line.law and line.simulated)


def agreement(law: NetworkAnswer, simulated: NetworkAnswer) -> str:
    """How often the law lies in the interval, as a sentence; empty where nothing compares.

    Arguments:
        law: what the laws say.
        simulated: what the simulation says.
    """
    compared = comparisons(law, simulated)
    if not compared:
        return ""
    outside = sum(line.outside for line in compared)
    inside = f"The law lies within the interval in {len(compared) - outside} of {len(compared)}"
    if not outside:
        return f"{inside} measures."
    reason = {
        "exact": "measures of one experiment move together, and an exact law lies outside in"
        " about one experiment of twenty",
        "approximation": "an approximation has an error of its own",
    }[law.method]
    return f"{inside} measures; {reason}."


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
    written = f"{utilization:.2f}" if utilization < _MANY else number(utilization)
    return f"utilization {written} at"
