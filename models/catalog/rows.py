"""Reading one CSV table: cells become numbers in SI units, or an error that says where."""

import csv
import datetime
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from models.catalog.errors import CatalogError

DATE = "date"
SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table; every method names the column that it refuses."""

    file: str
    line: int
    columns: Mapping[str, int]
    cells: tuple[str, ...]

    def refuse(self, column: str, message: str) -> CatalogError:
        """Build the error that names this row and the column."""
        return CatalogError(self.file, self.line, column, message)

    def optional(self, column: str) -> str:
        """Read a text that may be empty."""
        place = self.columns.get(column)
        if place is None:
            raise self.refuse(column, "the table has no such column")
        return self.cells[place].strip()

    def cited(self) -> dict[str, Any]:
        """Read what every record says of where it is from."""
        return {"date": self.day(), "source": self.text(SOURCE), "note": self.optional("note")}

    def text(self, column: str) -> str:
        """Read a text that must be there."""
        text = self.optional(column)
        if not text:
            raise self.refuse(column, "is empty")
        return text

    def choice(self, column: str, allowed: tuple[str, ...]) -> str:
        """Read one of the words allowed."""
        text = self.text(column)
        if text not in allowed:
            raise self.refuse(column, f"'{text}' is none of {', '.join(allowed)}")
        return text

    def words(self, column: str) -> tuple[str, ...]:
        """Read words parted by spaces, at least one."""
        return tuple(self.text(column).split())

    def amount(self, column: str, unit: float = 1.0) -> float:
        """Read a finite number, 0 or more, and multiply it by the column's unit."""
        text = self.text(column)
        try:
            value = float(text)
        except ValueError:
            raise self.refuse(column, f"'{text}' is not a number") from None
        if not math.isfinite(value) or value < 0:
            raise self.refuse(column, f"{text} is not a finite number of 0 or more")
        return value * unit

    def number(self, column: str, low: float, high: float) -> float:
        """Read a number between two others."""
        text = self.text(column)
        try:
            value = float(text)
        except ValueError:
            raise self.refuse(column, f"'{text}' is not a number") from None
        if not low <= value <= high:
            raise self.refuse(column, f"{text} is not from {low:g} to {high:g}")
        return value

    def numbers(self, column: str) -> tuple[float, ...]:
        """Read growing numbers above 0, parted by spaces; none where it is empty or 0."""
        words = self.optional(column).split()
        try:
            values = tuple(float(word) for word in words if word != "0")
        except ValueError:
            raise self.refuse(column, f"'{self.optional(column)}' has no number") from None
        if not all(low < high < math.inf for low, high in pairwise((0.0, *values))):
            raise self.refuse(column, f"'{self.optional(column)}' does not grow from above 0")
        return values

    def some_of(self, column: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        """Read any of the words allowed, parted by spaces; none where it is empty."""
        words = tuple(self.optional(column).split())
        for word in words:
            if word not in allowed:
                raise self.refuse(column, f"'{word}' is none of {', '.join(allowed)}")
        return words

    def positive(self, column: str, unit: float = 1.0) -> float:
        """Read a finite number above 0 and multiply it by the column's unit."""
        value = self.amount(column, unit)
        if value == 0:
            raise self.refuse(column, "0 is not above 0")
        return value

    def positive_or_none(self, column: str, unit: float = 1.0) -> float | None:
        """Read a finite number above 0 as `positive` does; None where the cell is empty."""
        return self.positive(column, unit) if self.optional(column) else None

    def limit(self, column: str, unit: float = 1.0) -> float:
        """Read a positive limit, or the word `unlimited` as infinity."""
        return math.inf if self.text(column) == "unlimited" else self.positive(column, unit)

    def fraction(self, column: str) -> float:
        """Read a probability above 0 and at most 1."""
        value = self.positive(column)
        if value > 1:
            raise self.refuse(column, f"{value:g} is above 1")
        return value

    def fraction_or_none(self, column: str) -> float | None:
        """Read a probability as `fraction` does; None where the cell is empty."""
        return self.fraction(column) if self.optional(column) else None

    def count(self, column: str) -> int:
        """Read a whole number, 0 or more."""
        text = self.text(column)
        if not text.isdecimal():
            raise self.refuse(column, f"'{text}' is not a whole number of 0 or more")
        return int(text)

    def flag(self, column: str) -> bool:
        """Read `yes` or `no`."""
        return self.choice(column, ("yes", "no")) == "yes"

    def day(self) -> datetime.date:
        """Read the day the fact held; a fact without one is refused."""
        text = self.text(DATE)
        try:
            if len(text) == len("yyyy-mm-dd"):
                return datetime.date.fromisoformat(text)
        except ValueError:
            pass
        raise self.refuse(DATE, f"'{text}' is not an ISO date (yyyy-mm-dd)")


def read_rows(path: Path) -> Iterator[Row]:
    """Read the rows of a CSV file with a header; raises `CatalogError` where it is misshapen."""
    try:
        stream = path.open(encoding="utf-8", newline="")
    except OSError as error:
        raise CatalogError(path.name, 1, "", f"cannot be read: {error.strerror}") from None
    with stream:
        reader = csv.reader(stream)
        header = next(reader, [])
        columns = {name: place for place, name in enumerate(header)}
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(header):
                message = f"the row has {len(cells)} cells, the header {len(header)}"
                raise CatalogError(path.name, reader.line_num, header[0], message)
            yield Row(path.name, reader.line_num, columns, tuple(cells))
