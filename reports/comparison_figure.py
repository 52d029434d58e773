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
        axes = panel(figure, 56, 12, 350, 236)
        _points_drawn(axes, [(one, time / size, usd) for one, time, usd in points], best)
        axes.set_xlabel(f"P95 of {name}, {unit}", color=MUTED)
        axes.set_ylabel("mean cost, USD", color=MUTED)
        words = "; ".join(f"{one.name}: {duration(t)}, {usd:,.2f} USD" for one, t, usd in points)
        return Picture(drawn(figure, key, caption, words), f"{caption}.")


def _points_drawn(axes: "Axes", points: list[tuple[Variant, float, float]], best: set[str]) -> None:
    frontier = sorted((time, usd) for one, time, usd in points if one.name in best)
    axes.plot([t for t, _ in frontier], [u for _, u in frontier], color=LINE, zorder=1)
    for one, time, usd in points:
        colour = GOOD if one.fine else ACCENT
        filled = colour if one.name in best else "white"
        axes.plot([time], [usd], marker="o", color=filled, markeredgecolor=colour, zorder=2)
        if one.name in best or len(points) <= _MOST_LABELS:
            place = (4, 4)
            axes.annotate(
                one.name, (time, usd), place, textcoords="offset points", size=SMALL, color=INK
            )
    axes.set_xlim(0, 1.08 * max(time for _, time, _ in points))
    axes.set_ylim(0, 1.08 * max(usd for *_, usd in points) or 1.0)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
