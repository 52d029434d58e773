"""Several block volumes of a node that its kernel joins into one: RAID 0, 1 or 10."""

from collections.abc import Iterator
from dataclasses import replace

from models.catalog.records import StorageService
from models.description.raid_levels import layout_of
from models.laws.storage.burst_credits import BurstBucket
from models.laws.storage.raid import Layout
from models.parts.stores import published
from models.prediction import StoreDurability
from models.reading.faults import Fault, PathInFile

LEVELS = ("0", "1", "10")


def level_faults(path: PathInFile, volumes: int, level: str) -> Iterator[Fault]:
    """Faults of a level that can't be had of so many volumes, or not of volumes at all.

    Arguments:
        path: of the store.
        volumes: of a node.
        level: as described.

    Source: Amazon EBS user guide, "Amazon EBS and RAID configuration" (2026-11-28).
    """
    if level not in LEVELS:
        why = (
            f"RAID {level} is not built of block volumes: writes of parity would take a fifth to a"
            " third of the requests that are paid for, and each volume is kept twice as it is"
        )
        yield Fault((*path, "level"), why, "0 to be faster, 1 or 10 to be safer")
        return
    try:
        layout_of(level, volumes, 1)
    except ValueError as error:
        yield Fault((*path, "volumes"), str(error).replace("disks", "volumes"))


def layout(volumes: int, level: str) -> Layout:
    """How volumes hold the data of what they are joined to.

    Arguments:
        volumes: of a node.
        level: 0, 1 or 10.
    """
    return layout_of(level, volumes, 1)


def behind_copies(link: BurstBucket, joined: Layout) -> BurstBucket:
    """What is left of a node's link to writes, each of which goes to every copy.

    Arguments:
        link: units/s.
        joined: how volumes hold the data.
    """
    copies = 1 + joined.tolerated
    return BurstBucket(link.baseline / copies, link.burst / copies, link.capacity / copies)


def durability(
    name: str, service: StorageService, size: float, nodes: int, joined: Layout
) -> StoreDurability | None:
    """How safe the joined volumes of all nodes are; None where nothing is published.

    A node is lost with each of its stripes; nobody mends a mirror within the year.

    Arguments:
        name: of the store.
        service: of the catalog, whose durability is that of a volume in a year.
        size: of what the volumes of a node are joined to, bytes.
        nodes: how many.
        joined: how volumes hold the data.
    """
    single = published.of_volumes(name, service, size, nodes)
    if single is None or joined.sets * joined.set_disks == 1:
        return single
    from models.laws.storage.durability import Durability  # imports numpy

    lost, pieces = published.lost_in_a_year(service), joined.sets * joined.set_disks
    what = f"{pieces} volumes"
    if joined.tolerated:
        lost, pieces = lost**joined.set_disks, joined.sets
        what = "a pair" if pieces == 1 else f"{pieces} pairs"
        what += " that nobody mends"
    one = Durability(lost)
    return replace(
        single,
        loss_probability=one.loss_probability(nodes * pieces),
        expected_loss=one.expected_losses(size * nodes * pieces),
        law=f"{single.law}, each joined of {what}",
        method="approximation",
    )
