"""Records of places: a provider's regions and the grids that feed them."""

import datetime
from dataclasses import dataclass

from models.catalog.units import KilogramsPerJoule


@dataclass(frozen=True)
class Region:
    """A provider's region: its zones by full name, the `Grid` that feeds it, and its buildings.

    `pue` is the power usage effectiveness that the provider publishes.
    """

    provider: str
    name: str
    zones: tuple[str, ...]
    grid: str
    pue: float
    date: datetime.date
    source: str
    note: str = ""


@dataclass(frozen=True)
class Grid:
    """What a kWh of a grid's electricity emits on average, as CO2 equivalent, by location."""

    name: str
    carbon_intensity: KilogramsPerJoule
    date: datetime.date
    source: str
    note: str = ""
