"""Read what was measured: tables (CSV, of MLflow too), Prometheus, bills by Cost and Usage."""

import csv
import io
import json
import math
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from models.description.quantities import MONTH
from models.measurements.measured import (
    BilledProduct,
    Key,
    Measurements,
    Unusable,
    value_of,
)
from models.measurements.taken import Taken, key_of
from models.reading.headers import is_twice, wrong_separator
from models.reading.table_files import InvalidTable, check_lines

_MOST_BYTES = 200_000_000
_MOST_ROWS = 5_000_000
_LONG = ("measure", "value")
# A Cost and Usage Report has the first names, its newer version (and Athena) the second.
_PRODUCT = ("lineItem/ProductCode", "line_item_product_code")
_COST = ("lineItem/UnblendedCost", "line_item_unblended_cost")
_START = ("lineItem/UsageStartDate", "line_item_usage_start_date")
_END = ("lineItem/UsageEndDate", "line_item_usage_end_date")


def read_measurements(path: Path, taken: Sequence[Taken] = ()) -> Measurements:
    """The measured values of a file.

    A table with the columns measure and value, and of where there are several workloads, says what
    its values are; of any other table, and of an answer of Prometheus (JSON), it must be said which
    column or metric is taken. A bill is known by the columns of a Cost and Usage Report.

    Arguments:
        path: of the file, .csv or .json.
        taken: columns or metrics.

    Raises:
        Unusable: with the line, and what would be right.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise Unusable(f"is larger than {_MOST_BYTES:,} bytes")
        with path.open("rb") as file:
            return _read(path, file, taken)
    except OSError as error:
        raise Unusable(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Unusable(f"{path}: is no text in UTF-8") from None
    except (Unusable, InvalidTable) as error:
        raise Unusable(f"{path}: {error}") from None


def _read(path: Path, file: io.BufferedReader, taken: Sequence[Taken]) -> Measurements:
    table = path.suffix.lower() != ".json"
    if table and file.seekable():  # a pipe is read once
        check_lines(file, _MOST_ROWS, "rows")
    with io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
        if table:
            return _from_table(path.name, text, taken)
        return _from_prometheus(path.name, text.read(), taken)


def _from_table(name: str, text: io.TextIOWrapper, taken: Sequence[Taken]) -> Measurements:
    rows = csv.reader(text, strict=True)
    try:
        head = [cell.strip() for cell in next(rows, [])]
        if (mark := wrong_separator(head)) is not None:
            raise Unusable(f"its columns are parted by {mark}; write commas")
        if _column(head, _COST) is not None:
            return Measurements(name, {}, _bill(head, rows))
        if taken:
            return Measurements(name, _of_columns(head, rows, taken))
        if all(one in head for one in _LONG):
            return Measurements(name, _of_long_table(head, rows))
    except csv.Error as error:
        raise Unusable(f"line {rows.line_num}: is no CSV: {error}") from None
    known = ", ".join(head[:12]) or "none"
    raise Unusable(
        f"has no columns measure and value; say which of its columns is what, such as"
        f" --take train.step_time={head[0] if head else 'COLUMN'} (its columns: {known})"
    )


def _of_long_table(head: list[str], rows: Any) -> dict[Key, np.ndarray]:
    places = [head.index(one) for one in _LONG]
    of = head.index("of") if "of" in head else None
    unit = head.index("unit") if "unit" in head else None

    def cells(row: list[str]) -> Iterator[tuple[Key, str, str]]:
        measure, value = (row[place].strip() for place in places)
        name = row[of].strip() if of is not None else ""
        key = key_of(f"{name}.{measure}" if name else measure)
        yield key, value, row[unit].strip() if unit is not None else ""

    return _values(rows, len(head), cells)


def _of_columns(head: list[str], rows: Any, taken: Sequence[Taken]) -> dict[Key, np.ndarray]:
    for one in taken:
        if one.name not in head:
            raise Unusable(f"has no column '{one.name}'; it has {', '.join(head[:12])}")
        if is_twice(one.name, head):
            raise Unusable(f"has the column '{one.name}' twice")
    places = [(one, head.index(one.name)) for one in taken]

    def cells(row: list[str]) -> Iterator[tuple[Key, str, str]]:
        for one, place in places:
            if row[place].strip():  # not every run logs every metric
                yield one.key, row[place], one.unit

    return _values(rows, len(head), cells)


def _values(
    rows: Any, width: int, cells: Callable[[list[str]], Iterator[tuple[Key, str, str]]]
) -> dict[Key, np.ndarray]:
    found: dict[Key, list[float]] = {}
    for row in rows:
        if not row:
            continue
        if len(row) != width:
            raise Unusable(f"line {rows.line_num}: has {len(row)} cells, the head {width}")
        try:
            for key, value, unit in cells(row):
                found.setdefault(key, []).append(value_of(value, key.measure, unit))
        except (ValueError, Unusable) as error:
            raise Unusable(f"line {rows.line_num}: {error}") from None
    if not found:
        raise Unusable("has no measured value")
    return {key: np.array(values) for key, values in found.items()}


def _from_prometheus(name: str, text: str, taken: Sequence[Taken]) -> Measurements:
    """An answer of query or query_range: series with their names and their values."""
    try:
        tree = json.loads(text)
        series = tree["data"]["result"]
        pairs = [(one["metric"], one.get("values") or [one["value"]]) for one in series]
    except (json.JSONDecodeError, RecursionError, KeyError, TypeError, AttributeError):
        raise Unusable(
            "is no answer of Prometheus, with data.result as query and query_range give it"
        ) from None
    names = sorted({str(metric.get("__name__", "")) for metric, _ in pairs})
    if not taken:
        raise Unusable(
            f"say which of its metrics is what, such as --take train.step_time={names[0] or 'NAME'}"
            f" (its metrics: {', '.join(names[:12])})"
            if names
            else "has no series"
        )
    found: dict[Key, list[float]] = {}
    for one in taken:
        if one.name not in names:
            raise Unusable(f"has no metric '{one.name}'; it has {', '.join(names[:12])}")
        for metric, values in pairs:
            if metric.get("__name__") == one.name:
                found.setdefault(one.key, []).extend(_sampled(values, one))
    return Measurements(name, {key: np.array(values) for key, values in found.items()})


def _sampled(values: Any, taken: Taken) -> Iterator[float]:
    try:
        for _, text in values:
            number = float(text)
            if math.isfinite(number):  # Prometheus writes NaN where nothing was observed
                yield value_of(repr(number), taken.key.measure, taken.unit)
    except (TypeError, ValueError) as error:
        raise Unusable(f"{taken.name}: {error}") from None


def _column(head: list[str], names: tuple[str, str]) -> int | None:
    return next((head.index(one) for one in names if one in head), None)


def _needed(head: list[str], names: tuple[str, str]) -> int:
    place = _column(head, names)
    if place is None:
        raise Unusable(f"has no column '{names[0]}', as a Cost and Usage Report has")
    return place


def _bill(head: list[str], rows: Any) -> tuple[BilledProduct, ...]:
    """A month of a bill: what its lines sum to, over the time that they cover."""
    places = [_needed(head, names) for names in (_PRODUCT, _COST, _START, _END)]
    spent: dict[str, float] = {}
    starts, ends = [], []
    for row in rows:
        if not row:
            continue
        try:
            product, cost, start, end = (
                row[place].strip() for place in places if place is not None
            )
            spent[product] = spent.get(product, 0.0) + float(cost or 0.0)
            starts.append(datetime.fromisoformat(start))
            ends.append(datetime.fromisoformat(end))
        except (ValueError, IndexError) as error:
            raise Unusable(f"line {rows.line_num}: {error}") from None
    if not spent:
        raise Unusable("has no line of cost")
    try:
        time = (max(ends) - min(starts)).total_seconds()
    except TypeError:
        raise Unusable("has dates with and without a time zone") from None
    if time <= 0:
        raise Unusable("covers no time")
    return tuple(
        BilledProduct(name, usd * MONTH / time)
        for name, usd in sorted(spent.items(), key=lambda one: -one[1])
    )
