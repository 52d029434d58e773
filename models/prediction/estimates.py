"""What every answer is made of: an estimate, a distribution, and the unit of a field."""

from dataclasses import dataclass, field
from typing import Literal

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
