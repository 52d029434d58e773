"""Prices of the catalog beside those of their nearest regions, and how wide a borrowed one is."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from benchmarks.published.comparison import Comparison
from models.catalog.borrowing import WITHIN, borrowed_price
from models.catalog.records import Catalog, Price

_DIGITS = 100  # widths are typed in hundredths, away from one


def comparisons(catalog: Catalog) -> list[Comparison]:
    """The middle 95 % of true prices in borrowed ones beside the widths that are typed.

    Arguments:
        catalog: the facts.
    """
    found = []
    for purchase, ratios in sorted(left_out(catalog).items()):
        low, high = WITHIN[purchase]
        inside = sum(low <= ratio <= high for ratio in ratios)
        source = f"{len(ratios)} prices without their own, {inside / len(ratios):.1%} inside"
        for what, typed, true, ends in (
            ("from", low, _quantile(ratios, 0.025), (low, low + 1 / _DIGITS)),
            ("to", high, _quantile(ratios, 0.975), (high - 1 / _DIGITS, high)),
        ):
            kind = purchase.replace("_", " ")
            named = f"{kind}: 95 in 100 are {what}"
            found.append(Comparison(named, "times the borrowed price", true, typed, *ends, source))
    return found


def left_out(catalog: Catalog) -> dict[str, list[float]]:
    """Each price in parts of the one that is borrowed where it is not known, by purchase.

    Arguments:
        catalog: the facts.
    """
    found: dict[str, list[float]] = defaultdict(list)
    for price, borrowed in _pairs(catalog):
        found[price.purchase].append(price.usd / borrowed.usd)
    return found


def _pairs(catalog: Catalog) -> Iterator[tuple[Price, Price]]:
    sold: dict[tuple[str, str, str, str, str], list[Price]] = defaultdict(list)
    for price in catalog.prices:
        if (price.provider, price.region) in catalog.regions:
            item = (price.provider, price.service, price.item, price.purchase, price.unit)
            sold[item].append(price)
    for item, prices in sold.items():
        for price in prices:
            others = replace(catalog, prices=tuple(one for one in prices if one is not price))
            provider, service, name, purchase, unit = item
            borrowed = borrowed_price(others, provider, service, name, price.region, purchase, unit)
            if borrowed is not None:
                yield price, borrowed


def _quantile(values: Sequence[float], share: float) -> float:
    """Of values that are a sample, with the mean rank of each (Weibull 1939)."""
    ranked = sorted(values)
    place = share * (len(ranked) + 1) - 1
    below = max(0, min(len(ranked) - 2, math.floor(place)))
    return ranked[below] + (place - below) * (ranked[below + 1] - ranked[below])
