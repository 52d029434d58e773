"""Finding rows by name."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from models.catalog.errors import UnknownName

R = TypeVar("R")


def narrow(rows: Sequence[R], wanted: Mapping[str, str], what: str) -> list[R]:
    """Keep the rows whose fields equal `wanted`, field after field.

    Raises `UnknownName` for the first field that leaves no row, with the values it could have had.
    """
    met: list[str] = []
    kept = list(rows)
    for field, value in wanted.items():
        matching = [row for row in kept if getattr(row, field) == value]
        if not matching:
            choices = distinct(getattr(row, field) for row in kept)
            raise UnknownName(field, value, choices, " ".join([what, *met]))
        kept = matching
        met.append(value)
    return kept


def distinct(names: Iterable[Any]) -> tuple[str, ...]:
    """Drop repetitions and keep the order, which is that of the tables."""
    return tuple(dict.fromkeys(str(name) for name in names))
