"""Confidence intervals: Student's distribution and order statistics, exact."""

import functools
import math
from statistics import NormalDist


@functools.lru_cache  # one experiment asks for the same again and again
def student_quantile(confidence: float, degrees: int) -> float:
    """Half-width factor of a two-sided Student interval: P(|T| <= t) = confidence.

    Arguments:
        confidence: 0 to 1, both ends excluded.
        degrees: of freedom, 1 or more.

    Raises:
        ValueError: an argument out of range.

    Source: Abramowitz and Stegun (1964), equations 26.7.3 to 26.7.5, solved by Newton's method.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence}; it must lie between 0 and 1")
    if degrees < 1:
        raise ValueError(f"degrees is {degrees}; it must be 1 or more")
    if degrees > 10_000:
        # Equation 26.7.5; what it leaves out is below 1e-12 here.
        z = NormalDist().inv_cdf(0.5 + confidence / 2)
        first, second = (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96
        return z + first / degrees + second / degrees**2
    # In the angle of t = sqrt(degrees) tan(angle) the probability rises at the rate of a power of
    # the cosine, concave, so that Newton's method from the left never overshoots.
    angle, slope = 0.0, _slope_at_zero(degrees)
    for _ in range(200):
        step = (confidence - _within(angle, degrees)) / (slope * math.cos(angle) ** (degrees - 1))
        angle += step
        if abs(step) <= 1e-15 * abs(angle):
            break
    return math.sqrt(degrees) * math.tan(angle)


def student_below(value: float, degrees: int) -> float:
    """P(T <= value) of Student's distribution.

    Arguments:
        value: of T.
        degrees: of freedom, 1 or more.

    Raises:
        ValueError: degrees out of range.

    Source: Abramowitz and Stegun (1964), equations 26.7.3 and 26.7.4.
    """
    if degrees < 1:
        raise ValueError(f"degrees is {degrees}; it must be 1 or more")
    within = _within(math.atan(abs(value) / math.sqrt(degrees)), degrees)
    return 0.5 + math.copysign(min(within, 1.0), value) / 2


def _slope_at_zero(degrees: int) -> float:
    log_ratio = math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2)
    return 2 / math.sqrt(math.pi) * math.exp(log_ratio)


def _within(angle: float, degrees: int) -> float:
    """P(|T| <= sqrt(degrees) tan(angle))."""
    cosine = math.cos(angle)
    odd = degrees % 2
    term, total = (cosine, cosine) if odd else (1.0, 1.0)
    if degrees == 1:
        return 2 * angle / math.pi
    for k in range(3 if odd else 2, degrees - 1, 2):
        term *= (k - 1) / k * cosine * cosine
        total += term
    if odd:
        return 2 / math.pi * (angle + math.sin(angle) * total)
    return math.sin(angle) * total


@functools.lru_cache
def quantile_positions(count: int, probability: float, confidence: float) -> tuple[int, int]:
    """Positions, from 0, of the ordered values between which a quantile lies with confidence.

    How many of the values lie below the quantile is binomial; the positions leave at most half of
    what the confidence leaves outside on each side, where there are enough values for that.

    Arguments:
        count: values.
        probability: of the quantile, 0 to 1, both ends excluded.
        confidence: 0 to 1, both ends excluded.

    Raises:
        ValueError: an argument out of range.

    Source: Conover (1999), Practical Nonparametric Statistics, 3rd edition, section 3.2.
    """
    if count < 1:
        raise ValueError(f"count is {count}; it must be 1 or more")
    if not (0 < probability < 1 and 0 < confidence < 1):
        raise ValueError(f"{probability} and {confidence} must lie between 0 and 1")
    outside = (1 - confidence) / 2
    low = high = None
    below = 0.0  # probability that at most k values lie below the quantile
    for k in range(count + 1):
        below += _binomial(count, k, probability)
        if low is None and below > outside:
            low = k
        if high is None and below >= 1 - outside:
            high = k
    return max(0, (low or 0) - 1), min(count - 1, count if high is None else high)


def _binomial(count: int, k: int, probability: float) -> float:
    log_ways = math.lgamma(count + 1) - math.lgamma(k + 1) - math.lgamma(count - k + 1)
    return math.exp(log_ways + k * math.log(probability) + (count - k) * math.log1p(-probability))


def normal_factor(confidence: float) -> float:
    """Half-width factor of a two-sided normal interval.

    Arguments:
        confidence: 0 to 1, both ends excluded.
    """
    return NormalDist().inv_cdf(0.5 + confidence / 2)
