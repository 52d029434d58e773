"""Block diagrams by the series, parallel and k-of-n rules, for independent blocks."""

import math
from collections.abc import Iterable

_SLOW = 10_000  # steps of the dynamic programme, a few milliseconds


def reliability(time: float, mttf: float) -> float:
    """Probability that a unit of constant failure rate survives a time.

    Arguments:
        time: s.
        mttf: mean time to failure, s.

    Source: Trivedi (2002), Probability and Statistics, 2nd edition, section 3.2.
    """
    if time < 0 or not mttf > 0:
        raise ValueError(f"time {time} s must be 0 or more and mttf {mttf} s more than 0")
    return math.exp(-time / mttf)


def unavailability(mttf: float, mttr: float) -> float:
    """Long-run fraction of time that a repaired unit is down.

    Arguments:
        mttf: mean time to failure, s.
        mttr: mean time to repair, s.

    Source: Trivedi (2002), equation 6.119: A = MTTF / (MTTF + MTTR).
    """
    if not mttf > 0 or mttr < 0 or math.isinf(mttr):
        raise ValueError(f"mttf {mttf} s must be more than 0, mttr {mttr} s finite and 0 or more")
    return 0.0 if math.isinf(mttf) else mttr / (mttf + mttr)


def series(unavailabilities: Iterable[float]) -> float:
    """Unavailability of blocks that must all work.

    Arguments:
        unavailabilities: of the blocks, 0 to 1.

    Source: Trivedi (2002), section 1.10.
    """
    # log1p keeps what 1 - u would round away.
    total = 0.0
    for value in unavailabilities:
        if _probability(value) == 1.0:
            return 1.0
        total += math.log1p(-value)
    return 0.0 - math.expm1(total)


def parallel(unavailabilities: Iterable[float]) -> float:
    """Unavailability of blocks of which one suffices.

    Arguments:
        unavailabilities: of the blocks, 0 to 1.

    Source: Trivedi (2002), section 1.10.
    """
    return math.prod(_probability(value) for value in unavailabilities)


def k_of_n(required: int, unavailabilities: Iterable[float]) -> float:
    """Unavailability of blocks of which some must work; the blocks may differ.

    Arguments:
        required: how many must work, k.
        unavailabilities: of the n blocks, 0 to 1.

    Raises:
        ValueError: k is not between 1 and n.

    Source: Barlow and Heidtmann (1984), Computing k-out-of-n system reliability: a dynamic
        programme over the number of failed blocks. Of many equal blocks the incomplete beta
        function, as of a binomial tail (Abramowitz and Stegun 1964, 26.5.24).
    """
    values = [_probability(value) for value in unavailabilities]
    if not 1 <= required <= len(values):
        raise ValueError(f"required is {required}; it must be between 1 and {len(values)}")
    tolerated = len(values) - required
    if len(values) * tolerated > _SLOW and min(values) == max(values):
        from scipy.special import betainc  # few blocks can do without

        return float(betainc(tolerated + 1, required, values[0]))
    # failed[j] is the probability of exactly j failed; more than tolerated gather in `lost`.
    failed = [1.0] + [0.0] * tolerated
    lost = 0.0
    for value in values:
        lost += failed[tolerated] * value
        for count in range(tolerated, 0, -1):
            failed[count] = failed[count] * (1 - value) + failed[count - 1] * value
        failed[0] *= 1 - value
    return min(1.0, lost)  # rounding may leave it a little above


def mttf_of_series(mttfs: Iterable[float]) -> float:
    """Mean time to the first failure of units that must all work, at constant rates, s.

    Arguments:
        mttfs: of the units, s.

    Source: Trivedi (2002), section 3.2: failure rates in series add.
    """
    rate = math.fsum(1 / value for value in mttfs)
    return math.inf if rate == 0 else 1 / rate


def nines(value: float) -> float:
    """How many nines an unavailability leaves: 0.001 is 3.

    Arguments:
        value: the unavailability, 0 to 1.
    """
    return math.inf if _probability(value) == 0 else -math.log10(value)


def _probability(value: float) -> float:
    if not 0 <= value <= 1:
        raise ValueError(f"{value} is not a probability; it must be between 0 and 1")
    return value
