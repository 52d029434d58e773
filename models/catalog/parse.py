"""How a row of each table becomes a record in SI base units."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from models.catalog.history import MEDIA
from models.catalog.operators import (
    CollectiveTable,
    MatrixTable,
    Regime,
    StepCalibration,
    StepError,
)
from models.catalog.providers import CLOUDS, PROVIDERS
from models.catalog.records import (
    PRECISIONS,
    Accelerator,
    Architecture,
    BilledBeside,
    DataPreparation,
    Disk,
    Driver,
    FailureRate,
    FailureReport,
    Grid,
    Instance,
    InstanceStorage,
    Link,
    MeasuredRate,
    NeuralNetwork,
    Place,
    PowerDraw,
    Price,
    Record,
    Region,
    Software,
    StorageCost,
    StorageService,
)
from models.catalog.rows import SOURCE, Row
from models.laws.collective_times import OPERATIONS
from models.laws.matrix_rates import MatrixRates
from models.laws.transformers.machine import Calibration

KIB = 2.0**10
GIB = 2.0**30
TIB = 2.0**40
GB = 1e9
GB_PER_S = 1e9
GBPS = 1e9 / 8
MBPS_PER_TIB = 1e6 / 2.0**40
TERA = 1e12
GIGA = 1e9
HOUR = 3600.0
DAY = 24 * HOUR
GRAMS_PER_KWH = 1e-3 / 3.6e6

PURCHASES = ("on_demand", "spot", "reserved")
CLASSES = ("accelerated", "compute", "memory", "storage", "general")


def _cited(row: Row) -> dict[str, Any]:
    return {"date": row.day(), "source": row.text(SOURCE), "note": row.optional("note")}


def accelerator(row: Row) -> Accelerator:
    """Read a row of `accelerators.csv`."""
    peak_flops = {
        precision: row.positive(f"{precision}_tflops", TERA)
        for precision in PRECISIONS
        if row.optional(f"{precision}_tflops")
    }
    return Accelerator(
        name=row.text("name"),
        vendor=row.text("vendor"),
        kind=row.choice("kind", ("gpu", "tpu", "asic", "cpu")),
        generation=row.text("generation"),
        peak_flops=peak_flops,
        memory=row.positive("memory_gib", GIB),
        memory_bandwidth=row.positive("memory_gb_per_s", GB_PER_S),
        link=row.optional("link"),
        host_bandwidth=row.positive("host_gb_per_s", GB_PER_S),
        power=row.positive_or_none("power_w"),
        **_cited(row),
    )


def instance(row: Row) -> Instance:
    """Read a row of `instances.csv`."""
    return Instance(
        provider=row.choice("provider", tuple(PROVIDERS)),
        name=row.text("name"),
        accelerator=row.optional("accelerator"),
        accelerators=row.count("accelerators"),
        accelerator_memory=row.amount("accelerator_memory_gib", GIB),
        vcpus=row.count("vcpus"),
        processor=row.text("processor"),
        memory=row.positive("memory_gib", GIB),
        network_bandwidth=row.positive("network_gbps", GBPS),
        rdma=row.flag("rdma"),
        network_link=row.text("network_link"),
        local_disk=row.amount("local_disk_gb", GB),
        block_storage_bandwidth=row.amount("block_storage_gbps", GBPS),
        intra_link=row.optional("intra_link"),
        instance_class=row.choice("instance_class", CLASSES),
        operating_system=row.text("operating_system"),
        purchase_options=row.words("purchase_options"),
        architecture=Architecture(row.choice("architecture", tuple(Architecture))),
        series=row.optional("series"),
        machine_type=row.text("machine_type"),
        accelerator_type=row.optional("accelerator_type"),
        driver=Driver(row.choice("driver", tuple(Driver))),
        **_cited(row),
    )


def instance_storage(row: Row) -> InstanceStorage:
    """Read a row of `instance_storage.csv`, most of whose cells may be empty."""
    disks = row.count("local_disks") if row.optional("local_disks") else 0
    return InstanceStorage(
        provider=row.choice("provider", tuple(PROVIDERS)),
        name=row.text("name"),
        block_burst=row.positive_or_none("block_burst_gbps", GBPS),
        block_iops=row.positive_or_none("block_iops"),
        block_burst_iops=row.positive_or_none("block_burst_iops"),
        local_disks=disks,
        local_read=row.positive("local_read_mb_per_s", 1e6) if disks else 0.0,
        local_write=row.positive("local_write_mb_per_s", 1e6) if disks else 0.0,
        local_read_iops=row.positive_or_none("local_read_iops"),
        local_write_iops=row.positive_or_none("local_write_iops"),
        **_cited(row),
    )


def link(row: Row) -> Link:
    """Read a row of `links.csv`."""
    return Link(
        name=row.text("name"),
        kind=row.choice("kind", ("intra-node", "inter-node")),
        bandwidth=row.positive("bandwidth_gb_per_s", GB_PER_S),
        latency=row.positive("latency_us", 1e-6),
        **_cited(row),
    )


def disk(row: Row) -> Disk:
    """Read a row of `disks.csv`."""
    return Disk(
        name=row.text("name"),
        kind=row.choice("kind", ("hdd", "ssd", "nvme")),
        capacity=row.positive("capacity_gb", GB),
        sequential_read=row.positive("sequential_read_mb_per_s", 1e6),
        sequential_write=row.positive("sequential_write_mb_per_s", 1e6),
        random_read_iops=row.positive("random_read_iops"),
        random_write_iops=row.positive("random_write_iops"),
        rotation_rpm=row.amount("rotation_rpm"),
        seek_s=row.amount("seek_ms", 1e-3),
        mttf=row.positive("mttf_h", HOUR),
        unrecoverable_bit_error_rate=row.positive("unrecoverable_bit_error_rate"),
        **_cited(row),
    )


def storage_service(row: Row) -> StorageService:
    """Read a row of `storage_services.csv`."""
    provider = row.choice("provider", tuple(CLOUDS))
    parts = CLOUDS[provider].implementations
    return StorageService(
        provider=provider,
        name=row.text("name"),
        kind=row.choice("kind", ("object", "nas", "parallel", "block")),
        implementation=parts(row.choice("implementation", tuple(parts))),
        type=row.text("type"),
        billed_as=row.choice("billed_as", CLOUDS[provider].storage),
        base_bandwidth=row.limit("base_mb_per_s", 1e6),
        bandwidth_per_byte=row.amount("mb_per_s_per_tib", MBPS_PER_TIB),
        client_bandwidth=row.limit("client_mb_per_s", 1e6),
        write_bandwidth=row.limit("write_mb_per_s", 1e6),
        latency=row.positive("latency_ms", 1e-3),
        get_rate_limit=row.limit("get_per_s"),
        put_rate_limit=row.limit("put_per_s"),
        minimum_capacity=row.amount("minimum_gib", GIB),
        capacity_step=row.amount("step_gib", GIB),
        availability=row.fraction("availability"),
        durability=row.fraction_or_none("durability"),
        burst_per_byte=row.amount("burst_mb_per_s_per_tib", MBPS_PER_TIB),
        credit_per_byte=row.amount("credit_tib_per_tib"),
        write_share=row.fraction_or_none("write_share") or 1.0,
        least_bandwidth=row.positive_or_none("least_mb_per_s", 1e6) or 0.0,
        least_burst=row.positive_or_none("least_burst_mb_per_s", 1e6) or 0.0,
        least_credit=row.positive_or_none("least_credit_tib", TIB) or 0.0,
        rate_per_byte=row.positive_or_none("get_per_s_per_gib", 1 / GIB) or 0.0,
        least_rate=row.positive_or_none("least_get_per_s") or 0.0,
        burst_rate=row.positive_or_none("burst_get_per_s") or 0.0,
        credit_requests=row.positive_or_none("credit_requests") or 0.0,
        most_rate=row.positive_or_none("most_get_per_s") or 0.0,
        request_size=row.positive_or_none("request_kib", KIB) or 0.0,
        bills=tuple(map(BilledBeside, row.some_of("bills", tuple(BilledBeside)))),
        included_iops=row.amount("included_iops"),
        included_bandwidth=row.amount("included_mb_per_s", 1e6),
        iops_per_byte=row.amount("iops_per_gib", 1 / GIB),
        iops_tiers=row.numbers("iops_tiers"),
        least_iops=row.amount("least_iops"),
        least_iops_per_byte=row.amount("least_iops_per_gib", 1 / GIB),
        flat_bandwidth=row.amount("flat_mb_per_s", 1e6),
        flat_rate=row.amount("flat_get_per_s"),
        **_cited(row),
    )


def price(row: Row) -> Price:
    """Read a row of `prices.csv`; an empty `low_usd` or `high_usd` means that it is `usd`."""
    usd = row.positive("usd")
    return Price(
        provider=row.choice("provider", tuple(CLOUDS)),
        service=row.text("service"),
        item=row.text("item"),
        region=row.text("region"),
        unit=row.text("unit"),
        purchase=row.choice("purchase", PURCHASES),
        usd=usd,
        low=row.positive_or_none("low_usd") or usd,
        high=row.positive_or_none("high_usd") or usd,
        **_cited(row),
    )


def failure_rate(row: Row) -> FailureRate:
    """Read a row of `failure_rates.csv`."""
    return FailureRate(
        component=row.text("component"),
        mttf=row.positive("mttf_h", HOUR),
        mttf_low=row.positive_or_none("mttf_low_h", HOUR),
        mttf_high=row.positive_or_none("mttf_high_h", HOUR),
        mttr=row.positive("mttr_h", HOUR),
        failures_per_demand=row.fraction_or_none("failures_per_demand"),
        **_cited(row),
    )


def failure_report(row: Row) -> FailureReport:
    """Read a row of `failure_reports.csv`."""
    return FailureReport(
        fleet=row.text("fleet"),
        generation=row.text("generation"),
        place=Place(row.choice("place", tuple(Place))),
        failures=row.positive("failures"),
        node_time=row.positive("node_days", DAY),
        **_cited(row),
    )


def neural_network(row: Row) -> NeuralNetwork:
    """Read a row of `neural_networks.csv`."""
    return NeuralNetwork(
        name=row.text("name"),
        parameters=row.positive("parameters"),
        forward_flops_per_sample=row.positive("forward_gflop_per_sample", GIGA),
        activation_bytes_per_sample=row.positive("activation_mb_per_sample", 1e6),
        sample_unit=row.text("sample_unit"),
        **_cited(row),
    )


def measured_rate(row: Row) -> MeasuredRate:
    """Read a row of `measured_rates.csv`."""
    return MeasuredRate(
        accelerator=row.text("accelerator"),
        network=row.text("network"),
        precision=row.text("precision"),
        software=row.text("software"),
        local_batch=row.count("local_batch"),
        accelerators=row.count("accelerators"),
        samples_per_second=row.positive("samples_per_s"),
        **_cited(row),
    )


def software(row: Row) -> Software:
    """Read a row of `software.csv`."""
    return Software(
        name=row.text("name"),
        overlap=row.flag("overlap"),
        bucket=row.amount("bucket_mb", 1e6),
        trees=row.flag("trees"),
        jitter=row.amount("jitter_ms", 1e-3),
        rates_of=row.text("rates_of"),
        steps_of=row.optional("steps_of"),
        fused_attention=row.flag("fused_attention"),
        **_cited(row),
    )


def data_preparation(row: Row) -> DataPreparation:
    """Read a row of `data_preparation.csv`."""
    return DataPreparation(
        sample_unit=row.text("sample_unit"),
        samples_per_second=row.positive("samples_per_s"),
        **_cited(row),
    )


def region(row: Row) -> Region:
    """Read a row of `regions.csv`; zones are written by the ending that follows the region."""
    provider, name = row.choice("provider", tuple(CLOUDS)), row.text("name")
    joint = CLOUDS[provider].zone_joint
    return Region(
        provider=provider,
        name=name,
        zones=tuple(f"{name}{joint}{ending}" for ending in row.words("zones")),
        grid=row.text("grid"),
        pue=row.positive("pue"),
        latitude=row.number("latitude", -90.0, 90.0),
        longitude=row.number("longitude", -180.0, 180.0),
        **_cited(row),
    )


def grid(row: Row) -> Grid:
    """Read a row of `grids.csv`."""
    return Grid(
        name=row.text("name"),
        carbon_intensity=row.positive("carbon_g_per_kwh", GRAMS_PER_KWH),
        **_cited(row),
    )


def power_draw(row: Row) -> PowerDraw:
    """Read a row of `power_draws.csv`."""
    return PowerDraw(component=row.text("component"), power=row.positive("power_w"), **_cited(row))


def storage_cost(row: Row) -> StorageCost:
    """Read a row of `storage_cost_by_year.csv`."""
    return StorageCost(
        medium=row.choice("medium", MEDIA),
        year=row.count("year"),
        usd_per_byte=row.positive("usd_per_tb", 1 / TERA),
        **_cited(row),
    )


def matrix_table(row: Row) -> MatrixTable:
    """Read a row of `matrix_rates.csv`: TFLOP/s of every m, n and k, of which k changes fastest."""
    m, n, k = (row.numbers(side) for side in "mnk")
    rates = tuple(float(text) * TERA for text in row.words("tflops"))
    points = len(m) * len(n) * len(k)
    if len(rates) != points:
        raise row.refuse("tflops", f"has {len(rates)} rates for {points} shapes")
    return MatrixTable(
        accelerator=row.text("accelerator"),
        precision=row.choice("precision", PRECISIONS),
        rates=MatrixRates(m, n, k, rates),
        **_cited(row),
    )


def collective_table(row: Row) -> CollectiveTable:
    """Read a row of `collective_times.csv`."""
    sizes = row.numbers("bytes")
    seconds = tuple(float(text) * 1e-6 for text in row.words("microseconds"))
    if len(seconds) != len(sizes):
        raise row.refuse("microseconds", f"has {len(seconds)} times for {len(sizes)} sizes")
    return CollectiveTable(
        accelerator=row.text("accelerator"),
        operation=row.choice("operation", OPERATIONS),
        members=row.count("members"),
        sizes=sizes,
        seconds=seconds,
        **_cited(row),
    )


def step_calibration(row: Row) -> StepCalibration:
    """Read a row of `step_calibrations.csv`, with a column for each coefficient."""
    names = [each.name for each in fields(Calibration)]
    return StepCalibration(
        software=row.text("software"),
        generation=row.text("generation"),
        calibration=Calibration(**{name: row.amount(name) for name in names}),
        most_accelerators=row.count("most_accelerators"),
        **_cited(row),
    )


def step_error(row: Row) -> StepError:
    """Read a row of `step_errors.csv`."""
    return StepError(
        software=row.text("software"),
        regime=Regime(row.choice("regime", tuple(Regime))),
        error=row.positive("error"),
        rows=row.count("rows"),
        **_cited(row),
    )


PARSERS: Mapping[str, Callable[[Row], Record]] = MappingProxyType(
    {
        "accelerators": accelerator,
        "instances": instance,
        "links": link,
        "disks": disk,
        "storage_services": storage_service,
        "prices": price,
        "failure_rates": failure_rate,
        "failure_reports": failure_report,
        "neural_networks": neural_network,
        "measured_rates": measured_rate,
        "software": software,
        "data_preparation": data_preparation,
        "regions": region,
        "storage_cost_by_year": storage_cost,
        "grids": grid,
        "power_draws": power_draw,
        "instance_storage": instance_storage,
        "matrix_rates": matrix_table,
        "collective_times": collective_table,
        "step_calibrations": step_calibration,
        "step_errors": step_error,
    }
)


def key(record: Record) -> tuple[str, ...]:
    """Say what makes a record the only one of its table."""
    match record:
        case Instance() | StorageService() | Region() | InstanceStorage():
            return (record.provider, record.name)
        case Price():
            item = (record.provider, record.service, record.item)
            return (*item, record.region, record.unit, record.purchase)
        case FailureRate() | PowerDraw():
            return (record.component,)
        case FailureReport():
            return (record.fleet,)
        case DataPreparation():
            return (record.sample_unit,)
        case StorageCost():
            return (record.medium, str(record.year))
        case MeasuredRate():
            sizes = (str(record.local_batch), str(record.accelerators))
            setting = (record.precision, record.software)
            return (record.accelerator, record.network, *setting, *sizes)
        case MatrixTable():
            return (record.accelerator, record.precision)
        case CollectiveTable():
            return (record.accelerator, record.operation, str(record.members))
        case StepCalibration():
            return (record.software, record.generation)
        case StepError():
            return (record.software, record.regime)
        case _:
            return (record.name,)
