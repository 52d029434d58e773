"""The table of energy and carbon."""

from pathlib import Path

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from reports import energy_tables
from sim.predict import predict


def test_a_run_and_a_year(stacks: Path, catalog: Catalog) -> None:
    prediction = predict(read_stack(stacks / "on-premises.yaml", catalog), catalog, replications=2)
    table, known = energy_tables.energy(prediction), prediction.energy
    assert table is not None
    assert known is not None
    cells = {row[0].text: [cell.text for cell in row[1:]] for row in table.rows}
    assert cells["Energy"][0].endswith(" kWh")
    assert cells["CO2 equivalent"][1].endswith(" kg")
    assert energy_tables.line(known, prediction.cost.of).endswith("kg of CO2e")


def test_nothing_is_said_of_an_unknown_building(stacks: Path, catalog: Catalog) -> None:
    prediction = predict(read_stack(stacks / "akiba-2017.yaml", catalog), catalog, replications=2)
    assert energy_tables.energy(prediction) is None
