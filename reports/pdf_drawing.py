"""A drawing of a page made fit for paper, of which the library knows most and not all."""

import re
from dataclasses import dataclass

FAMILY = "DejaVu"  # the fonts that come with matplotlib, by which all figures are measured
_WORDS = re.compile(r"<(title|desc)\b[^>]*>.*?</\1>", re.DOTALL)
_NAME = re.compile(r'(\bid="|url\(#|href="#)([^")]+)')
_PATTERN = re.compile(r"<pattern\b.*?</pattern>", re.DOTALL)
_HATCHED = re.compile(
    r'<path d="(?P<d>[^"]+)"(?P<clip>[^>]*?)style="fill: url\(#[^)]+\); (?P<rest>[^"]*)"/>'
)
_POINT = re.compile(r"[ML] (-?[\d.]+) (-?[\d.]+)")
_UNNAMED = re.compile(r"<text\b(?![^>]*font-family)")
_BOX = re.compile(r'viewBox="\S+ \S+ (\S+) (\S+)"')
_APART = 3.0  # px between the lines of a hatch


@dataclass(frozen=True)
class Drawing:
    """A drawing that can be put on paper.

    Arguments:
        svg: a document of its own.
        width: in px of the page.
        height: likewise.
    """

    svg: str
    width: float
    height: float


def on_paper(svg: str) -> Drawing:
    """Make a drawing of a page a document of its own: fonts named, hatches drawn as lines.

    Arguments:
        svg: the element, as it stands in the page.
    """
    box = _BOX.search(svg)
    assert box is not None  # reports.svg demands one
    text = _WORDS.sub("", svg).replace("var(--fonts, sans-serif)", FAMILY)
    text = _UNNAMED.sub(f'<text font-family="{FAMILY}"', text)
    text = _HATCHED.sub(_lines, _PATTERN.sub("", text))
    text = _NAME.sub(lambda found: found[1] + found[2].replace("-", "_"), text)
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return Drawing(text.replace("<svg ", f"<svg {spaces} ", 1), float(box[1]), float(box[2]))


def _lines(found: re.Match[str]) -> str:
    """A hatched rectangle: its border, and lines that rise from left to right within it."""
    points = [(float(x), float(y)) for x, y in _POINT.findall(found["d"])]
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    drawn, start = [], left - (bottom - top)
    while start < right:  # from (start, bottom) up to the right, cut off at the sides
        from_x, to_x = max(start, left), min(start + bottom - top, right)
        if from_x < to_x:
            drawn.append(
                f"M {from_x:.3f} {bottom - (from_x - start):.3f}"
                f" L {to_x:.3f} {bottom - (to_x - start):.3f}"
            )
        start += _APART
    border = f'<path d="{found["d"]}"{found["clip"]}style="fill: none; {found["rest"]}"/>'
    return border + f'<path d="{" ".join(drawn)}" style="fill: none; {found["rest"]}"/>'
