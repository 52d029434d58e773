"""Who may do what, in the report of a stack."""

from pathlib import Path

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from reports.access_tables import may, reasons, who_may_what
from reports.html import render
from reports.json_report import as_json
from sim.predict import predict

from .page import Page


def test_the_report_says_who_may_do_what_and_why(stacks: Path, catalog: Catalog) -> None:
    read = read_stack(stacks / "iam-example.yaml", catalog)
    prediction = predict(read, catalog, replications=2)
    page = Page(render(read.stack, prediction))
    assert page.faults == []
    assert "19 of 36 allowed." in page.text
    assert "denied by storage.z.permissions.0" in page.text
    assert "list and read y; list and read z" in page.text
    assert '"because": [' in as_json(prediction)
    assert may(prediction.access, "zhang-wei") == "read y, read and write z"
    assert may(prediction.access, "john-smith") == "read x"
    assert may(prediction.access, "nobody") == ""


def test_tables_have_a_row_for_each_identity_and_store(stacks: Path, catalog: Catalog) -> None:
    read = read_stack(stacks / "iam-example.yaml", catalog)
    cells = predict(read, catalog, replications=2).access
    table = who_may_what(cells)
    assert len(table.rows) == 12
    assert [cell.text for cell in table.rows[5]] == [
        *("carlos-salazar", "z", "denied", "denied", "denied")
    ]
    # Actions of which the same decided share a row.
    assert [row[2].text == "list, read, write" for row in reasons(cells).rows].count(True) == 8
