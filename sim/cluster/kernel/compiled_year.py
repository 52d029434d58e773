"""A year of a training cluster, compiled: failures, spares, restarts, checkpoints, reclaims."""

import math

import numpy as np

from models.description.quantities import YEAR
from models.parts.failure import Component
from sim.cluster.arrays.component_streams import component_streams
from sim.cluster.arrays.year_layout import lay_out
from sim.cluster.arrays.year_records import (
    CLUSTER,
    FAILS_TOO_OFTEN,
    INTERRUPTED_TOO_OFTEN,
    REPAIR,
)
from sim.cluster.cluster_contract import (
    MOST_FAILURES,
    MOST_INTERRUPTIONS,
    Run,
    YearResult,
    check_run,
    fails_too_often,
    interrupted_too_often,
)
from sim.kernels.native import NativeFunction

SIMULATE = NativeFunction("sim.cluster.kernel.year_loop", "simulate", 3)


def simulate_year(
    run: Run,
    components: tuple[Component, ...],
    seed: bytes,
    horizon: float = YEAR,
    start: float = 0.0,
) -> YearResult:
    """Simulate a run in one year, then training without end until the horizon.

    Failures do not depend on the run: with one seed, all runs of a stack live through one year.

    Arguments:
        run: the training run.
        components: of the whole stack, whether the run needs them or not.
        seed: of the year, 32 bytes.
        horizon: from the start of the run on, s; one that takes longer is simulated to its end.
        start: of the run, s from the beginning of the year.

    Raises:
        NoProgress: the run is interrupted more often than it advances.
        ValueError: what can't be simulated.
    """
    check_run(run, horizon, start)
    layout = lay_out(components, run.needs)
    groups = layout.groups.copy()
    streams = component_streams(components, seed)
    repairs = np.empty(layout.units, REPAIR)
    cluster = np.zeros(1, CLUSTER)
    for name in ("work", "interval", "write_time", "flush_time", "restart", "detection"):
        cluster[name] = getattr(run, name)
    cluster["prepare"], cluster["horizon"] = run.startup, start + horizon
    cluster["starts_at"], cluster["ends_at"] = start, math.inf
    cluster["groups_count"], cluster["productive_since"] = len(components), math.inf
    arrays = {"groups": groups, "causes": layout.causes, "streams": streams, "repairs": repairs}
    for name, array in arrays.items():
        cluster[name] = array.ctypes.data
    why = SIMULATE(cluster.ctypes.data, MOST_FAILURES, MOST_INTERRUPTIONS)
    if why == FAILS_TOO_OFTEN:
        raise fails_too_often(components[int(cluster["last_failed"][0])].name)
    if why == INTERRUPTED_TOO_OFTEN:
        raise interrupted_too_often()
    return YearResult(
        float(cluster["time_to_train"][0]),
        int(cluster["restarts_of_run"][0]),
        tuple(groups["unit_time"][layout.carrying].tolist()),
        float(cluster["yearly_kept"][0]),
        int(cluster["yearly_restarts"][0]),
        1 - float(cluster["yearly_down_time"][0]) / horizon,
        1 - float(cluster["yearly_needed_down_time"][0]) / horizon,
    )
