"""Whether objectives are met, and with what probability."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from models.description.quantities import format_availability, format_duration, format_money
from models.description.stack import Stack
from models.prediction import Distribution, ObjectiveResult
from sim.cluster.cluster_contract import YearResult
from sim.experiment import distribution


def objective_results(
    stack: Stack,
    completion: Mapping[str, np.ndarray],
    cost: np.ndarray,
    years: Sequence[YearResult],
) -> tuple[ObjectiveResult, ...]:
    """Hold every replication against the objectives that the stack names.

    Arguments:
        stack: the description.
        completion: when each workload is complete, s, by name and replication.
        cost: of one run, USD, by replication.
        years: of any workload: they all see the whole stack.
    """
    results, wanted = [], stack.objectives
    if wanted.deadline is not None:
        times = completion[wanted.deadline.workload]
        results.append(
            ObjectiveResult(
                "deadline",
                f"{wanted.deadline.workload} within {format_duration(wanted.deadline.within)}",
                _quoted(distribution(times.tolist()), format_duration),
                float(np.mean(times <= wanted.deadline.within)),
                wanted.deadline.probability,
            )
        )
    if wanted.budget is not None:
        results.append(
            ObjectiveResult(
                "budget",
                f"at most {format_money(wanted.budget.at_most)}",
                _quoted(distribution(cost.tolist()), format_money),
                float(np.mean(cost <= wanted.budget.at_most)),
                wanted.budget.probability,
            )
        )
    if wanted.availability is not None:
        observed = np.array([year.availability for year in years])
        results.append(
            ObjectiveResult(
                "availability",
                f"at least {100 * wanted.availability.at_least:.12g} % of a year",
                f"P50 {_up(observed, 0.5)}, P5 {_up(observed, 0.05)}",
                float(np.mean(observed >= wanted.availability.at_least)),
                wanted.availability.probability,
            )
        )
    return tuple(results)


def _up(observed: np.ndarray, share: float) -> str:
    return format_availability(1 - float(np.quantile(observed, share)))


def _quoted(values: Distribution, write: Callable[[float], str]) -> str:
    return f"P50 {write(values.p50.mean)}, P95 {write(values.p95.mean)}"
