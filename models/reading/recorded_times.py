"""Recorded times, by whatever clock: numbers of seconds, numbers since 1970, dates and times."""

from array import array
from datetime import UTC, datetime
from enum import Enum

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.float64]
# Numbers since 1970 are known by their size where they are of these years.
_FIRST = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
_LAST = datetime(2100, 1, 1, tzinfo=UTC).timestamp()
PER_SECOND = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}
WANTED = (
    "write seconds from any beginning; s, ms, us or ns since 1970, of the years 2000 to 2100; or"
    " dates and times such as 2024-05-01T09:30:00"
)


class Clock(Enum):
    """What times count from; those of different clocks can't be put in one order."""

    COUNTED = "seconds from a beginning of their own"
    LOCAL = "dates and times without a time zone"
    WORLD = "dates and times with a time zone, or counted from 1970"


class UnclearTimes(Exception):
    """Numbers whose unit can't be told; the text says so, as the end of a sentence about a file."""


class TimeColumn:
    """Times of a table, cell by cell: all numbers, or all dates and times (ISO 8601)."""

    def __init__(self) -> None:
        self._values = array("d")
        self._clock: Clock | None = None

    def __len__(self) -> int:
        return len(self._values)

    def add(self, cell: object) -> None:
        """Take the next cell.

        Arguments:
            cell: text, number or moment, as the file has it.

        Raises:
            ValueError: it is no time, or one by another clock than the first; the text says why,
                as the end of a sentence about the cell.
        """
        if self._clock is Clock.COUNTED or self._clock is None:
            try:
                self._values.append(float(cell))  # type: ignore[arg-type]  # whatever is there
                self._clock = Clock.COUNTED
                return
            except (ValueError, TypeError):
                if self._clock is not None:
                    raise ValueError("is not a number") from None
        moment = _as_datetime(cell)
        clock = Clock.LOCAL if moment.tzinfo is None else Clock.WORLD
        if clock is not (self._clock or clock):
            raise ValueError("has a time zone where others have none, or none")
        self._clock = clock
        self._values.append((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())

    def numbers(self) -> Times:
        """The times as they were taken; dates and times in s since 1970."""
        return np.array(self._values)

    def clock(self) -> Clock:
        """What the cells are; of no cells, a count."""
        return self._clock or Clock.COUNTED


def _as_datetime(cell: object) -> datetime:
    if isinstance(cell, datetime):
        return cell
    try:
        return datetime.fromisoformat(str(cell).strip())
    except ValueError:
        text = "is neither a number of seconds nor a time such as 2024-05-01T09:30:00"
        raise ValueError(text) from None


def in_seconds(numbers: Times, clock: Clock = Clock.COUNTED) -> tuple[Times, Clock]:
    """Times in seconds, and their clock; numbers since 1970 are told by their size.

    Arguments:
        numbers: finite, in any order; (times,).
        clock: that they are by; of counts, one that is yet to be told.

    Raises:
        UnclearTimes: too large for seconds from a beginning, and not of 2000 to 2100 in any unit.
    """
    if clock is not Clock.COUNTED or numbers.size == 0:
        return numbers, clock
    least, most = float(numbers.min()), float(numbers.max())
    if least > -_FIRST and most < _FIRST:
        return numbers, Clock.COUNTED
    for per_second in PER_SECOND.values():
        if _FIRST * per_second <= least and most < _LAST * per_second:
            return numbers / per_second, Clock.WORLD
    raise UnclearTimes(f"has times from {least:.10g} to {most:.10g}, whose unit is not clear")
