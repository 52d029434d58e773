"""What is counted by interval of a period: of a day by the hour, over all days of a run."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.queueing.periods import Intervals
from sim.queueing.arrays.sums import added
from sim.queueing.arrays.tally import BINS, CLASS, FLOW, STATION

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Snapshot:
    """What has been counted up to a time, without what is only told for the whole.

    Arguments:
        time: from the beginning of the run, s.
        flows: one record a pair of station and class.
        stations: one record a station.
        classes: one record a class.
        trip_times: customers who left by bin of time in the network, classes x bins.
    """

    time: float
    flows: NDArray[np.void]
    stations: NDArray[np.void]
    classes: NDArray[np.void]
    trip_times: NDArray[np.int64]


@dataclass(frozen=True)
class IntervalTally:
    """What has been counted in each interval; customers count where they leave.

    Arguments:
        times: simulated in each interval, s.
        flows: intervals x pairs of station and class.
        stations: intervals x stations.
        classes: intervals x classes.
        trip_times: intervals x classes x bins.
    """

    times: Floats
    flows: NDArray[np.void]
    stations: NDArray[np.void]
    classes: NDArray[np.void]
    trip_times: NDArray[np.int64]


def empty_intervals(number: int, flows: int, stations: int, classes: int) -> IntervalTally:
    """A tally of nothing.

    Arguments:
        number: of intervals.
        flows: pairs of station and class.
        stations: of the network.
        classes: of customers.
    """
    return IntervalTally(
        np.zeros(number),
        np.zeros((number, flows), FLOW),
        np.zeros((number, stations), STATION),
        np.zeros((number, classes), CLASS),
        np.zeros((number, classes, BINS), np.int64),
    )


class IntervalWatch:
    """Counts by interval what happens between two looks at a run.

    Arguments:
        intervals: of the period.
        first: what has been counted when the watch begins, at the start of a period.
    """

    def __init__(self, intervals: Intervals, first: Snapshot) -> None:
        self._intervals = intervals
        self._last = first
        self._number = round(first.time / intervals.period) * len(intervals.starts)
        shape = len(first.flows), len(first.stations), len(first.classes)
        self._counted = empty_intervals(len(intervals.starts), *shape)

    def advance(
        self,
        advance: Callable[[int, float], int],
        snapshot: Callable[[], Snapshot],
        visits: int,
        until: float,
    ) -> int:
        """Let a run go on, and look at it at the end of every interval; gives its services.

        Arguments:
            advance: lets it go on for so many services, or until a time.
            snapshot: what it has counted.
            visits: services.
            until: time since the beginning of the run, s.
        """
        done = 0
        while (end := self._intervals.end(self._number)) <= until:
            done += advance(visits - done, end)
            now = snapshot()
            if now.time < end:
                return done
            self.look(now)
        return done + advance(visits - done, until)

    def look(self, now: Snapshot) -> None:
        """Count what has happened since the last look in the present interval.

        Arguments:
            now: what has been counted; at the end of the interval the next one begins.
        """
        counted, last = self._counted, self._last
        place = self._number % len(self._intervals.starts)
        counted.times[place] += now.time - last.time
        for name in ("flows", "stations", "classes", "trip_times"):
            _add(getattr(counted, name)[place], getattr(now, name), getattr(last, name))
        self._last = now
        if now.time >= self._intervals.end(self._number):
            self._number += 1

    def tally(self) -> IntervalTally:
        """A copy of what has been counted up to the last look."""
        return added([self._counted])


def _add(total: NDArray[Any], more: NDArray[Any], less: NDArray[Any] | None = None) -> None:
    for name in total.dtype.names or (...,):
        total[name] += more[name] if less is None else more[name] - less[name]
