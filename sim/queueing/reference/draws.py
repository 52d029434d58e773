"""The streams of a layout, drawn by number."""

from sim.kernels.streams import draw, uniform
from sim.queueing.arrays.queue_layout import Layout
from sim.queueing.reference.customers import Customer, Visit


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

    def service(self, customer: Customer, visit: Visit) -> float:
        """The service of a customer at a visit, s: as recorded, or drawn."""
        if visit.recorded >= 0:
            return float(self._profile[visit.recorded + customer.row])
        return self.value(visit.service)

    def slots(self, customer: Customer, visit: Visit) -> int:
        """The servers that a customer takes at once at a visit."""
        if visit.recorded_slots >= 0:
            return int(self._profile[visit.recorded_slots + customer.row])
        return visit.slots

    def uniform(self, stream: int) -> float:
        """The next uniform of a stream, above 0 and below 1."""
        return float(uniform(self._streams[stream]))
