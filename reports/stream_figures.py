"""Charts of a stream as SVG: how busy its stages are, and what waits by the hour."""

from models.description.quantities import HOUR
from models.prediction.stream_answer import StreamPrediction
from reports.bars import Bar, bars
from reports.figures import SMALL, WIDTH, canvas, drawn, panel
from reports.palette import ACCENT, INK, LINE
from reports.wording import number, percent

_LEFT, _RIGHT, _TOP, _BOTTOM = 58.0, 20.0, 16.0, 44.0


def busiest_instances(one: StreamPrediction, key: str) -> str:
    """How busy the busiest instance of each stage is, as bars.

    Arguments:
        one: the prediction.
        key: unlike that of any other drawing on the page.
    """
    shown = []
    for stage in one.stages:
        worst = stage.name == one.bottleneck
        name = f"{stage.name} ({stage.place})" + (", bottleneck" if worst else "")
        busy = stage.utilization
        shown.append(Bar(name, busy, percent(busy), worst, busy >= 1))
    return bars(shown, key, f"Busiest instances of {one.name}")


def backlog_by_hour(one: StreamPrediction, key: str) -> str:
    """Events that wait at the end of each hour, simulated and by the law.

    Arguments:
        one: the prediction.
        key: unlike that of any other drawing on the page.
    """
    height = 230.0
    ends = [hour.start / HOUR + 1 for hour in one.hours]
    law = [hour.law_backlog or 0.0 for hour in one.hours]
    scale, unit = _unit(max(law))
    with canvas(height) as figure:
        axes = panel(figure, _LEFT, _TOP, WIDTH - _LEFT - _RIGHT, height - _TOP - _BOTTOM)
        axes.plot(ends, [waits / scale for waits in law], color=INK, linewidth=1.2, dashes=(4, 2))
        seen = [(end, hour.backlog.mean / scale) for end, hour in zip(ends, one.hours, strict=True)
                if hour.backlog is not None]  # fmt: skip
        if seen:
            axes.plot(*zip(*seen, strict=True), color=ACCENT, linewidth=1.8)
        axes.set_xlim(0, ends[-1])
        axes.set_ylim(0, None)
        axes.set_xlabel("hour", size=SMALL)
        axes.set_ylabel(f"{unit}events that wait", size=SMALL)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        axes.grid(axis="y", color=LINE, linewidth=0.6)
        axes.set_axisbelow(True)
        words = "; ".join(
            f"hour {end:g}: {number(waits)}" for end, waits in zip(ends, law, strict=True)
        )
        return drawn(figure, key, f"Backlog of {one.name} by the hour", f"{words}.")


def _unit(most: float) -> tuple[float, str]:
    """What an axis counts in, and its word."""
    if most >= 1e6:
        return 1e6, "million "
    return (1e3, "thousand ") if most >= 1e3 else (1.0, "")
