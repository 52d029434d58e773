"""Mechanical disks: how long a request takes, and how fast the platters pass."""

import math
from dataclasses import dataclass

from models.laws.arguments import non_negative, positive, probability, whole
from models.laws.queueing.station_law import Queue


@dataclass(frozen=True)
class ServiceTime:
    """Mean time of one request at a disk, by its parts, s.

    Arguments:
        controller: overhead of the controller.
        seek: of the arm, over all requests.
        rotation: until the sector comes by, over all requests.
        transfer: of the data.
        variance: of the whole, s^2.
    """

    controller: float
    seek: float
    rotation: float
    transfer: float
    variance: float

    @property
    def mean(self) -> float:
        """The sum of the parts, s."""
        return self.controller + self.seek + self.rotation + self.transfer

    @property
    def second_moment(self) -> float:
        """Of the whole, s^2."""
        return self.variance + self.mean**2

    @property
    def rate(self) -> float:
        """Requests that a disk which never idles serves, /s; infinite if they take no time."""
        return 1 / self.mean if self.mean > 0 else math.inf

    def response(self, arrival_rate: float) -> Queue:
        """The disk as a station: waiting, response time and utilization at Poisson arrivals.

        Arguments:
            arrival_rate: of requests, /s.

        Raises:
            ValueError: the rate is out of range.
            Unstable: more arrives than the disk can serve.

        Source: Pollaczek (1930) and Khinchine (1932), first come, first served.
        """
        from models.laws.queueing.general import m_g_1  # imports numpy, which no part needs

        return m_g_1(arrival_rate, self.mean, self.second_moment)


def rotation_period(rotation_rpm: float) -> float:
    """Duration of one turn, s; 0 for a disk without moving parts.

    Arguments:
        rotation_rpm: turns a minute; 0 for a solid-state disk.

    Raises:
        ValueError: it is out of range.
    """
    return 60 / positive("rotation_rpm", rotation_rpm) if rotation_rpm else 0.0


def service_time(
    size: float,
    transfer_rate: float,
    seek: float = 0.0,
    rotation_rpm: float = 0.0,
    controller: float = 0.0,
    locality: float = 0.0,
    seek_variance: float = 0.0,
) -> ServiceTime:
    """Mean and variance of the time that a disk takes for one request.

    A request waits for half a turn on average, uniform over a whole one. A local request follows
    its predecessor on the track and needs neither the arm nor the turn.

    Arguments:
        size: of the request, bytes.
        transfer_rate: under the head, bytes/s.
        seek: mean time of a seek, s; 0 for a solid-state disk.
        rotation_rpm: turns a minute; 0 for a solid-state disk.
        controller: overhead of each request, s.
        locality: share of the requests that are local, 0 to 1.
        seek_variance: of the time of a seek, s^2.

    Raises:
        ValueError: an argument out of range.

    Source: Patterson and Hennessy (2005), Computer Organization and Design, 3rd edition,
        section 8.2: seek + half a rotation + transfer + controller; locality: mixture of the two.
    """
    non_negative("size", size)
    positive("transfer_rate", transfer_rate)
    non_negative("seek", seek)
    non_negative("controller", controller)
    non_negative("seek_variance", seek_variance)
    far = 1 - probability("locality", locality)
    turn, transfer = rotation_period(rotation_rpm), size / transfer_rate
    positioning = seek + turn / 2
    spread = seek_variance + turn * turn / 12
    variance = far * spread + far * (1 - far) * positioning * positioning
    return ServiceTime(controller, far * seek, far * turn / 2, transfer, variance)


def formatted_capacity(
    surfaces: int, tracks: int, sectors_per_track: int, sector_size: float
) -> float:
    """What a disk holds, bytes.

    Arguments:
        surfaces: that are written, one a head.
        tracks: on each surface.
        sectors_per_track: how many.
        sector_size: bytes.

    Raises:
        ValueError: an argument out of range.

    Source: Ruemmler and Wilkes (1994), An introduction to disk drive modeling, IEEE Computer 27(3).
    """
    sectors = whole("tracks", tracks, 1) * whole("sectors_per_track", sectors_per_track, 1)
    return whole("surfaces", surfaces, 1) * sectors * positive("sector_size", sector_size)


def track_rate(
    rotation_rpm: float, sectors_per_track: int, sector_size: float, switch_time: float = 0.0
) -> float:
    """Rate at which a disk reads track after track, bytes/s.

    Arguments:
        rotation_rpm: turns a minute.
        sectors_per_track: how many.
        sector_size: bytes.
        switch_time: to the next head or cylinder after each turn, hidden by track skew no more
            than this, s.

    Raises:
        ValueError: an argument out of range.

    Source: Ruemmler and Wilkes (1994), An introduction to disk drive modeling, IEEE Computer 27(3).
    """
    positive("rotation_rpm", rotation_rpm)
    sectors = whole("sectors_per_track", sectors_per_track, 1)
    size = sectors * positive("sector_size", sector_size)
    return size / (60 / rotation_rpm + non_negative("switch_time", switch_time))


def zoned_rate(outer: float, inner: float, position: float) -> float:
    """Sequential rate at a place of a disk whose bits are equally dense on all tracks, bytes/s.

    A turn at radius r passes bytes in proportion to r, and r^2 shrinks evenly with the bytes that
    lie further out.

    Arguments:
        outer: rate at the outermost track, bytes/s.
        inner: rate at the innermost track, bytes/s.
        position: share of the capacity that lies further out, 0 to 1.

    Raises:
        ValueError: an argument out of range, or the inner track is the faster.

    Source: Ruemmler and Wilkes (1994), zoned bit recording, in the limit of many zones.
    """
    _check_zones(outer, inner)
    passed = probability("position", position)
    return math.sqrt(outer * outer * (1 - passed) + inner * inner * passed)


def mean_zoned_rate(outer: float, inner: float) -> float:
    """Rate at which a whole zoned disk is read, bytes/s: the mean of its two ends.

    Arguments:
        outer: rate at the outermost track, bytes/s.
        inner: rate at the innermost track, bytes/s.

    Raises:
        ValueError: an argument out of range, or the inner track is the faster.

    Source: the integral of the time a byte takes by `zoned_rate`.
    """
    _check_zones(outer, inner)
    return (outer + inner) / 2


def _check_zones(outer: float, inner: float) -> None:
    if positive("inner", inner) > positive("outer", outer):
        raise ValueError(
            f"inner is {inner} bytes/s and outer {outer}; the inner track can't be the faster"
        )
