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
from sim.queueing.measures import Measured, measure
from sim.queueing.pool_measures import measure_pools
from sim.queueing.replication import Outcome


class PooledRuns:
    """The sum of what runs counted.

    A percentile of all customers together is nearly without bias, where the mean of those of the
    runs is that of one run: of few customers beyond it. Likewise for all that is a quotient.

    Arguments:
        network: the description.
        asked: beside what every answer has.
    """

    def __init__(self, network: Network, asked: Asked) -> None:
        self._network, self._asked = network, asked
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
                self._tally = added([self._tally, tally]) if self._tally else tally
            if one.told is not None:
                told = one.told.whole()
                self._by_interval = added([self._by_interval, told]) if self._by_interval else told
        return [replace(one, tally=None, told=None) for one in outcomes]

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
