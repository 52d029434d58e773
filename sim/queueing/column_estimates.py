"""Estimates of measures that stand in columns, from the rows of runs or of the windows of one."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.prediction import Estimate
from models.queueing.asked import PERCENTAGES
from sim.output_analysis import in_windows, of_sections

Floats = NDArray[np.float64]


class Columns:
    """Estimates of the columns of some rows.

    Arguments:
        rows: one a replication, or a window of a single run.
        whole: of all of them together: the centres of the intervals.
        windows: the rows are those of a single run, in their order.
        ends: of the intervals of percentiles, low and high; not a number where they are not known.
    """

    def __init__(
        self,
        rows: Sequence[Floats],
        whole: Floats,
        windows: bool,
        ends: tuple[Floats, Floats] | None = None,
    ) -> None:
        self.rows = np.array(rows)
        self.whole = whole
        self._ends = ends
        self._interval = in_windows if windows else of_sections

    def estimate(self, column: int) -> Estimate | None:
        """Of a column; None where most of the rows know nothing."""
        values = self.rows[:, column]
        if np.isnan(values).any():
            # A row that nobody went through says nothing; with many of them nothing is known.
            values = values[~np.isnan(values)]
            if len(values) < 2 or 2 * len(values) < len(self.rows):
                return None
        return self._interval(values.tolist(), float(self.whole[column]))

    def known(self, column: int) -> Estimate:
        """Of a column that every row knows."""
        estimate = self.estimate(column)
        assert estimate is not None, "rates, numbers and utilizations always exist"
        return estimate

    def share(self, column: int) -> Estimate | None:
        """Of a column of shares, whose interval ends at 1."""
        estimate = self.estimate(column)
        return estimate and _at_most_one(estimate)

    def known_share(self, column: int) -> Estimate:
        """Of a column of shares that every row knows."""
        return _at_most_one(self.known(column))

    def percentiles(
        self, first: int, percentages: Sequence[float] = PERCENTAGES
    ) -> dict[float, Estimate]:
        """By percentage; empty where nothing is known."""
        estimates = {p: self._percentile(first + i) for i, p in enumerate(percentages)}
        return {p: estimate for p, estimate in estimates.items() if estimate is not None}

    def _percentile(self, column: int) -> Estimate | None:
        estimate = self.estimate(column)
        if estimate is None or self._ends is None:
            return estimate
        low, high = (float(one[column]) for one in self._ends)
        if math.isnan(low) or math.isnan(high):
            return estimate
        centre = float(self.whole[column])
        return Estimate(
            centre, min(low, centre), max(high, centre), estimate.confidence, estimate.method
        )

    def shares(self, first: int, times: Sequence[float]) -> dict[float, Estimate]:
        """Shares within times, by time, s; empty where nothing is known."""
        estimates = {time: self.share(first + i) for i, time in enumerate(times)}
        return {time: estimate for time, estimate in estimates.items() if estimate is not None}


def _at_most_one(estimate: Estimate) -> Estimate:
    return replace(estimate, high=max(estimate.mean, min(1.0, estimate.high)))
