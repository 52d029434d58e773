"""Heads of tables that people bring: which column holds what, and why a table is none."""

from collections.abc import Sequence

_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def wrong_separator(names: Sequence[str]) -> str | None:
    """What parts the columns of a CSV file instead of commas; None where commas may.

    Arguments:
        names: of the columns, as commas part them.
    """
    if len(names) != 1:
        return None
    return next((name for mark, name in _SEPARATORS.items() if mark in names[0]), None)


def is_twice(name: str, names: Sequence[str]) -> bool:
    """Whether a head has a name more than once, so that nobody knows which column is meant.

    Arguments:
        name: of the column that is looked for.
        names: of all columns.
    """
    return list(names).count(name) > 1
