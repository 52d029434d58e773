"""Laws of waiting and response times, solved for their quantiles, and of the number in a chain."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def quantile(
    cdf: Callable[[float], float], tail: Callable[[float], float], p: float, guess: float
) -> float:
    """Smallest time at which a distribution reaches p, to 13 digits, by bisection.

    Arguments:
        cdf: probability of at most so long, used where p is less than a half.
        tail: probability of longer, used elsewhere, so that neither loses digits.
        p: 0 or more, less than 1.
        guess: any time of the right order, s.
    """

    def reached(time: float) -> bool:
        return cdf(time) >= p if p < 0.5 else tail(time) <= 1 - p

    if reached(0.0):
        return 0.0
    upper = guess
    while not reached(upper):
        upper *= 2
    lower = upper / 2
    while reached(lower):
        lower, upper = lower / 2, lower
    while upper - lower > 1e-14 * upper:
        middle = lower + (upper - lower) / 2
        if middle in (lower, upper):
            break
        lower, upper = (lower, middle) if reached(middle) else (middle, upper)
    return upper


def unimodal(ratios: Array) -> Array:
    """Probabilities of a birth-death chain, the largest ones first in exactness.

    Arguments:
        ratios: of the probability of state n + 1 to that of state n, falling with n; shape
            (states - 1,).

    Source: detailed balance, multiplied out from the likeliest state, so that nothing overflows.
    """
    mode = int(np.searchsorted(-ratios, -1.0))
    above = np.cumprod(ratios[mode:])
    below = np.cumprod(1 / ratios[:mode][::-1])[::-1]
    weights = np.concatenate((below, [1.0], above))
    return np.asarray(weights / weights.sum())


def poisson(mean: float) -> tuple[int, Array]:
    """First state and probabilities of all states that matter of a Poisson number."""
    mode, reach = int(mean), int(40 * math.sqrt(mean)) + 60
    low = max(0, mode - reach)
    above = np.cumprod(mean / np.arange(mode + 1, mode + reach + 1))
    below = np.cumprod(np.arange(mode, low, -1) / mean)[::-1] if mode else np.zeros(0)
    weights = np.concatenate((below, [1.0], above))
    return low, weights / weights.sum()


@dataclass(frozen=True)
class ExponentialWait:
    """A wait that is 0 or exponential, followed by an exponential service.

    Arguments:
        start: probability of no wait.
        wait: probability of a wait.
        decay: rate of the wait, /s.
        service_rate: /s.
    """

    start: float
    wait: float
    decay: float
    service_rate: float

    def waiting_quantile(self, p: float) -> float:
        if p <= self.start:
            return 0.0
        return math.log1p((p - self.start) / (1 - p)) / self.decay

    def response_quantile(self, p: float) -> float:
        if p == 0:
            return 0.0
        return quantile(self._cdf, self._tail, p, 1 / self.service_rate)

    def _cdf(self, time: float) -> float:
        alone = -math.expm1(-self.service_rate * time)
        return self.start * alone + self.wait * two_stage_cdf(self.service_rate, self.decay, time)

    def _tail(self, time: float) -> float:
        alone = math.exp(-self.service_rate * time)
        return self.start * alone + self.wait * two_stage_tail(self.service_rate, self.decay, time)


def two_stage_tail(first: float, second: float, time: float) -> float:
    """Probability that two exponential times of these rates together last longer."""
    slow, fast = min(first, second), max(first, second)
    return math.exp(-slow * time) * (1 + slow * time * _shrink((fast - slow) * time))


def two_stage_cdf(first: float, second: float, time: float) -> float:
    """Probability that two exponential times of these rates together last no longer."""
    slow, fast = min(first, second) * time, max(first, second) * time
    if fast >= 1:
        return -math.expm1(-slow) - math.exp(-slow) * slow * _shrink(fast - slow)
    # The power series: each factor is a sum of all products of the two rates of one degree.
    total, power, products, sign = 0.0, 1.0, 1.0, slow * fast / 2
    for n in range(3, 40):
        total += sign * products
        power *= slow
        products = products * fast + power
        sign /= -n
    return total


def _shrink(x: float) -> float:
    return -math.expm1(-x) / x if x > 0 else 1.0


@dataclass(frozen=True)
class ErlangWait:
    """A wait of a random number of exponential stages, followed by an exponential service.

    Arguments:
        start: probability of no wait.
        weights: probability of a wait of 1, 2, ... stages; shape (stages,).
        rate: of a stage, /s.
        service_rate: no more than the rate of a stage, /s.
    """

    start: float
    weights: Array
    rate: float
    service_rate: float

    def waiting_quantile(self, p: float) -> float:
        return quantile(self._waiting_cdf, self._waiting_tail, p, 1 / self.rate)

    def response_quantile(self, p: float) -> float:
        if p == 0:
            return 0.0
        return quantile(self._response_cdf, self._response_tail, p, 1 / self.service_rate)

    # Stages passed in a time are Poisson. Each array holds what a number of them leaves: the
    # probability that the wait goes on, that it is over, that only the service goes on, that both
    # are over; the last entry stands for all larger numbers.

    @cached_property
    def _on(self) -> Array:
        return np.append(np.cumsum(self.weights[::-1])[::-1], 0.0)

    @cached_property
    def _over(self) -> Array:
        return np.concatenate(([0.0], np.cumsum(self.weights)))

    @cached_property
    def _serving(self) -> Array:
        passed, values = 0.0, [0.0]
        for weight in self.weights.tolist():
            passed = passed * self._stays + weight
            values.append(passed)
        return np.array(values)

    @cached_property
    def _done(self) -> Array:
        leaves, done, values = self.service_rate / self.rate, 0.0, [0.0]
        for over in self._over[:-1].tolist():
            done = done * self._stays + over * leaves
            values.append(done)
        return np.array(values)

    @property
    def _stays(self) -> float:
        return 1 - self.service_rate / self.rate

    def _waiting_tail(self, time: float) -> float:
        states, probabilities, _ = self._passed(time)
        return float(probabilities @ self._on[states])

    def _waiting_cdf(self, time: float) -> float:
        states, probabilities, _ = self._passed(time)
        return self.start + float(probabilities @ self._over[states])

    def _response_tail(self, time: float) -> float:
        states, probabilities, further = self._passed(time)
        left = self._on[states] + self._serving[states] * self._stays**further
        return self.start * math.exp(-self.service_rate * time) + float(probabilities @ left)

    def _response_cdf(self, time: float) -> float:
        states, probabilities, further = self._passed(time)
        lasting = self._stays**further
        done = self._done[states] * lasting + self._over[states] * (1 - lasting)
        alone = -math.expm1(-self.service_rate * time)
        return self.start * alone + float(probabilities @ done)

    def _passed(self, time: float) -> tuple[NDArray[np.int64], Array, NDArray[np.int64]]:
        low, probabilities = poisson(self.rate * time)
        numbers = np.arange(low, low + len(probabilities))
        states = np.minimum(numbers, len(self.weights))
        return states, probabilities, numbers - states
