"""What a simulated series says about the long run: warm-up, intervals, and when to stop."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.laws.intervals import student_quantile
from models.prediction import Estimate
from sim.experiment import CONFIDENCE, mean_estimate

_BATCH = 5
_TAIL = 5  # batches at the end that are never cut: too few to tell their own spread
_FEWEST_WINDOWS = 10  # of which a skewness is told, and how they hang together
_MOST_HANGING = 0.9  # correlation of a window with the next; with more nothing is known
_NO_LEAN = 1e-6  # skewness that moves no quantile


def mser5(series: Sequence[float]) -> int:
    """How many first values of a series to leave out, so that the mean of the rest is best known.

    The cut minimizes the marginal standard error of what is left, over means of five values each.
    A cut in the second half says that the series is too short to tell.

    Arguments:
        series: in the order of time.

    Raises:
        ValueError: a series of fewer than 30 values.

    Source: White (1997), An effective truncation heuristic for bias reduction in simulation
        output; Franklin and White (2008), Stationarity tests and MSER-5. That the last batches
        are not cut: Hoad, Robinson and Davies (2010), Automating warm-up length estimation.
    """
    count = len(series) // _BATCH
    if count <= _TAIL:
        raise ValueError(f"series has {len(series)} values; a warm-up takes 30 or more to find")
    batches = np.asarray(series[: count * _BATCH], dtype=float).reshape(count, _BATCH).mean(axis=1)
    errors = [
        float(np.var(batches[cut:])) / (count - cut)  # (sum of squares) / (n - d)^2
        for cut in range(count - _TAIL + 1)
    ]
    return _BATCH * int(np.argmin(errors))


def compare(a_values: Sequence[float], b_values: Sequence[float]) -> Estimate:
    """Difference of two means, b less a, from pairs with common random numbers.

    Arguments:
        a_values: one a replication.
        b_values: of the same replications, in the same order.

    Raises:
        ValueError: not as many of both.

    Source: Law (2015), section 10.2.1, the paired-t interval.
    """
    return _mean_of_differences([b - a for a, b in zip(a_values, b_values, strict=True)])


def variance_reduction(a_values: Sequence[float], b_values: Sequence[float]) -> float:
    """By how much pairs with common random numbers beat independent runs: ratio of variances.

    Arguments:
        a_values: one a replication.
        b_values: of the same replications, in the same order.

    Source: Law (2015), section 11.2.
    """
    differences = np.subtract(b_values, a_values)
    apart = float(np.var(a_values, ddof=1) + np.var(b_values, ddof=1))
    together = float(np.var(differences, ddof=1))
    if together == 0:
        return math.inf if apart > 0 else 1.0
    return apart / together


def pair_means(values: Sequence[float]) -> list[float]:
    """Means of values two by two.

    Arguments:
        values: an even number.

    Raises:
        ValueError: an odd number of values.
    """
    if len(values) % 2:
        raise ValueError(f"{len(values)} values are not pairs")
    return [(first + second) / 2 for first, second in zip(values[::2], values[1::2], strict=True)]


@dataclass(frozen=True)
class Halfwidth:
    """When to stop: the half-width of every interval is at most a share of its mean.

    Arguments:
        relative: the share, above 0.

    Source: Law (2015), section 9.4.1. Intervals that are looked at more than once cover a little
        less often than they say; a first round of 10 replications and more keeps that small.
    """

    relative: float

    def __post_init__(self) -> None:
        if not 0 < self.relative < math.inf:
            raise ValueError(f"relative_half_width is {self.relative:g}; it must be above 0")

    def reached(self, estimates: Sequence[Estimate]) -> bool:
        """Every interval is narrow enough.

        Arguments:
            estimates: of everything that matters.
        """
        return self.worst(estimates) <= self.relative

    def worst(self, estimates: Sequence[Estimate]) -> float:
        """The largest half-width as a share of its mean; 0 without estimates.

        Arguments:
            estimates: those of a mean of 0 don't count.
        """
        return max(map(relative_half_width, estimates), default=0.0)

    def replications(self, done: int, estimates: Sequence[Estimate]) -> int:
        """How many replications in all the next round should reach: at most four times as many.

        Arguments:
            done: so far.
            estimates: from those.
        """
        factor = (self.worst(estimates) / self.relative) ** 2
        return done + max(1, math.ceil(done * (min(4.0, 1.1 * factor) - 1)))


def relative_half_width(estimate: Estimate) -> float:
    """Half-width of an interval as a share of its mean; 0 for a mean of 0.

    Arguments:
        estimate: with its interval.
    """
    return (estimate.high - estimate.mean) / abs(estimate.mean) if estimate.mean else 0.0


def _mean_of_differences(differences: Sequence[float]) -> Estimate:
    estimate = mean_estimate(differences)
    # That all differences seen are above 0 does not bound their mean: the interval stays whole.
    half = estimate.high - estimate.mean
    return Estimate(
        estimate.mean, estimate.mean - half, estimate.high, estimate.confidence, estimate.method
    )


def of_sections(values: Sequence[float], centre: float) -> Estimate:
    """A measure of all runs together, with the spread of the runs about it.

    Arguments:
        values: the same of each run, one or more.
        centre: of all of them together; not below 0.

    Source: Asmussen and Glynn (2007), Stochastic Simulation, section III.5a, sectioning; Nakayama
        (2014), Confidence intervals for quantiles using sectioning when applying variance-reduction
        techniques.
    """
    if len(values) < 2 or min(values) == max(values):
        return mean_estimate(values)
    squares = float(np.square(np.asarray(values) - centre).sum())
    error = math.sqrt(squares / (len(values) - 1) / len(values))
    half = student_quantile(CONFIDENCE, len(values) - 1) * error
    return Estimate(centre, max(0.0, centre - half), centre + half, CONFIDENCE, "simulation")


def in_windows(values: Sequence[float], centre: float) -> Estimate:
    """A measure of one run, with the spread of its equal windows, which may hang together.

    The interval grows with what a window has of the one before, and leans to the side of the larger
    errors where windows are skewed.

    Arguments:
        values: the same of each window, in their order.
        centre: of the whole run; not below 0.

    Source: Tafazzoli, Steiger and Wilson (2011), N-Skart: a nonsequential skewness- and
        autoregression-adjusted batch-means procedure, steps 5 and 6; the skewness after Willink
        (2005), A confidence interval and test for the mean of an asymmetric distribution.
    """
    count = len(values)
    if count < _FEWEST_WINDOWS or min(values) == max(values):
        return of_sections(values, centre)
    apart = np.asarray(values) - float(np.mean(values))
    deviation = float(np.std(values, ddof=1))
    hangs = float((apart[1:] * apart[:-1]).sum() / np.square(apart).sum())
    hangs = min(max(hangs, 0.0), _MOST_HANGING)
    error = deviation * math.sqrt((1 + hangs) / (1 - hangs) / count)
    third = float((apart**3).sum()) * count / ((count - 1) * (count - 2))
    lean = third / deviation**3 / (6 * math.sqrt(count))
    quantile = student_quantile(CONFIDENCE, count - 1)
    low, high = (centre - error * _leant(end, lean) for end in (quantile, -quantile))
    return Estimate(centre, max(0.0, min(low, centre)), max(high, centre), CONFIDENCE, "simulation")


def _leant(quantile: float, lean: float) -> float:
    """A quantile of Student's distribution as it is for a skewed mean."""
    if abs(lean) < _NO_LEAN:
        return quantile
    return (float(np.cbrt(1 + 6 * lean * (quantile - lean))) - 1) / (2 * lean)
