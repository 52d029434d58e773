"""Rows of plain values as one table: comma-separated, or Parquet."""

import csv
import io
from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]


def columns_of(rows: Sequence[Row]) -> list[str]:
    """Names of all columns: those of the fullest row as it has them, then what only others have.

    Arguments:
        rows: plain values by the name of their column.
    """
    fullest = max(rows, key=len, default={})
    return list(dict.fromkeys([*fullest, *(name for row in rows for name in row)]))


def as_csv(rows: Sequence[Row]) -> bytes:
    """The table with a head, a row a line; what is not known is empty.

    Arguments:
        rows: plain values by the name of their column.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = columns_of(rows)
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in names])
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else value


def as_parquet(rows: Sequence[Row]) -> bytes:
    """The table as a Parquet file; a column of numbers and texts is one of texts.

    Arguments:
        rows: plain values by the name of their column.

    Raises:
        ImportError: pyarrow is not installed.
    """
    import pyarrow
    from pyarrow import parquet

    table = pyarrow.table(
        {name: _typed([row.get(name) for row in rows]) for name in columns_of(rows)}
    )
    sink = io.BytesIO()
    parquet.write_table(table, sink)
    return sink.getvalue()


def _typed(values: Sequence[Any]) -> list[Any]:
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int, float} and float in kinds:
        return [None if value is None else float(value) for value in values]
    if len(kinds) > 1:
        return [None if value is None else str(_cell(value)) for value in values]
    return list(values)
