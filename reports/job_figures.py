"""Charts of jobs as SVG: who ran where and when, and what was in use."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from models.description.quantities import DAY, HOUR
from models.prediction.jobs_answer import JobsPrediction
from reports.figures import SMALL, WIDTH, canvas, drawn, panel, short
from reports.palette import ACCENT, BAD, INK, LINE, MUTED, STEP
from reports.wording import count, duration, number, resource

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

IN_PARTS = {"memory": (1e9, ", GB")}  # resources that are drawn in a unit of their own
_LEFT, _RIGHT, _TOP, _BOTTOM = 58.0, 14.0, 16.0, 44.0
_COLOURS = tuple(STEP.values())
_ROWS = 60  # of a Gantt picture
_KEYS, _KEYS_IN_A_ROW, _KEY_ROW, _NAME = 12, 3, 18.0, 13  # px of a row; characters of a name


def gantt(one: JobsPrediction, key: str) -> str:
    """The first jobs of one replication over time, by kind: a line each, interruptions hatched.

    Arguments:
        one: the prediction.
        key: unlike that of any other drawing on the page.
    """
    rows = dict(zip(dict.fromkeys(bar.job for bar in one.bars), range(1, _ROWS + 1), strict=False))
    shown = [bar for bar in one.bars if bar.job in rows]
    unit, scale = unit_of(max((bar.end for bar in shown), default=1.0))
    names = list(dict.fromkeys(bar.name for bar in shown))
    colours = {name: _COLOURS[k % len(_COLOURS)] for k, name in enumerate(names)}
    key_height = _KEY_ROW * math.ceil(min(len(names), _KEYS) / _KEYS_IN_A_ROW)
    top = _TOP + (key_height if len(names) > 1 else 0.0)
    height = max(120.0, 7.0 * len(rows) + _TOP + _BOTTOM) + top - _TOP
    with canvas(height) as figure:
        axes = panel(figure, _LEFT, top, WIDTH - _LEFT - _RIGHT, height - top - _BOTTOM)
        if len(names) > 1:
            name_colours(figure, colours)
        _whole(axes, 8)
        axes.set_xlabel(f"time, {unit}", size=SMALL)
        axes.set_ylabel("job", size=SMALL)
        for bar in shown:
            hatch = None if bar.complete else "////"
            axes.barh(
                rows[bar.job], (bar.end - bar.start) / scale, 0.8, left=bar.start / scale,
                color=colours[bar.name], edgecolor="white", hatch=hatch, linewidth=0.3,
            )  # fmt: skip
        axes.set_ylim(len(rows) + 1, 0)
        # Jobs that waited for other workloads have no bars before those are complete.
        axes.set_xlim(min((bar.start for bar in shown), default=0.0) / scale, None)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        words = "; ".join(
            f"job {bar.job + 1} from {duration(bar.start)} to {duration(bar.end)}"
            + ("" if bar.complete else ", interrupted")
            for bar in shown
        )
        title = f"The first {count(len(rows))} jobs of {one.name}"
        return drawn(figure, key, title, f"{words}.")


def name_colours(figure: "Figure", colours: Mapping[str, str]) -> None:
    """Which name has which colour, in rows at the top of the figure.

    Arguments:
        figure: with room for them.
        colours: by name.
    """
    height = figure.get_figheight() * 72
    shown = list(colours.items())[:_KEYS]
    if len(colours) > _KEYS:
        shown[-1] = (f"and {count(len(colours) - _KEYS + 1)} more", "none")
    across = (WIDTH - _LEFT) / _KEYS_IN_A_ROW
    for position, (name, colour) in enumerate(shown):
        row, column = divmod(position, _KEYS_IN_A_ROW)
        left, middle = _LEFT + column * across, 12.0 + row * _KEY_ROW
        below = 1 - middle / height
        figure.text((left + 18) / WIDTH, below, short(name, _NAME), size=SMALL, va="center")
        if colour != "none":
            mark = panel(figure, left, middle - 5, 12, 10)
            mark.set_axis_off()
            mark.add_patch(_square(colour))


def _square(colour: str) -> "Rectangle":
    from matplotlib.patches import Rectangle

    return Rectangle((0, 0), 1, 1, color=colour)


def _whole(axes: "Axes", most: int) -> None:
    """Ticks of an upright axis that counts: there is no half of a job."""
    from matplotlib.ticker import MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(nbins=most, integer=True))


def occupancy(one: JobsPrediction, key: str) -> str:
    """What is in use, and how many jobs wait, over the time of one replication.

    Arguments:
        one: the prediction, with its steps.
        key: unlike that of any other drawing on the page.
    """
    steps = one.steps
    assert steps is not None  # the caller asks
    unit, scale = unit_of(steps.times[-1])
    times = [time / scale for time in steps.times]
    part, of = IN_PARTS.get(steps.resource, (1.0, ""))
    name, waits = resource(steps.resource), any(steps.waiting)
    upper, gap, lower = 110.0, 26.0, 64.0
    height = _TOP + upper + _BOTTOM + (gap + lower if waits else 0.0)
    with canvas(height) as figure:
        across = WIDTH - _LEFT - _RIGHT
        above = panel(figure, _LEFT, _TOP, across, upper)
        in_use = [value / part for value in steps.in_use]
        above.fill_between(times, in_use, step="post", color=ACCENT, alpha=0.35, linewidth=0)
        above.axhline(steps.capacity / part, color=MUTED, linewidth=1.0, dashes=(3, 2))
        above.set_ylabel(f"{name} in use{of}", size=SMALL)
        above.set_ylim(0, steps.capacity / part * 1.08)
        if steps.resource not in IN_PARTS:
            _whole(above, 5)
        panels = [above]
        if waits:
            below = panel(figure, _LEFT, _TOP + upper + gap, across, lower)
            below.fill_between(times, steps.waiting, step="post", color=BAD, alpha=0.3, linewidth=0)
            _whole(below, 3)
            below.set_ylabel("jobs waiting", size=SMALL)
            below.set_ylim(0, max(1, *steps.waiting) * 1.1)
            panels.append(below)
        panels[-1].set_xlabel(f"time, {unit}", size=SMALL)
        for axes in panels:
            axes.set_xlim(times[0], max(times[-1], times[0] + 1e-9))
            axes.grid(axis="y", color=LINE, linewidth=0.6)
            axes.tick_params(colors=INK)
            for side in ("top", "right"):
                axes.spines[side].set_visible(False)
        words = (
            f"Up to {number(max(in_use))} of {number(steps.capacity / part)} {name}{of} are in"
            f" use, up to {count(max(steps.waiting))} jobs wait, over {duration(steps.times[-1])}."
        )
        return drawn(figure, key, f"What the jobs of {one.name} occupy", words)


def unit_of(longest: float) -> tuple[str, float]:
    """Unit of an axis of time, and its seconds.

    Arguments:
        longest: time on it, s.
    """
    if longest >= 3 * DAY:
        return "d", DAY
    if longest >= 3 * HOUR:
        return "h", HOUR
    return ("min", 60.0) if longest >= 180 else ("s", 1.0)
