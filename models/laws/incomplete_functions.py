"""Incomplete gamma and beta functions, in the few lines that predictions need of them.

The package that has them all takes longer to load than a prediction may.
"""

import math
from statistics import NormalDist

from models.laws.arguments import positive
from models.laws.reliability.gamma_tail import beyond

_LARGE = 1e5  # shape from which the cube root of a gamma variable is as good as normal
_ENOUGH = 1e-17  # share of a sum below which its next term is left out


def gamma_quantile(shape: float, probability: float) -> float:
    """The value that a gamma variable of scale 1 does not exceed, with a probability.

    Arguments:
        shape: more than 0.
        probability: 0 to 1, both ends excluded.

    Raises:
        ValueError: an argument out of range.

    Source: Abramowitz and Stegun (1964), 6.5.29 and 6.5.31, solved by Newton's method in the
        logarithm, between bounds. Of a large shape Wilson and Hilferty (1931), The distribution of
        chi-square, which is then within 1e-8 of it.
    """
    positive("shape", shape)
    if not 0 < probability < 1:
        raise ValueError(f"probability is {probability}; it must lie between 0 and 1")
    ninth = 1 / (9 * shape)
    first = 1 - ninth + NormalDist().inv_cdf(probability) * math.sqrt(ninth)
    if shape >= _LARGE:
        return shape * first**3
    # The density times the value is at most x^a / Gamma(a), so that a bound from below is sure.
    low = (math.log(probability) + math.lgamma(shape + 1)) / shape
    place = max(low, math.log(shape * first**3)) if first > 0 else low
    high = math.inf
    for _ in range(200):
        below, slope = _gamma_below(shape, place)
        if below < probability:
            low = place
        else:
            high = place
        step = (probability - below) / slope if slope > 0 else math.inf
        after = place + step
        if not low <= after <= high:
            after = (low + high) / 2 if math.isfinite(high) else low + 1
        if abs(after - place) <= 1e-15 * max(1.0, abs(place)):
            break
        place = after
    return math.exp(place)


def _gamma_below(shape: float, place: float) -> tuple[float, float]:
    """Probability of a gamma variable below e^place, and its rise with the place."""
    value = math.exp(place)
    slope = math.exp(shape * place - value - math.lgamma(shape))
    if value < shape + 1:
        term = total = 1 / shape
        n = shape
        while term > _ENOUGH * total:
            n += 1
            term *= value / n
            total += term
        return slope * total, slope
    return 1 - slope / beyond(shape, value), slope


def beta_below(first: int, second: float, value: float) -> float:
    """The regularised incomplete beta function I_x(a, b) of a whole number a.

    It is the probability that b failures, in a negative binomial experiment where each trial
    succeeds with probability x, come after at least a successes.

    Arguments:
        first: a, 1 or more.
        second: b, more than 0.
        value: x, 0 to 1.

    Source: Abramowitz and Stegun (1964), 26.5.26: the sum of the side that is less, so that it is
        not had as a difference from 1.
    """
    if value <= 0 or value >= 1:
        return 0.0 if value <= 0 else 1.0
    log_term = second * math.log1p(-value)
    odds = math.log(value)
    fewer = 0.0
    for n in range(first):
        fewer += math.exp(log_term)
        log_term += odds + math.log((second + n) / (n + 1))
    if second * value >= first * (1 - value):  # the mean is at least a
        return 1 - fewer
    term, more, n = math.exp(log_term), 0.0, first
    while term > _ENOUGH * more:
        more += term
        term *= value * (second + n) / (n + 1)
        n += 1
    return more
