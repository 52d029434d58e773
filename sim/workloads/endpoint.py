"""An endpoint over time: its requests as a queueing network, and its year of failures."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any, Literal

import numpy as np

from models.description.quantities import HOUR, MONTH
from models.parts.shared_nodes import shares_of_nodes
from models.parts.solve import SolvedStack
from models.parts.workloads.endpoint_job import EndpointJob
from models.parts.workloads.endpoint_laws import steady_loss, steady_response, under_load
from models.parts.workloads.endpoint_network import REQUESTS, SolvedStage
from models.parts.workloads.endpoint_remedy import remedy
from models.parts.workloads.workload_kind import SolvedWorkload
from models.prediction import CostLine, Estimate, Finding
from models.prediction.endpoint_answer import (
    EndpointPrediction,
    LoadPoint,
    ServingCase,
    WantedLatency,
)
from models.queueing.network import CustomerClass, Network, Poisson
from models.queueing.network_answer import (
    ClassMeasures,
    NetworkAnswer,
)
from models.queueing.stations import Station
from sim import serving_cases, serving_load
from sim.backends import Backend, run_all
from sim.endless_years import endless_years
from sim.experiment import share_estimate
from sim.queueing import simulate_network
from sim.queueing.simulate_network import MOST_SERVICES, services_of
from sim.serving_stages import (
    measures_of,
    paid_replicas,
    percentile_of,
    serving_hours,
    serving_stage,
)
from sim.simulated_workload import Floats, Progress, Simulated, Years

_RUNS = 8  # of the queueing network, at the most
_FEWEST_RUNS = 2  # without which there is no interval
_FEW_RUNS = 4  # whose intervals are a quarter as wide as those of two, for the same chance
_FEWEST_STEADY = 4  # of a steady load, whose runs may be shorter
_SERVICES = 100_000  # of each stage in one run, where the load is steady
_FEWEST_SERVICES = 2_000  # likewise, far beyond its limit
_PERIODIC = 6_000_000  # services of all runs of whole periods together
_MOST_PERIODIC = 60_000_000  # likewise, for as many as a few runs
_PERIODS = 2.5  # of a run that takes long: one to warm up, one to count, and room for chance
_SLOW = 3_000_000  # of all runs together, where what is slow takes many


@dataclass(frozen=True)
class _Outcome:
    """What is kept of an endpoint.

    Arguments:
        answer: of the simulated network; None where nothing is simulated, as in overload.
        cases: with something down.
        load: response against steady load, by the law or simulated.
        highest_load: that meets what is wanted, 1/s; infinite where every load does; None where
            nothing is wanted.
    """

    answer: NetworkAnswer | None
    cases: tuple[ServingCase, ...]
    load: tuple[LoadPoint, ...]
    highest_load: float | None


def most_replications(workload: SolvedWorkload) -> int:
    """Replications of it that are worth their time: as many as anyone asks for.

    Arguments:
        workload: of this kind.
    """
    return 1_000_000


def least_time(workload: SolvedWorkload, seed: int, position: int, replications: int) -> Floats:
    """P95 of an answer for which nobody waits, s.

    Arguments:
        workload: of this kind.
        seed: of the experiment.
        position: of the workload in the stack.
        replications: how many.
    """
    job: EndpointJob = workload.answer
    text = repr([(stage.name, stage.service) for stage in job.stages])
    return np.full(replications, _unhurried(_Unhurried(text, job.stages), seed))


@dataclass(frozen=True)
class _Unhurried:
    """Stages at which nobody waits.

    Arguments:
        text: that tells them from others.
        stages: of an endpoint.
    """

    text: str
    stages: tuple[SolvedStage, ...] = field(compare=False)


@lru_cache(maxsize=64)  # many candidates have the same stages
def _unhurried(one: _Unhurried, seed: int) -> float:
    names = [stage.name for stage in one.stages]
    network = Network.model_construct(
        name="unhurried",
        stations={name: Station.model_construct(servers="infinite") for name in names},
        classes={
            REQUESTS: CustomerClass.model_construct(
                arrivals=Poisson.model_construct(rate=1.0),
                service={stage.name: stage.service for stage in one.stages},
                patience={},
                route=tuple(names),
                routing={},
            )
        },
    )
    seen = simulate_network.simulate(
        network,
        seed=seed,
        replications=_FEWEST_STEADY,
        visits=_SERVICES * len(names),
        backend=Backend("threads", workers=1),
    )
    time = percentile_of(seen.classes[0], 95.0) if seen.classes else None
    return 0.0 if time is None else time.low


def draw(workload: SolvedWorkload, random: np.random.Generator) -> None:
    """Nothing is uncertain of an endpoint for a whole replication.

    Arguments:
        workload: the endpoint.
        random: of the replication.
    """


def simulate(
    workload: SolvedWorkload,
    solved: SolvedStack,
    years: Years,
    starts: Floats,
    drawn: Sequence[Any],
    progress: Progress | None,
) -> Simulated:
    """Its requests in a simulated queueing network, and what it needs in every year.

    Arguments:
        workload: the endpoint.
        solved: the stack.
        years: of the stack.
        starts: of the endpoint, s from the beginning of each year.
        drawn: nothing.
        progress: told how many years are complete.
    """
    job: EndpointJob = workload.answer
    lived = endless_years(workload, years, starts, progress)
    backend = Backend("threads", workers=years.jobs)
    # What happens with something down follows from where its replicas are, too.
    cases, like = job.cases if job.beside else (), workload.kind.alike(job)
    servers = tuple(stage.servers for stage in job.stages)
    key = ("endpoint", like, servers, cases, job.beside, years.seed, years.length)
    outcome = _Outcome(None, (), (), None)
    if workload.name not in years.unasked or _come_and_go(workload, solved):
        if key not in years.remembered:
            years.remembered[key] = _nobody_served(job, years.seed, backend) or _outcome(
                job, years.seed, years.length, backend
            )
        outcome = years.remembered[key]
    served = outcome.answer
    nodes = _paid_nodes(workload, solved, served)
    return lived.simulated(nodes, outcome, tuple(_findings(job, served)))


def _outcome(job: EndpointJob, seed: int, length: float, backend: Backend) -> _Outcome:
    # Beside each other: the search for the highest load takes one step after the other.
    parts: list[Callable[..., Any]] = [
        partial(_served, length=length),
        _with_something_down,
        _against_load,
    ]
    asked = [partial(part, job, seed, backend) for part in parts]
    served, cases, (load, highest) = run_all(_called, asked, backend)
    return _Outcome(served, cases, load, highest)


def _nobody_served(job: EndpointJob, seed: int, backend: Backend) -> _Outcome | None:
    """What a few services would tell, where requests give up so soon that none is answered.

    As in batches that are never full before. All else would wait for services in vain.
    """
    if all(stage.described.timeout is None for stage in job.stages):
        return None
    answer = simulate_network.simulate(
        under_load(job, job.mean_rate),
        seed=seed,
        replications=_FEWEST_RUNS,
        visits=simulate_network.FEWEST_SERVICES,
        slow_visits=_FEWEST_RUNS * simulate_network.FEWEST_SERVICES,
        backend=backend,
    )
    lost = _loss(answer.classes[0] if answer.classes else None)
    if lost is None or lost.mean < 1:
        return None
    wishes = job.latency is not None or job.loss is not None
    return _Outcome(answer, job.cases if job.beside else (), (), 0.0 if wishes else None)


def _findings(job: EndpointJob, seen: NetworkAnswer | None) -> Iterator[Finding]:
    """What makes its figures worth less than they say; of a trace, which part of it counts."""
    level: Literal["note", "warning"] = "note" if job.recorded else "warning"
    for text in seen.notes if seen is not None else ():
        yield Finding(level, f"workloads.{job.name}", text)


def _called(part: Callable[[], Any]) -> Any:
    return part()


def _with_something_down(job: EndpointJob, seed: int, backend: Backend) -> tuple[ServingCase, ...]:
    cases = job.cases if job.beside else ()
    return tuple(serving_cases.simulated(job, case, seed, backend) for case in cases)


def _against_load(
    job: EndpointJob, seed: int, backend: Backend
) -> tuple[tuple[LoadPoint, ...], float | None]:
    if job.curve_by_law or not job.beside:
        return job.load, job.highest_load
    return serving_load.simulated(job, seed, backend)


def _paid_nodes(
    workload: SolvedWorkload, solved: SolvedStack, seen: NetworkAnswer | None
) -> dict[str, float]:
    """Mean nodes that are held of each group that it runs on, spares included.

    Where nodes come and go with the replicas of a stage, and several stages are on a group, the
    one that needs most counts. All nodes are held elsewhere, and in overload.
    """
    come_and_go = _come_and_go(workload, solved)
    found = {}
    for name in workload.kind.groups(workload.described):
        group = solved.stack.nodes[name]
        on_it = [stage for stage in workload.answer.stages if stage.described.nodes == name]
        shares = [_share_paid(stage, seen) if name in come_and_go else 1.0 for stage in on_it]
        found[name] = group.count * max(shares) + group.spares
    return found


def _come_and_go(workload: SolvedWorkload, solved: SolvedStack) -> set[str]:
    """Node groups that it runs on whose nodes come and go with its replicas."""
    groups = workload.kind.groups(workload.described)
    scaled = {line.node_group for line in solved.cost_lines if line.at_most}
    return {name for name in groups if name in scaled}


def _share_paid(stage: SolvedStage, seen: NetworkAnswer | None) -> float:
    """Mean share of the replicas of a stage that is up or starting, 0 to 1."""
    paid = paid_replicas(stage, measures_of(seen, stage.name))
    return 1.0 if paid is None else min(1.0, paid.mean / stage.replicas)


def _served(job: EndpointJob, seed: int, backend: Backend, length: float) -> NetworkAnswer | None:
    # A law that leaves out refusals and timeouts does not know whether they keep the queue short.
    if job.law.unstable and job.law.exact:  # on average, so that no hour makes up for it
        return None
    traces = {REQUESTS: np.array(job.recorded)} if job.recorded else {}
    runs, most = _sizes(job, length)
    return simulate_network.simulate(
        job.network,
        seed=seed,
        traces=traces,
        replications=runs,
        visits=_services(job) * len(job.stages),
        most_visits=most,
        slow_visits=round(_SLOW * length),
        asked=replace(job.asked, times=_wait_targets(job)),
        intervals=len(job.described.requests.by_hour or ()) or None,
        backend=backend,
    )


def _services(job: EndpointJob) -> int:
    """Of each stage in one run: fewer where many requests come for each that is answered."""
    return max(_FEWEST_SERVICES, round(_SERVICES / max(1.0, job.utilization(job.mean_rate))))


def _wait_targets(job: EndpointJob) -> tuple[float, ...]:
    targets = (stage.described.wait_target for stage in job.stages)
    return tuple(sorted({target for target in targets if target is not None}))


def _sizes(job: EndpointJob, length: float) -> tuple[int, int]:
    """Runs, and services of all of them at the most.

    Fewer runs where each must cover a period with many requests, or what is slow.
    """
    hours = len(job.described.requests.by_hour or ())
    if not hours:
        slow = services_of(job.network, 1, _SLOW)
        return _runs(_FEWEST_STEADY, _SLOW / max(1, slow), length), MOST_SERVICES
    each = _PERIODS * job.mean_rate * hours * HOUR * len(job.stages)
    fewest = max(_FEWEST_RUNS, int(min(_FEW_RUNS, _MOST_PERIODIC / each)))
    runs = _runs(fewest, _PERIODIC / each, length)
    return runs, max(round(_PERIODIC * length), math.ceil(runs * each))


def _runs(fewest: int, affordable: float, length: float) -> int:
    return max(1, round(length * int(max(fewest, min(_RUNS, affordable)))))


def answer(
    workload: SolvedWorkload, solved: SolvedStack, simulated: Simulated, head: Mapping[str, Any]
) -> EndpointPrediction:
    """What is predicted of the endpoint.

    Arguments:
        workload: the endpoint.
        solved: the stack.
        simulated: its years and its requests.
        head: what the predictions of all kinds share.
    """
    job: EndpointJob = workload.answer
    seen: NetworkAnswer | None = simulated.outcome.answer
    if seen is not None and seen.unstable:
        unstable = tuple(one.station for one in seen.unstable)
        seen = None
    else:
        unstable = () if seen is not None else tuple(one.station for one in job.law.unstable)
    if unstable or not job.serves_highest_load:  # it is not there for all, whatever is up
        never = share_estimate([0.0] * len(simulated.available))
        head = {**head, "unavailability": 1.0, "available": never}
    requests = seen.classes[0] if seen is not None and seen.classes else None
    throughput = _answered(job, requests)
    hourly = _hourly(workload, solved, seen)
    groups = workload.kind.groups(workload.described)
    return EndpointPrediction(
        **head,
        throughput=throughput,
        arrival_rate=job.mean_rate,
        highest_rate=job.highest_rate,
        rate_unit=job.described.requests.unit,
        unstable=unstable,
        serves_highest_load=job.serves_highest_load,
        stages=tuple(serving_stage(stage, job, seen) for stage in job.stages),
        law=job.law.law,
        law_response=steady_response(job),
        law_loss=steady_loss(job),
        response=requests.response_time if requests else None,
        p50=percentile_of(requests, 50.0),
        p95=percentile_of(requests, 95.0),
        p99=percentile_of(requests, 99.0),
        latency=_latency(job, requests),
        target=job.described.target,
        within_target=requests.within_target if requests else None,
        loss=_loss(requests),
        hours=serving_hours(job, seen),
        bottleneck=job.bottleneck.name,
        remedy=remedy(job, solved.site, _late(job, requests, simulated.outcome.highest_load)),
        capacity=job.capacity,
        highest_load_keeps=job.kept,
        highest_load=simulated.outcome.highest_load,
        load=simulated.outcome.load,
        load_source=_load_source(job),
        cases=simulated.outcome.cases,
        hourly=hourly,
        monthly=hourly * MONTH / HOUR,
        hourly_is_mean=any(line.at_most for line in solved.cost_lines if line.node_group in groups),
        per_thousand=1000 * hourly / (throughput.mean * HOUR) if throughput.mean > 0 else None,
        simulation=seen.law if seen is not None else "nothing is simulated in overload",
        independent=seen.independent if seen is not None else 0,
    )


def _late(job: EndpointJob, requests: ClassMeasures | None, highest: float | None) -> bool:
    """What is wanted is missed, though the highest load keeps to it with all replicas up."""
    if requests is None or highest is None or job.highest_rate > highest:
        return False
    lost, wish = _loss(requests), job.latency
    if job.loss is not None and lost is not None and lost.mean > job.loss:
        return True
    found = None if wish is None else percentile_of(requests, wish.percentage)
    return wish is not None and found is not None and found.mean > wish.at_most


def _answered(job: EndpointJob, requests: ClassMeasures | None) -> Estimate:
    if requests is not None:
        # In the long run what comes is answered, but for what is lost.
        lost = _loss(requests)
        if lost is None:
            return Estimate.exact(job.mean_rate)
        return replace(
            lost,
            mean=job.mean_rate * (1 - lost.mean),
            low=job.mean_rate * (1 - lost.high),
            high=job.mean_rate * (1 - lost.low),
        )
    # In overload the bottleneck serves what it can.
    return Estimate.exact(min(job.mean_rate, job.capacity))


def _load_source(job: EndpointJob) -> str:
    """How the response against load was had, for people."""
    if job.curve_by_law:
        return "by the law"
    return f"simulated, {serving_load.requests(job):,} requests under each load"


def _latency(job: EndpointJob, requests: ClassMeasures | None) -> WantedLatency | None:
    wish = job.latency
    if wish is None:
        return None
    reached = percentile_of(requests, wish.percentage)
    return WantedLatency(wish.percentage, wish.at_most, wish.of_objective, reached)


def _loss(requests: ClassMeasures | None) -> Estimate | None:
    """Share of the requests that is lost; not known in overload, where nothing is simulated."""
    if requests is None:
        return None
    lost = requests.loss_probability
    return Estimate.exact(0.0) if lost is None else lost


def _hourly(workload: SolvedWorkload, solved: SolvedStack, seen: NetworkAnswer | None) -> float:
    """What its nodes, with their volumes, and its functions cost an hour on average, USD/h.

    Of nodes that others are on too it pays its part.
    """
    groups = workload.kind.groups(workload.described)
    paid = _paid_nodes(workload, solved, seen)
    parts = {
        group: shares_of_nodes(group, solved.workloads, solved.site)[workload.name]
        for group in groups
    }

    def hourly(line: CostLine) -> float:
        if line.node_group in parts:
            name = str(line.node_group)
            group = solved.stack.nodes[name]
            return parts[name] * line.least_hourly * paid[name] / (group.count + group.spares)
        if line.volumes_of in parts:
            return parts[str(line.volumes_of)] * line.least_hourly
        return line.least_hourly if line.workload == workload.name else 0.0

    return math.fsum(hourly(line) for line in solved.cost_lines)
