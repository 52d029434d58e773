"""Bins of latencies: the exponent and the first bits of the fraction of a number.

So the width of a bin is at most 1/128 of its value, from 1e-9 s to 1e9 s.
"""

import numpy as np
from numpy.typing import NDArray

FRACTION_BITS = 7
SHIFT = 52 - FRACTION_BITS
_LEAST = int(np.float64(2.0**-30).view(np.int64)) >> SHIFT
FIRST = _LEAST - 1  # of the bin of all that is less
BINS = (60 << FRACTION_BITS) + 2


def bin_of_latency(latency: float) -> int:
    """The bin of a latency.

    Arguments:
        latency: s; below 0 is 0.
    """
    if latency <= 0.0:
        return 0
    found = (int(np.float64(latency).view(np.int64)) >> SHIFT) - FIRST
    return min(max(found, 0), BINS - 1)


def quantile(counts: NDArray[np.int64], probability: float) -> float:
    """A quantile of binned latencies, s: within its bin, all places are equally likely.

    Arguments:
        counts: in each bin, one or more in all.
        probability: of the quantile, 0 to 1.
    """
    cumulative = np.cumsum(counts)
    wanted = probability * float(cumulative[-1])
    place = int(np.searchsorted(cumulative, wanted, side="left"))
    if place == 0:
        return 0.0
    before = float(cumulative[place - 1])
    low, high = _edge(place), _edge(place + 1)
    return low + (high - low) * (wanted - before) / float(counts[place])


def _edge(place: int) -> float:
    return float(np.int64((place + FIRST) << SHIFT).view(np.float64))
