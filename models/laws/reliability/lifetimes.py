"""Laws of lifetimes: exponential, Weibull, lognormal, gamma and deterministic."""

import math
from dataclasses import dataclass

import numpy as np

from models.laws.arguments import non_negative, positive
from models.laws.arrays import Floats
from models.laws.reliability.gamma_tail import beyond, mean_beyond
from models.laws.reliability.lifetime import Lifetime, check_share
from models.laws.reliability.weibull import Weibull

__all__ = ["Deterministic", "Exponential", "Gamma", "LogNormal", "Weibull"]


@dataclass(frozen=True)
class Exponential(Lifetime):
    """Failures at a constant rate: age does not matter.

    Arguments:
        failure_rate: /s.

    Raises:
        ValueError: the rate is out of range.

    Source: Rausand and Høyland (2004), System Reliability Theory, chapter 2.
    """

    failure_rate: float

    def __post_init__(self) -> None:
        positive("failure_rate", self.failure_rate)

    @property
    def mttf(self) -> float:
        return 1 / self.failure_rate

    @property
    def variance(self) -> float:
        return self.mttf * self.mttf

    def cumulative_hazard(self, time: float) -> float:
        return self.failure_rate * non_negative("time", time)

    def hazard(self, time: float) -> float:
        non_negative("time", time)
        return self.failure_rate

    def hazard_between(self, age: float, time: float) -> float:
        non_negative("age", age)
        return self.cumulative_hazard(time)

    def mean_residual_life(self, age: float) -> float:
        non_negative("age", age)
        return self.mttf

    def time_lost(self, interval: float) -> float:
        return Weibull(1.0, self.mttf).time_lost(interval)

    def quantile(self, p: float) -> float:
        return -math.log1p(-check_share(p)) / self.failure_rate

    def draw(self, random: np.random.Generator, size: int) -> Floats:
        return random.exponential(self.mttf, size)


@dataclass(frozen=True)
class LogNormal(Lifetime):
    """A lifetime whose logarithm is normal; common for repairs.

    Arguments:
        log_mean: mean of the logarithm of the seconds, -230 to 230.
        log_deviation: standard deviation of that logarithm, 1e-6 to 10.

    Raises:
        ValueError: an argument is out of range.

    Source: Rausand and Høyland (2004), chapter 2.
    """

    log_mean: float
    log_deviation: float

    def __post_init__(self) -> None:
        if not -230 <= self.log_mean <= 230:
            raise ValueError(f"log_mean is {self.log_mean}; it must lie between -230 and 230")
        if not 1e-6 <= self.log_deviation <= 10:
            raise ValueError(f"log_deviation is {self.log_deviation}; it must be 1e-6 to 10")

    @property
    def mttf(self) -> float:
        return math.exp(self.log_mean + self.log_deviation**2 / 2)

    @property
    def variance(self) -> float:
        return self.mttf * self.mttf * math.expm1(self.log_deviation**2)

    def cumulative_hazard(self, time: float) -> float:
        from scipy.special import log_ndtr, ndtr

        if non_negative("time", time) == 0:
            return 0.0
        score = self._score(time)
        return float(-log_ndtr(-score) if score > 0 else -math.log1p(-ndtr(score)))

    def hazard(self, time: float) -> float:
        from scipy.special import erfcx

        if non_negative("time", time) == 0:
            return 0.0
        tail = float(erfcx(self._score(time) / math.sqrt(2)))
        return math.sqrt(2 / math.pi) / tail / self.log_deviation / time

    def mean_residual_life(self, age: float) -> float:
        from scipy.special import erfcx, ndtr

        if non_negative("age", age) == 0:
            return self.mttf
        score = self._score(age)
        if score < 0:
            return float(self.mttf * ndtr(self.log_deviation - score) / ndtr(-score)) - age
        # erfcx is the tail without its exponential, which cancels in the ratio.
        root = math.sqrt(2)
        ratio = float(erfcx((score - self.log_deviation) / root) / erfcx(score / root))
        return age * (ratio - 1)

    def time_lost(self, interval: float) -> float:
        from scipy.special import erfcx

        if non_negative("interval", interval) == 0:
            return 0.0
        score, root = self._score(interval), math.sqrt(2)
        if score > self.log_deviation:
            return super().time_lost(interval)
        parts = float(erfcx(-score / root) - erfcx((self.log_deviation - score) / root))
        return interval / 2 * math.exp(-score * score / 2) * parts

    def quantile(self, p: float) -> float:
        from scipy.special import ndtri

        return math.exp(self.log_mean + self.log_deviation * float(ndtri(check_share(p))))

    def draw(self, random: np.random.Generator, size: int) -> Floats:
        return random.lognormal(self.log_mean, self.log_deviation, size)

    def _score(self, time: float) -> float:
        return (math.log(time) - self.log_mean) / self.log_deviation


@dataclass(frozen=True)
class Gamma(Lifetime):
    """The time of `shape` exponential stages, which need not be a whole number.

    Arguments:
        shape: 0.01 to 10,000.
        scale: mean of one stage, s.

    Raises:
        ValueError: an argument is out of range.

    Source: Rausand and Høyland (2004), chapter 2; tails by Legendre's continued fraction.
    """

    shape: float
    scale: float

    def __post_init__(self) -> None:
        if not 0.01 <= self.shape <= 10_000:
            raise ValueError(f"shape is {self.shape}; it must lie between 0.01 and 10,000")
        positive("scale", self.scale)

    @property
    def mttf(self) -> float:
        return self.shape * self.scale

    @property
    def variance(self) -> float:
        return self.shape * self.scale * self.scale

    def cumulative_hazard(self, time: float) -> float:
        from scipy.special import gammainc

        lived = non_negative("time", time) / self.scale
        failed = float(gammainc(self.shape, lived))
        if failed < 0.5:
            return -math.log1p(-failed)
        logarithm = lived - self.shape * math.log(lived) + math.lgamma(self.shape)
        return logarithm + math.log(beyond(self.shape, lived))

    def hazard(self, time: float) -> float:
        lived = non_negative("time", time) / self.scale
        if lived == 0:
            return (math.inf if self.shape < 1 else 0.0) if self.shape != 1 else 1 / self.scale
        return beyond(self.shape, lived) / lived / self.scale

    def mean_residual_life(self, age: float) -> float:
        return self.scale * mean_beyond(self.shape, non_negative("age", age) / self.scale)

    def time_lost(self, interval: float) -> float:
        if non_negative("interval", interval) == 0:
            return 0.0
        if interval > (self.shape + 1) * self.scale:
            return super().time_lost(interval)
        # The series of the incomplete gamma function, integrated: its terms are all positive.
        lived, total, power, n = interval / self.scale, 1.0, 1.0, 0
        while (n + 1) * power > 1e-17 * total:
            n += 1
            power *= lived / (self.shape + n + 1)
            total += (n + 1) * power
        logarithm = (self.shape + 1) * math.log(lived) - lived - math.lgamma(self.shape + 2)
        return self.scale * math.exp(logarithm) * total

    def quantile(self, p: float) -> float:
        from scipy.special import gammaincinv

        return self.scale * float(gammaincinv(self.shape, check_share(p)))

    def draw(self, random: np.random.Generator, size: int) -> Floats:
        return random.gamma(self.shape, self.scale, size)


@dataclass(frozen=True)
class Deterministic(Lifetime):
    """A lifetime that never varies.

    Arguments:
        life: s.

    Raises:
        ValueError: the life is out of range.
    """

    life: float

    def __post_init__(self) -> None:
        positive("life", self.life)

    @property
    def mttf(self) -> float:
        return self.life

    @property
    def variance(self) -> float:
        return 0.0

    def cumulative_hazard(self, time: float) -> float:
        return 0.0 if non_negative("time", time) < self.life else math.inf

    def hazard(self, time: float) -> float:
        raise ValueError("a lifetime that never varies has no hazard; it has no density")

    def mean_residual_life(self, age: float) -> float:
        self.hazard_between(age, 0.0)
        return self.life - age

    def time_lost(self, interval: float) -> float:
        return max(0.0, non_negative("interval", interval) - self.life)

    def quantile(self, p: float) -> float:
        check_share(p)
        return self.life

    def draw(self, random: np.random.Generator, size: int) -> Floats:
        return np.full(size, self.life)
