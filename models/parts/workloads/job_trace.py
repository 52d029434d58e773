"""Recorded jobs, from a CSV or Parquet file: when they were submitted, how long they ran."""

import csv
import difflib
import importlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from models.reading.headers import is_twice, wrong_separator
from models.reading.recorded_times import WANTED, TimeColumn, UnclearTimes, in_seconds
from models.reading.table_files import InvalidTable, Lines, check_lines, opened

Floats = NDArray[np.float64]
Role = Literal[
    "submit", "run", "estimate", "slots", "vcpus", "memory", "accelerators", "tasks", "class",
    "priority",
]  # fmt: skip
ROLES: tuple[Role, ...] = get_args(Role)
# Headers as they are in public traces, where the description names no column.
_HEADERS: Mapping[Role, tuple[str, ...]] = {
    "submit": ("submit", "submit_time", "submitted", "submitted_at"),
    "run": ("run", "run_time", "runtime", "duration"),
    "estimate": ("estimate", "requested_time", "time_limit"),
    "slots": ("slots",),
    "vcpus": ("vcpus", "vcpu", "cpus", "cpu_num"),
    "memory": ("memory", "mem"),
    "accelerators": ("accelerators", "gpus", "gpu_num"),
    "tasks": ("tasks", "node_num"),
    "class": ("class",),
    "priority": ("priority",),
}
# Of these the number is that of the whole job, which its tasks share.
# Source: S-Lab-System-Group/HeliosData, README.md at 106713b0: "number of GPUs required for the
# job", "number of CPUs required for the job", "number of nodes in the job".
_OF_JOB = frozenset(("cpu_num", "gpu_num"))
MOST_BYTES = 200_000_000
MOST_JOBS = 1_000_000
_MOST_CLASSES = 1000
_MOST_AMOUNT = 1e15
_MOST_PRIORITY = 10**9
_LARGEST_TIME = 1e11  # s, the year 5138 where times are counted from 1970


@dataclass(frozen=True, eq=False)
class JobTrace:
    """Recorded jobs in the order of their submission.

    Arguments:
        submitted: after the first of them, s.
        run_time: s.
        amounts: by the roles that the file has, of estimate (s), slots, vcpus, memory (bytes),
            accelerators and tasks, priority.
        classes: names, in the order of the file.
        job_class: of each job, by position; all 0 where the file names none.
        unread: headers of columns that hold no role.
        of_job: roles of amounts that are of all tasks of a job together, not of each.
    """

    submitted: Floats
    run_time: Floats
    amounts: Mapping[Role, Floats]
    classes: tuple[str, ...]
    job_class: NDArray[np.int64]
    unread: tuple[str, ...] = ()
    of_job: frozenset[Role] = frozenset()


def read_job_trace(
    file: str, folder: Path, columns: Mapping[Role, str] | None = None
) -> tuple[JobTrace, bytes]:
    """The recorded jobs, and the bytes of the file.

    Arguments:
        file: its name; it lies in the folder or below.
        folder: of the description.
        columns: headers by role, where they are not those that are usual.

    Raises:
        InvalidTable: the file is elsewhere, missing, too large or no table with such columns,
            or a value in it makes no sense; with its line.
    """
    match Path(file).suffix.lower():
        case ".csv":
            understand = _from_csv
        case ".parquet":
            understand = _from_parquet
        case _:
            raise InvalidTable(f"'{file}' is neither a .csv nor a .parquet file")

    def read(stream: io.FileIO) -> bytes:
        if understand is _from_csv:
            check_lines(stream, MOST_JOBS, "jobs")
        content = stream.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:  # it grew meanwhile
            raise InvalidTable(f"is larger than {MOST_BYTES:,} bytes")
        return content

    content = opened(file, folder, MOST_BYTES, read)
    return _trace(understand(content, columns or {})), content


@dataclass(frozen=True)
class _Table:
    """Columns as they are in the file, where each row is in it, and what the headers say.

    Arguments:
        columns: by role.
        line: place of a row.
        unread: headers without a role.
        of_job: roles of which the header says that it counts all tasks of a job.
    """

    columns: Mapping[Role, Sequence[Any]]
    line: Callable[[int], str]
    unread: tuple[str, ...]
    of_job: frozenset[Role]


def _from_csv(content: bytes, columns: Mapping[Role, str]) -> _Table:
    text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")
    numbered = Lines(text)
    rows = csv.reader(numbered, strict=True)
    try:
        header = next(rows, [])
        places = _places(header, columns)
        cells: dict[Role, list[str]] = {role: [] for role in places}
        lines: list[int] = []
        for row in rows:
            numbered.of_row = 0
            if not row:
                continue
            lines.append(rows.line_num)
            for role, place in places.items():
                cells[role].append(row[place].strip() if place < len(row) else "")
    except UnicodeDecodeError:
        raise InvalidTable(f"is not text in UTF-8 (after line {rows.line_num})") from None
    except csv.Error as error:
        raise InvalidTable(f"line {rows.line_num}: is not CSV: {error}") from None
    told = _unread(header, places), _of_job(header, places, columns)
    return _Table(cells, lambda row: f"line {lines[row]:,}", *told)


def _from_parquet(content: bytes, columns: Mapping[Role, str]) -> _Table:
    try:
        parquet = importlib.import_module("pyarrow.parquet")
        arrow = importlib.import_module("pyarrow")
    except ImportError:
        hint = "install the extra 'table' (pip install 'windtunnel[table]'), or write a CSV file"
        raise InvalidTable("a Parquet file needs the package pyarrow", hint) from None
    try:
        file = parquet.ParquetFile(arrow.BufferReader(content))
        names = [str(name) for name in file.schema_arrow.names]
        places = _places(names, columns)
        if file.metadata.num_rows > MOST_JOBS:
            raise InvalidTable(f"has more than {MOST_JOBS:,} jobs")
        table = file.read(columns=[names[place] for place in places.values()])
        cells = {role: table.column(names[place]).to_pylist() for role, place in places.items()}
    except (arrow.ArrowException, OSError, ValueError, TypeError, OverflowError) as error:
        first = str(error).splitlines()[0] if str(error) else "damaged"
        raise InvalidTable(f"is not a Parquet file of jobs: {first[:100]}") from None
    told = _unread(names, places), _of_job(names, places, columns)
    return _Table(cells, lambda row: f"row {row + 1:,}", *told)


def _places(header: Sequence[str], columns: Mapping[Role, str]) -> dict[Role, int]:
    """Where the column of each role is; those of submit and run must be there."""
    names = [name.strip() for name in header]
    if not names:
        raise InvalidTable("is empty")
    if (marks := wrong_separator(names)) is not None:
        raise InvalidTable(f"has its columns parted by {marks}", "part them by commas")
    places: dict[Role, int] = {}
    for role in ROLES:
        if role in columns:
            if columns[role] not in names:
                raise _no_column(columns[role], names, "columns")
            places[role] = names.index(columns[role])
            continue
        known = [name for name in _HEADERS[role] if name in names]
        if known:
            places[role] = names.index(known[0])
        elif role in ("submit", "run"):
            raise _no_column(role, names, "columns")
    for place in places.values():
        if is_twice(names[place], names):
            message = f"names the column '{_shown(names[place])}' twice"
            raise InvalidTable(message, "give one of them another name")
    return places


def _unread(header: Sequence[str], places: Mapping[Role, int]) -> tuple[str, ...]:
    read = set(places.values())
    return tuple(_shown(name.strip()) for k, name in enumerate(header) if k not in read)


def _of_job(
    header: Sequence[str], places: Mapping[Role, int], columns: Mapping[Role, str]
) -> frozenset[Role]:
    """Roles whose header counts all tasks; a column that the description names is of a task."""
    named = {role: header[place].strip() for role, place in places.items() if role not in columns}
    return frozenset(role for role, name in named.items() if name in _OF_JOB)


def _no_column(name: str, names: Sequence[str], key: str) -> InvalidTable:
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    listed = ", ".join(_shown(one) for one in names[:12])
    hint = f"did you mean '{_shown(close[0])}'?" if close else f"its columns: {listed}"
    return InvalidTable(f"the file has no column '{name}'", hint, key)


def _trace(table: _Table) -> JobTrace:
    count = len(table.columns["submit"])
    if count == 0:
        raise InvalidTable("has no jobs")
    submitted = _times(table)
    run_time = _numbers(table, "run", 0.0, _LARGEST_TIME)
    amounts: dict[Role, Floats] = {}
    for role in ("slots", "vcpus", "memory", "accelerators"):
        if role in table.columns:
            amounts[role] = _numbers(table, role, 0.0, _MOST_AMOUNT)
    if "estimate" in table.columns:
        # A job that runs longer than was said is not ended here.
        estimate = _numbers(table, "estimate", 0.0, _LARGEST_TIME)
        amounts["estimate"] = np.maximum(estimate, run_time)
    if "tasks" in table.columns:
        amounts["tasks"] = _numbers(table, "tasks", 1.0, 1e6, whole=True)
    if "priority" in table.columns:
        most = float(_MOST_PRIORITY)
        amounts["priority"] = _numbers(table, "priority", -most, most, whole=True)
    classes, job_class = _classes(table, count)
    order = np.argsort(submitted, kind="stable")  # traces are often sorted by something else
    return JobTrace(
        submitted[order] - submitted[order[0]],
        run_time[order],
        {role: values[order] for role, values in amounts.items()},
        classes,
        job_class[order],
        table.unread,
        table.of_job,
    )


def _numbers(table: _Table, role: Role, least: float, most: float, whole: bool = False) -> Floats:
    cells = table.columns[role]
    try:
        values = np.array(cells, dtype=np.float64)
    except (ValueError, TypeError):
        row = next(k for k, cell in enumerate(cells) if not _is_number(cell))
        raise _bad(table, role, row, "is not a number") from None
    wrong = ~((values >= least) & (values <= most))
    if whole:
        wrong |= values != np.floor(values)
    if wrong.any():
        kind = "a whole number" if whole else "a number"
        row = int(np.flatnonzero(wrong)[0])
        raise _bad(table, role, row, f"is not {kind} from {least:,g} to {most:,g}")
    return values


def _is_number(cell: object) -> bool:
    try:
        float(cell)  # type: ignore[arg-type]  # whatever the file has
    except (ValueError, TypeError):
        return False
    return True


def _times(table: _Table) -> Floats:
    """Seconds from whatever clock."""
    column = TimeColumn()
    for row, cell in enumerate(table.columns["submit"]):
        try:
            column.add(cell)
        except ValueError as error:
            raise _bad(table, "submit", row, str(error)) from None
    numbers = column.numbers()
    wrong = np.flatnonzero(~np.isfinite(numbers))
    if wrong.size:
        raise _bad(table, "submit", int(wrong[0]), "is not a number")
    try:
        return in_seconds(numbers, column.clock())[0]
    except UnclearTimes as error:
        raise InvalidTable(str(error), WANTED) from None


def _classes(table: _Table, count: int) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    if "class" not in table.columns:
        return ("jobs",), np.zeros(count, np.int64)
    places: dict[str, int] = {}
    numbers = np.empty(count, np.int64)
    for row, cell in enumerate(table.columns["class"]):
        name = str(cell if cell is not None else "").strip()
        if not (0 < len(name) <= 100 and name.isprintable()):
            raise _bad(table, "class", row, "is not a name of 1 to 100 characters")
        numbers[row] = places.setdefault(name, len(places))
        if len(places) > _MOST_CLASSES:
            raise InvalidTable(f"has more than {_MOST_CLASSES:,} classes")
    return tuple(places), numbers


def _bad(table: _Table, role: Role, row: int, what: str) -> InvalidTable:
    cell = table.columns[role][row]
    return InvalidTable(f"{table.line(row)}: '{_shown(cell)}' as {role} {what}")


def _shown(cell: object) -> str:
    """What a file holds, for a message: short, and without control characters."""
    text = "" if cell is None else str(cell)
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text[:40])
