"""A price of a region that has none of its own: that of the nearest region that has one."""

from dataclasses import replace

from models.catalog.records import Catalog, Price

# Within what times the borrowed price the true one lies, low and high, in 95 of 100 cases: each
# price of the catalog that another region has, too, against that of its nearest region, as
# `python -m benchmarks.published borrowed_prices` prints them. Those of spot nodes move by the hour
# and by the zone, and say much less of one another; the others are taken to go with on-demand ones.
_ON_DEMAND = (0.86, 1.30)
WITHIN = {
    "on_demand": _ON_DEMAND,
    "reserved": _ON_DEMAND,
    "capacity_block": _ON_DEMAND,
    "flex_start": _ON_DEMAND,
    "spot": (0.40, 2.41),
}


def borrowed_price(
    catalog: Catalog,
    provider: str,
    service: str,
    item: str,
    region: str,
    purchase: str,
    unit: str | None = None,
) -> Price | None:
    """The price of the nearest region that has one, as wide as such prices differ; None if none.

    Arguments:
        catalog: the facts.
        provider: of the item.
        service: that sells it.
        item: of the price list.
        region: that has no price of it.
        purchase: on_demand, spot, reserved, capacity_block or flex_start.
        unit: that the price is for; any where an item has but one.
    """
    here = catalog.regions.get((provider, region))
    found = [
        (catalog.regions[provider, row.region], row)
        for row in catalog.sold.get((provider, service, item, purchase), ())
        if unit in (None, row.unit) and (provider, row.region) in catalog.regions
    ]
    if here is None or not found:
        return None
    _, nearest = min(found, key=lambda one: (here.distance(one[0]), one[1].region))
    low, high = WITHIN[purchase]
    return replace(nearest, low=nearest.low * low, high=nearest.high * high)
