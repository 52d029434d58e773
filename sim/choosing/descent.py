"""From a stack that meets its objectives to a cheaper one, one change after the other."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Changes = Mapping[str, Any]
_PASSES = 2


def descend(
    start: Changes,
    moves: Sequence[Changes],
    least: Callable[[Changes], float],
    cost: Callable[[Changes], float],
    most: int,
) -> Changes:
    """The stack that is left where no change makes it cheaper, or where enough was tried.

    Arguments:
        start: what is chosen at first.
        moves: values that may take the place of some of them.
        least: USD that a stack costs at least, by the laws; infinite where it can't be.
        cost: USD that it costs, as it is simulated; infinite where it misses an objective.
        most: stacks that are simulated at the most, beside the first.
    """
    bounds: dict[str, float] = {}

    def bound(changes: Changes) -> float:
        key = str(sorted(changes.items()))
        if key not in bounds:
            bounds[key] = least(changes)
        return bounds[key]

    best, found = dict(start), cost(start)
    promising = [one for one in moves if bound({**start, **one}) < bound(start)]
    promising.sort(key=lambda one: bound({**start, **one}))
    left = most if math.isfinite(found) else 0
    for _ in range(_PASSES):
        before = best
        for one in promising:
            changed = {**best, **one}
            if left == 0:
                return best
            if bound(changed) >= bound(best):
                continue
            left -= 1
            now = cost(changed)
            if now < found:
                best, found = changed, now
        if best == before:
            break
    return best
