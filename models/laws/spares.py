"""Spare units: how often they do not suffice.

What is asked for is always the shortage, never its complement, so that 1e-15 is told from 0.
"""

import math
from collections.abc import Callable

from models.laws.queueing.markovian import erlang_b
from models.laws.reliability.blocks import unavailability

Shortage = Callable[[int, int, float, float], float]
_MOST_SPARES = 10_000_000


def shortage_of_ordered_spares(
    required: int, spares: int, failure_rate: float, replacement_time: float
) -> float:
    """Probability that more units fail in a replacement time than there are spares.

    Required units fail all the time, even while some are missing, so that this is never too
    favourable for spares that can't fail.

    Arguments:
        required: units in use.
        spares: units beside them.
        failure_rate: of one unit in use, 1/s.
        replacement_time: mean time from a failure until there is one spare more, s.

    Raises:
        ValueError: an argument out of range.

    Source: Palm (1938), Analysis of the Erlang traffic formulae for busy-signal arrangements: the
        units on their way are those in an M/G/∞ station, Poisson with the mean k λ T.
    """
    _check(required, spares, failure_rate, replacement_time)
    mean = required * failure_rate * replacement_time
    if mean == 0:
        return 0.0

    def probability(count: int) -> float:
        return math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))

    if spares + 1 < mean:
        return 1 - _sum(probability(spares), lambda count: count / mean, spares, -1)
    return _sum(probability(spares + 1), lambda count: mean / (count + 1), spares + 1, 1)


def shortage_of_hot_spares(
    required: int, spares: int, failure_rate: float, replacement_time: float
) -> float:
    """Probability that too few units work, where idle ones fail like those in use.

    Arguments:
        required: units in use.
        spares: units beside them.
        failure_rate: of one unit that works, 1/s.
        replacement_time: mean time from a failure until the unit is back, s.

    Raises:
        ValueError: an argument out of range.

    Source: Trivedi (2002), Probability and Statistics with Reliability, Queuing, and Computer
        Science Applications, 2nd edition, section 3.7: independent units, each repaired at once,
        so that those away are binomial.
    """
    _check(required, spares, failure_rate, replacement_time)
    if failure_rate * replacement_time == 0:
        return 0.0
    units, away = required + spares, unavailability(1 / failure_rate, replacement_time)
    odds = away / (1 - away)

    def probability(count: int) -> float:
        ways = math.lgamma(units + 1) - math.lgamma(count + 1) - math.lgamma(units - count + 1)
        return math.exp(ways + count * math.log(away) + (units - count) * math.log1p(-away))

    def fewer(count: int) -> float:
        return count / ((units - count + 1) * odds)

    def more(count: int) -> float:
        return (units - count) / (count + 1) * odds

    if spares + 1 < units * away:
        return 1 - _sum(probability(spares), fewer, spares, -1)
    return _sum(probability(spares + 1), more, spares + 1, 1)


def shortage_of_cold_spares(
    required: int, spares: int, failure_rate: float, replacement_time: float
) -> float:
    """Share of time in which too few units work, where only units in use fail.

    Nothing fails while the run waits for a unit.

    Arguments:
        required: units in use.
        spares: units beside them.
        failure_rate: of one unit in use, 1/s.
        replacement_time: mean time from a failure until the unit is back, s.

    Raises:
        ValueError: an argument out of range.

    Source: Erlang (1917): births at the rate k λ until one unit too many is away, each back after
        T on its own, is M/G/c/c with c = s + 1.
    """
    _check(required, spares, failure_rate, replacement_time)
    return erlang_b(spares + 1, required * failure_rate * replacement_time)


def spares_needed(
    required: int,
    failure_rate: float,
    replacement_time: float,
    shortage: float,
    law: Shortage = shortage_of_hot_spares,
) -> int:
    """The fewest spares with which the shortage is no more than asked for.

    Arguments:
        required: units in use.
        failure_rate: of one unit, 1/s.
        replacement_time: mean time from a failure until there is one spare more, s.
        shortage: the most that is allowed, more than 0 and at most 1.
        law: of the shortage.

    Raises:
        ValueError: an argument out of range, or no number of spares suffices.
    """
    if not 0 < shortage <= 1:
        raise ValueError(f"shortage is {shortage}; it must be more than 0 and at most 1")

    def suffice(spares: int) -> bool:
        return law(required, spares, failure_rate, replacement_time) <= shortage

    many = 1
    while not suffice(many):
        many *= 2
        if many > _MOST_SPARES:
            raise ValueError(
                f"failure_rate {failure_rate}/s and replacement_time {replacement_time} s need more"
                f" than {_MOST_SPARES:,} spares; units must fail less or return sooner"
            )
    few = -1  # never enough, as far as it is known
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if suffice(middle) else (middle, many)
    return many


def _sum(term: float, ratio: Callable[[int], float], count: int, step: int) -> float:
    """A term and all that follow, until they no longer matter.

    Arguments:
        term: the first.
        ratio: of the next term to that of a count; 0 after the last.
        count: of the first.
        step: from one count to the next.
    """
    total = 0.0
    while term > 1e-18 * total:
        total += term
        term *= ratio(count)
        count += step
    return total


def _check(required: int, spares: int, failure_rate: float, replacement_time: float) -> None:
    if required < 1 or spares < 0:
        raise ValueError(
            f"required is {required} and spares {spares}; they must be 1 or more, and 0 or more"
        )
    for name, value in (("failure_rate", failure_rate), ("replacement_time", replacement_time)):
        if not 0 <= value < math.inf:
            raise ValueError(f"{name} is {value}; it must be 0 or more and finite")
