"""How jobs of a service end: complete, stopped after their longest time, or failed."""

import math
from collections import Counter
from collections.abc import Sequence

from models.description.quantities import format_duration
from models.laws.intervals import normal_factor
from models.parts.workloads.managed_training import RETRIES, ManagedTraining
from models.prediction import Estimate
from models.prediction.training_answer import JobEnd
from sim.cluster.cluster_contract import YearResult
from sim.experiment import CONFIDENCE

COMPLETED, STOPPED, FAILED = "Completed", "Stopped", "Failed"


def job_ends(managed: ManagedTraining | None, years: Sequence[YearResult]) -> tuple[JobEnd, ...]:
    """The states in which a job ends, each with the share of runs; none without a service.

    Arguments:
        managed: what the service is told; None on nodes of one's own.
        years: of the run, one a replication.
    """
    if managed is None:
        return ()
    found = Counter(state_of(year, managed.longest) for year in years)
    longest = format_duration(managed.longest)
    reasons = {
        COMPLETED: "",
        STOPPED: f"MaxRuntimeExceeded: it took longer than {longest}",
        FAILED: f"InternalServerError: instances failed more than {RETRIES} times",
    }
    return tuple(
        JobEnd(state, _share(found[state], len(years)), reason) for state, reason in reasons.items()
    )


def state_of(year: YearResult, longest: float) -> str:
    """How the run of a year ends as a job.

    Failures come evenly over a run that has many, so that the one that is no longer tried again
    comes after its share of the time.

    Arguments:
        year: of the run.
        longest: that the service lets it run, retries included, s.
    """
    if year.restarts > RETRIES:
        failed = year.time_to_train * (RETRIES + 1) / year.restarts
        return FAILED if failed <= longest else STOPPED
    return COMPLETED if year.complete and year.time_to_train <= longest else STOPPED


def _share(hits: int, trials: int) -> Estimate:
    """A share of independent runs.

    Source: Wilson (1927), Probable inference, the law of succession, and statistical inference.
    """
    share, squared = hits / trials, normal_factor(CONFIDENCE) ** 2 / trials
    middle = (share + squared / 2) / (1 + squared)
    half = math.sqrt(squared * (share * (1 - share) + squared / 4)) / (1 + squared)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    # Rounding must not leave the share outside.
    return Estimate(share, min(low, share), max(high, share), CONFIDENCE, "simulation")
