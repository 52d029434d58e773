"""Values of a description that are varied: a path, and what may stand there."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from models.reading.faults import Fault, InvalidDescription
from models.reading.yaml_tree import parse_yaml

_NUMBER = r"[-+]?\d+(?:\.\d+)?"
# 1..16, 0.5 h..4 h:0.5 h
_RANGE = re.compile(
    rf"(?P<first>{_NUMBER})\s*(?P<unit>[^\d.:][^.:]*)?\.\.(?P<last>{_NUMBER})\s*(?P<of_last>[^:]*?)"
    rf"(?::(?P<step>{_NUMBER})\s*(?P<of_step>.*))?"
)
_MOST = 100_000  # values of one range


@dataclass(frozen=True)
class Axis:
    """A value of a description, and what may stand in its place.

    Arguments:
        path: of the value, such as nodes.trainers.count.
        values: that it may have, in order; no two alike.
    """

    path: str
    values: tuple[Any, ...]


def parse_variations(texts: Sequence[str]) -> tuple[Axis, ...]:
    """Read what a command line varies: "nodes.trainers.count=1,2,4" or "nodes.trainers.count=1..8".

    Arguments:
        texts: a path, an equals sign and values each; commas between them, as in a list of YAML.

    Raises:
        InvalidDescription: a text that says no values, or a path that is there twice.
    """
    axes: dict[str, Axis] = {}
    for text in texts:
        path, equals, values = text.partition("=")
        if not equals or not path:
            raise InvalidDescription("--vary", [Fault((), f"'{text[:60]}' is not PATH=V1,V2,...")])
        if path in axes:
            raise InvalidDescription(f"--vary {path}", [Fault((), "is there twice")])
        axes[path] = Axis(path, _values(path, values))
    return tuple(axes.values())


def _values(path: str, text: str) -> tuple[Any, ...]:
    where = f"--vary {path}"
    content = f"values: [{text}]".encode(errors="surrogateescape")
    try:
        tree, _ = parse_yaml("--vary", content)
    except InvalidDescription as error:
        faults = [replace(fault, path=fault.path[1:], line=None) for fault in error.faults]
        raise InvalidDescription(where, faults) from None
    if tree.keys() != {"values"} or not tree["values"]:
        raise InvalidDescription(where, [Fault((), "has no values; give them as V1,V2,...")])
    found: list[Any] = []
    for one in tree["values"]:
        for value in _range(where, one) if isinstance(one, str) and ".." in one else (one,):
            if not any(value == known and type(value) is type(known) for known in found):
                found.append(value)
    return tuple(found)


def _range(where: str, text: str) -> Iterator[Any]:
    """The values of a range: whole numbers by one, or quantities of one unit by a step."""
    match = _RANGE.fullmatch(text.strip())
    if match is None:
        raise InvalidDescription(where, [Fault((), f"'{text}' is no range", _HOW)])
    unit = (match["unit"] or "").strip()
    others = [match["of_last"], match["of_step"]] if match["step"] else [match["of_last"]]
    if any(other.strip() != unit for other in others):
        raise InvalidDescription(where, [Fault((), f"'{text}' mixes units", _HOW)])
    whole = not unit and "." not in match["first"] + match["last"] + (match["step"] or "")
    if match["step"] is None and not whole:
        raise InvalidDescription(where, [Fault((), f"'{text}' has no step", _HOW)])
    first, last, step = float(match["first"]), float(match["last"]), float(match["step"] or 1)
    if step <= 0 or last < first:
        raise InvalidDescription(where, [Fault((), f"'{text}' leads nowhere", _HOW)])
    if (last - first) / step > _MOST:
        most = f"a path is varied in {_MOST:,} steps at most"
        raise InvalidDescription(where, [Fault((), f"'{text}' has too many values", most)])
    for k in range(int((last - first) / step + 1e-9) + 1):
        value = first + k * step
        number: Any = round(value) if whole else float(f"{value:.12g}")
        space = "" if unit.startswith("/") else " "  # as people write 5/s and 10 GB
        yield f"{number:.12g}{space}{unit}" if unit else number


_HOW = "a range is written like 1..16, 1..16:2 or 10 GB..50 GB:10 GB"


def combinations(axes: Sequence[Axis]) -> Iterator[dict[str, Any]]:
    """Every combination of the values, the last path varied first.

    Arguments:
        axes: what is varied; with none there is one combination, of nothing.
    """
    for values in itertools.product(*(axis.values for axis in axes)):
        yield dict(zip((axis.path for axis in axes), values, strict=True))
