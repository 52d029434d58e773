"""Looking through a table: filters on text, rows in units that people read."""

import pytest

from models.catalog.load import load_catalog
from models.catalog.query import as_rows, select
from models.catalog.records import TABLES, Catalog, Instance, UnknownName


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def test_filters_are_parts_of_the_text_in_any_case(catalog: Catalog) -> None:
    found = select(catalog, "instances", {"provider": "aws", "accelerator": "a100-sxm"})
    assert {row.name for row in found if isinstance(row, Instance)} == {
        "p4d.24xlarge",
        "p4de.24xlarge",
    }


def test_filters_match_lists_flags_and_numbers(catalog: Catalog) -> None:
    assert len(select(catalog, "regions", {"zones": "us-central1-f"})) == 1
    fast = select(catalog, "instances", {"rdma": "yes", "accelerators": "16"})
    assert fast
    assert all(isinstance(row, Instance) and row.rdma for row in fast)


def test_no_filter_gives_the_whole_table(catalog: Catalog) -> None:
    assert len(select(catalog, "prices", {})) == len(catalog.prices)


def test_nothing_found_is_an_empty_list(catalog: Catalog) -> None:
    assert select(catalog, "instances", {"provider": "aws", "name": "abacus"}) == []
    assert as_rows([]) == ((), [])


def test_unknown_table_and_field(catalog: Catalog) -> None:
    with pytest.raises(UnknownName) as caught:
        select(catalog, "instance", {})
    assert caught.value.nearest[0] == "instances"
    with pytest.raises(UnknownName) as caught:
        select(catalog, "instances", {"acelerator": "T4"})
    assert caught.value.kind == "field"
    assert "accelerator" in caught.value.nearest


def test_rows_are_in_human_units(catalog: Catalog) -> None:
    headers, (row,) = as_rows(select(catalog, "instances", {"name": "p4d.24xlarge"}))
    shown = dict(zip(headers, row, strict=True))
    assert shown["memory"] == "1152 GiB"
    assert shown["accelerator_memory"] == "40 GiB"
    assert shown["network_bandwidth"] == "50 GB/s"
    assert shown["local_disk"] == "8 TB"
    assert shown["rdma"] == "yes"
    assert shown["vcpus"] == "96"
    assert shown["purchase_options"] == "on_demand spot reserved"


def test_rows_of_rates_durations_limits_and_blanks(catalog: Catalog) -> None:
    def shown(table: str, **filters: str) -> dict[str, str]:
        headers, rows = as_rows(select(catalog, table, filters))
        return dict(zip(headers, rows[0], strict=True))

    assert "fp16 312 TFLOP/s" in shown("accelerators", name="A100-SXM-40GB")["peak_flops"]
    assert shown("accelerators", name="TPUv5e")["power"] == "-"
    assert shown("failure_rates", component="cpu-node")["mttf"] == "12.5 years"
    assert shown("failure_rates", component="cpu-node")["mttf_low"] == "4.167 years"
    assert shown("failure_rates", component="nic")["mttf_low"] == "-"
    assert shown("storage_services", name="s3-standard")["base_bandwidth"] == "unlimited"
    assert shown("storage_services", name="s3-standard")["durability"] == "0.99999999999"
    assert shown("storage_services", name="s3-standard")["minimum_capacity"] == "0 B"
    assert shown("prices", item="p4d.24xlarge", region="us-east-1")["usd"] == "21.957642 USD"


@pytest.mark.parametrize("table", TABLES)
def test_every_table_can_be_written(catalog: Catalog, table: str) -> None:
    records = select(catalog, table, {})
    headers, rows = as_rows(records)
    assert len(rows) == len(records) > 0
    assert {len(row) for row in rows} == {len(headers)}
