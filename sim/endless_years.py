"""What never ends lives through the years of a stack, each with its share of what it needs."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from models.description.quantities import MONTH
from models.parts.workloads.workload_kind import SolvedWorkload
from models.prediction import Finding
from sim.backends import Backend, run_all
from sim.cluster.cluster_contract import Run, YearResult
from sim.simulated_workload import Floats, Progress, Simulated, Years
from sim.stack_years import StackYears


@dataclass(frozen=True)
class EndlessYears:
    """What became of the needs of a workload that never ends, one value a year.

    Arguments:
        available: share of the year in which all that it needs was up.
        stack_available: share in which every component of the stack was up.
    """

    available: Floats
    stack_available: Floats

    def simulated(
        self, nodes: Mapping[str, float], outcome: Any, findings: tuple[Finding, ...]
    ) -> Simulated:
        """What the workload went through.

        Arguments:
            nodes: that are held for it, in the mean, by name of their group.
            outcome: what its kind keeps for its answer.
            findings: what a reader must know before believing its figures.
        """
        count = len(self.available)
        return Simulated(
            duration=None,
            worked={name: np.full(count, held * MONTH) for name, held in nodes.items()},
            available=self.available,
            stack_available=self.stack_available,
            outcome=outcome,
            findings=findings,
        )


def endless_years(
    workload: SolvedWorkload, years: Years, starts: Floats, progress: Progress | None
) -> EndlessYears:
    """Simulate the years of what never ends.

    Arguments:
        workload: of any kind that never ends.
        years: of the stack.
        starts: of the workload, s from the beginning of each year.
        progress: told how many years are complete.
    """
    if not years.lived:
        return EndlessYears(*np.full((2, years.count), np.nan))
    run = Run(math.inf, math.inf, 0.0, 0.0, 0.0, 0.0, workload.needs)
    cases = list(zip(years.seeds, starts.tolist(), strict=True))
    one = partial(_year, run, years.of_stack)
    results = run_all(one, cases, Backend(workers=years.jobs), progress)
    return EndlessYears(
        np.array([year.needs_availability for year in results]),
        np.array([year.availability for year in results]),
    )


def _year(run: Run, years: StackYears, case: tuple[bytes, float]) -> YearResult:
    return years(run, *case)
