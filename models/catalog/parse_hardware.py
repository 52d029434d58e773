"""How rows of machines and their parts become records in SI base units."""

from models.catalog.hardware import BURSTABLE
from models.catalog.providers import PROVIDERS
from models.catalog.records import (
    PRECISIONS,
    Accelerator,
    Architecture,
    Disk,
    Driver,
    Instance,
    InstanceStorage,
    Link,
    PowerDraw,
)
from models.catalog.rows import Row
from models.catalog.scales import GB, GB_PER_S, GBPS, GIB, HOUR, TERA

CLASSES = ("accelerated", "compute", "memory", "storage", "general", BURSTABLE)


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
        **row.cited(),
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
        **row.cited(),
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
        **row.cited(),
    )


def link(row: Row) -> Link:
    """Read a row of `links.csv`."""
    return Link(
        name=row.text("name"),
        kind=row.choice("kind", ("intra-node", "inter-node")),
        bandwidth=row.positive("bandwidth_gb_per_s", GB_PER_S),
        latency=row.positive("latency_us", 1e-6),
        **row.cited(),
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
        **row.cited(),
    )


def power_draw(row: Row) -> PowerDraw:
    """Read a row of `power_draws.csv`."""
    return PowerDraw(component=row.text("component"), power=row.positive("power_w"), **row.cited())
