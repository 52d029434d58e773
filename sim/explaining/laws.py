"""Figures that laws give without a simulated year, and the laws behind every figure."""

from collections.abc import Iterator

from models.description.quantities import HOUR, MONTH, YEAR
from models.parts.solve import SolvedStack
from models.prediction.explanation_answer import LawUsed
from models.prediction.figures import Figure
from models.reading.law_book import law_of

_AVAILABILITY = LawUsed(
    (),
    "All parts must work: a series of blocks, each of which has its spares, independent and"
    " repaired.",
    "Trivedi (2002), Probability and Statistics, 2nd edition, sections 1.10 and 8.2",
)
_BILL = LawUsed(
    (), "What is held times its price, hour by hour; a month has 730 hours.", "docs/bills.md"
)
_HELD = LawUsed(
    (),
    "Everything is held until the last workload is complete; a cloud bills nodes that are up.",
    "docs/model.md, Cost",
)
_ENERGY = LawUsed((), "", "", "facility_power")
_OF_A_RUN = ("run", "run_carbon")  # of cost and energy: what lasts as long as the workloads do


def by_law(solved: SolvedStack) -> dict[str, float]:
    """Figures by key that need no simulated year.

    Arguments:
        solved: the stack.
    """
    away = solved.unavailability()
    hourly = sum(line.least_hourly for line in solved.cost_lines)
    found = {
        "availability.unavailability": away,
        "availability.downtime": away * YEAR,
        "cost.hourly": hourly,
        "cost.monthly": hourly * MONTH / HOUR,
    }
    for store in solved.durability:
        found[f"{store.name}.loss_probability"] = store.loss_probability
        found[f"{store.name}.expected_loss"] = store.expected_loss
    for name, one in solved.workloads.items():
        found |= {f"{name}.{key}": value for key, value in one.kind.by_law(one.answer).items()}
    return found


def laws_of(solved: SolvedStack, figure: Figure) -> tuple[LawUsed, ...]:
    """The laws by which a figure is had.

    Arguments:
        solved: the stack.
        figure: of its prediction.
    """
    return tuple(_in_full(one) for one in _laws(solved, figure))


def _laws(solved: SolvedStack, figure: Figure) -> Iterator[LawUsed]:
    of = figure.of.partition(".")[0]
    if of == "availability" or figure.quantity in ("unavailability", "available"):
        yield _AVAILABILITY
        return
    for store in solved.durability:
        if store.name == of:
            yield LawUsed((), f"{store.law[:1].upper()}{store.law[1:]}.", "docs/storage.md")
            return
    if figure.money:
        yield _BILL
    if of == "energy":
        yield _ENERGY
    whole = of in ("cost", "energy")
    if whole and figure.quantity not in _OF_A_RUN:
        return
    if whole:
        yield _HELD
    for name, one in solved.workloads.items():
        if whole or name == of:
            for law in one.kind.laws(one.answer):
                if figure.quantity in law.of:
                    yield law


def _in_full(law: LawUsed) -> LawUsed:
    """A law of the book with what the book says of it."""
    if law.says or not law.name:
        return law
    known = law_of(law.name)
    return LawUsed(law.of, known.says, known.source, law.name)
