"""Instances as they are offered: the price, what it buys, and how old it is."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from models.catalog.borrowing import borrowed_price
from models.catalog.errors import UnknownName
from models.catalog.providers import CLOUDS
from models.catalog.records import Catalog, Instance, Price

_PEAK = "fp16"  # precision that accelerators are compared by


@dataclass(frozen=True)
class Offer:
    """One instance on demand in one region.

    Arguments:
        instance: of the catalog.
        price: of an hour of it; None where no region has one.
        borrowed: it is that of another region.
        per_accelerator: USD for an accelerator and hour; None where there is no price or none.
        per_petaflop: USD for an hour of 1 PFLOP/s at fp16, dense; None where it is not known.
        age: of the price, days; None where there is none.
    """

    instance: Instance
    price: Price | None
    borrowed: bool
    per_accelerator: float | None
    per_petaflop: float | None
    age: int | None


def _last(value: float | None) -> float:
    return float("inf") if value is None else value


# What a list of offers can be sorted by: cheapest, and youngest, first; what is not known is last.
SORTS: Mapping[str, Callable[[Offer], tuple[str, str] | float]] = {
    "name": lambda one: (one.instance.provider, one.instance.name),
    "price": lambda one: _last(one.price.usd if one.price else None),
    "accelerator": lambda one: _last(one.per_accelerator),
    "pflops": lambda one: _last(one.per_petaflop),
    "age": lambda one: _last(one.age),
}


def offers(
    catalog: Catalog,
    instances: Sequence[Instance],
    today: datetime.date,
    *,
    region: str = "",
    sort: str = "",
) -> list[Offer]:
    """What instances cost on demand, in a region or where most has a price.

    Arguments:
        catalog: the facts.
        instances: of it.
        today: by which prices have an age.
        region: of a provider; the one where most has a price if it is empty.
        sort: one of `SORTS`; as the catalog has them if it is empty.

    Raises:
        UnknownName: there is no such region, or no such way to sort.
    """
    regions = tuple(name for _, name in catalog.regions)
    if region and region not in regions:
        raise UnknownName("region", region, regions)
    if sort and sort not in SORTS:
        raise UnknownName("column to sort by", sort, tuple(SORTS))
    found = []
    for one in instances:
        if region and (one.provider, region) not in catalog.regions:
            continue
        cloud = CLOUDS.get(one.provider)
        home = cloud.home if cloud else ""
        found.append(_offer(catalog, one, region or home, today))
    return sorted(found, key=SORTS[sort]) if sort else found


def _offer(catalog: Catalog, one: Instance, region: str, today: datetime.date) -> Offer:
    price, borrowed = _price(catalog, one, region)
    if price is None:
        return Offer(one, None, False, None, None, None)
    count, accelerator = one.accelerators, catalog.accelerators.get(one.accelerator or "")
    peak = accelerator.peak_flops.get(_PEAK) if accelerator and count else None
    return Offer(
        one,
        price,
        borrowed,
        price.usd / count if count else None,
        price.usd / (count * peak / 1e15) if peak else None,
        (today - price.date).days,
    )


def _price(catalog: Catalog, one: Instance, region: str) -> tuple[Price | None, bool]:
    if one.provider not in CLOUDS:
        return None, False
    service = CLOUDS[one.provider].compute
    asked = (one.provider, service, one.name, region, "on_demand", "USD/h")
    try:
        return catalog.price(*asked), False
    except UnknownName:
        price = borrowed_price(catalog, *asked)
        return price, price is not None


def offer_rows(found: Sequence[Offer]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Headers and rows for people, in 80 columns; ~ is before a price of another region.

    Arguments:
        found: offers.
    """
    headers = ("instance", "accelerators", "USD/h", "each", "PFLOP/s", "days old")
    rows: list[tuple[str, ...]] = []
    for one in found:
        what = _hardware(one.instance)
        usd = "-" if one.price is None else f"{'~' * one.borrowed}{one.price.usd:.3f}"
        each, peak = _cell(one.per_accelerator), _cell(one.per_petaflop)
        age = "-" if one.age is None else str(one.age)
        rows.append((one.instance.name, what, usd, each, peak, age))
    return headers, rows


def offer_in_words(catalog: Catalog, one: Instance, region: str) -> str:
    """An instance with its price on demand and what it has, in one line.

    Arguments:
        catalog: the facts.
        one: the instance.
        region: of its provider.
    """
    price, borrowed = _price(catalog, one, region)
    usd = "no known price" if price is None else f"{'~' * borrowed}{price.usd:,.2f} USD/h"
    return f"{one.name}: {usd}, {_hardware(one)}"


def _hardware(one: Instance) -> str:
    return f"{one.accelerators} x {one.accelerator}" if one.accelerators else f"{one.vcpus} vCPU"


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


EXPLAINED: Mapping[str, str] = {
    "USD/h": "on demand",
    "each": "USD for an hour of one accelerator",
    "PFLOP/s": "USD for an hour of 1 PFLOP/s at fp16, dense",
    "~": "the price of the nearest region that has one",
}
