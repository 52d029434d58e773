"""Looking through a table of the catalog: filters, and rows for people."""

import dataclasses
import datetime
import math
from collections.abc import Mapping, Sequence
from typing import Any, get_args, get_origin

from models.catalog.errors import UnknownName
from models.catalog.records import TABLES, Catalog, Record

GIB = 2.0**30
HOUR = 3600.0
DAY = 24 * HOUR
YEAR = 365 * DAY
DECIMAL = ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""))
LONG = ((YEAR, "years"), (DAY, "d"), (HOUR, "h"), (60.0, "min"))
DURATIONS = (*LONG, (1.0, "s"), (1e-3, "ms"), (1e-6, "us"))


def select(catalog: Catalog, table: str, filters: Mapping[str, str]) -> list[Record]:
    """List the records of a table whose fields contain the given texts, whatever their case.

    Raises `UnknownName` for a table or a field that does not exist.
    """
    if table not in TABLES:
        raise UnknownName("table", table, TABLES)
    held = getattr(catalog, table)
    records: list[Record] = list(held.values() if isinstance(held, Mapping) else held)
    fields = tuple(field.name for field in dataclasses.fields(records[0])) if records else ()
    for field, wanted in filters.items():
        if records and field not in fields:
            raise UnknownName("field", field, fields, table)
        text = wanted.casefold()
        records = [row for row in records if text in _text(getattr(row, field)).casefold()]
    return records


def as_rows(records: Sequence[Record]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Write records of one table as headers and rows of text, in units that people read."""
    if not records:
        return (), []
    fields = dataclasses.fields(records[0])
    rows = [
        tuple(_cell(getattr(record, field.name), _unit(field.type)) for field in fields)
        for record in records
    ]
    return tuple(field.name for field in fields), rows


def _unit(annotation: Any) -> str:
    """Find the unit that rides in a type such as Annotated[float, "bytes"] or Mapping of it."""
    metadata = getattr(annotation, "__metadata__", None)
    if metadata:
        return str(metadata[0])
    if get_origin(annotation) is None and not get_args(annotation):
        return ""
    return next((unit for unit in map(_unit, get_args(annotation)) if unit), "")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return str(value)


def _cell(value: Any, unit: str) -> str:
    if value is None:
        return "-"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_cell(part, unit)}" for name, part in value.items())
    if isinstance(value, bool | str | tuple | datetime.date) or dataclasses.is_dataclass(value):
        return _text(value)
    if math.isinf(value):
        return "unlimited"
    if unit == "bytes" and value and math.isclose(value / GIB, round(value / GIB, 1)):
        return f"{value / GIB:g} GiB"
    if unit == "USD/byte":
        return f"{value * 1e12:.4g} USD/TB"
    if unit == "s":
        return _scaled(value, "", DURATIONS)
    if unit == "kg/J":
        return f"{value * 3.6e9:.4g} g/kWh"
    if unit in {"bytes", "bytes/s", "FLOP", "FLOP/s", "W"}:
        return _scaled(value, unit.replace("bytes", "B"), DECIMAL)
    # Counts and probabilities lose nothing to a shorter form; durability has eleven digits.
    return f"{value:.12g} {unit}".rstrip()


def _scaled(value: float, unit: str, scales: tuple[tuple[float, str], ...]) -> str:
    scale, prefix = next((one for one in scales if abs(value) >= one[0]), scales[-1])
    if value == 0:
        scale, prefix = next(one for one in scales if one[0] == 1.0)
    return f"{value / scale:.4g} {prefix}{unit}".rstrip()
