"""Where a function changes its sign, found in few calls."""

from collections.abc import Callable

_MOST_CALLS = 200


def last_allowed(
    function: Callable[[float], float], low: float, high: float, tolerance: float
) -> float:
    """An argument where a function is not negative yet, and is so a tolerance beyond.

    Arguments:
        function: 0 or more at the low end, negative at the high end; it need not be smooth.
        low: end where it is 0 or more.
        high: the other end.
        tolerance: in units of the argument.

    Raises:
        ValueError: the function does not change its sign between the ends.

    Source: Chandrupatla (1997), A new hybrid quadratic/bisection algorithm for finding the zero of
        a nonlinear function without using derivatives.
    """
    known = {low: function(low), high: function(high)}
    if not known[low] >= 0 > known[high]:
        raise ValueError(f"the function is {known[low]} at {low} and {known[high]} at {high}")
    newest, opposite, share = low, high, 0.5
    while abs(opposite - newest) > tolerance and len(known) < _MOST_CALLS:
        place = newest + share * (opposite - newest)
        if place in known:  # no number lies between
            break
        known[place] = function(place)
        before = newest
        if (known[place] < 0) != (known[newest] < 0):
            before, opposite = opposite, newest
        newest = place
        least = tolerance / (2 * abs(opposite - newest))
        share = min(max(_share(known, newest, opposite, before), least), 1 - least)
    return opposite if known[newest] < 0 else newest


def _share(known: dict[float, float], newest: float, opposite: float, before: float) -> float:
    """Part of the way to the opposite end: by inverse quadratic interpolation where it is safe."""
    at_newest, at_opposite, at_before = known[newest], known[opposite], known[before]
    if at_before in (at_newest, at_opposite):
        return 0.5
    place = (newest - opposite) / (before - opposite)
    value = (at_newest - at_opposite) / (at_before - at_opposite)
    if not (value**2 < place and (1 - value) ** 2 < 1 - place):
        return 0.5
    first = at_newest / (at_opposite - at_newest) * at_before / (at_opposite - at_before)
    way = (before - newest) / (opposite - newest)
    return first + way * at_newest / (at_before - at_newest) * at_opposite / (
        at_before - at_opposite
    )
