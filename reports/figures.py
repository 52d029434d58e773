"""Charts as SVG text: what limits, where a step goes, how a thousand runs are spread."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from models.prediction.training_answer import StepTime, TrainingPrediction
from reports.palette import ACCENT, FAINT, INK, LINE, MUTED, STEP
from reports.svg import embedded
from reports.training_wording import headroom
from reports.wording import rate, share_of, step_time, times

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 420.0  # px; close to what a telephone has, so that text keeps its size there
TEXT, SMALL = 13.0, 12.0
_LETTER = 7.6  # px of a wide letter at that size
MOST = 4.0  # a bar longer than this many times the shortest says no more, and hides the rest
STEP_NAMES = {
    "compute": "compute",
    "straggler": "waiting for the slowest accelerator",
    "intra_node": "all-reduce in the node, not hidden",
    "inter_node": "all-reduce between nodes, not hidden",
    "input_wait": "waiting for input",
    "launching": "waiting for the host",
    "bubble": "bubble of the pipeline",
    "update": "update of the parameters",
}
_SETTINGS: dict[str, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "windtunnel",
    "text.parse_math": False,
    "font.family": ["DejaVu Sans"],  # the one that comes with matplotlib: the same everywhere
    "font.size": TEXT,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.linewidth": 1.0,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "hatch.linewidth": 1.0,
    "path.simplify": False,
}


@contextmanager
def canvas(height: float) -> Iterator["Figure"]:
    """An empty figure, measured in px.

    Arguments:
        height: of the figure, px.
    """
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context():
        matplotlib.rcdefaults()  # the settings of whoever runs it must not change the bytes
        settings: Any = matplotlib.rcParams
        settings.update(_SETTINGS)
        yield Figure(figsize=(WIDTH / 72, height / 72), dpi=72, facecolor="none")


def panel(figure: "Figure", left: float, top: float, width: float, height: float) -> "Axes":
    """Axes at a place of the figure, px from its upper left corner.

    Arguments:
        figure: that they are part of.
        left: distance from the left edge.
        top: distance from the upper edge.
        width: of the axes.
        height: of the axes.
    """
    full = figure.get_figheight() * 72
    box = (left / WIDTH, 1 - (top + height) / full, width / WIDTH, height / full)
    axes = figure.add_axes(box)
    axes.patch.set_visible(False)
    return axes


def drawn(figure: "Figure", key: str, title: str, description: str) -> str:
    """The figure as SVG that can stand in a page.

    Arguments:
        figure: what was drawn.
        key: unlike that of any other drawing on the page.
        title: its name.
        description: what a reader who cannot see it must know.
    """
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    text = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    paper: Any = FigureCanvasSVG(figure)
    paper.print_svg(text, metadata=nothing)
    return embedded(text.getvalue(), key, title, description)


def _bare(figure: "Figure", height: float) -> "Axes":
    axes = panel(figure, 0, 0, WIDTH, height)
    axes.set_axis_off()
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(height, 0)
    return axes


def stage_rates(training: TrainingPrediction, key: str) -> str:
    """What each stage could sustain alone, as bars.

    Arguments:
        training: the prediction of the workload.
        key: unlike that of any other drawing on the page.
    """
    row, bar, longest = 50.0, 16.0, 225.0
    slowest = min(stage.rate for stage in training.stages)
    top = min(max(stage.rate for stage in training.stages), MOST * slowest)
    height = row * len(training.stages) + 8
    with canvas(height) as figure:
        axes = _bare(figure, height)
        for i, stage in enumerate(training.stages):
            limits = stage.name == training.bottleneck
            y, cut = i * row + 4, stage.rate > top
            width = longest * min(stage.rate, top) / top if top > 0 else 0.0
            factor = "" if limits else f" ({times(stage.rate / slowest)})" if slowest > 0 else ""
            figures = rate(stage.rate) + (factor if stage.rate < float("inf") else "")
            beside = width + 6 + len(figures) * _LETTER <= WIDTH
            name = short(stage.name, 36 if beside else 18) + (" (bottleneck)" if limits else "")
            axes.text(0, y + 13, name, weight="bold" if limits else "normal")
            axes.barh(y + 27, width, bar, color=ACCENT if limits else LINE)
            if not limits and top > 0:
                at = longest * slowest / top
                axes.plot([at, at], [y + 17, y + 37], color=ACCENT, linewidth=1.2, dashes=(3, 2))
            if cut:
                axes.plot([width - 12, width - 6], [y + 38, y + 16], color="white", linewidth=3.5)
            if beside:
                axes.text(width + 6, y + 32, figures, size=SMALL)
            else:  # too long to stand behind its bar
                axes.text(WIDTH, y + 13, figures, size=SMALL, ha="right")
        words = "; ".join(f"{stage.name}: {rate(stage.rate)}" for stage in training.stages)
        title = f"What each stage of {training.name} could sustain"
        return drawn(figure, key, title, f"{headroom(training)}. {words}.")


def step_shares(step: StepTime) -> tuple[tuple[str, float], ...]:
    """The parts that a step's duration is made of, s; communication as far as it is not hidden.

    Arguments:
        step: one training step.
    """
    communication = step.intra_node + step.inter_node
    seen = 1 - step.hidden / communication if communication > 0 else 0.0
    return (
        ("compute", step.compute),
        ("straggler", step.straggler),
        ("intra_node", step.intra_node * seen),
        ("inter_node", step.inter_node * seen),
        ("input_wait", step.input_wait),
        *(
            (name, getattr(step, name))
            for name in ("launching", "bubble", "update")
            if getattr(step, name) > 0
        ),
    )


def step_parts(training: TrainingPrediction, key: str) -> str:
    """Where the time of one step goes, as one bar from its start to its end.

    Arguments:
        training: the prediction of the workload.
        key: unlike that of any other drawing on the page.
    """
    step = training.step
    shares = step_shares(step)
    entries = [(STEP[name], STEP_NAMES[name], seconds) for name, seconds in shares]
    height = 66.0 + 23 * (len(entries) + 1)
    with canvas(height) as figure:
        axes = _bare(figure, height)
        _step_bar(axes, step, shares)
        for i, (colour, name, seconds) in enumerate(entries):
            _legend_row(axes, 80 + 23 * i, colour, name, seconds, step.total)
        hidden = "all-reduce hidden behind compute"
        _legend_row(axes, 80 + 23 * len(entries), None, hidden, step.hidden, step.total)
        words = [f"{n} {step_time(s)}, {share_of(s, step.total)}" for _, n, s in entries]
        description = f"Of {step_time(step.total)}: {'; '.join(words)}. "
        description += f"Hidden behind compute: {step_time(step.hidden)}."
        return drawn(figure, key, f"Where one step of {training.name} goes", description)


def _step_bar(axes: "Axes", step: StepTime, shares: tuple[tuple[str, float], ...]) -> None:
    total, left = step.total, 0.0
    scale = WIDTH / total if total > 0 else 0.0
    for name, seconds in shares:
        width = seconds * scale
        axes.barh(22, width, 34, left=left, color=STEP[name], edgecolor="white", linewidth=0.8)
        if width >= 64 and name == "compute":
            text = share_of(seconds, total)
            axes.text(left + width / 2, 27, text, color="white", ha="center", weight="bold")
        left += width
    if step.hidden > 0:
        end = step.compute * scale
        width = min(step.hidden * scale, end)
        axes.barh(
            47, width, 10, left=end - width, color=FAINT, edgecolor=STEP["inter_node"],
            hatch="////", linewidth=0.8,
        )  # fmt: skip


def _legend_row(
    axes: "Axes", y: float, colour: str | None, name: str, seconds: float, total: float
) -> None:
    if colour is None:
        dark = STEP["inter_node"]
        axes.barh(y - 5, 14, 13, left=0.5, color=FAINT, edgecolor=dark, hatch="////", linewidth=0.8)
    else:
        axes.barh(y - 5, 14, 13, left=0.5, color=colour)
    axes.text(22, y, name, size=SMALL)
    axes.text(WIDTH - 62, y, step_time(seconds), size=SMALL, ha="right")
    axes.text(WIDTH, y, share_of(seconds, total), size=SMALL, ha="right")


def short(text: str, length: int) -> str:
    """A text that ends where there is no more room for it.

    Arguments:
        text: of any length.
        length: characters that there is room for.
    """
    return text if len(text) <= length else text[: length - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"
