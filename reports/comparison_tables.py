"""Stacks side by side as tables: terminal and page show the same figures."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from models.description.plain_values import said
from models.description.quantities import format_availability
from models.prediction import Estimate, Verdict
from models.prediction.comparison_answer import (
    Comparison,
    TimeDifference,
    Variant,
    VariantDifference,
    WorkloadFigures,
)
from reports.table import Cell, Column, Mark, Table, columns
from reports.wording import NONE, bound, count, duration, number, percent, power_of_ten

_SIDE_BY_SIDE = 3  # variants that stand in columns; of more, each is a row
_NAMED = 3  # variants that a cell names
_KWH = 3.6e6  # J
_UNITS = ((86400.0, "d"), (3600.0, "h"), (60.0, "min"), (1.0, "s"), (1e-3, "ms"), (1e-6, "us"))


@dataclass(frozen=True)
class _Figure:
    """One figure of every variant.

    Arguments:
        group: what it is of: the caption of its table.
        title: what it is.
        cells: one a variant.
        numeric: its cells are figures.
    """

    group: str
    title: str
    cells: tuple[Cell, ...]
    numeric: bool = True


def tables(compared: Comparison) -> list[Table]:
    """All figures of all variants: in one table, or where there are many one a row.

    Arguments:
        compared: the stacks.
    """
    legend = _legend(compared)
    figures = list(_figures(compared))
    if len(compared.variants) <= _SIDE_BY_SIDE:
        return [legend, _side_by_side(compared, figures)]
    groups = dict.fromkeys(one.group for one in figures)
    return [legend, *(_one_a_row(compared, group, figures) for group in groups)]


def _side_by_side(compared: Comparison, figures: Sequence[_Figure]) -> Table:
    heads = [Column(""), *(Column(one.name, numeric=True) for one in compared.variants)]
    rows: list[tuple[Cell, ...]] = []
    group = ""
    for one in figures:
        if one.group != group:
            group = one.group
            rows.append((Cell(group, "strong"), *(Cell("") for _ in compared.variants)))
        rows.append((Cell(one.title), *one.cells))
    return Table("Side by side", tuple(heads), tuple(rows))


def _one_a_row(compared: Comparison, group: str, figures: Sequence[_Figure]) -> Table:
    mine = [one for one in figures if one.group == group]
    heads = [Column("#", numeric=True), *(Column(one.title, one.numeric) for one in mine)]
    rows = [
        (Cell(variant.name), *(one.cells[position] for one in mine))
        for position, variant in enumerate(compared.variants)
    ]
    return Table(group, tuple(heads), tuple(rows))


def _legend(compared: Comparison) -> Table:
    beaten = {one.name: one.by for one in compared.dominated}
    names = short_names([path for one in compared.variants for path, _ in one.changes])
    several = len({one.stack for one in compared.variants}) > 1
    rows = []
    for one in compared.variants:
        changes = ", ".join(f"{names[path]}={said(value)}" for path, value in one.changes)
        what = ", ".join(filter(None, [one.stack if several or not changes else "", changes]))
        rows.append((Cell(one.name), Cell(what), verdict(one), Cell(_listed(beaten.get(one.name)))))
    return Table("Variants", columns("#>", "Variant", "Objectives", "Beaten by"), tuple(rows))


def short_names(paths: Sequence[str]) -> dict[str, str]:
    """Names of paths: their last keys, as many as it takes to tell them apart.

    Arguments:
        paths: of values, such as nodes.trainers.count.
    """
    known = dict.fromkeys(paths)
    found = {}
    for path in known:
        keys = path.split(".")
        for length in range(1, len(keys) + 1):
            name = ".".join(keys[-length:])
            if not any(p != path and f".{p}".endswith(f".{name}") for p in known):
                break
        found[path] = name
    return found


def verdict(one: Variant) -> Cell:
    """Whether a variant meets its objectives.

    Arguments:
        one: the variant.
    """
    if one.unstable:
        return Cell(f"unstable: {', '.join(one.unstable)}", "bad")
    if not one.objectives:
        return Cell("none")
    missed = [each.name for each in one.objectives if each.verdict is Verdict.MISSED]
    if missed:
        return Cell(f"missed: {', '.join(missed)}", "bad")
    unknown = [each.name for each in one.objectives if each.verdict is Verdict.UNKNOWN]
    if unknown:
        return Cell(f"can't be said: {', '.join(unknown)}", "open")
    return Cell("met", "good")


def _listed(names: Sequence[str] | None) -> str:
    if not names:
        return NONE
    shown = ", ".join(names[:_NAMED])
    more = len(names) - _NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def _figures(compared: Comparison) -> Iterator[_Figure]:
    variants = compared.variants
    differs: list[VariantDifference | None] = [None, *compared.differences]
    for name in dict.fromkeys(each.name for one in variants for each in one.workloads):
        yield from _of_workload(name, variants, differs)
    yield from _cost(variants, differs)
    yield from _stack(variants, differs)


def _of_workload(
    name: str, variants: Sequence[Variant], differs: Sequence[VariantDifference | None]
) -> Iterator[_Figure]:
    found = [next((w for w in one.workloads if w.name == name), None) for one in variants]
    known = [one for one in found if one is not None]
    what = "until it is complete" if all(one.completes for one in known) else "times"
    group = f"Workload {name}, {what}"

    def cells(write: Callable[[WorkloadFigures], str]) -> tuple[Cell, ...]:
        return tuple(Cell(NONE) if one is None else Cell(write(one)) for one in found)

    yield _Figure(group, "P50", cells(lambda one: _time(one.time_p50)))
    yield _Figure(group, "P95", cells(lambda one: _time(one.time_p95)))
    of = [None if one is None else _difference_of(name, one) for one in differs]
    if any(one is not None for one in of):
        percentile = any(one is not None and one.of == "p95" for one in of)
        title = f"P95 less that of {variants[0].name}" if percentile else _less(variants)
        yield _Figure(
            group, title, tuple(_apart(None if one is None else one.time, _seconds) for one in of)
        )
    rates = [None if one is None else one.speedup for one in found]
    if any(rate is not None for rate in rates):
        group = f"Workload {name}, speed"
        yield _Figure(group, "Samples/s", cells(lambda one: number(one.throughput.mean)))
        yield _Figure(group, "Speedup", cells(lambda one: _or_none(one.speedup, number)))
        yield _Figure(group, "Efficiency", cells(lambda one: _or_none(one.efficiency, percent)))
    yield _Figure(group, "Limited by", cells(lambda one: one.limit or NONE), numeric=False)


def _or_none(value: float | None, write: Callable[[float], str]) -> str:
    return NONE if value is None else write(value)


def _difference_of(name: str, one: VariantDifference) -> TimeDifference | None:
    return next((each for each in one.times if each.workload == name), None)


def _less(variants: Sequence[Variant]) -> str:
    return f"Mean less that of {variants[0].name}"


def _cost(
    variants: Sequence[Variant], differs: Sequence[VariantDifference | None]
) -> Iterator[_Figure]:
    ends = {one.cost_of for one in variants}
    group = f"Cost of {ends.pop()}, USD" if len(ends) == 1 else "Cost of a run or a month, USD"
    yield _Figure(group, "P50", tuple(Cell(_usd(one, one.cost.p50.mean)) for one in variants))
    yield _Figure(group, "P95", tuple(Cell(_usd(one, one.cost.p95.mean)) for one in variants))
    if len(variants) > 1:
        first = variants[0]
        cells = (_dearer(one, first, apart) for one, apart in zip(variants, differs, strict=True))
        yield _Figure(group, _less(variants), tuple(cells))
    monthly = (Cell(f"{bound(one.at_least, one.at_most)}{one.monthly:,.0f}") for one in variants)
    yield _Figure(group, "To keep, a month", tuple(monthly))


def _dearer(one: Variant, first: Variant, apart: VariantDifference | None) -> Cell:
    """How much more a variant costs than the first; not known where either bill is not."""
    if apart is None:
        return Cell(NONE)
    return Cell("not known") if one.at_least or first.at_least else _apart(apart.cost, _dollars)


def _usd(one: Variant, usd: float) -> str:
    return f"{bound(one.at_least)}{usd:,.2f}"


def _stack(
    variants: Sequence[Variant], differs: Sequence[VariantDifference | None]
) -> Iterator[_Figure]:
    group = "Stack"
    up = (Cell(format_availability(one.unavailability)) for one in variants)
    yield _Figure(group, "Availability", tuple(up))
    if len(variants) > 1:
        better = tuple(
            _apart(None if one is None else one.availability, _points, more=True) for one in differs
        )
        yield _Figure(group, f"Less that of {variants[0].name}, points", better)
    yield _Figure(group, "Loss in a year", tuple(Cell(_loss(one)) for one in variants))
    of = "a run" if all(one.cost_of == "the run" for one in variants) else "a month"
    energy = (NONE if one.energy is None else _kwh(one.energy.mean.mean) for one in variants)
    yield _Figure(group, f"Energy of {of}", tuple(map(Cell, energy)))


def _loss(one: Variant) -> str:
    """What is not known is not zero."""
    probability = 1 - math.prod(1 - each.loss_probability for each in one.durability)
    if not one.durability:
        return "not known" if one.unknown_durability else NONE
    least = "at least " if one.unknown_durability else ""
    return f"{least}{power_of_ten(probability)}"


def _time(one: Estimate | None) -> str:
    return NONE if one is None else duration(one.mean)


def _kwh(joules: float) -> str:
    return f"{number(joules / _KWH)} kWh"


def _apart(one: Estimate | None, write: Callable[[float, float], str], more: bool = False) -> Cell:
    """A difference with half of its interval, marked where it is more than chance."""
    if one is None or not math.isfinite(one.high - one.low):
        return Cell(NONE)
    half = (one.high - one.low) / 2
    sure = abs(one.mean) > half
    mark: Mark = "" if not sure else "good" if (one.mean > 0) == more else "bad"
    return Cell(write(one.mean, half), mark)


def _seconds(mean: float, half: float) -> str:
    largest = max(abs(mean), half)
    size, unit = next(((s, u) for s, u in _UNITS if largest >= s), (1.0, "s"))
    return f"{_signed(mean / size, half / size)} {unit}"


def _dollars(mean: float, half: float) -> str:
    return _signed(mean, half, 2)


def _points(mean: float, half: float) -> str:
    return _signed(100 * mean, 100 * half)


def _signed(mean: float, half: float, decimals: int | None = None) -> str:
    """A signed figure and half of its interval, with the digits that the larger one needs."""
    if decimals is None:
        largest = max(abs(mean), half)
        decimals = 0 if largest == 0 else max(0, 2 - math.floor(math.log10(largest)))
    text = f"{abs(mean):,.{decimals}f}"
    sign = "" if float(text.replace(",", "")) == 0 else "+" if mean > 0 else "\N{MINUS SIGN}"
    return f"{sign}{text} ± {half:,.{decimals}f}"


def refused(compared: Comparison) -> Table | None:
    """Variants that can't be, each with the reason; None where all can.

    Arguments:
        compared: the stacks.
    """
    if not compared.refused:
        return None
    names = short_names([path for one in compared.refused for path, _ in one.changes])
    rows = []
    for one in compared.refused:
        what = ", ".join(f"{names[path]}={said(value)}" for path, value in one.changes)
        rows.append((Cell(one.name), Cell(what or one.stack), Cell(_reason(one.faults[0]))))
    return Table("Can't be", columns("#>", "Variant", "Why"), tuple(rows))


def _reason(line: str) -> str:
    """A fault without the file and the option that gave the value, which stand beside it."""
    file, colon, rest = line.partition(": ")
    return rest if colon else file


def verdicts(compared: Comparison) -> list[str]:
    """What is to be said of all of them, a sentence each.

    Arguments:
        compared: the stacks.
    """
    variants = compared.variants
    fine = [one for one in variants if one.fine]
    said_of = []
    if any(one.objectives for one in variants):
        said_of.append(f"{count(len(fine))} of {count(len(variants))} meet all their objectives.")
    if fine and any(one.objectives for one in variants):
        cheapest = min(fine, key=lambda one: one.cost.mean.mean)
        said_of.append(
            f"Cheapest of them: {cheapest.name}, "
            f"{bound(cheapest.at_least)}{cheapest.cost.mean.mean:,.2f} USD on average."
        )
    if len(variants) > 1:
        said_of.append(f"Beaten by no other: {some(compared.frontier)}.")
    return said_of


def some(names: Sequence[str]) -> str:
    """Names of variants, the first of them where there are many.

    Arguments:
        names: of the variants.
    """
    most = 12
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
