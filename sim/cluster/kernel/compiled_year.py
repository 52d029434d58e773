"""A year of a training cluster, compiled: failures, spares, restarts, checkpoints, reclaims."""

import math
from itertools import accumulate

import numpy as np

from models.description.quantities import YEAR
from models.parts.failure import Component
from sim.cluster.arrays.component_streams import component_streams
from sim.cluster.arrays.rack_layout import racked_groups
from sim.cluster.arrays.year_records import (
    CAUSE,
    CLUSTER,
    FAILS_TOO_OFTEN,
    GROUP,
    INTERRUPTED_TOO_OFTEN,
    PLACE,
    RACK,
    REPAIR,
)
from sim.cluster.cluster_contract import (
    MOST_FAILURES,
    MOST_INTERRUPTIONS,
    Run,
    YearResult,
    check,
    cumulative_shares,
    fails_too_often,
    failure_rate,
    given_up,
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
    check(run, components, horizon, start)
    firsts = accumulate((len(one.causes) for one in components), initial=0)
    racked = racked_groups(components)
    groups = np.array(
        [
            _group(one, run, first, racked.first_place(one.name))
            for one, first in zip(components, firsts, strict=False)
        ],
        GROUP,
    )
    causes = np.array([row for one in components for row in _causes(one)] or [(1, 0, 0)], CAUSE)
    streams = component_streams(components, seed)
    repairs = np.empty(sum(one.units for one in components), REPAIR)
    cluster = np.zeros(1, CLUSTER)
    for name in ("work", "interval", "write_time", "flush_time", "restart", "detection"):
        cluster[name] = getattr(run, name)
    cluster["prepare"], cluster["horizon"] = run.startup, start + horizon
    cluster["starts_at"], cluster["ends_at"] = start, math.inf
    cluster["groups_count"], cluster["productive_since"] = len(components), math.inf
    cluster["racks_count"], cluster["racks_group"] = racked.count, racked.position
    arrays = {
        "groups": groups,
        "causes": causes,
        "streams": streams,
        "repairs": repairs,
        "racks": np.ones(max(1, racked.count), RACK),
        "places": np.array([*racked.places] or [0], np.int64).view(PLACE),
    }
    for name, array in arrays.items():
        cluster[name] = array.ctypes.data
    why = SIMULATE(cluster.ctypes.data, MOST_FAILURES, MOST_INTERRUPTIONS)
    carrying = [one.carries_work for one in components]
    unit_time = tuple(groups["unit_time"][carrying].tolist())
    if why == FAILS_TOO_OFTEN:
        so_far = _so_far(cluster[0], unit_time, horizon)
        raise fails_too_often(components[int(cluster["last_failed"][0])].name, so_far)
    if why == INTERRUPTED_TOO_OFTEN:
        raise interrupted_too_often(_so_far(cluster[0], unit_time, horizon))
    return YearResult(
        float(cluster["time_to_train"][0]),
        int(cluster["restarts_of_run"][0]),
        unit_time,
        float(cluster["yearly_kept"][0]),
        int(cluster["yearly_restarts"][0]),
        1 - float(cluster["yearly_down_time"][0]) / horizon,
        1 - float(cluster["yearly_needed_down_time"][0]) / horizon,
    )


def _so_far(cluster: np.void, unit_time: tuple[float, ...], horizon: float) -> YearResult | None:
    """What a run saw that is given up; None of one that had not begun, or was complete."""
    now = float(cluster["now"])
    elapsed = now - float(cluster["starts_at"])
    if not cluster["begun"] or cluster["complete"] or elapsed <= 0:
        return None
    restarts = int(cluster["restarts"])
    if math.isinf(cluster["horizon"]):  # the year is over
        down, needed_down = cluster["yearly_down_time"], cluster["yearly_needed_down_time"]
        kept, yearly, counted = cluster["yearly_kept"], cluster["yearly_restarts"], horizon
    else:
        down = cluster["down_time"] + (now - cluster["down_since"]) * (cluster["short"] > 0)
        needed_down = cluster["needed_down_time"]
        needed_down += (now - cluster["needed_down_since"]) * (cluster["short_needed"] > 0)
        kept, yearly, counted = cluster["kept"], restarts, elapsed
    return given_up(
        elapsed,
        restarts,
        unit_time,
        (float(kept), int(yearly), float(down), float(needed_down)),
        counted,
        horizon,
    )


def _group(one: Component, run: Run, first_cause: int, place: int) -> tuple[int | float, ...]:
    needed = one.name in run.needs
    fixed = (one.required, failure_rate(one), first_cause, one.carries_work, needed)
    return (*fixed, one.units, one.units, place, 0, 0.0, 0.0, math.inf, 0.0, 0.0)


def _causes(one: Component) -> list[tuple[float, float, float]]:
    return [
        (share, cause.mttr, cause.notice)
        for share, cause in zip(cumulative_shares(one), one.causes, strict=False)
    ]
