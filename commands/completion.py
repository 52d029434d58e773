"""What a shell completes: names of the catalog and of its tables, and paths of a file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer


def tables(incomplete: str) -> list[str]:
    """Tables of the catalog that begin so.

    Arguments:
        incomplete: what is typed already.
    """
    from models.catalog.records import TABLES

    return [name for name in (*TABLES, "refresh") if name.startswith(incomplete)]


def instances(incomplete: str) -> list[str]:
    """Instances of the catalog that begin so.

    Arguments:
        incomplete: what is typed already.
    """
    from models.catalog.load import load_catalog

    names = dict.fromkeys(name for _, name in load_catalog().instances)
    return [name for name in names if name.startswith(incomplete)]


def regions(incomplete: str) -> list[str]:
    """Regions of all clouds that begin so.

    Arguments:
        incomplete: what is typed already.
    """
    from models.catalog.load import load_catalog

    return [name for _, name in load_catalog().regions if name.startswith(incomplete)]


def paths(ctx: typer.Context, incomplete: str) -> list[str]:
    """Paths of the values of the file that is named before, and instances and regions for them.

    Arguments:
        ctx: what the command line says already.
        incomplete: what is typed already of PATH=VALUE.
    """
    path, given, value = incomplete.partition("=")
    if given:
        known = {"instance": instances, "region": regions}.get(path.rpartition(".")[2])
        return [f"{path}={one}" for one in known(value)] if known else []
    return [f"{one}=" for one in _values(ctx) if one.startswith(incomplete)]


def kept(ctx: typer.Context, incomplete: str) -> list[str]:
    """The same paths where no value follows.

    Arguments:
        ctx: what the command line says already.
        incomplete: what is typed already.
    """
    return [one for one in _values(ctx) if one.startswith(incomplete)]


def _values(ctx: typer.Context) -> list[str]:
    from models.reading.document import read_document
    from models.reading.faults import InvalidDescription

    # An option whose value is still to come leaves all other words as they are.
    file = next((word for word in ctx.args if Path(word).is_file()), None)
    if file is None:
        return []
    try:
        return list(_leaves(read_document(file).tree, ""))
    except InvalidDescription:
        return []  # it is told when the command runs


def _leaves(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _leaves(one, f"{path}.{key}" if path else str(key))
    else:
        yield path
