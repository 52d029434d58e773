"""What the descriptions of all stores of disks share."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from models.catalog.errors import UnknownName
from models.catalog.records import Catalog, Disk
from models.description.fields import CatalogName, Positive
from models.description.quantities import Duration, Fraction, format_scaled
from models.description.raid_levels import Level
from models.description.stack import Stack, Store
from models.parts.facts import Facts
from models.parts.place import provider_of
from models.reading.check_names import unknown
from models.reading.faults import Fault, PathInFile


def _not_all(value: float) -> float:
    if value >= 1:
        raise ValueError("must be less than 100 %, or nothing could be read meanwhile")
    return value


WriteQuorum = Annotated[int, Field(strict=True, ge=1, le=1998)]
ErrorRate = Annotated[float, Field(strict=True, ge=0, le=1e-6)]
Disks = Annotated[int, Field(strict=True, ge=1, le=1000)]


class OfDisks(Store):
    """What every store of disks has."""

    disk: CatalogName = Field(description="a disk of the catalog")
    disks: Disks = Field(description="how many disks the array has")
    mttf: Annotated[Duration, Positive] | None = Field(
        None, description="mean time to failure of one disk, over the catalog's"
    )
    rebuild: Annotated[Fraction, Positive, AfterValidator(_not_all)] = Field(
        0.3, description="share of the disks' bandwidth that making lost data again takes"
    )

    def hardware(self, facts: Facts) -> Disk:
        """What one of the disks is.

        Arguments:
            facts: the catalog.
        """
        return facts.disk(self.disk)


class Array(OfDisks):
    """What every store has whose disks form a RAID or hold an erasure code."""

    level: Level = Field(
        description="RAID level, or an erasure code of data and parity such as 17+3"
    )
    groups: Annotated[int, Field(strict=True, ge=1, le=500)] = Field(
        1, description="sets of disks that RAID 50, RAID 60 or an erasure code is striped over"
    )
    unrecoverable_bit_error_rate: ErrorRate | None = Field(
        None,
        description="share of the bits read in a rebuild that can't be read, such as 1e-15, over"
        " the catalog's",
    )
    replacement: Duration | None = Field(
        None,
        description="time until a failed disk is replaced, 0 s with a hot spare, before its"
        " rebuild begins; by default the catalog's, which is for both",
    )


def disk_faults(
    path: PathInFile, store: OfDisks, stack: Stack, catalog: Catalog
) -> Iterator[Fault]:
    """Faults that every store of disks may have: a place that is a cloud, an unknown disk.

    Arguments:
        path: of the store.
        store: its description.
        stack: that it belongs to.
        catalog: the facts that its names refer to.
    """
    if not provider_of(stack).owned:
        message = f"'{store.kind}' is only for on premises"
        yield Fault((*path, "kind"), message, "one of object, nas, block, local")
    if store.disk not in catalog.disks:
        yield unknown((*path, "disk"), UnknownName("disk", store.disk, tuple(catalog.disks)))


def disks_power(disks: int, disk: str, servers: int, facts: Facts) -> float:
    """What some disks and the servers that they are in draw, W.

    Arguments:
        disks: how many.
        disk: of the catalog.
        servers: storage servers, on top of their disks.
        facts: the catalog.
    """
    power = disks * facts.power_draw(facts.disk(disk).kind).power
    return power + servers * facts.power_draw("storage-server").power if servers else power


def array_in_words(store: Array) -> str:
    """What an array is made of.

    Arguments:
        store: its description.
    """
    level = f"code {store.level}" if "+" in store.level else f"RAID {store.level}"
    groups = f" in {store.groups:,} groups" if store.groups > 1 else ""
    return f"{level} of {store.disks:,} {store.disk}{groups}"


def link_in_words(bandwidth: float) -> str:
    """The network link of a server.

    Arguments:
        bandwidth: bytes/s.
    """
    return f"link of {format_scaled(bandwidth, 'B/s')}"
