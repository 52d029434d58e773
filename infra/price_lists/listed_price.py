"""What a price list says of one item, before it is a row of the catalog."""

from dataclasses import dataclass


class Refused(Exception):
    """A price list that can't be read: the network, a missing key or package, an unknown shape."""


@dataclass(frozen=True)
class Listed:
    """One price of a list, in the terms of the catalog.

    Arguments:
        service: of the catalog's price list.
        item: of it.
        region: where it holds.
        unit: of the price.
        purchase: on_demand or spot.
        usd: the price.
        source: who says so, and which of its records.
    """

    service: str
    item: str
    region: str
    unit: str
    purchase: str
    usd: float
    source: str
