"""Reading the catalog's tables.

A `date` is the day on which the named source was published or read, so that a reader can judge
how far the fact may have moved since; it is a lower bound where the note says so.
"""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models.catalog.errors import CatalogError, NoTables
from models.catalog.own_prices import own_prices
from models.catalog.own_steps import NAMED_BY as STEPS_NAMED_BY
from models.catalog.own_steps import TABLES as STEP_TABLES
from models.catalog.own_steps import own_steps
from models.catalog.parse import PARSERS, key
from models.catalog.records import TABLES, Catalog, Record
from models.catalog.rows import read_rows

SHIPPED = Path(__file__).parent / "tables"
LISTS = ("prices", "measured_rates", "storage_cost_by_year")


def load_catalog(folder: Path | None = None) -> Catalog:
    """Read every table of a folder, the shipped one by default, into records in SI units.

    Over the shipped prices lie a user's own, where there are any: a row of theirs takes the place
    of the shipped one of the same item, region, unit and purchase. So do a user's calibrations of
    training steps, by software and generation, and their errors, by software and regime.

    Raises `CatalogError` at the first cell that cannot be read and at the second row of one key.
    """
    over = _own_tables() if folder is None else {}
    folder = SHIPPED if folder is None else folder
    tables: dict[str, Any] = {}
    for table in TABLES:
        records = _read_table(folder / f"{table}.csv")
        if table in over:
            records |= _read_table(over[table], table)
        if table in LISTS:
            tables[table] = tuple(records.values())
        else:
            tables[table] = {
                name if len(name) > 1 else name[0]: record for name, record in records.items()
            }
    return Catalog(**tables, digest=digest(folder, over))


def _own_tables() -> dict[str, Path]:
    """A user's own tables that are there, by the name of the shipped one that each lies over."""
    prices, steps = own_prices(), own_steps()
    found = {"prices": prices} if prices is not None else {}
    if steps is not None:
        found |= {name: steps / f"{name}.csv" for name in STEP_TABLES}
    there = {name: path for name, path in found.items() if path.exists()}
    if os.environ.get(STEPS_NAMED_BY) and not there.keys() & set(STEP_TABLES):
        raise NoTables(STEPS_NAMED_BY, str(steps), STEP_TABLES)
    return there


def _read_table(path: Path, table: str = "") -> dict[tuple[str, ...], Record]:
    parse = PARSERS[table or path.stem]
    records: dict[tuple[str, ...], Record] = {}
    for row in read_rows(path):
        record = parse(row)
        name = key(record)
        if name in records:
            raise row.refuse(next(iter(row.columns)), f"a second row of {' '.join(name)}")
        records[name] = record
    return records


def digest(folder: Path | None = None, over: Mapping[str, Path] | None = None) -> str:
    """Hash the tables of a folder (SHA-256, hexadecimal), and what lies over it, for a report."""
    folder = SHIPPED if folder is None else folder
    sha = hashlib.sha256()
    for table in sorted(TABLES):
        try:
            content = (folder / f"{table}.csv").read_bytes()
        except OSError as error:
            raise CatalogError(f"{table}.csv", 1, "", f"cannot be read: {error.strerror}") from None
        sha.update(f"{table} {len(content)}\n".encode())
        sha.update(content)
    for table, path in sorted((over or {}).items()):
        sha.update(f"own {table}\n".encode() + path.read_bytes())
    return sha.hexdigest()
