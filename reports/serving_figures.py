"""Charts of an endpoint as SVG: response against load, utilization by stage, latency by hour."""

import math
from typing import TYPE_CHECKING

from models.description.quantities import HOUR, format_percentile, format_rate
from models.prediction.endpoint_answer import EndpointPrediction, WantedLatency
from reports.bars import Bar, bars
from reports.figures import SMALL, WIDTH, canvas, drawn, panel
from reports.palette import ACCENT, BAD, INK, LINE, MUTED
from reports.wording import duration, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FAR = 3.0  # times what is reached, from where a line would press it to the ground
_ROOM = 1.15  # times the height of the line, for its words
_LEFT, _RIGHT, _TOP, _BOTTOM = 58.0, 44.0, 16.0, 44.0  # the right has names and a second axis


def response_against_load(one: EndpointPrediction, key: str) -> str:
    """Mean and a percentile of the response time under a steady load, and the expected load.

    The percentile is the one that is wanted, with a line at what it should be within; else P95.

    Arguments:
        one: the prediction.
        key: unlike that of any other drawing on the page.
    """
    height = 250.0
    loads = [point.rate * one.rate_unit.seconds for point in one.load]
    unit, scale = _unit(max((point.late for point in one.load), default=1.0))
    with canvas(height) as figure:
        axes = panel(figure, _LEFT, _TOP, WIDTH - _LEFT - _RIGHT, height - _TOP - _BOTTOM)
        _plain(axes, f"steady load, requests{one.rate_unit}", f"response time, {unit}")
        axes.plot(loads, [p.response / scale for p in one.load], color=ACCENT, linewidth=1.8)
        late = [p.late / scale for p in one.load]
        axes.plot(loads, late, color=INK, linewidth=1.2, dashes=(4, 2))
        axes.set_xlim(0, None)
        axes.set_ylim(0, None)
        if one.latency is not None:
            _wanted(axes, one.latency, scale)
        top = axes.get_ylim()[1]
        for position, (rate, words) in enumerate(_marks(one)):
            axes.axvline(rate, color=MUTED, linewidth=1.0, dashes=(1, 2))
            side = "right" if rate > axes.get_xlim()[1] * 0.6 else "left"
            # One below the other, as they may be near.
            height = top * (0.97 - 0.08 * position)
            axes.text(rate, height, f" {words} ", size=SMALL, color=MUTED, ha=side, va="top")
        name = format_percentile(one.late_percentage)
        if one.load:
            last = one.load[-1]
            end = axes.get_xlim()[1]
            for value, of, colour in ((last.response, "mean", ACCENT), (last.late, name, INK)):
                axes.text(end, value / scale, f" {of}", size=SMALL, va="center", color=colour)
        words = "; ".join(
            f"{format_rate(p.rate, one.rate_unit, 'requests')}: {duration(p.response)},"
            f" {name} {duration(p.late)}"
            for p in one.load
        )
        if one.latency is not None:
            words += f"; wanted: {_asked(one.latency)}"
        return drawn(figure, key, f"Response of {one.name} against load", f"{words}.")


def _asked(latency: WantedLatency) -> str:
    return f"{format_percentile(latency.percentage)} within {duration(latency.at_most)}"


def _wanted(axes: "Axes", latency: WantedLatency, scale: float) -> None:
    """A line at what is wanted; where that is far above all, it is told at the top instead."""
    top, at = axes.get_ylim()[1], latency.at_most / scale
    words = _asked(latency)
    if at > _FAR * top:
        axes.text(0.01, 0.97, f"{words}: above the picture", size=SMALL, color=BAD, va="top",
                  transform=axes.transAxes)  # fmt: skip
        return
    axes.set_ylim(0, max(top, _ROOM * at))
    axes.axhline(at, color=BAD, linewidth=1.0)
    axes.text(0.0, at, f" {words}", size=SMALL, color=BAD, va="bottom")


def _marks(one: EndpointPrediction) -> list[tuple[float, str]]:
    of = one.rate_unit.seconds
    marks = [(one.arrival_rate * of, "expected")]
    if one.highest_rate > one.arrival_rate * 1.001:
        marks.append((one.highest_rate * of, "peak"))
    return marks


def _unit(longest: float) -> tuple[str, float]:
    return ("ms", 1e-3) if longest < 2 else ("s", 1.0)


def _plain(axes: "Axes", across: str, up: str) -> None:
    axes.set_xlabel(across, size=SMALL)
    axes.set_ylabel(up, size=SMALL)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.grid(axis="y", color=LINE, linewidth=0.6)
    axes.set_axisbelow(True)


def utilization_by_stage(one: EndpointPrediction, key: str) -> str:
    """How busy each stage is at the mean load, as bars; the busiest is marked.

    Arguments:
        one: the prediction.
        key: unlike that of any other drawing on the page.
    """
    shown = []
    for stage in one.stages:
        busiest, busy = stage.name == one.bottleneck, stage.busy
        name = f"{stage.name} ({stage.place})" + (", bottleneck" if busiest else "")
        words = "no bound" if busy is None else percent(busy)
        shown.append(Bar(name, busy or 0.0, words, busiest, busy is not None and busy >= 1))
    return bars(shown, key, f"Utilization of the stages of {one.name}")


def _replicas(above: "Axes", one: EndpointPrediction) -> None:
    """A line for each stage whose replicas follow the load; named where there are several."""
    names = [each.stage for each in one.hours[0].replicas]
    if not names:
        return
    twin = above.twinx()
    twin.patch.set_visible(False)
    for position, name in enumerate(names):
        means = [part.replicas[position].paid.mean for part in one.hours]
        # A step is drawn to its end, so the last hour needs one.
        hours = [*(part.start / HOUR for part in one.hours), one.hours[-1].start / HOUR + 1]
        style = (1, 0) if position == 0 else (position + 1, 1.5)
        twin.step(hours, [*means, means[-1]], where="post", color=ACCENT, dashes=style)
        if len(names) > 1:
            top = max(means)
            at = hours[means.index(top)]
            twin.text(at, top, f"{name} ", size=SMALL, color=ACCENT, ha="right", va="bottom")
    twin.set_ylabel("replicas", size=SMALL, color=ACCENT)
    twin.set_ylim(0, None)
    twin.spines["top"].set_visible(False)


def latency_by_hour(one: EndpointPrediction, key: str) -> str:
    """Load and P95 by the hour of the period.

    Arguments:
        one: the prediction.
        key: unlike that of any other drawing on the page.
    """
    height, upper = 290.0, 105.0
    hours = [part.start / HOUR for part in one.hours]
    known = [(h, p.p95.mean) for h, p in zip(hours, one.hours, strict=True) if p.p95]
    means = [(h, p.response.mean) for h, p in zip(hours, one.hours, strict=True) if p.response]
    unit, scale = _unit(max((value for _, value in known), default=1.0))
    with canvas(height) as figure:
        across = WIDTH - _LEFT - _RIGHT
        above = panel(figure, _LEFT, _TOP, across, upper)
        _plain(above, "", f"requests{one.rate_unit}")
        loads = [part.rate * one.rate_unit.seconds for part in one.hours]
        above.bar(hours, loads, 0.8, align="edge", color=LINE)
        _replicas(above, one)
        top = _TOP + upper + 26
        below = panel(figure, _LEFT, top, across, height - top - _BOTTOM)
        _plain(below, "hour", f"response time, {unit}")
        for values, colour, dashes in ((means, ACCENT, (1, 0)), (known, INK, (4, 2))):
            below.plot(
                [h for h, _ in values], [v / scale for _, v in values], color=colour, dashes=dashes
            )
        below.set_ylim(0, None)
        for axes in (above, below):
            axes.set_xlim(0, math.ceil(hours[-1] + 1))
        words = "; ".join(
            f"hour {hour:g}: {format_rate(part.rate, one.rate_unit, 'requests')}"
            + (f", P95 {duration(part.p95.mean)}" if part.p95 else "")
            for hour, part in zip(hours, one.hours, strict=True)
        )
        return drawn(figure, key, f"Load and latency of {one.name} by the hour", f"{words}.")
