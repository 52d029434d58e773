"""Records of what things cost over the years."""

import datetime
from dataclasses import dataclass

from models.catalog.units import UsdPerByte

MEDIA = ("disk", "flash", "solid-state", "memory")


@dataclass(frozen=True)
class StorageCost:
    """The cheapest price of a medium recorded until a year, in dollars of that year.

    A table has a row for each year with a new lowest price; between two rows the earlier holds.
    `flash` is that of memory sticks and cards, `solid-state` that of whole disks.
    """

    medium: str
    year: int
    usd_per_byte: UsdPerByte
    date: datetime.date
    source: str
    note: str = ""
