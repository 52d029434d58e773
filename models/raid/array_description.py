"""A disk, or an array of equal disks, as people describe it.

One description for the laws, the SimPy reference and the compiled engine alike.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.description.fields import CatalogName, Name, Part, Positive, one_of
from models.description.quantities import YEAR, Bandwidth, Duration, Fraction, Rate, Size
from models.description.raid_levels import Level
from models.reliability.lifetime_description import AnyLifetime

MISSION = 10 * YEAR
Whole = Annotated[int, Field(strict=True, ge=1, le=10_000_000)]
ErrorRate = Annotated[float, Field(strict=True, ge=0, le=1e-6)]


class Seek(Part):
    """How long the arm takes by the tracks it passes; nothing where it stays."""

    startup: Duration = Field(0.0, description="of every seek that moves the arm, a duration")
    per_track: Annotated[Duration, Positive] = Field(
        description="for each track, a duration above 0"
    )
    begins: Literal["anywhere", "edge"] = Field(
        "anywhere", description="where the arm is before: at a random track, or at the first one"
    )


class Geometry(Part):
    """Tracks and sectors, from which follow capacity and the rate under the head."""

    surfaces: Whole = Field(description="that are written, one a head")
    tracks: Annotated[int, Field(strict=True, ge=1, le=10_000_000)] = Field(
        description="on each surface"
    )
    sectors_per_track: Whole = Field(description="how many")
    sector_size: Annotated[Size, Positive] = Field(description="what a sector holds, above 0")


class Flash(Part):
    """What garbage collection costs a solid-state disk, and how long it lasts."""

    over_provisioning: Annotated[float, Field(strict=True, ge=1e-6, le=1000)] = Field(
        description="spare beside usable capacity, (physical - usable) / usable, such as 0.28"
    )
    pages_per_block: Annotated[int, Field(strict=True, ge=2, le=1_000_000)] | None = Field(
        None, description="pages that are erased together; very many if not given"
    )
    erase_cycles: Annotated[int, Field(strict=True, ge=1, le=10_000_000)] | None = Field(
        None, description="that a block endures"
    )
    written: Annotated[Bandwidth, Positive] | None = Field(
        None, description="mean rate at which the host writes at random"
    )
    warranty: Annotated[Duration, Positive] = Field(
        5 * YEAR, description="over which drive writes a day are counted"
    )


class DescribedDisk(Part):
    """One disk: a model of the catalog, figures of your own, or the one with some of the other.

    Of `mttf`, `annual_failure_rate` and `lifetime` one at most; of `seek` and `mean_seek` too.
    """

    model: CatalogName | None = Field(
        None, description="a disk of the catalog, whose figures hold where none are given here"
    )
    capacity: Annotated[Size, Positive] | None = Field(None, description="what it holds")
    read: Annotated[Bandwidth, Positive] | None = Field(None, description="large reads")
    write: Annotated[Bandwidth, Positive] | None = Field(
        None, description="large writes; as fast as reads if not given"
    )
    rotation: Annotated[Rate, Positive] | None = Field(
        None, description="turns, such as 7200/min; none of a solid-state disk"
    )
    mean_seek: Annotated[Duration, Positive] | None = Field(
        None, description="mean time of a seek over random requests"
    )
    seek: Seek | None = Field(None, description="time of a seek by its distance; needs a geometry")
    controller: Duration = Field(0.0, description="overhead of each request, a duration")
    geometry: Geometry | None = Field(
        None, description="tracks and sectors; capacity and rate follow if not given"
    )
    random_reads: Annotated[Rate, Positive] | None = Field(
        None,
        description="small reads of a disk that never idles; follows from a request if not given",
    )
    mttf: Annotated[Duration, Positive] | None = Field(
        None, description="mean time to failure, at a constant rate"
    )
    annual_failure_rate: Annotated[Fraction, Positive] | None = Field(
        None, description="failures of a disk in a year, each replaced, at a constant rate"
    )
    lifetime: AnyLifetime | None = Field(None, description="time to failure, durations")
    unrecoverable_bit_error_rate: ErrorRate | None = Field(
        None, description="share of the bits read that can't be read, such as 1e-15"
    )
    flash: Flash | None = Field(None, description="of a solid-state disk; not asked if not given")

    @model_validator(mode="after")
    def _consistent(self) -> "DescribedDisk":
        for keys in (("mttf", "annual_failure_rate", "lifetime"), ("mean_seek", "seek")):
            wrong = one_of(self, *keys)
            if wrong and wrong.startswith("has"):
                raise ValueError(wrong)
        if self.seek is not None and self.geometry is None:
            raise ValueError("has a seek by tracks, which needs a geometry")
        return self


class DescribedArray(Part):
    """Equal disks that form a RAID or hold an erasure code."""

    level: Level = Field(
        description="RAID level, or an erasure code of data and parity such as 17+3"
    )
    disks: Annotated[int, Field(strict=True, ge=1, le=1000)] = Field(description="how many")
    groups: Annotated[int, Field(strict=True, ge=1, le=500)] = Field(
        1, description="sets of disks that RAID 50, RAID 60 or an erasure code is striped over"
    )


class Repair(Part):
    """What becomes of a failed disk.

    One of `mttr`, `restore` and `replacement`; with `replacement` the rebuild follows, as fast as
    the disk writes at its share.
    """

    mttr: Annotated[Duration, Positive] | None = Field(
        None, description="mean time from a failure until the data are whole again, at random"
    )
    restore: AnyLifetime | None = Field(None, description="the same, durations")
    replacement: Duration | None = Field(
        None, description="time until the rebuild begins, 0 s with a hot spare"
    )
    rebuild: Annotated[Fraction, Positive] = Field(
        0.3, description="share of the disks' time that a rebuild takes"
    )
    order: Literal["serial", "parallel"] = Field(
        "serial",
        description="several failed disks of a set. serial: one rebuild at a time; parallel: all at"
        " once, each as quickly",
    )

    @model_validator(mode="after")
    def _consistent(self) -> "Repair":
        wrong = one_of(self, "mttr", "restore", "replacement")
        if wrong:
            raise ValueError(wrong)
        return self


class LatentDefects(Part):
    """Sectors that can't be read and that nobody sees, until a scrub finds them."""

    rate: Annotated[Rate, Positive] | None = Field(
        None, description="of new defects on a disk, above 0"
    )
    appearance: AnyLifetime | None = Field(
        None, description="instead of a rate: time from a clean disk to a defect, durations"
    )
    mean_scrub: Annotated[Duration, Positive] | None = Field(
        None, description="mean time from a defect until it is found and mended, at random"
    )
    scrub: AnyLifetime | None = Field(
        None, description="the same, durations; nobody looks if neither is given"
    )

    @model_validator(mode="after")
    def _consistent(self) -> "LatentDefects":
        wrong = one_of(self, "rate", "appearance")
        if wrong:
            raise ValueError(wrong)
        wrong = one_of(self, "mean_scrub", "scrub")
        if wrong and wrong.startswith("has"):
            raise ValueError(wrong)
        return self


class Requests(Part):
    """Small requests, alike and independent, at random places."""

    size: Annotated[Size, Positive] = Field(description="of one request")
    reads: Fraction = Field(1.0, description="share that reads; the others write")
    locality: Fraction = Field(
        0.0, description="share that follows its predecessor on the track: no seek, no turn"
    )
    rate: Annotated[Rate, Positive] | None = Field(
        None, description="at which they arrive at random; the waiting is not asked if not given"
    )
    order: Literal["fcfs", "scan", "sstf"] = Field(
        "fcfs",
        description="in which a disk with a seek by tracks takes them. fcfs: as they come; scan:"
        " the arm sweeps; sstf: the nearest first",
    )
    queue_depth: Annotated[int, Field(strict=True, ge=1, le=100_000)] = Field(
        1, description="requests that the disk chooses from"
    )


class ArrayObjectives(Part):
    """What must be reached; `windtunnel raid` exits with 1 where it is not."""

    durability: Fraction | None = Field(
        None, description="probability that nothing is lost within the mission"
    )
    capacity: Annotated[Size, Positive] | None = Field(None, description="usable, at least")
    response_time: Annotated[Duration, Positive] | None = Field(
        None, description="mean of a request, at most"
    )


class ArrayFile(Part):
    """A disk, or an array of disks; its file is what `windtunnel raid` reads."""

    name: Name = Field(
        description="of the array; lower-case letters, digits and inner hyphens, 40 at most"
    )
    disk: DescribedDisk = Field(description="what each disk is")
    array: DescribedArray | None = Field(
        None, description="how the disks are laid out; one disk alone if not given"
    )
    repair: Repair | None = Field(
        None, description="what becomes of a failed disk; what it loses is not asked if not given"
    )
    latent_defects: LatentDefects | None = Field(
        None, description="defects that wait for a scrub; none if not given"
    )
    requests: Requests | None = Field(
        None, description="what the disks serve; not asked if not given"
    )
    mission: Annotated[Duration, Positive] = Field(
        MISSION, description="time for which losses are counted, all disks new at first"
    )
    objectives: ArrayObjectives = Field(
        default_factory=lambda: ArrayObjectives.model_validate({}), description="what is wanted"
    )
