"""The upper tail of the gamma function, relative to its integrand, so that nothing underflows."""

import math


def beyond(shape: float, start: float) -> float:
    """Integrand times start over the integral from there on: x^a e^-x / Gamma(a, x).

    Arguments:
        shape: a, more than 0.
        start: x, more than 0; may be infinite.

    Source: Abramowitz and Stegun (1964), 6.5.31, Legendre's continued fraction contracted.
    """
    if math.isinf(start):
        return math.inf
    if start < shape + 1:
        from scipy.special import gammaincc

        exponent = shape * math.log(start) - start - math.lgamma(shape)
        return math.exp(exponent) / float(gammaincc(shape, start))
    return start + 1 - shape - _fraction(shape, start)


def mean_beyond(shape: float, start: float) -> float:
    """Mean of what a gamma variable of scale 1 exceeds a start by, where it does.

    Arguments:
        shape: a, more than 0.
        start: x, 0 or more.

    Source: integration by parts, a - x + x^a e^-x / Gamma(a, x); the terms of the tail cancel in
        the continued fraction.
    """
    if start == 0:
        return shape
    if start < shape + 1:
        return shape - start + beyond(shape, start)
    return 1 - _fraction(shape, start)


def _fraction(shape: float, start: float) -> float:
    """The part of the contracted fraction below its first term, by Lentz's method."""
    tiny = 1e-300
    value, above, below = tiny, tiny, 0.0
    for n in range(1, 100_000):
        numerator = n * (n - shape) * (1 if n == 1 else -1)
        term = start + 2 * n + 1 - shape
        below = 1 / (term + numerator * below or tiny)
        above = term + numerator / above or tiny
        value *= above * below
        if abs(above * below - 1) < 1e-16:
            break
    return value
