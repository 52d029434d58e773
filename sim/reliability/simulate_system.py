"""Simulate a repairable system: availability, failures and downtime, with intervals."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from models.laws.arguments import non_negative, positive, whole
from models.prediction import Estimate
from sim.backends import LOCAL, Backend, run_all
from sim.reliability.rare_counts import count_estimate, share_estimate, time_share_estimates
from sim.reliability.system_contract import System

HISTORIES = 1000
_PART = 1000  # histories that are run in one go
FEW = 50  # histories with downtime: with 29, intervals of 95 % held 89 % of the truths

# Simulates histories of a system until a horizon; gives as `histories.simulate` does.
Engine = Callable[
    [System, np.random.SeedSequence, float, int, int],
    tuple[NDArray[np.void], NDArray[np.float64]],
]


@dataclass(frozen=True)
class SimulatedSystem:
    """What some histories of a system say of it, from all new until the horizon.

    Arguments:
        horizon: length of a history, s.
        histories: how many.
        unavailability: share of the time in which the system is down.
        downtime: of a history, s.
        failures: of the system, in a history; a planned stop that takes it down counts.
        failure_probability: that it fails until the horizon.
        components: share of the time in which a unit of each component is down.
        first_failures: time of the first failure of each history, s; infinite where there is none.
        events: failures, stops and repairs of components, in all histories.
        down: histories in which the system was down.
        notes: what to know of the intervals, one sentence each.
    """

    horizon: float
    histories: int
    unavailability: Estimate
    downtime: Estimate
    failures: Estimate
    failure_probability: Estimate
    components: Mapping[str, Estimate]
    first_failures: NDArray[np.float64] = field(repr=False, compare=False)
    events: int
    down: int
    notes: tuple[str, ...] = ()

    @property
    def availability(self) -> Estimate:
        """Share of the time in which the system works."""
        down = self.unavailability
        return replace(down, mean=1 - down.mean, low=1 - down.high, high=1 - down.low)

    def reliability(self, time: float) -> Estimate:
        """Probability that the system has not failed until a time.

        Arguments:
            time: s, up to the horizon.

        Raises:
            ValueError: the time is out of range.
        """
        if non_negative("time", time) > self.horizon:
            raise ValueError(f"time is {time:g} s; the histories end at {self.horizon:g} s")
        return share_estimate(int((self.first_failures > time).sum()), self.histories)


def simulate_system(
    system: System,
    horizon: float,
    random: np.random.Generator,
    histories: int = HISTORIES,
    engine: Engine | None = None,
    backend: Backend = LOCAL,
    progress: Callable[[int], None] | None = None,
) -> SimulatedSystem:
    """Simulate histories of a system, all of its components new at first.

    Arguments:
        system: the description.
        horizon: length of a history, s.
        random: of which the seed of the histories is drawn.
        histories: how many; where they run changes none of them.
        engine: what simulates them; the compiled event loop by default.
        backend: where they run.
        progress: told how many thousands of histories are complete.

    Raises:
        ValueError: an argument out of range, or a law of lifetimes that can't be drawn from here.
        BackendUnavailable: a package that is missing, or a cluster that can't be used.

    Source: Law (2015), Simulation Modeling and Analysis, 5th edition, section 9.4.1, independent
        replications of a terminating simulation.
    """
    positive("horizon", horizon)
    whole("histories", histories, 2)
    seed = np.random.SeedSequence([int(word) for word in random.integers(0, 2**32, 4)])
    task = _Part(system, seed, horizon, engine or compiled_histories)
    parts = [(first, min(_PART, histories - first)) for first in range(0, histories, _PART)]
    results = run_all(task, parts, backend, progress)
    records = np.concatenate([record for record, _ in results])
    downtimes = np.concatenate([downtime for _, downtime in results])
    return _answer(system, horizon, records, downtimes)


def compiled_histories(
    system: System, seed: np.random.SeedSequence, horizon: float, first: int, count: int
) -> tuple[NDArray[np.void], NDArray[np.float64]]:
    """Histories by the compiled event loop.

    Arguments:
        system: the description.
        seed: of all histories.
        horizon: s.
        first: number of the first.
        count: how many.
    """
    from sim.reliability.arrays.system_layout import lay_out
    from sim.reliability.kernel.histories import simulate

    one = lay_out(system, seed)
    return simulate(
        one.components, one.groups, one.clocks, one.structure, one.crews, horizon, first, count
    )


@dataclass(frozen=True)
class _Part:
    """Some histories of a system."""

    system: System
    seed: np.random.SeedSequence
    horizon: float
    engine: Engine

    def __call__(self, part: tuple[int, int]) -> tuple[NDArray[np.void], NDArray[np.float64]]:
        return self.engine(self.system, self.seed, self.horizon, *part)


def _answer(
    system: System, horizon: float, records: NDArray[np.void], downtimes: NDArray[np.float64]
) -> SimulatedSystem:
    count, first_failures = len(records), np.array(records["first_failure"])
    shares, start = [records["downtime"] / horizon], 0
    for units in system.counts.values():
        shares.append(downtimes[:, start : start + units].mean(axis=1) / horizon)
        start += units
    unavailability, *components = time_share_estimates(np.column_stack(shares))
    seen = int(np.count_nonzero(records["downtime"]))
    notes = []
    if seen < FEW:
        notes.append(
            f"The system was down in {seen} of {count:,} histories, too few for a good interval "
            "of its unavailability; simulate more of them, or rare failures by their own method."
        )
    return SimulatedSystem(
        horizon,
        count,
        unavailability,
        replace(
            unavailability,
            mean=unavailability.mean * horizon,
            low=unavailability.low * horizon,
            high=unavailability.high * horizon,
        ),
        count_estimate(records["failures"]),
        share_estimate(int(np.isfinite(first_failures).sum()), count),
        dict(zip(system.counts, components, strict=True)),
        first_failures,
        int(records["events"].sum()),
        seen,
        tuple(notes),
    )
