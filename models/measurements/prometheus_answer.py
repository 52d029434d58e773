"""Series of Prometheus: answers of its HTTP API, and the text that programs show it."""

import json
import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

from models.measurements.measured import Unusable
from models.measurements.series import Series, unescaped

# NAME{label="value",…} VALUE, and what OpenMetrics has behind it: a time, an exemplar.
_LINE = re.compile(
    r"(?P<name>[a-zA-Z_:][\w:]*)\s*(?:\{(?P<labels>(?:[^\"}]|\"(?:[^\"\\]|\\.)*\")*)\})?"
    r"\s+(?P<value>\S+)(?:\s+-?[\d.e+]+)?\s*(?:#.*)?"
)
_LABEL = re.compile(r'\s*([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*,?')


def answered(text: str) -> list[Series]:
    """The series of an answer of query or query_range.

    Arguments:
        text: JSON.

    Raises:
        Unusable: it is none.
    """
    try:
        tree = json.loads(text)
        return [_series(one) for one in tree["data"]["result"]]
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        raise Unusable(
            "is no answer of Prometheus, with data.result as query and query_range give it, and"
            " none of MLflow, with runs or metrics"
        ) from None


def _series(one: Any) -> Series:
    labels = {str(name): str(value) for name, value in one["metric"].items()}
    pairs = one.get("values") or [one["value"]]
    # Prometheus writes NaN where nothing was observed.
    read = [(float(at), float(value)) for at, value in pairs]
    known = [(at, value) for at, value in read if math.isfinite(value)]
    moments, values = (tuple(pair[place] for pair in known) for place in (0, 1))
    return Series(labels.pop("__name__", ""), labels, values, moments)


def exposed(lines: Iterable[str]) -> list[Series]:
    """The series of a text in Prometheus' exposition format, or in OpenMetrics.

    Arguments:
        lines: of the text.

    Raises:
        Unusable: a line that is none, with its number.
    """
    found: dict[tuple[str, str], list[float]] = {}
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        match = _LINE.fullmatch(text)
        if match is None:
            raise Unusable(f'line {number}: is no metric of Prometheus, such as name{{a="b"}} 1.5')
        try:
            value = float(match["value"])
        except ValueError:
            raise Unusable(f"line {number}: {match['value']!r} is no number") from None
        found.setdefault((match["name"], match["labels"] or ""), []).append(value)
    return [
        Series(name, dict(_labels(labels)), _finite(values))
        for (name, labels), values in found.items()
    ]


def _labels(text: str) -> Iterator[tuple[str, str]]:
    return ((match[1], unescaped(match[2])) for match in _LABEL.finditer(text))


def _finite(values: Iterable[float]) -> tuple[float, ...]:
    """Prometheus writes NaN where nothing was observed."""
    return tuple(value for value in values if math.isfinite(value))
