"""Chart of frames at the edge and in a cloud: response against the bandwidth of the link."""

import math

from models.description.quantities import format_scaled
from models.prediction.edge_answer import EdgePrediction, Turn
from reports.figures import SMALL, WIDTH, canvas, drawn, panel
from reports.palette import ACCENT, INK, LINE, MUTED
from reports.wording import duration

_LEFT, _RIGHT, _TOP, _BOTTOM = 58.0, 50.0, 16.0, 44.0
_BITS = 8.0
_DECADES = 12  # of bandwidths, more than a picture has


def bandwidth(value: float) -> str:
    """A bandwidth of a link in bits, as people say it.

    Arguments:
        value: bytes/s.
    """
    return format_scaled(_BITS * value, "bps")


def _ticks(first: float) -> list[float]:
    """1, 2 and 5 times powers of ten, from the one below the first on."""
    lowest = math.floor(math.log10(first))
    return [step * 10.0 ** (lowest + k) for k in range(_DECADES) for step in (1, 2, 5)]


def response_against_bandwidth(one: EdgePrediction, turn: Turn, key: str) -> str:
    """Mean from a frame to its result in the cloud by other links, beside that of the edge.

    Arguments:
        one: the prediction, with a cloud by other links.
        turn: with queueing.
        key: unlike that of any other drawing on the page.
    """
    height = 250.0
    across = [_BITS * point.bandwidth / 1e6 for point in one.by_bandwidth]
    times = [point.response for point in one.by_bandwidth]
    edge = turn.edge
    # A link that only just keeps up has waits that would press all else to the ground.
    settled = [*times[len(times) // 4 :], *([edge] if edge is not None else [])]
    unit, scale = ("ms", 1e-3) if max(settled) < 2 else ("s", 1.0)
    with canvas(height) as figure:
        axes = panel(figure, _LEFT, _TOP, WIDTH - _LEFT - _RIGHT, height - _TOP - _BOTTOM)
        axes.set_xscale("log")
        axes.set_xlabel("bandwidth of the link, Mbps", size=SMALL)
        axes.set_ylabel(f"mean response, {unit}", size=SMALL)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        axes.grid(axis="y", color=LINE, linewidth=0.6)
        axes.set_axisbelow(True)
        axes.plot(across, [time / scale for time in times], color=ACCENT, linewidth=1.8)
        if edge is not None:
            axes.plot([across[0], across[-1]], [edge / scale] * 2, color=INK, linewidth=1.4)
            axes.text(across[-1], edge / scale, " edge", size=SMALL, color=INK, va="center")
        axes.text(across[-1], times[-1] / scale, " cloud", size=SMALL, color=ACCENT, va="center")
        axes.set_xlim(across[0], across[-1])
        axes.set_ylim(0, 1.25 * max(settled) / scale)
        marks = [(turn.bandwidth, "it turns")] if math.isfinite(turn.bandwidth) else []
        assert one.link is not None  # a cloud has a link
        for position, (at, words) in enumerate([(one.link.bandwidth, "as it is"), *marks]):
            place = _BITS * at / 1e6
            if not across[0] <= place <= across[-1]:
                continue
            axes.axvline(place, color=MUTED, linewidth=1.0, dashes=(1, 2))
            top = axes.get_ylim()[1] * (0.98 - 0.09 * position)
            axes.text(place, top, f" {words} ", size=SMALL, color=MUTED, va="top")
        places = [place for place in _ticks(across[0]) if across[0] <= place <= across[-1]]
        axes.set_xticks(places, [f"{place:g}" for place in places])
        axes.minorticks_off()
        words = "; ".join(
            f"{bandwidth(point.bandwidth)}: {duration(point.response)}"
            for point in one.by_bandwidth[::6]
        )
        of_edge = "" if edge is None else f"; edge: {duration(edge)}"
        title = f"Response of {one.name} against the link"
        return drawn(figure, key, title, f"Cloud by {words}{of_edge}.")
