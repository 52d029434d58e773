"""What the stores of a stack are made of, as a table and in words."""

from models.description.quantities import format_scaled
from models.description.stack import (
    AnyStore,
    Array,
    BlockVolume,
    FileSystem,
    Hdfs,
    LocalDisks,
    ObjectStore,
    ParallelFileSystem,
    RaidVolume,
    SanVolume,
    Stack,
)
from models.prediction import Prediction
from reports.table import Table, columns, row
from reports.wording import count, many

_KINDS = {
    "object": "object store",
    "nas": "shared file system",
    "block": "block volume",
    "raid": "RAID",
    "san": "SAN",
    "local": "disks in the nodes",
    "parallel": "parallel file system",
    "hdfs": "HDFS",
}


def storage(stack: Stack, prediction: Prediction) -> Table:
    """The stores.

    Arguments:
        stack: the description.
        prediction: of it.
    """
    capacities = {one.name: one.capacity for one in prediction.durability}
    rows = tuple(
        row(name, _KINDS[store.kind], make_up(store), _usable(store, capacities.get(name)))
        for name, store in stack.storage.items()
    )
    return Table("Storage", columns("Store", "Kind", "Made of", "Usable size>"), rows)


def _usable(store: AnyStore, capacity: float | None) -> str:
    if isinstance(store, ObjectStore | FileSystem | BlockVolume):
        return format_scaled(store.size, "B")
    return "by its disks" if capacity is None else format_scaled(capacity, "B")


def make_up(store: AnyStore) -> str:
    """What a store is made of, in words.

    Arguments:
        store: its description.
    """
    match store:
        case ObjectStore():
            word = "prefix" if store.prefixes == 1 else "prefixes"
            return f"{store.service}, {count(store.prefixes)} {word}"
        case FileSystem(service=None, bandwidth=bandwidth):
            return f"shared link of {format_scaled(bandwidth or 0.0, 'B/s')}"
        case FileSystem():
            return str(store.service)
        case BlockVolume():
            return f"{store.service}, one on each node of {store.nodes}"
        case RaidVolume():
            return f"{_array(store)}, {_link(store.bandwidth)}"
        case SanVolume():
            return f"{_array(store)}, a volume for each node of {store.nodes} over {store.link}"
        case LocalDisks():
            return f"{_array(store)} in each node of {store.nodes}"
        case ParallelFileSystem():
            return _parallel(store)
        case Hdfs():
            return _hdfs(store)


def _array(store: Array) -> str:
    level = f"code {store.level}" if "+" in store.level else f"RAID {store.level}"
    groups = f" in {count(store.groups)} groups" if store.groups > 1 else ""
    return f"{level} of {count(store.disks)} {store.disk}{groups}"


def _link(bandwidth: float) -> str:
    return f"link of {format_scaled(bandwidth, 'B/s')}"


def _parallel(store: ParallelFileSystem) -> str:
    stripe = store.stripe_count or store.servers
    each = f"{_array(store)}, {_link(store.bandwidth)}"
    pairs = ", in failover pairs" if store.failover else ""
    return (
        f"{many(store.servers, 'servers')}{pairs}, each with {each}; files striped over "
        f"{count(stripe)}; {many(store.metadata_servers, 'metadata servers')}"
    )


def _hdfs(store: Hdfs) -> str:
    disks = f"{count(store.disks)} {store.disk}"
    return (
        f"{many(store.datanodes, 'datanodes')} in {many(store.racks, 'racks')}, each with {disks}, "
        f"{_link(store.bandwidth)}; {many(store.replication, 'replicas')} of each block; "
        f"{many(store.namenodes, 'namenodes')}"
    )
