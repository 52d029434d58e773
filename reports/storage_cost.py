"""A chart of what a terabyte has cost over the years."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from models.prediction import MediumHistory
from reports.figures import SMALL, WIDTH, canvas, drawn, panel
from reports.palette import LINE, STEP

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TB = 1e12
CAPTION = "cheapest price recorded until that year, not adjusted for inflation"
_HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 350.0, 84.0, 24.0, 14.0, 62.0
_WORDS = ((1e12, " trillion"), (1e9, " billion"), (1e6, " million"), (1.0, ""))
_STYLES: dict[str, tuple[str, Any]] = {
    "disk": (STEP["compute"], "solid"),
    "flash": (STEP["straggler"], "dashed"),
    "solid-state": (STEP["input_wait"], "solid"),
    "memory": (STEP["inter_node"], (0, (1, 1))),
}


def storage_cost(costs: Sequence[MediumHistory], key: str) -> str:
    """The cheapest terabyte of each medium by year, as SVG.

    Arguments:
        costs: of each medium.
        key: unlike that of any other drawing on the page.
    """
    with _painted(costs) as figure:
        return drawn(figure, key, "What a terabyte has cost", f"{CAPTION}. {describe(costs)}")


def storage_cost_png(costs: Sequence[MediumHistory], scale: float = 2.0) -> bytes:
    """The cheapest terabyte of each medium by year, as PNG.

    Arguments:
        costs: of each medium.
        scale: pixels a px of the drawing.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with _painted(costs) as figure:
        figure.set_facecolor("white")
        figure.set_dpi(72 * scale)
        picture = io.BytesIO()
        paper: Any = FigureCanvasAgg(figure)
        paper.print_png(picture, metadata={"Software": None})
        return picture.getvalue()


def describe(costs: Sequence[MediumHistory]) -> str:
    """First and last price of each medium, and its mean yearly fall, in words.

    Arguments:
        costs: of each medium.
    """
    return " ".join(
        f"{one.medium}: {_dollars(one.prices[0] * TB)} a TB in {one.years[0]},"
        f" {_dollars(one.prices[-1] * TB)} in {one.years[-1]}, {_fall(one)} a year."
        for one in costs
    )


def _fall(one: MediumHistory) -> str:
    if one.yearly_change is None:
        return "no trend"
    return f"{100 * one.yearly_change:+.0f} %".replace("-", "\u2212")


def _dollars(usd: float) -> str:
    return f"{_number(usd)} USD"


def _number(value: float) -> str:
    scale, word = next((one for one in _WORDS if value >= one[0]), _WORDS[-1])
    # Four digits, and no power of ten for what has more before the point.
    return f"{float(f'{value / scale:.4g}'):,.15g}{word}"


@contextmanager
def _painted(costs: Sequence[MediumHistory]) -> Iterator["Figure"]:
    with canvas(_HEIGHT) as figure:
        width, height = WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
        axes = panel(figure, _LEFT, _TOP, width, height)
        axes.set_yscale("log")
        axes.grid(color=LINE, linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_title("USD a TB", loc="left", size=SMALL)
        axes.set_xlabel(CAPTION.replace(", ", ",\n"), size=SMALL)
        axes.yaxis.set_major_formatter(lambda value, _: _number(value))
        axes.minorticks_off()
        last = max((one.years[-1] for one in costs), default=0)
        for one in costs:
            _line(axes, one, last)
        axes.legend(frameon=False, fontsize=SMALL, loc="upper right", title="change a year")
        yield figure


def _line(axes: "Axes", one: MediumHistory, last: int) -> None:
    colour, style = _STYLES[one.medium]
    # A price holds until a lower one is recorded.
    years = [*one.years, last]
    prices = [price * TB for price in one.prices]
    axes.step(
        years, [*prices, prices[-1]], where="post", color=colour, linestyle=style,
        linewidth=1.8, label=f"{one.medium} {_fall(one)}",
    )  # fmt: skip
