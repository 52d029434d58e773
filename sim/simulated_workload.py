"""The simulated years of a stack, and what a workload of any kind went through in them."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from models.parts.failure import Component
from models.parts.solve import SolvedStack
from models.parts.workloads.workload_kind import SolvedWorkload
from models.prediction import Finding, WorkloadPrediction
from sim.stack_years import StackYears

Floats = NDArray[np.float64]
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Years:
    """The years that all workloads of a stack live through, one a replication.

    Arguments:
        components: of the stack.
        seeds: of the failures, 32 bytes each.
        engine: compiled or simpy.
        jobs: processes; by default as many as pay.
        seed: of the experiment, for what is drawn beside the failures.
        length: share of the usual length of runs of requests, frames and events, which know nothing
            of years.
        beside: what is only looked at is asked for too: pictures of a replication.
        lived: how often the stack is up in each is asked for; else that is not a number, where
            nothing else hangs on it.
        unasked: workloads of which nobody asks how they answer: their requests, frames and events
            are not simulated where what they cost does not hang on them.
        remembered: what was simulated before that knows nothing of failures and prices, by all that
            it follows from; what is simulated now is kept there.
    """

    components: tuple[Component, ...]
    seeds: tuple[bytes, ...]
    engine: str
    jobs: int | None
    seed: int
    remembered: dict[Hashable, Any] = field(default_factory=dict)
    length: float = 1.0
    beside: bool = True
    lived: bool = True
    unasked: frozenset[str] = frozenset()

    @property
    def count(self) -> int:
        """How many years there are."""
        return len(self.seeds)

    @property
    def of_stack(self) -> StackYears:
        """What simulates runs in them."""
        return StackYears(self.components, self.engine)

    def worked(self, unit_times: Sequence[tuple[float, ...]]) -> dict[str, Floats]:
        """Working time of the units of each component that carries work, s, by its name.

        Arguments:
            unit_times: of each year, in the order of the components.
        """
        names = [one.name for one in self.components if one.carries_work]
        columns = np.array(unit_times, dtype=float).reshape(len(unit_times), len(names))
        return {name: columns[:, position] for position, name in enumerate(names)}


@dataclass(frozen=True)
class Simulated:
    """What a workload went through, one value a replication.

    Arguments:
        duration: from its start to its end, s; None for what never ends.
        worked: time that the units of each component worked for it, s, by name of the component;
            in a month, of what never ends.
        available: share of its year in which all that it needs was up.
        stack_available: share of that year in which every component of the stack was up.
        outcome: what its kind keeps for its answer.
        given_up: replications in which it never ends, and which count for less than they are.
        findings: what a reader must know before believing its figures.
    """

    duration: Floats | None
    worked: Mapping[str, Floats]
    available: Floats
    stack_available: Floats
    outcome: Any
    given_up: int = 0
    findings: tuple[Finding, ...] = ()


class KindOfSimulation(Protocol):
    """What the file of a kind in `sim/workloads` answers."""

    def most_replications(self, workload: SolvedWorkload) -> int:
        """Replications of it that are worth their time."""

    def least_time(
        self, workload: SolvedWorkload, seed: int, position: int, replications: int
    ) -> Floats:
        """What no simulation beats, by laws and what each replication draws, s; 0 if unknown.

        Of what comes to its end its duration in every replication, else P95 of an answer.
        """

    def draw(self, workload: SolvedWorkload, random: np.random.Generator) -> Any:
        """What is uncertain of the workload for the whole of a replication."""

    def simulate(
        self,
        workload: SolvedWorkload,
        solved: SolvedStack,
        years: Years,
        starts: Floats,
        drawn: Sequence[Any],
        progress: Progress | None,
    ) -> Simulated:
        """What the workload goes through in every year, from its start in each on, s."""

    def answer(
        self,
        workload: SolvedWorkload,
        solved: SolvedStack,
        simulated: Simulated,
        head: Mapping[str, Any],
    ) -> WorkloadPrediction:
        """What is predicted of the workload: a head that all kinds share, and its own body."""
