"""What falls or rises by the same factor every year."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from models.laws.arguments import positive


@dataclass(frozen=True)
class Trend:
    """A curve that changes by the same share every year.

    Arguments:
        yearly_change: share by which it grows in a year; -0.3 is a fall by 30 %.
        year: to which the level belongs.
        level: of the curve in that year.
        explained: share of the logarithms' variance that the curve explains, 0 to 1.
    """

    yearly_change: float
    year: float
    level: float
    explained: float

    def value(self, year: float) -> float:
        """Level of the curve in a year.

        Arguments:
            year: any.
        """
        return self.level * math.exp(math.log1p(self.yearly_change) * (year - self.year))

    @property
    def halving_time(self) -> float:
        """Years in which it falls by half; infinite unless it falls."""
        if self.yearly_change >= 0:
            return math.inf
        return -math.log(2) / math.log1p(self.yearly_change)


def exponential_trend(years: Sequence[float], values: Sequence[float]) -> Trend:
    """The straight line through the logarithms of a series, by least squares.

    It has no interval: successive prices are not independent, and one that assumed so would be
    far too narrow. Beyond the last year it is an extrapolation.

    Arguments:
        years: of the values.
        values: each more than 0.

    Raises:
        ValueError: an argument out of range, or fewer than two different years.

    Source: Nagy et al. (2013), Statistical basis for predicting technological progress, PLoS ONE
        8(2): Moore's law.
    """
    if len(years) != len(values):
        raise ValueError(
            f"years has {len(years)} entries and values {len(values)}; they must match"
        )
    if len(set(years)) < 2:
        raise ValueError(f"years is {list(years)}; a trend needs two different years or more")
    logs = [math.log(positive(f"values[{i}]", value)) for i, value in enumerate(values)]
    middle, mean = math.fsum(years) / len(years), math.fsum(logs) / len(logs)
    apart = [year - middle for year in years]
    spread = math.fsum(one * one for one in apart)
    slope = math.fsum(one * log for one, log in zip(apart, logs, strict=True)) / spread
    variation = math.fsum((log - mean) ** 2 for log in logs)
    explained = 1.0 if variation == 0 else min(1.0, slope * slope * spread / variation)
    return Trend(math.expm1(slope), middle, math.exp(mean), explained)
