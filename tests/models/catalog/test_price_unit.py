"""Units of prices are read, not compared as texts."""

import pytest

from models.catalog.load import load_catalog
from models.catalog.price_unit import PriceUnit, read_price_unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("USD/h", PriceUnit("h", None, None, False)),
        ("USD/GB", PriceUnit("GB", 1e9, None, False)),
        ("USD/GB-month", PriceUnit("GB", 1e9, None, True)),
        ("USD/GiB-month", PriceUnit("GiB", 2.0**30, None, True)),
        ("USD/TB-month", PriceUnit("TB", 1e12, None, True)),
        ("USD/IOPS-month", PriceUnit("IOPS", None, None, True)),
        ("USD/GB-s", PriceUnit("GB-s", None, None, False)),
        ("USD/1M requests", PriceUnit("1M requests", None, 1e6, False)),
        ("USD/1k requests", PriceUnit("1k requests", None, 1e3, False)),
    ],
)
def test_what_a_price_is_for(text: str, expected: PriceUnit) -> None:
    assert read_price_unit(text) == expected


def test_capacity_is_sold_by_a_size_and_the_month() -> None:
    catalog = load_catalog()
    stores = {name for _, name in catalog.storage_services}
    for price in catalog.prices:
        if price.item in stores:
            unit = read_price_unit(price.unit)
            assert unit.monthly, price
            assert unit.size, price
