"""The chart of what a terabyte has cost: what it says, and that it is the same each time."""

import datetime
from xml.etree import ElementTree

import pytest

from models.catalog.load import load_catalog
from models.catalog.records import StorageCost
from models.parts.storage_history import storage_history
from models.prediction import MediumHistory
from reports.storage_cost import CAPTION, describe, storage_cost, storage_cost_png


@pytest.fixture(scope="module")
def costs() -> tuple[MediumHistory, ...]:
    return storage_history(load_catalog().storage_cost_by_year)


def test_chart_stands_alone_and_says_what_it_shows(costs: tuple[MediumHistory, ...]) -> None:
    drawing = storage_cost(costs, "cost")
    root = ElementTree.fromstring(drawing.replace("xlink:href", "href"))
    assert root.tag.endswith("svg")
    assert "not adjusted for inflation" in drawing
    assert "cheapest price recorded until that year" in CAPTION
    for medium in ("disk", "flash", "solid-state", "memory"):
        assert f"{medium} \N{MINUS SIGN}" in drawing
    assert storage_cost(costs, "cost") == drawing


def test_picture(costs: tuple[MediumHistory, ...]) -> None:
    picture = storage_cost_png(costs)
    assert picture.startswith(b"\x89PNG")
    assert storage_cost_png(costs) == picture
    assert len(storage_cost_png(costs, 1.0)) < len(picture)


def test_words() -> None:
    date = datetime.date(2024, 5, 13)
    assert (
        describe(storage_history([StorageCost("disk", 2002, 25e-12, date, "test")]))
        == "disk: 25 USD a TB in 2002, 25 USD in 2002, no trend a year."
    )
    costs = [
        StorageCost("disk", year, usd / 1e12, date, "test")
        for year, usd in ((2000, 4e9), (2001, 2e4), (2002, 100.0))
    ]
    fall = 100 * (1 - (100 / 4e9) ** 0.5)
    assert describe(storage_history(costs)) == (
        f"disk: 4 billion USD a TB in 2000, 100 USD in 2002, \N{MINUS SIGN}{fall:.0f} % a year."
    )
