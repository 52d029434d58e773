"""A table before anyone has decided how it is drawn: HTML and terminal show the same rows."""

from dataclasses import dataclass
from typing import Literal

Mark = Literal["", "good", "bad", "open", "strong"]


@dataclass(frozen=True)
class Cell:
    """One cell.

    Arguments:
        text: what it says.
        mark: good, bad, open (not known) or strong where it should be seen; the text says so too.
        note: smaller text beneath.
    """

    text: str
    mark: Mark = ""
    note: str = ""


@dataclass(frozen=True)
class Column:
    """One column.

    Arguments:
        title: its head.
        numeric: aligned to the right, figures of equal width, never broken.
    """

    title: str
    numeric: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under heads; the first cell of a row names it.

    Arguments:
        caption: what the table shows.
        columns: their heads.
        rows: cells, as many as columns in each.
        total: the last row, set apart, if any.
        note: what the reader must know to read it.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] = ()
    note: str = ""

    @property
    def wide(self) -> bool:
        """On a telephone its rows must stand one below the other, each cell beside its head."""
        words = [one for one in self.columns[1:] if not one.numeric]
        return len(self.columns) > 3 or (len(self.columns) == 3 and bool(words))


def columns(*titles: str) -> tuple[Column, ...]:
    """Columns from their heads; a head that ends in ">" is numeric.

    Arguments:
        titles: the heads.
    """
    return tuple(Column(title.removesuffix(">"), title.endswith(">")) for title in titles)


def row(*cells: str | Cell) -> tuple[Cell, ...]:
    """One row, where plain text is a cell without a mark.

    Arguments:
        cells: texts or cells.
    """
    return tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in cells)
