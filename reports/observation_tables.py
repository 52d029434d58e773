"""What was observed beside what was predicted, as tables and sentences."""

import math

from models.description.quantities import format_scaled
from models.prediction.expected import Measure, Statistic
from models.prediction.observation_answer import BilledBeside, Drift, Observation, ObservedFigure
from reports.table import Cell, Table, columns, row
from reports.wording import NONE, bound, duration, money, number, percent

_TIMES = (
    *(Measure.STEP_TIME, Measure.COMPUTE, Measure.COMMUNICATION, Measure.INPUT_WAIT),
    *(Measure.TIME_TO_TRAIN, Measure.RESPONSE_TIME, Measure.WAITING_TIME, Measure.SERVICE_TIME),
    *(Measure.TURNAROUND, Measure.MAKESPAN, Measure.NODE_TIME, Measure.ALL_REDUCE_TIME),
)
_BANDWIDTHS = (Measure.MEMORY_BANDWIDTH, Measure.READ_RATE, Measure.WRITE_RATE)


def tables(seen: Observation) -> tuple[Table, ...]:
    """The figures, the bill, and what no longer looks as it was assumed.

    Arguments:
        seen: the observation.
    """
    found = [figures(seen)] if seen.figures else []
    if seen.bill:
        found.append(bill(seen))
    if seen.drifts:
        rows = tuple(_drift(one) for one in seen.drifts)
        heads = columns("Measured", "Against", "By chance>", "Verdict")
        found.append(Table("Drift", heads, rows))
    return tuple(found)


def bill(seen: Observation) -> Table:
    """A month of the bill, product by product, beside what was predicted of each.

    Arguments:
        seen: the observation, with a bill.
    """
    compared = [one.monthly for one in seen.bill if one.compared and one.monthly is not None]
    billed = math.fsum(compared)
    total = row(
        "All that is compared",
        f"{bound(seen.at_least)}{money(seen.predicted_monthly)}",
        money(billed),
        _gap(seen.predicted_monthly / billed - 1 if billed else math.inf),
    )
    heads = columns("Product", "Predicted>", "Billed>", "Gap>")
    return Table("Bill of a month", heads, tuple(map(_product, seen.bill)), total)


def _product(one: BilledBeside) -> tuple[Cell, ...]:
    predicted = NONE if one.predicted is None else money(one.predicted)
    monthly = NONE if one.monthly is None else money(one.monthly)
    apart = one.predicted is None or not one.monthly
    gap = NONE if apart else _gap((one.predicted or 0.0) / (one.monthly or 1.0) - 1)
    return row(one.name if one.compared else f"{one.name}, left out", predicted, monthly, gap)


def figures(seen: Observation) -> Table:
    """Predicted, observed, and the gap between them.

    Arguments:
        seen: the observation.
    """
    rows = tuple(_figure(one) for one in seen.figures)
    heads = columns("Figure", "Predicted>", "Observed>", "Gap>", "Verdict")
    return Table("Predicted beside observed", heads, rows)


def _figure(one: ObservedFigure) -> tuple[Cell, ...]:
    wanted = one.expected
    name = f"{wanted.of} {wanted.measure}".replace("_", " ").strip()
    if wanted.statistic is not Statistic.MEAN:
        name += f", {wanted.statistic}"
    return row(
        name,
        _with_ends(wanted.measure, wanted.mean, wanted.low, wanted.high),
        _with_ends(wanted.measure, one.mean, one.low, one.high),
        _gap(one.gap),
        Cell("inside", "good") if one.inside else Cell("outside", "bad"),
    )


def _gap(gap: float) -> str:
    if math.isinf(gap):
        return NONE
    rounded = round(100 * gap, 1)
    return f"{rounded:+.1f} %".replace("-", "\N{MINUS SIGN}") if rounded else "0.0 %"


def _with_ends(measure: Measure, mean: float, low: float, high: float) -> str:
    """A figure, and below it the ends of its interval."""
    text = _written(measure, mean)
    if low == high:
        return text
    if math.isinf(high):
        return f"{text}\nor more"
    if low == 0 and mean == high:
        return f"{text}\nat the most"
    least, most = _written(measure, low), _written(measure, high)
    if least == most:
        return text
    number, space, unit = least.rpartition(" ")
    if space and unit == most.rpartition(" ")[2]:
        least = number  # one unit says it
    return f"{text}\n{least} to {most}"


def _written(measure: Measure, value: float) -> str:
    if measure in _TIMES:
        return duration(value)
    if measure is Measure.UTILIZATION:
        return percent(value)
    if measure is Measure.MONTHLY_COST:
        return money(value)
    if measure is Measure.MATRIX_RATE:
        return format_scaled(value, "FLOP/s")
    if measure in _BANDWIDTHS:
        return format_scaled(value, "B/s")
    return number(value) + ("/s" if measure is Measure.THROUGHPUT else "")


def _drift(one: Drift) -> tuple[Cell, ...]:
    chance = "< 0.01 %" if one.probability < 1e-4 else percent(one.probability)
    verdict = Cell("drifted", "bad") if one.found else Cell("as assumed", "good")
    return row(one.of, one.against, chance, verdict)


def sentences(seen: Observation) -> list[str]:
    """What was measured beside it, and what later predictions can use.

    Arguments:
        seen: the observation.
    """
    told = []
    if seen.only_measured:
        told.append(f"Measured, but not predicted: {', '.join(seen.only_measured)}.")
    if not seen.figures:
        told.append("Nothing that was measured is predicted of this stack.")
    if seen.calibrated:
        paths = ", ".join(one.path for one in seen.calibrated)
        told.append(f"For later predictions: {paths}.")
    return told
