"""No approximation of a closed network lets through more than its stations can serve."""

from functools import partial

import numpy as np

from models.laws.arrays import Floats
from models.laws.roots import last_allowed

_MOST = 1 - 1e-12  # of the capacity, so that rounding lifts nothing above it
_TOLERANCE = 1e-13  # of the longest wait


def within_capacity(
    residence: Floats, demands: Floats, visits: Floats, population: Floats, think_time: Floats
) -> Floats:
    """Residence times with as much more wait as keeps every station within its capacity, s.

    Where a station would serve more than it can, its customers wait there for as much longer, all
    of them alike at each visit, as makes it just busy all the time.

    Arguments:
        residence: of a cycle by the approximation, stations x classes, s.
        demands: of a cycle at the whole station, all its servers, stations x classes, s; 0 where
            nobody waits.
        visits: of a cycle, or the demands where a wait is in proportion to them; the same shape.
        population: of each class.
        think_time: of each class, s.

    Source: the utilization law, U = X D: Denning and Buzen (1978).
    """

    asked = (demands, population, think_time)
    for station in np.argsort(-_loads(residence, *asked)):
        if _loads(residence, *asked)[station] <= _MOST:
            continue
        held = np.zeros_like(residence)
        held[station] = visits[station]
        here = visits[station] > 0
        enough = 2 * float((population * demands[station])[here] @ (1 / visits[station][here]))
        too_much = partial(_too_much, residence, held, int(station), asked)
        wait = last_allowed(too_much, 0.0, enough, _TOLERANCE * enough)
        residence = residence + wait * held
    return residence


def _loads(residence: Floats, demands: Floats, population: Floats, think_time: Floats) -> Floats:
    return np.asarray(demands @ (population / (residence.sum(axis=0) + think_time)))


def _too_much(
    residence: Floats, held: Floats, station: int, asked: tuple[Floats, Floats, Floats], wait: float
) -> float:
    return float(_loads(residence + wait * held, *asked)[station]) - _MOST
