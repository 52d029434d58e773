"""Which column or metric of a file is which measure: OF.MEASURE=NAME or OF.MEASURE=NAME UNIT."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.catalog.errors import UnknownName
from models.measurements.measured import DIMENSIONS, Key, Unusable
from models.prediction.expected import Measure

# Prometheus names its metrics after their base units.
_SUFFIXES = {"_seconds": "s"}


@dataclass(frozen=True)
class Taken:
    """A column or metric that is taken.

    Arguments:
        key: what it is of.
        name: of the column or the metric.
        unit: of its numbers; empty where they have none, or their own.
    """

    key: Key
    name: str
    unit: str


def key_of(text: str) -> Key:
    """What a name such as train.step_time or shop.web.utilization is of.

    Arguments:
        text: as written.

    Raises:
        Unusable: the measure is not known, with the nearest that is.
    """
    of, _, measure = text.strip().rpartition(".")
    if measure not in list(Measure):
        names = tuple(map(str, Measure))
        near = UnknownName("measure", measure, names).nearest
        hint = f"did you mean '{near[0]}'?" if near else f"it is one of {', '.join(names)}"
        raise Unusable(f"unknown measure '{measure}'; {hint}")
    return Key(of, Measure(measure))


def parse_taken(texts: Sequence[str]) -> tuple[Taken, ...]:
    """What is taken, as people write it: train.step_time=step_seconds, api.response_time=lat ms.

    Arguments:
        texts: one each.

    Raises:
        Unusable: no name, an unknown measure, or a unit of something else.
    """
    found = []
    for text in texts:
        what, sign, where = text.partition("=")
        name, unit = _with_unit(where.strip())
        if not sign or not name:
            raise Unusable(f"'{text}' is not OF.MEASURE=NAME, such as train.step_time=step_seconds")
        key = key_of(what)
        if not unit:
            metric = name.partition("{")[0]
            unit = next((one for end, one in _SUFFIXES.items() if metric.endswith(end)), "")
        known = DIMENSIONS[key.measure].units
        if unit and unit not in known:
            raise Unusable(f"'{unit}' is no unit of {key.measure}, which is {', '.join(known)}")
        found.append(Taken(key, name, unit))
    return tuple(found)


def _with_unit(text: str) -> tuple[str, str]:
    """A name and its unit: the last of several words, since names of columns have spaces too."""
    if "{" in text and "}" in text:  # labels may have spaces, and mean no unit
        name, brace, unit = text.rpartition("}")
        return f"{name}{brace}", unit.strip()
    name, space, unit = text.rpartition(" ")
    return (name.strip(), unit) if space else (text, "")
