"""Simulate the requests of one disk: where the arm goes, when the sector comes by, who waits."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from models.catalog.records import Catalog
from models.laws.storage.seek import SeekCurve
from models.prediction import Estimate
from models.raid.array_answer import DiskRuns, DiskTimes
from models.raid.array_description import DescribedDisk, Requests
from models.raid.disk_figures import DiskFigures, seek_of
from sim.experiment import grouped_quantile_estimate, mean_estimate, streams

RUNS = 20
_REQUESTS = 40_000  # of each run
_FIRST = 4_000  # of each run, that an idle disk favours
_CHOICES = 100_000_000  # tracks that are looked at in all, where the disk chooses
_LATE = 0.95

Floats = NDArray[np.float64]
Generator = np.random.Generator


def simulate_requests(
    disk: DescribedDisk,
    figures: DiskFigures,
    requests: Requests,
    times: DiskTimes,
    catalog: Catalog,
    seed: int = 1,
) -> DiskRuns:
    """What one disk does request by request: at random places, first come, first served or chosen.

    The arm really goes from track to track, so that a seek hangs together with the next; of a
    seek of which only the mean is known every one takes the mean.

    Arguments:
        disk: as described.
        figures: what it is.
        requests: that it serves.
        times: by the laws; their rate of arrivals at one disk is taken.
        catalog: the facts.
        seed: of the simulation.
    """
    count = _REQUESTS
    chooses = requests.order != "fcfs" and requests.queue_depth > 1 and disk.seek is not None
    if chooses:
        count = max(2 * _FIRST, min(count, _CHOICES // RUNS // requests.queue_depth))
    arrivals = times.arrival_rate if times.response is not None else None
    services, responses = [], []
    for random in streams(seed, count=RUNS):
        seeks = _seeks(disk, requests, catalog, random, count)
        service = _service(seeks, figures, requests, times, random)
        services.append(float(service[_FIRST:].mean()))
        if arrivals is not None:
            between = random.exponential(1 / arrivals, count)
            responses.append((service + _waiting(service, between))[_FIRST:])
    return DiskRuns(
        f"one disk, {RUNS} runs of {count:,} requests",
        mean_estimate(services),
        _known(responses, lambda one: mean_estimate([float(run.mean()) for run in one])),
        _known(responses, lambda one: grouped_quantile_estimate(one, _LATE)),
    )


def _known(
    responses: list[Floats], estimate: Callable[[list[Floats]], Estimate]
) -> Estimate | None:
    return estimate(responses) if responses else None


def _service(
    seeks: Floats,
    figures: DiskFigures,
    requests: Requests,
    times: DiskTimes,
    random: Generator,
) -> Floats:
    """Of every request: what follows its predecessor on the track needs neither seek nor turn."""
    count = len(seeks)
    turns = random.random(count) * 60 / figures.rotation_rpm
    moves = random.random(count) >= requests.locality
    service: Floats = times.controller + times.transfer + moves * (seeks + turns)
    return service


def _seeks(
    disk: DescribedDisk, requests: Requests, catalog: Catalog, random: Generator, count: int
) -> Floats:
    if disk.mean_seek is not None or disk.seek is None:
        return np.full(count, seek_of(disk, requests, catalog).mean)
    assert disk.geometry is not None  # a seek by tracks needs one
    curve = SeekCurve(0.0, 0.0, disk.seek.startup, disk.seek.per_track)
    tracks = disk.geometry.tracks
    if disk.seek.begins == "edge":
        return curve.time(random.integers(tracks, size=count).astype(float))
    if requests.order == "fcfs" or requests.queue_depth == 1:
        places = random.integers(tracks, size=count + 1)
        return curve.time(np.abs(np.diff(places)).astype(float))
    return curve.time(_chosen(tracks, requests, random, count))


def _chosen(tracks: int, requests: Requests, random: Generator, count: int) -> Floats:
    """How far the arm goes where the disk chooses from its queue, with a new request for each."""
    waiting = random.integers(tracks, size=requests.queue_depth).astype(float)
    coming = random.integers(tracks, size=count)
    far, arm, up = np.empty(count), tracks / 2, True
    for position in range(count):
        apart = waiting - arm
        if requests.order == "scan":
            ahead = apart >= 0 if up else apart <= 0
            if not ahead.any():
                up = not up
                ahead = ~ahead
            distances = np.where(ahead, np.abs(apart), np.inf)
        else:
            distances = np.abs(apart)
        nearest = int(distances.argmin())
        far[position] = abs(apart[nearest])
        arm, waiting[nearest] = waiting[nearest], coming[position]
    return far


def _waiting(service: Floats, between: Floats) -> Floats:
    """Time that each waits, of a disk that is idle at first.

    Source: Lindley (1952), The theory of queues with a single server.
    """
    steps = np.concatenate(([0.0], np.cumsum(service[:-1] - between[1:])))
    waiting: Floats = steps - np.minimum(0.0, np.minimum.accumulate(steps))
    return waiting
