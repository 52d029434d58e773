"""The Weibull law of lifetimes, of two and of three parameters."""

import math
from dataclasses import dataclass

import numpy as np

from models.laws.arguments import non_negative, positive
from models.laws.arrays import Floats
from models.laws.reliability.gamma_tail import beyond
from models.laws.reliability.lifetime import Lifetime, check_share


@dataclass(frozen=True)
class Weibull(Lifetime):
    """Failures at a rate that falls (shape below 1) or rises with a power of age.

    Arguments:
        shape: 0.05 to 1,000.
        scale: beyond the location 63 % fail within it, s.
        location: nothing fails before, s.

    Raises:
        ValueError: an argument is out of range.

    Source: Weibull (1951), A statistical distribution function of wide applicability; residual
        life by the incomplete gamma function.
    """

    shape: float
    scale: float
    location: float = 0.0

    def __post_init__(self) -> None:
        if not 0.05 <= self.shape <= 1000:
            raise ValueError(f"shape is {self.shape}; it must lie between 0.05 and 1,000")
        positive("scale", self.scale)
        non_negative("location", self.location)

    @property
    def mttf(self) -> float:
        return self.location + self.scale * math.gamma(1 + 1 / self.shape)

    @property
    def variance(self) -> float:
        from scipy.special import zeta

        x = 1 / self.shape
        mean = self.scale * math.gamma(1 + x)
        if x > 0.1:
            return self.scale * self.scale * math.gamma(1 + 2 * x) - mean * mean
        # log(gamma(1 + 2x) / gamma(1 + x)^2) as a series: its two terms would cancel.
        powers = np.arange(2, 26)
        terms = zeta(powers) * (2.0**powers - 2) * (-x) ** powers / powers
        return mean * mean * math.expm1(float(terms[::-1].sum()))

    def cumulative_hazard(self, time: float) -> float:
        lived = self._lived(non_negative("time", time))
        return _power(lived, self.shape) if lived > 0 else 0.0

    def hazard(self, time: float) -> float:
        lived = self._lived(non_negative("time", time))
        if lived < 0:
            return 0.0
        if lived == 0:
            return (math.inf if self.shape < 1 else 0.0) if self.shape != 1 else 1 / self.scale
        return self.shape / self.scale * _power(lived, self.shape - 1)

    def hazard_between(self, age: float, time: float) -> float:
        lived, before = non_negative("age", age) - self.location, self.cumulative_hazard(age)
        if non_negative("time", time) > lived or math.isinf(before):
            return super().hazard_between(age, time)
        # The difference of two powers, without cancellation where the time is short.
        return before * math.expm1(self.shape * math.log1p(time / lived)) if before > 0 else 0.0

    def mean_residual_life(self, age: float) -> float:
        lived = self._lived(non_negative("age", age))
        if lived <= 0:
            return self.mttf - age
        return self.scale / self.shape * lived / beyond(1 / self.shape, _power(lived, self.shape))

    def time_lost(self, interval: float) -> float:
        if self.location > 0:
            lived = max(0.0, non_negative("interval", interval) - self.location)
            return Weibull(self.shape, self.scale).time_lost(lived)
        hazard = self.cumulative_hazard(interval)
        if hazard > 0.11:
            from scipy.special import gammainc

            return interval - self.mttf * float(gammainc(1 / self.shape, hazard))
        # The power series of the unreliability, integrated term by term.
        terms = (
            (-1) ** (n + 1) * hazard**n / math.factorial(n) / (n * self.shape + 1)
            for n in range(1, 14)
        )
        return interval * math.fsum(terms)

    def quantile(self, p: float) -> float:
        return self.location + self.scale * _power(-math.log1p(-check_share(p)), 1 / self.shape)

    def draw(self, random: np.random.Generator, size: int) -> Floats:
        return self.location + self.scale * random.weibull(self.shape, size)

    def _lived(self, time: float) -> float:
        return (time - self.location) / self.scale


def _power(base: float, exponent: float) -> float:
    """The power of a number, 0 or more; infinite, not an error, where a double can't hold it."""
    if base == 0:
        return 0.0
    logarithm = exponent * math.log(base)
    return math.inf if logarithm > 709 else math.pow(base, exponent)
