"""What the description of a network leaves to tables beside it: rates, and measured durations."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from models.description.quantities import DURATION, RATE, parse
from models.queueing.traces import read_cells
from models.reading.faults import Fault, PathInFile
from models.reading.recorded_times import Times
from models.reading.table_files import InvalidTable

_MOST_VALUES = 100_000
_DIGITS = 5  # of measured durations, where there are more different ones than that


@dataclass
class Tables:
    """A description with the rows of its tables in their places.

    Arguments:
        tree: the plain values.
        faults: what is wrong with the tables.
        digests: of the files.
        recorded: what is recorded beside each arrival of a trace, in the order of its rows:
            services at a station, s, by class/station, and the servers that are taken at once there
            by class/station/slots.
    """

    tree: dict[str, Any]
    faults: list[Fault] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    recorded: dict[str, Times] = field(default_factory=dict)


def with_tables(tree: dict[str, Any], folder: Path) -> Tables:
    """Put the rows of the tables that a description names into their places.

    Arguments:
        tree: the plain values of the file, of any shape.
        folder: of the description; the files are there or below.
    """
    tables = Tables(tree)
    for path, part in list(_parts(tree, ())):
        try:
            rows = _rows(path, part, tree, folder, tables)
        except InvalidTable as error:
            key = error.key if error.key in ("column", "unit") else "file"
            tables.faults.append(Fault((*path, key), error.message, error.hint))
            continue
        if rows is not None:
            tables.tree = _with(tables.tree, path, rows)
    return tables


def _parts(tree: object, path: PathInFile) -> Iterator[tuple[PathInFile, Mapping[str, Any]]]:
    if isinstance(tree, Mapping):
        yield path, tree
        for key, value in tree.items():
            yield from _parts(value, (*path, key))
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from _parts(value, (*path, index))


def _rows(
    path: PathInFile, part: Mapping[str, Any], tree: dict[str, Any], folder: Path, tables: Tables
) -> dict[str, Any] | int | None:
    """What takes the place of a part with the rows of its table; None where it has none."""
    if part.get("kind") == "time-varying" and isinstance(part.get("file"), str):
        if part.get("intervals"):
            raise InvalidTable("is given beside intervals", "leave out one of them")
        return {**part, "intervals": _intervals(part, folder, tables)}
    if part.get("distribution") == "empirical" and isinstance(part.get("file"), str):
        if part.get("values"):
            raise InvalidTable("is given beside values", "leave out one of them")
        column = str(part.get("column", "duration"))
        cells, digest = read_cells(part["file"], [column], folder)
        tables.digests.append(digest)
        return {**part, **_measured(durations(cells[column]))}
    if part.get("distribution") == "trace" and len(path) == 4 and path[2] == "service":
        values = durations(_beside_arrivals(path, part, path[3], tree, folder, tables))
        tables.recorded[f"{path[1]}/{path[3]}"] = np.array(values)
        return {"distribution": "empirical", **_measured(values)}
    if part.get("distribution") == "trace" and len(path) == 4 and path[2] == "slots":
        numbers = _slots(_beside_arrivals(path, part, "slots", tree, folder, tables))
        tables.recorded[f"{path[1]}/{path[3]}/slots"] = np.array(numbers, dtype=np.float64)
        return max(numbers)
    return None


def _beside_arrivals(
    path: PathInFile,
    part: Mapping[str, Any],
    named: object,
    tree: dict[str, Any],
    folder: Path,
    tables: Tables,
) -> Sequence[object]:
    """The cells of what is recorded beside the arrivals of a class, in a column so named."""
    unknown = sorted(part.keys() - {"distribution", "column"})
    if unknown:
        hint = "known here: distribution, column; the file is that of the arrivals"
        raise InvalidTable(f"has '{unknown[0]}', which is not a known key", hint)
    customers = tree["classes"][path[1]]
    arrivals = customers.get("arrivals")
    if not isinstance(arrivals, Mapping) or arrivals.get("kind") != "trace":
        other = "a whole number" if path[2] == "slots" else "a distribution of kind 'empirical'"
        raise InvalidTable(
            "is recorded beside arrivals, but the arrivals of the class are no trace",
            f"give arrivals of kind 'trace', or {other}",
        )
    column = str(part.get("column", named))
    cells, digest = read_cells(str(arrivals.get("file")), [column], folder)
    tables.digests.append(digest)
    return cells[column]


def _slots(cells: Sequence[object]) -> list[int]:
    """Numbers of servers that customers take at once; one or more."""
    if not cells:
        raise InvalidTable("has no rows")
    values = []
    for row, cell in enumerate(cells, 1):
        value = _number(cell)
        if value is None or not 1 <= value < math.inf or value != int(value):
            text = str(cell).strip()[:40]
            message = f"row {row}: '{text}' is no number of servers"
            raise InvalidTable(message, "write whole numbers of 1 or more", "column")
        values.append(int(value))
    return values


def _measured(values: Sequence[float]) -> dict[str, Any]:
    """Values of a distribution with how often each was measured."""
    if not values:
        raise InvalidTable("has no rows")
    found, counts = np.unique(np.array(values), return_counts=True)
    if len(found) > _MOST_VALUES:
        rounded = [float(f"{value:.{_DIGITS}g}") for value in values]
        found, counts = np.unique(np.array(rounded), return_counts=True)
    weights = [float(count) for count in counts]
    return {"values": [f"{float(value)!r} s" for value in found], "weights": weights}


def _intervals(part: Mapping[str, Any], folder: Path, tables: Tables) -> list[dict[str, str]]:
    column, starts = str(part.get("column", "rate")), part.get("starts")
    names = [column] if starts is None else [column, str(starts)]
    cells, digest = read_cells(part["file"], names, folder)
    tables.digests.append(digest)
    rates = [_rate(cell, part.get("unit"), row) for row, cell in enumerate(cells[column], 1)]
    if starts is not None:
        begins = durations(cells[str(starts)])
    else:
        try:
            period = parse(part.get("period"), DURATION)
        except ValueError:
            period = 1.0  # it is told as a fault of its own
        begins = [period * row / len(rates) for row in range(len(rates))]
    return [
        {"start": f"{begin!r} s", "rate": rate} for begin, rate in zip(begins, rates, strict=True)
    ]


def _rate(cell: object, unit: object, row: int) -> str:
    """A rate as it is written, in the unit of its cell or of all cells."""
    number, text = _number(cell), str(cell).strip()
    if number is not None and isinstance(unit, str) and unit in RATE.units:
        value, text = number * RATE.units[unit], f"{number!r}{unit}"
    elif number is not None and isinstance(unit, str):
        raise InvalidTable(f"unit is '{unit[:40]}'", f"one of {', '.join(RATE.units)}", "unit")
    elif number is not None:
        hint = "give its unit beside the file, such as unit: /h, or write '120/h'"
        raise InvalidTable(f"row {row}: '{str(cell)[:40]}' is a rate without a unit", hint)
    else:
        try:
            value = parse(text, RATE)
        except ValueError as error:
            raise InvalidTable(f"row {row}: {error}") from None
    if not 0 <= value < math.inf:
        raise InvalidTable(f"row {row}: '{str(cell)[:40]}' is no rate; it is 0 or more")
    return text


def durations(cells: Sequence[object]) -> list[float]:
    """Durations of a column, s: numbers of seconds, or durations with their unit.

    Arguments:
        cells: of the column.

    Raises:
        InvalidTable: one that is neither, or negative.
    """
    values = []
    for row, cell in enumerate(cells, 1):
        value = _number(cell)
        if value is None:
            try:
                value = parse(str(cell).strip(), DURATION)
            except ValueError as error:
                hint = "write numbers of seconds, or durations such as '3 min'"
                raise InvalidTable(f"row {row}: {error}", hint) from None
        if not 0 <= value < math.inf:
            raise InvalidTable(f"row {row}: '{str(cell)[:40]}' is no duration; it is 0 s or more")
        values.append(value)
    return values


def _number(cell: object) -> float | None:
    if isinstance(cell, bool):
        return None
    try:
        return float(cell)  # type: ignore[arg-type]  # whatever the table has
    except (TypeError, ValueError):
        return None


def _with(tree: Any, path: PathInFile, value: object) -> Any:
    """The same values with another at a path."""
    if not path:
        return value
    step, *rest = path
    if isinstance(tree, list):
        return [_with(one, tuple(rest), value) if i == step else one for i, one in enumerate(tree)]
    return {**tree, step: _with(tree[step], tuple(rest), value)}
