"""Checks of arguments: each returns its value or raises a ValueError that names it."""

import math


def positive(name: str, value: float) -> float:
    """The value, more than 0 and of a size, 1e-100 to 1e100, whose square a double can hold.

    Raises:
        ValueError: it isn't.
    """
    if not 1e-100 <= value <= 1e100:
        raise ValueError(f"{name} is {value}; it must be more than 0, from 1e-100 to 1e100")
    return value


def non_negative(name: str, value: float) -> float:
    """The value, 0 or more and at most 1e100.

    Raises:
        ValueError: it isn't.
    """
    if not 0 <= value <= 1e100:
        raise ValueError(f"{name} is {value}; it must be 0 or more, at most 1e100")
    return value


def whole(name: str, value: float, at_least: int) -> int:
    """The value as an integer, at least so large; 3.0 passes, 3.5 does not.

    Raises:
        ValueError: it isn't.
    """
    if not (math.isfinite(value) and value == int(value) and value >= at_least):
        raise ValueError(f"{name} is {value}; it must be a whole number, {at_least} or more")
    return int(value)


def probability(name: str, value: float) -> float:
    """The value, 0 to 1, both ends included.

    Raises:
        ValueError: it isn't.
    """
    if not 0 <= value <= 1:
        raise ValueError(f"{name} is {value}; it must lie between 0 and 1")
    return value
