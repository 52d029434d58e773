"""Where nodes can be had: the table of zones, and what there is to say beside it."""

from collections.abc import Iterator

from models.prediction.capacity_answer import Capacity, CapacityRow, Outcome
from reports.table import Cell, Mark, Table, columns
from reports.wording import money

_NOT_KNOWN = "?"
_MARKS: dict[Outcome | None, Mark] = {
    Outcome.SUCCESSFUL: "good",
    Outcome.NO_RESOURCE_TYPE: "",
    Outcome.NO_CAPACITY: "bad",
    Outcome.NO_QUOTA: "bad",
    None: "",
}


def headline(answer: Capacity) -> str:
    """What the answer comes to, in a sentence.

    Arguments:
        answer: of the cloud.
    """
    best, what = answer.best, f"{answer.nodes} nodes" if answer.nodes > 1 else "The node"
    zones = len({one.zone for one in answer.rows})
    if best is None:
        if answer.attempted:
            return f"{what} could not be had: {answer.tested} of {zones} zones were tried."
        return f"{what} can be had in none of {zones} zones."
    if answer.attempted:
        verb = "are" if answer.nodes > 1 else "is"
        return f"{what} {verb} had in {best.zone}, as {best.instance}."
    return f"Best of {zones} zones: {best.zone}, with {best.instance}; nothing was tried."


def zones(answer: Capacity) -> Table:
    """A row a zone: of each the best shape, or the one that was tried.

    Arguments:
        answer: of the cloud.
    """
    several = len({one.instance for one in answer.rows}) > 1
    heads = ["Zone", *(["Instance"] if several else []), "Offered", "Allocated", "Outcome"]
    best: dict[str, CapacityRow] = {}
    for one in answer.rows:
        best.setdefault(one.zone, one)
    rows = []
    for one in best.values():
        outcome = Cell(one.outcome or "not tried", _MARKS[one.outcome])
        cells = [Cell(one.zone, "strong" if one == answer.best else "")]
        cells += [Cell(one.instance)] if several else []
        cells += [_yes(one.offered), _yes(one.allocated), outcome]
        rows.append((*cells, Cell(_price(one)), Cell(_chance(one))))
    return Table("", columns(*heads, "USD/h>", "Chance>"), tuple(rows))


def refusals(answer: Capacity) -> Iterator[str]:
    """What the cloud said where it refused, and what to do next, a paragraph each.

    Arguments:
        answer: of the cloud.
    """
    said: dict[tuple[str, str, str], list[str]] = {}
    for one in answer.rows:
        if one.words or one.code:
            said.setdefault((one.code, one.words, one.next), []).append(one.zone)
    for (code, words, step), where in said.items():
        told = ": ".join(part for part in (code, words) if part)
        yield f"{', '.join(where)}: {told.rstrip('.')}. Next: {step}."


def beside(answer: Capacity) -> Iterator[str]:
    """What else is to be known.

    Arguments:
        answer: of the cloud.
    """
    best = answer.best
    if answer.kept:
        yield f"{answer.kept} is kept until {answer.ends}; windtunnel find --clean deletes it."
    if best is not None and best.misses:
        yield f"On {best.instance} the stack misses: {', '.join(best.misses)}."
    short = {one.region: one for one in answer.rows if one.outcome is Outcome.NO_QUOTA}
    for one in list(short.values())[:3]:
        if one.quota_free is not None and not one.words:
            yield (
                f"Quota in {one.region}: {one.quota_free:,.0f} of {one.quota_needed:,.0f} are left;"
                f" {one.next}."
            )
    if len(short) > 3:
        yield f"Quota is short in {len(short) - 3} more regions."
    if any(one.price_elsewhere for one in answer.rows):
        yield "~ is before the price of the nearest region that has one."
    if any(one.chance is not None for one in answer.rows):
        yield "Chance is of spot nodes, as the cloud publishes it; of others it tells less."
    for name, why in answer.refused_shapes:
        yield f"{name} was left out: {why}"


def _yes(value: bool | None) -> Cell:
    return Cell(_NOT_KNOWN if value is None else "yes" if value else "no")


def _price(one: CapacityRow) -> str:
    if one.price is None:
        return _NOT_KNOWN
    return f"{'~' * one.price_elsewhere}{money(one.price).removesuffix(' USD')}"


def _chance(one: CapacityRow) -> str:
    return "" if one.chance is None else f"{one.chance:.2f}"
