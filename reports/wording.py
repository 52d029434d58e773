"""Figures in words: what each kind of answer looks like on paper, infinities included."""

import math
from collections.abc import Callable
from decimal import Decimal

from models.description.quantities import (
    YEAR,
    format_duration,
    format_durations,
    format_money,
    format_percent,
    format_scaled,
    singular,
)
from models.prediction import AvailabilityPrediction, Distribution, Estimate

Format = Callable[[float], str]
NONE = "\N{EM DASH}"

METHODS = {
    "exact": "follows from the description",
    "approximation": "law with a known error",
    "simulation": "simulated",
    "measured": "measured",
}


def number(value: float, digits: int = 3) -> str:
    """Write a number with significant digits and thousands separated; below a millionth as a power
    of ten, whose zeros nobody counts.

    Arguments:
        value: the number; infinity is written "unlimited".
        digits: significant digits.
    """
    if math.isinf(value):
        return "unlimited"
    if value == 0:
        return "0"
    if 0 < value < 1e-6:
        return power_of_ten(value)
    exponent = math.floor(math.log10(abs(value)))
    decimals = max(0, digits - 1 - exponent)
    text = f"{round(value, digits - 1 - exponent):,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if decimals else text


def count(value: float) -> str:
    """Write how many there are, in full, with thousands separated.

    Arguments:
        value: whole or fractional number of things.
    """
    return f"{value:,.0f}" if value == round(value) else number(value)


def rate(value: float) -> str:
    """Write a throughput.

    Arguments:
        value: samples/s.
    """
    return f"{number(value)} samples/s" if math.isfinite(value) else "unlimited"


def duration(seconds: float) -> str:
    """Write a duration; one that never ends is "never", and ages and instants are powers of ten.

    Arguments:
        seconds: the duration, s.
    """
    if math.isinf(seconds):
        return "never"
    if seconds >= 1e6 * YEAR:
        return f"{power_of_ten(seconds / YEAR)} years"
    if 0 < seconds < 1e-6:
        return f"{power_of_ten(seconds)} s"
    hours = seconds / 3600
    if 24 <= hours < 48:  # "1.03 d" tells people less than "24.7 h"
        return f"{number(hours)} h"
    return format_duration(seconds)


def alike(write: Format, *values: float) -> tuple[str, ...]:
    """Write values that stand in one line: durations in one unit.

    Arguments:
        write: how one value is written.
        values: of the line.
    """
    if write is not duration or any(math.isinf(one) for one in values):
        return tuple(map(write, values))
    return format_durations(*values)


def step_time(seconds: float) -> str:
    """Write a training step or a part of it: in seconds from one on, in milliseconds below.

    Arguments:
        seconds: its duration, s.
    """
    if seconds >= 1:
        return f"{number(seconds)} s"
    return f"{number(1e3 * seconds)} ms"


_IDLE = 1e-4


def percent(fraction: float) -> str:
    """Write a share with one decimal, or more where it is close to nothing or all.

    Arguments:
        fraction: the share, 0 to 1.
    """
    if fraction == 0.0 or math.isclose(fraction, 1.0, rel_tol=1e-12):
        return format_percent(fraction, 0)
    rest = min(abs(fraction), abs(1 - fraction))
    if rest < 1e-9:
        return "< 0.0000001 %" if fraction < 0.5 else "> 99.9999999 %"
    digits = 1 if rest >= 0.0005 else min(9, math.ceil(-math.log10(rest)) - 1)
    return format_percent(fraction, digits)


def busy(share: float) -> str:
    """Write how busy something is; what is as good as idle needs no figures.

    Arguments:
        share: of its time.
    """
    return "< 0.01 %" if 0 < share < _IDLE else percent(share)


def share_of(part: float, whole: float) -> str:
    """Write a part as a percentage of a whole.

    Arguments:
        part: the part.
        whole: the whole; a dash is written where it is 0 or infinite.
    """
    return percent(part / whole) if whole > 0 and math.isfinite(whole) else NONE


def times(ratio: float) -> str:
    """Write a ratio as a factor.

    Arguments:
        ratio: the factor; infinity is a dash.
    """
    if not math.isfinite(ratio):
        return NONE
    return f"{number(ratio)} \N{MULTIPLICATION SIGN}"


def resource(name: str) -> str:
    """Write what of a node jobs occupy.

    Arguments:
        name: slots, vcpus, memory or accelerators.
    """
    return "vCPUs" if name == "vcpus" else name


def probability(value: float, replications: int, of: str = "runs") -> str:
    """Write a simulated probability without claiming more than the runs can show.

    Arguments:
        value: share of the runs, 0 to 1.
        replications: how many runs there were.
        of: what they are, in the plural.
    """
    if value >= 1 and replications > 0:
        return f"all of {count(replications)} {of}"
    if value <= 0 and replications > 0:
        return f"none of {count(replications)} {of}"
    return percent(value)


def power_of_ten(value: float) -> str:
    """Write what may be tiny or huge: 0.00014 gives "1.4e-4" in superscripts.

    Arguments:
        value: 0 or more, an unavailability or a whole number of any size.
    """
    if value == 0:
        return "0"
    if 0.01 <= value < 1e6:
        return number(value, 2)
    mantissa, _, exponent = f"{Decimal(value):.1e}".partition("e")
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa.removesuffix('.0')} \N{MULTIPLICATION SIGN} 10{raised}"


def likely(value: float) -> str:
    """Write a probability by the interval of few runs, which know nothing of one in ten thousand.

    Arguments:
        value: the probability, 0 to 1.
    """
    if 0 < value < _RARE:
        return f"< {format_percent(_RARE)}"
    if 1 - _RARE < value < 1:
        return f"> {format_percent(1 - _RARE)}"
    return percent(value)


_RARE = 1e-4


def chance(value: float) -> str:
    """Write a probability as a plain number: only what never happens is 0, what must happen 1.

    Arguments:
        value: the probability, 0 to 1.
    """
    rest = 1 - value
    if rest == 0 or rest > 0.1:
        return power_of_ten(value)
    if rest < 1e-9:
        return "> 0.999999999"
    return number(value, 2 + math.floor(-math.log10(rest)))


def worth(ratio: float) -> str:
    """Write how many times more or less, which may be without bound.

    Arguments:
        ratio: the factor, 1 or more.
    """
    if math.isinf(ratio):
        return "\N{INFINITY}"
    text = number(ratio) if ratio < 1e6 else power_of_ten(ratio)
    return f"{text} \N{MULTIPLICATION SIGN}"


def size(amount: float) -> str:
    """Write how many bytes, fractions of one as a power of ten.

    Arguments:
        amount: bytes.
    """
    return f"{power_of_ten(amount)} B" if amount < 0.01 else format_scaled(amount, "B")


def unit_price(usd: float) -> str:
    """Write a price of one unit with the digits that it needs: quantity times price is the bill.

    Arguments:
        usd: the price, USD.
    """
    if usd == 0 or usd == round(usd, 2):
        return f"{usd:,.2f} USD"
    decimals = max(6, 3 - math.floor(math.log10(abs(usd))))
    text = f"{usd:,.{decimals}f}"
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction.rstrip('0').ljust(2, '0')} USD"


def interval(estimate: Estimate, write: Format) -> str:
    """Write the error bars of an answer, or what makes it certain.

    Arguments:
        estimate: the answer.
        write: how one value is written.
    """
    low, high = alike(write, estimate.low, estimate.high)
    if estimate.method == "exact":
        return "exact"
    if low == high:
        return f"interval narrower than the digits shown, {METHODS[estimate.method]}"
    confidence = format_percent(estimate.confidence, 0)
    return f"{span(low, high)} ({confidence} interval, {METHODS[estimate.method]})"


def span(low: str, high: str) -> str:
    """Write a range, with the unit once where both ends have the same.

    Arguments:
        low: lower end with its unit.
        high: upper end with its unit.
    """
    value, _, unit = low.partition(" ")
    return f"{value if unit == high.partition(' ')[2] else low} to {high}"


def nines(availability: AvailabilityPrediction) -> str:
    """Write how many nines an availability has, rounded down: 99.89 % has not earned three.

    Arguments:
        availability: of the stack.
    """
    if math.isinf(availability.nines):
        return "no downtime predicted"
    return f"{math.floor(max(0.0, availability.nines) * 100) / 100:.2f} nines"


def many(value: float, units: str) -> str:
    """Write how many there are of what, in the singular where there is one.

    Arguments:
        value: whole or fractional number of them.
        units: one word in the plural, or a unit that has none.
    """
    return f"{count(value)} {singular(units) if value == 1 else units}"


def spread(distribution: Distribution, write: Format) -> str:
    """Write P50 and P95 on one line.

    Arguments:
        distribution: the simulated values.
        write: how one value is written.
    """
    half, most = alike(write, distribution.p50.mean, distribution.p95.mean)
    return f"P50 {half}, P95 {most}"


def money(usd: float) -> str:
    """Write an amount of money to the cent.

    Arguments:
        usd: the amount, USD.
    """
    return format_money(usd)


def bound(least: bool, most: bool = False) -> str:
    """What stands before an amount that is not the whole truth, with a space; or nothing.

    Arguments:
        least: the price of something in it is not known.
        most: not all of it is always held.
    """
    if least and most:
        return "known part at most "
    return "at least " if least else "at most " if most else ""


def cents(usd: float) -> str:
    """Write an amount in a column whose head names the currency; what is billed is never 0.00.

    Arguments:
        usd: the amount, USD.
    """
    return "< 0.01" if 0 < usd < 0.005 else f"{usd:,.2f}"
