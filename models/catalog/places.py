"""Records of places: a provider's regions and the grids that feed them."""

import datetime
import math
from dataclasses import dataclass

from models.catalog.units import KilogramsPerJoule

_EARTH = 6.371e6  # mean radius, m


@dataclass(frozen=True)
class Region:
    """A provider's region: its zones by full name, the `Grid` that feeds it, and its buildings.

    `pue` is the power usage effectiveness that the provider publishes. `latitude` and `longitude`
    are those of the town that it is called after, degrees; they say which region is nearest.
    """

    provider: str
    name: str
    zones: tuple[str, ...]
    grid: str
    pue: float
    latitude: float
    longitude: float
    date: datetime.date
    source: str
    note: str = ""

    def distance(self, other: "Region") -> float:
        """Great-circle distance to another region, m.

        Arguments:
            other: of any provider.
        """
        here, there = math.radians(self.latitude), math.radians(other.latitude)
        east = math.radians(other.longitude - self.longitude)
        half = math.sin((there - here) / 2) ** 2
        half += math.cos(here) * math.cos(there) * math.sin(east / 2) ** 2
        return 2 * _EARTH * math.asin(math.sqrt(half))


@dataclass(frozen=True)
class Grid:
    """What a kWh of a grid's electricity emits on average, as CO2 equivalent, by location."""

    name: str
    carbon_intensity: KilogramsPerJoule
    date: datetime.date
    source: str
    note: str = ""
