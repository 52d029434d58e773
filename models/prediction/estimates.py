"""What every answer is made of: an estimate, a distribution, and the unit of a field."""

import math
from dataclasses import dataclass, field
from typing import ClassVar, Literal

Method = Literal["exact", "approximation", "simulation", "measured"]
UNIT = "unit"  # key of the metadata of a field


@dataclass(frozen=True)
class Estimate:
    """An answer with its error bars, and how it was had.

    Arguments:
        mean: the best single value.
        low: lower end of the interval.
        high: upper end of the interval.
        confidence: probability that the interval covers the truth, 0 to 1.
        method: exact, approximation, simulation or measured.
    """

    mean: float
    low: float
    high: float
    confidence: float
    method: Method

    @staticmethod
    def exact(value: float) -> "Estimate":
        """An answer without error: the law gives it.

        Arguments:
            value: the answer.
        """
        return Estimate(value, value, value, 1.0, "exact")


@dataclass(frozen=True)
class Distribution:
    """Simulated values of one quantity, with what people quote of them.

    Arguments:
        mean: their mean, with the interval of the mean.
        p50: their median, with the interval of the median.
        p95: their 95th percentile, with its interval.
        samples: the values themselves, one a replication, in order of replication.
    """

    mean: Estimate
    p50: Estimate
    p95: Estimate
    samples: tuple[float, ...] = field(repr=False)

    DERIVED: ClassVar[dict[str, str]] = {"middle_95": ""}

    @property
    def middle_95(self) -> tuple[float, float]:
        """Ends of the middle 95 % of the values: what one run is likely to see."""
        ordered = sorted(self.samples)
        outside = math.floor(len(ordered) * 0.025)
        return ordered[outside], ordered[len(ordered) - 1 - outside]
