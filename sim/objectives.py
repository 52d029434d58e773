"""Whether the objectives of a stack are met, and with what probability."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from models.description.quantities import format_availability, format_duration, format_money
from models.description.stack import Availability, Budget, Deadline, Objectives
from models.prediction import Distribution, ObjectiveResult
from sim.experiment import distribution
from sim.simulated_workload import Floats


def objective_results(
    wanted: Objectives, completion: Mapping[str, Floats], cost: Floats, available: Floats
) -> Iterator[ObjectiveResult]:
    """Hold every replication against the objectives that are of the whole stack.

    Arguments:
        wanted: what the stack names.
        completion: when each workload is complete, s, by name and replication.
        cost: of one run, USD, by replication.
        available: share of the year in which all of the stack was up, by replication.
    """
    if wanted.deadline is not None:
        yield _deadline(wanted.deadline, completion[wanted.deadline.workload])
    if wanted.budget is not None:
        yield _budget(wanted.budget, cost)
    if wanted.availability is not None:
        yield _available(wanted.availability, available)


def _deadline(wanted: Deadline, times: Floats) -> ObjectiveResult:
    return ObjectiveResult(
        "deadline",
        f"{wanted.workload} within {format_duration(wanted.within)}",
        _quoted(distribution(times.tolist()), format_duration),
        float(np.mean(times <= wanted.within)),
        wanted.probability,
    )


def _budget(wanted: Budget, cost: Floats) -> ObjectiveResult:
    return ObjectiveResult(
        "budget",
        f"at most {format_money(wanted.at_most)}",
        _quoted(distribution(cost.tolist()), format_money),
        float(np.mean(cost <= wanted.at_most)),
        wanted.probability,
    )


def _available(wanted: Availability, observed: Floats) -> ObjectiveResult:
    return ObjectiveResult(
        "availability",
        f"at least {100 * wanted.at_least:.12g} % of a year",
        f"P50 {_up(observed, 0.5)}, P5 {_up(observed, 0.05)}",
        float(np.mean(observed >= wanted.at_least)),
        wanted.probability,
    )


def _up(observed: Floats, share: float) -> str:
    return format_availability(1 - float(np.quantile(observed, share)))


def _quoted(values: Distribution, write: Callable[[float], str]) -> str:
    return f"P50 {write(values.p50.mean)}, P95 {write(values.p95.mean)}"
