"""The streams of a layout, drawn by number."""

from sim.kernels.streams import draw, uniform
from sim.queueing.arrays.queue_layout import Layout


class Draws:
    """Draws from the streams of a layout, whose state moves on.

    Arguments:
        layout: of the run.
    """

    def __init__(self, layout: Layout) -> None:
        self._streams = list(layout.streams)
        self._profile = layout.profile

    def value(self, stream: int) -> float:
        """The next value of a stream's distribution."""
        return float(draw(self._streams[stream]))

    def recorded(self, place: int) -> float:
        """A recorded value, by its place in the profile of the layout."""
        return float(self._profile[place])

    def uniform(self, stream: int) -> float:
        """The next uniform of a stream, above 0 and below 1."""
        return float(uniform(self._streams[stream]))
