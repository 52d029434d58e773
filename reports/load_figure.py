"""Response against load of a queueing network, by the laws."""

from collections.abc import Sequence

from models.queueing.loads import LoadPoint
from reports.figures import SMALL, WIDTH, canvas, drawn, panel
from reports.palette import ACCENT, GOOD, INK, LINE, MUTED, STEP
from reports.spread import unit_of_time
from reports.wording import duration, percent
from reports.workload_report import Picture

_COLOURS = (ACCENT, INK, GOOD, STEP["launching"], MUTED)
_HEIGHT = 250.0


def response_against_load(points: Sequence[LoadPoint], key: str) -> Picture | None:
    """Mean time through the network over the utilization of its busiest station, by class.

    Arguments:
        points: the loads, the least first.
        key: unlike that of any other drawing on the page.
    """
    if not points:
        return None
    names = list(points[0].responses)[: len(_COLOURS)]
    length, unit = unit_of_time(max(max(one.responses.values()) for one in points))
    caption = "Mean time through the network by the law, as so many times the customers come"
    caption += "; dashed: as described."
    with canvas(_HEIGHT) as figure:
        axes = panel(figure, 58, 14, WIDTH - 58 - 90, _HEIGHT - 58)
        axes.set_xlabel("utilization of the busiest station, %", color=MUTED, size=SMALL)
        axes.set_ylabel(f"response time, {unit}", color=MUTED, size=SMALL)
        taken: list[float] = []
        for name, colour in zip(names, _COLOURS, strict=False):
            of = [(one.utilization, one.responses[name]) for one in points if name in one.responses]
            axes.plot([100 * u for u, _ in of], [r / length for _, r in of], color=colour)
            taken.append(of[-1][1] / length)
        axes.set_xlim(0, 100)
        axes.set_ylim(0, None)
        top = axes.get_ylim()[1]
        for name, colour, at in zip(names, _COLOURS, _apart(taken, top), strict=False):
            axes.text(101, at, name[:14], size=SMALL, color=colour, va="center")
        now = next(one for one in points if one.times == 1.0)
        axes.axvline(100 * now.utilization, color=MUTED, linewidth=1.0, dashes=(4, 3))
        axes.grid(color=LINE, linewidth=0.6)
        axes.set_axisbelow(True)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        words = "; ".join(
            f"{percent(one.utilization)}: "
            + ", ".join(f"{name} {duration(time)}" for name, time in one.responses.items())
            for one in points
        )
        return Picture(drawn(figure, key, "Response against load", f"{words}."), caption)


def _apart(places: Sequence[float], top: float) -> list[float]:
    """Places of names that do not stand on each other, as near to their own as that allows."""
    order, found = sorted(range(len(places)), key=lambda one: places[one]), [0.0] * len(places)
    lowest = -top
    for one in order:
        lowest = max(places[one], lowest + 0.09 * top)
        found[one] = lowest
    return found
