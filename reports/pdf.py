"""A page as a PDF for paper: the same words, figures and drawings, with name and page number."""

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from reports.page_tree import Element, page_tree
from reports.palette import ACCENT, BAD, FAINT, GOOD, INK, LINE, MUTED
from reports.pdf_drawing import FAMILY, Drawing, on_paper
from reports.pdf_table import PaperTable

if TYPE_CHECKING:
    from fpdf import FPDF

_MARGIN, _TOP, _FOOT = 15.0, 16.0, 18.0  # mm
_GAP = 6.0  # mm between drawings side by side
_MM_A_PX = 0.22  # of a drawing that stands alone
_BODY, _SMALL = 9.0, 7.5  # pt
_HEADS = {"h1": 19.0, "h2": 13.5, "h3": 10.5}  # pt
_KEPT = 32.0  # mm that must be left beneath a head
_STYLES = {"": "DejaVuSans", "B": "DejaVuSans-Bold", "I": "DejaVuSans-Oblique"}
_NO_DATE = datetime(1980, 1, 1, tzinfo=UTC)  # a document must have one
_LEFT_OUT = frozenset(("head", "nav", "style", "script"))


def pdf(page: str) -> bytes:
    """Lay a page out on A4; the same page gives the same bytes.

    Arguments:
        page: HTML that this room wrote.
    """
    root = page_tree(page)
    title = next((one.line() for one in root.all("title")), "")
    sheet = _Sheet(title)
    for body in root.all("body"):
        sheet.put_all(body)
    return sheet.written()


class _Sheet:
    """What has been put on paper so far."""

    def __init__(self, title: str) -> None:
        self.paper = _paper(title)
        self.paper.add_page()

    def written(self) -> bytes:
        """The whole document."""
        return bytes(self.paper.output())

    def put_all(self, parent: Element) -> None:
        """Everything in an element, in order."""
        elements = [child for child in parent.children if isinstance(child, Element)]
        for one, after in zip(elements, [*elements[1:], None], strict=True):
            self._put(one, after)

    def _put(self, one: Element, after: Element | None = None) -> None:
        if one.tag in _LEFT_OUT or "narrow" in one.classes:
            return  # the last says what a narrow screen leaves out
        if one.tag in _HEADS:
            self._head(one, after)
        elif one.tag == "p":
            self._paragraph(one)
        elif one.tag == "ul":
            self._tiles(one) if "tiles" in one.classes else self._bullets(one)
        elif one.tag == "dl":
            self._terms(one)
        elif one.tag == "table":
            self._table(one)
        elif one.tag == "figure":
            self._drawings([one])
        elif "pair" in one.classes:
            self._pair(one)
        else:
            self.put_all(one)
            if one.tag == "header":
                self._rule()

    def _rule(self) -> None:
        paper, y = self.paper, self.paper.get_y() + 1.5
        paper.set_draw_color(ACCENT)
        paper.set_line_width(0.9)
        paper.line(_MARGIN, y, _MARGIN + paper.epw, y)
        paper.set_y(y + 2)

    def _head(self, one: Element, after: Element | None) -> None:
        size = _HEADS[one.tag]
        if one.tag != "h1" and self._room() < self._kept_with(after):
            self.paper.add_page()
        elif one.tag != "h1":
            self.paper.ln(size * 0.35)
        if one.tag == "h2":
            self.paper.start_section(one.line())
        self._text(one.line(), size, style="B")
        if one.tag == "h2":
            y = self.paper.get_y() + 0.4
            self.paper.set_draw_color(LINE)
            self.paper.set_line_width(0.2)
            self.paper.line(_MARGIN, y, _MARGIN + self.paper.epw, y)
            self.paper.set_y(y + 1.6)

    def _kept_with(self, after: Element | None) -> float:
        """Room that a head needs, mm, so that what follows it stands on its page."""
        if after is not None and "scroll" in after.classes:
            return 16.0 + max(map(self._needed, after.all("table")), default=_KEPT)
        if after is not None and (after.tag == "figure" or "pair" in after.classes):
            first = [one for one in _parts(after) if one.tag == "figure"][:2]
            return 26.0 + (self._tall(first) if first else 0.0)
        return _KEPT

    def _tall(self, figures: list[Element]) -> float:
        """Height of the highest of figures in a row, mm, without its caption."""
        width = (self.paper.epw - _GAP * (len(figures) - 1)) / len(figures)
        alone = len(figures) == 1
        return max(_size(_of_figure(one), width, alone)[1] for one in figures)

    def _needed(self, table: Element) -> float:
        """Room that must be left for a table: a short one stands on one page."""
        height = PaperTable(self.paper, table).height + 8
        return height if height < self.paper.eph / 3 else _KEPT

    def _paragraph(self, one: Element) -> None:
        marks, text = one.classes, one.line()
        if "verdict" in marks:
            colour = GOOD if "good" in marks else BAD if "bad" in marks else INK
            self._text(text, 10.5, style="B", colour=colour, filled=True)
        elif marks & {"note", "where"}:
            self._text(text, _SMALL if "note" in marks else _BODY, colour=MUTED)
        elif "kind" in marks:
            self._text(text, _BODY, style="B", colour=ACCENT)
        else:
            bold = "changed" in marks or one.line(without="strong") in ("", ".")
            self._text(text, _BODY, style="B" if bold else "")
        self.paper.ln(1.2)

    def _text(
        self, text: str, size: float, style: str = "", colour: str = INK, filled: bool = False,
        left: float = 0.0,
    ) -> None:  # fmt: skip
        paper = self.paper
        paper.set_font(style=style, size=size)
        paper.set_text_color(colour)
        paper.set_fill_color(FAINT)
        paper.set_x(_MARGIN + left)
        paper.multi_cell(
            paper.epw - left, size * 0.5, text, align="L", fill=filled, new_x="LMARGIN",
            new_y="NEXT", padding=2 if filled else 0,
        )  # fmt: skip

    def _bullets(self, one: Element) -> None:
        for each in one.all("li"):
            self._text(f"\N{BULLET} {each.line()}", _BODY, left=2)
            self.paper.ln(0.6)

    def _terms(self, one: Element) -> None:
        for each in one.all("dt", "dd"):
            if each.tag == "dt" and self._room() < 14:
                self.paper.add_page()
            self._text(each.line(), _BODY, style="B" if each.tag == "dt" else "")
            self.paper.ln(1.4 if each.tag == "dd" else 0.2)

    def _tiles(self, one: Element) -> None:
        """The big figures, four in a row."""
        tiles, paper = list(one.all("li")), self.paper
        across = max(1, min(4, len(tiles)))
        width, height = (paper.epw - 3 * (across - 1)) / across, 24.0
        for start in range(0, len(tiles), across):
            if self._room() < height:
                paper.add_page()
            top = paper.get_y()
            for position, tile in enumerate(tiles[start : start + across]):
                self._tile(tile, _MARGIN + position * (width + 3), top, width, height)
            paper.set_xy(_MARGIN, top + height + 2)

    def _tile(self, tile: Element, x: float, top: float, width: float, height: float) -> None:
        paper = self.paper
        paper.set_draw_color(LINE)
        paper.set_line_width(0.2)
        paper.rect(x, top, width, height)
        paper.set_draw_color(ACCENT)
        paper.set_line_width(0.7)
        paper.line(x, top, x + width, top)
        label, about = (each.line() for each in tile.all("span") if "name" not in each.classes)
        figure = next(each.line() for each in tile.all("strong"))
        paper.set_xy(x + 1.5, top + 1.5)
        paper.set_font(style="B", size=13.0)
        large = min(13.0, 13.0 * (width - 3.2) / paper.get_string_width(figure))
        for text, size, style, colour in (
            (label, _SMALL, "", MUTED), (figure, large, "B", INK), (about, 6.5, "", MUTED),
        ):  # fmt: skip
            paper.set_font(style=style, size=size)
            paper.set_text_color(colour)
            paper.set_x(x + 1.5)
            paper.multi_cell(width - 3, size * 0.45, text, align="L", new_x="LEFT", new_y="NEXT")

    def _table(self, one: Element) -> None:
        caption = " ".join(each.line() for each in one.all("caption"))
        if self._room() < self._needed(one):
            self.paper.add_page()
        self.paper.ln(2.5)
        self._text(caption, _BODY, style="B")
        PaperTable(self.paper, one).draw(self.paper.add_page)
        self.paper.ln(1.5)

    def _pair(self, one: Element) -> None:
        """Drawings side by side, and tables, which need all the width, beneath each other."""
        figures = _parts(one)
        drawings = [child for child in figures if child.tag == "figure"]
        for start in range(0, len(drawings), 2):
            self._drawings(drawings[start : start + 2])
        for child in figures:
            if child.tag != "figure":
                self._put(child)

    def _drawings(self, figures: list[Element]) -> None:
        """Figures in a row, each over its caption."""
        shown = [(_of_figure(one), _caption(one)) for one in figures]
        paper = self.paper
        width = (paper.epw - _GAP * (len(shown) - 1)) / len(shown)
        sizes = [_size(drawing, width, len(shown) == 1) for drawing, _ in shown]
        tall = max(height for _, height in sizes)
        if self._room() < tall + 14:
            paper.add_page()
        top = paper.get_y() + 2
        lowest = top
        for position, ((drawing, caption), (wide, high)) in enumerate(
            zip(shown, sizes, strict=True)
        ):
            x = _MARGIN + position * (width + _GAP)
            paper.image(io.BytesIO(drawing.svg.encode()), x=x, y=top, w=wide, h=high)
            paper.set_font(size=_SMALL)
            paper.set_text_color(MUTED)
            paper.set_xy(x, top + tall + 1.5)
            paper.multi_cell(width, _SMALL * 0.45, caption, align="L", new_x="LEFT", new_y="NEXT")
            lowest = max(lowest, paper.get_y())
        paper.set_xy(_MARGIN, lowest + 2)

    def _room(self) -> float:
        return float(self.paper.page_break_trigger - self.paper.get_y())


def _parts(one: Element) -> list[Element]:
    """A figure, or what stands side by side."""
    if one.tag == "figure":
        return [one]
    return [child for child in one.children if isinstance(child, Element)]


def _of_figure(figure: Element) -> Drawing:
    """Its drawing; of those for screens of several widths, the widest."""
    drawings = list(figure.all("svg"))
    wide = [one for one in drawings if "blocks-narrow" not in one.classes]
    return on_paper((wide or drawings)[0].drawing)


def _caption(figure: Element) -> str:
    return " ".join(each.line() for each in figure.all("figcaption"))


def _size(drawing: Drawing, width: float, alone: bool) -> tuple[float, float]:
    """Width and height on paper, mm; no drawing is higher than a page."""
    wide = min(width, drawing.width * _MM_A_PX) if alone else width
    high = min(wide * drawing.height / drawing.width, 230.0)
    return high * drawing.width / drawing.height, high


def _paper(title: str) -> "FPDF":
    from pathlib import Path

    import matplotlib
    from fpdf import FPDF

    class Paper(FPDF):
        """With the name and the number of the page at its foot."""

        def footer(self) -> None:
            self.set_y(-12)
            self.set_font(style="", size=7)
            self.set_text_color(MUTED)
            self.cell(self.epw - 30, 4, title, align="L")
            self.cell(30, 4, f"{self.page_no()} of {{nb}}", align="R")

    paper = Paper(format="A4")
    paper.set_margins(_MARGIN, _TOP, _MARGIN)
    paper.set_auto_page_break(True, _FOOT)
    paper.c_margin = 0.0
    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    for style, name in _STYLES.items():
        paper.add_font(FAMILY, style, fonts / f"{name}.ttf")
    paper.set_font(FAMILY, size=_BODY)
    paper.set_title(title)
    paper.set_lang("en")
    paper.set_creation_date(_NO_DATE)  # the same page gives the same bytes
    return paper
