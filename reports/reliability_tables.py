"""A block diagram by law and by simulation: the rows that every report shows side by side."""

import math
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from models.description.quantities import YEAR, format_duration
from models.prediction import Estimate
from models.reliability.diagram_answer import DiagramAnswer, SystemMeasures, Verdict
from reports.side_by_side import Line, known, side_by_side
from reports.table import Cell, Table, columns, row
from reports.wording import NONE, Format, duration, number, span, worth

SHOWN = 20  # rows of a table; the JSON has all


def measures(law: DiagramAnswer, simulated: DiagramAnswer | None) -> tuple[Line, ...]:
    """The measures of the system that one of both knows.

    Arguments:
        law: what the laws say.
        simulated: what the simulation says.
    """
    run = simulated.measures if simulated else None

    def line(name: str, get: Callable[[SystemMeasures], Estimate | None], write: Format) -> Line:
        ends = {share: share_span, life: life_span}[write]
        return Line(name, get(law.measures), get(run) if run else None, write, 0.0, ends)

    fixed = law.mission is None
    return known(
        (
            line("Fails" if fixed else "Down, long run", lambda m: m.unavailability, share),
            line("Failures a year", lambda m: a_year(m.failure_frequency), share),
            line("Mean up time", lambda m: m.mean_up_time, life),
            line("Mean down time", lambda m: m.mean_down_time, life),
            line("Down in mission", lambda m: m.mission_unavailability, share),
            line("Failures in it", lambda m: m.mission_failures, share),
            line("Fails in mission", lambda m: m.unreliability, share),
            line("MTTF", lambda m: m.mttf, life),
        )
    )


def components(law: DiagramAnswer, simulated: DiagramAnswer | None) -> tuple[Line, ...]:
    """How long a unit of each component is down, where one of both knows.

    Arguments:
        law: what the laws say.
        simulated: what the simulation says.
    """
    by_law = {one.name: one for one in law.components}
    by_run = {one.name: one for one in simulated.components} if simulated else {}
    lines = []
    for name in dict.fromkeys([*by_law, *by_run]):
        units = (by_law.get(name) or by_run[name]).units
        words = name if units == 1 else f"{name}, one of {units:,}"
        one, other = by_law.get(name), by_run.get(name)
        down = other.unavailability if other else None
        law_down = one.unavailability if one else None
        lines.append(Line(words, law_down, down, share, 0.0, share_span))
    return tuple(lines)


def tables(law: DiagramAnswer, simulated: DiagramAnswer | None) -> tuple[Table, ...]:
    """The system, its components, what matters most, and what is enough to fail it.

    Arguments:
        law: what the laws say.
        simulated: what the simulation says.
    """
    span = "" if law.mission is None else f", mission of {format_duration(law.mission)}"
    made = [side_by_side(f"System{span}", measures(law, simulated))]
    every = components(law, simulated)
    if every:
        what = "has failed" if law.mission is None else "is down"
        caption = f"Share of the time that a unit {what}"
        if law.mission is None:
            caption = "Probability that a component has failed"
        made.append(side_by_side(_some(caption, len(every)), every[:SHOWN]))
    if law.importances:
        made.append(_importances(law))
    if law.cut_sets:
        made.append(_cut_sets(law))
    return tuple(made)


def _some(caption: str, rows: int) -> str:
    return caption if rows <= SHOWN else f"{caption}, {SHOWN} of {rows:,}"


def _importances(law: DiagramAnswer) -> Table:
    rows = [
        row(
            one.name,
            share(one.birnbaum),
            share(one.criticality),
            NONE if one.fussell_vesely is None else share(one.fussell_vesely),
            worth(one.risk_achievement_worth),
            worth(one.risk_reduction_worth),
        )
        for one in law.importances[:SHOWN]
    ]
    heads = columns("", "Birnbaum>", "Criticality>", "Fussell-Vesely>", "RAW>", "RRW>")
    return Table(_some("What matters most", len(law.importances)), heads, tuple(rows))


def _cut_sets(law: DiagramAnswer) -> Table:
    rows = [
        row(one.members, f"{one.ways:,}", share(one.probability)) for one in law.cut_sets[:SHOWN]
    ]
    caption = "Minimal cut sets: what is enough to fail it"
    more = not law.all_cut_sets or len(law.cut_sets) > SHOWN
    return Table(
        f"{caption}, the likeliest {SHOWN}" if more else caption,
        columns("Failed together", "Ways>", "Probability>"),
        tuple(rows),
    )


def headline(law: DiagramAnswer, simulated: DiagramAnswer | None) -> str:
    """The share of the time that it works, in full, or the probability that it does.

    Arguments:
        law: what the laws say.
        simulated: what the simulation says.
    """
    answers = [law.measures, *([simulated.measures] if simulated else [])]
    down = _first([one.unavailability or one.mission_unavailability for one in answers])
    if law.mission is None:
        return "" if down is None else f"It works with probability {in_full(down.mean)}."
    parts = []
    if down is not None:
        parts.append(
            f"Availability {in_percent(down.mean)}, down {duration(down.mean * YEAR)} a year"
        )
    failed = _first([one.unreliability for one in answers])
    if failed is not None:
        within = format_duration(law.mission)
        parts.append(f"reliability over {within} {_in_so_many(failed)}")
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _in_so_many(failed: Estimate) -> str:
    """A reliability; of histories that all failed, or of which none did, how far that is known."""
    if failed.mean >= 1 > failed.low:
        return f"at most {in_percent(failed.low)}"
    if failed.mean <= 0 < failed.high:
        return f"at least {in_percent(failed.high)}"
    return in_percent(failed.mean)


def _first(values: list[Estimate | None]) -> Estimate | None:
    return next((value for value in values if value is not None), None)


def objectives(verdicts: tuple[Verdict, ...]) -> Table:
    """What was asked of the system, and whether it is reached.

    Arguments:
        verdicts: on its objectives.
    """
    rows = []
    for one in verdicts:
        timed = one.name == "mttf"
        write: Format = duration if timed else lambda value: in_percent(1 - value)
        verdict = (
            Cell("\N{CHECK MARK} met", "good") if one.met else Cell("\N{BALLOT X} missed", "bad")
        )
        if one.reached is None:
            verdict = Cell("? not known", "open")
        name = "MTTF" if timed else one.name
        reached = NONE if one.reached is None else write(one.reached.mean)
        rows.append(row(name, verdict, f"at least {write(one.target)}", reached))
    return Table("Objectives", columns("", "", "Asked", "Reached"), tuple(rows))


def in_full(unavailability: float) -> str:
    """Write the probability that something works, with four digits beyond its nines.

    Arguments:
        unavailability: that it does not, 0 to 1.
    """
    return _full(1 - Decimal(max(0.0, unavailability)), unavailability, 8)


def in_percent(unavailability: float) -> str:
    """Write an availability or a reliability, with four digits beyond its nines.

    Arguments:
        unavailability: what it leaves, 0 to 1.
    """
    return f"{_full(100 - 100 * Decimal(max(0.0, unavailability)), unavailability, 6)} %"


def _full(value: Decimal, rest: float, least: int) -> str:
    nines = math.ceil(-math.log10(rest)) if rest > 0 else 0
    text = f"{value:.{min(20, max(least, least - 4 + nines))}f}"
    return text.rstrip("0").rstrip(".")


def share(value: float) -> str:
    """Write a probability, a share or a mean number with three digits, however small.

    Arguments:
        value: 0 or more.
    """
    if value == 0 or 1e-3 <= value < 1e6:
        return number(value)
    mantissa, _, exponent = f"{Decimal(value):.2e}".partition("e")
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa} \N{MULTIPLICATION SIGN} 10{raised}"


def share_span(low: float, high: float) -> str:
    """Write an interval of shares, both ends by the power of ten of the higher.

    Arguments:
        low: lower end, 0 or more.
        high: upper end.
    """
    if 1e-3 <= high < 1e6:
        if low != high and number(low) == number(high):
            digits = 1 - math.floor(math.log10(high - low))
            low, high = round(low, digits), round(high, digits)
            return span(f"{low:.{digits}f}".rstrip("0").rstrip("."), number(high))
        return span(number(low), number(high))
    if not high:
        return span(share(low), share(high))
    lowest = low / 10.0 ** math.floor(math.log10(high))
    return f"{number(lowest) if lowest < 1 else f'{lowest:.2f}'} to {share(high)}"


def life(seconds: float) -> str:
    """Write a time to failure or to repair; many years with three digits.

    Arguments:
        seconds: the time, s.
    """
    return duration(seconds) if _short(seconds) else f"{number(seconds / YEAR)} years"


def life_span(low: float, high: float) -> str:
    """Write an interval of such times; many years without the unit, which stands beside it.

    Arguments:
        low: lower end, s.
        high: upper end, s.
    """
    if _short(low):
        return span(life(low), life(high))
    return f"{number(low / YEAR)} to {number(high / YEAR)}"


def _short(seconds: float) -> bool:
    return seconds < 1000 * YEAR or seconds >= 1e6 * YEAR


def a_year(rate: Estimate | None) -> Estimate | None:
    """How often something happens in a year of 365 days.

    Arguments:
        rate: /s.
    """
    if rate is None:
        return None
    return replace(rate, mean=rate.mean * YEAR, low=rate.low * YEAR, high=rate.high * YEAR)
