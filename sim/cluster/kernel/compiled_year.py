"""A year of a training cluster, compiled: failures, spares, restarts, checkpoints, reclaims."""

import math
from collections.abc import Mapping
from itertools import accumulate, compress
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from models.description.quantities import YEAR
from models.parts.failure import Component
from sim.cluster.arrays.component_streams import component_streams
from sim.cluster.arrays.rack_layout import racked_groups
from sim.cluster.arrays.year_records import (
    ADDRESSES,
    CAUSE,
    CLUSTER,
    FAILS_TOO_OFTEN,
    FINISHED,
    GROUP,
    PLACE,
    RACK,
    REPAIR,
    STREAM,
)
from sim.cluster.cluster_contract import (
    MOST_FAILURES,
    MOST_INTERRUPTIONS,
    Run,
    YearResult,
    check_components,
    check_run,
    cumulative_shares,
    fails_too_often,
    failure_rate,
    given_up,
    interrupted_too_often,
)
from sim.kernels.block import Block, word_of, words_of
from sim.kernels.native import NativeFunction

SIMULATE = NativeFunction("sim.cluster.kernel.year_loop", "simulate", 3)
# Words of the record of a replication, of which some lie side by side.
_DESCRIBED = ("work", "interval", "write_time", "flush_time", "restart", "detection")
_OBSERVED = (
    "time_to_train",
    "restarts_of_run",
    "yearly_kept",
    "yearly_restarts",
    "yearly_down_time",
    "yearly_needed_down_time",
)
_RUN, _SEEN, _ADDRESSES = (words_of(CLUSTER, names) for names in (_DESCRIBED, _OBSERVED, ADDRESSES))
_STARTS_AT, _HORIZON, _PREPARE = (
    word_of(CLUSTER, name) for name in ("starts_at", "horizon", "prepare")
)


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
    return YearsOf(components)(run, seed, horizon, start)


class YearsOf:
    """The years of a stack: what they share is laid out once, in one block of words.

    Arguments:
        components: of the whole stack.

    Raises:
        ValueError: what can't be simulated.
    """

    def __init__(self, components: tuple[Component, ...]) -> None:
        check_components(components)
        self._components = components
        racked = racked_groups(components)
        firsts = list(accumulate((len(one.causes) for one in components), initial=0))
        places = [racked.first_place(one.name) for one in components]
        groups = [_group(*one) for one in zip(components, firsts, places, strict=False)]
        causes = [row for one in components for row in _causes(one)]
        cluster = np.zeros(1, CLUSTER)
        cluster["ends_at"] = cluster["productive_since"] = math.inf
        cluster["groups_count"] = len(components)
        cluster["racks_count"], cluster["racks_group"] = racked.count, racked.position
        arrays = {
            "cluster": cluster,
            "groups": np.array(groups, GROUP),
            "causes": np.array(causes or [(1, 0, 0)], CAUSE),
            "streams": np.zeros(len(components), STREAM),
            "racks": np.ones(max(1, racked.count), RACK),
            "places": np.array([*racked.places] or [0], np.int64).view(PLACE),
            "repairs": np.zeros(sum(one.units for one in components), REPAIR),
        }
        self._block = Block(arrays, ADDRESSES)
        self._needed, self._rates, self._unit_times = (
            self._block.column("groups", field) for field in ("needed", "rate", "unit_time")
        )
        self._shares = self._block.column("causes", "share")
        self._uncertain = [
            (g, slice(first, first + len(one.causes)), one)
            for g, (first, one) in enumerate(zip(firsts, components, strict=False))
            if any(cause.spread for cause in one.causes)
        ]
        self._carrying = [one.carries_work for one in components]

    def __call__(
        self,
        run: Run,
        seed: bytes,
        horizon: float = YEAR,
        start: float = 0.0,
        rates: Mapping[str, float] = MappingProxyType({}),
    ) -> YearResult:
        """Simulate a run in one of the years, as `simulate_year`.

        Arguments:
            run: the training run.
            seed: of the year, 32 bytes.
            horizon: from the start of the run on, s.
            start: of the run, s from the beginning of the year.
            rates: factors of the typical rates in that year, by name.

        Raises:
            NoProgress: the run is interrupted more often than it advances.
            ValueError: what can't be simulated.
        """
        check_run(run, horizon, start)
        block = self._block.copy()
        words, numbers = block.words, block.words.view(np.float64)
        numbers[_RUN] = [getattr(run, name) for name in _DESCRIBED]
        numbers[_STARTS_AT], numbers[_HORIZON] = start, start + horizon
        numbers[_PREPARE] = run.startup
        words[self._needed] = [one.name in run.needs for one in self._components]
        block["streams"][:] = component_streams(self._components, seed)
        if rates:
            self._set_rates(numbers, rates)
        why = SIMULATE(block.address, MOST_FAILURES, MOST_INTERRUPTIONS)
        unit_time = tuple(compress(numbers[self._unit_times].tolist(), self._carrying))
        if why == FINISHED:
            train, _, kept, _, down, needed_down = numbers[_SEEN].tolist()
            _, restarts, _, yearly, _, _ = words[_SEEN].tolist()
            up, needed_up = 1 - down / horizon, 1 - needed_down / horizon
            return YearResult(train, restarts, unit_time, kept, yearly, up, needed_up)
        cluster = block["cluster"][0]
        so_far = _so_far(cluster, unit_time, horizon)
        if why == FAILS_TOO_OFTEN:
            raise fails_too_often(self._components[int(cluster["last_failed"])].name, so_far)
        raise interrupted_too_often(so_far)

    def _set_rates(self, numbers: NDArray[np.float64], rates: Mapping[str, float]) -> None:
        group_rates, cause_shares = numbers[self._rates], numbers[self._shares]
        for g, places, one in self._uncertain:
            mttfs = one.mttfs(rates)
            group_rates[g] = failure_rate(mttfs)
            cause_shares[places] = cumulative_shares(mttfs)


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


def _group(one: Component, first_cause: int, place: int) -> tuple[int | float, ...]:
    fixed = (one.required, failure_rate(one.mttfs()), first_cause, one.carries_work, False)
    return (*fixed, one.units, one.units, place, 0, 0.0, 0.0, math.inf, 0.0, 0.0)


def _causes(one: Component) -> list[tuple[float, float, float]]:
    shares = cumulative_shares(one.mttfs())
    return [(s, cause.mttr, cause.notice) for s, cause in zip(shares, one.causes, strict=True)]
