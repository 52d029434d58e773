"""A figure of a prediction in words, whatever its unit."""

from models.description.quantities import format_availability, format_scaled
from models.prediction.expected import Measure, Statistic
from models.prediction.figures import Figure
from reports.wording import chance, duration, money, number, percent

_SCALED = {"bytes": "B", "bytes/s": "B/s", "W": "W"}
_JOULES_PER_KWH = 3.6e6
_WORDS = {
    "availability.unavailability": "availability of the stack",
    "availability.downtime": "downtime of the stack",
    "cost.run": "cost, mean",
    "cost.run_p50": "cost, P50",
    "cost.run_p95": "cost, P95",
    "cost.hourly": "cost by the hour",
    "cost.monthly": "cost by the month",
    "energy.run": "energy, mean",
}


def called(figure: Figure) -> str:
    """What people call a figure.

    Arguments:
        figure: of a prediction.
    """
    if figure.key in _WORDS:
        return _WORDS[figure.key]
    ending = "" if figure.statistic is Statistic.MEAN else f", {figure.statistic}"
    return f"{figure.quantity.replace('_', ' ')} of {figure.of}{ending}"


def figure_in_words(figure: Figure, value: float) -> str:
    """A value of a figure in the unit that people write.

    Arguments:
        figure: that it is a value of.
        value: in its unit.
    """
    unit, (counted, each) = figure.unit, figure.per
    if figure.quantity == "unavailability":
        return format_availability(value)
    if unit == "within a year":
        return chance(value)
    if unit == "s/year":
        return f"{duration(value)} a year"
    if unit == "s":
        return duration(value)
    if figure.money:
        per = {"h": "/h", "month": " a month"}.get(each, "")
        return f"{money(value)}{per}"
    if unit in _SCALED:
        return format_scaled(value, _SCALED[unit])
    if unit == "J":
        return f"{number(value / _JOULES_PER_KWH)} kWh"
    if figure.quantity == Measure.UTILIZATION:
        return percent(value)
    if not unit:
        return number(value, 4)
    return f"{number(value, 4)}{f'/{each}' if counted == '1' else f' {unit}'}"


def change_in_words(base: float, value: float) -> str:
    """By how much a figure is another, in per cent of what it was.

    Arguments:
        base: as it was.
        value: as it is then.
    """
    if base == 0:
        return "from 0"
    share = 100 * (value - base) / abs(base)
    if abs(share) < 0.005:
        return "±0 %"
    digits = 0 if abs(share) >= 100 else 1 if abs(share) >= 1 else 2
    return f"{share:+,.{digits}f} %".replace("-", "\N{MINUS SIGN}")
