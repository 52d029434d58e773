"""The building in the report's tables, and what its bill leaves out."""

from pathlib import Path

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from reports import answer_tables, stack_tables


def said(stacks: Path, catalog: Catalog, name: str) -> dict[str, str]:
    table = stack_tables.network(read_stack(stacks / name, catalog).stack)
    return {cells[0].text: cells[1].text for cells in table.rows}


def test_a_building_is_shown_as_it_is_described(stacks: Path, catalog: Catalog) -> None:
    rows = said(stacks, catalog, "on-premises.yaml")
    assert rows["Power feeds, one suffices"] == "2"
    assert rows["UPS"] == "2N, 50 kW each, batteries for 10 min"
    assert rows["Generators"] == "N+1, 200 kW each, fuel for 2 d"
    assert rows["Cooling"] == "N+1, 50 kW each"
    assert rows["Racks"] == "4 of 8 nodes"
    assert rows["Switches of a rack, one suffices"] == "2"
    assert rows["Power strips of a rack, one suffices"] == "2"
    assert rows["Power usage effectiveness"] == "1.4"


def test_a_building_of_feeds_alone_shows_no_more(stacks: Path, catalog: Catalog) -> None:
    rows = said(stacks, catalog, "akiba-2017.yaml")
    assert list(rows) == [
        "Links of each node",
        "Switches, one suffices",
        "Power feeds, one suffices",
    ]


def test_a_bill_says_whether_electricity_is_in_it(stacks: Path, catalog: Catalog) -> None:
    billed = read_stack(stacks / "on-premises.yaml", catalog).stack
    unbilled = read_stack(stacks / "akiba-2017.yaml", catalog).stack
    assert "electricity" not in answer_tables.not_billed(billed)
    assert "electricity of the site are not in the bill" in answer_tables.not_billed(unbilled)
