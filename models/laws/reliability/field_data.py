"""What is known of the lives of units in the field, and the curve of those that still live."""

import math
import warnings
from dataclasses import dataclass

from models.laws.arguments import non_negative, positive
from models.laws.reliability.empirical import Empirical


@dataclass(frozen=True)
class FieldData:
    """Ages at which units failed, or up to which they are known to have worked.

    Arguments:
        failures: ages at which units failed, s.
        survivals: ages of units that work still or were taken away working, s.
        intervals: of units found failed, the age at which each worked last, 0 where it was never
            seen to work, and that at which it was found, s.

    Raises:
        ValueError: an age is out of range, an interval is empty, or no unit failed.
    """

    failures: tuple[float, ...]
    survivals: tuple[float, ...] = ()
    intervals: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        for age in self.failures:
            positive("failures", age)
        for age in self.survivals:
            non_negative("survivals", age)
        for low, high in self.intervals:
            if not non_negative("intervals", low) < positive("intervals", high):
                raise ValueError(f"intervals has {(low, high)}; it must end after it starts")
        if not self.failures and not self.intervals:
            raise ValueError("failures is empty; no lifetime can be had where nothing has failed")

    def scaled(self, factor: float) -> "FieldData":
        """The same data with all ages multiplied, as in another unit of time.

        Arguments:
            factor: more than 0.
        """
        return FieldData(
            tuple(float(age * factor) for age in self.failures),
            tuple(float(age * factor) for age in self.survivals),
            tuple((float(low * factor), float(high * factor)) for low, high in self.intervals),
        )


@dataclass(frozen=True)
class SurvivalCurve:
    """Share of units that outlive each of some ages.

    Arguments:
        times: ages at which units failed, rising, s; shape (failures,).
        reliability: after each; shape (failures,).
        low: lower ends of the intervals of confidence; shape (failures,).
        high: upper ends; shape (failures,).
        last: the greatest age that a unit is known to have reached, s.
    """

    times: tuple[float, ...]
    reliability: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    last: float

    def lifetime(self) -> Empirical:
        """The lifetime of these steps; what still lives at the end is taken to fail there.

        Source: Efron (1967), The two sample problem with censored data.
        """
        times, before, chances = list(self.times), 1.0, []
        for left in self.reliability:
            chances.append(before - left)
            before = left
        if before > 0 and self.last > times[-1]:
            times.append(self.last)
            chances.append(before)
        elif before > 0:
            chances[-1] += before
        return Empirical(tuple(times), tuple(chances))


def kaplan_meier(data: FieldData, confidence: float = 0.95) -> SurvivalCurve:
    """Share of units that outlive each age, without any law of lifetimes.

    Arguments:
        data: failures and survivals; no intervals.
        confidence: of the interval at each age, more than 0 and less than 1.

    Raises:
        ValueError: the data has intervals, or the confidence is out of range.

    Source: Kaplan and Meier (1958), Nonparametric estimation from incomplete observations; its
        intervals by Greenwood's variance of log(-log R).
    """
    from scipy.stats import CensoredData, ecdf

    if data.intervals:
        raise ValueError("intervals is given; Kaplan and Meier's curve needs the ages of failures")
    check_confidence(confidence)
    curve = ecdf(CensoredData(uncensored=data.failures, right=data.survivals)).sf
    with warnings.catch_warnings():
        # Nothing is known of the variance where no unit is left; that is filled in below.
        warnings.simplefilter("ignore", RuntimeWarning)
        interval = curve.confidence_interval(confidence, method="log-log")
    failed = set(data.failures)
    low, high, rows, ceiling = interval.low.probabilities, interval.high.probabilities, [], 1.0
    for time, left, bottom, top in zip(
        curve.quantiles, curve.probabilities, low, high, strict=True
    ):
        if float(time) in failed:
            ceiling = ceiling if math.isnan(top) else float(top)
            floor = 0.0 if math.isnan(bottom) else float(bottom)
            rows.append((float(time), float(left), floor, ceiling))
    times, reliability, floors, ceilings = zip(*rows, strict=True)
    return SurvivalCurve(times, reliability, floors, ceilings, float(curve.quantiles[-1]))


def check_confidence(confidence: float) -> float:
    """The confidence, more than 0 and less than 1.

    Raises:
        ValueError: it isn't.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence}; it must be more than 0 and less than 1")
    return confidence
