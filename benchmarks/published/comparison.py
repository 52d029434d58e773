"""A published figure beside ours."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Comparison:
    """A published figure, and what we say of the same thing with an interval.

    Arguments:
        what: is compared, in at most 40 characters.
        unit: of all figures.
        published: by the source, or worked out by hand of what it publishes.
        predicted: by us.
        low: lower end of our interval.
        high: upper end of it.
        source: of the published figure.
    """

    what: str
    unit: str
    published: float
    predicted: float
    low: float
    high: float
    source: str

    @property
    def inside(self) -> bool:
        """The published figure lies inside our interval."""
        return self.low <= self.published <= self.high

    @staticmethod
    def within(
        what: str, unit: str, published: float, predicted: float, share: float, source: str
    ) -> "Comparison":
        """A figure that is said without an interval, and may be off by a share of itself.

        Arguments:
            what: is compared.
            unit: of both figures.
            published: by the source.
            predicted: by us.
            share: of the predicted figure, that is allowed either way.
            source: of the published figure.
        """
        assert math.isfinite(predicted)
        low, high = sorted((predicted * (1 - share), predicted * (1 + share)))
        return Comparison(what, unit, published, predicted, low, high, source)
