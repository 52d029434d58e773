"""Figures as a test can type them: powers of ten as 1.3e-5, factors with a letter x."""

import re

from reports.table import Table

_POWER = re.compile(r"\s\N{MULTIPLICATION SIGN}\s10([⁻⁰¹²³⁴-⁹]+)")
_LOWERED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def plain(text: str) -> str:
    """The text with its figures in ASCII."""
    text = _POWER.sub(lambda found: f"e{found[1].translate(_LOWERED)}", text)
    return text.replace("\N{MULTIPLICATION SIGN}", "x")


def texts(table: Table | None) -> list[list[str]]:
    """What the cells of a table say, row by row."""
    assert table is not None
    return [[plain(cell.text) for cell in cells] for cells in table.rows]
