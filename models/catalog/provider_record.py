"""What is known of a provider: what people call it, its services, how it takes spot nodes back."""

import math
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import ClassVar

from models.catalog.units import Bytes, BytesPerSecond, Seconds


@dataclass(frozen=True)
class Billed:
    """Where the price list has something.

    Arguments:
        service: of the provider.
        item: of the price list.
        unit: that the price is for.
    """

    service: str
    item: str
    unit: str


@dataclass(frozen=True)
class BrokerService:
    """A service that runs brokers of Kafka.

    Arguments:
        name: of it, in the price list and in stacks.
        prefix: what the name of a broker has before that of its machine.
        storage: what its volumes are billed by, in the price list.
        zones: in how many it has brokers, as many in each.
        volume_bandwidth: of the volume of a broker, where no more is bought, bytes/s.
        least_volume: of a broker, bytes.
        most_volume: of a broker, bytes.
        source: of these.
    """

    name: str
    prefix: str
    storage: str
    zones: tuple[int, int]
    volume_bandwidth: BytesPerSecond
    least_volume: Bytes
    most_volume: Bytes
    source: str

    def machine(self, broker: str) -> str:
        """The instance that a broker is.

        Arguments:
            broker: its name, such as kafka.m5.large.
        """
        return broker.removeprefix(self.prefix)


@dataclass(frozen=True)
class KubernetesVersion:
    """A minor version of Kubernetes that a service runs.

    Arguments:
        name: such as 1.35.
        standard_until: end of its standard support.
        extended_until: end of its extended support.
    """

    name: str
    standard_until: date
    extended_until: date

    def is_old(self, day: date) -> bool:
        """Whether it is out of standard support.

        Arguments:
            day: on which.
        """
        return day >= self.standard_until


@dataclass(frozen=True)
class KubernetesService:
    """A service that runs control planes of Kubernetes.

    Arguments:
        name: of it, in the price list.
        title: what people call it.
        standard: what a cluster is billed by.
        extended: what one is whose version is out of standard support.
        outage: how often its API is away, as a component of the catalog.
        versions: that it runs, the newest first.
        seen: when the versions were looked up.
        least_zones: that its control plane has addresses in.
        add_ons: that run in each cluster.
        source: of the versions.
    """

    name: str
    title: str
    standard: Billed
    extended: Billed
    outage: str
    versions: tuple[KubernetesVersion, ...]
    seen: date
    least_zones: int
    add_ons: tuple[str, ...]
    source: str

    def version(self, name: str | None) -> KubernetesVersion | None:
        """A version by its name; the newest where it has none, None where it is not known.

        Arguments:
            name: such as 1.35.
        """
        return next((one for one in self.versions if name in (None, one.name)), None)


@dataclass(frozen=True)
class ModelService:
    """A service that trains and serves models on instances of its own.

    Arguments:
        name: of it, in the price list and in stacks.
        prefix: what the name of an instance has before that of its machine.
        storage: what the volumes of its instances are billed by, in the price list.
        volume: kind of volume that they are.
        longest_run: of a training job, s.
    """

    name: str
    prefix: str
    storage: str
    volume: str
    longest_run: Seconds

    def has(self, instance: str) -> bool:
        """It rents the instance out, and not the service that rents machines.

        Arguments:
            instance: its name, such as ml.p2.xlarge.
        """
        return instance.startswith(self.prefix)

    def machine(self, instance: str) -> str:
        """The machine that an instance is.

        Arguments:
            instance: its name.
        """
        return instance.removeprefix(self.prefix)


@dataclass(frozen=True)
class Provider:
    """Who has the hardware that a stack runs on.

    Arguments:
        name: as stacks have it.
        title: what people call it.
        machines: what its nodes are, in words.

    Attributes:
        owned: the hardware is the user's own: nothing of it is rented.
    """

    name: str
    title: str
    machines: str
    owned: ClassVar[bool] = True


@dataclass(frozen=True)
class FlowLogs:
    """Records of connections, as the network of a stack is built to keep them.

    Arguments:
        billed: what their bytes are billed by.
        interval: at most between two records of a connection that lasts.
        share: of the connections that are recorded, counted at each of their ends.
        record: size of one, bytes.
    """

    billed: Billed
    interval: Seconds
    share: float
    record: Bytes


@dataclass(frozen=True)
class Cloud(Provider):
    """A provider that rents its hardware out.

    Arguments:
        compute: service that bills instances.
        storage: services that bill stores.
        implementations: what of it holds data, and so what builds a store.
        boot_service: that bills the system volumes of nodes.
        boot_volume: kind of volume that they are.
        spot_notice: warning before a spot node is taken back.
        spot_reclaim: how often one is, as a component of the catalog.
        home: region where most has a price.
        zone_joint: what is between the name of a region and the ending of a zone.
        function_requests: what calls of functions are billed by; None where nothing is known.
        function_duration: what their time and memory are billed by; None as above.
        function_memory: least and most memory of a function, bytes; None where nothing is known.
        function_time: longest that one may run for a request, s; infinite where nothing is known.
        gateways: what is billed by the hour or by the request, by the name of the gateway.
        gateway_addresses: what the public addresses of a gateway are billed by, one in each zone,
            by its name.
        gateway_waits: longest that a gateway waits for an answer, s, by its name.
        source: of the spot notice.
        purchases: how its nodes can be paid for.
        access_logs: what the records of requests to a gateway that is billed by the request are
            billed by; None where none are kept.
        tasks: what the vCPUs and the gibibytes of containers without nodes are billed by; None
            where there are none.
        queues: what requests to queues of jobs are billed by; None where there are none.
        shells: nodes without a public address are reached through services of its own.
        starts_programs: nodes are told to start what workloads say, and report how it goes.
        reserved_together: most nodes whose capacity one reservation holds, which is made where a
            workload needs all of them; 0 where none is made unless the stack file says so.
        models: service that trains and serves models on instances of its own; None where none is
            known.
        ai_services: what a call of each service that answers by itself is billed by.
        products: what the bill calls a service of the price list: its code, and its name by FOCUS.
        nat_full_at: nodes from which a NAT gateway costs its full price, in proportion before; 1
            where it costs as much whatever is behind it.
        zone_crossings: times that a byte between two zones is billed.
        metal: ending of the names of instances that are bare metal; empty where none is known.
        flow_logs: records of connections; None where none are kept.
        shards: what the parts of a managed log are billed by; None where it has none.
        put_units: what is written to them is billed by; None as above.
        fan_out_shards: what each consumer that a shard sends its records to is billed by; None as
            above.
        fan_out_bytes: what is sent to them is billed by; None as above.
        clusters: service that runs clusters of Hadoop and Spark, and bills each of their nodes by
            its instance; None where none is known.
        brokers: service that runs brokers of Kafka; None where none is known.
        kubernetes: service that runs control planes of Kubernetes; None where none is built.
        keys: what keys of one's own are billed by; None where none are built.
        key_requests: what requests to such a key are billed by.
        conditions: its policies have the condition operators of AWS.
        alarms: what each metric that an alarm reads is billed by; None where none are built.
        dashboards: what a dashboard is billed by; None as above.
        metrics: what a metric that nodes report themselves is billed by; None as above.
        reports: what their reports are billed by; None as above.
        errors_read: metrics that an alarm of errors reads, by the name of the gateway.
    """

    owned: ClassVar[bool] = False
    compute: str
    storage: tuple[str, ...]
    implementations: type[StrEnum]
    boot_service: str
    boot_volume: str
    spot_notice: Seconds
    spot_reclaim: str
    home: str
    zone_joint: str
    source: str
    purchases: tuple[str, ...]
    function_requests: Billed | None = None
    function_duration: Billed | None = None
    function_memory: tuple[float, float] | None = None
    function_time: Seconds = math.inf
    gateways: dict[str, Billed] = field(default_factory=dict)
    gateway_addresses: dict[str, Billed] = field(default_factory=dict)
    gateway_waits: dict[str, Seconds] = field(default_factory=dict)
    access_logs: Billed | None = None
    models: ModelService | None = None
    tasks: tuple[Billed, Billed] | None = None
    queues: Billed | None = None
    shells: bool = False
    starts_programs: bool = False
    reserved_together: int = 0
    ai_services: dict[str, Billed] = field(default_factory=dict)
    products: dict[str, tuple[str, ...]] = field(default_factory=dict)
    nat_full_at: int = 1
    zone_crossings: int = 1
    flow_logs: FlowLogs | None = None
    metal: str = ""
    shards: Billed | None = None
    put_units: Billed | None = None
    fan_out_shards: Billed | None = None
    fan_out_bytes: Billed | None = None
    clusters: str | None = None
    brokers: BrokerService | None = None
    kubernetes: KubernetesService | None = None
    keys: Billed | None = None
    key_requests: Billed | None = None
    conditions: bool = False
    alarms: Billed | None = None
    dashboards: Billed | None = None
    metrics: Billed | None = None
    reports: Billed | None = None
    errors_read: dict[str, int] = field(default_factory=dict)
