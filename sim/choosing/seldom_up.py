"""Nodes that the laws are sure are up too seldom, without a simulated year."""

import math
from collections.abc import Sequence
from functools import lru_cache

from models.description.quantities import YEAR
from models.parts.failure import Component

_SURE = 4.0  # standard deviations of a share of years that chance may be off


@lru_cache(maxsize=4096)  # many candidates have the same nodes
def most_met(component: Component, allowed: float) -> float:
    """The most that the share of years can be in which a part is down no longer than allowed.

    In a fleet of certain rates the down time of a year is a sum of so many outages, whose mean and
    variance are known. A stack is up no more than any part of it.

    Arguments:
        component: the part.
        allowed: share of the year.

    Source: Cantelli's inequality; the variance of a compound Poisson sum of exponential outages
        (Ross 2014, Introduction to Probability Models, 11th edition, section 5.4.2).
    """
    if component.typical().away() <= allowed / 10:
        return 1.0  # most fleets are far from it
    fleets = component.times_down()
    return min(
        1.0, math.fsum(weight * _met(away, often, allowed) for weight, away, often in fleets)
    )


def surely_too_few(share: float, required: float, years: int) -> bool:
    """Whether so small a share of years can't be the one that is required, whatever chance did.

    Arguments:
        share: of the years, simulated or the most that it can be.
        required: share of them.
        years: that are simulated.
    """
    spread = math.sqrt(max(required * (1 - required), 0.25 / years) / years)
    return share < required - _SURE * spread


def sure_quantile(values: Sequence[float], share: float) -> float:
    """What a quantile surely is not below, whatever chance did to so few values.

    Arguments:
        values: a sample.
        share: of all values that the quantile is not below.
    """
    count = len(values)
    rank = math.floor(count * share - _SURE * math.sqrt(count * share * (1 - share)))
    return sorted(values)[rank - 1] if rank > 0 else -math.inf


def _met(away: float, often: float, allowed: float) -> float:
    """Cantelli's bound of the probability that a year's down time is within what is allowed."""
    outages = often * YEAR
    if away <= allowed or outages <= 0:
        return 1.0
    variance = 2 * away**2 / outages
    return variance / (variance + (away - allowed) ** 2)
