"""What is predicted of an endpoint."""

from dataclasses import dataclass, field

from models.prediction.estimates import UNIT, Estimate
from models.prediction.expected import Expected, Measure, Statistic, expected
from models.prediction.rate_unit import RateUnit
from models.prediction.served import REQUESTS, Counted
from models.prediction.workload_answer import WorkloadPrediction


@dataclass(frozen=True)
class ServingStage:
    """One stage of an endpoint in the long run.

    Arguments:
        name: of the stage.
        place: what it runs on.
        replicas: how many there are; the most where they follow the load.
        paid_replicas: mean number that is up or starting; None where it is fixed.
        capacity: what it could serve, infinite for what scales without bound.
        utilization: what the mean load asks of all its replicas, in full batches where there are
            batches; above 1 in overload, or where limits refuse the rest; None without a bound.
        simulated_utilization: share of its servers that is busy, of the replicas that are up; None
            where nothing is simulated.
        response: mean time of waiting and service, simulated.
        waiting: mean time of waiting, simulated.
        loss: share of its requests that it refuses or that give up; None where none can, and in
            overload.
        cold: share of its requests that meet a cold start; None without one.
        wait_target: time of waiting that its requests should be within; None if not given.
        within_wait_target: share of them that are, by the law; None where none holds.
        simulated_within_wait_target: share of all who come who are served and are, simulated.
    """

    name: str
    place: str
    replicas: int
    paid_replicas: Estimate | None
    capacity: float = field(metadata={UNIT: "requests/s"})
    utilization: float | None
    simulated_utilization: Estimate | None
    response: Estimate | None = field(metadata={UNIT: "s"})
    waiting: Estimate | None = field(metadata={UNIT: "s"})
    loss: Estimate | None
    cold: Estimate | None
    wait_target: float | None = field(default=None, metadata={UNIT: "s"})
    within_wait_target: float | None = None
    simulated_within_wait_target: Estimate | None = None

    @property
    def busy(self) -> float | None:
        """Share of its servers that is busy, simulated or by the law; None without a bound."""
        seen = self.simulated_utilization
        return self.utilization if seen is None else seen.mean


@dataclass(frozen=True)
class PaidReplicas:
    """A stage whose replicas follow the load, in a part of the period.

    Arguments:
        stage: its name.
        paid: mean number that is up or starting.
    """

    stage: str
    paid: Estimate


@dataclass(frozen=True)
class ServingHour:
    """A part of the period that the load follows.

    Arguments:
        start: from the beginning of the period.
        rate: of requests that come.
        utilization: what this rate asks of all replicas of the stage of which it asks most; 1 or
            more is overload.
        simulated_utilization: share of its servers that is busy, of the replicas that are up, of
            the stage that is busiest in it; None where nothing is simulated.
        response: mean response time, simulated.
        p50: median of it.
        p95: 95th percentile of it.
        p99: 99th percentile of it.
        within_target: share of requests within the target; None without one.
        replicas: that are paid for, of each stage where they follow the load; none where nothing is
            simulated.
    """

    start: float = field(metadata={UNIT: "s"})
    rate: float = field(metadata={UNIT: "requests/s"})
    utilization: float
    simulated_utilization: Estimate | None
    response: Estimate | None = field(metadata={UNIT: "s"})
    p50: Estimate | None = field(metadata={UNIT: "s"})
    p95: Estimate | None = field(metadata={UNIT: "s"})
    p99: Estimate | None = field(metadata={UNIT: "s"})
    within_target: Estimate | None
    replicas: tuple[PaidReplicas, ...]

    @property
    def busy(self) -> float:
        """Share of its servers that is busy at the busiest stage, simulated or by the law."""
        seen = self.simulated_utilization
        return self.utilization if seen is None else seen.mean


@dataclass(frozen=True)
class ReplicasLeft:
    """A stage with something down.

    Arguments:
        stage: its name.
        replicas: how many there are otherwise.
        left: how many are left.
    """

    stage: str
    replicas: int
    left: int


@dataclass(frozen=True)
class ServingCase:
    """An endpoint with something down.

    Arguments:
        what: is down.
        of_zones: a zone is, which comes back by itself; else a replica.
        stages: that have fewer replicas then.
        rate: of requests that it must bear, the highest of the period.
        utilization: of the busiest stage then; 1 or more is overload.
        response: mean response time by the law; None in overload or without a law.
        p95: 95th percentile of it.
        survives: it serves the highest load all the same, so that it is no outage.
        restored_after: mean time until all replicas serve again; None where nothing says it, and
            for a zone.
        simulated_response: mean response time of what is answered meanwhile; None where nothing is
            simulated.
        simulated_p95: 95th percentile of it.
        simulation: what was simulated; empty if nothing.
    """

    what: str
    of_zones: bool
    stages: tuple[ReplicasLeft, ...]
    rate: float = field(metadata={UNIT: "requests/s"})
    utilization: float
    response: float | None = field(metadata={UNIT: "s"})
    p95: float | None = field(metadata={UNIT: "s"})
    survives: bool
    restored_after: float | None = field(default=None, metadata={UNIT: "s"})
    simulated_response: Estimate | None = field(default=None, metadata={UNIT: "s"})
    simulated_p95: Estimate | None = field(default=None, metadata={UNIT: "s"})
    simulation: str = ""


@dataclass(frozen=True)
class LoadPoint:
    """What an endpoint does under some steady load.

    Arguments:
        rate: of requests.
        response: mean response time.
        p95: 95th percentile of it.
        wanted_time: percentile of it that an objective or the target asks for; None without either.
        utilization: of the busiest stage.
    """

    rate: float = field(metadata={UNIT: "requests/s"})
    response: float = field(metadata={UNIT: "s"})
    p95: float = field(metadata={UNIT: "s"})
    wanted_time: float | None = field(metadata={UNIT: "s"})
    utilization: float

    @property
    def late(self) -> float:
        """Percentile that is wanted, else the 95th, s."""
        return self.p95 if self.wanted_time is None else self.wanted_time


@dataclass(frozen=True)
class WantedLatency:
    """The latency that is wanted of an endpoint, and what is reached.

    Arguments:
        percentage: of the requests, above 0 and below 100.
        at_most: response time that so many should be within.
        of_objective: an objective of the stack asks for it; else the target of the endpoint.
        response: percentile of the response time, simulated; None in overload.
    """

    percentage: float
    at_most: float = field(metadata={UNIT: "s"})
    of_objective: bool
    response: Estimate | None = field(metadata={UNIT: "s"})


@dataclass(frozen=True, kw_only=True)
class EndpointPrediction(WorkloadPrediction):
    """What an endpoint will do.

    Arguments:
        throughput: requests/s that are answered.
        arrival_rate: mean of the requests that come.
        highest_rate: of the period.
        rate_unit: in which the rates were written, and are shown.
        unstable: stages that can't serve what comes; then no mean exists.
        serves_highest_load: with nothing down it serves its highest load, less the loss that an
            objective allows where requests are refused or give up; else it is never available.
        stages: in their order.
        law: how the law column was had, with what is known of its error.
        law_response: mean response time by the law; None where no law fits.
        law_loss: share of the requests that is lost by the law; None where none can be, and where
            no law fits.
        response: mean response time, simulated; None in overload.
        p50: median response time.
        p95: 95th percentile of the response time.
        p99: 99th percentile of the response time.
        latency: that an objective or the target asks for; None without either.
        target: response time that requests should be within; None if not given.
        within_target: share of requests within it.
        loss: share of requests that are refused or give up; None in overload.
        hours: by part of the period, where the load follows one.
        bottleneck: stage that is busiest.
        capacity: steady load that the bottleneck could just serve.
        highest_load_keeps: what it keeps to, for people: the latency, the loss, or both.
        highest_load: steady load up to which what is wanted is met; infinite where every load
            meets it, of what is answered; None where nothing is wanted.
        load: response against load.
        load_source: how these were had, and the highest load, for people.
        cases: with a replica or a zone down.
        hourly: what its nodes and functions cost an hour.
        hourly_is_mean: it is an average, since nodes come and go with the replicas of a stage that
            scales.
        monthly: the same a month of 730 h.
        per_thousand: the same for a thousand answered requests; None if none is answered.
        simulation: how the simulated column was had.
        independent: runs, or parts of one, that the simulated intervals are made of; 0 without any.
    """

    throughput: Estimate = field(metadata={UNIT: "requests/s"})
    arrival_rate: float = field(metadata={UNIT: "requests/s"})
    highest_rate: float = field(metadata={UNIT: "requests/s"})
    rate_unit: RateUnit
    unstable: tuple[str, ...]
    serves_highest_load: bool
    stages: tuple[ServingStage, ...]
    law: str
    law_response: Estimate | None = field(metadata={UNIT: "s"})
    law_loss: Estimate | None
    response: Estimate | None = field(metadata={UNIT: "s"})
    p50: Estimate | None = field(metadata={UNIT: "s"})
    p95: Estimate | None = field(metadata={UNIT: "s"})
    p99: Estimate | None = field(metadata={UNIT: "s"})
    latency: WantedLatency | None
    target: float | None = field(metadata={UNIT: "s"})
    within_target: Estimate | None
    loss: Estimate | None
    hours: tuple[ServingHour, ...]
    bottleneck: str
    capacity: float = field(metadata={UNIT: "requests/s"})
    highest_load_keeps: str
    highest_load: float | None = field(metadata={UNIT: "requests/s"})
    load: tuple[LoadPoint, ...]
    load_source: str
    cases: tuple[ServingCase, ...]
    hourly: float = field(metadata={UNIT: "USD/h"})
    hourly_is_mean: bool
    monthly: float = field(metadata={UNIT: "USD/month"})
    per_thousand: float | None = field(metadata={UNIT: "USD"})
    simulation: str
    independent: int

    @property
    def timed(self) -> bool:
        """Its load follows the hours or a record."""
        return bool(self.hours)

    @property
    def counted(self) -> Counted:
        """What comes to it, in words."""
        return REQUESTS

    def expected(self) -> tuple[Expected, ...]:
        """Its response time and its percentiles, and what its stages do."""
        found = [*super().expected()]
        times = zip(Statistic, (self.response, self.p50, self.p95, self.p99), strict=True)
        for statistic, time in times:
            found += expected(self.name, Measure.RESPONSE_TIME, time, statistic)
        for stage in self.stages:
            of = f"{self.name}.{stage.name}"
            found += expected(of, Measure.RESPONSE_TIME, stage.response)
            found += expected(of, Measure.WAITING_TIME, stage.waiting)
            found += expected(of, Measure.UTILIZATION, stage.simulated_utilization)
        return tuple(found)

    @property
    def overloaded(self) -> bool:
        """Its queue grows without end."""
        return bool(self.unstable)

    @property
    def never_available(self) -> bool:
        """It serves less than its highest load, or its queue grows without end."""
        return self.overloaded or not self.serves_highest_load

    @property
    def typical_time(self) -> Estimate | None:
        """Median response time, s."""
        return self.p50

    @property
    def late_time(self) -> Estimate | None:
        """95th percentile of the response time, s."""
        return self.p95

    @property
    def late_percentage(self) -> float:
        """Of the percentile that is wanted, else 95."""
        return 95.0 if self.latency is None else self.latency.percentage

    @property
    def wanted_time(self) -> Estimate | None:
        """Response time at the percentile that is wanted, s."""
        return None if self.latency is None else self.latency.response

    @property
    def held_back_by(self) -> str:
        """Its busiest stage."""
        return self.bottleneck
