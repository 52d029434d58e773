"""Where a customer goes next, in compiled code."""

import numpy as np
from numba import njit

from sim.kernels.layout import FORK, OUTSIDE, POWER_OF_TWO, ROUND_ROBIN, SPLIT
from sim.kernels.streams import position_of_target, uniform

INTO_TASKS = -2  # the destination is a fork


@njit(cache=True, forceinline=True)
def choose(state, d):
    """The visit that a customer makes next; OUTSIDE, or INTO_TASKS for a fork.

    Arguments:
        state: of the run.
        d: the destination, by its position.
    """
    destination = state.destinations[d]
    if destination.kind == SPLIT:
        offset = destination.offset
        if destination.count > 1:
            u = uniform(state.streams[destination.stream])
            offset += position_of_target(state.targets, offset, destination.count, u)
        return state.targets[offset].visit
    if destination.kind == FORK:
        return INTO_TASKS
    return _choose_by_state(destination, state.targets, state.visits, state.stations, state.streams)


@njit(cache=True)
def _at(targets, visits, stations, place):
    return stations[visits[targets[place].visit].station].at


@njit(cache=True)
def _choose_by_state(destination, targets, visits, stations, streams):
    stream = streams[destination.stream]
    offset, count = destination.offset, destination.count
    if destination.kind == ROUND_ROBIN:
        turn = destination.turn
        destination.turn = (turn + 1) % count
        return targets[offset + turn].visit
    if destination.kind == POWER_OF_TWO:
        if count == 1:
            return targets[offset].visit
        first = np.int64(uniform(stream) * count)
        second = np.int64(uniform(stream) * (count - 1))
        if second >= first:
            second += 1
        fewer = _at(targets, visits, stations, offset + second)
        if fewer < _at(targets, visits, stations, offset + first):
            first = second
        return targets[offset + first].visit
    least, ties = _at(targets, visits, stations, offset), 1
    for place in range(offset + 1, offset + count):
        at = _at(targets, visits, stations, place)
        if at < least:
            least, ties = at, 1
        elif at == least:
            ties += 1
    left = np.int64(uniform(stream) * ties) if ties > 1 else 0
    for place in range(offset, offset + count):
        if _at(targets, visits, stations, place) == least:
            if left == 0:
                return targets[place].visit
            left -= 1
    return OUTSIDE
