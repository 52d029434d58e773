"""Times between arrivals as the law of G/M/1 wants them: by their Laplace transform."""

import math

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
    TwoMoments,
    Uniform,
)


def interarrivals(distribution: AnyDistribution) -> Arrivals | None:
    """The law of arrivals; None where the transform has no closed form.

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
            pairs = tuple(zip(distribution.probabilities, distribution.values, strict=True))
            if len(pairs) > 1000:
                return None
            return arrivals(rate, lambda s: math.fsum(p * math.exp(-s * x) for p, x in pairs))
        case TwoMoments():
            return _fitted(distribution, rate)
        case _:
            return None


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
