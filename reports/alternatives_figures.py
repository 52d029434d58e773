"""Cost against time of the stacks beside one, and what other numbers of nodes or replicas take."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.description.quantities import format_percentile
from models.description.stack import Stack
from models.prediction import Estimate
from models.prediction.alternatives_answer import Alternatives, CountedAs
from models.prediction.comparison_answer import Variant, WorkloadFigures
from reports.choice_tables import time_of
from reports.figures import SMALL, canvas, drawn, panel
from reports.palette import ACCENT, BAD, GOOD, INK, LINE, MUTED
from reports.spread import unit_of_time
from reports.wording import count, duration, money
from reports.workload_report import Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Point = tuple[Variant, float, float]  # with the P95 of its time, s, and its mean cost, USD
_HEIGHT = 300.0


def pictures(stack: Stack, found: Alternatives, key: str) -> list[Picture]:
    """What can be drawn of the stacks beside one.

    Arguments:
        stack: the description.
        found: the stacks beside it.
        key: that tells drawings of one page apart.
    """
    drawings = []
    best = _points(found.choice.frontier if found.choice is not None else ())
    others = _points(found.counts)
    if _points([found.described]) and (best or len(others) > 1):
        drawings.append(_cost_against_time(found, best, others, f"{key}-cost"))
    against = _number_against_time(stack, found, f"{key}-nodes")
    return drawings if against is None else [*drawings, against]


def _points(variants: "tuple[Variant, ...] | list[Variant]") -> list[Point]:
    timed = [(one, time_of(one), one.cost.mean.mean) for one in variants]
    return [(one, time, usd) for one, time, usd in timed if time is not None]


def _cost_against_time(
    found: Alternatives, best: list[Point], others: list[Point], key: str
) -> Picture:
    itself = _points([found.described])
    every = [*itself, *best, *others]
    length, unit = unit_of_time(max(time for _, time, _ in every))
    caption = "Mean cost against P95 of the time"
    if len(best) > 1:
        caption += "; the line is the frontier, on which nothing is both cheaper and faster"
    if others:
        caption += f"; small: other numbers of {found.counted}"
    with canvas(_HEIGHT) as figure:
        axes = panel(figure, 64, 14, 344, 236)
        axes.plot(
            [t / length for _, t, _ in others], [usd for *_, usd in others],
            marker="o", markersize=4, color=MUTED, markerfacecolor="white", linestyle="none",
        )  # fmt: skip
        axes.plot(
            [t / length for _, t, _ in best], [usd for *_, usd in best], marker="o", color=GOOD
        )
        _dress(axes, [t / length for _, t, _ in every], [usd for *_, usd in every])
        for one, time, usd in itself:
            colour = GOOD if one.fine else BAD
            axes.plot([time / length], [usd], marker="s", markersize=8, color=colour)
            _named(axes, "as described", time / length, usd)
        for name, (_, time, usd) in _ends(best):
            _named(axes, name, time / length, usd, below=True)
        axes.set_xlabel(f"P95 of the time, {unit}", color=MUTED, size=SMALL)
        axes.set_ylabel("mean cost, USD", color=MUTED, size=SMALL)
        shown = [("as described", itself[0]), *_ends(best)]
        words = "; ".join(f"{name}: {duration(t)}, {money(usd)}" for name, (_, t, usd) in shown)
        return Picture(drawn(figure, key, "Cost against time", f"{words}."), f"{caption}.")


def _ends(best: list[Point]) -> list[tuple[str, Point]]:
    if not best:
        return []
    return [("cheapest", best[0]), *([("fastest", best[-1])] if len(best) > 1 else [])]


def _named(axes: "Axes", text: str, x: float, y: float, below: bool = False) -> None:
    left = x > 0.6 * axes.get_xlim()[1]  # where its name would run over the edge
    axes.annotate(
        text, (x, y), (-6 if left else 6, -14 if below else 6), textcoords="offset points",
        ha="right" if left else "left", size=SMALL, color=INK,
    )  # fmt: skip


def _dress(axes: "Axes", times: list[float], values: list[float]) -> None:
    axes.set_xlim(0, 1.2 * max(times))
    axes.set_ylim(0, 1.15 * max(values) or 1.0)
    axes.grid(color=LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


@dataclass(frozen=True)
class _Wanted:
    """What the time of other numbers is held against.

    Arguments:
        title: of the drawing.
        time: as people say it.
        of: whose it is; empty for that of the stack.
        limit: that an objective allows, s; None without one.
        called: the objective.
    """

    title: str
    time: str
    of: str
    limit: float | None
    called: str


def _wanted(stack: Stack, found: Alternatives) -> tuple[_Wanted, list[tuple[int, float, bool]]]:
    """The objective of time, and the time that it is about, by number."""
    latency, of_nodes = stack.objectives.latency, found.counted_as is CountedAs.NODES
    if of_nodes and (stack.objectives.deadline is not None or latency is None):
        deadline = stack.objectives.deadline
        limit = None if deadline is None else deadline.within
        name = "" if deadline is None else deadline.workload
        wanted = _Wanted("Nodes against deadline", "P95 of the time", name, limit, "deadline")
        return wanted, _times(found, lambda one: one.time_p95 if name in ("", one.name) else None)
    if latency is None:
        wanted = _Wanted("Replicas against latency", "P95 of the response", "", None, "")
        return wanted, _times(found, lambda one: one.time_p95)
    asked, time = latency.workload, f"{format_percentile(latency.percentile)} of the response"
    title = "Nodes against latency" if of_nodes else "Replicas against latency"
    wanted = _Wanted(title, time, asked, latency.at_most, "latency")
    return wanted, _times(found, lambda one: one.wanted_time if one.name == asked else None)


def _times(
    found: Alternatives, time: Callable[[WorkloadFigures], Estimate | None]
) -> list[tuple[int, float, bool]]:
    """The longest of these times by number, and whether all objectives are met."""
    points = []
    for one in found.counts:
        known = [each.mean for each in map(time, one.workloads) if each is not None]
        if known:
            points.append((int(one.name), max(known), one.fine))
    return points


def _number_against_time(stack: Stack, found: Alternatives, key: str) -> Picture | None:
    from matplotlib.ticker import MaxNLocator

    wanted, points = _wanted(stack, found)
    if len(points) < 2:
        return None
    limit = wanted.limit
    times = [time for _, time, _ in points]
    length, unit = unit_of_time(max(times))
    of = f" of {wanted.of}" if wanted.of else ""
    caption = f"{wanted.time}{of} by the number of {found.counted}; filled: all objectives met"
    with canvas(_HEIGHT) as figure:
        axes = panel(figure, 64, 14, 344, 236)
        axes.plot([n for n, *_ in points], [t / length for t in times], color=ACCENT, zorder=1)
        for nodes, time, fine in points:
            colour = GOOD if fine else BAD
            axes.plot(
                [nodes], [time / length], marker="o", color=colour, zorder=2,
                markerfacecolor=colour if fine else "white",
            )  # fmt: skip
        highest = times
        if limit is not None and limit <= 3 * max(times):
            caption += f"; dashed: the {wanted.called} that is wanted"
            highest = [*times, limit]
            axes.axhline(limit / length, color=BAD, linestyle=(0, (4, 3)), linewidth=1.4)
            axes.annotate(
                f"{wanted.called} {duration(limit)}", (1, limit / length), (-4, 5),
                xycoords=("axes fraction", "data"), textcoords="offset points", ha="right",
                size=SMALL, color=BAD, weight="bold",
            )  # fmt: skip
        _dress(axes, [float(n) for n, *_ in points], [t / length for t in highest])
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.set_xlabel(f"number of {found.counted}", color=MUTED, size=SMALL)
        axes.set_ylabel(f"{wanted.time}, {unit}", color=MUTED, size=SMALL)
        words = "; ".join(
            f"{count(nodes)}: {duration(time)}, {'met' if fine else 'missed'}"
            for nodes, time, fine in points
        )
        return Picture(drawn(figure, key, wanted.title, f"{words}."), f"{caption}.")
