"""The years of a stack in an engine: what all of them share is made once."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

from models.parts.failure import Component
from sim.cluster.cluster_contract import Run, YearResult, years_of
from sim.drawn_rates import drawn_rates, spreads_of


@dataclass(frozen=True)
class StackYears:
    """Simulates runs in years of a stack, each at its own failure rates.

    Arguments:
        components: of the stack.
        engine: compiled or simpy.
    """

    components: tuple[Component, ...]
    engine: str

    def __call__(self, run: Run, seed: bytes, start: float = 0.0) -> YearResult:
        """What a run saw of a year.

        Arguments:
            run: of a workload.
            seed: of the year, 32 bytes.
            start: of the run, s from the beginning of the year.

        Raises:
            NoProgress: the run is interrupted more often than it advances.
        """
        return self._years(run, seed, start=start, rates=drawn_rates(self._spreads, seed))

    @functools.cached_property
    def _years(self) -> Callable[..., YearResult]:
        return years_of(self.engine, self.components)

    @functools.cached_property
    def _spreads(self) -> dict[str, float]:
        return spreads_of(self.components)
