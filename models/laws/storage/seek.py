"""Seeks of a disk's arm: how far, how long, and what the order of requests saves."""

import math
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from models.laws.arguments import non_negative, positive, whole

Array = NDArray[np.float64]
Policy = Literal["fcfs", "scan", "sstf"]
POLICIES: tuple[Policy, ...] = ("fcfs", "scan", "sstf")
MOST_CYLINDERS = 10_000_000


class SeekTime(Protocol):
    """How long the arm takes for a distance."""

    def time(self, distance: Array | float) -> Array:
        """Time of seeks, s; 0 where the arm stays.

        Arguments:
            distance: in cylinders, 0 or more.
        """


@dataclass(frozen=True)
class SeekCurve:
    """A square root while the arm speeds up, then a straight line.

    A seek over d cylinders takes short_constant + short_root sqrt(d) below the cutoff and
    long_constant + long_slope d from there on.

    Arguments:
        short_constant: s.
        short_root: s a square root of a cylinder.
        long_constant: s.
        long_slope: s a cylinder.
        cutoff: shortest distance on the straight line, cylinders; 0 where all are.

    Raises:
        ValueError: an argument out of range.

    Source: Ruemmler and Wilkes (1994), An introduction to disk drive modeling, IEEE Computer 27(3).
    """

    short_constant: float
    short_root: float
    long_constant: float
    long_slope: float
    cutoff: float = 0.0

    def __post_init__(self) -> None:
        for name in ("short_constant", "short_root", "long_constant", "long_slope", "cutoff"):
            non_negative(name, getattr(self, name))

    def time(self, distance: Array | float) -> Array:
        """Time of seeks, s; 0 where the arm stays.

        Arguments:
            distance: in cylinders, 0 or more.
        """
        far = np.asarray(distance, dtype=float)
        short = self.short_constant + self.short_root * np.sqrt(far)
        long = self.long_constant + self.long_slope * far
        return np.where(far == 0, 0.0, np.where(far < self.cutoff, short, long))


@dataclass(frozen=True)
class ThreePointSeek:
    """The curve c + a sqrt(d-1) + b (d-1) through the three figures of a data sheet.

    Arguments:
        shortest: seek to the next track, s.
        average: over random requests, s.
        longest: over the full stroke, s.
        cylinders: of the disk.

    Raises:
        ValueError: an argument out of range, or the figures make a curve that falls.

    Source: Lee and Katz (1993), An analytic performance model of disk arrays.
    """

    shortest: float
    average: float
    longest: float
    cylinders: int

    def __post_init__(self) -> None:
        positive("shortest", self.shortest)
        whole("cylinders", self.cylinders, 2)
        if not self.shortest <= self.average <= self.longest <= 1e100:
            raise ValueError(
                f"shortest is {self.shortest}, average {self.average} and longest {self.longest} s;"
                " they must rise in this order"
            )
        root, slope = self._coefficients()
        # Steps grow or shrink throughout, so that the first or the last is the smallest.
        last = root * (math.sqrt(self.cylinders) - math.sqrt(self.cylinders - 1)) + slope
        if min(root + slope, last) < 0:
            raise ValueError(
                f"average is {self.average} s; no rising curve of this form has it between"
                f" {self.shortest} and {self.longest} s"
            )

    def _coefficients(self) -> tuple[float, float]:
        root = -10 * self.shortest + 15 * self.average - 5 * self.longest
        slope = 7 * self.shortest - 15 * self.average + 8 * self.longest
        return root / (3 * math.sqrt(self.cylinders)), slope / (3 * self.cylinders)

    def time(self, distance: Array | float) -> Array:
        """Time of seeks, s; 0 where the arm stays.

        Arguments:
            distance: in cylinders, 0 or more.
        """
        far = np.asarray(distance, dtype=float)
        root, slope = self._coefficients()
        steps = np.maximum(far - 1, 0.0)
        return np.where(far == 0, 0.0, self.shortest + root * np.sqrt(steps) + slope * steps)


def mean_distance(cylinders: int) -> float:
    """Mean distance between two random places of a disk, cylinders: a third of the stroke.

    Arguments:
        cylinders: of the disk, n.

    Raises:
        ValueError: it is out of range.

    Source: the mean of |i - j| over all pairs, (n^2 - 1)/3n.
    """
    n = whole("cylinders", cylinders, 1)
    return (n * n - 1) / (3 * n)


def mean_distance_from_edge(cylinders: int) -> float:
    """Mean distance from the outermost cylinder to a random one, cylinders.

    Arguments:
        cylinders: of the disk, n.

    Raises:
        ValueError: it is out of range.

    Source: the mean of 0 to n-1, (n - 1)/2.
    """
    return (whole("cylinders", cylinders, 1) - 1) / 2


def scheduled_share(policy: Policy, queue_depth: int) -> float:
    """Mean distance of a seek as a share of the stroke, where requests are chosen from a queue.

    First come, first served: 1/3, exact. An elevator (scan): a constant number q of requests at
    random places stays pending, each served one is replaced at once, and each place has waited
    since the arm last passed it. A sweep then serves 3q/2 of them, so that the mean distance is
    2/3q for many; 2/(3(q+1)) joins that to the exact 1/3 of one. An approximation: simulation
    gives up to 7 % more. Shortest seek first (sstf) comes within 9 % of the same. Neither looks at
    the rotation; a disk that orders its own queue by both does better.

    Arguments:
        policy: "fcfs", "scan" or "sstf".
        queue_depth: requests from which the next is chosen, 1 or more.

    Raises:
        ValueError: an argument out of range.

    Source: the policies: Denning (1967), Effects of scheduling on file memory operations; the
        density of requests ahead of a sweeping arm: Coffman, Klimko and Ryan (1972), Analysis of
        scanning policies for reducing disk seek times.
    """
    if policy not in POLICIES:
        raise ValueError(f"policy is {policy!r}; it must be one of {', '.join(POLICIES)}")
    depth = whole("queue_depth", queue_depth, 1)
    return 1 / 3 if policy == "fcfs" else 2 / (3 * (depth + 1))


def seek_moments(
    curve: SeekTime, cylinders: int, policy: Policy = "fcfs", queue_depth: int = 1
) -> tuple[float, float]:
    """Mean and variance of the time of a seek between random places, s and s^2.

    Exact for first come, first served and for a queue of one. Otherwise an approximation:
    distances keep the form of their law, P(D >= x) = (1 - x)^k, with the mean of
    `scheduled_share`.

    Arguments:
        curve: time of a seek by its distance.
        cylinders: of the disk, up to ten million.
        policy: "fcfs", "scan" or "sstf".
        queue_depth: requests from which the next is chosen, 1 or more.

    Raises:
        ValueError: an argument out of range.

    Source: pairs at distance d: 2(n - d)/n^2; the order of requests: `scheduled_share`.
    """
    n = whole("cylinders", cylinders, 1)
    if n > MOST_CYLINDERS:
        raise ValueError(f"cylinders is {cylinders}; more than {MOST_CYLINDERS:,} are not summed")
    power = (1 / scheduled_share(policy, queue_depth) - 1) / 2
    remaining = np.arange(n, -1.0, -1)
    at_least: Any = (remaining * (remaining + 1) / (float(n) * n)) ** power
    at_least[0] = 1.0
    chances = at_least[:-1] - at_least[1:]
    times = curve.time(np.arange(float(n)))
    mean = float(chances @ times)
    return mean, float(chances @ (times - mean) ** 2)
