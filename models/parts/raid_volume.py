"""RAID of named disks in a server, on premises."""

import math

from models.laws.storage.raid import Raid
from models.parts.facts import Facts
from models.parts.failure import Cause, Component
from models.parts.speed import StoreSpeed, shared_bandwidth
from models.stack import RaidVolume


def usable_size(store: RaidVolume, facts: Facts) -> float:
    """Usable capacity, bytes.

    Arguments:
        store: the array.
        facts: the catalog.
    """
    return Raid(store.level, store.disks).data_disks * facts.disk(store.disk).capacity


def speed(store: RaidVolume, facts: Facts, clients: int, client_bandwidth: float) -> StoreSpeed:
    """How fast nodes read and write the array over its server's link.

    Arguments:
        store: the array.
        facts: the catalog.
        clients: nodes that use it at the same time.
        client_bandwidth: network bandwidth of one node, bytes/s.
    """
    disk, array = facts.disk(store.disk), Raid(store.level, store.disks)
    read, limit = _slower(array.sequential(disk.sequential_read), store, clients, client_bandwidth)
    write, _ = _slower(array.sequential(disk.sequential_write), store, clients, client_bandwidth)
    return StoreSpeed(read, write, array.random_reads(disk.random_read_iops), disk.seek_s, limit)


def _slower(
    disks: float, store: RaidVolume, clients: int, client_bandwidth: float
) -> tuple[float, str]:
    if disks <= store.bandwidth:
        bandwidth, limit = shared_bandwidth(disks, clients, client_bandwidth)
        return bandwidth, f"{store.disks} disks" if limit == "bandwidth of the store" else limit
    return shared_bandwidth(store.bandwidth, clients, client_bandwidth)


def component(name: str, store: RaidVolume, facts: Facts) -> Component:
    """How the array fails: its server, and more disks at once than it tolerates.

    Arguments:
        name: of the store.
        store: the array.
        facts: the catalog.
    """
    disk, array = facts.disk(store.disk), Raid(store.level, store.disks)
    server, replacement = (
        facts.failure_rate("storage-server"),
        facts.failure_rate("disk-replacement"),
    )
    loss = array.mttdl(disk.mttf, replacement.mttr)
    causes = [Cause("server", server.mttf, server.mttr)]
    if math.isfinite(loss):
        # After a loss the data come back from elsewhere; until then the store is away.
        causes.append(Cause("data loss", loss, replacement.mttr))
    return Component(name, 1, 1, tuple(causes), False, "storage-server, mttf of the disk")
