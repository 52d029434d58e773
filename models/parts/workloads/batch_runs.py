"""Measured runs of a job, from a CSV file beside the stack file: machines, scale of data, time."""

import csv
import difflib
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from models.laws.ernest import Ernest, fit_ernest
from models.parts.workloads.batch import RunColumn
from models.reading.headers import is_twice, wrong_separator
from models.reading.table_files import InvalidTable, Lines, check_lines, opened

COLUMNS: tuple[RunColumn, ...] = get_args(RunColumn)
_MOST_BYTES = 10_000_000
_MOST_RUNS = 10_000
_FEWEST_RUNS = 4  # as many as the law has coefficients
_WANTED = {"machines": "1 or more", "scale": "0 or more", "time": "more than 0 s"}


@dataclass(frozen=True)
class MeasuredRuns:
    """Measured runs, and the law that was fitted to them.

    Arguments:
        law: of Ernest.
        machines: of each run.
        scales: of the data of each run.
        times: of each run, s.
    """

    law: Ernest
    machines: tuple[float, ...]
    scales: tuple[float, ...]
    times: tuple[float, ...]

    def covers(self, machines: float, scale: float) -> bool:
        """Whether runs with no fewer, and with no more, of both are among them.

        Arguments:
            machines: that a job runs on.
            scale: of its data.
        """
        return min(self.machines) <= machines <= max(self.machines) and min(
            self.scales
        ) <= scale <= max(self.scales)


def read_runs(
    file: str, folder: Path, columns: Mapping[RunColumn, str], cached: bool = False
) -> tuple[MeasuredRuns, bytes]:
    """The runs of a file with the law that fits them, and the bytes of the file.

    Arguments:
        file: its name; it lies in the folder or below.
        folder: of the description.
        columns: headers by what they hold, where they are others.
        cached: the job keeps its data in memory.

    Raises:
        InvalidTable: the file is elsewhere, missing, too large or no table of runs; with its line.
    """

    def read(stream: io.FileIO) -> bytes:
        check_lines(stream, _MOST_RUNS, "runs")
        return stream.read(_MOST_BYTES)

    content = opened(file, folder, _MOST_BYTES, read)
    found = _runs(content, columns)
    if len(found["time"]) < _FEWEST_RUNS:
        raise InvalidTable(
            f"has {len(found['time'])} runs; the law has four coefficients and wants as many runs"
        )
    law = fit_ernest(found["machines"], found["scale"], found["time"], cached)
    runs = (tuple(found[name]) for name in COLUMNS)
    return MeasuredRuns(law, *runs), content


def _runs(content: bytes, columns: Mapping[RunColumn, str]) -> dict[str, list[float]]:
    text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")
    numbered = Lines(text)
    rows = csv.reader(numbered, strict=True)
    found: dict[str, list[float]] = {name: [] for name in COLUMNS}
    try:
        places = _places([name.strip() for name in next(rows, [])], columns)
        for row in rows:
            numbered.of_row = 0
            if not row:
                continue
            for name in COLUMNS:
                cell = "1" if name not in places else _cell(row, places[name])
                found[name].append(_number(cell, name, rows.line_num))
    except UnicodeDecodeError:
        raise InvalidTable(f"is not text in UTF-8 (after line {rows.line_num})") from None
    except csv.Error as error:
        raise InvalidTable(f"line {rows.line_num}: is not CSV: {error}") from None
    return found


def _places(names: list[str], columns: Mapping[RunColumn, str]) -> dict[str, int]:
    """Where each column is; without a scale, all runs were over the same data."""
    if not names:
        raise InvalidTable("is empty")
    if (marks := wrong_separator(names)) is not None:
        raise InvalidTable(f"has its columns parted by {marks}", "part them by commas")
    places: dict[str, int] = {}
    for name in COLUMNS:
        wanted = columns.get(name, name)
        if wanted not in names:
            if name == "scale" and name not in columns:
                continue
            close = difflib.get_close_matches(wanted, names, n=1, cutoff=0.5)
            hint = f"did you mean '{close[0]}'?" if close else f"its columns: {', '.join(names)}"
            raise InvalidTable(f"the file has no column '{wanted}'", hint, "columns")
        if is_twice(wanted, names):
            raise InvalidTable(f"names the column '{wanted}' twice", "give one another name")
        places[name] = names.index(wanted)
    return places


def _cell(row: list[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def _number(cell: str, name: str, line: int) -> float:
    try:
        value = float(cell)
    except ValueError:
        raise InvalidTable(f"line {line:,}: {name} '{cell}' is not a number") from None
    enough = {"machines": value >= 1, "scale": value >= 0, "time": value > 0}
    if not (math.isfinite(value) and enough[name]):
        raise InvalidTable(f"line {line:,}: {name} is {cell}; it must be {_WANTED[name]}")
    return value
