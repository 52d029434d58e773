"""Values under the name and the labels by which a tool keeps them, and which of them are taken."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from models.measurements.histogram import Histogram, counted, spread
from models.measurements.measured import Key, Samples, Unusable, value_of
from models.measurements.taken import Taken
from models.prediction.expected import Measure

_SHOWN = 12  # names in a message
# {job="api"}: a label that is equal, as Prometheus selects; its other comparisons are not needed.
_LABEL = re.compile(r'\s*([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*,?')
_BUCKETS, _COUNTER = "_bucket", "_total"  # how Prometheus ends the names of such metrics
_COUNTED = (Measure.FAILURES, Measure.NODE_TIME)
_COLUMN = "metrics."


@dataclass(frozen=True)
class Series:
    """Values of one name and one set of labels.

    Arguments:
        name: of the metric; empty where an expression made them.
        labels: by their names.
        values: in the order in which they were measured, finite.
        moments: of each, s; empty where nobody says.
    """

    name: str
    labels: Mapping[str, str]
    values: tuple[float, ...]
    moments: tuple[float, ...] = ()

    @property
    def counts(self) -> bool:
        """It is a counter by its name, and only ever rises."""
        return self.name.endswith(_COUNTER)


@dataclass(frozen=True)
class Selected:
    """What was taken of a file.

    Arguments:
        values: by what they are of, in SI units.
        grouped: of those that are known by their buckets alone, the ends of these.
    """

    values: dict[Key, Samples] = field(default_factory=dict)
    grouped: dict[Key, tuple[float, ...]] = field(default_factory=dict)


def select(found: Sequence[Series], taken: Sequence[Taken]) -> Selected:
    """The values that are taken, of all series with their name and labels together.

    Of a histogram, which keeps how many values each of its buckets has, the name is taken without
    _bucket; its values are spread over their buckets so that their mean is that of all. Of counters
    (_total) failures and time are what they rose by, and a throughput is how fast all of them rose.

    Arguments:
        found: all series.
        taken: which of them are which measure.

    Raises:
        Unusable: there is no such series, or none with a value.
    """
    names = list(dict.fromkeys(one.name.removesuffix(_BUCKETS) for one in found))
    if not names:
        raise Unusable("has no series")
    if not taken:
        told, first = _told(names), next(filter(None, names), "{}")
        raise Unusable(
            f"say which of its metrics is what, such as --take train.step_time={first}"
            f" (its metrics: {told})"
        )
    values: dict[Key, list[float]] = {}
    grouped: dict[Key, tuple[float, ...]] = {}
    for one in taken:
        name, labels = _selector(one.name)
        fitting = [series for series in found if _fits(series, name, labels)]
        if fitting and one.key.measure in _COUNTED and fitting[0].counts:
            numbers: Iterable[float] = [counted(series.values) for series in fitting]
        elif fitting and one.key.measure is Measure.THROUGHPUT and fitting[0].counts:
            one, numbers = replace(one, unit=one.unit or "/s"), _rates(fitting)
        elif fitting:
            numbers = (value for series in fitting for value in series.values)
        elif buckets := [each for each in found if _fits(each, f"{name}{_BUCKETS}", labels)]:
            sums = [each for each in found if _fits(each, f"{name}_sum", labels)]
            histogram = Histogram.of(buckets, sums)
            numbers = spread(histogram).tolist()
            ends = (_si(end, one) for end in histogram.ends if math.isfinite(end))
            grouped[one.key] = (0.0, *ends, math.inf)
        else:
            raise Unusable(f"has no metric '{one.name}'; it has {_told(names)}")
        try:
            of = values.setdefault(one.key, [])
            of.extend(_si(value, one) for value in numbers)
        except ValueError as error:
            raise Unusable(f"{one.name}: {error}") from None
        if not of:
            raise Unusable(f"{one.name}: has no value")
    arrays = {key: np.array(numbers) for key, numbers in values.items()}
    return Selected(arrays, grouped)


def _rates(found: Sequence[Series]) -> list[float]:
    """How fast counters rise together from each moment to the next."""
    rises: dict[tuple[float, float], float] = {}
    for one in found:
        moments = zip(one.moments, one.moments[1:], strict=False)
        for span, values in zip(
            moments, zip(one.values, one.values[1:], strict=False), strict=False
        ):
            rises[span] = rises.get(span, 0.0) + counted(values)
    if not rises:
        raise Unusable(f"{found[0].name}: a counter that was read once says nothing of a rate")
    return [rise / (end - start) for (start, end), rise in sorted(rises.items()) if end > start]


def _si(value: float, taken: Taken) -> float:
    return value_of(repr(value), taken.key.measure, taken.unit)


def _told(names: Sequence[str]) -> str:
    """Names of metrics; what has none is called as a selector without a name."""
    return ", ".join(one or "{}, of an expression" for one in names[:_SHOWN])


def _selector(text: str) -> tuple[str, dict[str, str]]:
    """The name and the labels of name{label="value"}; both may be left out."""
    # MLflow has its metrics under such names in tables, and without it elsewhere; Prometheus has
    # none with a dot.
    name, brace, rest = text.removeprefix(_COLUMN).partition("{")
    if not brace:
        return name, {}
    inner = rest.strip().removesuffix("}")
    labels, place = {}, 0
    while match := _LABEL.match(inner, place):
        labels[match[1]] = unescaped(match[2])
        place = match.end()
    if inner[place:].strip() or not rest.rstrip().endswith("}"):
        raise Unusable(f"'{text}' is not NAME{{label=\"value\"}}")
    return name.strip(), labels


def unescaped(text: str) -> str:
    """The value of a label as it was before it was quoted.

    Arguments:
        text: between the quotes.
    """
    return re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), text)


def _fits(series: Series, name: str, labels: Mapping[str, str]) -> bool:
    return series.name == name and all(
        series.labels.get(label) == value for label, value in labels.items()
    )
