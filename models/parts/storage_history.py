"""What a byte of each medium has cost over the years, and how fast that fell."""

from collections.abc import Sequence

from models.catalog.history import MEDIA, StorageCost
from models.laws.trend import exponential_trend
from models.prediction import MediumHistory


def storage_history(costs: Sequence[StorageCost]) -> tuple[MediumHistory, ...]:
    """The cheapest price of each medium by year, with its trend.

    Arguments:
        costs: of the catalog, one record for each new lowest price.
    """
    found = []
    for medium in MEDIA:
        series = sorted((one for one in costs if one.medium == medium), key=lambda one: one.year)
        if not series:
            continue
        years = tuple(one.year for one in series)
        prices = tuple(one.usd_per_byte for one in series)
        change = exponential_trend(years, prices).yearly_change if len(series) > 1 else None
        found.append(MediumHistory(medium, years, prices, change))
    return tuple(found)
