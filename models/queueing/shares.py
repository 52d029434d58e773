"""What a law says about a class at a station, and how that becomes an answer."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from models.laws.queueing.station_law import Queue
from models.prediction import Estimate
from models.queueing.asked import NOTHING, Asked
from models.queueing.network_answer import ClassMeasures, PoolMeasures, StationMeasures

Method = Literal["exact", "approximation"]


class NoLaw(Exception):
    """No law covers a network; the text says what of it."""


@dataclass(frozen=True)
class TimeLaw:
    """The law of a time, as far as it is known.

    Arguments:
        quantile: time that a share takes at most, s.
        within: share that takes at most a time, s.
    """

    quantile: Callable[[float], float | None] | None = None
    within: Callable[[float], float | None] | None = None

    def percentiles(self, percentages: Sequence[float]) -> dict[float, float]:
        """By percentage, s; empty where they are not known.

        Arguments:
            percentages: above 0 and below 100.
        """
        if self.quantile is None:
            return {}
        return _known({p: self.quantile(p / 100) for p in percentages})

    def shares(self, times: Sequence[float]) -> dict[float, float]:
        """Within each time, by time, s; empty where they are not known.

        Arguments:
            times: 0 or more, s.
        """
        if self.within is None:
            return {}
        # What takes as long as the time is within it, whatever its rounding.
        return _known({time: self.within(time * (1 + 1e-9)) for time in times})


UNKNOWN_LAW = TimeLaw()
NO_TIME = TimeLaw(lambda share: 0.0, lambda time: 1.0)


@dataclass(frozen=True)
class Share:
    """A class at a station; times are of the served.

    Arguments:
        rate: of the served, /s.
        service: mean, s.
        waiting_time: mean, s; None where no law gives it.
        loss: share of the arriving who find the station full; None where none can be lost.
        abandonment: share of the arriving who lose patience; None where all are patient.
        balking: share of the arriving who do not join; None where all do.
        attempts: mean times that a customer comes, each of which arrives anew; None where nobody
            comes again.
        away: mean number of those who will come again.
        gone: share of the customers who come again and are not served in the end.
        busy_by_speed: share of the time that a server of each speed is busy.
        abandoned: mean number of waiting customers who will lose patience.
        waiting_law: of the waiting time.
        response_law: of the response time.
        wait_probability: share of all who come who are not served at once.
        waiting_variance: of the waiting time, s².
        response_variance: of the response time, s².
        cold: share of the served whose server needs its setup.
        setup: further time of servers for each customer: of their setup, or of the others that it
            takes at once, s.
    """

    rate: float
    service: float
    waiting_time: float | None
    loss: float | None = None
    abandonment: float | None = None
    abandoned: float = 0.0
    waiting_law: TimeLaw = UNKNOWN_LAW
    response_law: TimeLaw = UNKNOWN_LAW
    wait_probability: float | None = None
    waiting_variance: float | None = None
    response_variance: float | None = None
    cold: float | None = None
    setup: float = 0.0
    balking: float | None = None
    attempts: float | None = None
    away: float | None = None
    gone: float = 0.0
    busy_by_speed: Mapping[float, float] = field(default_factory=dict)

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

    @property
    def served(self) -> float:
        """Share of all who come who are served."""
        lost = (self.loss or 0.0) + (self.abandonment or 0.0) + (self.balking or 0.0)
        return max(0.0, 1 - lost)


@dataclass(frozen=True)
class Solution:
    """What the laws say about a network.

    Arguments:
        law: their names.
        method: exact or approximation.
        shares: of each class at each station.
        whole: of stations about which a law knows more than the sum of its classes.
        trips: of closed classes, /s.
        responses: of classes whose way is more than the sum of its visits: mean, s, and law.
        notes: what a reader must know.
        overloaded: classes of which nothing is said, since their number grows without end.
        pools: limits over several stations.
        lost: share of each class that finds no room in the whole network.
    """

    law: str
    method: Method
    shares: Mapping[tuple[str, str], Share]
    whole: Mapping[str, Share] = field(default_factory=dict)
    trips: Mapping[str, float] = field(default_factory=dict)
    responses: Mapping[str, tuple[float, TimeLaw]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    overloaded: frozenset[str] = frozenset()
    pools: tuple[PoolMeasures, ...] = ()
    lost: Mapping[str, float] = field(default_factory=dict)


def time_laws(queue: Queue) -> tuple[TimeLaw, TimeLaw]:
    """Of the waiting and of the response time, where the law gives them.

    Arguments:
        queue: what the law says.
    """
    waiting = TimeLaw(queue.waiting_time_quantile, queue.waiting_time_probability)
    response = TimeLaw(queue.response_time_quantile, queue.response_time_probability)
    return (
        waiting if queue.waiting_time_law else UNKNOWN_LAW,
        response if queue.response_time_law else UNKNOWN_LAW,
    )


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
    alike = all(share.waiting_law == first.waiting_law for share in shares)
    same = alike and all(share.response_law == first.response_law for share in shares)
    waits_known = alike and first.waiting_law != UNKNOWN_LAW
    responses_known = same and first.response_law != UNKNOWN_LAW
    return Share(
        rate=rate,
        service=math.fsum(w * share.service for w, share in zip(weights, shares, strict=True)),
        waiting_time=None if None in waits else _mean(weights, waits),
        loss=_mean_or_none(arriving, [share.loss for share in shares]),
        abandonment=_mean_or_none(arriving, [share.abandonment for share in shares]),
        abandoned=math.fsum(share.abandoned for share in shares),
        waiting_law=first.waiting_law if alike else UNKNOWN_LAW,
        response_law=first.response_law if same else UNKNOWN_LAW,
        wait_probability=None if None in waited else _mean_or_none(arriving, waited),
        waiting_variance=first.waiting_variance if waits_known else None,
        response_variance=first.response_variance if responses_known else None,
        cold=_mean_or_none(weights, [share.cold for share in shares]),
        setup=_mean(weights, [share.setup for share in shares]),
        balking=_mean_or_none(arriving, [share.balking for share in shares]),
        attempts=_mean_or_none(weights, [share.attempts for share in shares]),
        away=_sum_or_none([share.away for share in shares]),
        gone=_mean(weights, [share.gone for share in shares]),
    )


def _arriving(share: Share) -> float:
    return share.rate / max(1e-300, share.served)


def _sum_or_none(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return math.fsum(known) if known else None


def _mean(weights: Sequence[float], values: Sequence[float | None]) -> float:
    return math.fsum(w * (value or 0.0) for w, value in zip(weights, values, strict=True))


def _mean_or_none(weights: Sequence[float], values: Sequence[float | None]) -> float | None:
    if all(value is None for value in values):
        return None
    return _mean(weights, values) / math.fsum(weights)


def station_measures(
    station: str,
    customer_class: str | None,
    servers: float,
    share: Share,
    method: Method,
    asked: Asked = NOTHING,
) -> StationMeasures:
    """A row of the answer.

    Arguments:
        station: its name.
        customer_class: its name; None for all classes together.
        servers: of the station; infinity where nobody waits.
        share: what the law says.
        method: whether the law is exact.
        asked: beside what every answer has.
    """
    percentages = asked.all_percentages
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
        waiting_time_percentiles=_estimates(share.waiting_law.percentiles(percentages), method),
        response_time_percentiles=_estimates(share.response_law.percentiles(percentages), method),
        loss_probability=_estimate(share.loss, method),
        abandonment_probability=_estimate(share.abandonment, method),
        wait_probability=_estimate(share.wait_probability, method),
        waiting_time_variance=_estimate(share.waiting_variance, method),
        response_time_variance=_estimate(share.response_variance, method),
        cold_start_probability=_estimate(share.cold, method),
        balking_probability=_estimate(share.balking, method),
        attempts=_estimate(share.attempts, method),
        away=_estimate(share.away, method),
        busy_by_speed=_estimates(share.busy_by_speed, method),
        waiting_within=_of_all(share, share.waiting_law.shares(asked.times), method),
        response_within=_of_all(share, share.response_law.shares(asked.times), method),
    )


def _of_all(share: Share, within: Mapping[float, float], method: Method) -> dict[float, Estimate]:
    """Shares of all who come: who is lost or loses patience is within no time."""
    return _estimates({time: value * share.served for time, value in within.items()}, method)


def class_measures(
    name: str,
    rate: float,
    response: float | None,
    method: Method,
    by_percentage: Mapping[float, float] | None = None,
    loss: float | None = None,
    target: float | None = None,
    within: float | None = None,
    within_asked: Mapping[float, float] | None = None,
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
        within_asked: share of all who come who respond within each time that is asked, s.
    """
    return ClassMeasures(
        name,
        throughput=estimate(rate, method),
        response_time=_estimate(response, method),
        response_time_percentiles=_estimates(by_percentage or {}, method),
        loss_probability=_estimate(loss, method),
        target=target,
        within_target=_estimate(within, method),
        response_within=_estimates(within_asked or {}, method),
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
