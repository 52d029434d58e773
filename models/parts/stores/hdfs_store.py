"""Hadoop file systems on premises: replicas on datanodes, and a namenode that knows of them."""

import math
from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.description.fields import Positive
from models.description.quantities import YEAR, Bandwidth, format_count, format_duration
from models.description.raid_levels import Code
from models.description.stack import Stack
from models.laws.reliability.blocks import mttf_of_series
from models.laws.storage.degraded_states import one_away
from models.laws.storage.detection import HDFS_DETECTION
from models.laws.storage.striping import striped_bandwidth
from models.parts.facts import Facts
from models.parts.failure import Cause, Component
from models.parts.stores.coded_hosts import (
    CodedHosts,
    code_in_words,
    quorum_fault,
    read_code,
    without_write_quorum,
)
from models.parts.stores.described_disks import (
    Disks,
    OfDisks,
    WriteQuorum,
    disk_faults,
    disks_power,
    link_in_words,
)
from models.parts.stores.store_kind import Reach, StoreKind
from models.parts.stores.store_speed import Limit, StoreSpeed, StoreState, limit_of_hosts
from models.parts.use import Use
from models.prediction import StoreDurability

MORE_DATANODES = "more `datanodes`, `disks` in each or `bandwidth` of each"


class Hdfs(OfDisks):
    """A Hadoop file system: blocks with replicas on datanodes, which a namenode knows."""

    kind: Literal["hdfs"]
    disks: Disks = Field(description="how many disks each datanode has, none of them in a RAID")
    datanodes: Annotated[int, Field(strict=True, ge=1, le=10_000)] = Field(
        description="machines that hold blocks"
    )
    replication: Annotated[int, Field(strict=True, ge=1, le=10)] = Field(
        3, description="replicas of each block, on different datanodes"
    )
    level: Code | None = Field(
        None, description="erasure code over the datanodes, such as 6+3, instead of replicas"
    )
    write_quorum: WriteQuorum | None = Field(
        None, description="pieces of a stripe that must be written; those of data by default"
    )
    racks: Annotated[int, Field(strict=True, ge=1, le=1000)] = Field(
        1, description="racks of the datanodes; of several, each block is on two or more"
    )
    namenodes: Literal[1, 2] = Field(1, description="namenodes; one suffices")
    bandwidth: Annotated[Bandwidth, Positive] = Field(
        description="bandwidth of the network link of one datanode"
    )

    @model_validator(mode="after")
    def _replicas_have_places(self) -> "Hdfs":
        if self.level is not None:
            if "replication" in self.model_fields_set:
                raise ValueError("has either replicas or an erasure code, not both")
            fault = quorum_fault(self.level, self.write_quorum, self.datanodes, "datanodes")
            if fault:
                raise ValueError(fault)
        elif self.write_quorum is not None:
            raise ValueError("has a write_quorum, which is of an erasure code, without a level")
        elif self.replication > self.datanodes:
            raise ValueError(
                f"wants {self.replication} replicas of each block on different datanodes, but has"
                f" {self.datanodes}"
            )
        if self.racks > self.datanodes:
            raise ValueError(
                f"has {self.racks} racks, but only {self.datanodes} datanodes to stand in them"
            )
        return self


def usable_size(store: Hdfs, stack: Stack, facts: Facts) -> float:
    """Capacity for data, each of which is kept as many times as there are replicas, bytes.

    Arguments:
        store: the file system.
        stack: that it belongs to.
        facts: the catalog.
    """
    if (coded := _coded(store, facts)) is not None:
        return coded.usable_size()
    return store.datanodes * _node_bytes(store, facts) / store.replication


def _coded(store: Hdfs, facts: Facts) -> CodedHosts | None:
    """The datanodes with their erasure code; None where blocks have replicas."""
    if store.level is None:
        return None
    data, parity = read_code(store.level)
    machine, disk = facts.failure_rate("cpu-node"), facts.disk(store.disk)
    return CodedHosts(
        units="datanodes",
        hosts=store.datanodes,
        groups=1,
        data=data,
        parity=parity,
        quorum=store.write_quorum or data,
        disks=store.disks,
        disk=disk,
        disk_mttf=store.mttf or disk.mttf,
        link=store.bandwidth,
        rebuild=store.rebuild,
        machine=Cause("datanode", machine.mttf, machine.mttr),
        uber=disk.unrecoverable_bit_error_rate,
        source=f"{machine.component}, mttf of the disk",
        detection=HDFS_DETECTION,
    )


def speed(
    store: Hdfs, stack: Stack, facts: Facts, clients: int, client_bandwidth: float
) -> StoreSpeed:
    """How fast nodes read and write: reads sum over datanodes, each write is made of replicas.

    Arguments:
        store: the file system.
        stack: that it belongs to.
        facts: the catalog.
        clients: nodes that use it at the same time.
        client_bandwidth: network bandwidth of one node, bytes/s.
    """
    if (coded := _coded(store, facts)) is not None:
        return coded.speed(clients, client_bandwidth)
    return _speed(store.datanodes, 1.0, store, facts, clients, client_bandwidth)


def states(
    store: Hdfs, stack: Stack, facts: Facts, clients: int, client_bandwidth: float
) -> tuple[StoreState, ...]:
    """How fast it is when whole, without a datanode, and when its replicas are made again.

    Arguments:
        store: the file system.
        stack: that it belongs to.
        facts: the catalog.
        clients: nodes that use it at the same time.
        client_bandwidth: network bandwidth of one node, bytes/s.
    """
    if (coded := _coded(store, facts)) is not None:
        return coded.states(clients, client_bandwidth)
    machine, copying = facts.failure_rate("cpu-node"), _copying(store, facts)
    absence = max(_absence(store, facts), machine.mttr)
    whole = speed(store, stack, facts, clients, client_bandwidth)
    if store.replication == 1:
        working, share = one_away(store.datanodes, _mttf(store, facts), [absence])
        lost = StoreSpeed(0.0, 0.0, 0.0, whole.latency, "lost data")
        return (
            StoreState("whole", whole, 0.0, working),
            StoreState("one datanode failed", lost, absence, share),
        )

    def reduced(share: float) -> StoreSpeed:
        return _speed(store.datanodes - 1, share, store, facts, clients, client_bandwidth)

    # The datanode is away before the copying begins, and from its end until the machine's repair.
    without = absence - copying
    working, *shares = one_away(store.datanodes, _mttf(store, facts), [without, copying])
    return (
        StoreState("whole", whole, 0.0, working),
        StoreState("one datanode failed", reduced(1.0), without, shares[0]),
        StoreState("making replicas", reduced(1 - store.rebuild), copying, shares[1]),
    )


def _speed(
    nodes: int, share: float, store: Hdfs, facts: Facts, clients: int, client_bandwidth: float
) -> StoreSpeed:
    disk = facts.disk(store.disk)
    reading = share * min(store.disks * disk.sequential_read, store.bandwidth)
    writing = share * min(store.disks * disk.sequential_write, store.bandwidth)
    read = striped_bandwidth(nodes, reading, clients, client_bandwidth)
    write = striped_bandwidth(nodes, writing / store.replication, clients, client_bandwidth)
    own = Limit(format_count(nodes, "datanodes"), MORE_DATANODES)
    limit = limit_of_hosts(read, nodes * reading, own, clients)
    requests = share * nodes * store.disks * disk.random_read_iops
    return StoreSpeed(read, write, requests, disk.seek_s, limit.what, relief=limit.relief)


def components(name: str, store: Hdfs, stack: Stack, facts: Facts) -> tuple[Component, ...]:
    """How the file system fails: without namenodes, or without all replicas of some block.

    A datanode counts as away until its replicas exist elsewhere. Some block has its replicas on
    any given datanodes, as many as there are replicas, and on any two racks of several.

    Arguments:
        name: of the store.
        store: the file system.
        stack: that it belongs to.
        facts: the catalog.
    """
    machine = facts.failure_rate("cpu-node")
    found = [
        *_datanodes(name, store, facts),
        Component(
            f"{name} namenode",
            1,
            store.namenodes,
            (Cause("namenode", machine.mttf, machine.mttr),),
            False,
            machine.component,
        ),
    ]
    if store.racks > 1:
        rate = facts.failure_rate("top-of-rack-switch")
        switch = Cause("top-of-rack switch", rate.mttf, rate.mttr)
        needed = store.racks - _racks_borne(store)
        found.append(
            Component(f"{name} racks", needed, store.racks, (switch,), False, rate.component)
        )
    return tuple(found)


def _datanodes(name: str, store: Hdfs, facts: Facts) -> tuple[Component, ...]:
    if (coded := _coded(store, facts)) is not None:
        return coded.components(name)
    datanode = Cause("datanode", _mttf(store, facts), _absence(store, facts))
    required = store.datanodes - store.replication + 1
    source = f"{facts.failure_rate('cpu-node').component}, mttf of the disk"
    return (Component(name, required, store.datanodes, (datanode,), False, source),)


def _racks_borne(store: Hdfs) -> int:
    """Racks that may be away: a block is on two of them, a stripe is spread over all evenly."""
    if store.level is None:
        return min(store.replication, 2) - 1
    data, parity = read_code(store.level)
    pieces = data + parity
    most = math.ceil(pieces / store.racks)
    return min(store.racks - 1, (pieces - (store.write_quorum or data)) // most)


def durability(
    name: str, store: Hdfs, uses: tuple[Use, ...], stack: Stack, facts: Facts
) -> StoreDurability:
    """How safe the bytes are: lost with as many datanodes at once as there are replicas.

    Arguments:
        name: of the store.
        store: the file system, full.
        uses: of all workloads.
        stack: that it belongs to.
        facts: the catalog.
    """
    if (coded := _coded(store, facts)) is not None:
        return coded.durability(name)
    from models.laws.storage.replication import cluster_data_loss  # imports numpy

    away = _absence(store, facts)
    loss = cluster_data_loss(
        store.datanodes,
        store.replication,
        mttf=_mttf(store, facts),
        mttr=away,
        node_bytes=_node_bytes(store, facts),
        mission=YEAR,
    )
    law = (
        f"{loss.law}, remade one datanode at a time, each in {format_duration(away)}; a failed"
        " disk takes its datanode out, a failed namenode loses nothing"
    )
    return StoreDurability(
        name,
        loss.usable_bytes,
        loss.loss_probability,
        loss.expected_bytes_lost,
        loss.mttdl,
        law,
        "approximation",  # as if every few nodes shared a block: an upper bound for many nodes
    )


def _node_bytes(store: Hdfs, facts: Facts) -> float:
    return store.disks * facts.disk(store.disk).capacity


def _mttf(store: Hdfs, facts: Facts) -> float:
    """Mean time until a datanode is lost, s.

    A datanode stops with its first failed disk: dfs.datanode.failed.volumes.tolerated is 0 by
    default (Apache Hadoop).
    """
    disk = store.mttf or facts.disk(store.disk).mttf
    return mttf_of_series([facts.failure_rate("cpu-node").mttf, *[disk] * store.disks])


def _copying(store: Hdfs, facts: Facts) -> float:
    """Mean time in which the replicas of a lost datanode are made again, s."""
    from models.laws.storage.replication import replication_time  # imports numpy

    writing = store.disks * facts.disk(store.disk).sequential_write
    each = store.rebuild * min(writing, store.bandwidth)
    # Where no datanode is left without the block, the lost one's successor takes all of it.
    nodes = store.datanodes if store.datanodes > store.replication else 2
    return replication_time(_node_bytes(store, facts), nodes, each, detection=0.0)


def _absence(store: Hdfs, facts: Facts) -> float:
    """Mean time from the loss of a datanode until its replicas exist again, s."""
    if store.datanodes > store.replication:
        return HDFS_DETECTION + _copying(store, facts)
    return facts.failure_rate("cpu-node").mttr + _copying(store, facts)


def power(store: Hdfs, stack: Stack, facts: Facts) -> float:
    """What its disks and servers draw, W.

    Arguments:
        store: its description.
        stack: that it belongs to.
        facts: the catalog.
    """
    servers = store.datanodes + store.namenodes
    return disks_power(store.datanodes * store.disks, store.disk, servers, facts)


def made_of(store: Hdfs) -> str:
    """What it is made of, in words.

    Arguments:
        store: its description.
    """
    disks = f"{store.disks:,} {store.disk}"
    racks = format_count(store.racks, "racks")
    kept = f"{format_count(store.replication, 'replicas')} of each block"
    if store.level is not None:
        kept = code_in_words(store.level, store.write_quorum, "datanodes")
    return (
        f"{format_count(store.datanodes, 'datanodes')} in {racks}, each with {disks},"
        f" {link_in_words(store.bandwidth)}; {kept};"
        f" {format_count(store.namenodes, 'namenodes')}"
    )


KIND = StoreKind(
    description=Hdfs,
    title="HDFS",
    reach=Reach.NETWORK,
    made_of=made_of,
    faults=disk_faults,
    usable_size=usable_size,
    speed=speed,
    components=components,
    as_read=without_write_quorum,
    durability=durability,
    states=states,
    power=power,
    size_key="disks",
)
