"""What was counted in all runs together: the centres of the intervals."""

from collections.abc import Sequence
from dataclasses import replace

from models.queueing.asked import Asked
from models.queueing.network import Network
from sim.queueing.arrays.sums import added
from sim.queueing.arrays.tally import Tally
from sim.queueing.column_estimates import Floats
from sim.queueing.interval_measures import MeasuredIntervals, measure_intervals
from sim.queueing.interval_tally import IntervalTally
from sim.queueing.measures import Ends, Measured, measure
from sim.queueing.percentile_ends import percentile_ends
from sim.queueing.pool_measures import measure_pools
from sim.queueing.replication import Outcome
from sim.queueing.tail_spread import Counts, Rows, TailSpread, pieces_of


class PooledRuns:
    """The sum of what runs counted.

    A percentile of all customers together is nearly without bias, where the mean of those of the
    runs is that of one run: of few customers beyond it. Likewise for all that is a quotient.

    Arguments:
        network: the description.
        asked: beside what every answer has.
        antithetic: every second run mirrors the one before, so that pairs are independent.
    """

    def __init__(self, network: Network, asked: Asked, antithetic: bool = False) -> None:
        self._network, self._asked = network, asked
        self._antithetic = antithetic
        self._spread = TailSpread()
        self._half: Counts | None = None
        self._flows: tuple[tuple[str, str], ...] = ()
        self._tally: Tally | None = None
        self._by_interval: IntervalTally | None = None

    def take(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Add what some runs counted; gives them without it, as it takes much memory.

        Arguments:
            outcomes: of the runs.
        """
        for one in outcomes:
            self._flows = one.flows
            if one.tally is not None:
                tally = one.tally.whole()
                self._take_spread(one, tally)
                self._tally = added([self._tally, tally]) if self._tally else tally
            if one.told is not None:
                told = one.told.whole()
                self._by_interval = added([self._by_interval, told]) if self._by_interval else told
        return [replace(one, tally=None, told=None, tails=None) for one in outcomes]

    def _take_spread(self, one: Outcome, tally: Tally) -> None:
        if one.tails is not None:  # a single run, of which the windows tell
            self._spread = one.tails
            return
        pieces = pieces_of(self._network, one.flows, tally)
        if self._antithetic and self._half is None:
            self._half = pieces
            return
        self._spread.add(pieces if self._half is None else pieces + self._half)
        self._half = None

    def ends(self, whole: Measured) -> Ends:
        """The ends of the intervals of percentiles.

        Arguments:
            whole: the measures of all runs together.
        """
        assert self._tally is not None, "runs were taken"
        return percentile_ends(
            self._network, self._flows, self._tally, self._spread, whole, self._asked
        )

    def clumps(self, place: int, percentage: float) -> float:
        """Independent customers beyond a percentile of a class, as many as know it as well.

        Arguments:
            place: of the class in the description.
            percentage: above 0 and below 100.
        """
        row = Rows(len(self._network.stations), len(self._flows)).trips(place)
        return self._spread.clumps(row, percentage / 100)

    def measured(self) -> Measured:
        """The measures of all runs together."""
        assert self._tally is not None, "runs were taken"
        return measure(self._network, self._flows, self._tally, self._asked)

    def pools(self) -> Floats:
        """The measures of the limits over several stations, of all runs together."""
        assert self._tally is not None, "runs were taken"
        return measure_pools(self._network, self._tally)

    def by_interval(self) -> MeasuredIntervals:
        """The measures of the intervals of the period, of all runs together."""
        assert self._by_interval is not None, "runs by interval were taken"
        return measure_intervals(self._network, self._flows, self._by_interval)
