"""What every law of lifetimes answers; repair times are lifetimes too."""

import math
from typing import Protocol

import numpy as np

from models.laws.arguments import non_negative
from models.laws.arrays import Floats


class Lifetime(Protocol):
    """A random time to failure.

    The cumulative hazard carries both tails: a small one is the unreliability, a large one minus
    the logarithm of the reliability, each to full precision.
    """

    @property
    def mttf(self) -> float:
        """Mean time to failure, s."""

    @property
    def variance(self) -> float:
        """Of the time to failure, s^2."""

    def cumulative_hazard(self, time: float) -> float:
        """Minus the logarithm of the reliability; infinite where nothing survives.

        Arguments:
            time: s.

        Raises:
            ValueError: the time is out of range.
        """

    def hazard(self, time: float) -> float:
        """Rate of failure of a unit that has survived so far, /s; infinite at a pole.

        Arguments:
            time: s.

        Raises:
            ValueError: the time is out of range, or the lifetime has no density.
        """

    def mean_residual_life(self, age: float) -> float:
        """Mean time that a unit of an age still lives, s.

        Arguments:
            age: s.

        Raises:
            ValueError: the age is out of range, or no unit reaches it.
        """

    def quantile(self, p: float) -> float:
        """Time by which a share p has failed, s.

        Arguments:
            p: 0 or more, less than 1.

        Raises:
            ValueError: p is out of range.
        """

    def draw(self, random: np.random.Generator, size: int) -> Floats:
        """Independent lifetimes, s; shape (size,).

        Arguments:
            random: the source of the draws.
            size: how many.
        """

    def reliability(self, time: float) -> float:
        """Probability that a unit lives longer than a time.

        Arguments:
            time: s.

        Raises:
            ValueError: the time is out of range.
        """
        return math.exp(-self.cumulative_hazard(time))

    def unreliability(self, time: float) -> float:
        """Probability that a unit fails by a time, exact where it is tiny.

        Arguments:
            time: s.

        Raises:
            ValueError: the time is out of range.
        """
        return -math.expm1(-self.cumulative_hazard(time))

    def hazard_between(self, age: float, time: float) -> float:
        """What the cumulative hazard grows from an age on.

        Arguments:
            age: s.
            time: from the age on, s.

        Raises:
            ValueError: an argument is out of range, or no unit reaches the age.
        """
        non_negative("time", time)
        before = self.cumulative_hazard(non_negative("age", age))
        if math.isinf(before):
            raise ValueError(f"age is {age} s; no unit reaches it")
        return max(0.0, self.cumulative_hazard(age + time) - before)

    def conditional_reliability(self, age: float, time: float) -> float:
        """Probability that a unit of an age lives a further time.

        Arguments:
            age: s.
            time: from the age on, s.

        Raises:
            ValueError: an argument is out of range, or no unit reaches the age.
        """
        return math.exp(-self.hazard_between(age, time))

    def conditional_unreliability(self, age: float, time: float) -> float:
        """Probability that a unit of an age fails within a further time.

        Arguments:
            age: s.
            time: from the age on, s.

        Raises:
            ValueError: an argument is out of range, or no unit reaches the age.
        """
        return -math.expm1(-self.hazard_between(age, time))

    def time_lost(self, interval: float) -> float:
        """Mean time within an interval for which a unit, new at its start, has failed, s.

        Arguments:
            interval: s.

        Raises:
            ValueError: the interval is out of range.
        """
        # Early in a life this difference cancels, and the laws have a way of their own.
        left = self.reliability(interval)
        beyond = left * self.mean_residual_life(interval) if left > 0 else 0.0
        return interval - self.mttf + beyond


def check_share(p: float) -> float:
    """The share, 0 or more and less than 1.

    Raises:
        ValueError: it isn't.
    """
    if not 0 <= p < 1:
        raise ValueError(f"p is {p}; it must be 0 or more and less than 1")
    return p
