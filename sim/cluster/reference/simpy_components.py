"""Units that fail and are repaired, in SimPy: the moving parts under every job."""

import math
from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import simpy

from models.parts.failure import Cause, Component
from models.parts.node_racks import NodeRacks
from sim.cluster.cluster_contract import cumulative_shares, failure_rate
from sim.kernels.streams import uniform, unit_exponential


class Group:
    """The units of one component over time.

    Units are alike and fail at constant rates, so that only their number counts: the next of them
    fails when the rates of all that work have added up to an exponential draw of mean 1.

    Arguments:
        environment: of SimPy.
        component: what fails, and why.
        stream: the group's own random stream, whose state moves on.
        on_failure: called when a unit goes away, with the cause, its place among those that
            worked, and a chance between 0 and 1 for racks; gives what is handed back on its return.
        on_return: called when a unit is back.

    Source of the failures of all units together: Çinlar (1975), Introduction to Stochastic
        Processes, section 4.7 (time changes of a Poisson process).
    """

    def __init__(
        self,
        environment: simpy.Environment,
        component: Component,
        stream: np.void,
        on_failure: Callable[["Group", Cause, float, float], int],
        on_return: Callable[["Group", int], None],
    ) -> None:
        self.component = component
        self.working = component.units
        self.unit_time = 0.0  # integral of working units over time, s
        self._environment = environment
        self._stream = stream
        self._on_failure = on_failure
        self._on_return = on_return
        self._since = 0.0
        self._rate = failure_rate(component.mttfs())
        if self._rate > 0:
            self._failing = environment.process(self._fail())

    def worked(self) -> float:
        """Integral of working units over time until now, s."""
        self._count_time()
        return self.unit_time

    def _count_time(self) -> None:
        now = self._environment.now
        self.unit_time += self.working * (now - self._since)
        self._since = now

    def _fail(self) -> Generator[simpy.Event, Any, None]:
        while True:
            yield from self._add_up(unit_exponential(self._stream))
            # What is drawn never depends on the job.
            place = uniform(self._stream) * self.working
            racks = isinstance(self.component, NodeRacks)
            chance = uniform(self._stream) if racks else 0.0
            cause = self._cause(uniform(self._stream))
            away = cause.mttr * unit_exponential(self._stream)
            self._count_time()
            self.working -= 1
            unit = self._on_failure(self, cause, place, chance)
            self._environment.process(self._repair(away, unit))

    def _add_up(self, hazard: float) -> Generator[simpy.Event, Any, None]:
        """Wait until the rates of the working units add up; each that returns adds its own."""
        while True:
            rate, since = self.working * self._rate, self._environment.now
            try:
                yield self._environment.timeout(hazard / rate if rate > 0 else math.inf)
                return
            except simpy.Interrupt:
                hazard = max(0.0, hazard - rate * (self._environment.now - since))

    def _cause(self, u: float) -> Cause:
        shares = cumulative_shares(self.component.mttfs())
        return next(
            cause for share, cause in zip(shares, self.component.causes, strict=True) if u < share
        )

    def _repair(self, time: float, unit: int) -> Generator[simpy.Event, Any, None]:
        yield self._environment.timeout(time)
        self._count_time()
        self.working += 1
        self._failing.interrupt()
        self._on_return(self, unit)
