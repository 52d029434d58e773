"""The inputs of a stack: lines of its file, rows of the catalog, laws; and how far each is off."""

import math
import re
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from models.catalog.failures import FailureRate
from models.catalog.records import TABLES, Catalog, Instance, Price
from models.description.plain_values import said
from models.description.quantities import (
    DURATION,
    format_duration,
    format_percent,
    format_scaled,
    parse,
)
from models.laws.intervals import normal_factor
from models.parts.facts import OF_THE_STACK
from models.parts.read_stack import StackFile
from models.parts.solve import SolvedStack
from models.prediction.explanation_answer import Basis, Origin
from models.reading.document import Document
from models.reading.faults import PathInFile
from sim.explaining.words import bounds, other_words

CONFIDENCE = 0.95
_QUANTITY = re.compile(r"([-+]?\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?)(\s*\D.*)")
_FEW = 10  # of which one more is at least a tenth more
_NEAR_ONE = ("availability", "durability")  # fields whose distance from 1 counts
_OF_THE_FILE = "the stack file"  # source of a row that a stack describes by hand
_AT_LEAST_ONE = ("pue",)  # fields that are 1 where nothing is lost
_ENDS = ("low", "high", "mttf_low", "mttf_high")  # of an interval, which move with its middle
_SHARE = "share"
_CERTAIN = (  # fields that are a rule or a construction, by the beginning of their name
    "minimum_", "capacity", "included_", "least_", "memory", "accelerator_memory", "request_size",
    "local_disk", "parameters", "latitude", "longitude", "peak_flops",
)  # fmt: skip
_BOUGHT = ("nodes", "storage", "objectives")  # parts whose figures are chosen
_CHOSEN = ("interval", "target", "wait_target", "timeout", "capacity")
_WORDS = {"mttf": "MTTF", "mttr": "MTTR", "pue": "PUE"}
_SCALES = {"bytes": "B", "bytes/s": "B/s", "FLOP": "FLOP", "FLOP/s": "FLOP/s", "W": "W"}


@dataclass(frozen=True)
class Move:
    """What is changed to try an input; just one of these is given.

    Arguments:
        path: of a line of the stack file, which then has the value.
        row: of the catalog, by the figure of its source, in whose place the value stands.
        workload: whose work takes the value as long as the law says.
        cost_line: number of the line of the bill of which the value times the amount is held.
        value: as said.
    """

    value: Any
    path: str = ""
    row: str = ""
    workload: str = ""
    cost_line: int = -1


@dataclass(frozen=True)
class Input:
    """Something that a figure may hang on.

    Arguments:
        name: for people.
        origin: where it is written.
        place: file and line, or table of the catalog.
        value: as it is, for people.
        texts: values to try, for people: the lower and the higher, or other words.
        moves: to each of them; None where there is none.
        basis: how far it is moved.
        uncertain: nobody knows it better; else it is chosen, or known for sure.
        row: of the catalog, by the figure of its source; empty for all else.
        date: of that row.
        source: of that row.
    """

    name: str
    origin: Origin
    place: str
    value: str
    texts: tuple[str, ...]
    moves: tuple[Move | None, ...]
    basis: Basis
    uncertain: bool
    row: str = ""
    date: str = ""
    source: str = ""


def inputs(stack_file: StackFile, catalog: Catalog) -> tuple[Input, ...]:
    """Every input with a figure, and how far it may be moved.

    Arguments:
        stack_file: the description as read.
        catalog: the facts.
    """
    solved = stack_file.solved
    rows = solved.site.facts.rows()
    return (
        *_of_laws(solved),
        *(one for text, row in rows.items() for one in _of_row(text, row, catalog)),
        *_of_guesses(solved, rows),
        *_of_lines(stack_file.document),
    )


def place_of(document: Document, path: PathInFile) -> str:
    """File and line of a value, or what gave it instead.

    Arguments:
        document: the file.
        path: of the value.
    """
    for length in range(len(path), -1, -1):
        place = document.places.get(path[:length])
        if place is not None:
            return f"{document.name}:{place}" if isinstance(place, int) else place
    return document.name


def leaves(tree: Any, path: PathInFile = ()) -> Iterator[tuple[PathInFile, Any]]:
    """The values of a file that hold no others, with their paths.

    Arguments:
        tree: plain values.
        path: of them.
    """
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from leaves(value, (*path, key))
    elif isinstance(tree, list):
        for position, value in enumerate(tree):
            yield from leaves(value, (*path, position))
    elif path[:1] not in (("name",), ("description",)):
        yield path, tree


def bettered(value: Any, better: float) -> Any:
    """A figure of a stack file that is better by a factor: times are shorter, all else is more.

    Arguments:
        value: as it is written.
        better: factor.

    Returns:
        The figure as it would be written; None where the value is none.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return max(value + 1, round(value * better)) if better > 1 else round(value * better)
    if isinstance(value, float):
        return value * better
    match = _QUANTITY.fullmatch(str(value).strip())
    if match is None:
        return None
    try:
        parse(value, DURATION)
        better = 1 / better
    except ValueError:
        pass  # of another dimension
    return f"{float(match[1].replace('_', '')) * better:.10g}{match[2]}"


def _of_laws(solved: SolvedStack) -> Iterator[Input]:
    for name, one in solved.workloads.items():
        error = one.kind.uncertainty(one.answer)
        if error > 0:
            factor = math.exp(normal_factor(CONFIDENCE) * error)
            yield Input(
                name=f"error of the law of {name}",
                origin=Origin.LAW,
                place=f"workloads.{name}",
                value="as the law says",
                texts=(
                    f"{format_percent(1 - 1 / factor, 0)} less time",
                    f"{format_percent(factor - 1, 0)} more time",
                ),
                moves=(Move(1 / factor, workload=name), Move(factor, workload=name)),
                basis=Basis.INTERVAL,
                uncertain=True,
                source="published runs that were predicted without having been seen",
            )


def _of_guesses(solved: SolvedStack, rows: Mapping[str, Any]) -> Iterator[Input]:
    """Amounts in the bill that are a guess, beside prices that are."""
    prices = {
        (row.low / row.usd, row.high / row.usd)
        for row in rows.values()
        if isinstance(row, Price) and row.usd > 0
    }
    for number, line in enumerate(solved.cost_lines):
        if line.low < line.high and (line.low, line.high) not in prices:
            yield Input(
                name=f"amount of {line.item}",
                origin=Origin.LAW,
                place=line.resource,
                value=f"{line.quantity:.4g} {line.unit}",
                texts=tuple(
                    f"{line.quantity * share:.4g} {line.unit}" for share in (line.low, line.high)
                ),
                moves=(Move(line.low, cost_line=number), Move(line.high, cost_line=number)),
                basis=Basis.RANGE,
                uncertain=True,
                source=line.source,
            )


def _of_row(text: str, row: Any, catalog: Catalog) -> Iterator[Input]:
    if row.source in (OF_THE_STACK, _OF_THE_FILE):
        return  # the lines of the stack say it
    table = next((name for name in TABLES if _holds(getattr(catalog, name), row)), "")
    units = typing.get_type_hints(type(row), include_extras=True)
    head, price = text.partition(":")[0], isinstance(row, Price)
    for one in fields(row):
        if one.name in _ENDS:
            continue
        for key, value in _figures(getattr(row, one.name)):
            if isinstance(value, int) and not isinstance(row, Instance):
                continue  # how something was measured is no figure of it
            unit = _SHARE if one.name in _NEAR_ONE else _unit(units[one.name])
            basis, tried = _tried(row, one.name, key, value)
            what = "price" if price else " ".join(filter(None, (_said(one.name), key)))
            yield Input(
                name=f"{what} of {head}",
                origin=Origin.ROW,
                place=table,
                value=written(value, unit),
                texts=tuple(written(_at(each, one.name, key), unit) for each in tried),
                moves=tuple(Move(each, row=text) for each in tried),
                basis=basis,
                uncertain=basis in (Basis.INTERVAL, Basis.RANGE)
                or not (price or isinstance(value, int) or one.name.startswith(_CERTAIN)),
                row=text,
                date=row.date.isoformat(),
                source=row.source,
            )


def _figures(value: Any) -> Iterator[tuple[str, float]]:
    """A figure above 0 and finite, or several of them by name."""
    if isinstance(value, Mapping):
        yield from ((key, one) for key, one in value.items() if 0 < one < math.inf)
    elif isinstance(value, float | int) and not isinstance(value, bool) and 0 < value < math.inf:
        yield "", value


def _unit(hint: Any) -> str:
    """Of a field, which rides in its type, or in that of what it maps names to."""
    for one in (hint, *typing.get_args(hint)):
        for unit in getattr(one, "__metadata__", ()):
            return str(unit)
    return ""


def _said(field: str) -> str:
    return _WORDS.get(field, field.replace("_", " "))


def _at(row: Any, name: str, key: str) -> float:
    value = getattr(row, name)
    return float(value[key] if key else value)


def _holds(table: Any, row: Any) -> bool:
    rows = table.values() if isinstance(table, Mapping) else table
    return isinstance(row, type(next(iter(rows), None)))


def _tried(row: Any, name: str, key: str, value: float) -> tuple[Basis, tuple[Any, Any]]:
    """How far a field is moved, and the row at both ends."""
    low: Any
    high: Any
    if isinstance(row, FailureRate) and name == "mttf" and row.mttf_low and row.mttf_high:
        ends = (row.mttf_low, row.mttf_high)
        low, high = (replace(row, mttf=end, mttf_low=None, mttf_high=None) for end in ends)
        return Basis.INTERVAL, (low, high)
    if isinstance(row, Price) and row.low < row.high:
        low, high = (replace(row, usd=end, low=end, high=end) for end in (row.low, row.high))
        return Basis.RANGE, (low, high)
    if isinstance(value, int):
        step = 1 if value < _FEW else round(value / 10)
        low, high = (replace(row, **{name: n}) for n in (max(1, value - step), value + step))
        return Basis.ONE if step == 1 else Basis.TENTH, (low, high)
    low, high = (_scaled(row, name, key, value, factor) for factor in (0.9, 1.1))
    return Basis.TENTH, (low, high)


def _scaled(row: Any, name: str, key: str, value: float, factor: float) -> Any:
    if key:
        return replace(row, **{name: {**getattr(row, name), key: value * factor}})
    if name in _NEAR_ONE and value <= 1:
        # What is a tenth more often there is a tenth less often away.
        return replace(row, **{name: 1 - (1 - value) * (2 - factor)})
    changed = {name: max(1.0, value * factor) if name in _AT_LEAST_ONE else value * factor}
    for end in _ENDS if isinstance(row, Price) else ():
        if hasattr(row, end):
            changed[end] = getattr(row, end) * factor
    return replace(row, **changed)


def written(value: float, unit: str) -> str:
    """A figure of the catalog for people.

    Arguments:
        value: a number.
        unit: SI, as the catalog has it.
    """
    if unit == "s":
        return format_duration(value)
    if unit in _SCALES:
        return format_scaled(value, _SCALES[unit])
    if unit == _SHARE and value < 1:
        digits = max(2, 1 - math.floor(math.log10(1 - value)))
        return f"{100 * value:.{digits}f} %"
    endings = {"": "", _SHARE: "", "1/s": "/s"}
    return f"{value:,.6g}{endings.get(unit, f' {unit}')}"


def _of_lines(document: Document) -> Iterator[Input]:
    profiles: dict[PathInFile, list[tuple[PathInFile, Any]]] = {}
    for path, value in leaves(document.tree):
        if isinstance(path[-1], int) and isinstance(value, str | float):
            profiles.setdefault(path[:-1], []).append((path, value))
    in_profiles = set()
    for path, values in profiles.items():
        one = _of_profile(document, path, values)
        if one is not None:
            in_profiles |= {each for each, _ in values}
            yield one
    for path, value in leaves(document.tree):
        if path in in_profiles:
            continue
        tried, basis = _around(value, bounds(path))
        if basis is None:
            tried, basis = other_words(document.tree, path), Basis.WORD
        if not tried:
            continue
        name = ".".join(map(str, path))
        yield Input(
            name=name,
            origin=Origin.LINE,
            place=place_of(document, path),
            value=said(value),
            texts=tuple("" if one is None else said(one) for one in tried),
            moves=tuple(None if one is None else Move(one, path=name) for one in tried),
            basis=basis,
            uncertain=basis is Basis.TENTH and _measured(path, value),
        )


def _of_profile(
    document: Document, path: PathInFile, values: Sequence[tuple[PathInFile, Any]]
) -> Input | None:
    """Figures in a row, as rates by hour, which are off together; None where they are none."""
    around = [_around(value, bounds(each)) for each, value in values]
    if len(around) < 2 or any(basis is not Basis.TENTH or None in pair for pair, basis in around):
        return None
    name = ".".join(map(str, path))
    low, high = ([pair[end] for pair, _ in around] for end in (0, 1))
    return Input(
        name=name,
        origin=Origin.LINE,
        place=place_of(document, path),
        value=f"{len(values)} values",
        texts=("each a tenth less", "each a tenth more"),
        moves=(Move(low, path=name), Move(high, path=name)),
        basis=Basis.TENTH,
        uncertain=all(_measured(path, value) for _, value in values),
    )


def _measured(path: PathInFile, value: Any) -> bool:
    """Somebody measured or guessed it; counts, sizes to buy and prices are chosen or known."""
    chosen = isinstance(value, int) or path[0] in _BOUGHT or path[-1] in _CHOSEN
    return not chosen and "USD" not in str(value)


def _around(value: Any, ends: tuple[float, float]) -> tuple[tuple[Any, ...], Basis | None]:
    """A value of the file below and above, of the same kind; no basis where it is no figure.

    What may not be so low or so high goes as far as it may, and is None where it is there.
    """
    tried, basis = _beside(value)
    if isinstance(value, str) or basis is None:
        return tried, basis
    within = (
        None if one is None else type(value)(max(ends[0], min(one, ends[1]))) for one in tried
    )
    return tuple(None if one == value else one for one in within), basis


def _beside(value: Any) -> tuple[tuple[Any, ...], Basis | None]:
    if isinstance(value, bool) or value is None:
        return (), None
    if isinstance(value, int):
        if value < 0:
            return (), None
        if value < _FEW:
            return (value - 1 if value > 0 else None, value + 1), Basis.ONE
        return (round(value * 0.9), round(value * 1.1)), Basis.TENTH
    if isinstance(value, float):
        if value == 0:
            return (), None
        return tuple(float(f"{value * factor:.10g}") for factor in (0.9, 1.1)), Basis.TENTH
    match = _QUANTITY.fullmatch(str(value).strip())
    if match is None or float(match[1].replace("_", "")) == 0:
        return (), None
    number = float(match[1].replace("_", ""))
    return tuple(f"{number * factor:.10g}{match[2]}" for factor in (0.9, 1.1)), Basis.TENTH
