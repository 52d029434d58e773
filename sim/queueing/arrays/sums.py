"""Sums of what was counted, in several windows or runs, and a short form to send it in."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Counts = TypeVar("Counts")  # a tally, of a whole or by interval


def added(parts: Iterable[Counts]) -> Counts:
    """What was counted in several parts together: a copy, of one as well.

    Arguments:
        parts: tallies of the same network, one or more.
    """
    first, *others = parts
    sums = {field.name: _copy(getattr(first, field.name)) for field in fields(first)}  # type: ignore[arg-type]
    for part in others:
        for name in sums:
            sums[name] = _plus(sums[name], getattr(part, name))
    return type(first)(**sums)


def _copy(value: Any) -> Any:
    return value if isinstance(value, float) else value.copy()


def _plus(total: Any, more: Any) -> Any:
    if isinstance(total, float) or total.dtype.names is None:
        total += more
        return total
    for name in total.dtype.names:
        total[name] += more[name]
    return total


@dataclass(frozen=True)
class Sparse:
    """An array of which most is zero, as histograms are.

    Arguments:
        shape: of the array.
        kind: of its values.
        places: of what is not zero, in one dimension.
        values: there.
    """

    shape: tuple[int, ...]
    kind: np.dtype[Any]
    places: NDArray[np.intp]
    values: NDArray[Any]

    def whole(self) -> NDArray[Any]:
        """The array."""
        array = np.zeros(self.shape, self.kind)
        array.flat[self.places] = self.values
        return array


@dataclass(frozen=True)
class Packed:
    """A tally in a tenth of its memory, as it travels from one process to another.

    Arguments:
        kind: of the tally.
        parts: its fields in their order.
    """

    kind: type
    parts: tuple[Any, ...]

    def whole(self) -> Any:
        """The tally."""
        whole = (one.whole() if isinstance(one, Sparse) else one for one in self.parts)
        return self.kind(*whole)


def packed(counts: object) -> Packed:
    """The short form of a tally.

    Arguments:
        counts: a tally, of a whole or by interval.
    """
    values = (getattr(counts, field.name) for field in fields(counts))  # type: ignore[arg-type]
    return Packed(type(counts), tuple(map(_short, values)))


def _short(value: Any) -> Any:
    if isinstance(value, float) or value.dtype.names is not None:
        return value
    places = np.flatnonzero(value)
    return Sparse(value.shape, value.dtype, places, value.flat[places])
