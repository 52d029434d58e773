"""Failure rates that are known within an interval: log-normal, between their 0.5 and 99.5 %."""

import math
from functools import lru_cache
from statistics import NormalDist

from models.laws.arguments import positive, probability

_NORMAL = NormalDist()
CONFIDENCE = 0.95  # of the intervals that rates are given by
_OUTSIDE = 0.005  # on each side, which no fleet is: a tail has no end, and a simulation needs one
_FARTHEST = _NORMAL.inv_cdf(1 - _OUTSIDE)
_POINTS = 15  # exact for polynomials up to the 29th degree


def spread_of(low: float, high: float) -> float:
    """Standard deviation of the logarithm of a rate, from its interval.

    Arguments:
        low: end of the 95 % interval, of the rate or of its mean time.
        high: the other end, of the same unit.

    Raises:
        ValueError: ends out of range or out of order.
    """
    if positive("low", low) > positive("high", high):
        raise ValueError(f"low is {low}; it must be no more than high, {high}")
    return math.log(high / low) / (2 * _NORMAL.inv_cdf(0.5 + CONFIDENCE / 2))


def drawn_factor(spread: float, share: float) -> float:
    """How many times its typical rate a fleet's rate is, of which a share of fleets has less.

    Arguments:
        spread: standard deviation of the logarithm, 0 or more.
        share: of the fleets, 0 to 1.

    Raises:
        ValueError: a share out of range.
    """
    inside = _OUTSIDE + probability("share", share) * (1 - 2 * _OUTSIDE)
    return math.exp(spread * _NORMAL.inv_cdf(inside))


@lru_cache(maxsize=256)
def factors(spread: float) -> tuple[tuple[float, float], ...]:
    """Factors of a rate, each with its weight, over which the mean of what follows is taken.

    Arguments:
        spread: standard deviation of the logarithm, 0 or more.

    Source: Gauss-Legendre quadrature (Abramowitz and Stegun 1964, 25.4.29) of the density of
        `drawn_factor`.
    """
    if spread == 0:
        return ((1.0, 1.0),)
    places = [(_FARTHEST * place, weight) for place, weight in _gauss_legendre(_POINTS)]
    weighed = [(place, weight * _NORMAL.pdf(place)) for place, weight in places]
    total = math.fsum(weight for _, weight in weighed)
    return tuple((math.exp(spread * place), weight / total) for place, weight in weighed)


@lru_cache(maxsize=1)
def _gauss_legendre(count: int) -> tuple[tuple[float, float], ...]:
    """Places between -1 and 1 and their weights: the roots of a Legendre polynomial, by Newton."""
    found = []
    for k in range(count):
        place = math.cos(math.pi * (k + 0.75) / (count + 0.5))
        for _ in range(20):
            value, slope = _legendre(count, place)
            place -= value / slope
        found.append((place, 2 / ((1 - place**2) * _legendre(count, place)[1] ** 2)))
    return tuple(found)


def _legendre(degree: int, place: float) -> tuple[float, float]:
    before, value = 1.0, place
    for n in range(2, degree + 1):
        before, value = value, ((2 * n - 1) * place * value - (n - 1) * before) / n
    return value, degree * (place * value - before) / (place**2 - 1)
