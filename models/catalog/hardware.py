"""Records of machines: accelerators, instances, links and disks."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from models.catalog.units import Bytes, BytesPerSecond, FlopPerSecond, PerSecond, Seconds, Watts

PRECISIONS = ("fp64", "fp32", "tf32", "fp16", "bf16", "fp8", "int8", "fp4")


@dataclass(frozen=True)
class Accelerator:
    """One device that computes: a GPU, a TPU chip, an ASIC or a CPU socket.

    `generation` is its architecture, by which failures are reported. `peak_flops` holds dense
    rates by precision, only those known; `fp16` covers bfloat16. `memory` is what the chips hold,
    before any runtime takes its share. `host_bandwidth` is one direction of the link to the host.
    `link` names a `Link`.
    """

    name: str
    vendor: str
    kind: str
    generation: str
    peak_flops: Mapping[str, FlopPerSecond]
    memory: Bytes
    memory_bandwidth: BytesPerSecond
    link: str
    host_bandwidth: BytesPerSecond
    power: Watts | None
    date: datetime.date
    source: str
    note: str = ""


class Architecture(StrEnum):
    """Of a processor, as machine images name it."""

    X86_64 = "x86_64"
    ARM64 = "arm64"


class Driver(StrEnum):
    """What the accelerators of an instance need beside an operating system."""

    NONE = "none"
    NVIDIA = "nvidia"
    NVIDIA_LEGACY = "nvidia-legacy"  # GPUs before Turing, which the open driver does not know
    NEURON = "neuron"


BURSTABLE = "burstable"  # class of instances whose vCPUs are slower once credits are spent


@dataclass(frozen=True)
class Instance:
    """One machine that can be had: a cloud instance type or a node on premises.

    `accelerator_memory` is bytes each. `network_bandwidth` is what the instance sustains, not
    what it bursts to. `rdma` says whether the network bypasses the kernel (EFA, RoCE, InfiniBand).
    `machine_type` and `accelerator_type` are what the provider calls it and what is attached,
    `series` is the family by which the provider says what it takes; empty where there is none.
    """

    provider: str
    name: str
    accelerator: str
    accelerators: int
    accelerator_memory: Bytes
    vcpus: int
    processor: str
    memory: Bytes
    network_bandwidth: BytesPerSecond
    rdma: bool
    network_link: str
    local_disk: Bytes
    block_storage_bandwidth: BytesPerSecond
    intra_link: str
    instance_class: str
    operating_system: str
    purchase_options: tuple[str, ...]
    architecture: Architecture
    series: str
    machine_type: str
    accelerator_type: str
    driver: Driver
    date: datetime.date
    source: str
    note: str = ""


@dataclass(frozen=True)
class InstanceStorage:
    """What is published of an instance's storage beside its link to volumes and its local disks.

    Volumes burst above the instance's sustained bandwidth, together, to `block_burst`, and do
    `block_iops` requests/s, in a burst `block_burst_iops`; None where it is not known, and the
    burst is then what is sustained. `local_disks` of NVMe hold the instance's `local_disk`, 0
    where nothing is known; their rates are of all together, requests/s None where not known.
    """

    provider: str
    name: str
    block_burst: BytesPerSecond | None
    block_iops: PerSecond | None
    block_burst_iops: PerSecond | None
    local_disks: int
    local_read: BytesPerSecond
    local_write: BytesPerSecond
    local_read_iops: PerSecond | None
    local_write_iops: PerSecond | None
    date: datetime.date
    source: str
    note: str = ""


@dataclass(frozen=True)
class Link:
    """A connection: usable bytes/s one way, per accelerator within a node, per node between."""

    name: str
    kind: str
    bandwidth: BytesPerSecond
    latency: Seconds
    date: datetime.date
    source: str
    note: str = ""


@dataclass(frozen=True)
class Disk:
    """A disk model by its data sheet; an SSD neither rotates nor seeks (both 0)."""

    name: str
    kind: str
    capacity: Bytes
    sequential_read: BytesPerSecond
    sequential_write: BytesPerSecond
    random_read_iops: PerSecond
    random_write_iops: PerSecond
    rotation_rpm: float
    seek_s: Seconds
    mttf: Seconds
    unrecoverable_bit_error_rate: float
    date: datetime.date
    source: str
    note: str = ""


@dataclass(frozen=True)
class PowerDraw:
    """What one piece of hardware draws while it works; accelerators are in their own table."""

    component: str
    power: Watts
    date: datetime.date
    source: str
    note: str = ""
