"""A chart of what a terabyte has cost over the years."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from models.catalog.history import MEDIA, StorageCost
from models.laws.trend import exponential_trend
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


def storage_cost(costs: Sequence[StorageCost], key: str) -> str:
    """The cheapest terabyte of each medium by year, as SVG.

    Arguments:
        costs: of the catalog, one record for each new lowest price.
        key: unlike that of any other drawing on the page.
    """
    with _painted(costs) as figure:
        return drawn(figure, key, "What a terabyte has cost", f"{CAPTION}. {describe(costs)}")


def storage_cost_png(costs: Sequence[StorageCost], scale: float = 2.0) -> bytes:
    """The cheapest terabyte of each medium by year, as PNG.

    Arguments:
        costs: of the catalog, one record for each new lowest price.
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


def describe(costs: Sequence[StorageCost]) -> str:
    """First and last price of each medium, and its mean yearly fall, in words.

    Arguments:
        costs: of the catalog, one record for each new lowest price.
    """
    return " ".join(
        f"{medium}: {_dollars(first.usd_per_byte * TB)} a TB in {first.year},"
        f" {_dollars(last.usd_per_byte * TB)} in {last.year}, {_fall(series)} a year."
        for medium, series in _by_medium(costs).items()
        for first, last in [(series[0], series[-1])]
    )


def _by_medium(costs: Sequence[StorageCost]) -> dict[str, list[StorageCost]]:
    found = {
        medium: sorted((cost for cost in costs if cost.medium == medium), key=lambda one: one.year)
        for medium in MEDIA
    }
    return {medium: series for medium, series in found.items() if series}


def _fall(series: Sequence[StorageCost]) -> str:
    if len(series) < 2:
        return "no trend"
    years, prices = [cost.year for cost in series], [cost.usd_per_byte for cost in series]
    return f"{100 * exponential_trend(years, prices).yearly_change:+.0f} %".replace("-", "\u2212")


def _dollars(usd: float) -> str:
    return f"{_number(usd)} USD"


def _number(value: float) -> str:
    scale, word = next((one for one in _WORDS if value >= one[0]), _WORDS[-1])
    # Four digits, and no power of ten for what has more before the point.
    return f"{float(f'{value / scale:.4g}'):,.15g}{word}"


@contextmanager
def _painted(costs: Sequence[StorageCost]) -> Iterator["Figure"]:
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
        last = max((cost.year for cost in costs), default=0)
        for medium, series in _by_medium(costs).items():
            _line(axes, medium, series, last)
        axes.legend(frameon=False, fontsize=SMALL, loc="upper right", title="change a year")
        yield figure


def _line(axes: "Axes", medium: str, series: list[StorageCost], last: int) -> None:
    colour, style = _STYLES[medium]
    # A price holds until a lower one is recorded.
    years = [*(cost.year for cost in series), last]
    prices = [cost.usd_per_byte * TB for cost in series]
    axes.step(
        years, [*prices, prices[-1]], where="post", color=colour, linestyle=style,
        linewidth=1.8, label=f"{medium} {_fall(series)}",
    )  # fmt: skip
