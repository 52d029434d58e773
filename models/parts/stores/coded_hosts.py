"""Stores whose stripes have an erasure code over hosts: any k of the k + m pieces give the data."""

from dataclasses import dataclass
from typing import Any

from models.catalog.records import Disk
from models.description.quantities import YEAR, format_count, format_duration, format_scaled
from models.laws.reliability.blocks import mttf_of_series
from models.laws.storage.degraded_states import one_away
from models.laws.storage.striping import striped_bandwidth
from models.parts.failure import Cause, Component
from models.parts.stores.store_speed import Limit, StoreSpeed, StoreState, limit_of_hosts
from models.prediction import StoreDurability


def read_code(code: str) -> tuple[int, int]:
    """Pieces of data and of parity.

    Arguments:
        code: such as 8+3.
    """
    data, parity = map(int, code.split("+"))
    return data, parity


def quorum_fault(code: str, quorum: int | None, hosts: int, units: str) -> str:
    """What is wrong with a code over hosts; empty if nothing is.

    Arguments:
        code: such as 8+3.
        quorum: pieces that a write needs; None for those of the data.
        hosts: over which each stripe may lie.
        units: what the hosts are called, in the plural.
    """
    data, parity = read_code(code)
    if hosts < data + parity:
        return f"{code} puts {data + parity} pieces on different {units}, but there are {hosts}"
    if quorum is not None and not data <= quorum <= data + parity:
        return f"write_quorum of {code} must be {data} to {data + parity}, not {quorum}"
    return ""


def without_write_quorum(store: Any) -> Any:
    """A store as those see it who only read: any k pieces do.

    Arguments:
        store: with a code over hosts, or without.
    """
    return store.model_copy(update={"write_quorum": None})


def code_in_words(code: str, quorum: int | None, units: str) -> str:
    """A code over hosts, for people.

    Arguments:
        code: such as 8+3.
        quorum: pieces that a write needs; None for those of the data.
        units: what the hosts are called, in the plural.
    """
    data, parity = read_code(code)
    kept = f"code {code} over {units}, {(data + parity) / data:.3g} bytes a byte"
    return f"{kept}, writes need {quorum or data} of {data + parity} pieces"


@dataclass(frozen=True)
class CodedHosts:
    """Hosts with disks, over which stripes with an erasure code are spread.

    A failed disk takes its host out, as a lost machine does; what it held is remade on the others,
    or on its successor where a stripe is on all hosts.

    Arguments:
        units: what the hosts are called, in the plural.
        hosts: of all groups.
        groups: of hosts, each with stripes of its own.
        data: pieces of data, k.
        parity: pieces of parity, m.
        quorum: pieces that must be written.
        disks: of one host.
        disk: one of them.
        disk_mttf: of one of them, s.
        link: of one host, bytes/s.
        rebuild: share of the bandwidth that remaking takes.
        machine: how one host without its disks fails.
        uber: unreadable bits a bit that is read.
        source: where the failures come from.
        detection: time until a silent host is taken to be lost, s.
        replacement: time until a failed disk is replaced, s; None for the repair of the machine.
    """

    units: str
    hosts: int
    groups: int
    data: int
    parity: int
    quorum: int
    disks: int
    disk: Disk
    disk_mttf: float
    link: float
    rebuild: float
    machine: Cause
    uber: float
    source: str
    detection: float
    replacement: float | None = None

    @property
    def each(self) -> int:
        """Hosts of one group."""
        return self.hosts // self.groups

    @property
    def host_bytes(self) -> float:
        """What the disks of one host hold."""
        return self.disks * self.disk.capacity

    @property
    def overhead(self) -> float:
        """Bytes kept, and written, for each that is stored."""
        return (self.data + self.parity) / self.data

    @property
    def mttf(self) -> float:
        """Mean time until a host is lost, s."""
        return mttf_of_series([self.machine.mttf, *[self.disk_mttf] * self.disks])

    @property
    def _spread(self) -> bool:
        """There are more hosts than a stripe has pieces, which remake what is lost together."""
        return self.each > self.data + self.parity

    def _remaking(self) -> float:
        """Mean time in which the pieces of a lost host are remade, s."""
        from models.laws.storage.erasure_code import repair_time  # imports numpy

        return repair_time(
            self.host_bytes,
            self.each,
            self.data,
            self.parity,
            disk_bandwidth=self.rebuild * self.disks * self.disk.sequential_write,
            link_bandwidth=self.rebuild * self.link,
        )

    def _absence(self) -> tuple[float, float]:
        """Mean times until remaking begins, and of it, s."""
        waiting = self.machine.mttr if self.replacement is None else self.replacement
        return (self.detection if self._spread else waiting), self._remaking()

    def usable_size(self) -> float:
        """Capacity for data, bytes."""
        return self.hosts * self.host_bytes / self.overhead

    def speed(self, clients: int, client_bandwidth: float) -> StoreSpeed:
        """How fast nodes read and write.

        Arguments:
            clients: nodes at the same time.
            client_bandwidth: network bandwidth of one node, bytes/s.
        """
        return self._speed(0, 1.0, clients, client_bandwidth)

    def _speed(self, away: int, share: float, clients: int, client_bandwidth: float) -> StoreSpeed:
        from models.laws.storage.erasure_code import degraded_requests  # imports numpy

        # Load is spread evenly over the groups: the one that lacks a host sets the rate of all.
        hosts = self.groups * (self.each - away)
        reading = share * min(self.disks * self.disk.sequential_read, self.link)
        writing = share * min(self.disks * self.disk.sequential_write, self.link)
        # Where no other host can take a piece, it is not written.
        pieces = min(self.data + self.parity, self.each - away)
        amplified = pieces / self.data
        read = striped_bandwidth(hosts, reading, clients, client_bandwidth)
        # Nodes send all pieces of what they write.
        write = striped_bandwidth(hosts, writing, clients, client_bandwidth) / amplified
        more = f"more `{self.units}`, `disks` in each or `bandwidth` of each"
        own = Limit(format_count(hosts, self.units), more)
        limit = limit_of_hosts(read, hosts * reading, own, clients)
        left = degraded_requests(self.each, self.data, away)
        requests = share * left * self.hosts * self.disks * self.disk.random_read_iops
        seek = self.disk.seek_s
        return StoreSpeed(read, write, requests, seek, limit.what, relief=limit.relief)

    def states(self, clients: int, client_bandwidth: float) -> tuple[StoreState, ...]:
        """How fast it is when whole, without a host, and when its pieces are remade.

        Arguments:
            clients: nodes at the same time.
            client_bandwidth: network bandwidth of one node, bytes/s.
        """

        def without(share: float) -> StoreSpeed:
            return self._speed(1, share, clients, client_bandwidth)

        waiting, remaking = self._absence()
        # The host itself may stay away after its pieces exist again.
        longer = max(0.0, self.machine.mttr - waiting - remaking) if self._spread else 0.0
        working, *shares = one_away(self.hosts, self.mttf, [waiting + longer, remaking])
        name = f"one {self.units.removesuffix('s')} failed"
        return (
            StoreState("whole", self.speed(clients, client_bandwidth), 0.0, working),
            StoreState(name, without(1.0), waiting + longer, shares[0]),
            StoreState("remaking pieces", without(1 - self.rebuild), remaking, shares[1]),
        )

    def components(self, name: str) -> tuple[Component, ...]:
        """How the hosts fail: with more of a group away than a write bears, the store is away.

        Some stripe has its pieces on any given hosts, as many as it has pieces.

        Arguments:
            name: of the store.
        """
        cause = Cause(self.units.removesuffix("s"), self.mttf, sum(self._absence()))
        required = self.each - (self.data + self.parity - self.quorum)
        return tuple(
            Component(
                name if group == 1 else f"{name} group {group}",
                required,
                self.each,
                (cause,),
                False,
                self.source,
            )
            for group in range(1, self.groups + 1)
        )

    def durability(self, name: str) -> StoreDurability:
        """How safe the bytes are: lost with more hosts of a group at once than there are parities.

        Arguments:
            name: of the store.
        """
        from models.laws.storage.erasure_code import (  # imports numpy
            hosts_data_loss,
            repair_traffic,
        )

        away = sum(self._absence())
        loss = hosts_data_loss(
            self.each,
            self.data,
            self.parity,
            mttf=self.mttf,
            mttr=away,
            host_bytes=self.host_bytes,
            mission=YEAR,
            groups=self.groups,
            uber=self.uber,
        )
        traffic = repair_traffic(self.host_bytes, self.data)
        one = self.units.removesuffix("s")
        law = (
            f"{loss.law}, remade one {one} at a time, each in {format_duration(away)} from"
            f" {format_scaled(traffic, 'B')} of the others; a failed disk takes its {one} out"
        )
        return StoreDurability(
            name,
            loss.usable_bytes,
            loss.loss_probability,
            loss.expected_bytes_lost,
            loss.mttdl,
            law,
            # Over more hosts, as if every few of them shared a stripe: an upper bound.
            "approximation" if self._spread else loss.method,
            overhead=self.overhead,
            repair_traffic=traffic,
        )
