"""Where a figure comes from as tables, for terminal and page."""

from collections.abc import Iterable
from dataclasses import replace

from models.description.quantities import format_count
from models.prediction.explanation_answer import (
    Basis,
    Effect,
    Explained,
    Explanation,
    Factor,
    LawUsed,
    Origin,
)
from reports.figure_wording import called, change_in_words, figure_in_words
from reports.table import Cell, Table, columns, row
from reports.wording import METHODS, NONE, bound, count, span

ASSUMED = "\N{PLUS-MINUS SIGN}10 %, assumed"
_BASES = {
    Basis.INTERVAL: "95 % interval",
    Basis.RANGE: "lowest to highest",
    Basis.TENTH: ASSUMED,
    Basis.ONE: "one more or less",
    Basis.WORD: "other words",
}

_WAYS = {
    Factor.VIRTUALIZATION: "that takes a tenth of the speed",
    Factor.MACHINES: "a tenth more, at least one",
    Factor.LOAD: "a tenth more",
}
_MOST = 2  # inputs of a factor that are named


def headline(one: Explanation) -> str:
    """The figure with its interval, and how it was had.

    Arguments:
        one: the explanation.
    """
    figure = one.figure
    text = f"{called(figure)}: {bound(one.at_least)}{figure_in_words(figure, figure.value)}"
    if figure.low is not None and figure.high is not None and figure.low < figure.high:
        ends = [figure_in_words(figure, end) for end in (figure.low, figure.high)]
        text += f", {span(*ends)} (95 % interval)"
    return f"{text}{f', {METHODS[figure.method]}' if figure.method else ''}"


def seen(one: Explanation) -> Explanation:
    """An explanation without the inputs that move its figure by less than the digits shown.

    Arguments:
        one: the explanation.
    """
    unmoved = then(one, one.moved)
    effects = [
        effect
        for effect in one.effects
        if any(then(one, at) not in (unmoved, NONE) for at in (effect.at_low, effect.at_high))
    ]
    return replace(one, effects=tuple(effects))


def how_moved(explained: Explained, one: Explanation) -> str:
    """How the effects were had, one sentence.

    Arguments:
        explained: all figures.
        one: the explanation.
    """
    told = f"{format_count(one.tried, 'inputs')} were moved, one at a time; {one.moving} move it"
    shown = len(seen(one).effects)
    if shown < one.moving:
        told += f", of which the {shown} strongest are shown"
    if one.by_law:
        return f"{told}. The effects follow from laws."
    return (
        f"{told}. The effects are simulated with the same chance, seed {explained.seed}, those that"
        f" are told apart from it sooner in fewer than {count(one.replications)} years."
    )


def tornado(one: Explanation) -> Table:
    """The uncertain inputs, the one that moves the figure farthest first.

    Arguments:
        one: the explanation.
    """
    return Table(
        "Uncertain inputs that move it most",
        columns("Input", "From", "To", "Then>", "And>"),
        tuple(
            row(
                Cell(effect.name, note=_note(one, effect)),
                effect.low,
                effect.high,
                then(one, effect.at_low),
                then(one, effect.at_high),
            )
            for effect in one.tornado
        ),
        note=" ".join(filter(None, (assumed(one), *refusals(one)))),
    )


def _note(one: Explanation, effect: Effect) -> str:
    known = within(one, effect)
    sure = (f"known to {known}",) if known else ()
    return "; ".join((_BASES[effect.basis], place(effect), *sure))


def within(one: Explanation, effect: Effect) -> str:
    """How far chance may have moved an effect, 95 %; empty where it is by law, or not known.

    Arguments:
        one: the explanation.
        effect: of an input on its figure.
    """
    if not effect.error or one.moved == 0 or one.figure.name == "unavailability":
        return ""
    share = change_in_words(one.moved, one.moved + effect.error)
    return share.replace("+", "\N{PLUS-MINUS SIGN}") if share[:1] == "+" else ""


def lines(one: Explanation) -> Table:
    """Lines of the stack file that it comes from, with what each does.

    Arguments:
        one: the explanation.
    """
    moved = [effect for effect in one.effects if effect.origin is Origin.LINE]
    known = {effect.name for effect in moved}
    chosen = [choice for choice in one.choices if choice.path not in known]
    return Table(
        "Lines of the stack file",
        columns("Line", "Value", "Where", "Effect"),
        (
            *(
                row(effect.name, effect.value, _line(effect.place), _moves(one, effect))
                for effect in moved
            ),
            *(
                row(each.path, each.value, _line(each.place), f"says which: {_named(each.rows)}")
                for each in chosen
            ),
        ),
    )


def facts(one: Explanation) -> Table:
    """Rows of the catalog that it comes from, with date, source, and what each does.

    Arguments:
        one: the explanation.
    """
    moved = [effect for effect in one.effects if effect.origin is Origin.ROW]
    return Table(
        "Rows of the catalog",
        columns("Figure", "Value", "Effect", "Date"),
        tuple(
            row(
                Cell(effect.name, note=effect.source),
                effect.value,
                _moves(one, effect),
                effect.date,
            )
            for effect in moved
        ),
    )


def factors(one: Explanation) -> Table:
    """The eight factors that performance hangs on, and what a tenth more of each does.

    Arguments:
        one: the explanation.
    """
    return Table(
        "Eight factors of performance",
        columns("Factor", "Then>", "What was moved"),
        tuple(
            row(
                f"{each.factor}, {_WAYS.get(each.factor, 'a tenth better')}",
                then(one, each.at),
                each.refused or _few(each.inputs) or "nothing: the stack does not say it",
            )
            for each in one.factors
        ),
    )


def _few(names: tuple[str, ...]) -> str:
    listed = list(dict.fromkeys(name.removeprefix("workloads.") for name in names))
    more = f" and {len(listed) - _MOST} more" if len(listed) > _MOST else ""
    return ", ".join(listed[:_MOST]) + more


def laws(one: Explanation) -> Table:
    """Laws by which it is had.

    Arguments:
        one: the explanation.
    """
    return Table(
        "Laws",
        columns("Law", "Source"),
        tuple(row(_law(law), law.source) for law in one.laws),
    )


def sources(one: Explanation) -> list[str]:
    """Who says the rows of the catalog, each once.

    Arguments:
        one: the explanation.
    """
    moved = [effect for effect in one.effects if effect.origin is Origin.ROW]
    return list(dict.fromkeys(f"{effect.source} ({effect.date})" for effect in moved))


def place(effect: Effect) -> str:
    """Where an input is written, for people.

    Arguments:
        effect: of the input.
    """
    if effect.origin is Origin.ROW:
        return f"catalog {effect.place}, {effect.date}"
    return effect.place


def _law(law: LawUsed) -> str:
    return f"{law.says} (windtunnel law {law.name})" if law.name else law.says


def _line(text: str) -> str:
    """The line alone: the file is the one that is asked about."""
    head, colon, line = text.rpartition(":")
    return f"line {line}" if head and colon and line.isdecimal() else text


def then(one: Explanation, value: float | None) -> str:
    """What becomes of a figure: by how much it changes, or of an availability what it is then.

    Arguments:
        one: the explanation.
        value: of the figure then; None where the stack can't be so.
    """
    if value is None:
        return NONE
    if one.figure.name == "unavailability":
        return figure_in_words(one.figure, value)
    return change_in_words(one.moved, value)


def _moves(one: Explanation, effect: Effect) -> str:
    known = [
        f"{text}: {then(one, value)}"
        for text, value in ((effect.low, effect.at_low), (effect.high, effect.at_high))
        if value is not None
    ]
    if effect.refused:
        known.append(_refusal(effect))
    return "; ".join(known)


def assumed(one: Explanation) -> str:
    """That some inputs are moved by a tenth since nobody says more; empty where none is.

    Arguments:
        one: the explanation.
    """
    if all(effect.basis is not Basis.TENTH for effect in one.tornado):
        return ""
    return f"{ASSUMED}: nobody says how far it is known, and a tenth either way is taken."


def refusals(one: Explanation) -> tuple[str, ...]:
    """Why an uncertain input can't be so low or so high, a sentence each.

    Arguments:
        one: the explanation.
    """
    refused = (effect for effect in one.tornado if effect.refused)
    return tuple(f"{effect.name} {_refusal(effect)}." for effect in refused)


def _refusal(effect: Effect) -> str:
    return f"can't be {effect.refused_at}: {effect.refused}"


def _named(rows: Iterable[str]) -> str:
    heads = dict.fromkeys(text.partition(":")[0] for text in rows)
    listed = list(heads)
    return ", ".join(listed[:2]) + (f" and {len(listed) - 2} more" if len(listed) > 2 else "")
