"""Ends of the intervals of percentiles: those of all runs together, at the shares of their ends."""

import math
from collections.abc import Sequence

import numpy as np

from models.queueing.asked import PERCENTAGES, Asked
from models.queueing.network import Network
from sim.queueing.arrays.tally import Tally
from sim.queueing.measures import (
    CLASS_COLUMNS,
    CLASS_PERCENTILES,
    RESPONSE_PERCENTILES,
    STATION_COLUMNS,
    WAITING_PERCENTILES,
    Ends,
    Measured,
    percentiles,
)
from sim.queueing.tail_spread import Counts, Rows, TailSpread


def percentile_ends(
    network: Network,
    flows: Sequence[tuple[str, str]],
    tally: Tally,
    spread: TailSpread,
    whole: Measured,
    asked: Asked,
) -> Ends:
    """The ends of all percentiles of durations.

    Arguments:
        network: the description.
        flows: pairs of station and class, in the order of the tally.
        tally: of all runs together.
        spread: of the runs, or of the windows of a single one.
        whole: the measures of the tally.
        asked: beside what every answer has.
    """
    low, high = (_unknown(whole) for _ in range(2))
    rows, more = Rows(len(network.stations), len(flows)), len(asked.percentages)

    def fill(kind: str, place: int, histogram: Counts, row: int, first: int, later: int) -> None:
        columns = [*range(first, first + len(PERCENTAGES)), *range(later, later + more)]
        wanted = (*PERCENTAGES, *asked.percentages)
        for column, percentage in zip(columns, wanted, strict=True):
            shares = spread.ends(row, percentage / 100)
            if shares is None:
                continue
            value = float(getattr(whole, kind)[place, column])
            found = [value, value]
            if shares[0] < shares[1]:
                found = list(percentiles(histogram, value, [100 * share for share in shares]))
            for end, one in zip((low, high), found, strict=True):
                getattr(end, kind)[place, column] = one

    def fill_times(kind: str, place: int, mine: list[int], row: int) -> None:
        waits, responses = (
            counts[mine].sum(axis=0) for counts in (tally.waiting_times, tally.response_times)
        )
        fill(kind, place, waits, row, WAITING_PERCENTILES, STATION_COLUMNS)
        row, later = rows.response(row), STATION_COLUMNS + more
        fill(kind, place, responses, row, RESPONSE_PERCENTILES, later)

    for k, name in enumerate(network.stations):
        mine = [i for i, (place, _) in enumerate(flows) if place == name]
        fill_times("stations", k, mine, k)
        for i in mine if len(mine) > 1 else []:
            fill_times("flows", i, [i], rows.stations + i)
    for k, histogram in enumerate(tally.trip_times):
        fill("classes", k, histogram, rows.trips(k), CLASS_PERCENTILES, CLASS_COLUMNS)
    return Ends(low, high)


def _unknown(whole: Measured) -> Measured:
    stations, flows, classes = (
        np.full(one.shape, math.nan) for one in (whole.stations, whole.flows, whole.classes)
    )
    return Measured(stations, flows, classes, whole.speeds)
