"""Units that fail and are repaired, in SimPy: the moving parts under every job."""

from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import simpy

from models.parts.failure import Cause, Component

Listener = Callable[["Group", int, Cause], None]


class Group:
    """The units of one component over time.

    Arguments:
        environment: of SimPy.
        component: what fails, and why.
        random: the group's own stream.
        on_failure: called when a unit goes away, with the unit and the cause.
        on_return: called when a unit is back.
    """

    def __init__(
        self,
        environment: simpy.Environment,
        component: Component,
        random: np.random.Generator,
        on_failure: Listener,
        on_return: Callable[["Group"], None],
    ) -> None:
        self.component = component
        self.working = set(range(component.units))
        self.unit_time = 0.0  # integral of working units over time, s
        self._environment = environment
        self._random = random
        self._on_failure = on_failure
        self._on_return = on_return
        self._since = 0.0
        self._rates = np.array([1 / cause.mttf for cause in component.causes])
        if self._rates.sum() > 0:
            for unit in range(component.units):
                environment.process(self._live(unit))

    @property
    def enough(self) -> bool:
        """As many units work as must."""
        return len(self.working) >= self.component.required

    def worked(self) -> float:
        """Integral of working units over time until now, s."""
        self._count_time()
        return self.unit_time

    def _count_time(self) -> None:
        now = self._environment.now
        self.unit_time += len(self.working) * (now - self._since)
        self._since = now

    def _live(self, unit: int) -> Generator[simpy.Event, Any, None]:
        total = float(self._rates.sum())
        causes = self.component.causes
        shares = np.cumsum(self._rates / total)[:-1]
        timeout, exponential = self._environment.timeout, self._random.exponential
        while True:
            yield timeout(exponential(1 / total))
            cause = causes[0]
            if len(causes) > 1:
                cause = causes[int(np.searchsorted(shares, self._random.random()))]
            self._count_time()
            self.working.discard(unit)
            self._on_failure(self, unit, cause)
            yield timeout(exponential(cause.mttr))
            self._count_time()
            self.working.add(unit)
            self._on_return(self)
