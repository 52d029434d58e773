"""Parallel file systems on premises: servers with arrays of their own, and metadata servers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.catalog.records import Catalog, FailureRate
from models.description.fields import Count, Positive
from models.description.quantities import Bandwidth, format_count
from models.description.stack import Stack
from models.laws.reliability.blocks import mttf_of_series
from models.laws.storage.detection import CEPH_DETECTION
from models.laws.storage.striping import striped_bandwidth
from models.parts.facts import Facts
from models.parts.failure import Cause, Component
from models.parts.stores import disk_array
from models.parts.stores.coded_hosts import (
    CodedHosts,
    code_in_words,
    quorum_fault,
    read_code,
    without_write_quorum,
)
from models.parts.stores.described_disks import (
    Array,
    Disks,
    WriteQuorum,
    array_in_words,
    disk_faults,
    disks_power,
    link_in_words,
)
from models.parts.stores.disk_array import Rates
from models.parts.stores.store_kind import Reach, StoreKind
from models.parts.stores.store_speed import Limit, StoreSpeed, StoreState, limit_of_hosts
from models.parts.use import Use
from models.prediction import BlockResult, StoreDurability
from models.reading.faults import Fault, PathInFile


class ParallelFileSystem(Array):
    """A parallel file system: files striped over servers, each with an array of its own."""

    kind: Literal["parallel"]
    disks: Disks = Field(description="how many disks each server has")
    servers: Annotated[int, Field(strict=True, ge=1, le=10_000)] = Field(
        description="how many, each with an array of its own; all of them are needed"
    )
    bandwidth: Annotated[Bandwidth, Positive] = Field(
        description="bandwidth of the network link of one server"
    )
    stripe_count: Count | None = Field(
        None, description="servers that one file is striped over; all by default"
    )
    failover: bool = Field(
        False, strict=True, description="whether servers stand in for each other in pairs"
    )
    over: Literal["disks", "servers"] = Field(
        "disks",
        description="what a code such as 8+3 is over: the disks of each server, or the servers,"
        " each group of which has stripes of its own",
    )
    write_quorum: WriteQuorum | None = Field(
        None,
        description="pieces of a stripe over servers that must be written; those of data by"
        " default",
    )
    metadata_servers: Literal[1, 2] = Field(1, description="metadata servers; one suffices")

    @model_validator(mode="after")
    def _stripes_fit(self) -> "ParallelFileSystem":
        if self.stripe_count is not None and self.stripe_count > self.servers:
            raise ValueError(
                f"stripes files over {self.stripe_count} servers, but has {self.servers}"
            )
        if self.failover and self.servers % 2:
            raise ValueError(f"needs an even number of servers for failover, not {self.servers}")
        return self

    @model_validator(mode="after")
    def _code_has_servers(self) -> "ParallelFileSystem":
        if self.over == "disks":
            if self.write_quorum is not None:
                raise ValueError("has a write_quorum, which is of a code over servers")
            return self
        if "+" not in self.level:
            raise ValueError(f"needs a code such as 8+3 over servers, not RAID {self.level}")
        if self.failover or self.stripe_count is not None:
            raise ValueError(
                "has a code over servers; they need no failover, and no stripe_count of their own"
            )
        if self.servers % self.groups:
            raise ValueError(f"can't split {self.servers} servers into {self.groups} equal groups")
        each = self.servers // self.groups
        if fault := quorum_fault(self.level, self.write_quorum, each, "servers"):
            raise ValueError(fault)
        return self


@dataclass(frozen=True)
class Pairs(Component):
    """Pairs of servers, all of which must work, each with one server or both."""

    def result(self) -> BlockResult:
        """The block and its unavailability; no single server stops it."""
        return replace(super().result(), single_point=False)


def _coded(store: ParallelFileSystem, facts: Facts) -> CodedHosts | None:
    """The servers with a code over them; None where each has an array of its own."""
    if store.over == "disks":
        return None
    data, parity = read_code(store.level)
    rate, disk = facts.failure_rate("storage-server"), facts.disk(store.disk)
    uber = store.unrecoverable_bit_error_rate
    return CodedHosts(
        units="servers",
        hosts=store.servers,
        groups=store.groups,
        data=data,
        parity=parity,
        quorum=store.write_quorum or data,
        disks=store.disks,
        disk=disk,
        disk_mttf=store.mttf or disk.mttf,
        link=store.bandwidth,
        rebuild=store.rebuild,
        machine=Cause("server", rate.mttf, rate.mttr),
        uber=disk.unrecoverable_bit_error_rate if uber is None else uber,
        source=f"{rate.component}, mttf of the disk",
        detection=CEPH_DETECTION,
        replacement=store.replacement,
    )


def usable_size(store: ParallelFileSystem, stack: Stack, facts: Facts) -> float:
    """Usable capacity of all servers, bytes.

    Arguments:
        store: the file system.
        stack: that it belongs to.
        facts: the catalog.
    """
    if (coded := _coded(store, facts)) is not None:
        return coded.usable_size()
    return store.servers * disk_array.usable_size(store, facts)


def speed(
    store: ParallelFileSystem, stack: Stack, facts: Facts, clients: int, client_bandwidth: float
) -> StoreSpeed:
    """How fast nodes read and write files that are striped over the servers.

    Arguments:
        store: the file system.
        stack: that it belongs to.
        facts: the catalog.
        clients: nodes that use it at the same time.
        client_bandwidth: network bandwidth of one node, bytes/s.
    """
    if (coded := _coded(store, facts)) is not None:
        return coded.speed(clients, client_bandwidth)
    return _speed(disk_array.whole(store, facts), store, facts, clients, client_bandwidth)


def states(
    store: ParallelFileSystem, stack: Stack, facts: Facts, clients: int, client_bandwidth: float
) -> tuple[StoreState, ...]:
    """How fast it is when whole, with a failed disk in a server, and when that is rebuilt.

    Stripes wait for the server with the failed disk.

    Arguments:
        store: the file system.
        stack: that it belongs to.
        facts: the catalog.
        clients: nodes that use it at the same time.
        client_bandwidth: network bandwidth of one node, bytes/s.
    """
    if (coded := _coded(store, facts)) is not None:
        return coded.states(clients, client_bandwidth)

    def behind(rates: Rates) -> StoreSpeed:
        return _speed(rates, store, facts, clients, client_bandwidth)

    return disk_array.states(store, facts, behind, store.servers)


def _speed(
    rates: Rates,
    store: ParallelFileSystem,
    facts: Facts,
    clients: int,
    client_bandwidth: float,
) -> StoreSpeed:
    latency = facts.disk(store.disk).seek_s
    if rates.read == 0:
        return StoreSpeed(0.0, 0.0, 0.0, latency, "lost data")

    def striped(disks: float) -> tuple[float, float]:
        """Bandwidth of all nodes, and of all servers, bytes/s."""
        server = min(disks, store.bandwidth)
        # A node reads one file at a time, from the servers that this file is striped over.
        files = striped_bandwidth(store.stripe_count or store.servers, server, 1, client_bandwidth)
        return striped_bandwidth(store.servers, server, clients, files), store.servers * server

    read, servers = striped(rates.read)
    write, _ = striped(rates.write)
    more = "more `servers`, `disks` in each or `bandwidth` of each"
    own = Limit(format_count(store.servers, "servers"), more)
    limit = limit_of_hosts(read, servers, own, clients)
    if read < servers and store.stripe_count is not None:
        limit = replace(limit, relief=f"a higher `stripe_count`, {limit.relief}")
    requests = store.servers * rates.requests
    return StoreSpeed(read, write, requests, latency, limit.what, relief=limit.relief)


def components(
    name: str, store: ParallelFileSystem, stack: Stack, facts: Facts
) -> tuple[Component, ...]:
    """How the file system fails: by a server, or a pair of them, its array, or its metadata.

    Arguments:
        name: of the store.
        store: the file system.
        stack: that it belongs to.
        facts: the catalog.
    """
    rate = facts.failure_rate("storage-server")
    metadata = Cause("metadata server", rate.mttf, rate.mttr)
    coded = _coded(store, facts)
    servers = (
        (_servers(name, store, rate, disk_array.loss_cause(store, facts)),)
        if coded is None
        else coded.components(name)
    )
    return (
        *servers,
        Component(
            f"{name} metadata", 1, store.metadata_servers, (metadata,), False, rate.component
        ),
    )


def _servers(name: str, store: ParallelFileSystem, rate: FailureRate, loss: Cause) -> Component:
    units, source = store.servers, f"{rate.component}, mttf of the disk"
    if not store.failover:
        causes = (Cause("server", rate.mttf, rate.mttr), loss)
        return Component(name, units, units, causes, False, source)
    from models.laws.reliability.redundant_systems import group_cycle  # imports numpy
    from models.laws.reliability.repairable import Repaired

    both = group_cycle(1, 2, Repaired.of_times(rate.mttf, rate.mttr))
    causes = (
        Cause("pair of servers", both.mean_up_time, both.mean_down_time),
        Cause(loss.name, mttf_of_series([loss.mttf] * 2), loss.mttr),
    )
    return Pairs(name, units // 2, units // 2, causes, False, source)


def durability(
    name: str, store: ParallelFileSystem, uses: tuple[Use, ...], stack: Stack, facts: Facts
) -> StoreDurability:
    """How safe the bytes of all servers are; metadata are taken to be kept as safely.

    Arguments:
        name: of the store.
        store: the file system.
        uses: of all workloads.
        stack: that it belongs to.
        facts: the catalog.
    """
    if (coded := _coded(store, facts)) is not None:
        return coded.durability(name)
    return disk_array.durability(name, store, facts, store.servers)


def faults(
    path: PathInFile, store: ParallelFileSystem, stack: Stack, catalog: Catalog
) -> Iterator[Fault]:
    """Faults of the arrays of its servers, or of the disks where a code is over the servers.

    Arguments:
        path: of the store.
        store: the file system.
        stack: that it belongs to.
        catalog: the facts that its names refer to.
    """
    find = disk_array.faults if store.over == "disks" else disk_faults
    yield from find(path, store, stack, catalog)


def power(store: ParallelFileSystem, stack: Stack, facts: Facts) -> float:
    """What its disks and servers draw, W.

    Arguments:
        store: its description.
        stack: that it belongs to.
        facts: the catalog.
    """
    servers = store.servers + store.metadata_servers
    return disks_power(store.servers * store.disks, store.disk, servers, facts)


def made_of(store: ParallelFileSystem) -> str:
    """What it is made of, in words.

    Arguments:
        store: its description.
    """
    if store.over == "servers":
        each = f"{store.disks:,} {store.disk}, {link_in_words(store.bandwidth)}"
        code = code_in_words(store.level, store.write_quorum, "servers")
        groups = f" in {store.groups:,} groups" if store.groups > 1 else ""
        return (
            f"{format_count(store.servers, 'servers')}{groups}, each with {each}; {code};"
            f" {format_count(store.metadata_servers, 'metadata servers')}"
        )
    stripe = store.stripe_count or store.servers
    each = f"{array_in_words(store)}, {link_in_words(store.bandwidth)}"
    pairs = ", in failover pairs" if store.failover else ""
    return (
        f"{format_count(store.servers, 'servers')}{pairs}, each with {each}; files striped over"
        f" {stripe:,}; {format_count(store.metadata_servers, 'metadata servers')}"
    )


KIND = StoreKind(
    description=ParallelFileSystem,
    title="parallel file system",
    reach=Reach.NETWORK,
    made_of=made_of,
    faults=faults,
    usable_size=usable_size,
    speed=speed,
    components=components,
    as_read=without_write_quorum,
    durability=durability,
    states=states,
    power=power,
    size_key="disks",
)
