"""Checks of array arguments: each returns its value or raises a ValueError that names it."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
_FEW = 64


def frozen(values: Floats) -> Floats:
    """The array itself, from now on read-only.

    Arguments:
        values: the array.
    """
    values.flags.writeable = False
    return values


def dimensions(values: ArrayLike) -> int:
    """How deep numbers are nested; 1 where the rows differ in length, which `array` refuses.

    Arguments:
        values: numbers, or nested sequences of them.
    """
    try:
        return np.ndim(values)
    except ValueError:
        return 1


def array(name: str, values: ArrayLike, shape: Sequence[int | None]) -> Floats:
    """A read-only copy of numbers, each finite and 0 or more.

    Arguments:
        name: of the argument.
        values: numbers, or nested sequences of them.
        shape: the length along each axis; None stands for any length, 1 or more.

    Raises:
        ValueError: another shape, or a number out of range.
    """
    try:
        result = np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be numbers in rows of equal length") from None
    fits = result.ndim == len(shape) and all(
        length >= 1 if wanted is None else length == wanted
        for length, wanted in zip(result.shape, shape, strict=True)
    )
    if not fits:
        wanted = " x ".join("any" if length is None else str(length) for length in shape)
        raise ValueError(f"{name} has the shape {result.shape}; it must be {wanted or 'a number'}")
    if not _in_range(result):
        raise ValueError(f"{name} is {result.tolist()}; each must be finite and 0 or more")
    return frozen(result)


def _in_range(values: Floats) -> bool:
    if values.size > _FEW:
        return bool(0 <= values.min() <= values.max() < math.inf)
    # Python is through with few before NumPy begins.
    return all(0 <= number < math.inf for number in values.ravel().tolist())


def server_counts(servers: ArrayLike, stations: int) -> Floats:
    """Servers of each station, a read-only copy; infinity where nobody waits.

    Arguments:
        servers: one number for all stations, or one for each.
        stations: how many there are.

    Raises:
        ValueError: a number is not whole or less than 1, or there is not one for each station.
    """
    counts = np.array(servers, dtype=np.float64)
    if counts.ndim == 0:
        number = float(counts)
        counts = np.full(stations, number)
        if number >= 1 and (number.is_integer() or number == math.inf):
            return frozen(counts)  # one check instead of one for each
    if counts.shape != (stations,):
        raise ValueError(f"servers has the shape {counts.shape}; there are {stations} stations")
    if not (counts.min() >= 1 and (counts == np.floor(counts)).all()):
        raise ValueError(
            f"servers is {counts.tolist()}; each must be a whole number, 1 or more, or infinite"
        )
    return frozen(counts)
