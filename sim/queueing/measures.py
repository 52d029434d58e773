"""What a tally says about stations and classes, and its estimates over replications."""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.queueing.asked import NOTHING, PERCENTAGES, Asked
from models.queueing.network import Network
from models.queueing.network_answer import ClassMeasures, StationMeasures
from models.queueing.stations import Station
from sim.queueing.arrays.tally import Tally, bin_edges
from sim.queueing.column_estimates import Columns, Floats

_PERCENTILES = len(PERCENTAGES)
# Columns: of stations and flows, then the percentiles of waiting and of response.
(
    _THROUGHPUT,
    _UTILIZATION,
    _NUMBER,
    _WAITING,
    _WAITING_TIME,
    _RESPONSE_TIME,
    _LOSS,
    _ABANDONMENT,
    _WAIT,
    _BUSY_PERIOD,
    _WAITING_VARIANCE,
    _RESPONSE_VARIANCE,
    WAITING_PERCENTILES,
) = range(13)
RESPONSE_PERCENTILES = WAITING_PERCENTILES + _PERCENTILES
_NUMBER_PERCENTILES = RESPONSE_PERCENTILES + _PERCENTILES
_COLD = _NUMBER_PERCENTILES + _PERCENTILES
_SERVERS = _COLD + 1
_BALKED, _ATTEMPTS, _AWAY = _SERVERS + 1, _SERVERS + 2, _SERVERS + 3
STATION_COLUMNS = _AWAY + 1
# Columns of classes.
_CLASS_THROUGHPUT, _CLASS_RESPONSE, _CLASS_LOSS, _CLASS_WITHIN, CLASS_PERCENTILES = range(5)
CLASS_COLUMNS = CLASS_PERCENTILES + _PERCENTILES


@dataclass(frozen=True)
class Measured:
    """The measures of one run, or of one window of it; what nobody went through is NaN.

    Arguments:
        stations: one row a station, over all classes.
        flows: one row a pair of station and class.
        classes: one row a class.
        speeds: share of the time that servers of each speed are busy, station by station.
    """

    stations: Floats
    flows: Floats
    classes: Floats
    speeds: Floats

    def utilization_of_station(self, position: int) -> float:
        """Share of its servers that was busy.

        Arguments:
            position: of the station in the description.
        """
        return float(self.stations[position, _UTILIZATION])

    def throughput_of_class(self, position: int) -> float:
        """Customers of a class who left, 1/s.

        Arguments:
            position: of the class in the description.
        """
        return float(self.classes[position, _CLASS_THROUGHPUT])

    def loses_all_of_class(self, position: int) -> bool:
        """Customers of a class came, and all of them were lost or gave up.

        Arguments:
            position: of the class in the description.
        """
        return float(self.classes[position, _CLASS_LOSS]) == 1.0

    def response_of_class(self, position: int) -> float:
        """Mean response time of a class, s; NaN if nobody came through.

        Arguments:
            position: of the class in the description.
        """
        return float(self.classes[position, _CLASS_RESPONSE])


@dataclass(frozen=True)
class Ends:
    """Ends of the intervals of percentiles, in the columns of the measures; NaN elsewhere.

    Arguments:
        low: ends.
        high: ends.
    """

    low: Measured
    high: Measured


def measure(
    network: Network, flows_of: Sequence[tuple[str, str]], tally: Tally, asked: Asked = NOTHING
) -> Measured:
    """What a tally says.

    Arguments:
        network: the description.
        flows_of: pairs of station and class, in the order of the tally.
        tally: of a run or of a part of it.
        asked: beside what every answer has; its columns come last.
    """
    stations, flows = [], np.empty((len(flows_of), STATION_COLUMNS))
    for k, (name, station) in enumerate(network.stations.items()):
        mine = [i for i, (place, _) in enumerate(flows_of) if place == name]
        busy, servers = float(tally.stations[k]["busy"]), float(tally.stations[k]["servers"])
        if station.unlimited:
            servers = tally.time
        utilization = ratio(busy, servers, 0.0)
        impatient = {
            owner for owner, customers in network.classes.items() if name in customers.patience
        }
        full = station.capacity is not None
        work = tally.flows["server_time"]
        served = float(work[mine].sum())
        for i in mine:
            share = ratio(float(work[i]), served, 0.0)
            leave = flows_of[i][1] in impatient
            flows[i] = _row(tally, [i], utilization * share, full, leave)
            flows[i][_COLD] = _cold(station, tally, [i])
            flows[i][_BALKED:STATION_COLUMNS] = _reluctance(network, flows_of, tally, [i])
        if len(mine) == 1:  # they are everyone
            everyone = flows[mine[0]].copy()
            everyone[_UTILIZATION] = utilization
        else:
            everyone = _row(tally, mine, utilization, full, bool(impatient))
        counted = tally.stations[k]
        everyone[_NUMBER] = ratio(float(counted["number"]), tally.time, 0.0)
        periods = float(counted["busy_periods"])
        everyone[_BUSY_PERIOD] = ratio(float(counted["busy_period_time"]), periods)
        everyone[_NUMBER_PERCENTILES:_COLD] = number_percentiles(tally.lengths[k])
        everyone[_COLD] = _cold(station, tally, mine)
        everyone[_BALKED:] = _reluctance(network, flows_of, tally, mine)
        if follows_load(station) and not station.unlimited:
            everyone[_SERVERS] = ratio(float(counted["paid"]), tally.time, 0.0)
        stations.append(np.concatenate([everyone, _asked(tally, mine, everyone, asked)]))
    classes = _classes(network, tally)  # then by who arrives, where that is another
    answers = [_asked(tally, [i], row, asked) for i, row in enumerate(flows)]
    of_classes = [_asked_of_class(tally, k, row, asked) for k, row in enumerate(classes)]
    return Measured(
        np.array(stations),
        np.hstack([flows, answers]),
        np.hstack([classes, of_classes]),
        _busy_by_speed(network, tally),
    )


def _busy_by_speed(network: Network, tally: Tally) -> Floats:
    """Share of the time that the servers of each speed are busy, the fastest of a station first."""
    shares, first = list[float](), 0
    for station in network.stations.values():
        if station.speeds is None:
            continue
        count = len(station.speeds)
        each = np.array(station.speeds_in_turn)
        busy = tally.each_busy[first : first + count]
        first += count
        for speed in station.different_speeds:
            mine = busy[each == speed]
            shares.append(ratio(float(mine.sum()), tally.time * len(mine), 0.0))
    return np.array(shares)


def _asked(tally: Tally, flows: list[int], row: Floats, asked: Asked) -> Floats:
    """What is asked of some flows together, in the order of `Columns.asked`."""
    if asked == NOTHING:
        return np.zeros(0)
    some = tally.flows[flows]
    came = float(sum(some[name].sum() for name in ("departures", "lost", "abandoned", "balked")))
    waits, responses = (
        percentiles(counts[flows].sum(axis=0), row[column], asked.percentages)
        for counts, column in (
            (tally.waiting_times, _WAITING_TIME),
            (tally.response_times, _RESPONSE_TIME),
        )
    )
    within = [
        ratio(float(count), came)
        for counts in (tally.waits_within, tally.responses_within)
        for count in counts[flows].sum(axis=0)
    ]
    return np.concatenate([waits, responses, within])


def _asked_of_class(tally: Tally, place: int, row: Floats, asked: Asked) -> Floats:
    if asked == NOTHING:
        return np.zeros(0)
    counted = tally.classes[place]
    came = float(counted["left"] + counted["lost"])
    responses = percentiles(tally.trip_times[place], row[_CLASS_RESPONSE], asked.percentages)
    within = [ratio(float(count), came) for count in tally.trips_within[place]]
    return np.concatenate([responses, within])


def follows_load(station: Station) -> bool:
    """Whether the number of servers follows a schedule or the load.

    Arguments:
        station: the description.
    """
    return station.schedule is not None or station.scaling is not None


def _cold(station: Station, tally: Tally, flows: list[int]) -> float:
    """Share of the served whose server needed its setup; not a number where there is none."""
    if station.setup is None:
        return math.nan
    some = tally.flows[flows]
    return ratio(float(some["cold"].sum()), float(some["departures"].sum()))


def _row(tally: Tally, flows: list[int], utilization: float, full: bool, leave: bool) -> Floats:
    """The measures of some flows together, utilization given."""
    some = tally.flows[flows]
    sums = {name: float(some[name].sum()) for name in some.dtype.names or ()}
    served, came = sums["departures"], sums["arrivals"] + sums["lost"] + sums["balked"]
    row = np.full(STATION_COLUMNS, math.nan)
    row[_THROUGHPUT] = ratio(served, tally.time, 0.0)
    row[_UTILIZATION] = utilization
    row[_NUMBER] = ratio(sums["number"], tally.time, 0.0)
    # Less than that is rounding: nobody waited.
    waiting = sums["waiting"] if sums["waiting"] > 1e-12 * sums["number"] else 0.0
    row[_WAITING] = ratio(waiting, tally.time, 0.0)
    row[_WAITING_TIME] = ratio(sums["waiting_time"], served)
    row[_RESPONSE_TIME] = ratio(sums["response_time"], served)
    row[_LOSS] = ratio(sums["lost"], came) if full else math.nan
    row[_ABANDONMENT] = ratio(sums["abandoned"], came) if leave else math.nan
    # Who is turned away or gives up has not been served at once either.
    gone = sums["lost"] + sums["abandoned"] + sums["balked"]
    row[_WAIT] = ratio(sums["waited"] + gone, served + gone)
    row[_WAITING_VARIANCE] = _variance(sums, "waiting_time")
    row[_RESPONSE_VARIANCE] = _variance(sums, "response_time")
    row[WAITING_PERCENTILES:RESPONSE_PERCENTILES] = percentiles(
        tally.waiting_times[flows].sum(axis=0), row[_WAITING_TIME]
    )
    responses = percentiles(tally.response_times[flows].sum(axis=0), row[_RESPONSE_TIME])
    row[RESPONSE_PERCENTILES:_NUMBER_PERCENTILES] = responses
    return row


def _reluctance(
    network: Network, flows_of: Sequence[tuple[str, str]], tally: Tally, flows: list[int]
) -> Floats:
    """Of those who do not join and those who come again; not a number where there are none."""
    some, row = tally.flows[flows], np.full(3, math.nan)
    pairs = [flows_of[i] for i in flows]
    classes = network.classes
    came = float(sum(some[name].sum() for name in ("arrivals", "lost", "balked")))
    if any(station in classes[owner].balking for station, owner in pairs):
        row[0] = ratio(float(some["balked"].sum()), came)
    if any(station in classes[owner].retries for station, owner in pairs):
        row[1] = ratio(came, came - float(some["returned"].sum()))
        row[2] = ratio(float(some["away"].sum()), tally.time, 0.0)
    return row


def _variance(sums: dict[str, float], name: str) -> float:
    count = sums["departures"]
    mean = ratio(sums[name], count)
    variance = ratio(sums[f"{name}_squares"], count) - mean * mean
    # Times that are always alike differ by what rounding of so long a sum comes to.
    if variance <= count * sys.float_info.epsilon * mean * mean:
        return 0.0
    return variance


def _classes(network: Network, tally: Tally) -> Floats:
    losing = any(station.capacity is not None for station in network.stations.values())
    losing = losing or any(one.patience or one.balking for one in network.classes.values())
    losing = losing or any(pool.when_full == "lose" for pool in network.pools.values())
    targets = [customers.target for customers in network.classes.values()]
    rows = np.full((len(tally.classes), CLASS_COLUMNS), math.nan)
    for k, row in enumerate(rows):
        left, lost = float(tally.classes[k]["left"]), float(tally.classes[k]["lost"])
        row[_CLASS_THROUGHPUT] = ratio(left, tally.time, 0.0)
        row[_CLASS_RESPONSE] = ratio(float(tally.classes[k]["response_time"]), left)
        row[_CLASS_LOSS] = ratio(lost, left + lost) if losing else math.nan
        if targets[k % len(targets)] is not None:
            row[_CLASS_WITHIN] = ratio(float(tally.classes[k]["within"]), left)
        row[CLASS_PERCENTILES:] = percentiles(tally.trip_times[k], row[_CLASS_RESPONSE])
    return rows


def percentiles(
    counts: NDArray[np.int64], mean: float, percentages: Sequence[float] = PERCENTAGES
) -> Floats:
    """Percentiles of a histogram of durations, s; NaN if it is empty.

    Linear within a bin, so within 1/128 of the value. Durations that all lie in one bin, or by
    rounding alone on both sides of an edge, are taken as equal, as those are that are fixed.

    Arguments:
        counts: by bin.
        mean: of the durations, s.
        percentages: above 0 and below 100.
    """
    below = np.cumsum(counts)
    total = int(below[-1])
    if total == 0:
        return np.full(len(percentages), math.nan)
    wanted = np.array(percentages, np.float64) / 100 * total
    bins = np.searchsorted(below, wanted, side="left")
    held = np.flatnonzero(counts)
    if len(held) == 1:
        return np.asarray(np.clip(mean, _EDGES[bins], _EDGES[bins + 1]))
    if (
        len(held) == 2
        and held[1] == held[0] + 1
        and math.isclose(mean, _EDGES[held[1]], rel_tol=_ROUNDING)
    ):
        return np.full(len(percentages), mean)
    share = 1 - (below[bins] - wanted) / counts[bins]
    low, high = _EDGES[bins], _EDGES[bins + 1]
    # The first bin is of those who didn't wait; the last has no end.
    within = np.where((bins == 0) | np.isinf(high), 0.0, share)
    return np.asarray(low + within * np.where(np.isinf(high), 0.0, high - low))


def number_percentiles(lengths: Floats) -> Floats:
    """The 50th, 95th and 99th percentile of a number of customers; NaN if it was not told apart.

    Arguments:
        lengths: time with each number, s; the last is "or more" and has no percentile.
    """
    below = np.cumsum(lengths)
    if below[-1] <= 0:
        return np.full(_PERCENTILES, math.nan)
    numbers = np.searchsorted(below, np.array(PERCENTAGES) / 100 * below[-1], side="left")
    return np.where(numbers < len(lengths) - 1, numbers, math.nan)


_EDGES = bin_edges()
_ROUNDING = 1e-6  # of a duration, between the times of a clock that has run for long


def ratio(top: float, bottom: float, otherwise: float = math.nan) -> float:
    """A quotient, or something else where there is nothing to divide by.

    Arguments:
        top: the numerator.
        bottom: the denominator, 0 or more.
        otherwise: what it is where the denominator is 0.
    """
    return top / bottom if bottom > 0 else otherwise


def station_measures(
    network: Network,
    flows: Sequence[tuple[str, str]],
    values: Sequence[Measured],
    whole: Measured,
    windows: bool,
    asked: Asked = NOTHING,
    ends: Ends | None = None,
) -> tuple[StationMeasures, ...]:
    """Each station over all classes, then for each class where there are several.

    Arguments:
        network: the description.
        flows: pairs of station and class, in the order of the rows.
        values: of the replications, or of the windows of a single run.
        whole: of all of them together: the centres of the intervals.
        windows: the values are those of a single run.
        asked: beside what every answer has.
        ends: of the intervals of percentiles, where they are known.
    """
    result: list[StationMeasures] = []
    by_speed = Columns([one.speeds for one in values], whole.speeds, windows)
    first = 0
    for k, name in enumerate(network.stations):
        shared = not network.stations[name].unlimited
        reach = (ends.low.stations[k], ends.high.stations[k]) if ends else None
        column = Columns([one.stations[k] for one in values], whole.stations[k], windows, reach)
        speeds = network.stations[name].different_speeds
        busy = {speed: by_speed.known_share(first + i) for i, speed in enumerate(speeds)}
        first += len(speeds)
        result.append(replace(_station(name, None, column, shared, asked), busy_by_speed=busy))
        mine = [i for i, (place, _) in enumerate(flows) if place == name]
        for i in mine if len(mine) > 1 else []:
            reach = (ends.low.flows[i], ends.high.flows[i]) if ends else None
            column = Columns([one.flows[i] for one in values], whole.flows[i], windows, reach)
            result.append(_station(name, flows[i][1], column, shared, asked))
    return tuple(result)


def class_measures(
    network: Network,
    values: Sequence[Measured],
    whole: Measured,
    windows: bool,
    asked: Asked = NOTHING,
    ends: Ends | None = None,
    first: int = 0,
) -> tuple[ClassMeasures, ...]:
    """Each class in the whole network.

    Arguments:
        network: the description.
        values: of the replications, or of the windows of a single run.
        whole: of all of them together: the centres of the intervals.
        windows: the values are those of a single run.
        asked: beside what every answer has.
        ends: of the intervals of percentiles, where they are known.
        first: row of the first class.
    """
    more = len(asked.percentages)
    result = []
    for k, name in enumerate(network.classes, first):
        reach = (ends.low.classes[k], ends.high.classes[k]) if ends else None
        column = Columns([one.classes[k] for one in values], whole.classes[k], windows, reach)
        result.append(
            ClassMeasures(
                name,
                column.known(_CLASS_THROUGHPUT),
                column.estimate(_CLASS_RESPONSE),
                column.percentiles(CLASS_PERCENTILES)
                | column.percentiles(CLASS_COLUMNS, asked.percentages),
                column.share(_CLASS_LOSS),
                network.classes[name].target,
                column.share(_CLASS_WITHIN),
                column.shares(CLASS_COLUMNS + more, asked.times),
            )
        )
    return tuple(result)


def arriving_measures(
    network: Network,
    values: Sequence[Measured],
    whole: Measured,
    windows: bool,
    asked: Asked = NOTHING,
    ends: Ends | None = None,
) -> tuple[ClassMeasures, ...]:
    """Each class by who arrives in it; empty where nobody changes class on the way.

    Arguments:
        network: the description.
        values: of the replications, or of the windows of a single run.
        whole: of all of them together: the centres of the intervals.
        windows: the values are those of a single run.
        asked: beside what every answer has.
        ends: of the intervals of percentiles, where they are known.
    """
    number = len(network.classes)
    if len(values[0].classes) == number:
        return ()
    measured = class_measures(network, values, whole, windows, asked, ends, number)
    comes = [one.arrivals or one.population for one in network.classes.values()]
    return tuple(one for one, does in zip(measured, comes, strict=True) if does)


def _station(
    name: str,
    customer_class: str | None,
    column: Columns,
    shared: bool,
    asked: Asked,
) -> StationMeasures:
    more = len(asked.percentages)
    waits, responses = STATION_COLUMNS, STATION_COLUMNS + more
    within = STATION_COLUMNS + 2 * more
    return StationMeasures(
        name,
        customer_class,
        column.known(_THROUGHPUT),
        column.known_share(_UTILIZATION) if shared else column.known(_UTILIZATION),
        column.known(_NUMBER),
        column.estimate(_WAITING),
        column.estimate(_WAITING_TIME),
        column.estimate(_RESPONSE_TIME),
        column.percentiles(WAITING_PERCENTILES) | column.percentiles(waits, asked.percentages),
        column.percentiles(RESPONSE_PERCENTILES) | column.percentiles(responses, asked.percentages),
        column.share(_LOSS),
        column.share(_ABANDONMENT),
        column.share(_WAIT),
        column.percentiles(_NUMBER_PERCENTILES),
        column.estimate(_BUSY_PERIOD),
        column.estimate(_WAITING_VARIANCE),
        column.estimate(_RESPONSE_VARIANCE),
        column.share(_COLD),
        column.estimate(_SERVERS),
        column.shares(within, asked.times),
        column.shares(within + len(asked.times), asked.times),
        column.share(_BALKED),
        column.estimate(_ATTEMPTS),
        column.estimate(_AWAY),
    )
