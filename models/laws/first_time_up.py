"""How long until enough of many units are up together, where each comes and goes on its own."""

import math

import numpy as np
from numpy.typing import NDArray

from models.laws.spares import shortage_of_hot_spares

Complex = NDArray[np.complex128]

_SHIFT = 34.0  # of the contour: the error of discretization is exp(-34) of a probability
_TERMS = 60  # of the alternating series before its sum is accelerated
_AVERAGED = 24  # partial sums that are averaged with binomial weights


def chance_at_once(required: int, units: int, mttf: float, mttr: float) -> float:
    """The probability that enough units are up when first looked at.

    Arguments:
        required: units that must be up together.
        units: units there are, each up or away independently of the others.
        mttf: mean time for which a unit is up, exponential, s.
        mttr: mean time for which it is away, exponential, s.

    Raises:
        ValueError: fewer units than are required, or a mean time that is not positive.

    Source: Trivedi (2002), Probability and Statistics with Reliability, Queuing and Computer
        Science Applications, 2nd edition, section 3.5: the units up are binomial.
    """
    _check(required, units, mttf, mttr)
    if required == 0 or math.isinf(mttf):
        return 1.0
    return 1.0 - shortage_of_hot_spares(required, units - required, 1 / mttf, mttr)


def mean_time_until_up(required: int, units: int, mttf: float, mttr: float) -> float:
    """The mean time until enough units are up, looked at from any moment on, s.

    Arguments:
        required: units that must be up together.
        units: units there are, each up or away independently of the others.
        mttf: mean time for which a unit is up, exponential, s.
        mttr: mean time for which it is away, exponential, s.

    Raises:
        ValueError: fewer units than are required, or a mean time that is not positive.

    Source: Karlin and Taylor (1975), A First Course in Stochastic Processes, 2nd edition, chapter
        4, section 7: mean first passage times of a birth and death process.
    """
    _check(required, units, mttf, mttr)
    if required == 0 or math.isinf(mttf):
        return 0.0
    mean, step, reached = 0.0, 0.0, 0.0
    for up, share in enumerate(_shares(required, units, mttf, mttr)):
        reached += share  # the probability that it passes here on its way
        step = (mttr + up * mttr / mttf * step) / (units - up)
        mean += reached * step
    return mean


def chance_of_longer(time: float, required: int, units: int, mttf: float, mttr: float) -> float:
    """The probability that enough units are up no sooner than after a time, to 1e-9.

    Arguments:
        time: from any moment on, s.
        required: units that must be up together.
        units: units there are, each up or away independently of the others.
        mttf: mean time for which a unit is up, exponential, s.
        mttr: mean time for which it is away, exponential, s.

    Raises:
        ValueError: fewer units than are required, or a mean time that is not positive.

    Source: transforms of first passage times of a birth and death process (Karlin and Taylor 1975,
        chapter 4, section 7), inverted by the Euler algorithm (Abate and Whitt 1995, "Numerical
        Inversion of Laplace Transforms of Probability Distributions", ORSA Journal on Computing 7).
    """
    _check(required, units, mttf, mttr)
    if required == 0 or math.isinf(mttf):
        return 0.0
    if time <= 0:
        return math.fsum(_shares(required, units, mttf, mttr))
    k = np.arange(_TERMS + _AVERAGED + 1)
    points = ((_SHIFT + 2j * np.pi * k) / (2 * time)).astype(np.complex128)
    terms = np.real(_transform(points, required, units, mttf, mttr)) / time * math.exp(_SHIFT / 2)
    terms[0] /= 2
    partial = np.cumsum(np.where(k % 2, -terms, terms))[_TERMS:]
    weights = [math.comb(_AVERAGED, j) / 2**_AVERAGED for j in range(_AVERAGED + 1)]
    return min(1.0, max(0.0, float(partial @ np.array(weights))))


def _transform(s: Complex, required: int, units: int, mttf: float, mttr: float) -> Complex:
    """Of the probability of a longer time, at each s: the sum over where it starts."""
    shares = _shares(required, units, mttf, mttr)
    onward: Complex = 0 * s  # of the time from a state to the next, by its distribution
    started: Complex = 0 * s  # sum of shares, each times the transform of its way to the state
    for up, share in enumerate(shares):
        comes, goes = (units - up) / mttr, up / mttf
        onward = comes / (s + comes + goes * (1 - onward))
        started = (started + share) * onward
    short = math.fsum(shares)
    found: Complex = (short - started) / s
    return found


def _shares(required: int, units: int, mttf: float, mttr: float) -> list[float]:
    """Probability of each number of units that is too few."""
    up, away = math.log(mttf / (mttf + mttr)), math.log(mttr / (mttf + mttr))
    whole = math.lgamma(units + 1)
    return [
        math.exp(
            whole - math.lgamma(k + 1) - math.lgamma(units - k + 1) + k * up + (units - k) * away
        )
        for k in range(required)
    ]


def _check(required: int, units: int, mttf: float, mttr: float) -> None:
    if not 0 <= required <= units:
        raise ValueError(f"required is {required}; of {units} units it is from 0 to {units}")
    if not (mttf > 0 and mttr > 0 and math.isfinite(mttr)):
        raise ValueError(f"mean times are {mttf} s up and {mttr} s away; both are positive")
