"""Redundancy of a building: how many units N, N+1, 2N and 2(N+1) are."""

import math
import re
from dataclasses import dataclass

from models.laws.arguments import positive, whole

_NOTATION = re.compile(r"(\d+)?N|N\+(\d+)|(\d+)\(N\+(\d+)\)")
MOST_UNITS = 1000


@dataclass(frozen=True)
class Redundancy:
    """How many units there are beyond the N that the load needs: N, N+1, 2N, 2(N+1).

    Arguments:
        systems: of which any one carries the whole load; 2 for 2N.
        spares: units in each system beyond the N; 1 for N+1.

    Raises:
        ValueError: an argument out of range.

    Source: Uptime Institute, Tier Standard: Topology; ANSI/TIA-942-B.
    """

    systems: int = 1
    spares: int = 0

    def __post_init__(self) -> None:
        whole("systems", self.systems, 1)
        whole("spares", self.spares, 0)

    def __str__(self) -> str:
        one = f"N+{self.spares}" if self.spares else "N"
        if self.systems == 1:
            return one
        return f"{self.systems}({one})" if self.spares else f"{self.systems}{one}"

    def units(self, needed: int) -> int:
        """Units of all systems together.

        Arguments:
            needed: units that carry the load, N.

        Raises:
            ValueError: needed is less than 1, or the units are more than 1,000.
        """
        units = self.systems * (whole("needed", needed, 1) + self.spares)
        if units > MOST_UNITS:
            raise ValueError(f"needed is {needed}; {units} units are more than {MOST_UNITS:,}")
        return units

    def needed(self, units: int) -> int:
        """N, where the units of all systems together are given.

        Arguments:
            units: of all systems together.

        Raises:
            ValueError: so many units can't be arranged like this.
        """
        needed, rest = divmod(whole("units", units, 1), self.systems)
        needed -= self.spares
        if rest or needed < 1:
            raise ValueError(
                f"units is {units}; {self} takes {self.units(1)}, {self.units(2)},"
                f" {self.units(3)} and so on"
            )
        return needed


def redundancy(notation: str) -> Redundancy:
    """Read "N", "N+1", "2N" or "2(N+1)", with any numbers.

    Arguments:
        notation: as engineers write it.

    Raises:
        ValueError: it is written otherwise.
    """
    match = _NOTATION.fullmatch(notation.replace(" ", ""))
    if match is None:
        raise ValueError(f"{notation!r} is no redundancy; write N, N+1, 2N or 2(N+1)")
    plain, spares, systems, spares_of_each = match.groups()
    return Redundancy(int(systems or plain or 1), int(spares_of_each or spares or 0))


def units_for(load: float, capacity: float) -> int:
    """How many units carry a load, N.

    Arguments:
        load: W.
        capacity: of one unit, W.

    Raises:
        ValueError: an argument out of range, or more than 1,000 units.
    """
    ratio = positive("load", load) / positive("capacity", capacity)
    if ratio > MOST_UNITS:
        raise ValueError(f"capacity is {capacity:g} W; {load:g} W need more than {MOST_UNITS:,}")
    # 3 x 0.1 over 0.1 is three units, though it divides to a little more.
    return max(1, math.ceil(ratio * (1 - 1e-12)))
