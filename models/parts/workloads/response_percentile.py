"""Percentiles of a response time by a law that may know no more than means and variances."""

import math
from collections.abc import Mapping

from models.laws.incomplete_functions import gamma_quantile
from models.queueing.distributions import AnyDistribution, mean, squared_variation
from models.queueing.network_answer import NetworkAnswer, StationMeasures


def response_percentile(
    answer: NetworkAnswer, service: Mapping[str, AnyDistribution], percentage: float
) -> float | None:
    """A percentile of the response time through a network, s; None where no law gives one.

    Where only means and variances are known, a gamma distribution has both. Where the variance of
    a wait is not known, waits are taken as exponential for those who wait, as they are at any
    number of servers where service is exponential, and nearly so under load elsewhere.

    Arguments:
        answer: of the network, which has one class of customers.
        service: time at each station.
        percentage: of the percentile.
    """
    if not answer.classes or answer.classes[0].response_time is None:
        return None
    own = answer.classes[0].response_time_percentiles.get(percentage)
    if own is not None:
        return own.mean
    total = answer.classes[0].response_time.mean
    rows = [row for row in answer.stations if row.customer_class is None and row.response_time]
    variance = math.fsum(_variance(row, service[row.station]) for row in rows)
    if math.isinf(variance):
        return None
    if variance <= 0 or total <= 0:
        return total
    shape = total * total / variance
    return gamma_quantile(shape, percentage / 100) * variance / total


def _variance(row: StationMeasures, service: AnyDistribution) -> float:
    """Of the response time at a station, s²."""
    if row.response_time_variance is not None:
        return row.response_time_variance.mean
    assert row.response_time is not None  # the caller's rows have one
    wait = max(0.0, row.response_time.mean - mean(service))
    waits = 1.0 if row.wait_probability is None else row.wait_probability.mean
    # An exponential wait of those who wait: E[W^2] = 2 E[W]^2 / P(wait).
    waiting = wait * wait * (2 / waits - 1) if waits > 0 else 0.0
    return waiting + squared_variation(service) * mean(service) ** 2
