"""Means of measured values that hang together in time, and how well they are known."""

import math

import numpy as np
from numpy.typing import ArrayLike

from models.laws.arrays import Floats

_BATCHES = 20
_MANY = 20 * _BATCHES  # values of which batches are made


def standard_error(values: ArrayLike) -> float | None:
    """Standard error of the mean of values in the order in which they were measured.

    Of many values, by the means of 20 batches, so that those near to each other may be alike.

    Arguments:
        values: one or more; of a single one nothing is known.

    Source: Law (2015), Simulation Modeling and Analysis, 5th edition, section 9.5.3.
    """
    found = batches(values)
    if len(found) < 2:
        return None
    return float(found.std(ddof=1)) / math.sqrt(len(found))


def batches(values: ArrayLike) -> Floats:
    """Values, or where they are many the means of 20 batches of them in their order.

    Arguments:
        values: in the order in which they were measured.

    Source: as for `standard_error`.
    """
    found = np.asarray(values, dtype=float).ravel()
    if len(found) < _MANY:
        return found
    size = len(found) // _BATCHES
    means: Floats = found[: size * _BATCHES].reshape(_BATCHES, size).mean(axis=1)
    return means
