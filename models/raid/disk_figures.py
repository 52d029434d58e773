"""What one described disk is: figures of its file, of its model in the catalog, of its tracks."""

from dataclasses import dataclass

import numpy as np

from models.catalog.hardware import Disk
from models.catalog.records import Catalog
from models.description.quantities import YEAR
from models.laws.reliability.lifetime import Lifetime
from models.laws.reliability.lifetimes import Exponential
from models.laws.storage.disk import formatted_capacity, track_rate
from models.laws.storage.seek import SeekCurve, seek_moments
from models.raid.array_description import DescribedDisk, Requests, Seek
from models.reliability.lifetime_description import lifetime_of


@dataclass(frozen=True)
class SeekFigures:
    """Time of seeks over the requests.

    Arguments:
        mean: s.
        variance: s²; 0 where only the mean is known.
        longest: over all tracks, s; None where only the mean is known.
    """

    mean: float = 0.0
    variance: float = 0.0
    longest: float | None = None


@dataclass(frozen=True)
class DiskFigures:
    """One disk.

    Arguments:
        capacity: bytes; None where nobody says.
        read: large reads, bytes/s; None where nobody says.
        write: large writes, bytes/s.
        rotation_rpm: turns a minute; 0 of a solid-state disk.
        controller: overhead of a request, s.
        random_reads: that a disk which never idles serves, /s; None where it follows from requests.
        lifetime: None where nobody says.
        unreadable: share of the bits read that can't be read.
    """

    capacity: float | None
    read: float | None
    write: float | None
    rotation_rpm: float
    controller: float
    random_reads: float | None
    lifetime: Lifetime | None
    unreadable: float


def figures_of(disk: DescribedDisk, catalog: Catalog) -> DiskFigures:
    """The figures of a disk; its model is known to be in the catalog.

    Arguments:
        disk: as described.
        catalog: the facts.

    Raises:
        ValueError: a lifetime that nothing has.
    """
    model = None if disk.model is None else catalog.disks[disk.model]
    turns = (model.rotation_rpm if model else 0.0) if disk.rotation is None else 60 * disk.rotation
    capacity, read = disk.capacity, disk.read
    if disk.geometry is not None:
        tracks = disk.geometry
        whole = formatted_capacity(
            tracks.surfaces, tracks.tracks, tracks.sectors_per_track, tracks.sector_size
        )
        capacity = whole if capacity is None else capacity
        if read is None and turns:
            read = track_rate(turns, tracks.sectors_per_track, tracks.sector_size)
    if model is not None:
        capacity = model.capacity if capacity is None else capacity
        read = model.sequential_read if read is None else read
    write = disk.write
    if write is None:
        write = model.sequential_write if model and disk.read is None else read
    errors = disk.unrecoverable_bit_error_rate
    if errors is None:
        errors = model.unrecoverable_bit_error_rate if model else 0.0
    return DiskFigures(
        capacity,
        read,
        write,
        turns,
        disk.controller,
        disk.random_reads or (model.random_read_iops if model else None),
        _lifetime(disk, model),
        errors,
    )


def seek_of(disk: DescribedDisk, requests: Requests, catalog: Catalog) -> SeekFigures:
    """The time of the seeks of some requests.

    Arguments:
        disk: as described.
        requests: that it serves.
        catalog: the facts.
    """
    if disk.mean_seek is not None:
        return SeekFigures(disk.mean_seek)
    if disk.seek is None:
        return SeekFigures(catalog.disks[disk.model].seek_s if disk.model else 0.0)
    assert disk.geometry is not None  # a seek by tracks needs one
    tracks, seek = disk.geometry.tracks, disk.seek
    curve = SeekCurve(0.0, 0.0, seek.startup, seek.per_track)
    if seek.begins == "edge":
        return _from_edge(curve, seek, tracks)
    mean, variance = seek_moments(curve, tracks, requests.order, requests.queue_depth)
    return SeekFigures(mean, variance, _longest(seek, tracks))


def _from_edge(curve: SeekCurve, seek: Seek, tracks: int) -> SeekFigures:
    times = curve.time(np.arange(float(tracks)))
    return SeekFigures(float(times.mean()), float(times.var()), _longest(seek, tracks))


def _longest(seek: Seek, tracks: int) -> float:
    return seek.startup + seek.per_track * (tracks - 1) if tracks > 1 else 0.0


def _lifetime(disk: DescribedDisk, model: Disk | None) -> Lifetime | None:
    if disk.lifetime is not None:
        return lifetime_of(disk.lifetime)
    mttf = disk.mttf
    if disk.annual_failure_rate is not None:
        mttf = YEAR / disk.annual_failure_rate
    if mttf is None and model is not None:
        mttf = model.mttf
    return None if mttf is None else Exponential(1 / mttf)
