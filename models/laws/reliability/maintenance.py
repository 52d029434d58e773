"""Preventive maintenance: units replaced at an age, and failures that only inspections show."""

import math
from itertools import pairwise

from models.laws.arguments import non_negative, positive
from models.laws.reliability.lifetime import Lifetime

# Shares failed at which an optimal age is looked for; the ages between them are bisected.
_SHARES = tuple(10**exponent for exponent in range(-12, -2)) + tuple(
    share / 200 for share in range(1, 200)
)
_SHARES_LATE = tuple(1 - 10**exponent for exponent in range(-3, -13, -1))


def life_within(lifetime: Lifetime, age: float) -> float:
    """Mean working time of a unit that is replaced at an age unless it has failed before, s.

    Arguments:
        lifetime: of the unit.
        age: s; may be infinite.

    Raises:
        ValueError: the age is out of range.

    Source: the integral of the reliability, Barlow and Proschan (1965), Mathematical Theory of
        Reliability, chapter 4.
    """
    if age == math.inf or lifetime.reliability(age) == 0:
        return lifetime.mttf
    if age < 1e-4 * lifetime.mttf:
        # The difference below would cancel.
        return age - lifetime.time_lost(age)
    return lifetime.mttf - lifetime.reliability(age) * lifetime.mean_residual_life(age)


def replacement_cost(lifetime: Lifetime, age: float, preventive: float, corrective: float) -> float:
    """Cost of age replacement for each second of work.

    Arguments:
        lifetime: of the unit.
        age: at which it is replaced unless it has failed before, s; may be infinite.
        preventive: cost of a replacement at that age, in any unit: USD, or s of downtime.
        corrective: cost of a replacement after a failure, in the same unit.

    Raises:
        ValueError: an argument is out of range.

    Source: Barlow and Proschan (1965), chapter 4.
    """
    non_negative("preventive", preventive)
    non_negative("corrective", corrective)
    if age == math.inf:
        return corrective / lifetime.mttf
    positive("age", age)
    cost = preventive * lifetime.reliability(age) + corrective * lifetime.unreliability(age)
    return cost / life_within(lifetime, age)


def replacement_unavailability(
    lifetime: Lifetime, age: float, preventive_time: float, corrective_time: float
) -> float:
    """Long-run fraction of time that a unit under age replacement is down.

    Arguments:
        lifetime: of the unit.
        age: working time after which it is replaced unless it has failed, s; may be infinite.
        preventive_time: mean downtime of a replacement at that age, s.
        corrective_time: mean downtime of a replacement after a failure, s.

    Raises:
        ValueError: an argument is out of range.

    Source: Barlow and Proschan (1965), chapter 4; the optimal age is that of the costs.
    """
    down = replacement_cost(lifetime, age, preventive_time, corrective_time)
    return down / (1 + down)


def optimal_replacement_age(lifetime: Lifetime, preventive: float, corrective: float) -> float:
    """Age of replacement of the least cost a second, s; infinite where replacing never pays.

    Arguments:
        lifetime: of the unit, with a hazard.
        preventive: cost of a replacement at that age, in any unit: USD, or s of downtime.
        corrective: cost of a replacement after a failure, in the same unit.

    Raises:
        ValueError: an argument is out of range, or the lifetime has no hazard.

    Source: Barlow and Proschan (1965), chapter 4: hazard times working time less
        unreliability equals preventive / (corrective - preventive).
    """
    from scipy.optimize import brentq

    positive("preventive", preventive)
    positive("corrective", corrective)
    lifetime.hazard(lifetime.mttf)
    if corrective <= preventive:
        return math.inf
    level = preventive / (corrective - preventive)

    def gain(age: float) -> float:
        working = life_within(lifetime, age)
        return lifetime.hazard(age) * working - lifetime.unreliability(age) - level

    ages = [lifetime.quantile(share) for share in (0.0, *_SHARES, *_SHARES_LATE)]
    ages = [age for age in ages if age > 0]
    # No failure comes before a location; where the hazard jumps there, it is the optimum.
    candidates = [math.inf, *ages[:1]] if lifetime.quantile(0.0) > 0 else [math.inf]
    for low, high in pairwise(ages):
        if low < high and gain(low) < 0 <= gain(high):
            candidates.append(float(brentq(gain, low, high, xtol=1e-14 * low, rtol=1e-14)))
    costs = [replacement_cost(lifetime, age, preventive, corrective) for age in candidates]
    return candidates[costs.index(min(costs))]


def hidden_unavailability(lifetime: Lifetime, interval: float) -> float:
    """Mean fraction of time that a unit is down whose failures only inspections show.

    An inspection takes no time and leaves the unit as new.

    Arguments:
        lifetime: of the unit.
        interval: between two inspections, s.

    Raises:
        ValueError: the interval is out of range.

    Source: Rausand and Høyland (2004), chapter 10: the mean of the unreliability
        over the interval.
    """
    return lifetime.time_lost(positive("interval", interval)) / interval
