"""What a law says about a class at a station, and how that becomes an answer."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from models.laws.queueing.station_law import Queue
from models.prediction import Estimate
from models.queueing.network_answer import ClassMeasures, StationMeasures

Method = Literal["exact", "approximation"]
PERCENTAGES = (50.0, 95.0, 99.0)


class NoLaw(Exception):
    """No law covers a network; the text says what of it."""


@dataclass(frozen=True)
class Share:
    """A class at a station; times are of the served.

    Arguments:
        rate: of the served, /s.
        service: mean, s.
        waiting_time: mean, s; None where no law gives it.
        loss: share of the arriving who find the station full; None where none can be lost.
        abandonment: share of the arriving who lose patience; None where all are patient.
        abandoned: mean number of waiting customers who will lose patience.
        waiting_percentiles: by percentage, s.
        response_percentiles: by percentage, s.
        wait_probability: share of the served who are not served at once.
        waiting_variance: of the waiting time, s².
        response_variance: of the response time, s².
        response_law: share of the served whose response is within a time, s.
        cold: share of the served whose server needs its setup.
        setup: mean time of a server's setup for each customer, s.
    """

    rate: float
    service: float
    waiting_time: float | None
    loss: float | None = None
    abandonment: float | None = None
    abandoned: float = 0.0
    waiting_percentiles: Mapping[float, float] = field(default_factory=dict)
    response_percentiles: Mapping[float, float] = field(default_factory=dict)
    wait_probability: float | None = None
    waiting_variance: float | None = None
    response_variance: float | None = None
    response_law: Callable[[float], float | None] | None = field(default=None, compare=False)
    cold: float | None = None
    setup: float = 0.0

    @property
    def response_time(self) -> float | None:
        """Mean, s."""
        return None if self.waiting_time is None else self.waiting_time + self.service

    @property
    def waiting(self) -> float | None:
        """Mean number that waits."""
        if self.waiting_time is None:
            return None
        return self.rate * self.waiting_time + self.abandoned


@dataclass(frozen=True)
class Solution:
    """What the laws say about a network.

    Arguments:
        law: their names.
        method: exact or approximation.
        shares: of each class at each station.
        whole: of stations about which a law knows more than the sum of its classes.
        trips: of closed classes, /s.
        responses: of classes whose way is more than the sum of its visits: mean and percentiles, s.
        notes: what a reader must know.
        overloaded: classes of which nothing is said, since their number grows without end.
    """

    law: str
    method: Method
    shares: Mapping[tuple[str, str], Share]
    whole: Mapping[str, Share] = field(default_factory=dict)
    trips: Mapping[str, float] = field(default_factory=dict)
    responses: Mapping[str, tuple[float, Mapping[float, float]]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    overloaded: frozenset[str] = frozenset()


def percentiles(queue: Queue) -> tuple[dict[float, float], dict[float, float]]:
    """Percentiles of the waiting and of the response time, where the law gives them.

    Arguments:
        queue: what the law says.
    """
    waits = {p: queue.waiting_time_quantile(p / 100) for p in PERCENTAGES}
    responses = {p: queue.response_time_quantile(p / 100) for p in PERCENTAGES}
    return _known(waits), _known(responses)


def _known(values: Mapping[float, float | None]) -> dict[float, float]:
    return {p: value for p, value in values.items() if value is not None}


def together(shares: Sequence[Share]) -> Share:
    """Several classes, or several visits of one class, as one.

    Arguments:
        shares: one or more.
    """
    if len(shares) == 1:
        return shares[0]
    rate = math.fsum(share.rate for share in shares)
    if rate == 0:
        return shares[0]
    waits = [share.waiting_time for share in shares]
    waited = [share.wait_probability for share in shares]
    weights = [share.rate / rate for share in shares]
    arriving = [_arriving(share) for share in shares]
    first = shares[0]
    alike = all(share.waiting_percentiles == first.waiting_percentiles for share in shares)
    same = alike and all(s.response_percentiles == first.response_percentiles for s in shares)
    return Share(
        rate=rate,
        service=math.fsum(w * share.service for w, share in zip(weights, shares, strict=True)),
        waiting_time=None if None in waits else _mean(weights, waits),
        loss=_mean_or_none(arriving, [share.loss for share in shares]),
        abandonment=_mean_or_none(arriving, [share.abandonment for share in shares]),
        abandoned=math.fsum(share.abandoned for share in shares),
        waiting_percentiles=first.waiting_percentiles if alike else {},
        response_percentiles=first.response_percentiles if same else {},
        wait_probability=None if None in waited else _mean(weights, waited),
        waiting_variance=first.waiting_variance if alike and first.waiting_percentiles else None,
        response_variance=first.response_variance if same and first.response_percentiles else None,
        response_law=first.response_law if same and first.response_percentiles else None,
        cold=_mean_or_none(weights, [share.cold for share in shares]),
        setup=_mean(weights, [share.setup for share in shares]),
    )


def _arriving(share: Share) -> float:
    return share.rate / max(1e-300, (1 - (share.loss or 0.0)) * (1 - (share.abandonment or 0.0)))


def _mean(weights: Sequence[float], values: Sequence[float | None]) -> float:
    return math.fsum(w * (value or 0.0) for w, value in zip(weights, values, strict=True))


def _mean_or_none(weights: Sequence[float], values: Sequence[float | None]) -> float | None:
    if all(value is None for value in values):
        return None
    return _mean(weights, values) / math.fsum(weights)


def station_measures(
    station: str, customer_class: str | None, servers: float, share: Share, method: Method
) -> StationMeasures:
    """A row of the answer.

    Arguments:
        station: its name.
        customer_class: its name; None for all classes together.
        servers: of the station; infinity where nobody waits.
        share: what the law says.
        method: whether the law is exact.
    """
    served = share.rate * share.service
    busy = served + share.rate * share.setup
    waiting = share.waiting
    return StationMeasures(
        station,
        customer_class,
        throughput=estimate(share.rate, method),
        utilization=estimate(busy if math.isinf(servers) else busy / servers, method),
        number=estimate(math.nan if waiting is None else served + waiting, method),
        waiting=_estimate(waiting, method),
        waiting_time=_estimate(share.waiting_time, method),
        response_time=_estimate(share.response_time, method),
        waiting_time_percentiles=_estimates(share.waiting_percentiles, method),
        response_time_percentiles=_estimates(share.response_percentiles, method),
        loss_probability=_estimate(share.loss, method),
        abandonment_probability=_estimate(share.abandonment, method),
        wait_probability=_estimate(share.wait_probability, method),
        waiting_time_variance=_estimate(share.waiting_variance, method),
        response_time_variance=_estimate(share.response_variance, method),
        cold_start_probability=_estimate(share.cold, method),
    )


def class_measures(
    name: str,
    rate: float,
    response: float | None,
    method: Method,
    by_percentage: Mapping[float, float] | None = None,
    loss: float | None = None,
    target: float | None = None,
    within: float | None = None,
) -> ClassMeasures:
    """A class in the whole network.

    Arguments:
        name: of the class.
        rate: of those who leave, /s.
        response: mean, s.
        method: whether the law is exact.
        by_percentage: percentiles of the response time, s.
        loss: share of the customers who are lost or lose patience.
        target: response time that they should be within, s.
        within: share of those who leave who are.
    """
    return ClassMeasures(
        name,
        throughput=estimate(rate, method),
        response_time=_estimate(response, method),
        response_time_percentiles=_estimates(by_percentage or {}, method),
        loss_probability=_estimate(loss, method),
        target=target,
        within_target=_estimate(within, method),
    )


def estimate(value: float, method: Method) -> Estimate:
    """A value of a law; an approximation comes without error bars.

    Arguments:
        value: the value.
        method: whether the law is exact.
    """
    exact = Estimate.exact(value)
    return exact if method == "exact" else replace(exact, confidence=0.0, method=method)


def _estimate(value: float | None, method: Method) -> Estimate | None:
    return None if value is None else estimate(value, method)


def _estimates(values: Mapping[float, float], method: Method) -> dict[float, Estimate]:
    return {p: estimate(value, method) for p, value in values.items()}
