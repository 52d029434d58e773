"""Arrays of disks, wherever they are attached: layout, speed, rebuilds, data loss."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.catalog.records import Catalog
from models.description.quantities import YEAR, format_duration
from models.description.raid_levels import layout_of
from models.description.stack import Stack
from models.laws.reliability.blocks import mttf_of_series, series
from models.laws.storage.degraded_states import degraded_sequential, one_away
from models.laws.storage.raid import FEWEST_DISKS, GROUPED, Layout
from models.laws.storage.raid_rates import (
    host_rate,
    rebuild_time,
    rebuilding_bandwidth,
    rebuilding_rate,
)
from models.parts.facts import Facts
from models.parts.failure import Cause
from models.parts.stores.described_disks import Array, disk_faults
from models.parts.stores.store_speed import StoreSpeed, StoreState
from models.prediction import StoreDurability
from models.reading.faults import Fault, PathInFile

if TYPE_CHECKING:  # brings numpy, which only predictions need
    from models.laws.storage.data_loss import DataLoss


@dataclass(frozen=True)
class Rates:
    """What an array does before any link.

    Arguments:
        read: large reads, bytes/s; 0 where data are lost.
        write: large writes, bytes/s.
        requests: small reads, 1/s.
    """

    read: float
    write: float
    requests: float


LOST = Rates(0.0, 0.0, 0.0)


def layout(array: Array) -> Layout:
    """How the disks of an array hold its data.

    Arguments:
        array: as described.

    Raises:
        ValueError: a number of disks or groups that its level can't have.
    """
    return layout_of(array.level, array.disks, array.groups)


def faults(path: PathInFile, store: Array, stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    """Faults of an array: of its disks, its place, or of a level that can't be built of them.

    Arguments:
        path: of the store.
        store: its description.
        stack: that it belongs to.
        catalog: the facts that its names refer to.
    """
    try:
        layout(store)
    except ValueError as error:
        # Where it takes groups or takes none, not the disks are what is wrong.
        single = store.level in GROUPED and store.groups == 1
        ungrouped = store.level in FEWEST_DISKS and store.level not in GROUPED
        wrong = "groups" if single or (ungrouped and store.groups > 1) else "disks"
        yield Fault((*path, wrong), str(error))
    yield from disk_faults(path, store, stack, catalog)


def usable_size(array: Array, facts: Facts) -> float:
    """Usable capacity of one array, bytes.

    Arguments:
        array: as described.
        facts: the catalog.
    """
    return layout(array).data_disks * array.hardware(facts).capacity


def absence(array: Array, facts: Facts) -> tuple[float, float]:
    """Mean times that a failed disk waits for its replacement and is then rebuilt, s.

    The catalog's time is for both, and is exceeded where the rebuild alone takes longer.

    Arguments:
        array: as described.
        facts: the catalog.
    """
    disk = array.hardware(facts)
    rebuild = rebuild_time(disk.capacity, disk.sequential_write, array.rebuild)
    if array.replacement is not None:
        return array.replacement, rebuild
    return max(0.0, facts.failure_rate("disk-replacement").mttr - rebuild), rebuild


def whole(array: Array, facts: Facts) -> Rates:
    """One array, all of whose disks work.

    Arguments:
        array: as described.
        facts: the catalog.
    """
    disk, disks = array.hardware(facts), layout(array)
    return Rates(
        disks.sequential(disk.sequential_read),
        disks.sequential(disk.sequential_write),
        disks.random_reads(disk.random_read_iops),
    )


def states(
    array: Array, facts: Facts, speed: Callable[[Rates], StoreSpeed], arrays: int = 1
) -> tuple[StoreState, ...]:
    """A store whole, with a disk failed, and rebuilding it.

    Where load is spread over several arrays, the one with the failed disk sets the rate of all.

    Arguments:
        array: as described.
        facts: the catalog.
        speed: of the store, from what the slowest of its arrays does.
        arrays: how many such arrays there are.
    """
    disk, disks = array.hardware(facts), layout(array)
    wait, rebuild = absence(array, facts)
    phases = [("one disk failed", LOST, wait + rebuild)]
    if disks.tolerated:
        read = degraded_sequential(disks, disk.sequential_read)
        write = degraded_sequential(disks, disk.sequential_write)
        failed = Rates(read, write, host_rate(disks, disk.random_read_iops, 1.0, failed=1))
        rebuilding = Rates(
            rebuilding_bandwidth(disks, disk.sequential_read, array.rebuild),
            rebuilding_bandwidth(disks, disk.sequential_write, array.rebuild),
            rebuilding_rate(disks, disk.random_read_iops, 1.0, array.rebuild),
        )
        phases = [("one disk failed", failed, wait), ("rebuilding", rebuilding, rebuild)]
    durations = [duration for _, _, duration in phases]
    working, *shares = one_away(arrays * array.disks, array.mttf or disk.mttf, durations)
    return (
        StoreState("whole", speed(whole(array, facts)), 0.0, working),
        *(
            StoreState(name, speed(rates), duration, share)
            for (name, rates, duration), share in zip(phases, shares, strict=True)
            if duration
        ),
    )


def loss_cause(array: Array, facts: Facts) -> Cause:
    """How an array is lost: by more failed disks at once than it tolerates.

    A sector that can't be read loses a file, not the array.

    Arguments:
        array: as described.
        facts: the catalog.
    """
    # After a loss the data come back from elsewhere; until then the store is away.
    loss = _data_loss(array, facts, uber=0.0)
    return Cause("data loss", loss.mttdl, sum(absence(array, facts)))


def durability(name: str, array: Array, facts: Facts, arrays: int = 1) -> StoreDurability:
    """How safe the bytes of some arrays are.

    Arguments:
        name: of the store.
        array: as described.
        facts: the catalog.
        arrays: how many such arrays there are, independent of each other.
    """
    tolerant = layout(array).tolerated > 0
    uber = array.unrecoverable_bit_error_rate
    if uber is None:
        uber = array.hardware(facts).unrecoverable_bit_error_rate
    loss = _data_loss(array, facts, uber if tolerant else 0.0)
    away = format_duration(sum(absence(array, facts)))
    law = loss.law if arrays == 1 else f"{arrays:,} arrays of {loss.law}"
    if tolerant:
        law += f" ({uber:g} a bit)" if uber else ""
        law += f", {loss.repair} repair, a failed disk away for {away}"
    return StoreDurability(
        name,
        arrays * loss.usable_bytes,
        series([loss.loss_probability] * arrays),
        arrays * loss.expected_bytes_lost,
        mttf_of_series([loss.mttdl] * arrays),
        law,
        # Several arrays lose first at the sum of their rates, as if all had run for long.
        loss.method if arrays == 1 else "approximation",
    )


def _data_loss(array: Array, facts: Facts, uber: float) -> "DataLoss":
    from models.laws.storage.array_loss import array_data_loss  # as above

    disk = array.hardware(facts)
    return array_data_loss(
        layout(array),
        mttf=array.mttf or disk.mttf,
        mttr=sum(absence(array, facts)),
        disk_bytes=disk.capacity,
        mission=YEAR,
        uber=uber,
    )
