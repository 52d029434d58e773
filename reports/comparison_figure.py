"""Cost against time of stacks side by side, with those that no other beats."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from models.prediction.comparison_answer import Comparison, Variant, WorkloadFigures
from reports.figures import SMALL, canvas, drawn, panel
from reports.palette import ACCENT, GOOD, INK, LINE, MUTED
from reports.wording import duration
from reports.workload_report import Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_LABELS = 30  # beyond, only those that no other beats are named
_WIDE, _HIGH, _CHARACTER = 350.0, 236.0, 7.5  # px: of the drawing, and of a letter of a name
_NEAR = 0.7  # of the largest value, from which on all are drawn without the way to zero
_UNITS = ((86400.0, "d"), (3600.0, "h"), (60.0, "min"), (1.0, "s"), (1e-3, "ms"))


def cost_against_time(compared: Comparison) -> Iterator[Picture]:
    """A drawing for every workload whose time is known of two variants at least.

    Arguments:
        compared: the stacks.
    """
    names = dict.fromkeys(each.name for one in compared.variants for each in one.workloads)
    for position, name in enumerate(names, 1):
        points = list(_points(compared, name))
        if len(points) > 1:
            yield _picture(compared, name, points, f"cost-time-{position}")


def _points(compared: Comparison, name: str) -> Iterator[tuple[Variant, float, float]]:
    for one in compared.variants:
        found: list[WorkloadFigures] = [each for each in one.workloads if each.name == name]
        if found and found[0].time_p95 is not None:
            yield one, found[0].time_p95.mean, one.cost.mean.mean


def _picture(
    compared: Comparison, name: str, points: list[tuple[Variant, float, float]], key: str
) -> Picture:
    longest = max(time for _, time, _ in points)
    size, unit = next(((s, u) for s, u in _UNITS if longest >= s), (1.0, "s"))
    best = set(compared.frontier)
    caption = f"Mean cost against P95 of the time of {name}; filled: no other beats it"
    with canvas(300.0) as figure:
        axes = panel(figure, 56, 12, _WIDE, _HIGH)
        _points_drawn(axes, [(one, time / size, usd) for one, time, usd in points], best)
        axes.set_xlabel(f"P95 of {name}, {unit}", color=MUTED)
        axes.set_ylabel("mean cost, USD", color=MUTED)
        words = "; ".join(f"{one.name}: {duration(t)}, {usd:,.2f} USD" for one, t, usd in points)
        return Picture(drawn(figure, key, caption, words), f"{caption}.")


def _points_drawn(axes: "Axes", points: list[tuple[Variant, float, float]], best: set[str]) -> None:
    axes.set_xlim(*_ends([time for _, time, _ in points]))
    axes.set_ylim(*_ends([usd for *_, usd in points]))
    frontier = sorted((time, usd) for one, time, usd in points if one.name in best)
    axes.plot([t for t, _ in frontier], [u for _, u in frontier], color=LINE, zorder=1)
    for one, time, usd in points:
        colour = GOOD if one.fine else ACCENT
        filled = colour if one.name in best else "white"
        axes.plot([time], [usd], marker="o", color=filled, markeredgecolor=colour, zorder=2)
    named = [each for each in points if each[0].name in best]
    if len(points) <= _MOST_LABELS:
        named += [each for each in points if each[0].name not in best]
    for text, time, usd, place in _labels(axes, named):
        axes.annotate(text, (time, usd), place, textcoords="offset points", size=SMALL, color=INK)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _ends(values: list[float]) -> tuple[float, float]:
    """Of an axis: from nothing, unless all values are so near that they would lie on each other."""
    low, high = min(values), max(values)
    if low < _NEAR * high or high == 0:
        return 0.0, 1.08 * high or 1.0
    beside = 0.2 * (high - low) or 0.1 * high
    return low - beside, high + beside


def _labels(
    axes: "Axes", points: list[tuple[Variant, float, float]]
) -> Iterator[tuple[str, float, float, tuple[float, float]]]:
    """Where names stand so that none is on another: beside its point, or nowhere."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    taken: list[tuple[float, float, float, float]] = []
    for one, time, usd in points:
        x, y = _WIDE * (time - left) / (right - left), _HIGH * (usd - bottom) / (top - bottom)
        wide = _CHARACTER * len(one.name)
        for place in ((5.0, 4.0), (-5.0 - wide, 4.0), (5.0, -13.0), (-5.0 - wide, -13.0)):
            at = (x + place[0], y + place[1], x + place[0] + wide, y + place[1] + SMALL)
            if not any(_meet(at, other) for other in taken):
                taken.append(at)
                yield one.name, time, usd, place
                break


def _meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
