"""How the simulated runs are spread: a histogram over the share of runs that stayed below."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.description.quantities import DAY, HOUR
from models.description.stack import Stack
from models.prediction import Distribution
from reports.figures import SMALL, WIDTH, canvas, drawn, panel
from reports.palette import ACCENT, BAD, INK, LINE, MUTED
from reports.wording import Format, count, percent

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

_LEFT, _RIGHT, _LABELS = 52.0, 24.0, 20.0  # the last figure of an axis reaches beyond it
_STEPS = 250  # of a cumulative curve; more than its width in px can show
_FAR = 1.5  # an objective this many spans from the runs would squash them; it is named instead


@dataclass(frozen=True)
class Scale:
    """The unit of the horizontal axis.

    Arguments:
        divisor: value of one unit in SI.
        label: what the axis shows, with the unit.
        write: how one value is written.
        below: head of the lower panel.
    """

    divisor: float
    label: str
    write: Format
    below: str


@dataclass(frozen=True)
class Line:
    """A vertical line with its words.

    Arguments:
        value: where, SI.
        text: what it says.
        colour: of line and words.
        dashes: on and off, px.
    """

    value: float
    text: str
    colour: str
    dashes: tuple[float, ...]


def unit_of_time(longest: float) -> tuple[float, str]:
    """The largest unit of an axis that leaves at least two of the longest time: its length, s.

    Arguments:
        longest: time on the axis, s.
    """
    units = (("days", DAY), ("hours", HOUR), ("minutes", 60.0), ("seconds", 1.0))
    return next(
        ((length, unit) for unit, length in units if longest >= 2 * length), (1e-3, "milliseconds")
    )


def time_scale(distribution: Distribution, write: Format, what: str = "time to train") -> Scale:
    """Unit for durations: the largest that leaves at least two of the median.

    Arguments:
        distribution: durations, s.
        write: how one duration is written.
        what: the durations are of.
    """
    length, unit = unit_of_time(distribution.p50.mean)
    return Scale(length, f"{what}, {unit}", write, "Share of runs complete by then")


def money_scale(write: Format) -> Scale:
    """Unit for amounts of money.

    Arguments:
        write: how one amount is written.
    """
    return Scale(1.0, "cost of the run, USD", write, "Share of runs that cost no more")


def spread(
    distribution: Distribution,
    scale: Scale,
    key: str,
    title: str,
    objective: tuple[str, float] | None = None,
    rows: int = 0,
) -> str:
    """Histogram over cumulative share, with P50, P95 and the objective.

    Arguments:
        distribution: the simulated values.
        scale: unit of the axis.
        key: unlike that of any other drawing on the page.
        title: its name.
        objective: its name and value, if there is one.
        rows: of labels that there must be room for, so that drawings side by side are level.
    """
    import numpy as np

    samples = np.sort(np.array(distribution.samples or (distribution.p50.mean,)))
    low, high = _limits(samples)
    lines = [
        Line(distribution.p50.mean, f"P50 {scale.write(distribution.p50.mean)}", INK, ()),
        Line(distribution.p95.mean, f"P95 {scale.write(distribution.p95.mean)}", ACCENT, (6, 3)),
    ]
    if objective is not None:
        name, value = objective
        lines.append(Line(value, f"{name} {scale.write(value)}", BAD, (2, 2)))
        low, high = _with_objective(low, high, value)
    top = _LABELS * max(rows, len(lines)) + 24
    with canvas(top + 110 + 30 + 100 + 46) as figure:
        width = WIDTH - _LEFT - _RIGHT
        upper = panel(figure, _LEFT, top, width, 110)
        lower = panel(figure, _LEFT, top + 140, width, 100)
        _histogram(upper, samples / scale.divisor, low / scale.divisor, high / scale.divisor)
        _cumulative(lower, samples / scale.divisor, low / scale.divisor, high / scale.divisor)
        upper.tick_params(labelbottom=False)
        lower.set_xlabel(scale.label, color=MUTED, size=SMALL)
        _head(upper, "Share of runs")
        _head(lower, scale.below)
        for position, line in enumerate(lines):
            rise = 28 + _LABELS * (len(lines) - 1 - position)
            _draw(upper, lower, line, line.value / scale.divisor, rise)
        beyond = int(np.sum(samples > high))
        if beyond:
            words = f"{count(beyond)} of {count(len(samples))} beyond"
            upper.text(
                1, 0.9, words, size=SMALL, color=MUTED, ha="right", transform=upper.transAxes
            )
        description = _described(samples, scale, lines)
        return drawn(figure, key, title, description)


def _limits(samples: "np.ndarray") -> tuple[float, float]:
    """What the axis must show: all values, unless a long tail would squash the rest."""
    import numpy as np

    low, high = float(samples[0]), float(samples[-1])
    middle = max(abs(low), abs(high))
    if high - low <= 1e-6 * middle:
        margin = 0.05 * middle or 1.0
        return low - margin, high + margin
    most = float(np.quantile(samples, 0.99))
    if most > low and high - low > 2.5 * (most - low):
        high = low + 1.4 * (most - low)
    return low - 0.04 * (high - low), high + 0.04 * (high - low)


def _with_objective(low: float, high: float, value: float) -> tuple[float, float]:
    span = high - low
    if not low - _FAR * span <= value <= high + _FAR * span:
        return low, high
    return min(low, value - 0.04 * span), max(high, value + 0.04 * span)


def _histogram(axes: "Axes", samples: "np.ndarray", low: float, high: float) -> None:
    import numpy as np

    shown = samples[(samples >= low) & (samples <= high)]
    first, last = float(shown[0]), float(shown[-1])
    if last - first <= 1e-6 * max(abs(first), abs(last)):
        width = (high - low) / 40
        edges = np.array([first - width / 2, first + width / 2])
    else:
        edges = np.linspace(first, last, _bins(shown) + 1)
    heights, _ = np.histogram(shown, edges)
    shares = heights / len(samples)
    axes.stairs(shares, edges, fill=True, color="#a9c7e2")
    highest = float(shares.max())
    axes.set_ylim(0, 1.12 * highest)
    axes.set_yticks([0, highest], ["0", percent(highest)])
    _dress(axes, low, high)


def _bins(values: "np.ndarray") -> int:
    """As many as Freedman and Diaconis (1981) want, between what is too coarse and too fine."""
    import numpy as np

    quarter, three = (float(value) for value in np.quantile(values, (0.25, 0.75)))
    span, width = float(values[-1] - values[0]), 2 * (three - quarter) / len(values) ** (1 / 3)
    least = math.ceil(math.sqrt(len(values)))
    return max(min(least, 12), min(90, math.ceil(span / width))) if width > 0 else min(least, 30)


def _cumulative(axes: "Axes", samples: "np.ndarray", low: float, high: float) -> None:
    import numpy as np

    drawn = np.unique(np.linspace(0, len(samples) - 1, _STEPS).round().astype(int))
    steps = np.concatenate(([low], samples[drawn], [max(high, float(samples[-1]))]))
    shares = np.concatenate(([0.0], (drawn + 1) / len(samples), [1.0]))
    axes.step(steps, shares, where="post", color=ACCENT, linewidth=1.8)
    axes.set_ylim(0, 1.06)
    axes.set_yticks([0, 0.5, 0.95], ["0", "50 %", "95 %"])
    axes.grid(axis="y", color=LINE, linewidth=0.8)
    _dress(axes, low, high)


def _dress(axes: "Axes", low: float, high: float) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.set_xlim(low, high)
    locator = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10])
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_axisbelow(True)


def _head(axes: "Axes", text: str) -> None:
    axes.annotate(
        text, (0, 1), xytext=(-_LEFT, 7), xycoords="axes fraction", textcoords="offset points",
        size=SMALL, color=MUTED, zorder=5,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
    )  # fmt: skip


def _draw(upper: "Axes", lower: "Axes", line: Line, value: float, rise: float) -> None:
    low, high = upper.get_xlim()
    style = (0, line.dashes) if line.dashes else "-"
    share = (value - low) / (high - low)
    text = line.text
    if not 0 <= share <= 1:
        text = f"{text} \N{RIGHTWARDS ARROW}" if share > 1 else f"\N{LEFTWARDS ARROW} {text}"
        share = 1.0 if share > 1 else 0.0
    else:
        for axes in (upper, lower):
            axes.axvline(value, color=line.colour, linewidth=1.4, linestyle=style)
        upper.annotate(
            "", (share, 1), xytext=(0, rise + 12), xycoords="axes fraction",
            textcoords="offset points", annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": line.colour, "linewidth": 1.4,
                        "linestyle": style, "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip
    left = share < 0.55
    upper.annotate(
        text, (share, 1), xytext=(5 if left else -5, rise), xycoords="axes fraction",
        textcoords="offset points", ha="left" if left else "right", color=line.colour,
        weight="bold", size=SMALL, annotation_clip=False,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
    )  # fmt: skip


def _described(samples: "np.ndarray", scale: Scale, lines: list[Line]) -> str:
    import numpy as np

    low, high = scale.write(float(samples[0])), scale.write(float(samples[-1]))
    runs = count(len(samples))
    spread_in_words = (
        f"All {runs} runs gave {low}" if low == high else f"{runs} runs, {low} to {high}"
    )
    marks = ", ".join(line.text for line in lines)
    words = f"{spread_in_words}; {marks}."
    if len(lines) > 2:
        met = float(np.mean(samples <= lines[2].value))
        words += f" {percent(met)} of the runs stay within the {lines[2].text}."
    return words


def deadline_of(stack: Stack, name: str) -> tuple[str, float] | None:
    """The deadline of a workload; one that counts from earlier workloads is another quantity.

    Arguments:
        stack: the description.
        name: of the workload.
    """
    deadline = stack.objectives.deadline
    if deadline is None or deadline.workload != name or stack.workloads[name].after:
        return None
    return ("deadline", deadline.within)


def label_rows(stack: Stack) -> int:
    """P50 and P95, and the objective where one of the drawings has one.

    Arguments:
        stack: the description.
    """
    demanded = stack.objectives.budget is not None
    demanded = demanded or any(deadline_of(stack, name) for name in stack.workloads)
    return 3 if demanded else 2
