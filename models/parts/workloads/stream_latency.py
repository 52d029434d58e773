"""Times that events take through stages, as distributions that a law can add up."""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.queueing.tails import gamma_survival

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)  # of the integral over the uniform part
_PLACES = (_NODES + 1) / 2
_HALVINGS = 60
_KNOWN_TO = 1e-6  # of a quantile


@dataclass(frozen=True)
class StageTime:
    """The time from an event's arrival at a stage, or a source, until it is done with.

    The sum of what is sure, of what is uniform from 0 to a width, and of a rest of which mean and
    variance are known.

    Arguments:
        sure: s.
        width: of the uniform part, s. Who comes last to a batch waits least for it, and most behind
            the others at later stages: a width below 0 is of such a wait.
        rest: mean of the rest, s; infinite in overload.
        variance: of the rest, s².
    """

    sure: float = 0.0
    width: float = 0.0
    rest: float = 0.0
    variance: float = 0.0

    @property
    def mean(self) -> float:
        """Of the whole, s."""
        return self.sure + abs(self.width) / 2 + self.rest

    def then(self, other: "StageTime") -> "StageTime":
        """Both, one after the other.

        Of two waits for batches or polls the narrower counts by its variance. A wait behind the
        others of a batch takes from the one for it, as their sum is the same for all but for the
        difference; two of them add up.

        Arguments:
            other: of the next stage.
        """
        if self.width < 0 or other.width < 0:
            opposite = self.width * other.width < 0
            same = min(abs(self.width), abs(other.width)) if opposite else 0.0
            return StageTime(
                self.sure + other.sure + same,
                self.width + other.width,
                self.rest + other.rest,
                self.variance + other.variance,
            )
        wide, narrow = max(self.width, other.width), min(self.width, other.width)
        return StageTime(
            self.sure + other.sure,
            wide,
            self.rest + other.rest + narrow / 2,
            self.variance + other.variance + narrow**2 / 12,
        )

    def longer(self, time: float) -> float:
        """Probability that it takes longer than a time; the rest as of a gamma distribution.

        Arguments:
            time: s.
        """
        left, width = time - self.sure, abs(self.width)
        if width == 0:
            return self._rest_longer(left)
        if left <= 0 or self._rest_longer(left - width) == 0:
            return float(left <= 0)
        chances = [self._rest_longer(left - place) for place in (width * _PLACES).tolist()]
        return float(np.dot(_WEIGHTS, chances) / 2)

    def _rest_longer(self, time: float) -> float:
        if time <= 0:
            return 1.0 if time < 0 or self.rest > 0 else 0.0
        if self.rest <= 0:
            return 0.0
        if self.variance <= self.rest**2 * 1e-18:
            return float(self.rest > time)
        shape = self.rest**2 / self.variance
        return gamma_survival(shape, time * shape / self.rest)


@dataclass(frozen=True)
class LatencyLaw:
    """The latency to a sink over all ways to it.

    Arguments:
        ways: rate of the events of each, 1/s, and the time that they take.
    """

    ways: tuple[tuple[float, StageTime], ...]

    @property
    def mean(self) -> float:
        """S."""
        total = math.fsum(rate for rate, _ in self.ways)
        return math.fsum(rate * time.mean for rate, time in self.ways) / total

    def quantile(self, probability: float) -> float:
        """Within which a share of the events is, s.

        Arguments:
            probability: the share, 0 to 1.
        """
        return _quantile(self, probability)

    def longer(self, time: float) -> float:
        """Share of the events that take longer than a time.

        Arguments:
            time: s.
        """
        total = math.fsum(rate for rate, _ in self.ways)
        return math.fsum(rate * way.longer(time) for rate, way in self.ways) / total


@functools.lru_cache(maxsize=1024)  # answer and remedy ask for the same, and so do many variants
def _quantile(law: LatencyLaw, probability: float) -> float:
    low, high = 0.0, max(time.sure + abs(time.width) for _, time in law.ways) + law.mean
    while law.longer(high) > 1 - probability:
        low, high = high, 2 * high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if high - low <= _KNOWN_TO * high:
            break
        over = law.longer(middle) > 1 - probability
        low, high = (middle, high) if over else (low, middle)
    return high


def mixture(times: Sequence[StageTime], weights: Sequence[float]) -> StageTime:
    """The time at one of several instances, as if what is sure and uniform were the same of all.

    Arguments:
        times: at each instance.
        weights: share of the events of each.
    """
    known = [(weight, one) for weight, one in zip(weights, times, strict=True) if weight > 0]
    sure = math.fsum(weight * one.sure for weight, one in known)
    width = math.fsum(weight * one.width for weight, one in known)
    rest = math.fsum(weight * one.rest for weight, one in known)
    if math.isinf(rest):
        return StageTime(sure, width, rest, math.inf)
    second = math.fsum(weight * (one.variance + one.rest**2) for weight, one in known)
    return StageTime(sure, width, rest, max(0.0, second - rest * rest))
