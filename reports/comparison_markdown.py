"""Stacks side by side as Markdown, for a pull request."""

from models.prediction.comparison_answer import Comparison
from reports import comparison_tables
from reports.comparison_terminal import findings, how
from reports.table import Cell, Table

_SIGNS = {"good": "\N{WHITE HEAVY CHECK MARK} ", "bad": "\N{CROSS MARK} ", "open": "\u2753 "}
_ESCAPED = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_[]<>|#"})


def text(compared: Comparison) -> str:
    """What `windtunnel compare --format markdown` prints.

    Arguments:
        compared: the stacks.
    """
    beyond = comparison_tables.refused(compared)
    tables = [*comparison_tables.tables(compared), *([beyond] if beyond is not None else [])]
    parts = [_table(one) for one in tables]
    parts.insert(0, "\n".join(_plain(one) for one in comparison_tables.verdicts(compared)))
    told = findings(compared)
    if told:
        parts.append("\n".join(["**Warnings**", "", *(f"- {_plain(one)}" for one in told)]))
    return "\n\n".join(filter(None, [*parts, f"<sub>{_plain(how(compared))}</sub>"])) + "\n"


def _table(table: Table) -> str:
    lines = [
        f"**{_plain(table.caption)}**",
        "",
        _row([_plain(one.title) for one in table.columns]),
        _row(["---:" if one.numeric else "---" for one in table.columns]),
        *(_row([_cell(one) for one in row]) for row in table.rows),
    ]
    if table.total:
        lines.append(_row([_cell(one) for one in table.total]))
    return "\n".join([*lines, "", _plain(table.note)] if table.note else lines)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell) -> str:
    told = _SIGNS.get(cell.mark, "") + _plain(cell.text)
    told = f"**{told}**" if cell.mark == "strong" and told else told
    return f"{told}<br>{_plain(cell.note)}" if cell.note else told


def _plain(words: str) -> str:
    """Text as Markdown shows it, whatever signs it has."""
    return " ".join(words.translate(_ESCAPED).split())
