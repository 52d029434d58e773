"""Shares as bars, one beneath the other, each with its name over it and words beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports.figures import SMALL, WIDTH, canvas, drawn, panel
from reports.palette import ACCENT, BAD, LINE, MUTED

_ROW, _BAR, _LONGEST = 46.0, 16.0, 270.0  # px
_LETTERS = 48  # of a name


@dataclass(frozen=True)
class Bar:
    """One bar.

    Arguments:
        name: what it is of.
        share: of the longest, 0 to 1; more is drawn as all of it.
        words: the figure.
        strong: it stands out.
        bad: it is more than can be.
    """

    name: str
    share: float
    words: str
    strong: bool = False
    bad: bool = False


def bars(shown: Sequence[Bar], key: str, title: str) -> str:
    """Draw shares as bars over their whole.

    Arguments:
        shown: the bars, in order.
        key: unlike that of any other drawing on the page.
        title: its name.
    """
    height = _ROW * len(shown) + 8
    with canvas(height) as figure:
        axes = panel(figure, 0, 0, WIDTH, height)
        axes.set_axis_off()
        axes.set_xlim(0, WIDTH)
        axes.set_ylim(height, 0)
        for position, one in enumerate(shown):
            y = position * _ROW + 4
            name = one.name if len(one.name) <= _LETTERS else f"{one.name[: _LETTERS - 1]}…"
            axes.text(0, y + 12, name, weight="bold" if one.strong else "normal")
            axes.barh(y + 25, _LONGEST, _BAR, color=LINE, alpha=0.5)
            colour = BAD if one.bad else ACCENT if one.strong else MUTED
            axes.barh(y + 25, _LONGEST * min(1.0, max(0.0, one.share)), _BAR, color=colour)
            axes.text(_LONGEST + 8, y + 30, one.words, size=SMALL)
        words = "; ".join(f"{one.name}: {one.words}" for one in shown)
        return drawn(figure, key, title, f"{words}.")
