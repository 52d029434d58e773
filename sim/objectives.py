"""Whether the objectives of a stack are met, and with what probability."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from models.description.quantities import (
    format_availability,
    format_beside,
    format_count,
    format_money,
    format_percent,
    format_percentile,
)
from models.description.stack import (
    Availability,
    Budget,
    Deadline,
    Lag,
    Latency,
    Loss,
    MonthlyCost,
    Objectives,
)
from models.laws.intervals import student_below, student_quantile
from models.prediction import (
    CostPrediction,
    Distribution,
    Estimate,
    ObjectiveResult,
    WorkloadPrediction,
)
from models.prediction.served import Lagging, Served
from sim.experiment import distribution
from sim.simulated_workload import Floats


def objective_results(
    wanted: Objectives,
    completion: Mapping[str, Floats],
    cost: Floats,
    available: Floats,
    workloads: Sequence[WorkloadPrediction],
    bill: CostPrediction,
) -> Iterator[ObjectiveResult]:
    """Hold every replication against the objectives of the stack.

    Arguments:
        wanted: what the stack names.
        completion: when each workload is complete, s, by name and replication.
        cost: of one run, USD, by replication.
        available: share of the year in which all of the stack was up, by replication.
        workloads: what is predicted of them.
        bill: of the stack.
    """
    by_name = {one.name: one for one in workloads}
    if wanted.deadline is not None:
        yield _deadline(wanted.deadline, completion[wanted.deadline.workload])
    if wanted.budget is not None:
        yield _budget(wanted.budget, cost, bill)
    if wanted.availability is not None:
        yield _available(wanted.availability, available, workloads)
    if wanted.latency is not None:
        yield _latency(wanted.latency, by_name[wanted.latency.workload])
    if wanted.loss is not None:
        yield _loss(wanted.loss, by_name[wanted.loss.workload])
    if wanted.lag is not None:
        yield _lag(wanted.lag, by_name[wanted.lag.workload])
    if wanted.monthly_cost is not None:
        # Where nothing is ever complete, the bill of every replication is one of a month.
        monthly = bill.monthly if bill.ends else bill.run.mean.mean
        yield _monthly(wanted.monthly_cost, monthly, bill.at_least)


def _deadline(wanted: Deadline, times: Floats) -> ObjectiveResult:
    spread = distribution(times.tolist())
    asked, half, most = format_beside(wanted.within, spread.p50.mean, spread.p95.mean)
    return ObjectiveResult(
        "deadline",
        f"{wanted.workload} within {asked}",
        f"P50 {half}, P95 {most}",
        float(np.mean(times <= wanted.within)),
        wanted.probability,
    )


def _budget(wanted: Budget, cost: Floats, bill: CostPrediction) -> ObjectiveResult:
    per = "" if bill.ends else " a month"
    least = "at least " if bill.at_least else ""
    return ObjectiveResult(
        "budget",
        f"at most {format_money(wanted.at_most)}{per}",
        _quoted(distribution(cost.tolist()), lambda usd: f"{least}{format_money(usd)}{per}"),
        float(np.mean(cost <= wanted.at_most)),
        wanted.probability,
        at_least=bill.at_least,
    )


def _available(
    wanted: Availability, observed: Floats, workloads: Sequence[WorkloadPrediction]
) -> ObjectiveResult:
    half = float(np.quantile(observed, 0.5))
    found = f"P50 {_up(observed, 0.5)}, P5 {_up(observed, 0.05)}"
    if half == 1:  # beside a mean that is less, 100 % would read like an error
        found = f"no downtime in half of the years, P5 {_up(observed, 0.05)}"
    met = float(np.mean(observed >= wanted.at_least))
    never = [one.name for one in workloads if one.never_available]
    if never:  # whatever its parts do, it never does what it is for
        found, met = f"0 %: {' and '.join(never)} can't keep up with the load", 0.0
    return ObjectiveResult(
        "availability",
        f"at least {100 * wanted.at_least:.12g} % of a year",
        found,
        met,
        wanted.probability,
        "years",
    )


def _latency(wanted: Latency, served: WorkloadPrediction) -> ObjectiveResult:
    assert isinstance(served, Served)  # the description is checked
    found, name = served.wanted_time, format_percentile(wanted.percentile)

    def beside(time: float) -> str:
        return format_beside(wanted.at_most, time)[1]

    return ObjectiveResult(
        "latency",
        f"{name} of {wanted.workload} within {format_beside(wanted.at_most)[0]}",
        f"{name} {_known(found, wanted.at_most, beside)}" if found else _why_none(served),
        _below(found, wanted.at_most, served.independent) if found else 0.0,
        wanted.probability,
        "",
    )


def _why_none(served: WorkloadPrediction) -> str:
    """Why no figure exists of what comes to it."""
    if served.overloaded:
        return "unstable, so that none exists"
    assert isinstance(served, Served)
    if served.loss is None:
        return "not simulated, so not known"
    return f"none of the {served.counted.name} {served.counted.kept}"


def _loss(wanted: Loss, served: WorkloadPrediction) -> ObjectiveResult:
    assert isinstance(served, Served)  # as above
    found, counted = served.loss, served.counted
    lost = _why_none(served)
    if found is not None:
        share = _known(found, wanted.at_most, lambda one: format_percent(one, 4))
        lost = f"{share} {counted.lost}"
        if found.mean == 0:
            lost = f"all that are simulated {counted.kept}"
    return ObjectiveResult(
        "loss",
        f"at most {100 * wanted.at_most:.12g} % of the {counted.name} of {wanted.workload}",
        lost,
        _below(found, wanted.at_most, served.independent) if found else 0.0,
        wanted.probability,
        "",
    )


def _lag(wanted: Lag, behind: WorkloadPrediction) -> ObjectiveResult:
    assert isinstance(behind, Lagging)  # as above
    found = behind.lag
    return ObjectiveResult(
        "lag",
        f"{wanted.workload} at most {format_count(wanted.at_most, 'events')} behind",
        format_count(round(found.mean), "events") if found else "unstable, so that it grows",
        _below(found, wanted.at_most, behind.independent) if found else 0.0,
        wanted.probability,
        "",
    )


def _monthly(wanted: MonthlyCost, monthly: float, at_least: bool) -> ObjectiveResult:
    met = 1.0 if monthly <= wanted.at_most else 0.0
    target = f"at most {format_money(wanted.at_most)} a month"
    predicted = f"{'at least ' if at_least else ''}{format_money(monthly)} a month"
    return ObjectiveResult("monthly cost", target, predicted, met, 1.0, "", at_least)


def _known(found: Estimate, limit: float, write: Callable[[float], str]) -> str:
    """A figure, with its interval where the limit lies within: else 300 ms misses 300 ms."""
    text = write(found.mean)
    if not found.low <= limit <= found.high or found.low == found.high:
        return text
    low, high = write(found.low), write(found.high)
    value, space, unit = low.rpartition(" ")
    if space and unit == high.rpartition(" ")[2]:
        low = value  # one unit says it
    return f"{text}, {low} to {high} (95 % interval)"


def _below(found: Estimate, limit: float, independent: int) -> float:
    """Probability that what is estimated lies within a limit, by Student's interval of few runs."""
    half = found.high - found.mean  # the lower end may be cut at 0
    if half <= 0 or independent < 2:
        return float(found.mean <= limit)
    error = half / student_quantile(found.confidence, independent - 1)
    return student_below((limit - found.mean) / error, independent - 1)


def _up(observed: Floats, share: float) -> str:
    return format_availability(1 - float(np.quantile(observed, share)))


def _quoted(values: Distribution, write: Callable[[float], str]) -> str:
    return f"P50 {write(values.p50.mean)}, P95 {write(values.p95.mean)}"
