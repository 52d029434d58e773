"""Where a customer goes next, in compiled code."""

import numpy as np

from sim.kernels.queueing.access import destination_at, station_at, stream_at, target_at, visit_at
from sim.kernels.queueing.compilation import inlined, inner
from sim.kernels.queueing.layout import FORK, OUTSIDE, POWER_OF_TWO, ROUND_ROBIN, SPLIT
from sim.kernels.streams import uniform

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
        offset = destination.offset
        if destination.count > 1:
            u = uniform(stream_at(run, destination.stream))
            offset = _position(run, offset, destination.count, u)
        return target_at(run, offset).visit
    if destination.kind == FORK:
        return INTO_TASKS
    return _choose_by_state(run, d)


@inner
def _position(run, offset, count, u):
    """The first of the targets whose cumulative probability is above u."""
    if count <= 8:
        for place in range(offset, offset + count - 1):
            if u < target_at(run, place).cumulative:
                return place
        return offset + count - 1
    low, high = offset, offset + count - 1
    while low < high:
        middle = (low + high) >> 1
        if u < target_at(run, middle).cumulative:
            high = middle
        else:
            low = middle + 1
    return low


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
