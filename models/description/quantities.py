"""Quantities with units: people write "400 Gbps", code sees SI base units."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)

from models.laws.time_units import DAY as DAY
from models.laws.time_units import HOUR as HOUR
from models.laws.time_units import YEAR as YEAR
from models.prediction.rate_unit import RateUnit

_NUMBER = re.compile(r"\s*([+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*")
_FEW_UNITS = 12  # that a message lists
LARGEST = 1e24  # of any quantity in its base unit; far beyond what is built
SMALLEST = 1e-24  # above 0, likewise
_DECIMAL = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18}
_BINARY = {"Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40, "Pi": 2.0**50}
MONTH = 730.0 * HOUR  # the month that AWS and Google Cloud bill by: 8,760 h / 12


def _scaled(symbol: str, factor: float = 1.0) -> dict[str, float]:
    return {prefix + symbol: scale * factor for prefix, scale in (_DECIMAL | _BINARY).items()}


@dataclass(frozen=True)
class Dimension:
    """What a quantity measures, the units people may write it in, and what it is called."""

    name: str
    units: Mapping[str, float]
    example: str


DURATION = Dimension(
    "a duration",
    {
        "us": 1e-6, "ms": 1e-3, "s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0,
        "min": 60.0, "minute": 60.0, "minutes": 60.0, "h": HOUR, "hour": HOUR, "hours": HOUR,
        "d": DAY, "day": DAY, "days": DAY, "week": 7 * DAY, "weeks": 7 * DAY,
        "year": YEAR, "years": YEAR,
    },
    "12 h",
)  # fmt: skip
SIZE = Dimension("a size", _scaled("B"), "1.2 TB")
BANDWIDTH = Dimension(
    "a bandwidth", _scaled("B/s") | {p + "bps": s / 8 for p, s in _DECIMAL.items()}, "400 Gbps"
)
# Whole numbers are reckoned with as numbers with a point are: op, and TOPS on data sheets.
COMPUTATION = Dimension("an amount of computation", _scaled("FLOP") | _scaled("op"), "7.72 GFLOP")
COMPUTING_RATE = Dimension(
    "a rate of computation",
    _scaled("FLOP/s") | _scaled("op/s") | {p + "OPS": s for p, s in _DECIMAL.items()},
    "312 TFLOP/s",
)
MONEY = Dimension("an amount of money", {"USD": 1.0, "kUSD": 1e3, "MUSD": 1e6}, "150 USD")
HOURLY_PRICE = Dimension("a price by the hour", {"USD/h": 1.0}, "32.77 USD/h")
POWER = Dimension("a power", _scaled("W"), "6.5 kW")
_KWH = 3.6e6  # J
ENERGY_PRICE = Dimension(
    "a price of energy", {"USD/kWh": 1 / _KWH, "USD/MWh": 1e-3 / _KWH}, "0.12 USD/kWh"
)
CARBON_INTENSITY = Dimension(
    "a carbon intensity", {"g/kWh": 1e-3 / _KWH, "kg/MWh": 1e-3 / _KWH}, "380 g/kWh"
)
FRACTION = Dimension("a fraction", {"%": 0.01}, "99.9 %")
_RATES = {str(unit): unit for unit in RateUnit} | {"/day": RateUnit.DAY}
RATE = Dimension("a rate", {text: 1 / unit.seconds for text, unit in _RATES.items()}, "20/s")
_BY_SIZE = {
    f"USD/{unit}-month": HOUR / MONTH / size
    for unit, size in (("GB", 1e9), ("GiB", 2.0**30), ("TB", 1e12), ("TiB", 2.0**40))
}
_BY_TIME = {"USD/h": 1.0, "USD/month": HOUR / MONTH, "USD/year": HOUR / YEAR}
STORE_PRICE = Dimension("a price of storage", _BY_SIZE | _BY_TIME, "0.08 USD/GB-month")
TRAFFIC_PRICE = Dimension("a price of traffic", {"USD/GB": 1e-9, "USD/TB": 1e-12}, "0.09 USD/GB")
DIMENSIONS = (
    DURATION, SIZE, BANDWIDTH, COMPUTATION, COMPUTING_RATE, MONEY, HOURLY_PRICE, POWER,
    ENERGY_PRICE, CARBON_INTENSITY, FRACTION, RATE, STORE_PRICE, TRAFFIC_PRICE,
)  # fmt: skip


def parse(text: object, dimension: Dimension) -> float:
    """Read a quantity such as "400 Gbps" in SI base units.

    Arguments:
        text: a number followed by a unit of the dimension; a fraction may also be a bare number.
        dimension: what the quantity measures.

    Raises:
        ValueError: no number, no unit, a unit of something else, not finite, or negative.
    """
    if dimension is FRACTION and isinstance(text, (int, float)) and not isinstance(text, bool):
        value = float(text)
    elif text is None:
        raise ValueError(f"is empty; {dimension.name} is written like '{dimension.example}'")
    elif not isinstance(text, str):
        raise ValueError(
            f"needs a unit: {dimension.name} such as '{dimension.example}', not {text!r}"
        )
    else:
        value = _parse_text(text, dimension)
    if not math.isfinite(value):
        raise ValueError(f"{text!r} is not finite")
    if value < 0:
        raise ValueError(f"{text!r} is negative; {dimension.name} is 0 or more")
    if value > LARGEST or 0 < value < SMALLEST:
        raise ValueError(f"{text!r} is beyond what windtunnel reckons with")
    if dimension is FRACTION and value > 1:
        percent = not isinstance(text, str) and value <= 100
        hint = f"; write '{text:g} %' if that is meant" if percent else ""
        raise ValueError(f"{text!r} is more than 100 %{hint}")
    return value


def _parse_text(text: str, dimension: Dimension) -> float:
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise ValueError(
            f"{text[:40]!r} is not {dimension.name}; write for example '{dimension.example}'"
        )
    number, unit = float(match.group(1).replace("_", "")), match.group(2)
    if unit == "%" and dimension is FRACTION:
        return number / 100  # exact where multiplying by 0.01 is not
    if unit in dimension.units:
        return number * dimension.units[unit]
    if unit == "":
        raise ValueError(
            f"{text!r} has no unit; {dimension.name} is written like '{dimension.example}'"
        )
    others = [other.name for other in DIMENSIONS if unit in other.units]
    if others:
        raise ValueError(
            f"{text!r} is {others[0]}, not {dimension.name} such as '{dimension.example}'"
        )
    raise ValueError(f"unknown unit '{unit[:20]}'{_nearest_unit(unit, dimension)}")


def _nearest_unit(unit: str, dimension: Dimension) -> str:
    """How it is written, and the unit that is meant where one begins as it does."""
    small = unit.lower()
    same = [known for known in dimension.units if known.lower() == small]
    begun = [known for known in dimension.units if small.startswith(known.lower())]
    hint = same[0] if same else max(begun, key=len, default="")
    written = f"{dimension.name} is written like '{dimension.example}'{_listed_units(dimension)}"
    return f"; did you mean '{hint}'? ({written})" if hint else f"; {written}"


def _listed_units(dimension: Dimension) -> str:
    """One name of each unit, where they are few."""
    first = dict[float, str]()
    for name, factor in dimension.units.items():
        first.setdefault(factor, name)
    *names, last = first.values()
    if not names or len(names) > _FEW_UNITS:
        return ""
    return f", in {', '.join(names)} or {last}"


@dataclass(frozen=True)
class PricePerSize:
    """What storage costs by its size.

    Arguments:
        usd: of a byte, USD/h.
    """

    usd: float


@dataclass(frozen=True)
class PriceOfAll:
    """What storage costs as a whole, whatever its size.

    Arguments:
        usd: of all of it, USD/h.
    """

    usd: float


def _store_price(text: object) -> PricePerSize | PriceOfAll:
    usd = parse(text, STORE_PRICE)
    match = _NUMBER.fullmatch(str(text))
    assert match is not None  # it was parsed
    return PricePerSize(usd) if match.group(2) in _BY_SIZE else PriceOfAll(usd)


def _field(dimension: Dimension) -> tuple[BeforeValidator, WithJsonSchema]:
    schema: dict[str, Any] = {
        "type": ["string", "number"] if dimension is FRACTION else "string",
        "format": dimension.name.removeprefix("an ").removeprefix("a "),
        "examples": [dimension.example],
    }
    return BeforeValidator(lambda text: parse(text, dimension)), WithJsonSchema(schema)


Duration = Annotated[float, *_field(DURATION)]
Size = Annotated[float, *_field(SIZE)]
Bandwidth = Annotated[float, *_field(BANDWIDTH)]
Computation = Annotated[float, *_field(COMPUTATION)]
ComputingRate = Annotated[float, *_field(COMPUTING_RATE)]
Money = Annotated[float, *_field(MONEY)]
HourlyPrice = Annotated[float, *_field(HOURLY_PRICE)]
Power = Annotated[float, *_field(POWER)]
StorePrice = Annotated[
    PricePerSize | PriceOfAll,
    BeforeValidator(_store_price),
    WithJsonSchema(
        {"type": "string", "format": "price of storage", "examples": [STORE_PRICE.example]}
    ),
]
EnergyPrice = Annotated[float, *_field(ENERGY_PRICE)]
TrafficPrice = Annotated[float, *_field(TRAFFIC_PRICE)]
CarbonIntensity = Annotated[float, *_field(CARBON_INTENSITY)]
Fraction = Annotated[float, *_field(FRACTION)]


class WrittenRate(float):
    """A rate, 1/s, that knows the unit in which it was written, for those who read it again."""

    unit: RateUnit

    def __new__(cls, value: float, unit: RateUnit) -> "WrittenRate":
        """As `float`, with a unit."""
        made = super().__new__(cls, value)
        made.unit = unit
        return made

    def __getnewargs__(self) -> tuple[float, RateUnit]:  # type: ignore[override]  # float has one
        """For copies and pickles."""
        return float(self), self.unit


def rate_unit(rate: float | None) -> RateUnit:
    """The unit in which a rate was written; seconds where nobody wrote it.

    Arguments:
        rate: 1/s.
    """
    return rate.unit if isinstance(rate, WrittenRate) else RateUnit.SECOND


def _as_written(text: object, number: ValidatorFunctionWrapHandler) -> float:
    value = number(text)
    match = _NUMBER.fullmatch(str(text))
    return value if match is None else WrittenRate(value, _RATES[match.group(2)])


Rate = Annotated[float, *_field(RATE), WrapValidator(_as_written)]


class WrittenDuration(float):
    """A duration, s, that knows the unit in which it was written, for those who read it again."""

    unit: str

    def __new__(cls, value: float, unit: str) -> "WrittenDuration":
        """As `float`, with a unit."""
        made = super().__new__(cls, value)
        made.unit = unit
        return made

    def __getnewargs__(self) -> tuple[float, str]:  # type: ignore[override]  # float has one
        """For copies and pickles."""
        return float(self), self.unit


def _duration_as_written(text: object, number: ValidatorFunctionWrapHandler) -> float:
    value = number(text)
    match = _NUMBER.fullmatch(str(text))
    return value if match is None else WrittenDuration(value, match.group(2))


WantedDuration = Annotated[float, *_field(DURATION), WrapValidator(_duration_as_written)]


def format_duration(seconds: float) -> str:
    """Write a duration for people, in the largest unit that leaves at least one.

    Arguments:
        seconds: the duration, s.
    """
    for unit, length in (("years", YEAR), ("d", DAY), ("h", HOUR), ("min", 60.0), ("s", 1.0)):
        if _rounded(seconds / length) >= 1:
            written = _significant(seconds / length)
            return f"{written} {'year' if unit == 'years' and written == '1' else unit}"
    if seconds == 0:
        return "0 s"
    return (
        f"{_significant(seconds * 1e3)} ms"
        if _rounded(seconds * 1e3) >= 1
        else f"{_significant(seconds * 1e6)} us"
    )


_LENGTHS = (
    ("years", YEAR), ("d", DAY), ("h", HOUR), ("min", 60.0), ("s", 1.0), ("ms", 1e-3), ("us", 1e-6),
)  # fmt: skip
_LEAST, _MOST = 0.1, 1000.0  # in the unit of a line


def format_durations(*seconds: float) -> tuple[str, ...]:
    """Write durations that stand in one line in one unit, so that they compare.

    Each has a unit of its own where they are too far apart.

    Arguments:
        seconds: the durations, s.
    """
    known = [one for one in seconds if 0 < one < math.inf]
    if not known or min(known) < 1e-6 or max(known) >= 1e6 * YEAR:
        return tuple(map(format_duration, seconds))
    least, longest = min(known), max(known)
    own = next(i for i, (_, length) in enumerate(_LENGTHS) if _rounded(least / length) >= 1)
    if DAY <= least < 2 * DAY:  # "1.03 d" tells people less than "24.7 h"
        own += 1
    for unit, length in reversed(_LENGTHS[: own + 1]):  # of the shortest, and longer ones
        if _rounded(least / length) >= _LEAST and _rounded(longest / length) < _MOST:
            return tuple(
                f"{_significant(one / length)} {unit}"
                if 0 < one < math.inf
                else format_duration(one)
                for one in seconds
            )
    return tuple(map(format_duration, seconds))


def format_beside(wanted: float, *seconds: float) -> tuple[str, ...]:
    """Write a duration that is wanted in its own unit, and those that are reached in it too.

    What is too far from it has another unit.

    Arguments:
        wanted: s; as it was written, or in the largest unit that leaves at least one.
        seconds: the durations that stand beside it, s.
    """
    text = format_duration(wanted)
    known = {length: unit for unit, length in _LENGTHS if unit != "years"}
    own = wanted.unit if isinstance(wanted, WrittenDuration) else text.rpartition(" ")[2]
    length = DURATION.units.get(own, 0.0)
    if length not in known:
        return text, *format_durations(*seconds)
    unit = known[length]
    if isinstance(wanted, WrittenDuration):
        text = f"{wanted / length:,.12g} {unit}"
    if all(_rounded(one / length) >= _LEAST and one / length < _MOST for one in seconds):
        return text, *(f"{_significant(one / length)} {unit}" for one in seconds)
    return text, *format_durations(*seconds)


def format_scaled(value: float, unit: str) -> str:
    """Write a quantity with a decimal prefix: 5e10 and "B/s" give "50 GB/s".

    Arguments:
        value: the quantity in the unit.
        unit: its symbol.
    """
    for prefix, scale in reversed(_DECIMAL.items()):
        if _rounded(value / scale) >= 1:
            return f"{_significant(value / scale)} {prefix}{unit}"
    return f"{_significant(value)} {unit}"


def format_rate(rate: float, unit: RateUnit, of: str = "", digits: int = 3) -> str:
    """Write a rate in the unit of whoever asked: 0.1 in hours gives "360/h".

    Arguments:
        rate: 1/s; infinity is written "unlimited".
        unit: in which it was asked.
        of: what comes so often.
        digits: significant digits.
    """
    if math.isinf(rate):
        return "unlimited"
    value = rate * unit.seconds
    whole = float(f"{value:.{digits}g}") >= 10**digits  # 999.9 is told as 1,000
    written = f"{value:,.0f}" if whole else f"{value:,.{digits}g}"
    return f"{written} {of}{unit}" if of else f"{written}{unit}"


_LESS_THAN_A_CENT = 0.005  # USD, which two digits would show as nothing


def format_money(usd: float) -> str:
    """Write an amount of money to the cent, with thousands separated; less with three digits.

    Arguments:
        usd: the amount, USD.
    """
    if 0 < abs(usd) < _LESS_THAN_A_CENT:
        return f"{usd:.{2 - math.floor(math.log10(abs(usd)))}f} USD"
    return f"{usd:,.2f} USD"


def format_percent(fraction: float, digits: int = 2) -> str:
    """Write a fraction as a percentage.

    Arguments:
        fraction: the fraction, 0 to 1.
        digits: decimals shown.
    """
    return f"{100 * fraction:.{digits}f} %"


def format_percentile(percentage: float) -> str:
    """Name a percentile: P95, P99.99.

    Arguments:
        percentage: above 0 and below 100.
    """
    return f"P{percentage:.12g}"


_HISSING = ("sses", "ches", "shes", "xes", "zes")


def format_count(number: int, units: str) -> str:
    """Write how many there are of what, in the singular where there is one.

    Arguments:
        number: of them.
        units: what they are, in the plural with an s.
    """
    return f"{number:,} {singular(units) if number == 1 else units}"


def singular(units: str) -> str:
    """What one of them is called.

    Arguments:
        units: what they are, in the plural with an s; or a unit that has none, which stays.
    """
    # An address and a switch have two letters more in the plural.
    return units.removesuffix("es" if units.endswith(_HISSING) else "s")


_MOST_NINES = 17  # that a reader can count


def format_availability(unavailability: float) -> str:
    """Write an availability with as many digits as its nines need.

    Arguments:
        unavailability: the fraction of time down, 0 to 1.
    """
    if unavailability <= 0:
        return "100 %"
    digits = max(2, math.ceil(-math.log10(unavailability)))
    if digits > _MOST_NINES:
        return f"> 99.{'9' * (_MOST_NINES - 2)} %"
    # In floating point, 1 - unavailability keeps no more than sixteen digits.
    return f"{100 - 100 * Decimal(unavailability):.{digits}f} %"


def _significant(value: float) -> str:
    if _rounded(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _rounded(value: float) -> float:
    """How large a value is as it is written: a millisecond computed may be a bit less than one."""
    return abs(float(f"{value:.3g}"))
