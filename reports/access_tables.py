"""Who may do what with which store, and why, as tables."""

from collections.abc import Iterable, Sequence

from models.prediction.access_answer import AccessCell
from reports.table import Cell, Mark, Table, columns, row

_WORDS: dict[str, tuple[str, Mark]] = {
    "allowed": ("yes", "good"),
    "not allowed": ("no", ""),
    "denied": ("denied", "bad"),
    "can't be said": ("?", "open"),
}


def on(cell: AccessCell) -> str:
    """A store, and the objects of it that are meant.

    Arguments:
        cell: of the answer.
    """
    return f"{cell.store}/{cell.objects}" if cell.objects else cell.store


def who_may_what(cells: Sequence[AccessCell]) -> Table:
    """A row for each identity and store.

    Arguments:
        cells: of the answer.
    """
    actions = list(dict.fromkeys(one.action for one in cells))
    found: dict[tuple[str, str], dict[str, AccessCell]] = {}
    for one in cells:
        found.setdefault((one.who, on(one)), {})[one.action] = one
    rows = tuple(
        row(*who_and_on, *(_word(of[action]) for action in actions))
        for who_and_on, of in found.items()
    )
    heads = columns("Who", "On", *(action.title() for action in actions))
    return Table("Who may do what", heads, rows, note=_note(cells))


def _word(cell: AccessCell) -> Cell:
    return Cell(*_WORDS[cell.outcome])


def _note(cells: Sequence[AccessCell]) -> str:
    allowed = sum(one.outcome == "allowed" for one in cells)
    open_ = sum(one.outcome == "can't be said" for one in cells)
    text = f"{allowed:,} of {len(cells):,} allowed"
    return f"{text}; of {open_:,} it can't be said." if open_ else f"{text}."


def reasons(cells: Sequence[AccessCell]) -> Table:
    """What decided, a row for actions of an identity on a store that the same decided.

    Arguments:
        cells: of the answer.
    """
    found: dict[tuple[str, str, str], list[str]] = {}
    for one in cells:
        found.setdefault((one.who, on(one), why(one)), []).append(one.action)
    rows = tuple(
        row(who, store, ", ".join(actions), because)
        for (who, store, because), actions in found.items()
    )
    return Table("Why", columns("Who", "On", "What", "Because"), rows)


def why(cell: AccessCell) -> str:
    """What decided, in words.

    Arguments:
        cell: of the answer.
    """
    by = " and ".join(cell.because)
    if cell.outcome == "can't be said":
        return f"can't be said{f' of {by}' if by else ''}: {cell.reason}"
    return f"{cell.outcome} by {by}" if by else f"{cell.outcome}: {cell.reason}"


_SHORT = {
    ("list", "read"): "read",  # who reads finds, too
    ("list", "read", "write"): "read and write",
}


def may(cells: Iterable[AccessCell], who: str) -> str:
    """What somebody may do with which store, in words; empty where it is nothing.

    Arguments:
        cells: of the answer.
        who: an identity.
    """
    found: dict[str, list[str]] = {}
    for one in cells:
        if one.who == who and one.outcome == "allowed":
            found.setdefault(on(one), []).append(one.action)
    return ", ".join(f"{_together(actions)} {store}" for store, actions in found.items())


def unneeded(cells: Iterable[AccessCell]) -> str:
    """What roles may and no workload does, one sentence; empty where there is nothing.

    Arguments:
        cells: allowed to roles, and needed by no workload.
    """
    listed = ", ".join(f"{one.who} to {one.action} {on(one)}" for one in cells)
    return f"No workload needs what policies allow {listed}." if listed else ""


def lacking(cells: Iterable[AccessCell]) -> str:
    """What workloads need and their nodes may not, one sentence; empty where there is nothing.

    Arguments:
        cells: that are needed, and not allowed.
    """
    found: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for one in cells:
        found.setdefault((one.who, one.store, one.needed_by), []).append(one.action)
    listed = ", ".join(
        f"{who} to {_together(actions)} {store} ({', '.join(needed_by)})"
        for (who, store, needed_by), actions in found.items()
    )
    return f"Nothing allows what workloads need: {listed}." if listed else ""


def _together(actions: list[str]) -> str:
    return _SHORT.get(tuple(actions)) or " and ".join(actions)
