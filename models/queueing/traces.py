"""Recorded times of arrival, from a CSV or Parquet file beside the description of a network."""

import csv
import difflib
import importlib
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.queueing.network import Trace

Times = NDArray[np.float64]
MOST_BYTES = 1_000_000_000
MOST_ROWS = 10_000_000


class InvalidTrace(Exception):
    """A trace that can't be used; the text says why, as the end of a sentence about the file.

    Arguments:
        message: what is wrong.
        hint: what would be right; may be empty.
        key: of the description: file or column.
    """

    def __init__(self, message: str, hint: str = "", key: str = "file") -> None:
        self.message, self.hint, self.key = message, hint, key
        super().__init__(f"{message}; {hint}" if hint else message)


def read_trace(trace: Trace, folder: Path) -> tuple[Times, bytes]:
    """The recorded times, s, ascending; and the bytes of the file.

    Arguments:
        trace: what the description says.
        folder: of the description; the file is there or below.

    Raises:
        InvalidTrace: the file is elsewhere, missing, too large or not a table with such a column,
            or its times are not numbers, negative or not in order.
    """
    file = folder / trace.file
    if not file.resolve().is_relative_to(folder.resolve()):
        hint = "put it beside the description or in a folder below"
        raise InvalidTrace(f"'{trace.file}' is not in the folder of the description", hint)
    content = _bytes_of(file)
    if file.suffix.lower() == ".parquet":
        times = _from_parquet(content, trace.column)
    elif file.suffix.lower() == ".csv":
        times = _from_csv(content, trace.column)
    else:
        raise InvalidTrace(f"'{trace.file}' is neither a .csv nor a .parquet file")
    return _checked(times), content


def _bytes_of(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as error:
        near = [path.name for path in sorted(file.parent.glob("*.*"))]
        close = difflib.get_close_matches(file.name, near, n=1, cutoff=0.6)
        hint = f"did you mean '{close[0]}'?" if close else ""
        raise InvalidTrace(f"{file} cannot be read: {error.strerror}", hint) from None
    except ValueError:
        raise InvalidTrace("is not the name of a file") from None
    if len(content) > MOST_BYTES:
        raise InvalidTrace(f"{file} is larger than {MOST_BYTES:,} bytes")
    return content


def _from_csv(content: bytes, column: str) -> Times:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidTrace(f"is not text in UTF-8 (byte {error.start})") from None
    try:
        rows = csv.reader(io.StringIO(text, newline=""))
        position = _position(column, next(rows, []))
        times: list[float] = []
        for row in rows:
            if not row:
                continue
            cell = row[position] if position < len(row) else ""
            try:
                times.append(float(cell))
            except ValueError:
                raise InvalidTrace(f"line {rows.line_num}: '{cell[:40]}' is not a number") from None
            if len(times) > MOST_ROWS:
                break
    except csv.Error as error:
        raise InvalidTrace(f"is not a CSV file: {error}") from None
    return np.array(times)


def _from_parquet(content: bytes, column: str) -> Times:
    try:
        parquet = importlib.import_module("pyarrow.parquet")
        arrow = importlib.import_module("pyarrow")
    except ImportError:
        hint = "install the extra 'table' (pip install 'windtunnel[table]'), or write a CSV file"
        raise InvalidTrace("a Parquet file needs the package pyarrow", hint) from None
    try:
        file = parquet.ParquetFile(arrow.BufferReader(content))
        names = [str(name) for name in file.schema_arrow.names]
        _position(column, names)
        if file.metadata.num_rows > MOST_ROWS:
            raise InvalidTrace(_too_many())
        values = file.read(columns=[column]).column(0)
        if values.null_count:
            raise InvalidTrace(f"has rows without a number in '{column}'", key="column")
        return np.asarray(values.to_numpy(), dtype=np.float64)
    except (arrow.ArrowException, OSError, ValueError, TypeError) as error:
        first = str(error).splitlines()[0] if str(error) else "damaged"
        raise InvalidTrace(f"is not a Parquet file with numbers: {first[:100]}") from None


def _position(column: str, names: Sequence[str]) -> int:
    stripped = [name.strip() for name in names]
    if column in stripped:
        return stripped.index(column)
    if not stripped:
        raise InvalidTrace("is empty")
    close = difflib.get_close_matches(column, stripped, n=1, cutoff=0.6)
    listed = ", ".join(name[:40] for name in stripped[:12])
    hint = f"did you mean '{close[0][:40]}'?" if close else f"its columns: {listed}"
    raise InvalidTrace(f"the file has no column '{column}'", hint, "column")


def _checked(times: Times) -> Times:
    if times.size == 0:
        raise InvalidTrace("has no arrivals")
    if times.size > MOST_ROWS:
        raise InvalidTrace(_too_many())
    bad = np.flatnonzero(~np.isfinite(times) | (times < 0))
    if bad.size:
        row = int(bad[0])
        raise InvalidTrace(f"has {times[row]} as its arrival {row + 1:,}; times are 0 s or more")
    back = np.flatnonzero(np.diff(times) < 0)
    if back.size:
        row = int(back[0]) + 1
        message = f"goes back from {times[row - 1]:g} s to {times[row]:g} s at arrival {row + 1:,}"
        raise InvalidTrace(message, "sort the times")
    return times


def _too_many() -> str:
    return f"has more than {MOST_ROWS:,} arrivals"
