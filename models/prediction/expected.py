"""What a prediction says that people can measure, by the names that measurements have."""

from dataclasses import dataclass
from enum import StrEnum

from models.prediction.estimates import Distribution, Estimate


class Measure(StrEnum):
    """What can be measured of a stack, and is predicted of it."""

    THROUGHPUT = "throughput"
    STEP_TIME = "step_time"
    COMPUTE = "compute"
    COMMUNICATION = "communication"
    INPUT_WAIT = "input_wait"
    TIME_TO_TRAIN = "time_to_train"
    RESPONSE_TIME = "response_time"
    WAITING_TIME = "waiting_time"
    SERVICE_TIME = "service_time"
    TURNAROUND = "turnaround"
    MAKESPAN = "makespan"
    UTILIZATION = "utilization"
    FAILURES = "failures"
    NODE_TIME = "node_time"
    MATRIX_RATE = "matrix_rate"  # of one accelerator
    MEMORY_BANDWIDTH = "memory_bandwidth"  # of one accelerator
    ALL_REDUCE_TIME = "all_reduce_time"  # among all accelerators of a node
    READ_RATE = "read_rate"  # of a store, by one node
    WRITE_RATE = "write_rate"  # likewise
    MONTHLY_COST = "monthly_cost"


class Statistic(StrEnum):
    """What of many values is compared."""

    MEAN = "mean"
    P50 = "P50"
    P95 = "P95"
    P99 = "P99"


@dataclass(frozen=True)
class Expected:
    """A figure that a prediction has, and a measurement may have.

    Arguments:
        of: the workload, or the workload and a part of it: shop.web; a node group; a store; empty
            for the whole stack.
        measure: what.
        statistic: of its values.
        mean: as predicted, in the SI unit of the measure.
        low: lower end of its interval; the figure itself where it has none.
        high: upper end of it.
    """

    of: str
    measure: Measure
    statistic: Statistic
    mean: float
    low: float
    high: float


def expected(
    of: str, measure: Measure, found: Estimate | None, statistic: Statistic = Statistic.MEAN
) -> tuple[Expected, ...]:
    """An estimate as what is expected; nothing where there is none.

    Arguments:
        of: whose figure it is.
        measure: what.
        found: the estimate.
        statistic: of many values.
    """
    if found is None:
        return ()
    return (Expected(of, measure, statistic, found.mean, found.low, found.high),)


def expected_of_runs(of: str, measure: Measure, found: Distribution | None) -> tuple[Expected, ...]:
    """What one run among the simulated is likely to show; nothing where there is none.

    Arguments:
        of: whose figure it is.
        measure: what.
        found: of many runs.
    """
    if found is None:
        return ()
    low, high = found.middle_95
    return (Expected(of, measure, Statistic.MEAN, found.mean.mean, low, high),)
