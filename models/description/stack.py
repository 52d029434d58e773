"""The description that users write: one file, one `Stack`, nothing translated by hand."""

import ipaddress
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from models.description.address_range import address_range, not_the_world
from models.description.alerts import Alerts
from models.description.facility import Facility
from models.description.fields import (
    CatalogName,
    Count,
    CountOrNone,
    Name,
    Nodes,
    Part,
    Positive,
    Purchase,
)
from models.description.identities import Identity, StorePermission
from models.description.kubernetes import Kubernetes
from models.description.notebooks import Notebook, NotebookName
from models.description.quantities import (
    Bandwidth,
    Duration,
    Fraction,
    HourlyPrice,
    Money,
    Power,
    Size,
    StorePrice,
    WantedDuration,
)
from models.description.reservation import Reservation
from models.description.setup import Setup

_PRIVATE = tuple(map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))


def _not_the_world(text: str) -> str:
    return not_the_world(text, "ssh")


def _room_for_subnets(text: str) -> str:
    network = ipaddress.ip_network(text)
    inside = isinstance(network, ipaddress.IPv4Network) and any(
        isinstance(private, ipaddress.IPv4Network) and network.subnet_of(private)
        for private in _PRIVATE
    )
    if not inside or not 16 <= network.prefixlen <= 20:
        raise ValueError(
            f"{text} must be a private IPv4 range (RFC 1918) between /16 and /20,"
            " such as '10.20.0.0/16'"
        )
    return text


AddressRange = Annotated[str, BeforeValidator(address_range)]


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


RunsAs = Literal["bare-metal", "virtual-machine", "container"]


class OwnNode(Part):
    """What a node of one's own would cost, against which one of a cloud is held."""

    price: Annotated[Money, Positive] = Field(description="what one is bought for")
    hourly: HourlyPrice = Field(
        0.0, description="what one costs to run: electricity, room and people"
    )


class Hosts(Part):
    """Machines of one's own, each of which holds several nodes and takes them along."""

    nodes: Nodes = Field(description="virtual machines or containers that one host holds")
    count: Nodes | None = Field(
        None, description="hosts there are; as many as the nodes fill if not given"
    )
    mttf: Annotated[Duration, Positive] = Field(description="mean time to failure of one host")
    mttr: Annotated[Duration, Positive] = Field(description="mean time to repair one host")


class NodeGroup(Part):
    """Nodes of one kind that work together."""

    instance: CatalogName | None = Field(None, description="an instance of the catalog")
    machine: Machine | None = Field(
        None, description="a node described by hand, instead of an instance"
    )
    count: Nodes = Field(description="nodes that a workload uses")
    spares: CountOrNone = Field(
        0, description="further nodes, powered on, that take over from a failed one"
    )
    purchase: Purchase = Field(
        "on_demand",
        description="how the nodes are paid for; capacity_block: for a period that was bought"
        " before, flex_start: for days, from when all can be had",
    )
    reservation: Reservation | None = Field(
        None, description="capacity that is kept for them and paid for, running or not"
    )
    runs_as: RunsAs | None = Field(
        None,
        description="what a node is; on premises bare-metal if not given, in a cloud what its"
        " instance is",
    )
    overhead: Annotated[Fraction, Field(lt=1)] = Field(
        0.0,
        description="share of a node's speed that virtualization takes, where times and rates are"
        " those of bare metal",
    )
    hosts: Hosts | None = Field(
        None, description="machines that hold several nodes each, on premises"
    )
    placement: Literal["cluster", "spread", "none"] = Field(
        "none", description="cluster: close together; spread: on different hardware"
    )
    image: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        None,
        description="machine image, in a cloud: an ID on AWS, projects/…/global/images/… on Google"
        " Cloud; if not given the provider's newest, which its nodes then keep",
    )
    setup: Setup | None = Field(None, description="what is put on its nodes, in a cloud")
    boot_disk: Annotated[Size, Positive] = Field(
        200e9, description="size of the encrypted system volume"
    )
    boot_disk_price: StorePrice | None = Field(
        None,
        description="price of the system volumes by size, or of one of them by time, over the"
        " catalog's; on premises the node's holds them without one",
    )
    price: HourlyPrice | None = Field(
        None,
        description="price of one node, over the catalog's; on premises the bill is at least what"
        " it says without one",
    )
    own: OwnNode | None = Field(
        None,
        description="a node of one's own that does the same, to say after how many hours of use it"
        " has cost less than the cloud's",
    )
    power: Annotated[Power, Positive] | None = Field(
        None, description="power that one node draws at work, over what its parts draw"
    )
    mttf: Annotated[Duration, Positive] | None = Field(
        None, description="mean time to failure of one node, over the catalog's"
    )
    mttr: Annotated[Duration, Positive] | None = Field(
        None, description="mean time to repair or replace one node, over the catalog's"
    )

    @property
    def kept(self) -> bool:
        """In a reservation that there is, or that is asked for."""
        return self.reservation is not None and self.reservation.make is not False

    @property
    def always_paid(self) -> bool:
        """Paid for whether they run or not."""
        return self.kept or self.purchase in ("reserved", "capacity_block")

    @model_validator(mode="after")
    def _one_kind_of_node(self) -> "NodeGroup":
        if (self.instance is None) == (self.machine is None):
            raise ValueError(
                "needs either an instance of the catalog or a machine described by hand, not both"
            )
        virtual = [name for name in ("overhead", "hosts") if getattr(self, name)]
        if virtual and self.runs_as == "bare-metal":
            raise ValueError(f"runs as bare-metal, and has {virtual[0]}, of what is virtual")
        return self


class Traffic(Part):
    """What the nodes send and fetch in a month beside what stores give them; a cloud bills it."""

    downloads: Size = Field(0.0, description="from the internet, through the NAT gateway")
    uploads: Size = Field(0.0, description="to the internet, through the NAT gateway")
    between_zones: Size = Field(0.0, description="between zones of the region")


class SwitchTree(Part):
    """A tree of switches whose leaves may carry less up than down."""

    leaf_ports: Annotated[int, Field(strict=True, ge=1, le=4096)] = Field(
        description="ports of a leaf switch down to nodes, each for one link"
    )
    rail: bool = Field(
        False,
        strict=True,
        description="whether the links of a node go to a leaf each, so that a leaf reaches as many"
        " nodes as it has ports; else all go to one",
    )
    oversubscription: Annotated[float, Field(strict=True, ge=1, le=1000)] = Field(
        1.0, description="what a leaf carries down over what it carries up"
    )
    placement: Literal["packed", "spread"] = Field(
        "packed",
        description="packed: neighbours in a job are under one leaf; spread: each is anywhere",
    )


# Of AWS, as endpoints of a network call them.
EndpointService = Literal[
    "ec2", "ecr.api", "ecr.dkr", "kinesis-streams", "kms", "logs", "monitoring", "sagemaker.api",
    "sagemaker.runtime", "sqs", "ssm", "ssmmessages", "sts",
]  # fmt: skip


class Network(Part):
    """The network that the nodes share."""

    cidr: Annotated[AddressRange, AfterValidator(_room_for_subnets)] = Field(
        "10.20.0.0/16", description="private address range"
    )
    ssh_from: tuple[Annotated[AddressRange, AfterValidator(_not_the_world)], ...] = Field(
        (), max_length=20, description="address ranges that may log in; none by default"
    )
    session_manager: bool = Field(
        False,
        strict=True,
        description="nodes let those in whom AWS Systems Manager lets, without a port or a key",
    )
    instance_connect: bool = Field(
        False,
        strict=True,
        description="an EC2 Instance Connect Endpoint, through which ssh reaches private nodes",
    )
    endpoints: tuple[EndpointService, ...] = Field(
        (),
        max_length=20,
        description="services of AWS that nodes reach inside of the network, an endpoint in each"
        " zone; the others by the NAT gateway, S3 always inside",
    )
    links_per_node: Annotated[int, Field(strict=True, ge=1, le=64)] = Field(
        1, description="network links of each node that carry its traffic side by side, on premises"
    )
    switches: Annotated[int, Field(strict=True, ge=1, le=16)] = Field(
        1, description="switches of which one suffices, on premises"
    )
    tree: SwitchTree | None = Field(
        None,
        description="of the switches between nodes, on premises; collectives know of no limit"
        " beside the nodes' links without it",
    )
    traffic: Traffic = Field(Traffic(), description="what a cloud bills of its traffic, in a month")


class Deadline(Part):
    """A workload is complete in time."""

    workload: Name = Field(description="which one")
    within: Annotated[WantedDuration, Positive] = Field(
        description="from its start, or from the start of those that it waits for"
    )
    probability: Fraction = Field(0.95, description="with at least this probability")


class Budget(Part):
    """The run of all workloads costs no more; a month, where none is ever complete."""

    at_most: Annotated[Money, Positive] = Field(
        description="nodes, storage and requests of one run, or of a month of what never ends"
    )
    probability: Fraction = Field(0.95, description="with at least this probability")


class Availability(Part):
    """The stack can work."""

    at_least: Fraction = Field(
        description="fraction of a year in which every part has enough units up"
    )
    probability: Fraction = Field(0.95, description="in at least this share of years")


class Latency(Part):
    """An endpoint answers in time."""

    workload: Name = Field(description="which one")
    percentile: Annotated[float, Field(strict=True, gt=0, lt=100)] = Field(
        95.0, description="share of the requests that is meant, in per cent: 95 for P95, or 99.9"
    )
    at_most: Annotated[WantedDuration, Positive] = Field(description="response time of that share")
    probability: Fraction = Field(0.95, description="with at least this probability")


class Loss(Part):
    """An endpoint refuses few of its requests, and few give up."""

    workload: Name = Field(description="which one")
    at_most: Fraction = Field(description="share of the requests that is not answered")
    probability: Fraction = Field(0.95, description="with at least this probability")


class Lag(Part):
    """A stream is not far behind."""

    workload: Name = Field(description="which one")
    at_most: Annotated[int, Field(strict=True, ge=0, le=10**15)] = Field(
        description="events that have come and are not done with: on average at the load of the"
        " busiest hour, or at the end of the worst hour where some are too much"
    )
    probability: Fraction = Field(0.95, description="with at least this probability")


class MonthlyCost(Part):
    """The stack costs no more to keep for a month of 730 h."""

    at_most: Annotated[Money, Positive] = Field(description="of all that is billed by the hour")


class Objectives(Part):
    """What the stack must reach."""

    deadline: Deadline | None = None
    budget: Budget | None = None
    availability: Availability | None = None
    latency: Latency | None = None
    loss: Loss | None = None
    lag: Lag | None = None
    monthly_cost: MonthlyCost | None = None


class OwnFailureRate(Part):
    """How often something fails in this stack, where that is known better than in general."""

    mttf: Annotated[Duration, Positive] | None = Field(
        None, description="mean time to failure of one, over the catalog's"
    )
    mttr: Annotated[Duration, Positive] | None = Field(
        None, description="mean time to repair of one, over the catalog's"
    )

    @model_validator(mode="after")
    def _says_something(self) -> "OwnFailureRate":
        if self.mttf is None and self.mttr is None:
            raise ValueError("names neither mttf nor mttr; give one or both")
        return self


class Store(Part):
    """What every kind of store has; the file of a kind says the rest."""

    kind: str
    price: StorePrice | None = Field(
        None,
        description="price by size, or of all of it by time, over the catalog's; on premises the"
        " bill is at least what it says without one",
    )
    permissions: tuple[StorePermission, ...] = Field(
        (), max_length=50, description="what it lets identities do, beside what they may"
    )


class Workload(Part):
    """What every kind of workload has; the file of a kind says the rest."""

    kind: str
    after: tuple[Name, ...] = Field(
        (), max_length=50, description="workloads that must be complete before it starts"
    )
    framework: Annotated[str, Field(min_length=1, max_length=100)] | None = Field(
        None, description="ML framework of its models, such as scikit-learn, for the reader"
    )


class Stack(Part):
    """A datacenter-style ML stack: nodes, storage, network, identities, workloads, objectives."""

    name: Name = Field(description="what the stack is called; cloud resources carry it")
    description: str = Field("", max_length=2000, description="for the reader of the report")
    cloud: str = Field(description="where it runs")
    region: CatalogName | None = Field(None, description="region of the cloud; none on premises")
    zones: tuple[CatalogName, ...] = Field(
        (),
        max_length=10,
        description="zones of the region; nodes are in the first, and in all in turn where every"
        " workload is an endpoint or has jobs of one task; by default the region's first",
    )
    encryption: Literal["provider_key", "customer_key"] = Field(
        "provider_key",
        description="with whose key all is encrypted that lies still: the provider's, or one of the"
        " stack's own, which is made and billed for it, on AWS",
    )
    variant: Name | None = Field(None, description="the one of the variants that holds")
    variants: dict[Name, dict[str, Any]] = Field(
        {},
        max_length=20,
        description="values by path, as `--set` writes paths, that each variant has instead of the"
        " file's, or beside them",
    )
    network: Network = Field(Network(), description="the network that the nodes share")
    facility: Facility | None = Field(None, description="the building, on premises")
    failure_rates: dict[CatalogName, OwnFailureRate] = Field(
        {},
        max_length=50,
        description="failure rates that take the place of the catalog's, by its components",
    )
    nodes: dict[Name, NodeGroup] = Field(
        {}, max_length=50, description="node groups by name; none where all is managed"
    )
    kubernetes: Kubernetes | None = Field(
        None,
        description="a Kubernetes cluster that the cloud runs, with nodes of the stack, on AWS",
    )
    storage: dict[Name, Store] = Field({}, max_length=50, description="stores by name")
    identities: dict[Name, Identity] = Field(
        {}, max_length=50, description="users, groups and roles by name"
    )
    workloads: dict[Name, Workload] = Field(
        min_length=1, max_length=50, description="workloads by name"
    )
    objectives: Objectives = Field(Objectives(), description="what the stack must reach")
    notebooks: dict[NotebookName, Notebook] = Field(
        {}, max_length=20, description="notebook instances that people work in, by name, on AWS"
    )
    alerts: Alerts | None = Field(
        None, description="who hears of failed nodes, latency and cost that were not predicted"
    )
