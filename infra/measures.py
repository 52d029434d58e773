"""What a cloud measures of a store and of the answers of a workload."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi


@dataclass(frozen=True)
class Metric:
    """What a cloud measures of something.

    Arguments:
        namespace: of what measures it.
        name: of the metric.
        dimensions: of what is measured.
        statistic: of all that is measured in a period, such as Sum or p95.
        period: seconds.
    """

    namespace: str
    name: str
    dimensions: Mapping[str, pulumi.Input[str]]
    statistic: str
    period: int = 60


@dataclass(frozen=True)
class Filling:
    """How a cloud measures that a store grows full.

    Arguments:
        metric: that is measured.
        limit: that it should not pass.
        falling: it falls while the store fills.
    """

    metric: Metric
    limit: float
    falling: bool = False


@dataclass(frozen=True)
class Answering:
    """How a cloud measures the answers to the requests of a workload.

    Arguments:
        response_time: in `unit`; its statistic is for whoever reads it.
        unit: of the response time, s.
        errors: requests that were not answered as they should be.
        requests: all of them; None where `errors` are their share already.
    """

    response_time: Metric
    unit: float
    errors: Sequence[Metric]
    requests: Metric | None
