"""The uncertain inputs of a figure as bars: from its value at one end to that at the other."""

from typing import TYPE_CHECKING

from models.prediction.explanation_answer import Explanation
from reports.explanation_tables import then
from reports.figure_wording import called, figure_in_words
from reports.figures import SMALL, canvas, drawn, panel, short
from reports.palette import ACCENT, INK, LINE, MUTED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW, _HEAD, _FOOT = 38.0, 10.0, 34.0  # px
_LEFT, _WIDE = 10.0, 400.0
_LONGEST = 52  # characters of a name
_CHARACTER, _GAP = 7.2, 8.0  # px: of small words, and between two of them


def tornado(one: Explanation, key: str) -> str:
    """The drawing, as SVG.

    Arguments:
        one: the explanation, with an uncertain input at least.
        key: unlike that of any other drawing on the page.
    """
    rows = len(one.tornado)
    title = f"What {called(one.figure)} becomes as uncertain inputs move"
    words = "; ".join(
        f"{each.name}, {each.low or each.value} to {each.high}:"
        f" {then(one, each.at_low)} to {then(one, each.at_high)}"
        for each in one.tornado
    )
    with canvas(_HEAD + rows * _ROW + _FOOT) as figure:
        axes = panel(figure, _LEFT, _HEAD, _WIDE, rows * _ROW)
        _bars(axes, one)
        return drawn(figure, key, title, words)


def _bars(axes: "Axes", one: Explanation) -> None:
    base = one.moved
    for position, each in enumerate(one.tornado):
        known = [end for end in (each.at_low, each.at_high) if end is not None]
        low, high = min(*known, base), max(*known, base)
        axes.barh(position + 0.24, high - low, 0.4, left=low, color=ACCENT)
        axes.annotate(
            short(each.name, _LONGEST), (0, position - 0.2), xycoords=("axes fraction", "data"),
            size=SMALL, color=INK, va="center",
        )  # fmt: skip
    axes.axvline(base, color=LINE, zorder=0)
    axes.set_ylim(len(one.tornado) - 0.45, -0.55)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.set_yticks([])
    left, right = axes.get_xlim()
    marks: list[float] = []
    taken: list[tuple[float, float]] = []
    for mark in (base, *(left + share * (right - left) for share in (0.05, 0.95))):
        words = figure_in_words(one.figure, mark)
        middle, half = _WIDE * (mark - left) / (right - left), _CHARACTER * len(words) / 2
        # Words at an edge stand within it, and no two on each other.
        start = min(max(middle - half, -_LEFT), _WIDE - 2 * half)
        if any(start < end + _GAP and begin < start + 2 * half + _GAP for begin, end in taken):
            continue
        taken.append((start, start + 2 * half))
        marks.append(mark)
        place, side = {
            -_LEFT: (-_LEFT, "left"), _WIDE - 2 * half: (_WIDE, "right"),
        }.get(start, (middle, "center"))  # fmt: skip
        axes.annotate(
            words, (place / _WIDE, 0), (0, -9), xycoords="axes fraction",
            textcoords="offset points", size=SMALL, color=MUTED, ha=side, va="top",
        )  # fmt: skip
    axes.set_xticks(marks, ["" for _ in marks])
