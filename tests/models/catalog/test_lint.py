"""Each rule of the linter, by breaking one row of a copy of the shipped tables."""

import csv
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from models.catalog.errors import CatalogError
from models.catalog.lint import Finding, lint
from models.catalog.load import SHIPPED, digest, load_catalog


class Tables:
    """A copy of the shipped tables that a test may break."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def rows(self, table: str) -> tuple[list[str], list[list[str]]]:
        with (self.folder / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
            header, *rows = csv.reader(stream)
        return header, rows

    def write(self, table: str, header: list[str], rows: list[list[str]]) -> None:
        with (self.folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows([header, *rows])

    def line(self, table: str, where: Mapping[str, str]) -> int:
        """Line of the first row whose columns are as given."""
        header, rows = self.rows(table)
        for number, row in enumerate(rows, start=2):
            if all(row[header.index(column)] == value for column, value in where.items()):
                return number
        raise AssertionError(f"{table} has no row with {where}")

    def change(self, table: str, where: Mapping[str, str], **cells: str) -> int:
        """Overwrite cells of that row and give its line."""
        header, rows = self.rows(table)
        number = self.line(table, where)
        for column, value in cells.items():
            rows[number - 2][header.index(column)] = value
        self.write(table, header, rows)
        return number

    def repeat(self, table: str, where: Mapping[str, str]) -> int:
        """Append a second copy of that row and give its line."""
        header, rows = self.rows(table)
        rows.append(rows[self.line(table, where) - 2])
        self.write(table, header, rows)
        return len(rows) + 1


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    folder = tmp_path / "tables"
    shutil.copytree(SHIPPED, folder)
    return Tables(folder)


P4D = {"provider": "aws", "item": "p4d.24xlarge", "region": "us-east-1"}
ON_DEMAND = {**P4D, "purchase": "on_demand"}
SPOT = {**P4D, "purchase": "spot"}
NODE = {"name": "p4d.24xlarge"}


def only(tables: Tables, file: str, line: int, rule: str) -> Finding:
    """The one finding there is, which must be where and what it should."""
    findings = lint(tables.folder)
    assert [(one.file, one.line, one.rule) for one in findings] == [(f"{file}.csv", line, rule)]
    assert str(findings[0]).startswith(f"{file}.csv:{line}: {rule}: ")
    return findings[0]


def test_untouched_copy_is_clean(tables: Tables) -> None:
    assert lint(tables.folder) == []
    assert digest(tables.folder) == digest()


def test_spot_above_on_demand(tables: Tables) -> None:
    line = tables.change("prices", SPOT, usd="30", low_usd="30", high_usd="31")
    finding = only(tables, "prices", line, "spot-above-on-demand")
    assert "21.9576" in finding.message


@pytest.mark.parametrize("cells", [{"low_usd": "15"}, {"high_usd": "1"}])
def test_price_outside_its_range(tables: Tables, cells: dict[str, str]) -> None:
    line = tables.change("prices", SPOT, **cells)
    only(tables, "prices", line, "range")


def test_accelerators_without_memory(tables: Tables) -> None:
    line = tables.change("instances", NODE, accelerator_memory_gib="0")
    only(tables, "instances", line, "accelerator-memory")


def test_accelerators_without_a_name(tables: Tables) -> None:
    line = tables.change("instances", NODE, accelerator="")
    only(tables, "instances", line, "accelerator-memory")


@pytest.mark.parametrize(
    ("cell", "complaint"),
    [
        ({"date": ""}, "is empty"),
        ({"date": "20.7.2026"}, "not an ISO date"),
        ({"date": "20260720"}, "not an ISO date"),
        ({"date": "2026-02-30"}, "not an ISO date"),
        ({"source": ""}, "is empty"),
        ({"usd": "cheap"}, "not a number"),
        ({"usd": "nan"}, "not a finite number"),
        ({"usd": "inf"}, "not a finite number"),
        ({"usd": "-1"}, "not a finite number of 0 or more"),
        ({"usd": "0"}, "not above 0"),
        ({"purchase": "stolen"}, "none of on_demand, spot, reserved"),
    ],
)
def test_price_that_cannot_be_read(tables: Tables, cell: dict[str, str], complaint: str) -> None:
    line = tables.change("prices", ON_DEMAND, **cell)
    finding = only(tables, "prices", line, "cell")
    (column,) = cell
    assert f"column '{column}'" in finding.message
    assert complaint in finding.message
    with pytest.raises(CatalogError, match=rf"prices\.csv:{line}: column '{column}': "):
        load_catalog(tables.folder)


@pytest.mark.parametrize(
    ("table", "where", "cell"),
    [
        ("instances", NODE, {"vcpus": "ninety"}),
        ("instances", NODE, {"rdma": "maybe"}),
        ("instances", NODE, {"processor": ""}),
        ("instances", NODE, {"architecture": "arm"}),
        ("instances", NODE, {"machine_type": ""}),
        ("instances", NODE, {"driver": "open"}),
        ("storage_services", {"name": "s3-standard"}, {"availability": "99.9"}),
        ("storage_services", {"name": "ebs-io2"}, {"iops_tiers": "64000 32000"}),
        ("storage_services", {"name": "ebs-io2"}, {"iops_tiers": "many"}),
        ("storage_services", {"name": "s3-standard"}, {"implementation": "lustre"}),
        ("storage_services", {"name": "s3-standard"}, {"type": ""}),
        ("storage_services", {"name": "s3-standard"}, {"billed_as": "s4"}),
        ("links", {"name": "pcie3"}, {"latency_us": "0"}),
    ],
)
def test_cell_of_any_table(
    tables: Tables, table: str, where: dict[str, str], cell: dict[str, str]
) -> None:
    line = tables.change(table, where, **cell)
    assert Finding(f"{table}.csv", line, "cell", "") in [
        Finding(one.file, one.line, one.rule, "") for one in lint(tables.folder)
    ]


@pytest.mark.parametrize(
    ("table", "where"),
    [("prices", SPOT), ("instances", NODE), ("regions", {"name": "us-east-1"})],
)
def test_duplicate(tables: Tables, table: str, where: dict[str, str]) -> None:
    first = tables.line(table, where)
    line = tables.repeat(table, where)
    finding = only(tables, table, line, "duplicate")
    assert f"line {first} already" in finding.message
    with pytest.raises(CatalogError, match=f"{table}.csv:{line}: .*a second row"):
        load_catalog(tables.folder)


@pytest.mark.parametrize(
    ("table", "where", "cell"),
    [
        ("instances", NODE, {"accelerator": "A1000"}),
        ("instances", NODE, {"network_link": "string"}),
        ("instances", NODE, {"intra_link": "string"}),
        ("accelerators", {"name": "T4"}, {"link": "string"}),
        ("prices", ON_DEMAND, {"region": "us-east-9"}),
        ("prices", ON_DEMAND, {"item": "p4d.25xlarge"}),
        ("prices", {"item": "ebs-gp3-iops"}, {"item": "gp3-iops"}),
        ("measured_rates", {"accelerator": "T4"}, {"accelerator": "T5"}),
        ("measured_rates", {"accelerator": "T4"}, {"network": "resnet-51"}),
        ("measured_rates", {"accelerator": "T4"}, {"software": "pen-and-paper"}),
        ("software", {"name": "mxnet-dali"}, {"rates_of": "pen-and-paper"}),
    ],
)
def test_dangling_name(
    tables: Tables, table: str, where: dict[str, str], cell: dict[str, str]
) -> None:
    line = tables.change(table, where, **cell)
    finding = only(tables, table, line, "dangling")
    (name,) = cell.values()
    assert name in finding.message


def test_cost_that_rises(tables: Tables) -> None:
    where = {"medium": "disk", "year": "2010"}
    line = tables.change("storage_cost_by_year", where, usd_per_tb="71")
    finding = only(tables, "storage_cost_by_year", line, "rises")
    assert "71 USD a TB of disk in 2010 is not below 69.99 in 2009" in finding.message


def test_rate_that_the_reports_do_not_say(tables: Tables) -> None:
    where = {"component": "gpu-node-hopper"}
    line = tables.change("failure_rates", where, mttf_low_h="1500")
    finding = only(tables, "failure_rates", line, "reported")
    assert "must be 5971.6, 1353.9, 26338.9" in finding.message


def test_every_fault_is_found_at_once(tables: Tables) -> None:
    lines = [
        tables.change("prices", ON_DEMAND, source=""),
        tables.change("prices", {"item": "p3.2xlarge"}, usd="much"),
    ]
    assert [one.line for one in lint(tables.folder)] == sorted(lines)


def test_row_of_the_wrong_width(tables: Tables) -> None:
    with (tables.folder / "disks.csv").open("a", encoding="utf-8") as stream:
        stream.write("floppy,hdd\n")
    with pytest.raises(CatalogError, match=r"the row has 2 cells, the header 14"):
        load_catalog(tables.folder)
    assert [one.rule for one in lint(tables.folder)] == ["cell"]


def test_missing_column_and_missing_table(tables: Tables) -> None:
    header, rows = tables.rows("disks")
    tables.write("disks", ["title", *header[1:]], rows)
    with pytest.raises(CatalogError, match=r"disks\.csv:2: column 'name': .*no such column"):
        load_catalog(tables.folder)
    (tables.folder / "disks.csv").unlink()
    with pytest.raises(CatalogError, match=r"disks\.csv:1: .*cannot be read"):
        load_catalog(tables.folder)
    assert [one.file for one in lint(tables.folder)] == ["disks.csv"]
    with pytest.raises(CatalogError, match=r"disks\.csv"):
        digest(tables.folder)


def test_digest_follows_the_tables(tables: Tables) -> None:
    tables.change("prices", ON_DEMAND, usd="22")
    assert digest(tables.folder) != digest()
