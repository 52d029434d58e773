"""Distributions as exponential phases, for the laws that want them so."""

import math
from collections.abc import Sequence

from models.laws.queueing.phase_type import PhaseType, branches, mixture
from models.queueing.distributions import (
    AnyDistribution,
    Erlang,
    Exponential,
    Gamma,
    HyperExponential,
    TwoMoments,
)

MOST_STAGES = 40


def phases(distribution: AnyDistribution) -> PhaseType | None:
    """The phases of a time; None where it has none, or too many.

    Arguments:
        distribution: of the time.
    """
    match distribution:
        case Exponential():
            return _stages(1, distribution.mean)
        case Erlang():
            return _stages(distribution.phases, distribution.mean)
        case Gamma() if distribution.shape == math.floor(distribution.shape):
            return _stages(int(distribution.shape), distribution.mean)
        case HyperExponential():
            return _hyperexponential(distribution)
        case TwoMoments():
            return _fitted(distribution)
        case _:
            return None


def mixed_phases(weights: Sequence[float], times: Sequence[AnyDistribution]) -> PhaseType | None:
    """The phases of a time that is drawn from several; None where one of them has none.

    Arguments:
        weights: probability of each; they sum to 1.
        times: the distributions.
    """
    parts = [(weight, phases(time)) for weight, time in zip(weights, times, strict=True)]
    known = [(weight, part) for weight, part in parts if part is not None and weight > 0]
    if any(part is None and weight > 0 for weight, part in parts):
        return None
    return mixture([weight for weight, _ in known], [part for _, part in known])


def _stages(count: int, mean: float) -> PhaseType | None:
    return branches([1.0], [count], [count / mean]) if count <= MOST_STAGES else None


def _hyperexponential(distribution: HyperExponential) -> PhaseType | None:
    total = math.fsum(distribution.probabilities)
    pairs = zip(distribution.probabilities, distribution.means, strict=True)
    known = [(p / total, 1 / mean) for p, mean in pairs if p > 0]
    if len(known) > MOST_STAGES:
        return None
    return branches([p for p, _ in known], [1] * len(known), [rate for _, rate in known])


def _fitted(distribution: TwoMoments) -> PhaseType | None:
    if distribution.scv == 0:
        return None
    if distribution.scv >= 1:
        return _hyperexponential(distribution.balanced)
    stages, fewer = distribution.erlang_mixture
    rate = (stages - fewer) / distribution.mean
    if stages > MOST_STAGES / 2:
        return None
    if fewer == 0 or stages == 1:
        return branches([1.0], [stages], [rate])
    return branches([fewer, 1 - fewer], [stages - 1, stages], [rate, rate])
