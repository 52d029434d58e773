"""How likely a duration is to be longer than a time, for the laws that need the whole service."""

import itertools
import math

import numpy as np

from models.queueing.distributions import (
    AnyDistribution,
    Deterministic,
    Empirical,
    Erlang,
    Exponential,
    Gamma,
    HyperExponential,
    Lognormal,
    Pareto,
    Triangular,
    TwoMoments,
    Uniform,
    Weibull,
)

_NODES = 64  # of each piece of an integral


def survival(distribution: AnyDistribution, time: float) -> float:
    """Probability that a duration is longer than a time.

    Arguments:
        distribution: of the duration.
        time: 0 or more, s.
    """
    match distribution:
        case Exponential():
            return math.exp(-time / distribution.mean)
        case Deterministic():
            return float(time < distribution.value)
        case Erlang():
            return gamma_survival(
                distribution.phases, time * distribution.phases / distribution.mean
            )
        case HyperExponential():
            pairs = zip(distribution.probabilities, distribution.means, strict=True)
            return sum(p * math.exp(-time / mean) for p, mean in pairs)
        case Gamma():
            return gamma_survival(distribution.shape, time * distribution.shape / distribution.mean)
        case Lognormal():
            if time <= 0:
                return 1.0
            score = (math.log(time) - distribution.mu) / distribution.sigma
            return math.erfc(score / math.sqrt(2)) / 2
        case Weibull():
            return math.exp(-((time / distribution.scale) ** distribution.shape))
        case Pareto():
            ratio = distribution.minimum / max(time, distribution.minimum)
            return float(ratio**distribution.shape)
        case Uniform():
            width = distribution.high - distribution.low
            return min(1.0, max(0.0, (distribution.high - time) / width))
        case Triangular():
            return _triangular(distribution, time)
        case Empirical():
            pairs = zip(distribution.probabilities, distribution.values, strict=True)
            return min(1.0, math.fsum(p for p, value in pairs if value > time))
        case TwoMoments():
            return _fitted(distribution, time)


def breaks(distribution: AnyDistribution) -> tuple[float, ...]:
    """Times above 0 at which the survival function or its slope jumps, s.

    Arguments:
        distribution: of the duration.
    """
    match distribution:
        case Deterministic():
            places: tuple[float, ...] = (distribution.value,)
        case TwoMoments() if distribution.scv == 0:
            places = (distribution.mean,)
        case Pareto():
            places = (distribution.minimum,)
        case Uniform():
            places = (distribution.low, distribution.high)
        case Triangular():
            places = (distribution.low, distribution.mode, distribution.high)
        case Empirical():
            places = tuple(sorted(set(distribution.values)))
        case _:
            places = ()
    return tuple(place for place in places if place > 0)


def moment_of_larger(distribution: AnyDistribution, floor: float, order: int = 1) -> float:
    """E[max(X, c)^order] of a duration that is never shorter than a floor, s^order.

    Arguments:
        distribution: of the duration.
        floor: s; below 0 is none.
        order: 1 for the mean.

    Source: E[max(X, c)^k] = E[X^k] + c^k - integral of k x^(k-1) P(X > x) from 0 to c, by parts.
    """
    if floor <= 0:
        return distribution.moment(order)
    match distribution:
        case Deterministic():
            return max(distribution.value, floor) ** order
        case Empirical():
            pairs = zip(distribution.probabilities, distribution.values, strict=True)
            return math.fsum(p * max(value, floor) ** order for p, value in pairs)
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    ends = [0.0, *(place for place in breaks(distribution) if place < floor), floor]
    longer = 0.0
    for low, high in itertools.pairwise(ends):
        times = low + (high - low) * (nodes + 1) / 2
        tails = np.array([survival(distribution, float(time)) for time in times])
        values = order * times ** (order - 1) * tails
        longer += float(np.dot(weights, values)) * (high - low) / 2
    return distribution.moment(order) + floor**order - longer


def _triangular(distribution: Triangular, time: float) -> float:
    low, mode, high = distribution.low, distribution.mode, distribution.high
    if time <= low:
        return 1.0
    if time >= high:
        return 0.0
    if time < mode:
        return 1 - (time - low) ** 2 / (high - low) / (mode - low)
    return (high - time) ** 2 / (high - low) / (high - mode)


def _fitted(distribution: TwoMoments, time: float) -> float:
    if distribution.scv == 0:
        return float(time < distribution.mean)
    if distribution.scv >= 1:
        return survival(distribution.balanced, time)
    phases, fewer = distribution.erlang_mixture
    scaled = time * (phases - fewer) / distribution.mean
    shorter = fewer * gamma_survival(phases - 1, scaled) if fewer else 0.0
    return shorter + (1 - fewer) * gamma_survival(phases, scaled)


def gamma_survival(shape: float, x: float) -> float:
    """Regularized upper incomplete gamma function: that a gamma variable of scale 1 is longer.

    Arguments:
        shape: of it.
        x: the time over the scale.

    Source: Press et al. (2007), Numerical Recipes, section 6.2: the series below the mean, the
        continued fraction by Lentz's method above it.
    """
    if x <= 0:
        return 1.0
    scale = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    if x < shape + 1:
        term = total = 1 / shape
        n = shape
        while term > 1e-17 * total:
            n += 1
            term *= x / n
            total += term
        return max(0.0, 1 - scale * total)
    tiny = 1e-300
    b = x + 1 - shape
    c, d = 1 / tiny, 1 / b
    h = d
    for i in range(1, 10_000):
        a = -i * (i - shape)
        b += 2
        d = 1 / (a * d + b or tiny)
        c = b + a / c or tiny
        h *= d * c
        if abs(d * c - 1) < 1e-16:
            break
    return min(1.0, scale * h)
