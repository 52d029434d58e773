"""The description that users write: one file, one `Stack`, nothing translated by hand."""

import ipaddress
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from models.quantities import (
    Bandwidth,
    Computation,
    Duration,
    Fraction,
    HourlyPrice,
    Money,
    Size,
)

Name = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9-]{0,39}$",
        description="lower-case letters, digits and hyphens, 40 at most",
    ),
]
Count = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
CountOrNone = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
CatalogName = Annotated[str, Field(min_length=1, max_length=100)]
Cloud = Literal["aws", "gcp", "on-premises"]
Purchase = Literal["on_demand", "spot", "reserved"]
Precision = Literal["fp64", "fp32", "tf32", "fp16", "fp8"]
BYTES_OF = {"fp64": 8, "fp32": 4, "tf32": 4, "fp16": 2, "fp8": 1}


def _network(text: object) -> str:
    try:
        return str(ipaddress.ip_network(str(text)))
    except ValueError as error:
        raise ValueError(f"{error}; write an address range such as '10.20.0.0/16'") from None


def _not_the_world(text: str) -> str:
    if ipaddress.ip_network(text).prefixlen == 0:
        raise ValueError(
            "opens ssh to the whole world;"
            " name the addresses you come from, such as '203.0.113.7/32'"
        )
    return text


def _room_for_subnets(text: str) -> str:
    network = ipaddress.ip_network(text)
    if network.version != 4 or not 16 <= network.prefixlen <= 20 or not network.is_private:
        raise ValueError(
            f"{text} must be a private IPv4 range between /16 and /20, such as '10.20.0.0/16'"
        )
    return text


def _text_of_whole_number(value: object) -> object:
    return str(value) if type(value) is int else value


def _positive(value: float) -> float:
    if value <= 0:
        raise ValueError("must be more than 0")
    return value


Positive = AfterValidator(_positive)
AddressRange = Annotated[str, BeforeValidator(_network)]


class Part(BaseModel):
    """What all descriptions share: no unknown keys, no change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Machine(Part):
    """A node described by hand, where the catalog has no such instance."""

    accelerator: CatalogName | None = Field(None, description="an accelerator of the catalog")
    accelerators: CountOrNone = Field(0, description="how many of them")
    vcpus: Count = Field(description="hardware threads for data preparation")
    memory: Annotated[Size, Positive] = Field(description="main memory")
    network: Annotated[Bandwidth, Positive] = Field(
        description="network bandwidth of the node, one way"
    )
    network_link: CatalogName = Field(description="the link of the catalog between nodes")
    intra_link: CatalogName | None = Field(
        None, description="the link of the catalog between accelerators"
    )
    local_disk: Size = Field(0.0, description="capacity of the disks in the node")

    @model_validator(mode="after")
    def _accelerators_are_named(self) -> "Machine":
        if bool(self.accelerator) != bool(self.accelerators):
            raise ValueError(
                "names an accelerator without a number of them, or a number without a name"
            )
        if self.accelerators > 1 and self.intra_link is None:
            raise ValueError(
                "has several accelerators; name the intra_link between them, such as 'pcie3'"
            )
        return self


class NodeGroup(Part):
    """Nodes of one kind that work together."""

    instance: CatalogName | None = Field(None, description="an instance of the catalog")
    machine: Machine | None = Field(
        None, description="a node described by hand, instead of an instance"
    )
    count: Count = Field(description="nodes that a workload uses")
    spares: CountOrNone = Field(
        0, description="further nodes, powered on, that take over from a failed one"
    )
    purchase: Purchase = Field("on_demand", description="how the nodes are paid for")
    placement: Literal["cluster", "spread", "none"] = Field(
        "none", description="cluster: close together; spread: on different hardware"
    )
    boot_disk: Annotated[Size, Positive] = Field(
        200e9, description="size of the encrypted system volume"
    )
    price: HourlyPrice | None = Field(None, description="price of one node, over the catalog's")
    mttf: Annotated[Duration, Positive] | None = Field(
        None, description="mean time to failure of one node, over the catalog's"
    )
    mttr: Annotated[Duration, Positive] | None = Field(
        None, description="mean time to repair or replace one node, over the catalog's"
    )

    @model_validator(mode="after")
    def _one_kind_of_node(self) -> "NodeGroup":
        if (self.instance is None) == (self.machine is None):
            raise ValueError(
                "needs either an instance of the catalog or a machine described by hand, not both"
            )
        return self


class Store(Part):
    """What every kind of storage has."""

    size: Annotated[Size, Positive] = Field(description="usable capacity")


class ObjectStore(Store):
    """A bucket of objects: S3 or Cloud Storage."""

    kind: Literal["object"]
    service: CatalogName = Field(description="a storage service of the catalog")
    prefixes: Count = Field(
        1,
        description="key prefixes that the objects are spread over; request limits are per prefix",
    )


class FileSystem(Store):
    """A shared file system: NAS or parallel."""

    kind: Literal["nas"]
    service: CatalogName | None = Field(
        None, description="a storage service of the catalog; none on premises"
    )
    bandwidth: Annotated[Bandwidth, Positive] | None = Field(
        None, description="bandwidth of the shared link, where it is described by hand"
    )

    @model_validator(mode="after")
    def _has_a_bandwidth(self) -> "FileSystem":
        if (self.service is None) == (self.bandwidth is None):
            raise ValueError(
                "needs either a service of the catalog or a bandwidth of its own, not both"
            )
        return self


class BlockVolume(Store):
    """A network block volume on each node of a group."""

    kind: Literal["block"]
    service: CatalogName = Field(description="a storage service of the catalog")
    nodes: Name = Field(description="the node group that it is attached to, one volume a node")


class RaidVolume(Part):
    """A RAID of named disks in a server, on premises."""

    kind: Literal["raid"]
    level: Annotated[Literal["0", "1", "10", "5", "6"], BeforeValidator(_text_of_whole_number)] = (
        Field(description="RAID level")
    )
    disks: Annotated[int, Field(strict=True, ge=1, le=1000)] = Field(description="how many disks")
    disk: CatalogName = Field(description="a disk of the catalog")
    bandwidth: Annotated[Bandwidth, Positive] = Field(
        description="bandwidth of the server's network link"
    )


AnyStore = Annotated[
    ObjectStore | FileSystem | BlockVolume | RaidVolume, Field(discriminator="kind")
]


class Network(Part):
    """The network that the nodes share."""

    cidr: Annotated[AddressRange, AfterValidator(_room_for_subnets)] = Field(
        "10.20.0.0/16", description="private address range"
    )
    ssh_from: tuple[Annotated[AddressRange, AfterValidator(_not_the_world)], ...] = Field(
        (), max_length=20, description="address ranges that may log in; none by default"
    )
    links_per_node: Annotated[int, Field(strict=True, ge=1, le=64)] = Field(
        1, description="network links of each node that carry its traffic side by side, on premises"
    )
    switches: Annotated[int, Field(strict=True, ge=1, le=16)] = Field(
        1, description="switches of which one suffices, on premises"
    )


class Facility(Part):
    """The building, on premises; in a cloud it is the provider's."""

    power_feeds: Annotated[int, Field(strict=True, ge=1, le=8)] = Field(
        2, description="power feeds of which one suffices"
    )


class Permission(Part):
    """What a role may do with one store."""

    store: Name = Field(description="a store of this file")
    access: Literal["read", "write", "read_write"] = Field(description="what is allowed")


class Identity(Part):
    """A role that the nodes of a group take; it may do what is listed and nothing else."""

    nodes: Name = Field(description="the node group that takes the role")
    permissions: tuple[Permission, ...] = Field((), max_length=50, description="what it may do")


class Model(Part):
    """A neural network described by hand, where the catalog has no such network."""

    parameters: Annotated[float, Field(strict=True, gt=0, le=1e14)] = Field(
        description="trainable parameters"
    )
    forward: Annotated[Computation, Positive] = Field(
        description="computation of one forward pass of one sample"
    )
    activations: Size = Field(
        0.0, description="activations kept of one sample, in the training precision"
    )


class Preparation(Part):
    """How samples are decoded and augmented."""

    where: Literal["cpu", "accelerator"] = Field(
        "cpu", description="where it happens; on the accelerator it is part of the measured rate"
    )
    rate: Annotated[float, Field(gt=0, le=1e9)] | None = Field(
        None, description="samples/s that one vCPU prepares, over the catalog's"
    )


class Dataset(Part):
    """What is read, and from where."""

    store: Name = Field(description="the store that it is read from")
    samples: Annotated[int, Field(strict=True, ge=1, le=10**15)] = Field(
        description="samples of one epoch"
    )
    sample_size: Annotated[Size, Positive] = Field(description="bytes read for one sample")
    object_size: Annotated[Size, Positive] | None = Field(
        None, description="size of the objects that hold the samples; one sample each if not given"
    )
    preparation: Preparation = Field(Preparation(), description="decoding and augmentation")


class Checkpoint(Part):
    """When the state of a run is saved, and where."""

    store: Name = Field(description="the store that it is written to")
    interval: Literal["optimal", "none"] | Annotated[Duration, Positive] = Field(
        "optimal",
        description="productive time between two; optimal: what loses least; none: only at the end",
    )


class Training(Part):
    """A synchronous data-parallel training run on a node group."""

    kind: Literal["training"]
    nodes: Name = Field(description="the node group that it runs on")
    after: tuple[Name, ...] = Field(
        (), max_length=50, description="workloads that must be complete before it starts"
    )
    network: CatalogName | None = Field(None, description="a neural network of the catalog")
    model: Model | None = Field(None, description="a neural network described by hand, instead")
    dataset: Dataset = Field(description="what it learns from")
    epochs: Annotated[float, Field(gt=0, le=1e6)] = Field(description="passes over the data set")
    batch: Count = Field(description="samples of one step on one accelerator")
    precision: Precision = Field("fp16", description="precision of the computation")
    gradient_precision: Precision = Field(
        "fp16", description="precision of the gradients on the wire"
    )
    optimizer: Literal["sgd", "momentum", "adam"] = Field(
        "momentum", description="decides how many values are kept for a parameter"
    )
    software: CatalogName = Field(
        "pytorch",
        description="software of the catalog: its measured rates, its overlap, its jitter",
    )
    rate: Annotated[float, Field(gt=0, le=1e12)] | None = Field(
        None, description="measured samples/s of one accelerator, over the catalog's"
    )
    efficiency: Fraction | None = Field(
        None, description="share of the peak rate reached, where no rate was measured"
    )
    overlap: bool | None = Field(
        None,
        description="whether communication hides behind the backward pass, over the software's",
    )
    jitter: Duration | None = Field(
        None, description="standard deviation of one accelerator's step, over the software's"
    )
    uncertainty: Fraction | None = Field(
        None, description="relative standard error of the step time, over the calibrated one"
    )
    startup: Duration = Field(
        120.0, description="from nodes ready to the first step, at the start and after each failure"
    )
    detection: Duration = Field(60.0, description="from a failure to its discovery")
    checkpoint: Checkpoint = Field(description="how its state is saved")

    @model_validator(mode="after")
    def _one_network(self) -> "Training":
        if (self.network is None) == (self.model is None):
            raise ValueError(
                "needs either a network of the catalog or a model described by hand, not both"
            )
        return self


class Deadline(Part):
    """A workload is complete in time."""

    workload: Name = Field(description="which one")
    within: Annotated[Duration, Positive] = Field(
        description="from its start, or from the start of those that it waits for"
    )
    probability: Fraction = Field(0.95, description="with at least this probability")


class Budget(Part):
    """The run of all workloads costs no more."""

    at_most: Annotated[Money, Positive] = Field(
        description="nodes, storage and requests of one run"
    )
    probability: Fraction = Field(0.95, description="with at least this probability")


class Availability(Part):
    """The stack can work."""

    at_least: Fraction = Field(
        description="fraction of a year in which every part has enough units up"
    )
    probability: Fraction = Field(0.95, description="in at least this share of years")


class Objectives(Part):
    """What the stack must reach."""

    deadline: Deadline | None = None
    budget: Budget | None = None
    availability: Availability | None = None


class Stack(Part):
    """A datacenter-style ML stack: nodes, storage, network, identities, workloads, objectives."""

    name: Name = Field(description="what the stack is called; cloud resources carry it")
    description: str = Field("", max_length=2000, description="for the reader of the report")
    cloud: Cloud = Field(description="where it runs")
    region: CatalogName | None = Field(None, description="region of the cloud; none on premises")
    zones: tuple[CatalogName, ...] = Field(
        (),
        max_length=10,
        description="zones of the region; nodes are in the first; by default the region's first",
    )
    network: Network = Field(Network(), description="the network that the nodes share")
    facility: Facility | None = Field(None, description="the building, on premises")
    nodes: dict[Name, NodeGroup] = Field(
        min_length=1, max_length=50, description="node groups by name"
    )
    storage: dict[Name, AnyStore] = Field({}, max_length=50, description="stores by name")
    identities: dict[Name, Identity] = Field({}, max_length=50, description="roles by name")
    workloads: dict[Name, Training] = Field(
        min_length=1, max_length=50, description="workloads by name"
    )
    objectives: Objectives = Field(Objectives(), description="what the stack must reach")
