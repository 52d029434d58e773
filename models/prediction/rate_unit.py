"""Units of rates: answers are read in the unit of whoever asked."""

from enum import StrEnum


class RateUnit(StrEnum):
    """A unit that people write rates in, and read them in."""

    MILLISECOND = "/ms"
    SECOND = "/s"
    MINUTE = "/min"
    HOUR = "/h"
    DAY = "/d"

    @property
    def seconds(self) -> float:
        """The time that it is of, s."""
        return _SECONDS[self]


_SECONDS = {
    RateUnit.MILLISECOND: 1e-3,
    RateUnit.SECOND: 1.0,
    RateUnit.MINUTE: 60.0,
    RateUnit.HOUR: 3600.0,
    RateUnit.DAY: 86_400.0,
}
