"""The stacks beside one as tables: what to buy next, other numbers of nodes, the best of all."""

from models.description.quantities import HOUR, MONTH, YEAR
from models.prediction.alternatives_answer import Alternatives, Bought, NextPurchase
from models.prediction.comparison_answer import Variant
from reports.choice_tables import concessions, how, time_of, what
from reports.comparison_tables import short_names, verdict
from reports.table import Cell, Table, columns, row
from reports.wording import NONE, bound, cents, count, duration, percent


def purchases(found: Alternatives) -> Table | None:
    """What may be bought next: its price, and what becomes of time, cost and downtime.

    None where the stack has no nodes that more could be bought of.

    Arguments:
        found: the stacks beside one.
    """
    if not found.purchases:
        return None
    rows = [_row("as described", None, found.described)]
    rows += map(_of_purchase, found.purchases)
    heads = columns(
        "Bought", "USD/h>", "USD/month>", "P95 of time>", "Mean cost, USD>", "Down a year>",
        "Objectives",
    )  # fmt: skip
    note = (
        "What each adds to the bill by the hour and by the month, and the stack with it, in"
        f" {count(found.replications)} simulated years of the same chance."
    )
    return Table("The next purchase", heads, tuple(rows), note=note)


def _bought(one: NextPurchase) -> str:
    match one.kind:
        case Bought.OTHER_WAY:
            return f"{one.node_group}: {one.way.replace('_', '-')}"
        case Bought.NODE | Bought.SPARE:
            return f"{one.kind} of {one.node_group}"


def _row(name: str, monthly: float | None, one: Variant) -> tuple[Cell, ...]:
    return row(
        name,
        NONE if monthly is None else _signed(monthly * HOUR / MONTH),
        NONE if monthly is None else _signed(monthly),
        *_figures(one),
    )


def _of_purchase(one: NextPurchase) -> tuple[Cell, ...]:
    if one.variant is None:
        return row(Cell(_bought(one), note=one.fault), *[NONE] * 5, Cell("can't be", "open"))
    return _row(_bought(one), one.monthly, one.variant)


def _figures(one: Variant) -> tuple[str, str, str, Cell]:
    time = time_of(one)
    return (
        NONE if time is None else duration(time),
        f"{bound(one.at_least)}{cents(one.cost.mean.mean)}",
        duration(one.unavailability * YEAR),
        verdict(one),
    )


def _signed(usd: float) -> str:
    return f"+{cents(usd)}" if usd >= 0 else f"\N{MINUS SIGN}{cents(-usd)}"


def counts(found: Alternatives) -> Table:
    """The stack with other numbers of nodes, or of replicas.

    Arguments:
        found: the stacks beside one.
    """
    assert found.counted_as is not None
    rows = tuple(row(count(float(one.name)), *_figures(one)) for one in found.counts)
    heads = columns(
        f"{found.counted_as.capitalize()}>",
        "P95 of time>",
        "Mean cost, USD>",
        "Down a year>",
        "Objectives",
    )
    return Table(f"Other numbers of {found.counted}", heads, rows)


def chosen(found: Alternatives) -> Table | None:
    """What `optimise` names: what costs the next less, the cheapest, the fastest, or the nearest.

    Arguments:
        found: the stacks beside one.
    """
    choice = found.choice
    if choice is None:
        return None
    cheaper = [one for one in choice.frontier if _costs(one) < _costs(found.described)]
    named: dict[str, Variant | None] = {
        "cheapest": choice.cheapest,
        "next cheaper": cheaper[-1] if cheaper else None,
        "fastest": choice.fastest,
        "nearest": choice.nearest,
    }
    kept: dict[str, tuple[list[str], Variant]] = {}
    for name, one in named.items():
        if one is not None:
            kept.setdefault(one.name, ([], one))[0].append(name)
    names = short_names([one.path for one in choice.open])
    rows = [_of_stack("as described", "", found.described)]
    rows += [_of_stack(", ".join(called), what(one, names), one) for called, one in kept.values()]
    # Money stands where a telephone shows it, and the longest last.
    heads = columns(
        "Stack", "Mean cost, USD>", "P95 of time>", "Objectives", "Down a year>", "Choice"
    )
    note = f"{' '.join(how(choice)[:2])} `windtunnel optimise` shows all of the frontier."
    return Table("Other stacks", heads, tuple(rows), note=note)


def _of_stack(name: str, choice: str, one: Variant) -> tuple[Cell, ...]:
    time, cost, down, judged = _figures(one)
    return row(name, cost, time, judged, down, choice)


def _costs(one: Variant) -> float:
    return one.cost.mean.mean


def sentences(found: Alternatives) -> list[str]:
    """What was found, a sentence each.

    Arguments:
        found: the stacks beside one.
    """
    said, choice = [], found.choice
    if choice is not None and choice.cheapest is None and choice.nearest is not None:
        gives = "; ".join(concessions(choice))
        said.append(f"Nothing meets all objectives. What the nearest stack would need: {gives}.")
    elif choice is not None and choice.cheapest is not None and not found.described.at_least:
        share = _costs(choice.cheapest) / _costs(found.described)
        meets = "that meets all objectives " if found.described.objectives else ""
        if share < 0.9995:  # else it reads as all of it
            said.append(f"The cheapest stack {meets}costs {percent(share)} of this one.")
        else:
            said.append(f"No stack {meets}costs less than this one, as far as is known.")
    return [*said, *_fewest(found)]


def _fewest(found: Alternatives) -> list[str]:
    if len(found.counts) < 2 or not found.described.objectives:
        return []
    if found.fewest is None:
        return [f"No number of {found.counted} that was tried meets all objectives."]
    few = f"Fewest {found.counted} that meet all objectives, of the numbers tried"
    return [f"{few}: {found.fewest}."]
