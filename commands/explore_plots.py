"""The two plots of the what-if page: cost against time, and response against load."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from bokeh.core.properties import value
from bokeh.models import ColumnDataSource, DataRange1d, NumeralTickFormatter
from bokeh.models.annotations import Legend, LegendItem, Title
from bokeh.plotting import figure

from models.description.quantities import format_percentile, format_rate
from models.prediction import Prediction
from models.prediction.comparison_answer import Variant
from models.prediction.endpoint_answer import EndpointPrediction
from reports.choice_tables import time_of
from reports.palette import ACCENT, BAD, GOOD, INK, MUTED
from reports.spread import unit_of_time
from reports.wording import duration
from sim.choosing.what_if import WhatIf, beaten

_NO_POINTS: dict[str, list[Any]] = {
    key: [] for key in ("x", "y", "name", "count", "colour", "line", "size")
}
_NO_LOAD: dict[str, list[Any]] = {"x": [], "mean": [], "late": []}
_NO_LINE: dict[str, list[Any]] = {"x": [], "y": []}
# As wide as there is room for, on a telephone too.
_SIZE: dict[str, Any] = {
    "height": 340, "min_width": 300, "max_width": 620, "sizing_mode": "stretch_width",
    "toolbar_location": None,
}  # fmt: skip
# Beneath the plot, where it hides no line.
_LEGEND: dict[str, Any] = {
    "location": "bottom_left",
    "ncols": 2,
    "label_text_font_size": "12px",
    "border_line_color": None,
}
_DRAWN = 95.0  # the percentile that times are compared by
_FAR = 3.0  # times what is reached, from where a line would press it to the ground


def _points(shown: WhatIf, others: Sequence[Variant]) -> dict[str, list[Any]]:
    """Cost against time of other numbers of nodes or replicas."""
    now = "" if shown.counted is None else str(shown.counted.now)
    worse = beaten(others) if others else frozenset()
    near = [one for one in others if one.name not in worse or one.name == now]
    slowest = _FAR * max((time_of(one) or 0.0 for one in near), default=0.0)
    dearest = _FAR * max((_cost(one) for one in near), default=0.0)
    data: dict[str, list[Any]] = {key: [] for key in _NO_POINTS}
    for one in sorted(others, key=lambda each: int(each.name)):
        time = time_of(one)
        if time is None:
            continue
        if one.name in worse and one.name != now and (time > slowest or _cost(one) > dearest):
            continue
        colour = GOOD if one.fine else BAD
        data["x"].append(time)
        data["y"].append(_cost(one))
        data["name"].append(f"{one.name} {_called(shown)}, {duration(time)}")
        data["count"].append(one.name)
        data["colour"].append(colour if one.name not in worse else "white")
        data["line"].append(INK if one.name == now else colour)
        data["size"].append(15 if one.name == now else 10)
    return data


def _cost(one: Variant) -> float:
    return one.cost.mean.mean


def _called(shown: WhatIf) -> str:
    return "" if shown.counted is None else shown.counted.called


def _wanted(shown: WhatIf) -> float | None:
    """The time that is asked: a deadline, or the P95 of an answer."""
    asked = shown.stack_file.stack.objectives
    if asked.deadline is not None:
        return asked.deadline.within
    one = _endpoint(shown.prediction)
    latency = None if one is None else one.latency
    is_p95 = latency is not None and latency.percentage == _DRAWN
    return latency.at_most if latency is not None and is_p95 else None


def _endpoint(prediction: Prediction) -> EndpointPrediction | None:
    """The first endpoint whose response against load is known."""
    served = (one for one in prediction.workloads if isinstance(one, EndpointPrediction))
    return next((one for one in served if one.load), None)


class TimePlot:
    """Cost against time of other numbers of nodes, with the deadline."""

    def __init__(self) -> None:
        self.points = ColumnDataSource(data=_NO_POINTS)
        self.limit = ColumnDataSource(data=_NO_LINE)
        self.title = Title()
        self.plot = figure(
            **_SIZE, title=self.title, y_axis_label="mean cost, USD", name="frontier",
            # The names of the outermost points have room.
            x_range=DataRange1d(start=0, range_padding=0.2), y_range=DataRange1d(range_padding=0.2),
            tooltips=[("", "@name"), ("", "@y{0,0.00} USD")],
        )  # fmt: skip
        self.plot.yaxis.formatter = NumeralTickFormatter(format="0,0.[00]")
        self.plot.line("x", "y", source=self.points, color=MUTED)
        self.plot.scatter(
            "x", "y", source=self.points, size="size", fill_color="colour", line_color="line",
            line_width=2,
        )  # fmt: skip
        self.plot.text(
            "x", "y", source=self.points, text="count", x_offset=8, y_offset=-6,
            text_font_size="11px", text_color=MUTED,
        )  # fmt: skip
        line: Any = self.plot.line("x", "y", source=self.limit, color=BAD, line_dash="dashed")
        self.wanted = LegendItem(renderers=[line])
        self.legend = Legend(items=[self.wanted, *self._meanings()], **_LEGEND)
        self.plot.add_layout(self.legend, "below")

    def _meanings(self) -> list[LegendItem]:
        """What the points mean."""
        found = []
        for label, fill, edge in (
            ("objectives met", GOOD, GOOD),
            ("missed", BAD, BAD),
            ("beaten by another", "white", MUTED),
            ("as it stands", "white", INK),
        ):
            point: Any = self.plot.scatter(
                [math.nan], [math.nan], size=10, fill_color=fill, line_color=edge
            )  # nowhere: without a place the legend would not draw it either
            found.append(LegendItem(label=value(label), renderers=[point]))
        return found

    def show(self, shown: WhatIf | None, others: Sequence[Variant] = ()) -> None:
        """What there is to see of a stack; None where it can't be.

        Arguments:
            shown: the stack as it stands.
            others: the same with other numbers of what is counted, as far as they are known.
        """
        data = _NO_POINTS if shown is None else _points(shown, others)
        self.plot.visible = bool(data["x"])
        if shown is None or not data["x"]:
            self.points.data, self.limit.data = _NO_POINTS, _NO_LINE
            return
        length, unit = unit_of_time(max(data["x"]))
        self.points.data = {**data, "x": [one / length for one in data["x"]]}
        self.title.text = f"Cost against time, by {_called(shown)}"
        self.plot.xaxis.axis_label = f"P95 of the time, {unit}"
        wanted = _wanted(shown)
        self.limit.data = _NO_LINE
        self.wanted.visible = wanted is not None
        if wanted is not None:
            self.wanted.label = value(f"wanted: {duration(wanted)}")
        if wanted is not None and wanted <= _FAR * max(data["x"]):
            at = wanted / length
            self.limit.data = {"x": [at, at], "y": [min(data["y"]), max(data["y"])]}


class LoadPlot:
    """Response against load of an endpoint, with what is wanted of it and the load that comes."""

    def __init__(self) -> None:
        self.load = ColumnDataSource(data=_NO_LOAD)
        self.limit = ColumnDataSource(data=_NO_LINE)
        self.comes = ColumnDataSource(data=_NO_LINE)
        self.title, self.percentile = Title(), LegendItem()
        self.wanted, self.expected = LegendItem(), LegendItem()
        self.plot = figure(**_SIZE, title=self.title, name="latency")
        items = []
        for key, item, colour in (
            ("mean", LegendItem(label=value("mean")), ACCENT),
            ("late", self.percentile, INK),
        ):
            line: Any = self.plot.line("x", key, source=self.load, color=colour, line_width=2)
            item.renderers = [line]
            items.append(item)
        for source, item, colour in (
            (self.limit, self.wanted, BAD),
            (self.comes, self.expected, MUTED),
        ):
            line = self.plot.line("x", "y", source=source, color=colour, line_dash="dashed")
            item.renderers = [line]
            items.append(item)
        self.plot.add_layout(Legend(items=items, **_LEGEND), "below")

    def show(self, shown: WhatIf | None) -> None:
        """What there is to see of a stack; None where it can't be."""
        one = None if shown is None else _endpoint(shown.prediction)
        self.plot.visible = one is not None
        if one is None:
            self.load.data, self.limit.data, self.comes.data = _NO_LOAD, _NO_LINE, _NO_LINE
            return
        highest = max(point.late for point in one.load)
        length, unit = unit_of_time(highest)
        rates = [point.rate * one.rate_unit.seconds for point in one.load]
        self.load.data = {
            "x": rates,
            "mean": [point.response / length for point in one.load],
            "late": [point.late / length for point in one.load],
        }
        percentile = format_percentile(one.late_percentage)
        wanted = one.latency
        self.wanted.visible = wanted is not None
        self.limit.data = _NO_LINE
        if wanted is not None and wanted.at_most <= _FAR * highest:
            at = wanted.at_most / length
            self.limit.data = {"x": [0.0, max(rates)], "y": [at, at]}
        if wanted is not None:
            asked = f"wanted: {percentile} within {duration(wanted.at_most)}"
            self.wanted.label = value(asked)
        comes = one.arrival_rate * one.rate_unit.seconds
        self.comes.data = {"x": [comes, comes], "y": [0.0, highest / length]}
        self.title.text = f"Response of {one.name} against load"
        rate = format_rate(one.arrival_rate, one.rate_unit)
        self.expected.label = value(f"expected: {rate}")
        self.plot.xaxis.axis_label = f"requests{one.rate_unit}"
        self.plot.yaxis.axis_label = unit
        self.percentile.label = value(percentile)
