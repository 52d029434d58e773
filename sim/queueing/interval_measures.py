"""What a tally by interval says of stations and classes, and its estimates over replications."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.queueing.asked import PERCENTAGES
from models.queueing.network import Network
from models.queueing.network_answer import ClassInterval, IntervalMeasures, StationInterval
from models.queueing.periods import Intervals
from sim.queueing.column_estimates import Columns, Floats
from sim.queueing.interval_tally import IntervalTally
from sim.queueing.measures import follows_load, percentiles, ratio

(
    _THROUGHPUT,
    _UTILIZATION,
    _NUMBER,
    _WAITING_TIME,
    _RESPONSE_TIME,
    _SERVERS,
    _STATION_COLUMNS,
) = range(7)
_CLASS_THROUGHPUT, _CLASS_RESPONSE, _CLASS_WITHIN, _CLASS_PERCENTILES = range(4)
_CLASS_COLUMNS = _CLASS_PERCENTILES + len(PERCENTAGES)
_ROUNDING = 1e-9


@dataclass(frozen=True)
class MeasuredIntervals:
    """The measures of each interval in one run, or in one window of it; NaN where nobody came.

    Arguments:
        stations: intervals x stations x columns.
        classes: intervals x classes x columns.
    """

    stations: Floats
    classes: Floats

    def middle(self, other: "MeasuredIntervals") -> "MeasuredIntervals":
        """Of an antithetic pair.

        Arguments:
            other: the mirrored run.
        """
        return MeasuredIntervals(
            (self.stations + other.stations) / 2, (self.classes + other.classes) / 2
        )


def measure_intervals(
    network: Network, flows: Sequence[tuple[str, str]], tally: IntervalTally
) -> MeasuredIntervals:
    """What a tally by interval says.

    Arguments:
        network: the description.
        flows: pairs of station and class, in the order of the tally.
        tally: of whole periods.
    """
    number = len(tally.times)
    stations = np.full((number, len(network.stations), _STATION_COLUMNS), math.nan)
    classes = np.full((number, len(network.classes), _CLASS_COLUMNS), math.nan)
    for place in range(number):
        for k, name in enumerate(network.stations):
            mine = [i for i, (where, _) in enumerate(flows) if where == name]
            stations[place, k] = _station(network, name, tally, place, k, mine)
        for k, customers in enumerate(network.classes.values()):
            counted, row = tally.classes[place, k], classes[place, k]
            left = float(counted["left"])
            row[_CLASS_THROUGHPUT] = ratio(left, float(tally.times[place]), 0.0)
            row[_CLASS_RESPONSE] = ratio(float(counted["response_time"]), left)
            if customers.target is not None:
                row[_CLASS_WITHIN] = ratio(float(counted["within"]), left)
            row[_CLASS_PERCENTILES:] = percentiles(tally.trip_times[place, k], row[_CLASS_RESPONSE])
    return MeasuredIntervals(stations, classes)


def _station(
    network: Network, name: str, tally: IntervalTally, place: int, k: int, flows: list[int]
) -> Floats:
    station, counted = network.stations[name], tally.stations[place, k]
    time, some = float(tally.times[place]), tally.flows[place, flows]
    served, row = float(some["departures"].sum()), np.full(_STATION_COLUMNS, math.nan)
    servers = time if station.unlimited else float(counted["servers"])
    row[_THROUGHPUT] = ratio(served, time, 0.0)
    # Differences of sums, which rounding leaves a bit above or below all, or below none.
    busy = ratio(float(counted["busy"]), servers, 0.0)
    row[_UTILIZATION] = 1.0 if math.isclose(busy, 1.0, rel_tol=_ROUNDING) else busy
    row[_NUMBER] = max(0.0, ratio(float(some["number"].sum()), time, 0.0))
    row[_WAITING_TIME] = ratio(float(some["waiting_time"].sum()), served)
    row[_RESPONSE_TIME] = ratio(float(some["response_time"].sum()), served)
    if follows_load(station) and not station.unlimited:
        row[_SERVERS] = ratio(float(counted["paid"]), time, 0.0)
    return row


def interval_measures(
    network: Network,
    intervals: Intervals,
    values: Sequence[MeasuredIntervals],
    whole: MeasuredIntervals,
    windows: bool,
) -> tuple[IntervalMeasures, ...]:
    """Each interval of the period.

    Arguments:
        network: the description.
        intervals: of the period.
        values: of the replications, or of the windows of a single run.
        whole: of all of them together: the centres of the intervals.
        windows: the values are those of a single run.
    """
    ends = (*intervals.starts[1:], intervals.period)
    result = []
    for place, (start, end) in enumerate(zip(intervals.starts, ends, strict=True)):
        stations = tuple(
            _station_estimates(name, _columns(place, k, values, whole, "stations", windows))
            for k, name in enumerate(network.stations)
        )
        classes = tuple(
            _class_estimates(name, _columns(place, k, values, whole, "classes", windows))
            for k, name in enumerate(network.classes)
        )
        result.append(IntervalMeasures(start, end, stations, classes))
    return tuple(result)


def _columns(
    place: int,
    k: int,
    values: Sequence[MeasuredIntervals],
    whole: MeasuredIntervals,
    kind: str,
    windows: bool,
) -> Columns:
    rows = [getattr(one, kind)[place, k] for one in values]
    return Columns(rows, getattr(whole, kind)[place, k], windows)


def _station_estimates(name: str, column: Columns) -> StationInterval:
    return StationInterval(
        name,
        column.known(_THROUGHPUT),
        column.known(_UTILIZATION),
        column.known(_NUMBER),
        column.estimate(_WAITING_TIME),
        column.estimate(_RESPONSE_TIME),
        column.estimate(_SERVERS),
    )


def _class_estimates(name: str, column: Columns) -> ClassInterval:
    return ClassInterval(
        name,
        column.known(_CLASS_THROUGHPUT),
        column.estimate(_CLASS_RESPONSE),
        column.percentiles(_CLASS_PERCENTILES),
        column.share(_CLASS_WITHIN),
    )
