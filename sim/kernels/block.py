"""The arrays of a run side by side in one block of memory, which is copied as a whole."""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

WORD = 8  # bytes; every field of every record is a word


class Block:
    """Arrays of records, of which the first is the one that holds the addresses of others.

    Attributes:
        words: all of them, 8 bytes each, as whole numbers.
        address: of the first record.

    Arguments:
        arrays: by name, in their order; each of words alone.
        addressed: names of those whose addresses the first record has in fields of these names,
            which lie side by side.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]], addressed: Sequence[str]) -> None:
        starts = accumulate((one.nbytes // WORD for one in arrays.values()), initial=0)
        places = [
            slice(start, start + one.nbytes // WORD)
            for start, one in zip(starts, arrays.values(), strict=False)
        ]
        self._parts = {
            name: (place, one.dtype)
            for (name, one), place in zip(arrays.items(), places, strict=True)
        }
        first = next(iter(arrays.values())).dtype
        self._addresses = words_of(first, addressed)
        self._offsets = np.array([self._parts[name][0].start * WORD for name in addressed])
        self.words = np.concatenate([one.view(np.int64).reshape(-1) for one in arrays.values()])
        self._point()

    def _point(self) -> None:
        self.address = self.words.ctypes.data
        self.words[self._addresses] = self._offsets + self.address

    def copy(self) -> "Block":
        """The same arrays elsewhere."""
        other = Block.__new__(Block)
        other._parts, other._addresses = self._parts, self._addresses
        other._offsets, other.words = self._offsets, self.words.copy()
        other._point()
        return other

    def __getitem__(self, name: str) -> NDArray[np.void]:
        """An array of it, to be read and written.

        Arguments:
            name: of the array.
        """
        place, dtype = self._parts[name]
        found: NDArray[np.void] = self.words[place].view(dtype)
        return found

    def column(self, name: str, field: str) -> slice:
        """Where a field of all records of an array is among the words.

        Arguments:
            name: of the array.
            field: of its records.
        """
        place, dtype = self._parts[name]
        return slice(place.start + word_of(dtype, field), place.stop, dtype.itemsize // WORD)


def word_of(record: np.dtype[Any], field: str) -> int:
    """The position of a field among the words of its record.

    Arguments:
        record: of words alone.
        field: its name.
    """
    assert record.fields is not None, "a record has fields"
    return int(record.fields[field][1]) // WORD


def words_of(record: np.dtype[Any], fields: Sequence[str]) -> slice:
    """Where fields are that lie side by side.

    Arguments:
        record: of words alone.
        fields: their names, in the order of the record.
    """
    places = [word_of(record, field) for field in fields]
    assert places == list(range(places[0], places[0] + len(places))), "they lie side by side"
    return slice(places[0], places[0] + len(places))
