"""What a tally says of limits over several stations, and its estimates over replications."""

import math
from collections.abc import Sequence

import numpy as np

from models.queueing.network import Network
from models.queueing.network_answer import PoolMeasures
from sim.queueing.arrays.tally import Tally
from sim.queueing.column_estimates import Columns, Floats
from sim.queueing.measures import ratio

_HELD, _UTILIZATION, _WAITING, _WAITING_TIME, _WAITED, _LOST, _COLUMNS = range(7)


def measure_pools(network: Network, tally: Tally) -> Floats:
    """The measures of each pool in one run, pools x columns; NaN where nobody came.

    Arguments:
        network: the description.
        tally: of a run or of a part of it.
    """
    rows = np.full((len(network.pools), _COLUMNS), math.nan)
    for row, pool, counted in zip(rows, network.pools.values(), tally.pools, strict=True):
        granted, time = float(counted["granted"]), tally.time
        row[_HELD] = ratio(float(counted["held"]), time, 0.0)
        row[_UTILIZATION] = row[_HELD] / pool.limit
        if pool.when_full == "lose":
            row[_LOST] = ratio(float(counted["lost"]), float(counted["came"]))
            continue
        row[_WAITING] = max(0.0, ratio(float(counted["waiting"]), time, 0.0))
        row[_WAITING_TIME] = ratio(float(counted["waiting_time"]), granted)
        row[_WAITED] = ratio(float(counted["waited"]), granted)
    return rows


def pool_measures(
    network: Network, values: Sequence[Floats], whole: Floats, windows: bool
) -> tuple[PoolMeasures, ...]:
    """Each pool of a network.

    Arguments:
        network: the description.
        values: of the replications, or of the windows of a single run.
        whole: of all of them together: the centres of the intervals.
        windows: the values are those of a single run.
    """
    made = []
    for k, name in enumerate(network.pools):
        column = Columns([one[k] for one in values], whole[k], windows)
        made.append(
            PoolMeasures(
                name,
                column.known_share(_UTILIZATION),
                column.known(_HELD),
                column.estimate(_WAITING),
                column.estimate(_WAITING_TIME),
                column.share(_WAITED),
                column.share(_LOST),
            )
        )
    return tuple(made)
