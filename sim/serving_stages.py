"""Stages and hours of an endpoint, from its simulated network."""

import math
from collections.abc import Sequence
from dataclasses import replace

from models.parts.workloads.endpoint_job import EndpointJob, hour_starts
from models.parts.workloads.endpoint_laws import within_wait_target
from models.parts.workloads.endpoint_network import SolvedStage
from models.prediction import Estimate
from models.prediction.endpoint_answer import PaidReplicas, ServingHour, ServingStage
from models.queueing.network_answer import (
    ClassInterval,
    ClassMeasures,
    IntervalMeasures,
    NetworkAnswer,
    StationMeasures,
)


def serving_stage(stage: SolvedStage, job: EndpointJob, seen: NetworkAnswer | None) -> ServingStage:
    """A stage in the long run.

    Arguments:
        stage: of the endpoint.
        job: the endpoint.
        seen: its simulation, if any.
    """
    mine = measures_of(seen, stage.name)
    law = None
    if math.isfinite(stage.capacity):
        law = job.mean_rate / stage.capacity
    refused = []
    if mine:
        both = (mine.loss_probability, mine.abandonment_probability)
        refused = [one for one in both if one is not None]
    return ServingStage(
        name=stage.name,
        place=stage.place,
        replicas=stage.replicas,
        paid_replicas=paid_replicas(stage, mine),
        capacity=stage.capacity,
        utilization=law,
        simulated_utilization=mine.utilization if mine and law is not None else None,
        response=mine.response_time if mine else None,
        waiting=mine.waiting_time if mine else None,
        loss=_together(refused),
        cold=mine.cold_start_probability if mine and stage.described.cold_start else None,
        wait_target=stage.described.wait_target,
        within_wait_target=within_wait_target(job, stage),
        simulated_within_wait_target=_waited_within(stage, mine),
    )


def _waited_within(stage: SolvedStage, mine: StationMeasures | None) -> Estimate | None:
    target = stage.described.wait_target
    return None if mine is None or target is None else mine.waiting_within.get(target)


def _together(shares: Sequence[Estimate]) -> Estimate | None:
    """Shares of the same requests, which exclude each other; the interval is as wide as both."""
    if not shares:
        return None
    mean = math.fsum(one.mean for one in shares)
    low, high = math.fsum(one.low for one in shares), math.fsum(one.high for one in shares)
    return replace(shares[0], mean=mean, low=max(0.0, low), high=min(1.0, high))


def serving_hours(job: EndpointJob, seen: NetworkAnswer | None) -> tuple[ServingHour, ...]:
    """The hours of the period that the load follows; none where it is steady.

    Arguments:
        job: the endpoint.
        seen: its simulation, if any.
    """
    starts = hour_starts(job)
    parts = seen.intervals if seen is not None and len(seen.intervals) == len(starts) else None
    found = []
    for position, (start, rate) in enumerate(starts):
        part = parts[position] if parts else None
        one = part.classes[0] if part and part.classes else None
        servers = {row.station: row.servers for row in part.stations} if part else {}
        replicas = (
            PaidReplicas(stage.name, paid)
            for stage in job.stages
            if stage.described.scaling
            and (paid := _divided(servers.get(stage.name), stage.described.concurrency))
        )
        found.append(
            ServingHour(
                start=start,
                rate=rate,
                utilization=job.utilization(rate),
                simulated_utilization=_busiest(job, part),
                response=one.response_time if one else None,
                p50=percentile_of(one, 50.0),
                p95=percentile_of(one, 95.0),
                p99=percentile_of(one, 99.0),
                within_target=one.within_target if one else None,
                replicas=tuple(replicas),
            )
        )
    return tuple(found)


def _busiest(job: EndpointJob, part: IntervalMeasures | None) -> Estimate | None:
    """Utilization of the busiest stage in an hour; 0 where no stage has a bound."""
    if part is None:
        return None
    bounded = {stage.name for stage in job.stages if math.isfinite(stage.capacity)}
    seen = [row.utilization for row in part.stations if row.station in bounded]
    return max(seen, key=lambda one: one.mean, default=Estimate.exact(0.0))


def measures_of(seen: NetworkAnswer | None, station: str) -> StationMeasures | None:
    """What is simulated of a station; None where nothing is.

    Arguments:
        seen: the simulation, if any.
        station: its name.
    """
    rows = seen.stations if seen is not None else ()
    return next((r for r in rows if r.station == station and r.customer_class is None), None)


def paid_replicas(stage: SolvedStage, mine: StationMeasures | None) -> Estimate | None:
    """Mean number of replicas that is up or starting; None where it is fixed or not simulated.

    Arguments:
        stage: of the endpoint.
        mine: what is simulated of it.
    """
    if stage.described.scaling is None or mine is None or mine.servers is None:
        return None
    return _divided(mine.servers, stage.described.concurrency)


def _divided(servers: Estimate | None, concurrency: int) -> Estimate | None:
    if servers is None:
        return None
    mean, low, high = (v / concurrency for v in (servers.mean, servers.low, servers.high))
    return replace(servers, mean=mean, low=low, high=high)


def percentile_of(
    requests: ClassMeasures | ClassInterval | None, percentage: float
) -> Estimate | None:
    """A percentile of the response time, s; None where nobody is answered.

    Arguments:
        requests: what is simulated of them.
        percentage: of the percentile.
    """
    return requests.response_time_percentiles.get(percentage) if requests else None
