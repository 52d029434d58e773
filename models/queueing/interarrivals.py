"""Times between arrivals as the law of G/M/1 wants them: by their Laplace transform."""

import itertools
import math

import numpy as np

from models.laws.arrays import Floats
from models.laws.queueing.arrivals import (
    Arrivals,
    arrivals,
    deterministic_arrivals,
    erlang_arrivals,
    gamma_arrivals,
    hyperexponential_arrivals,
    uniform_arrivals,
)
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
from models.queueing.tails import breaks, survival

_NODES = 16  # of each piece of an integral
_SHORTEST, _LONGEST = 60, 200  # powers of e below and above the mean, where integrals end
_NOTHING = 1e-20  # of the mean: a tail that adds no more ends sooner


def interarrivals(distribution: AnyDistribution) -> Arrivals:
    """The law of arrivals; where its transform has no closed form, by an integral.

    Arguments:
        distribution: of the times between arrivals.
    """
    rate = 1 / distribution.moment(1)
    match distribution:
        case Exponential():
            return erlang_arrivals(rate, 1)
        case Deterministic():
            return deterministic_arrivals(rate)
        case Erlang():
            return erlang_arrivals(rate, distribution.phases)
        case Gamma():
            return gamma_arrivals(rate, distribution.shape)
        case HyperExponential():
            return _hyperexponential(distribution)
        case Uniform():
            return uniform_arrivals(distribution.low, distribution.high)
        case Empirical():
            return _measured(distribution, rate)
        case TwoMoments():
            return _fitted(distribution, rate)
        case Lognormal() | Pareto() | Triangular() | Weibull():
            return _integrated(distribution, rate)


def _measured(distribution: Empirical, rate: float) -> Arrivals:
    values, chances = np.array(distribution.values), np.array(distribution.probabilities)

    def transform(s: float) -> float:
        return float(chances @ np.exp(-s * values))

    def excess(s: float) -> float:
        return float(chances @ (np.expm1(-s * values) + s * values))

    return Arrivals(rate, transform, excess)


def _integrated(distribution: AnyDistribution, rate: float) -> Arrivals:
    """By parts, A(s) = integral of s exp(-s x) P(X <= x), and its excess over 1 - s/rate that of
    s (1 - exp(-s x)) P(X > x): nothing cancels in either.
    """
    mean = 1 / rate
    times, weights, last = _nodes(distribution, mean)
    longer = np.array([survival(distribution, float(time)) for time in times])
    shorter = 1 - longer
    beyond = max(0.0, mean - float(weights @ longer))  # of the mean, in the tail after the last

    def transform(s: float) -> float:
        decay = np.exp(-s * times)
        return s * float((weights * decay) @ shorter) + math.exp(-s * last)

    def excess(s: float) -> float:
        return s * (float((weights * -np.expm1(-s * times)) @ longer) + beyond)

    return Arrivals(rate, transform, excess)


def _nodes(distribution: AnyDistribution, mean: float) -> tuple[Floats, Floats, float]:
    """Gauss-Legendre nodes by pieces of a logarithmic scale of time, weights, and their end."""
    places = [math.log(place) for place in breaks(distribution)]
    middle = math.log(mean)
    high = middle + _LONGEST
    for step in range(_LONGEST):
        time = math.exp(middle + step)
        if time * survival(distribution, time) < _NOTHING * mean:
            high = max(middle + step, *places, middle)
            break
    ends = {middle - _SHORTEST + k for k in range(math.ceil(high - middle) + _SHORTEST)}
    inside = [place for place in places if place < high]
    pieces = sorted({*ends, *inside, high})
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    logarithms, parts = [], []
    for first, second in itertools.pairwise(pieces):
        logarithms.append((first + second) / 2 + nodes * (second - first) / 2)
        parts.append(weights * (second - first) / 2)
    times = np.exp(np.concatenate(logarithms))
    return times, np.concatenate(parts) * times, math.exp(high)


def _hyperexponential(distribution: HyperExponential) -> Arrivals:
    shares = [p / math.fsum(distribution.probabilities) for p in distribution.probabilities]
    return hyperexponential_arrivals(shares, [1 / mean for mean in distribution.means])


def _fitted(distribution: TwoMoments, rate: float) -> Arrivals:
    if distribution.scv == 0:
        return deterministic_arrivals(rate)
    if distribution.scv >= 1:
        return _hyperexponential(distribution.balanced)
    phases, fewer = distribution.erlang_mixture
    phase = distribution.mean / (phases - fewer)

    def transform(s: float) -> float:
        one = -math.log1p(s * phase)
        return fewer * math.exp((phases - 1) * one) + (1 - fewer) * math.exp(phases * one)

    return arrivals(rate, transform)
