"""Where a customer goes next, in compiled code."""

import numpy as np

from sim.kernels.streams import uniform
from sim.queueing.arrays.layout_records import FORK, OUTSIDE, POWER_OF_TWO, ROUND_ROBIN, SPLIT
from sim.queueing.arrays.queue_compilation import inlined, inner
from sim.queueing.kernel.queue_access import (
    destination_at,
    station_at,
    stream_at,
    target_at,
    visit_at,
)

_FEW = 4  # targets that are all looked at
INTO_TASKS = -2  # the destination is a fork


@inlined
def choose(run, d):
    """The visit that a customer makes next; OUTSIDE, or INTO_TASKS for a fork.

    Arguments:
        run: of the run.
        d: the destination, by its position.
    """
    destination = destination_at(run, d)
    if destination.kind == SPLIT:
        visit = destination.ahead
        if destination.count > 1:
            look_ahead(run, d)
        return visit
    if destination.kind == FORK:
        return INTO_TASKS
    return _choose_by_state(run, d)


@inlined
def look_ahead(run, d):
    """Choose for who comes next to a split, while there is other work to do."""
    destination = destination_at(run, d)
    offset = destination.offset
    if destination.count > 1:
        u = uniform(stream_at(run, destination.stream))
        offset = _position(run, offset, destination.count, u)
    destination.ahead = target_at(run, offset).visit


@inlined
def _position(run, offset, count, u):
    """The first of the targets whose cumulative probability is above u.

    Source: Chen and Asau (1974), On generating random variates from an empirical distribution:
        a table of guides, here of as many as there are targets.
    """
    last = offset + count - 1
    place = offset
    if count <= _FEW:
        # All of them, the last counted for nothing: no branch to be guessed wrongly.
        second, third = min(offset + 1, last), min(offset + 2, last)
        place += (u >= target_at(run, offset).cumulative) & (offset < last)
        place += (u >= target_at(run, second).cumulative) & (second < last)
        return place + ((u >= target_at(run, third).cumulative) & (third < last))
    place += target_at(run, offset + np.int64(u * count)).guide
    while place < last and u >= target_at(run, place).cumulative:
        place += 1
    return place


@inner
def _at(run, place):
    return station_at(run, visit_at(run, target_at(run, place).visit).station).at


@inner
def _choose_by_state(run, d):
    destination = destination_at(run, d)
    stream = stream_at(run, destination.stream)
    offset, count = destination.offset, destination.count
    if destination.kind == ROUND_ROBIN:
        turn = destination.turn
        destination.turn = (turn + 1) % count
        return target_at(run, offset + turn).visit
    if destination.kind == POWER_OF_TWO:
        if count == 1:
            return target_at(run, offset).visit
        first = np.int64(uniform(stream) * count)
        second = np.int64(uniform(stream) * (count - 1))
        if second >= first:
            second += 1
        fewer = _at(run, offset + second)
        if fewer < _at(run, offset + first):
            first = second
        return target_at(run, offset + first).visit
    least, ties = _at(run, offset), 1
    for place in range(offset + 1, offset + count):
        at = _at(run, place)
        if at < least:
            least, ties = at, 1
        elif at == least:
            ties += 1
    left = np.int64(uniform(stream) * ties) if ties > 1 else 0
    for place in range(offset, offset + count):
        if _at(run, place) == least:
            if left == 0:
                return target_at(run, place).visit
            left -= 1
    return OUTSIDE
