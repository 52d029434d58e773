"""A workload and what the simulated years saw of it."""

from dataclasses import dataclass

from models.parts.workloads.training_job import TrainingJob
from sim.cluster.cluster_contract import Run, YearResult


@dataclass(frozen=True)
class SimulatedWorkload:
    """A workload and what the simulated years saw of it.

    Arguments:
        job: what the laws say.
        run: what was simulated.
        factors: of the step time, one a replication.
        years: one a replication.
    """

    job: TrainingJob
    run: Run
    factors: tuple[float, ...]
    years: tuple[YearResult, ...]
