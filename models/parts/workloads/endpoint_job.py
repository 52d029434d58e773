"""What the laws say of an endpoint: its load, its bottleneck, what it bears with something down."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from models.description.quantities import HOUR, format_rate
from models.laws.incomplete_functions import gamma_quantile
from models.laws.queueing.markovian import erlang_c
from models.laws.roots import last_allowed
from models.parts.site import Site
from models.parts.workloads import endpoint_network
from models.parts.workloads.endpoint import Endpoint
from models.parts.workloads.endpoint_fit import by_zone, fit
from models.parts.workloads.endpoint_network import SolvedStage
from models.prediction import Estimate
from models.prediction.endpoint_answer import LoadPoint, ReplicasLeft, ServingCase
from models.queueing.asked import NOTHING, Asked
from models.queueing.distributions import AnyDistribution, Exponential, mean, squared_variation
from models.queueing.network import AnyArrivals, Network, Poisson
from models.queueing.network_answer import NetworkAnswer, StationMeasures
from models.queueing.solve import solve

P95 = 95.0
_POINTS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.96)  # of the capacity
_LEAST = 1e-6  # of the capacity, where a queue is as good as empty
_KNOWN_TO = 1e-12  # of the capacity: the highest load
_MORE = 1 + 1e-12  # a load that differs from 1 by rounding alone is 1
_FASTEST = 1e100  # answers a second, 1/s


@dataclass(frozen=True)
class LatencyWish:
    """Response time within which a share of the requests should be answered.

    Arguments:
        percentage: of the requests, above 0 and below 100.
        at_most: response time, s.
        of_objective: an objective of the stack says it; else the target of the endpoint.
    """

    percentage: float
    at_most: float
    of_objective: bool


@dataclass(frozen=True)
class StageLoad:
    """What the highest load of a period asks of a stage.

    Arguments:
        comes: to it, requests/s.
        least: that it must serve of that, requests/s.
        capacity: that it can serve, requests/s.
    """

    comes: float
    least: float
    capacity: float

    @property
    def utilization(self) -> float:
        """What comes over what can be served; infinite where nothing can be."""
        return self.comes / self.capacity if self.capacity > 0 else math.inf

    @property
    def served(self) -> bool:
        """It serves what it must; a load of exactly 1 is not served."""
        return self.least * _MORE < self.capacity


@dataclass(frozen=True)
class EndpointJob:
    """An endpoint with what the laws say of it.

    Arguments:
        name: of the workload.
        described: by the user.
        network: the queueing network that it is.
        recorded: times of its trace, s; empty without one.
        stages: in their order.
        mean_rate: of requests, 1/s.
        highest_rate: of the period, 1/s.
        law: of the network at the mean rate.
        whole: the law leaves nothing out; otherwise it says what is overloaded, but no time.
        load: response against steady load by the law; empty where it leaves something out.
        highest_load: that meets what is wanted, 1/s; None without a law or a wish.
        cases: with something down.
        latency: that is wanted; None if nothing says so.
        loss: share that may be lost; None if nothing says so.
        beside: other loads are asked for too, and what happens with something down.
    """

    name: str
    described: Endpoint
    network: Network
    recorded: tuple[float, ...]
    stages: tuple[SolvedStage, ...]
    mean_rate: float
    highest_rate: float
    law: NetworkAnswer
    whole: bool
    load: tuple[LoadPoint, ...]
    highest_load: float | None
    cases: tuple[ServingCase, ...]
    latency: LatencyWish | None
    loss: float | None
    beside: bool = True

    @property
    def asked(self) -> Asked:
        """What laws and simulations are asked for beside what every answer has."""
        return _asked(self.latency)

    @property
    def curve_by_law(self) -> bool:
        """A law answers for every load; of a loss none here knows who gives up."""
        gives_up = any(stage.described.timeout is not None for stage in self.stages)
        return self.whole and not (self.loss is not None and gives_up)

    @property
    def kept(self) -> str:
        """What the highest load keeps to, for people."""
        wanted = [name for name in ("latency", "loss") if getattr(self, name) is not None]
        return " and ".join(f"the {name}" for name in wanted)

    @property
    def bottleneck(self) -> SolvedStage:
        """The stage that is busiest."""
        return min(self.stages, key=lambda stage: stage.capacity)

    @property
    def capacity(self) -> float:
        """Steady load that the bottleneck could just serve, 1/s."""
        return self.bottleneck.capacity

    def utilization(self, rate: float) -> float:
        """Of the bottleneck under a steady load; 1 or more is overload.

        Arguments:
            rate: of requests, 1/s.
        """
        return rate / self.capacity if math.isfinite(self.capacity) else 0.0

    def replicas_needed(self, stage: SolvedStage) -> int:
        """Replicas of a stage that just serve the highest load, less the loss that is allowed.

        Arguments:
            stage: of the endpoint.
        """
        if not math.isfinite(stage.capacity):
            return 1
        # A load of exactly 1 is not served.
        return math.floor(self.stage_loads()[stage.name].least / stage.of_replica * _MORE) + 1

    @property
    def serves_highest_load(self) -> bool:
        """All stages that there are, none of them down, serve what each must."""
        return all(self.replicas_needed(stage) <= stage.replicas for stage in self.stages)

    def stage_loads(self, capacities: Mapping[str, float] | None = None) -> dict[str, StageLoad]:
        """What the highest load asks of each stage, by its name, as of a fluid.

        A stage that refuses requests, or where they give up, passes on no more than it can serve,
        and must serve what comes to the endpoint less the loss that is allowed; any other must
        serve all that comes to it, or its queue grows without end.

        Arguments:
            capacities: of stages with something down, requests/s by name.
        """
        found, flow = {}, self.highest_rate
        kept = self.highest_rate * (1 - (self.loss or 0.0))
        for stage in self.stages:
            capacity = (capacities or {}).get(stage.name, stage.capacity)
            least = min(flow, kept) if stage.limited else flow
            found[stage.name] = StageLoad(flow, least, capacity)
            flow = min(flow, capacity) if stage.limited else flow
        return found


def endpoint_job(name: str, endpoint: Endpoint, site: Site) -> EndpointJob:
    """Apply the laws to an endpoint.

    Arguments:
        name: of the workload.
        endpoint: the description.
        site: that it runs on.

    Raises:
        Impossible: replicas do not fit their nodes, or a rate is not known.
    """
    stages = tuple(
        endpoint_network.solved_stage(stage, described, site)
        for stage, described in endpoint.stages.items()
    )
    fit(name, site)
    recorded: tuple[float, ...] = site.files.get(name, ())
    mean_rate, highest = endpoint_network.rates(endpoint.requests, recorded)
    whole = endpoint_network.network(name, endpoint, stages)
    came = Poisson.model_construct(rate=mean_rate)
    fixed = {stage.name: stage.replicas for stage in stages if stage.described.scaling}
    latency, loss = _latency(name, endpoint, site), site.stack.objectives.loss
    law, complete = lawful(name, endpoint, stages, came, fixed, _asked(latency))
    job = EndpointJob(
        name=name,
        described=endpoint,
        network=whole,
        recorded=recorded,
        stages=stages,
        mean_rate=mean_rate,
        highest_rate=highest,
        law=law,
        whole=complete,
        load=(),
        highest_load=None,
        cases=(),
        latency=latency,
        loss=loss.at_most if loss is not None and loss.workload == name else None,
    )
    job = replace(job, cases=_cases(job, site))
    if not job.curve_by_law:
        return job
    known = None if latency is None and job.loss is None else _highest_load(job)
    return replace(job, load=_load(job), highest_load=known)


def _latency(name: str, endpoint: Endpoint, site: Site) -> LatencyWish | None:
    """The objective of this endpoint, or else its target for 95 % of the requests."""
    wanted = site.stack.objectives.latency
    if wanted is not None and wanted.workload == name:
        return LatencyWish(wanted.percentile, wanted.at_most, True)
    return None if endpoint.target is None else LatencyWish(P95, endpoint.target, False)


def _asked(latency: LatencyWish | None) -> Asked:
    """The percentile that is wanted, of laws and simulations."""
    return NOTHING if latency is None else Asked(percentages=(latency.percentage,))


def response(job: EndpointJob, answer: NetworkAnswer, percentage: float) -> float | None:
    """A percentile of the response time by the law, s; None where no law gives one.

    Where only means and variances are known, a gamma distribution has both. Where the variance of
    a wait is not known, waits are taken as exponential for those who wait, as they are at any
    number of servers where service is exponential, and nearly so under load elsewhere.

    Arguments:
        job: the endpoint.
        answer: of its network.
        percentage: of the percentile.
    """
    if not answer.classes or answer.classes[0].response_time is None:
        return None
    own = answer.classes[0].response_time_percentiles.get(percentage)
    if own is not None:
        return own.mean
    total = answer.classes[0].response_time.mean
    rows = [row for row in answer.stations if row.customer_class is None and row.response_time]
    service = {stage.name: stage.service for stage in job.stages}
    variance = math.fsum(_variance(row, service[row.station]) for row in rows)
    if math.isinf(variance):
        return None
    if variance <= 0 or total <= 0:
        return total
    shape = total * total / variance
    return gamma_quantile(shape, percentage / 100) * variance / total


def steady_response(job: EndpointJob) -> Estimate | None:
    """Mean response time by the law, s; None where none knows it.

    Arguments:
        job: the endpoint.
    """
    if job.described.requests.by_hour or job.described.requests.trace or not job.law.classes:
        return None  # a law of the mean rate says nothing of a load that moves
    if not job.whole:
        return None  # of what it leaves out it knows no time
    return job.law.classes[0].response_time


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


def under_load(job: EndpointJob, rate: float, down: tuple[ReplicasLeft, ...] = ()) -> Network:
    """The network of an endpoint under a steady load, stages that scale at their most.

    Arguments:
        job: the endpoint.
        rate: of requests, 1/s.
        down: stages that have fewer replicas.
    """
    came = Poisson.model_construct(rate=rate)
    left = _replicas_in(job, down)
    return endpoint_network.network(job.name, job.described, job.stages, came, left)


def _at(job: EndpointJob, rate: float, down: tuple[ReplicasLeft, ...] = ()) -> NetworkAnswer:
    came: AnyArrivals = Poisson.model_construct(rate=rate)
    left = _replicas_in(job, down)
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
    if answer.known:
        return answer, True
    network = endpoint_network.network(name, endpoint, stages, came, replicas, plain=True)
    simple = solve(network, asked)
    text = f"{simple.law}, without timeouts, refusals, cold starts and batches"
    return replace(simple, method="approximation", law=text), False


def _load(job: EndpointJob) -> tuple[LoadPoint, ...]:
    most = job.capacity if math.isfinite(job.capacity) else 2 * job.highest_rate
    points = []
    for share in _POINTS:
        answer = _at(job, share * most)
        if answer.unstable or not answer.classes or answer.classes[0].response_time is None:
            continue
        p95 = response(job, answer, P95)
        if p95 is not None:
            mean, rate = answer.classes[0].response_time.mean, share * most
            wish = job.latency
            wanted = None if wish is None else response(job, answer, wish.percentage)
            points.append(LoadPoint(rate, mean, p95, wanted, job.utilization(rate)))
    return tuple(points)


def _highest_load(job: EndpointJob) -> float | None:
    """The steady load that just meets a latency, a loss, or both.

    None where no law gives the percentile, 0 where none is met.
    """
    most = job.capacity if math.isfinite(job.capacity) else 1e3 * job.highest_rate
    if job.loss is not None and job.loss < 1:
        most /= 1 - job.loss  # what is lost needs no service

    def spares(rate: float) -> tuple[float | None, ...]:
        """By how much each wish is met, below 0 where it is not; None where no law says."""
        answer = _at(job, rate)
        if answer.unstable:
            return (-1.0,)
        found: list[float | None] = []
        if job.latency is not None:
            time = response(job, answer, job.latency.percentage)
            # Answers a second by one who asks again at once: of a single server a straight line.
            answered = None if time is None else 1 / time if time > 0 else _FASTEST
            found.append(
                None if answered is None else min(answered, _FASTEST) - 1 / job.latency.at_most
            )
        if job.loss is not None and answer.classes:
            lost = answer.classes[0].loss_probability
            found.append(job.loss - (0.0 if lost is None else lost.mean))
        return tuple(found)

    def spare(rate: float) -> float:
        return min((-1.0 if one is None else one for one in spares(rate)), default=-1.0)

    lowest = spares(_LEAST * most)
    if any(one is None for one in lowest):
        return None
    if spare(_LEAST * most) < 0:
        return 0.0
    if spare(most) >= 0:
        return most
    return last_allowed(spare, _LEAST * most, most, _KNOWN_TO * most)


def _cases(job: EndpointJob, site: Site) -> tuple[ServingCase, ...]:
    """One replica of each stage down, and the zone of several that is missed most."""
    on_nodes = [stage for stage in job.stages if stage.described.nodes is not None]
    cases = [
        replace(
            _case(job, f"one replica of {stage.name}", {stage.name: stage.replicas - 1}),
            restored_after=None if stage.startup is None else mean(stage.startup),
        )
        for stage in on_nodes
    ]
    zones = len(site.stack.zones)
    if zones > 1:
        placed = by_zone(job.name, site)
        of_zones = [
            _case(
                job,
                f"one of {zones} zones",
                {one.name: one.replicas - placed[one.name][zone] for one in on_nodes},
                of_zones=True,
            )
            for zone in range(zones)
        ]
        cases.append(max(of_zones, key=lambda case: case.utilization))
    return tuple(cases)


def _case(job: EndpointJob, what: str, left: dict[str, int], of_zones: bool = False) -> ServingCase:
    rate = job.highest_rate
    fewer = [stage for stage in job.stages if stage.name in left]
    loads = job.stage_loads({one.name: one.of_replica * left[one.name] for one in fewer})
    busiest = max(one.utilization for one in loads.values())
    survives = all(one.served for one in loads.values())
    stages = tuple(ReplicasLeft(one.name, one.replicas, left[one.name]) for one in fewer)
    if not survives or not job.whole:
        return ServingCase(what, of_zones, stages, rate, busiest, None, None, survives)
    answer = _at(job, rate, stages)
    known = answer.classes and answer.classes[0].response_time is not None
    seconds = answer.classes[0].response_time.mean if known else None  # type: ignore[union-attr]
    return ServingCase(
        what, of_zones, stages, rate, busiest, seconds, response(job, answer, P95), True
    )


def _replicas_in(job: EndpointJob, stages: tuple[ReplicasLeft, ...]) -> dict[str, int]:
    """Replicas of the stages that have fewer, and of those that scale, at their most."""
    left = {one.stage: one.left for one in stages}
    return {
        stage.name: left.get(stage.name, stage.replicas)
        for stage in job.stages
        if stage.name in left or stage.described.scaling
    }


def remedy(job: EndpointJob) -> str:
    """What relieves the bottleneck, with a figure.

    Arguments:
        job: the endpoint.
    """
    stage, unit = job.bottleneck, job.described.requests.unit
    if not math.isfinite(stage.capacity):
        return "nothing is near its limit"
    needed = job.replicas_needed(stage)
    if stage.described.nodes is None:  # it has no replicas
        return f"raise the concurrency of {stage.name} above {stage.servers:,}"
    if needed > stage.replicas:
        more = f"{needed:,} replicas of {stage.name} at least, instead of {stage.replicas:,}"
        less = " less the loss that is allowed" if stage.limited and job.loss else ""
        highest = format_rate(job.highest_rate, unit, digits=4)
        return f"{more}, for the highest load of {highest}{less}"
    gain = format_rate(stage.of_replica, unit, "requests", 4)
    text = f"one more replica of {stage.name} adds {gain}"
    if stage.batch is None and stage.described.model is not None:
        text += "; batches would share the reading of the weights"
    return text


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


def hour_starts(job: EndpointJob) -> tuple[tuple[float, float], ...]:
    """Start, s, and rate, 1/s, of each hour of the period; none where the load is steady.

    Arguments:
        job: the endpoint.
    """
    rates = job.described.requests.by_hour or ()
    return tuple((hour * HOUR, rate) for hour, rate in enumerate(rates))
