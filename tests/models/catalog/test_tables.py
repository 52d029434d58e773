"""The shipped tables: what they hold, in which units, and that nothing of it is missing."""

import dataclasses
import datetime
import math
import pickle
from enum import StrEnum

import pytest

from models.catalog.lint import lint
from models.catalog.load import digest, load_catalog
from models.catalog.providers import CLOUDS
from models.catalog.records import Catalog, Driver, UnknownName

GIB = 2.0**30
CLASSES = {"accelerated", "compute", "memory", "storage", "general", "burstable"}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def test_shipped_tables_have_no_findings() -> None:
    assert lint() == []


def test_cloud_instances_are_many_with_and_without_accelerators(catalog: Catalog) -> None:
    cloud = [row for row in catalog.instances.values() if row.provider != "on-premises"]
    assert len(cloud) >= 45
    for provider in ("aws", "gcp"):
        mine = [row for row in cloud if row.provider == provider]
        assert sum(row.accelerators > 0 for row in mine) >= 20
        assert sum(row.accelerators == 0 for row in mine) >= 8


@pytest.mark.parametrize(
    ("provider", "name"),
    [
        *(("aws", name) for name in ("p3.16xlarge", "p4d.24xlarge", "p5.48xlarge")),
        *(("aws", name) for name in ("g4dn.12xlarge", "g5.xlarge", "g6.xlarge")),
        *(("aws", name) for name in ("trn1.32xlarge", "inf2.xlarge", "c5.18xlarge")),
        *(("aws", name) for name in ("c5.large", "c5.xlarge", "c5.4xlarge", "c6i.xlarge")),
        *(("aws", name) for name in ("m5.large", "m5.xlarge", "m5.2xlarge", "m6i.large")),
        *(("aws", name) for name in ("m6i.xlarge", "r5.xlarge")),
        *(("gcp", name) for name in ("e2-standard-2",)),
        *(("gcp", name) for name in ("a2-highgpu-1g", "a2-highgpu-8g", "a2-ultragpu-8g")),
        *(("gcp", name) for name in ("a3-highgpu-8g", "g2-standard-4", "e2-standard-4")),
        *(("gcp", f"n1-standard-96+{extra}") for extra in ("8xV100", "4xT4", "4xP100")),
        *(("on-premises", name) for name in ("big-basin-p100", "dgx-1-p100", "mn-1-p100")),
        *(("on-premises", name) for name in ("stampede2-knl", "stampede2-skx")),
    ],
)
def test_instance_is_there(catalog: Catalog, provider: str, name: str) -> None:
    assert catalog.instance(provider, name).name == name


def test_no_field_of_an_instance_is_null(catalog: Catalog) -> None:
    # The specification of an instance: processors and their type, memory, operating system,
    # bandwidth and class. Only names of what a node without accelerators lacks may be empty.
    for row in catalog.instances.values():
        for field in dataclasses.fields(row):
            value = getattr(row, field.name)
            assert value is not None, (row.name, field.name)
            if isinstance(value, float):
                assert math.isfinite(value), (row.name, field.name)
        assert row.vcpus > 0
        assert row.memory > 0
        assert row.network_bandwidth > 0
        assert row.processor
        assert row.operating_system
        assert row.purchase_options
        assert row.instance_class in CLASSES


def test_every_class_of_instance_occurs(catalog: Catalog) -> None:
    assert {row.instance_class for row in catalog.instances.values()} == CLASSES


def test_accelerators_within_a_node_are_linked(catalog: Catalog) -> None:
    for row in catalog.instances.values():
        assert bool(row.intra_link) == (row.accelerators > 1), row.name


def test_a100_in_si_units(catalog: Catalog) -> None:
    a100 = catalog.accelerators["A100-SXM-40GB"]
    assert a100.memory == 40 * GIB
    assert a100.memory_bandwidth == 1555e9
    assert a100.peak_flops == {
        "fp64": 9.7e12,
        "fp32": 19.5e12,
        "tf32": 156e12,
        "fp16": 312e12,
        "bf16": 312e12,
        "int8": 624e12,
    }
    assert a100.power == 400


def test_p4d_in_si_units(catalog: Catalog) -> None:
    p4d = catalog.instance("aws", "p4d.24xlarge")
    assert (p4d.accelerators, p4d.accelerator, p4d.vcpus) == (8, "A100-SXM-40GB", 96)
    assert p4d.memory == 1152 * GIB
    assert p4d.network_bandwidth == 50e9  # 400 Gb/s
    assert p4d.block_storage_bandwidth == 19e9 / 8
    assert p4d.local_disk == 8e12
    assert p4d.rdma
    assert p4d.processor == "Intel Xeon Platinum 8275CL"


def test_a_small_instance_has_what_it_sustains(catalog: Catalog) -> None:
    # EC2 user guide, EBS-optimized instances: 650 Mb/s and 3,600 IOPS, for half an hour a day
    # 4,750 Mb/s and 18,750; the network sustains 750 Mb/s.
    m5 = catalog.instance("aws", "m5.large")
    assert (m5.vcpus, m5.memory, m5.accelerators) == (2, 8 * GIB, 0)
    assert m5.network_bandwidth == 0.75e9 / 8
    assert m5.block_storage_bandwidth == 0.65e9 / 8
    storage = catalog.instance_storage["aws", "m5.large"]
    assert (storage.block_burst, storage.block_iops, storage.block_burst_iops) == (
        4.75e9 / 8,
        3600,
        18750,
    )
    assert catalog.links[m5.network_link].bandwidth == pytest.approx(
        0.93 * m5.network_bandwidth, rel=1e-3
    )


@pytest.mark.parametrize("family", ["c5", "c6i", "m5", "m6i", "r5"])
def test_prices_of_a_family_are_proportional_to_its_vcpus(catalog: Catalog, family: str) -> None:
    per_vcpu = [
        catalog.price("aws", "ec2", one.name, "us-east-1", "on_demand").usd / one.vcpus
        for one in catalog.instances.values()
        if (one.provider, one.series) == ("aws", family)
    ]
    assert len(per_vcpu) > 1
    assert per_vcpu == pytest.approx([per_vcpu[0]] * len(per_vcpu))


def test_lustre_scales_with_capacity(catalog: Catalog) -> None:
    lustre = catalog.storage_services["aws", "fsx-lustre-persistent-2-250"]
    assert lustre.bandwidth_per_byte * 4000 * GIB == pytest.approx(1e9)  # AWS's TiB is 1,000 GiB
    assert lustre.base_bandwidth == math.inf
    assert lustre.minimum_capacity == 1200 * GIB


def test_s3_has_its_published_request_limits(catalog: Catalog) -> None:
    s3 = catalog.storage_services["aws", "s3-standard"]
    assert (s3.get_rate_limit, s3.put_rate_limit) == (5500, 3500)


def test_every_gpu_of_google_cloud_has_a_type_there_and_a_driver(catalog: Catalog) -> None:
    for instance in catalog.instances.values():
        assert (instance.driver is Driver.NONE) <= (not instance.accelerator_type)
        if instance.provider == "gcp":
            assert instance.machine_type.startswith(f"{instance.series}-")
            assert bool(instance.accelerator_type) == bool(instance.accelerators)


def test_each_implementation_of_storage_is_of_one_provider_and_billed_as_one_service(
    catalog: Catalog,
) -> None:
    found: dict[tuple[str, StrEnum], set[str]] = {}
    for service in catalog.storage_services.values():
        key = (service.provider, service.implementation)
        found.setdefault(key, set()).add(service.billed_as)
    assert {key: len(billed) for key, billed in found.items()} == {
        (cloud.name, one): 1 for cloud in CLOUDS.values() for one in cloud.implementations
    }


def test_capacity_is_priced_by_the_service_that_bills_it(catalog: Catalog) -> None:
    stores = {(one.provider, one.name): one.billed_as for one in catalog.storage_services.values()}
    billed = {(one.provider, one.item): one.service for one in catalog.prices}
    priced = stores.keys() & billed.keys()
    assert len(priced) > 10
    assert {name: billed[name] for name in priced} == {name: stores[name] for name in priced}


def test_nodes_fail_as_often_as_measured(catalog: Catalog) -> None:
    # Kokolis et al. 2024: 6.50 and 2.34 failures per 1000 node-days; Llama Team 2024: 419 stops.
    reports = catalog.failure_reports
    rates = {name: 1000 * 86_400.0 * one.failures / one.node_time for name, one in reports.items()}
    assert rates["rsc-1"] == pytest.approx(6.50, rel=1e-3)
    assert rates["rsc-2"] == pytest.approx(2.34, rel=1e-3)
    assert rates["llama-3"] == pytest.approx(419 / 54 / 2.048)
    # Geometric means of fleets of one generation at one place.
    ampere = (rates["rsc-1"] * rates["rsc-2"] * rates["bloom"]) ** (1 / 3)
    node = catalog.failure_rates["gpu-node-ampere"]
    assert 1000 * 86_400.0 / node.mttf == pytest.approx(ampere, rel=1e-4)
    # Shin et al. 2021: 513 errors that end a job, of the V100 of 4,626 nodes in 2020; BigScience
    # 2021: one faulty node in five weeks.
    assert rates["summit"] == pytest.approx((179 + 274 + 31 + 29) / 4626 / 366 * 1000)
    volta = catalog.failure_rates["gpu-node-volta"]
    between = math.sqrt(rates["summit"] * rates["tr1-13b"])
    assert 1000 * 86_400.0 / volta.mttf == pytest.approx(between, rel=1e-4)


def test_spot_instances_are_reclaimed_as_often_as_traced(catalog: Catalog) -> None:
    # 202 reclaims in 431 h of p3.2xlarge, which was away for 1.4 h; V100 in 1 to 3 h.
    rate = catalog.failure_rates["spot-reclaim-aws-p3.2xlarge"]
    assert rate.mttf == pytest.approx(431 / 202 * 3600, rel=1e-3)
    assert rate.mttr == 1.4 * 3600
    for name, one in catalog.failure_rates.items():
        if "spot" in name:
            assert one.mttf_low is not None, name
            assert one.mttf_high is not None, name
            assert one.mttf_low * one.mttf_high == pytest.approx(one.mttf**2, rel=2e-3), name


def test_storage_only_gets_cheaper(catalog: Catalog) -> None:
    # McCallum's lists: the RAMAC at 9,200 USD/MB in 1956, 12.5 USD/TB in 2023.
    disks = [row for row in catalog.storage_cost_by_year if row.medium == "disk"]
    assert (disks[0].year, disks[-1].year) == (1956, 2023)
    assert disks[0].usd_per_byte * 1e6 == pytest.approx(9200, rel=1e-3)
    assert disks[-1].usd_per_byte * 1e12 == pytest.approx(12.5)
    for medium in ("disk", "flash", "solid-state", "memory"):
        costs = [row for row in catalog.storage_cost_by_year if row.medium == medium]
        prices = [row.usd_per_byte for row in sorted(costs, key=lambda row: row.year)]
        assert prices == sorted(prices, reverse=True)
        assert all("not adjusted for inflation" in row.note for row in costs)


def test_resnet_50_is_the_published_network(catalog: Catalog) -> None:
    resnet = catalog.neural_networks["resnet-50"]
    assert resnet.parameters == 25_557_032
    assert resnet.forward_flops_per_sample * 30 == pytest.approx(231.6e9)


def test_textbook_disk_serves_a_request_in_12_406_ms(catalog: Catalog) -> None:
    # 8 ms seek, half a turn at 7200 rpm, 4 KiB at 100 MiB/s and 0.2 ms of controller.
    disk = catalog.disks["textbook-hdd"]
    time = 0.2e-3 + disk.seek_s + 30 / disk.rotation_rpm + 4096 / disk.sequential_read
    assert time == pytest.approx(12.406e-3, abs=5e-7)
    assert 1 / time == pytest.approx(disk.random_read_iops, abs=0.05)


def test_an_ssd_neither_rotates_nor_seeks(catalog: Catalog) -> None:
    for disk in catalog.disks.values():
        assert (disk.rotation_rpm == 0) == (disk.seek_s == 0) == (disk.kind != "hdd")


def test_price_on_demand_and_spot(catalog: Catalog) -> None:
    price = catalog.price("aws", "ec2", "p4d.24xlarge", "us-east-1", "on_demand")
    assert (price.usd, price.low, price.high) == (21.957642,) * 3
    assert price.date == datetime.date(2026, 7, 20)
    spot = catalog.price("aws", "ec2", "p4d.24xlarge", "us-east-1", "spot")
    assert spot.low < spot.usd < spot.high < price.usd


def test_google_prices_hold_machine_and_accelerators(catalog: Catalog) -> None:
    eight = catalog.price("gcp", "gce", "a2-highgpu-8g", "us-central1", "on_demand").usd
    one = catalog.price("gcp", "gce", "a2-highgpu-1g", "us-central1", "on_demand").usd
    assert one == pytest.approx(0.73948 + 2.93391, abs=1e-4)  # machine, accelerator
    assert eight == pytest.approx(8 * one)


def test_no_price_of_another_region_stands_in(catalog: Catalog) -> None:
    with pytest.raises(UnknownName, match="us-west-2") as caught:
        catalog.price("aws", "ec2", "p4d.24xlarge", "sa-east-1", "on_demand")
    assert caught.value.kind == "region"
    assert "us-east-1" in caught.value.choices


def test_price_sold_in_several_units_needs_one(catalog: Catalog) -> None:
    doubled = dataclasses.replace(
        catalog,
        prices=(
            *catalog.prices,
            *(dataclasses.replace(row, unit="USD/year") for row in catalog.prices[:1]),
        ),
    )
    row = catalog.prices[0]
    where = (row.provider, row.service, row.item, row.region, row.purchase)
    assert doubled.price(*where, unit=row.unit) == row
    with pytest.raises(UnknownName, match=f"{row.unit}, USD/year"):
        doubled.price(*where)


@pytest.mark.parametrize(
    ("asked", "kind", "near"),
    [
        (("aws", "ec2", "p4d.24xlage", "us-east-1", "on_demand"), "item", "p4d.24xlarge"),
        (("aws", "ecc2", "p4d.24xlarge", "us-east-1", "on_demand"), "service", "ec2"),
        (("gpc", "ec2", "p4d.24xlarge", "us-east-1", "on_demand"), "provider", "gcp"),
        (("aws", "ec2", "g5.xlarge", "us-east-1", "spot"), "purchase", None),
    ],
)
def test_price_names_what_is_wrong(
    catalog: Catalog, asked: tuple[str, str, str, str, str], kind: str, near: str | None
) -> None:
    with pytest.raises(UnknownName) as caught:
        catalog.price(*asked)
    assert caught.value.kind == kind
    assert near is None or caught.value.nearest[0] == near


def test_unknown_instance_names_the_nearest(catalog: Catalog) -> None:
    with pytest.raises(UnknownName, match=r"nearest: p4d\.24xlarge") as caught:
        catalog.instance("aws", "P4D.24xlarg")
    assert (caught.value.kind, caught.value.name) == ("instance", "P4D.24xlarg")
    with pytest.raises(UnknownName, match="aws, gcp, on-premises"):
        catalog.instance("azure", "p4d.24xlarge")


def test_nearest_in_any_table(catalog: Catalog) -> None:
    assert catalog.nearest("accelerator", "a100-sxm-40g")[0] == "A100-SXM-40GB"
    assert catalog.nearest("failure_rates", "top-of-rack")[0] == "top-of-rack-switch"
    with pytest.raises(UnknownName, match="unknown table 'cars'"):
        catalog.nearest("cars", "beetle")


def test_every_row_has_a_date_and_a_source(catalog: Catalog) -> None:
    for field in dataclasses.fields(catalog):
        table = getattr(catalog, field.name)
        if isinstance(table, str):
            continue
        for row in table.values() if isinstance(table, dict) else table:
            assert isinstance(row.date, datetime.date)
            assert row.source


def test_digest_is_of_the_tables_and_a_catalog_travels_to_other_processes(
    catalog: Catalog,
) -> None:
    assert len(digest()) == 64
    assert catalog.digest == digest()
    assert pickle.loads(pickle.dumps(catalog)) == catalog
