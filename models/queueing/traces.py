"""Recorded times of arrival, from a CSV or Parquet file beside the description of a network."""

import csv
import difflib
import hashlib
import importlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.queueing.network import Trace
from models.reading.headers import is_twice, wrong_separator
from models.reading.recorded_times import (
    PER_SECOND,
    WANTED,
    Clock,
    TimeColumn,
    Times,
    UnclearTimes,
    in_seconds,
)
from models.reading.table_files import InvalidTable, Lines, check_lines, opened

MOST_BYTES = 1_000_000_000
MOST_ROWS = 10_000_000
_PIECE = 1 << 20  # bytes read at once


@dataclass(frozen=True, eq=False)
class Recorded:
    """Recorded arrivals.

    Arguments:
        times: by their clock, s, ascending.
        clock: what they count from.
        digest: of the file.
    """

    times: Times
    clock: Clock
    digest: bytes


def read_trace(trace: Trace, folder: Path) -> Recorded:
    """The recorded times of a file, whatever clock they are by.

    The file is read piece by piece, and no further than it can be used: a trace that is too large
    fills no memory.

    Arguments:
        trace: what the description says.
        folder: of the description; the file is there or below.

    Raises:
        InvalidTable: the file is elsewhere, missing, too large or not a table with such a column,
            or its times are no times, of no clear unit, negative or not in order.
    """
    return opened(trace.file, folder, MOST_BYTES, lambda stream: _read(trace, stream))


Cells = dict[str, list[object]]


def read_cells(file: str, columns: Sequence[str], folder: Path) -> tuple[Cells, bytes]:
    """Some columns of a table beside the description, cell by cell, and the digest of the file.

    Arguments:
        file: path from the folder; .csv or .parquet.
        columns: their names.
        folder: of the description; the file is there or below.

    Raises:
        InvalidTable: the file is elsewhere, missing, too large or not a table with such columns.
    """
    return opened(file, folder, MOST_BYTES, lambda stream: _cells(file, columns, stream))


def _read(trace: Trace, stream: io.FileIO) -> Recorded:
    suffix = Path(trace.file).suffix.lower()
    if suffix == ".parquet":
        digest = hashlib.file_digest(stream, "sha256").digest()
        return Recorded(*_checked(*_from_parquet(stream, trace.column)), digest)
    if suffix == ".csv":
        check_lines(stream, MOST_ROWS, "rows")
        hashed = _Hashed(stream)
        times, clock = _checked(*_from_csv(hashed, trace.column))
        return Recorded(times, clock, hashed.digest.digest())
    raise InvalidTable(f"'{trace.file}' is neither a .csv nor a .parquet file")


def _cells(name: str, columns: Sequence[str], stream: io.FileIO) -> tuple[Cells, bytes]:
    suffix = Path(name).suffix.lower()
    if suffix == ".parquet":
        digest = hashlib.file_digest(stream, "sha256").digest()
        return _cells_of_parquet(stream, columns), digest
    if suffix == ".csv":
        check_lines(stream, MOST_ROWS, "rows")
        hashed = _Hashed(stream)
        return _cells_of_csv(hashed, columns), hashed.digest.digest()
    raise InvalidTable(f"'{name}' is neither a .csv nor a .parquet file")


def _cells_of_csv(stream: io.RawIOBase, columns: Sequence[str]) -> Cells:
    cells: Cells = {column: [] for column in columns}

    def take(row: list[str], positions: list[int]) -> None:
        for column, position in zip(columns, positions, strict=True):
            cells[column].append(row[position] if position < len(row) else "")

    _rows_of_csv(stream, columns, take)
    return cells


def _cells_of_parquet(stream: io.FileIO, columns: Sequence[str]) -> Cells:
    parquet, arrow = _arrow()
    try:
        file = parquet.ParquetFile(arrow.PythonFile(stream, mode="r"))
        for column in columns:
            _position(column, [str(name) for name in file.schema_arrow.names])
        if file.metadata.num_rows > MOST_ROWS:
            raise InvalidTable(_too_many())
        table = file.read(columns=list(columns))
        return {column: table.column(column).to_pylist() for column in columns}
    except (arrow.ArrowException, OSError, ValueError, TypeError) as error:
        first = str(error).splitlines()[0] if str(error) else "damaged"
        raise InvalidTable(f"is not a Parquet file that can be read: {first[:100]}") from None


class _Hashed(io.RawIOBase):
    """A file that is read once, from beginning to end, with the digest of what was read."""

    def __init__(self, stream: io.FileIO) -> None:
        self._stream, self._left = stream, MOST_BYTES
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer; gives how many bytes were left for it."""
        count = self._stream.readinto(buffer)
        self._left -= count
        if self._left < 0:  # it grew meanwhile
            raise InvalidTable(f"is larger than {MOST_BYTES:,} bytes")
        self.digest.update(memoryview(buffer)[:count])
        return count


def _from_csv(stream: io.RawIOBase, column: str) -> tuple[Times, Clock]:
    times = TimeColumn()

    def take(row: list[str], positions: list[int]) -> None:
        cell = row[positions[0]] if positions[0] < len(row) else ""
        try:
            times.add(cell)
        except ValueError as error:
            raise ValueError(f"'{cell[:40]}' {error}") from None

    _rows_of_csv(stream, [column], take)
    return times.numbers(), times.clock()


def _rows_of_csv(
    stream: io.RawIOBase, columns: Sequence[str], take: Callable[[list[str], list[int]], None]
) -> None:
    """Give each row to who takes its cells; whatever is wrong with one is said with its line."""
    text = io.TextIOWrapper(io.BufferedReader(stream, _PIECE), encoding="utf-8-sig", newline="")
    lines = Lines(text)
    rows = csv.reader(lines)
    count = 0
    try:
        head = next(rows, [])
        positions = [_position(column, head) for column in columns]
        for row in rows:
            lines.of_row = 0
            if not row:
                continue
            try:
                take(row, positions)
            except ValueError as error:
                raise InvalidTable(f"line {rows.line_num}: {error}") from None
            count += 1
            if count > MOST_ROWS:
                raise InvalidTable(_too_many())
    except UnicodeDecodeError:
        raise InvalidTable(f"is not text in UTF-8 (after line {rows.line_num})") from None
    except csv.Error as error:
        raise InvalidTable(f"is not a CSV file: {error}") from None
    finally:
        text.detach().detach()  # who opened the file closes it


def _from_parquet(stream: io.FileIO, column: str) -> tuple[Times, Clock]:
    parquet, arrow = _arrow()
    try:
        file = parquet.ParquetFile(arrow.PythonFile(stream, mode="r"))
        schema = file.schema_arrow
        _position(column, [str(name) for name in schema.names])
        if file.metadata.num_rows > MOST_ROWS:
            raise InvalidTable(_too_many())
        kind = schema.field(column).type
        clock, per_second = _unit(column, kind, arrow.types)
        values = file.read(columns=[column]).column(0)
        if values.null_count:
            raise InvalidTable(f"has rows without a number in '{column}'", key="column")
        if not arrow.types.is_floating(kind):
            values = values.cast("int64")
        return np.asarray(values.to_numpy(), dtype=np.float64) / per_second, clock
    except (arrow.ArrowException, OSError, ValueError, TypeError) as error:
        first = str(error).splitlines()[0] if str(error) else "damaged"
        raise InvalidTable(
            f"is not a Parquet file with numbers or timestamps: {first[:100]}"
        ) from None


def _arrow() -> tuple[Any, Any]:
    try:
        return importlib.import_module("pyarrow.parquet"), importlib.import_module("pyarrow")
    except ImportError:
        hint = "install the extra 'table' (pip install 'windtunnel[table]'), or write a CSV file"
        raise InvalidTable("a Parquet file needs the package pyarrow", hint) from None


def _unit(column: str, kind: Any, types: Any) -> tuple[Clock, float]:
    """What a column of a type counts from, and how many of it are a second."""
    if types.is_timestamp(kind):
        return Clock.LOCAL if kind.tz is None else Clock.WORLD, PER_SECOND[kind.unit]
    if types.is_duration(kind):
        return Clock.COUNTED, PER_SECOND[kind.unit]
    if types.is_integer(kind) or types.is_floating(kind):
        return Clock.COUNTED, 1.0
    # A few bytes can stand for texts without end.
    raise TypeError(f"'{column}' is of type {kind}")


def _position(column: str, names: Sequence[str]) -> int:
    stripped = [name.strip() for name in names]
    if (marks := wrong_separator(stripped)) is not None:
        raise InvalidTable(f"has its columns parted by {marks}", "part them by commas")
    if is_twice(column, stripped):
        raise InvalidTable(f"names the column '{column}' twice", "give one of them another name")
    if column in stripped:
        return stripped.index(column)
    if not stripped:
        raise InvalidTable("is empty")
    close = difflib.get_close_matches(column, stripped, n=1, cutoff=0.6)
    listed = ", ".join(name[:40] for name in stripped[:12])
    hint = f"did you mean '{close[0][:40]}'?" if close else f"its columns: {listed}"
    raise InvalidTable(f"the file has no column '{column}'", hint, "column")


def _checked(times: Times, clock: Clock) -> tuple[Times, Clock]:
    """In seconds by their clock, and in order."""
    if times.size == 0:
        raise InvalidTable("has no arrivals")
    if times.size > MOST_ROWS:
        raise InvalidTable(_too_many())
    bad = np.flatnonzero(~np.isfinite(times) | ((times < 0) & (clock is Clock.COUNTED)))
    if bad.size:
        row = int(bad[0])
        raise InvalidTable(f"has {times[row]} as its arrival {row + 1:,}; times are 0 s or more")
    try:
        times, clock = in_seconds(times, clock)
    except UnclearTimes as error:
        raise InvalidTable(str(error), WANTED, "column") from None
    back = np.flatnonzero(np.diff(times) < 0)
    if back.size:
        row = int(back[0]) + 1
        message = (
            f"goes back from {times[row - 1]:.15g} s to {times[row]:.15g} s at arrival {row + 1:,}"
        )
        raise InvalidTable(message, "sort the times")
    return times, clock


def _too_many() -> str:
    return f"has more than {MOST_ROWS:,} arrivals"
