"""What the laws say of an endpoint under a steady load: response, percentiles, waits."""

import math
from dataclasses import replace

from models.laws.queueing.markovian import erlang_c
from models.parts.workloads import endpoint_network
from models.parts.workloads.endpoint import Endpoint
from models.parts.workloads.endpoint_job import EndpointJob
from models.parts.workloads.endpoint_network import SolvedStage
from models.parts.workloads.response_percentile import response_percentile
from models.prediction import Estimate
from models.prediction.endpoint_answer import ReplicasLeft
from models.queueing.asked import NOTHING, Asked
from models.queueing.distributions import Exponential
from models.queueing.network import AnyArrivals, Network, Poisson
from models.queueing.network_answer import ClassMeasures, NetworkAnswer
from models.queueing.solve import solve


def response(job: EndpointJob, answer: NetworkAnswer, percentage: float) -> float | None:
    """A percentile of the response time by the law, s; None where no law gives one.

    Arguments:
        job: the endpoint.
        answer: of its network.
        percentage: of the percentile.
    """
    service = {stage.name: stage.service for stage in job.stages}
    return response_percentile(answer, service, percentage)


def steady_response(job: EndpointJob) -> Estimate | None:
    """Mean response time by the law, s; None where none knows it.

    Arguments:
        job: the endpoint.
    """
    requests = _steady(job)
    return None if requests is None else requests.response_time


def steady_loss(job: EndpointJob) -> Estimate | None:
    """Share of the requests that is lost by the law; None where none can be or no law knows it.

    Arguments:
        job: the endpoint.
    """
    requests = _steady(job)
    return None if requests is None else requests.loss_probability


def _steady(job: EndpointJob) -> ClassMeasures | None:
    """What the law says of the requests; None where it leaves something out."""
    if job.described.requests.by_hour or job.described.requests.trace or not job.law.classes:
        return None  # a law of the mean rate says nothing of a load that moves
    return job.law.classes[0] if job.whole else None


def under_load(job: EndpointJob, rate: float, down: tuple[ReplicasLeft, ...] = ()) -> Network:
    """The network of an endpoint under a steady load, stages that scale at their most.

    Arguments:
        job: the endpoint.
        rate: of requests, 1/s.
        down: stages that have fewer replicas.
    """
    came = Poisson.model_construct(rate=rate)
    left = replicas_in(job, down)
    return endpoint_network.network(job.name, job.described, job.stages, came, left)


def at_load(job: EndpointJob, rate: float, down: tuple[ReplicasLeft, ...] = ()) -> NetworkAnswer:
    """What the laws say of an endpoint under a steady load.

    Arguments:
        job: the endpoint.
        rate: of requests, 1/s.
        down: stages that have another number of replicas.
    """
    came: AnyArrivals = Poisson.model_construct(rate=rate)
    left = replicas_in(job, down)
    return lawful(job.name, job.described, job.stages, came, left, job.asked)[0]


def lawful(
    name: str,
    endpoint: Endpoint,
    stages: tuple[SolvedStage, ...],
    came: AnyArrivals,
    replicas: dict[str, int],
    asked: Asked = NOTHING,
) -> tuple[NetworkAnswer, bool]:
    """What the laws say of an endpoint under a steady load, and whether that leaves nothing out.

    Where none fits it as it is, it is taken without timeouts, refusals, cold starts and batches,
    and the law says so.

    Arguments:
        name: of the workload.
        endpoint: its description.
        stages: of it.
        came: how requests come.
        replicas: of stages whose number is another than described.
        asked: beside what every answer has.
    """
    answer = solve(endpoint_network.network(name, endpoint, stages, came, replicas), asked)
    scaled = any(stage.described.scaling for stage in stages)
    most = ", with all replicas that there can be" if scaled else ""
    if answer.known:
        return replace(answer, law=f"{answer.law}{most}"), True
    network = endpoint_network.network(name, endpoint, stages, came, replicas, plain=True)
    simple = solve(network, asked)
    text = f"{simple.law}, without timeouts, refusals, cold starts and batches{most}"
    return replace(simple, method="approximation", law=text), False


def replicas_in(job: EndpointJob, stages: tuple[ReplicasLeft, ...]) -> dict[str, int]:
    """Replicas of the stages that have another number, and of those that scale, at their most.

    Arguments:
        job: the endpoint.
        stages: with another number.
    """
    left = {one.stage: one.left for one in stages}
    return {
        stage.name: left.get(stage.name, stage.replicas)
        for stage in job.stages
        if stage.name in left or stage.described.scaling
    }


def within_wait_target(job: EndpointJob, stage: SolvedStage) -> float | None:
    """Share of the requests that wait no longer than the target of a stage, by Erlang C.

    None without a target, in overload, where the load moves, and where the law does not hold:
    service that is not exponential, batches, limits, cold starts and scaling.

    Arguments:
        job: the endpoint.
        stage: of it.

    Source: Gross and Harris (1998), Fundamentals of Queueing Theory, section 2.3.
    """
    described, target = stage.described, stage.described.wait_target
    other = (stage.batch, described.queue_limit, described.timeout, described.cold_start)
    lawful = job.law.exact and job.described.requests.rate is not None
    if target is None or described.scaling or any(one is not None for one in other) or not lawful:
        return None
    if not isinstance(stage.service, Exponential) or job.mean_rate >= stage.capacity:
        return None
    if not math.isfinite(stage.capacity):
        return 1.0
    waits = erlang_c(stage.servers, job.mean_rate * stage.servers / stage.capacity)
    return 1 - waits * math.exp(-(stage.capacity - job.mean_rate) * target)
