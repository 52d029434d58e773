"""A small catalog, so that a fact about what is built does not hang on a table of prices."""

import datetime
import re
from enum import StrEnum
from typing import Any

from models.catalog.providers import aws, gcp
from models.catalog.records import (
    Architecture,
    BilledBeside,
    Catalog,
    Driver,
    Instance,
    Region,
    StorageService,
)

_SEEN: dict[str, Any] = {"date": datetime.date(2026, 1, 1), "source": "tests"}
GIB, TIB = 2.0**30, 2.0**40
ON_ARM = ("a4x", "c7g")
TYPES = {
    ("gcp", "A100-SXM-40GB"): "nvidia-tesla-a100",
    ("gcp", "GB200"): "nvidia-gb200",
    ("gcp", "H100-SXM-80GB"): "nvidia-h100-80gb",
    ("gcp", "a3-megagpu-8g"): "nvidia-h100-mega-80gb",
    ("gcp", "H200-SXM-141GB"): "nvidia-h200-141gb",
    ("gcp", "V100-SXM2-16GB"): "nvidia-tesla-v100",
}
DRIVERS = {"Trainium1": Driver.NEURON, "V100-SXM2-16GB": Driver.NVIDIA_LEGACY}


def instance(provider: str, name: str, accelerator: str, accelerators: int, rdma: bool) -> Instance:
    """An instance type as far as building it needs to know it."""
    family, kind, *_ = re.split("[.-]", name)
    series = f"{family}-{kind}" if family == "a3" else family
    return Instance(
        provider=provider,
        name=name,
        accelerator=accelerator,
        accelerators=accelerators,
        accelerator_memory=40e9,
        vcpus=96,
        processor="",
        memory=1.1e12,
        network_bandwidth=50e9,
        rdma=rdma,
        network_link="efa",
        local_disk=0.0,
        block_storage_bandwidth=2e9,
        intra_link="nvlink",
        instance_class="gpu",
        operating_system="linux",
        purchase_options=("on_demand", "spot"),
        architecture=Architecture.ARM64 if series in ON_ARM else Architecture.X86_64,
        series=series,
        machine_type=name.partition("+")[0],
        accelerator_type=TYPES.get((provider, name), TYPES.get((provider, accelerator), "")),
        driver=DRIVERS.get(accelerator, Driver.NVIDIA) if accelerators else Driver.NONE,
        **_SEEN,
    )


def service(
    provider: str,
    name: str,
    kind: str,
    implementation: StrEnum,
    type_: str,
    *,
    base_bandwidth: float = float("inf"),
    bandwidth_per_byte: float = 0.0,
    rate: float = float("inf"),
    least: float = 0.0,
    step: float = 0.0,
    **bought: Any,
) -> StorageService:
    """A storage service as far as building it needs to know it."""
    return StorageService(
        provider=provider,
        name=name,
        kind=kind,
        implementation=implementation,
        type=type_,
        billed_as=implementation.partition("-")[0],
        base_bandwidth=base_bandwidth,
        bandwidth_per_byte=bandwidth_per_byte,
        client_bandwidth=float("inf"),
        write_bandwidth=float("inf"),
        latency=1e-3,
        get_rate_limit=rate,
        put_rate_limit=rate,
        minimum_capacity=least,
        capacity_step=step,
        availability=0.999,
        durability=None,
        **_SEEN,
        **bought,
    )


IOPS, THROUGHPUT = BilledBeside.IOPS, BilledBeside.THROUGHPUT
BACKUPS = BilledBeside.BACKUPS
INSTANCES = (
    instance("aws", "p4d.24xlarge", "A100-SXM-40GB", 8, True),
    instance("aws", "p5.48xlarge", "H100-SXM-80GB", 8, True),
    instance("aws", "p6-b300.48xlarge", "B300-SXM", 8, True),
    instance("aws", "p3.16xlarge", "V100-SXM2-16GB", 8, False),
    instance("aws", "trn1.32xlarge", "Trainium1", 16, True),
    instance("aws", "g5.xlarge", "A10G", 1, False),
    instance("aws", "c7i.48xlarge", "", 0, False),
    instance("aws", "c7g.16xlarge", "", 0, False),
    instance("gcp", "a2-highgpu-8g", "A100-SXM-40GB", 8, False),
    instance("gcp", "n1-standard-96+8xV100", "V100-SXM2-16GB", 8, False),
    instance("gcp", "n2-standard-32", "", 0, False),
    instance("gcp", "c3-standard-88", "", 0, False),
    instance("gcp", "a3-highgpu-1g", "H100-SXM-80GB", 1, False),
    instance("gcp", "a3-highgpu-8g", "H100-SXM-80GB", 8, False),
    instance("gcp", "a3-megagpu-8g", "H100-SXM-80GB", 8, False),
    instance("gcp", "a3-ultragpu-8g", "H200-SXM-141GB", 8, True),
    instance("gcp", "a4x-highgpu-4g", "GB200", 4, True),
    instance("gcp", "ct5lp-hightpu-8t", "TPUv5e", 8, False),
)
SERVICES = (
    service("aws", "s3-standard", "object", aws.Implementation.S3, "STANDARD"),
    service(
        "aws",
        "fsx-lustre-scratch-2",
        "parallel",
        aws.Implementation.FSX_LUSTRE,
        "SCRATCH_2",
        least=1200 * GIB,
        step=2400 * GIB,
    ),
    service(
        "aws",
        "fsx-lustre-persistent-2-250",
        "parallel",
        aws.Implementation.FSX_LUSTRE,
        "PERSISTENT_2",
        bandwidth_per_byte=250e6 / (1000 * GIB),
        bills=(BACKUPS,),
        least=1200 * GIB,
        step=2400 * GIB,
    ),
    service("aws", "team-scratch", "parallel", aws.Implementation.FSX_LUSTRE, "SCRATCH_2"),
    service("aws", "efs-standard", "nas", aws.Implementation.EFS, "regional", bills=(BACKUPS,)),
    service("aws", "efs-one-zone", "nas", aws.Implementation.EFS, "one-zone", bills=(BACKUPS,)),
    service(
        "aws",
        "ebs-gp3",
        "block",
        aws.Implementation.EBS,
        "gp3",
        base_bandwidth=500 * 2.0**20,
        rate=6000.0,
        bills=(IOPS, THROUGHPUT),
        included_iops=3000.0,
        most_rate=80_000.0,
        iops_per_byte=500 / 2**30,
    ),
    service(
        "aws",
        "ebs-io2",
        "block",
        aws.Implementation.EBS,
        "io2",
        base_bandwidth=4e9,
        rate=256_000.0,
        bills=(IOPS,),
        most_rate=256_000.0,
        iops_per_byte=1000 / 2**30,
    ),
    service("gcp", "gcs-standard", "object", gcp.Implementation.GCS, "STANDARD"),
    service(
        "gcp",
        "filestore-basic-ssd",
        "nas",
        gcp.Implementation.FILESTORE,
        "BASIC_SSD",
        least=2.5 * TIB,
        step=TIB / 1024,
    ),
    service(
        "gcp",
        "filestore-zonal",
        "nas",
        gcp.Implementation.FILESTORE,
        "ZONAL",
        least=1.0 * TIB,
        step=TIB / 4,
    ),
    service(
        "gcp",
        "filestore-regional",
        "nas",
        gcp.Implementation.FILESTORE,
        "REGIONAL",
        least=1.0 * TIB,
        step=TIB / 4,
    ),
    service(
        "gcp", "pd-ssd", "block", gcp.Implementation.COMPUTE_DISK, "pd-ssd", base_bandwidth=1.2e9
    ),
    service(
        "gcp",
        "hyperdisk-extreme",
        "block",
        gcp.Implementation.COMPUTE_DISK,
        "hyperdisk-extreme",
        base_bandwidth=5e9,
        rate=350_000.0,
    ),
    service(
        "gcp",
        "hyperdisk-balanced",
        "block",
        gcp.Implementation.COMPUTE_DISK,
        "hyperdisk-balanced",
        base_bandwidth=1e9,
        rate=50_000.0,
        bills=(IOPS, THROUGHPUT),
        most_rate=160_000.0,
        iops_per_byte=500 / 2**30,
    ),
)
REGIONS = (
    Region(
        "aws",
        "us-east-1",
        ("us-east-1a", "us-east-1b", "us-east-1c"),
        "us-virginia",
        1.1,
        39.0,
        -77.0,
        **_SEEN,
    ),
    Region(
        "gcp",
        "us-central1",
        ("us-central1-a", "us-central1-c"),
        "us-iowa",
        1.1,
        41.0,
        -96.0,
        **_SEEN,
    ),
)


def catalog() -> Catalog:
    """A catalog with what the tests build, and nothing to predict it with."""
    tables: dict[str, Any] = {
        name: () if name in ("prices", "measured_rates") else {}
        for name in Catalog.__dataclass_fields__
    }
    tables["instances"] = {(row.provider, row.name): row for row in INSTANCES}
    tables["storage_services"] = {(row.provider, row.name): row for row in SERVICES}
    tables["regions"] = {(row.provider, row.name): row for row in REGIONS}
    return Catalog(**tables)
