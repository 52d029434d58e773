"""Charts of MapReduce and Spark as SVG: which stage held how many containers when."""

from models.prediction.batch_answer import BatchPrediction
from reports.figures import SMALL, WIDTH, canvas, drawn, panel
from reports.job_figures import name_colours, unit_of
from reports.palette import INK, LINE, MUTED, STEP
from reports.wording import count, duration

_LEFT, _RIGHT, _TOP, _BOTTOM = 58.0, 14.0, 16.0, 44.0
_KEY_ROW, _KEYS_IN_A_ROW, _KEYS, _HEIGHT = 18.0, 3, 12, 150.0
_COLOURS = tuple(STEP.values())


def occupancy(one: BatchPrediction, key: str) -> str:
    """Containers in use over the time of one replication, by stage, one above the other.

    Arguments:
        one: the prediction, with its steps.
        key: unlike that of any other drawing on the page.
    """
    steps = one.steps
    assert steps is not None  # the caller asks
    unit, scale = unit_of(steps.times[-1])
    times = [time / scale for time in steps.times]
    colours = {name: _COLOURS[k % len(_COLOURS)] for k, name in enumerate(steps.stages)}
    several = len(colours) > 1
    rows = -(-min(len(colours), _KEYS) // _KEYS_IN_A_ROW)
    top = _TOP + (_KEY_ROW * rows if several else 0.0)
    with canvas(top + _HEIGHT + _BOTTOM) as figure:
        axes = panel(figure, _LEFT, top, WIDTH - _LEFT - _RIGHT, _HEIGHT)
        if several:
            name_colours(figure, colours)
        below = [0.0] * len(times)
        for name, line in zip(steps.stages, steps.in_use, strict=True):
            above = [low + used for low, used in zip(below, line, strict=True)]
            axes.fill_between(times, below, above, step="post", color=colours[name], linewidth=0)
            below = above
        axes.axhline(steps.containers, color=MUTED, linewidth=1.0, dashes=(3, 2))
        axes.set_ylabel("containers in use", size=SMALL)
        axes.set_xlabel(f"time, {unit}", size=SMALL)
        axes.set_ylim(0, max(steps.containers, *below) * 1.08)
        axes.set_xlim(0, max(times[-1], 1e-9))
        axes.set_axisbelow(True)
        axes.grid(axis="y", color=LINE, linewidth=0.6)
        axes.tick_params(colors=INK)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        words = (
            f"Up to {count(max(below))} of {count(steps.containers)} containers are in use, over"
            f" {duration(steps.times[-1])}."
        )
        return drawn(figure, key, f"Containers of {one.name} by stage", words)
