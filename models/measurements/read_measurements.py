"""Read what was measured: tables (CSV), Prometheus, MLflow, and bills of clouds."""

import csv
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from models.measurements.bill import kind_of_bill, month_of
from models.measurements.measured import (
    BilledProduct,
    Key,
    Measurements,
    Unusable,
    value_of,
)
from models.measurements.mlflow_runs import is_of_mlflow, logged
from models.measurements.prometheus_answer import answered, exposed
from models.measurements.series import select
from models.measurements.taken import Taken, key_of
from models.reading.headers import is_twice, wrong_separator
from models.reading.table_files import InvalidTable, check_lines

_MOST_BYTES = 200_000_000
_MOST_ROWS = 5_000_000
_LONG = ("measure", "value")
_EXPOSED = (".prom", ".txt", ".metrics", ".om")  # as programs show their metrics


def read_measurements(path: Path, taken: Sequence[Taken] = ()) -> Measurements:
    """The measured values of a file.

    A table with the columns measure and value, and of where there are several workloads, says what
    its values are; of any other table, of Prometheus and of MLflow it must be said which column or
    metric is taken. A bill is known by its columns: those of a Cost and Usage Report, of FOCUS, or
    of an export of Cloud Billing.

    Arguments:
        path: of the file: .csv, .csv.gz, .json, .prom or .txt as programs show their metrics, or
            .parquet of a bill.
        taken: columns or metrics.

    Raises:
        Unusable: with the line, and what would be right.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise Unusable(f"is larger than {_MOST_BYTES:,} bytes")
        with path.open("rb") as file:
            return _read(path, file, taken)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Unusable(f"{path}: is no gzip file: {error}") from None
    except OSError as error:
        raise Unusable(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Unusable(f"{path}: is no text in UTF-8") from None
    except (Unusable, InvalidTable) as error:
        raise Unusable(f"{path}: {error}") from None


def _read(path: Path, file: io.BufferedReader | io.BytesIO, taken: Sequence[Taken]) -> Measurements:
    suffix = path.suffix.lower()
    if suffix == ".gz":
        with gzip.open(file) as unpacked:
            content = unpacked.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise Unusable(f"is larger than {_MOST_BYTES:,} bytes unpacked")
        return _read(path.with_suffix(""), io.BytesIO(content), taken)
    if suffix == ".parquet":
        return Measurements(path.name, {}, _bill_in_parquet(file))
    table = suffix not in (".json", *_EXPOSED)
    if table and file.seekable():  # a pipe is read once
        check_lines(file, _MOST_ROWS, "rows")
    with io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
        if table:
            return _from_table(path.name, text, taken)
        found = exposed(text) if suffix in _EXPOSED else _series(text.read())
    selected = select(found, taken)
    return Measurements(path.name, selected.values, grouped=selected.grouped)


def _bill_in_parquet(file: io.BufferedReader | io.BytesIO) -> tuple[BilledProduct, ...]:
    """A bill as exports write it by default; of its columns only those of money and time."""
    try:
        from pyarrow import ArrowException, parquet
    except ModuleNotFoundError:
        raise Unusable("Parquet needs pyarrow: python -m pip install 'windtunnel[table]'") from None
    try:
        table = parquet.ParquetFile(file)
        head = table.schema_arrow.names
        kind = kind_of_bill(head)
        if kind is None:
            raise Unusable(
                "is no bill: it has none of the columns of one; measures are CSV or JSON"
            )
        if table.metadata.num_rows > _MOST_ROWS:
            raise Unusable(f"has more than {_MOST_ROWS:,} rows")
        needed = [name for name in kind.names if name in head]
        rows = (
            [_said(one[name]) for name in needed]
            for part in table.iter_batches(columns=needed)
            for one in part.to_pylist()
        )
        return month_of(kind, needed, enumerate(rows, start=1))
    except ArrowException as error:
        raise Unusable(f"is no Parquet file: {error}") from None


def _said(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _series(text: str) -> Any:
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        return answered(text)  # which says what it is not
    return logged(tree) if is_of_mlflow(tree) else answered(text)


def _from_table(name: str, text: io.TextIOWrapper, taken: Sequence[Taken]) -> Measurements:
    rows = csv.reader(text, strict=True)
    try:
        head = [cell.strip() for cell in next(rows, [])]
        if (mark := wrong_separator(head)) is not None:
            raise Unusable(f"its columns are parted by {mark}; write commas")
        if (kind := kind_of_bill(head)) is not None:
            numbered = ((rows.line_num, row) for row in rows)
            return Measurements(name, {}, month_of(kind, head, numbered))
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
