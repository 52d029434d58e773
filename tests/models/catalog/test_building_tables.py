"""Grids, power draws and the failure rates of a building."""

import math
import shutil
from pathlib import Path

import pytest

from models.catalog.lint import lint
from models.catalog.load import SHIPPED
from models.catalog.query import as_rows, select
from models.catalog.records import Catalog

KWH = 3.6e6  # J


def test_every_region_has_a_grid_and_a_building(catalog: Catalog) -> None:
    for region in catalog.regions.values():
        assert region.grid in catalog.grids
        assert 1 <= region.pue < 2


def test_grids_as_published(catalog: Catalog) -> None:
    # Google, region-carbon-info, 2024: Iowa 412.72 and Frankfurt 275.82 g/kWh.
    assert catalog.grids["us-iowa"].carbon_intensity * KWH == pytest.approx(0.41272, rel=1e-12)
    assert catalog.grids["germany"].carbon_intensity * KWH == pytest.approx(0.27582, rel=1e-12)
    for grid in catalog.grids.values():
        assert 0.001 < grid.carbon_intensity * KWH < 1


def test_only_what_must_start_can_fail_to(catalog: Catalog) -> None:
    starting = [row.component for row in catalog.failure_rates.values() if row.failures_per_demand]
    assert starting == ["generator"]


def test_a_fifth_of_the_generators_fail_within_two_weeks(catalog: Catalog) -> None:
    # Marqusee and Jenket (2020): of those that are well maintained.
    generator = catalog.failure_rates["generator"]
    assert 1 - math.exp(-14 * 86_400 / generator.mttf) == pytest.approx(0.2, rel=1e-4)


def test_an_intensity_is_shown_in_grams_for_a_kilowatt_hour(catalog: Catalog) -> None:
    _, rows = as_rows(select(catalog, "grids", {"name": "us-iowa"}))
    assert rows[0][:2] == ("us-iowa", "412.7 g/kWh")


def test_a_region_of_no_known_grid_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    shutil.copytree(SHIPPED, folder)
    path = folder / "regions.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",us-iowa,", ",us-idaho,", 1), encoding="utf-8")
    (finding,) = lint(folder)
    assert (finding.file, finding.rule) == ("regions.csv", "dangling")
    assert "us-idaho" in finding.message
