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
_APART = 0.22  # of the width: two marks with their words


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
    apart = _APART * (right - left)
    ends = [left + share * (right - left) for share in (0.05, 0.95)]
    marks = [base, *(end for end in ends if abs(end - base) > apart)]  # no two on each other
    axes.set_xticks(marks, [figure_in_words(one.figure, mark) for mark in marks], color=MUTED)
