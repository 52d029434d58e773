"""Nodes and other components that fail and are repaired, in SimPy."""

import math
from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import simpy

from models.parts.failure import Cause, Component
from models.parts.node_racks import NodeRacks
from sim.cluster.cluster_contract import cumulative_shares, failure_rate
from sim.kernels.streams import uniform, unit_exponential


class FailingGroup:
    """The units of one component over time.

    Units are alike and fail at constant rates: the next of them fails when the rates of all that
    work have added up to an exponential draw of mean 1. What is drawn never depends on the jobs.

    Arguments:
        environment: of SimPy.
        component: what fails, and why.
        stream: the component's own random stream, whose state moves on.
        on_failure: called with the group, its place among the working units, and the cause; gives
            what is to be handed back when that unit returns.
        on_return: called when a unit is back.

    Source of the failures of all units together: Çinlar (1975), Introduction to Stochastic
        Processes, section 4.7 (time changes of a Poisson process).
    """

    def __init__(
        self,
        environment: simpy.Environment,
        component: Component,
        stream: np.void,
        on_failure: Callable[["FailingGroup", int, Cause], int],
        on_return: Callable[["FailingGroup", int], None],
    ) -> None:
        self.component = component
        self.working = component.units
        self.short = False
        self._environment = environment
        self._stream = stream
        self._on_failure, self._on_return = on_failure, on_return
        self._rate = failure_rate(component.mttfs())
        self._shares = cumulative_shares(component.mttfs())
        self._failing = environment.process(self._fail())

    def _fail(self) -> Generator[simpy.Event, Any, None]:
        hazard = unit_exponential(self._stream)
        while True:
            yield from self._add_up(hazard)
            place = int(uniform(self._stream) * self.working)
            if isinstance(self.component, NodeRacks):
                uniform(self._stream)  # by which other workloads find whether they use the rack
            u = uniform(self._stream)
            pairs = zip(self._shares, self.component.causes, strict=True)
            cause = next(cause for share, cause in pairs if u < share)
            time = cause.mttr * unit_exponential(self._stream)
            hazard = unit_exponential(self._stream)
            self.working -= 1
            unit = self._on_failure(self, place, cause)
            self._environment.process(self._repair(time, unit))

    def _add_up(self, hazard: float) -> Generator[simpy.Event, Any, None]:
        """Wait until the rates of the working units add up; each that returns adds its own."""
        while True:
            rate, since = self.working * self._rate, self._environment.now
            try:
                yield self._environment.timeout(hazard / rate if rate > 0 else math.inf)
                return
            except simpy.Interrupt:
                hazard = max(0.0, hazard - rate * (self._environment.now - since))

    def _repair(self, time: float, unit: int) -> Generator[simpy.Event, Any, None]:
        yield self._environment.timeout(time)
        self.working += 1
        self._failing.interrupt()
        self._on_return(self, unit)
