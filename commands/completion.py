"""What a shell completes: names of the catalog and of its tables, and paths of a file."""

import contextlib
import io
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import typer

from models.description.plain_values import said


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
    """Paths of the values of the file that is named before, and names of the catalog for them.

    A path alone has the value of the file beside it.

    Arguments:
        ctx: what the command line says already.
        incomplete: what is typed already of PATH=VALUE, or of PATH=VALUE,VALUE.
    """
    path, given, values = incomplete.partition("=")
    if given:
        earlier, comma, last = values.rpartition(",")
        known = _names(path.rpartition(".")[2], _tree(ctx).get("cloud"))
        return [f"{path}={earlier}{comma}{one}" for one in known if one.startswith(last)]
    found = {one: value for one, value in _values(ctx).items() if one.startswith(incomplete)}
    if len(found) != 1:
        return [f"{one}=" for one in found]
    # With one choice alone the shell would put a space behind the sign.
    [(one, value)] = found.items()
    return [f"{one}=", f"{one}={said(value)}"]


def figures(incomplete: str) -> list[str]:
    """Figures that can be explained of any stack, and begin so.

    Arguments:
        incomplete: what is typed already.
    """
    words = ("time", "latency", "throughput", "cost", "availability", "energy", "durability")
    return [one for one in words if one.startswith(incomplete)]


def _names(key: str, cloud: Any) -> list[str]:
    """What the catalog knows that may stand under a key, of the file's cloud where it has one."""
    from models.catalog.load import load_catalog

    catalog = load_catalog()
    if key == "purchase":
        return list(dict.fromkeys(one.purchase for one in catalog.prices))
    if key in ("network", "software"):
        return list({"network": catalog.neural_networks, "software": catalog.software}[key])
    tables: Mapping[str, Iterable[tuple[str, str]]] = {
        "instance": catalog.instances,
        "region": catalog.regions,
        "service": catalog.storage_services,
    }
    pairs = list(tables.get(key, ()))
    clouds = {provider for provider, _ in pairs}
    return list(dict.fromkeys(name for at, name in pairs if cloud not in clouds or at == cloud))


@contextlib.contextmanager
def bash_words() -> Iterator[None]:
    """Put words together that Bash breaks at an equals sign, and answer with the last part alone.

    Bash calls for a completion of PATH=VALUE with three words, and puts what it is told in the
    place of the last.
    """
    if os.environ.get("_WINDTUNNEL_COMPLETE") != "complete_bash":
        yield
        return
    words = os.environ.get("COMP_WORDS", "").split("\n")
    cut = int(os.environ.get("COMP_CWORD") or 0) + 1
    words, later = words[:cut], words[cut:]
    try:
        sign = len(words) - 1 - words[-2:][::-1].index("=")
    except ValueError:
        yield
        return
    joined = [*words[: sign - 1], "".join(words[sign - 1 :])]
    os.environ |= {"COMP_WORDS": "\n".join([*joined, *later]), "COMP_CWORD": str(len(joined) - 1)}
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        try:
            yield
        finally:
            before = f"{words[sign - 1]}="
            lines = [line.removeprefix(before) for line in told.getvalue().splitlines()]
            print("\n".join(lines), file=sys.__stdout__)


def kept(ctx: typer.Context, incomplete: str) -> list[str]:
    """The same paths where no value follows.

    Arguments:
        ctx: what the command line says already.
        incomplete: what is typed already.
    """
    return [one for one in _values(ctx) if one.startswith(incomplete)]


def _values(ctx: typer.Context) -> dict[str, Any]:
    """Values of the file by path."""
    return dict(_leaves(_tree(ctx), "")) if _tree(ctx) else {}


def _tree(ctx: typer.Context) -> Mapping[str, Any]:
    """The plain values of the file that is named before; empty where there is none to be read."""
    from models.reading.document import read_document
    from models.reading.faults import InvalidDescription

    # An option whose value is still to come leaves all other words as they are.
    file = next((word for word in ctx.args if Path(word).is_file()), None)
    if file is None:
        return {}
    try:
        return read_document(file).tree
    except InvalidDescription:
        return {}  # it is told when the command runs


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _leaves(one, f"{path}.{key}" if path else str(key))
    else:
        yield path, value
