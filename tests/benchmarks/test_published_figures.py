"""Every published figure that the benchmark shows lies inside our interval."""

import pytest

from benchmarks.published.__main__ import SECTIONS, main
from benchmarks.published.comparison import Comparison
from models.catalog.records import Catalog


@pytest.mark.parametrize("section", SECTIONS)
def test_published_figures_lie_inside_our_intervals(section: str, catalog: Catalog) -> None:
    rows = SECTIONS[section](catalog)
    assert rows
    assert [(row.what, row.published, row.low, row.high) for row in rows if not row.inside] == []


def test_a_figure_outside_its_interval_is_told() -> None:
    assert not Comparison("x", "USD", published=1.0, predicted=2, low=1.5, high=3, source="").inside
    assert not Comparison.within("x", "USD", 100.0, 94.0, 0.05, "").inside
    assert Comparison.within("x", "USD", 100.0, 96.0, 0.05, "").inside


def test_an_unknown_section_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["invoices"]) == 2
    assert (
        "no section invoices; there are bills, borrowed_prices, failures" in capsys.readouterr().err
    )
