"""What can be said of a statement: that it holds, that it does not, or neither."""

from collections.abc import Iterable
from enum import Enum


class Truth(Enum):
    """Of three values (Kleene 1952, section 64): what is not known is neither yes nor no."""

    NO = 0
    UNKNOWN = 1
    YES = 2


def truth(known: bool) -> Truth:
    """What is known.

    Arguments:
        known: that it holds.
    """
    return Truth.YES if known else Truth.NO


def all_of(values: Iterable[Truth]) -> Truth:
    """No where one is; else unknown where one is.

    Arguments:
        values: of which all must hold; of none of them it is yes.
    """
    found = Truth.YES
    for one in values:
        if one is Truth.NO:
            return one
        if one is Truth.UNKNOWN:
            found = one
    return found


def any_of(values: Iterable[Truth]) -> Truth:
    """Yes where one is; else unknown where one is.

    Arguments:
        values: of which one must hold; of none of them it is no.
    """
    found = Truth.NO
    for one in values:
        if one is Truth.YES:
            return one
        if one is Truth.UNKNOWN:
            found = one
    return found


def opposite(value: Truth) -> Truth:
    """Yes for no, and what is not known stays so.

    Arguments:
        value: of a statement.
    """
    return Truth(Truth.YES.value - value.value)
