"""Tables on paper: as wide as they must be, heads again on each page, no row cut that fits one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from reports.page_tree import Element
from reports.palette import BAD, GOOD, INK, LINE, MUTED
from reports.pieces import in_pieces

if TYPE_CHECKING:
    from fpdf import FPDF

_GAP = 3.0  # mm between columns
_ABOVE = 0.9  # mm above and below the text of a row
_SIZE, _SMALLEST = 8.0, 5.5  # pt
_LEADING = 1.32
_WORD, _FIGURE, _LEAST = 26.0, 45.0, 6.0  # mm of what is not cut; of any column
_PT = 25.4 / 72  # mm


@dataclass(frozen=True)
class _Line:
    """A line of a cell.

    Arguments:
        text: of it.
        style: of the font: B bold, I italic.
        colour: of the text.
        scale: of the size.
    """

    text: str
    style: str
    colour: str
    scale: float = 1.0


@dataclass(frozen=True)
class _Cell:
    text: str
    note: str
    style: str
    colour: str
    numeric: bool


def _rows(table: Element, part: str) -> list[Element]:
    return [row for each in table.all(part) for row in each.all("tr")]


def _cell(element: Element, style: str = "", colour: str = INK) -> _Cell:
    marks = element.classes
    if marks & {"good", "bad"}:
        style, colour = "B", GOOD if "good" in marks else BAD
    elif "strong" in marks:
        style = "B"
    elif "open" in marks:
        style = "I"
    note = " ".join(each.line() for each in element.all("small"))
    return _Cell(element.text("small").strip("\n"), note, style, colour, "number" in marks)


_Row = list[tuple[list[_Line], bool, float]]  # of each cell lines, numeric, and width, mm


class PaperTable:
    """A table laid out for a paper: widths of its columns, and the size of its font.

    Arguments:
        paper: that it is for.
        table: of the page.
    """

    def __init__(self, paper: "FPDF", table: Element) -> None:
        self.paper, self.size = paper, _SIZE
        heads, rows, feet = (_rows(table, part) for part in ("thead", "tbody", "tfoot"))
        self.heads = [[_cell(each, "B", MUTED) for each in row.all("th")] for row in heads]
        self.rows = [[_cell(each) for each in row.all("th", "td")] for row in rows]
        self.rows += [[_cell(each, "B") for each in row.all("th", "td")] for row in feet]
        while True:
            self.widths, fits = self._widths([*self.heads, *self.rows])
            if fits or self.size <= _SMALLEST:
                break
            self.size -= 0.5
        self._laid_heads = [self._laid(row) for row in self.heads]
        self._laid_rows = [self._laid(row) for row in self.rows]

    @property
    def height(self) -> float:
        """Of all of it, mm."""
        return sum(map(self._height, (*self._laid_heads, *self._laid_rows)))

    def draw(self, break_page: Callable[[], None]) -> None:
        """Draw it where the paper is; heads stand at the top of each page.

        Arguments:
            break_page: begins another page.
        """
        for head in self._laid_heads:
            self._row(head, INK, break_page)
        for row in self._laid_rows:
            if self._room() < min(self._height(row), self.paper.eph / 2):
                break_page()
                for head in self._laid_heads:
                    self._row(head, INK, break_page)
            self._row(row, LINE, break_page)

    def _laid(self, row: list[_Cell]) -> _Row:
        return [
            (self._lines(cell, width), cell.numeric, width)
            for cell, width in zip(row, self.widths, strict=False)
        ]

    def _row(self, row: _Row, rule: str, break_page: Callable[[], None]) -> None:
        paper, step = self.paper, self._step()
        left, done = max((len(lines) for lines, *_ in row), default=0), 0
        while left > 0:
            fit = max(1, int((self._room() - 2 * _ABOVE) / step))
            taken, x, top = min(left, fit), paper.l_margin, paper.get_y() + _ABOVE
            for lines, numeric, width in row:
                self._write(lines[done : done + taken], numeric, x, top, width)
                x += width + _GAP
            done, left = done + taken, left - taken
            paper.set_y(top + taken * step + _ABOVE)
            if left > 0:
                break_page()
        paper.set_draw_color(rule)
        paper.set_line_width(0.35 if rule == INK else 0.15)
        paper.line(paper.l_margin, paper.get_y(), paper.l_margin + paper.epw, paper.get_y())

    def _write(self, lines: list[_Line], numeric: bool, x: float, top: float, width: float) -> None:
        paper, step = self.paper, self._step()
        for position, line in enumerate(lines):
            self._font(line.style, line.scale)
            paper.set_text_color(line.colour)
            paper.set_xy(x, top + position * step)
            paper.cell(width, step, line.text, align="R" if numeric else "L")

    def _lines(self, cell: _Cell, width: float) -> list[_Line]:
        found = [
            _Line(text, cell.style, cell.colour)
            for text in self._wrapped(cell.text, width, cell.style, 1.0)
        ]
        if cell.note:
            found += [
                _Line(text, "", MUTED, 0.87) for text in self._wrapped(cell.note, width, "", 0.87)
            ]
        return found

    def _wrapped(self, text: str, width: float, style: str, scale: float) -> list[str]:
        from fpdf.enums import MethodReturnValue

        self._font(style, scale)
        lines: list[str] = []
        for paragraph in text.split("\n"):
            whole = in_pieces(paragraph, width, self.paper.get_string_width)
            broken = self.paper.multi_cell(
                width, None, whole, dry_run=True, output=MethodReturnValue.LINES, align="L"
            )
            lines += cast(list[str], broken)
        return lines or [""]

    def _widths(self, rows: list[list[_Cell]]) -> tuple[list[float], bool]:
        """Of each column, mm; and whether no word has to be cut for them."""
        count = max(map(len, rows), default=1)
        natural, least = [0.0] * count, [0.0] * count
        for row in rows:
            for position, cell in enumerate(row):
                for text, style, scale in ((cell.text, cell.style, 1.0), (cell.note, "", 0.87)):
                    self._font(style, scale)
                    wide = max(map(self.paper.get_string_width, text.split("\n"))) + 0.1
                    natural[position] = max(natural[position], wide)
                    whole = self._longest(text) + 0.1
                    # An address of a source may be cut; a figure never.
                    least[position] = max(
                        least[position], min(whole, _FIGURE if cell.numeric else _WORD)
                    )
        room = self.paper.epw - _GAP * (count - 1)
        if sum(natural) <= room:
            return self._spread(natural, room), True
        spare = room - sum(least)
        wish = sum(natural) - sum(least)
        if spare < 0:
            return [max(_LEAST, width * room / sum(least)) for width in least], False
        shares = zip(natural, least, strict=True)
        return [max(_LEAST, low + (high - low) * spare / wish) for high, low in shares], True

    def _spread(self, natural: list[float], room: float) -> list[float]:
        """What is left over goes to the columns in equal parts, as in a page."""
        more = (room - sum(natural)) / len(natural)
        return [width + more for width in natural]

    def _longest(self, text: str) -> float:
        return max(map(self.paper.get_string_width, text.replace("\n", " ").split(" ")))

    def _font(self, style: str, scale: float) -> None:
        self.paper.set_font(style=style, size=self.size * scale)

    def _step(self) -> float:
        return self.size * _LEADING * _PT

    def _height(self, row: _Row) -> float:
        return max((len(lines) for lines, *_ in row), default=0) * self._step() + 2 * _ABOVE

    def _room(self) -> float:
        return float(self.paper.page_break_trigger - self.paper.get_y())
