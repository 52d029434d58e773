"""What is told of prices over the years."""

from dataclasses import dataclass, field

from models.prediction.estimates import UNIT


@dataclass(frozen=True)
class MediumHistory:
    """The cheapest price of a medium by year; between two years the earlier holds.

    Arguments:
        medium: of storage.
        years: of each new lowest price, ascending.
        prices: of a byte.
        yearly_change: of the straight line through their logarithms, -0.2 for a fifth less each
            year; None where there are too few.
    """

    medium: str
    years: tuple[int, ...]
    prices: tuple[float, ...] = field(metadata={UNIT: "USD/byte"})
    yearly_change: float | None
