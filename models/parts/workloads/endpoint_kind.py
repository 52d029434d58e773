"""Endpoints as a kind of workload: where they run, what they need and what they are billed for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from models.catalog.provider_record import Billed
from models.catalog.records import Catalog
from models.description.quantities import (
    HOUR,
    format_count,
    format_duration,
    format_percent,
    format_percentile,
    format_rate,
)
from models.description.stack import Stack
from models.measurements.measured import Key, Samples
from models.parts.billing import billed_line
from models.parts.facts import Facts
from models.parts.failure import Cause, Component
from models.parts.place import provider_of
from models.parts.replicas import Replicas
from models.parts.site import Site
from models.parts.use import Use
from models.parts.workloads.endpoint import Endpoint, Needs, Stage
from models.parts.workloads.endpoint_fit import by_zone
from models.parts.workloads.places_needed import InZones, Needed, is_exact, spread, zones_are_exact
from models.parts.workloads.workload_kind import Given, Likeness, Unreadable, WorkloadKind
from models.prediction import CostLine, Finding
from models.prediction.deployment_mode import DeploymentMode
from models.prediction.expected import Measure
from models.prediction.explanation_answer import Factor, LawUsed
from models.queueing.distributions import mean
from models.reading.check_names import reference
from models.reading.faults import Fault, PathInFile

if TYPE_CHECKING:  # every stack knows the kind, and only a stack with an endpoint its laws
    from models.parts.workloads.endpoint_job import EndpointJob
    from models.parts.workloads.endpoint_network import SolvedStage

_OUTAGE = "managed-service"  # of the catalog's failure rates
_GB = 1e9
_LITTLE_LOST = 0.01  # of the requests: what is lost at a stage spares the next ones no work
_HARDLY = 1e-4  # share of the requests that wait where more servers make no difference
_SURELY = 0.95  # of a mean load: by so much a simulated one may be below it
_LEAST_SCV = 0.001  # that phases can have; what varies less is taken as fixed


def _uncontained(workload: Endpoint, group: str) -> tuple[tuple[PathInFile, str], ...]:
    """Nodes of a cluster start containers alone, and roll them by themselves."""
    found: list[tuple[PathInFile, str]] = []
    for name, stage in workload.stages.items():
        if stage.nodes != group:
            continue
        if stage.application is not None:
            text = f"is started by nodes, and '{group}' is of Kubernetes; say `container`"
            found.append((("stages", name, "application"), text))
        elif stage.container is not None and stage.container.deployment != "rolling":
            text = "is done by ECS with CodeDeploy; Kubernetes rolls containers one by one"
            found.append((("stages", name, "container", "deployment"), text))
    return tuple(found)


def _never(workload: Endpoint) -> bool:
    return False


def _gateway(workload: Endpoint) -> str | None:
    return next(iter(workload.stages.values())).gateway


def _groups(workload: Endpoint) -> tuple[str, ...]:
    names = (stage.nodes for stage in workload.stages.values())
    return tuple(dict.fromkeys(name for name in names if name is not None))


def _faults(name: str, workload: Endpoint, stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    from models.parts.workloads.endpoint_regions import region_faults
    from models.parts.workloads.endpoint_services import managed_faults, waiting_faults

    yield from waiting_faults(("workloads", name), workload, stack)

    for key, stage in workload.stages.items():
        path: PathInFile = ("workloads", name, "stages", key)
        if stage.nodes is not None:
            yield from reference((*path, "nodes"), stage.nodes, stack.nodes, "node group")
        else:
            yield from managed_faults(path, stage, stack)
        yield from region_faults(path, stage, stack)


def _files(name: str, workload: Endpoint, folder: Path) -> tuple[tuple[float, ...], bytes] | None:
    requests = workload.requests
    if requests.trace is None:
        return None
    from models.queueing.network import Trace
    from models.queueing.traces import read_trace
    from models.reading.table_files import InvalidTable

    trace = Trace(kind="trace", file=requests.trace, column=requests.column)
    try:
        recorded = read_trace(trace, folder)
    except InvalidTable as error:
        key = "column" if error.key == "column" else "trace"
        path: PathInFile = ("workloads", name, "requests", key)
        raise Unreadable(Fault(path, error.message, error.hint)) from None
    times = recorded.times
    if times[-1] == times[0]:
        path = ("workloads", name, "requests", "trace")
        text = "has all of its arrivals at one time, and so no rate"
        raise Unreadable(Fault(path, text, "give a trace of two arrivals or more"))
    # Whatever clock recorded it, the first request comes at the beginning.
    return tuple((times - times[0]).tolist()), recorded.digest


def _uses(name: str, workload: Endpoint, stack: Stack, facts: Facts) -> tuple[Use, ...]:
    return ()


def _scales(workload: Endpoint, group: str) -> bool:
    """All stages on a group scale; one with a fixed number of replicas holds its nodes."""
    on_it = [stage for stage in workload.stages.values() if stage.nodes == group]
    return bool(on_it) and all(stage.scaling is not None for stage in on_it)


def _least_share(job: EndpointJob, group: str) -> float:
    """Replicas that are there in any case, or that the mean load keeps busy, of the most."""
    found = [0.0]
    for stage in job.stages:
        scaling = stage.described.scaling
        if stage.described.nodes == group and scaling is not None:
            busy = 0.0 if stage.limited else _SURELY * job.mean_rate / stage.of_replica
            found.append(min(1.0, max(scaling.minimum, busy) / stage.replicas))
    return max(found)


def _asks(job: EndpointJob, group: str, site: Site) -> float | None:
    """Its dominant share of the nodes of a group; None where a stage says nothing of its own."""
    count, node = site.groups[group].described.count, site.groups[group].hardware
    on_it = [stage for stage in job.stages if stage.described.nodes == group]
    if not all(one.described.says_what_it_needs for one in on_it):
        return None
    limits: tuple[tuple[Needs, float], ...] = (
        ("accelerators", node.accelerators),
        ("vcpus", node.vcpus),
        ("memory", node.memory),
    )
    return max(
        math.fsum(one.replicas * one.described.needs(what) for one in on_it) / (count * has)
        for what, has in limits
        if has
    )


def _nodes_needed(job: EndpointJob, group: str, site: Site) -> Needed:
    """Nodes of a group whose replicas just serve the highest load."""
    count = site.groups[group].described.count
    return Needed.by_all(
        (
            spread(stage.replicas, job.units_needed(stage), count)
            for stage in job.stages
            if stage.described.nodes == group
        ),
        count,
    )


def _zones_needed(job: EndpointJob, site: Site) -> tuple[InZones, ...]:
    """Replicas in the zones that just serve the highest load; nothing of what is managed."""
    placed = by_zone(job.name, site)
    return tuple(
        InZones(placed[stage.name], min(stage.replicas, job.units_needed(stage)))
        for stage in job.stages
        if stage.name in placed
    )


def _components(name: str, workload: Endpoint, stack: Stack, facts: Facts) -> tuple[Component, ...]:
    return tuple(
        _managed(f"{name} {key}", facts)
        for key, stage in workload.stages.items()
        if stage.nodes is None
    )


def _managed(name: str, facts: Facts) -> Component:
    rate = facts.failure_rate(_OUTAGE)
    return Component(name, 1, 1, (Cause("outage", rate.mttf, rate.mttr),), False, rate.component)


def _solve(name: str, workload: Endpoint, site: Site) -> EndpointJob:
    from models.parts.workloads.solve_endpoint import solve_endpoint

    return solve_endpoint(name, workload, site)


def _cost_lines(job: EndpointJob, site: Site) -> tuple[CostLine, ...]:
    from models.parts.workloads.endpoint_services import stage_lines

    lines = [line for stage in job.stages for line in stage_lines(stage, job, site)]
    an_hour = job.mean_rate * HOUR * job.described.requests.response_size / _GB
    if an_hour > 0 and not provider_of(site.stack).owned:
        egress = Billed("data-transfer", "internet-egress", "USD/GB")
        resource, what = f"{job.name} responses", "internet egress"
        lines.append(billed_line(resource, what, an_hour, "GB/h", egress, site.stack, site.facts))
    return tuple(lines)


def _replicas(workload: Endpoint) -> tuple[Replicas, ...]:
    """Of the stages on nodes, as many as there are at the most."""
    return tuple(
        Replicas(
            name,
            stage.nodes,
            stage.scaling.maximum if stage.scaling else stage.replicas,
            {what: stage.needs(what) for what in get_args(Needs)},
            stage.container is not None and stage.container.deployment == "blue-green",
        )
        for name, stage in workload.stages.items()
        if stage.nodes is not None
    )


def _assumptions(job: EndpointJob, site: Site) -> tuple[str, ...]:
    times = [
        f"{job.name}: {stage.name} takes {mean(stage.service) * 1e3:,.4g} ms for a request"
        f" ({stage.source})."
        for stage in job.stages
    ]
    scaled = tuple(
        f"{job.name}: {_paid(stage)}" for stage in job.stages if stage.described.scaling is not None
    )
    return (
        *times,
        *scaled,
        f"{job.name}: replicas of a stage share one queue; the time between stages is not counted.",
        f"{job.name}: with fewer replicas up than its highest load needs, less the loss that an"
        " objective allows, it counts as down; a replica comes back with its node, and starts on no"
        " other.",
    )


def _paid(stage: SolvedStage) -> str:
    """What is paid for of a stage that follows the load, as a sentence."""
    if stage.described.fargate is not None:
        return (
            f"tasks of {stage.name} are billed as many as the target of its scaling settles at"
            " under the load of each hour."
        )
    if stage.described.sagemaker is not None:
        return (
            f"instances of {stage.name} are billed as many as the target of its scaling settles at"
            " under the load of each hour."
        )
    return (
        f"nodes of {stage.described.nodes} are paid for as replicas of {stage.name} come and go,"
        " where nothing else runs there; the lines of the bill by the hour say that all nodes are"
        " the most."
    )


def _at_once_on_a_node(stage: SolvedStage, site: Site) -> int | None:
    """Requests on one node, where nothing says what they need of it; None elsewhere."""
    described = stage.described
    if described.nodes is None or described.vcpus is not None or described.accelerators:
        return None
    nodes = site.groups[described.nodes].described.count
    return math.ceil(stage.replicas / nodes) * described.concurrency


def _findings(job: EndpointJob, site: Site) -> tuple[Finding, ...]:
    place, found = f"workloads.{job.name}", []
    unit = job.described.requests.unit
    for stage in job.stages:
        busy = job.highest_rate / stage.capacity if math.isfinite(stage.capacity) else 0.0
        if math.isclose(busy, 1):
            most = format_rate(stage.capacity, unit, "requests", 4)
            text = f"{stage.name} can serve just what comes at the most, {most}"
            found.append(Finding("warning", place, text))
        elif busy > 1:
            text = (
                f"{stage.name} can serve {format_rate(stage.capacity, unit, 'requests', 4)} of the"
                f" {format_rate(job.highest_rate, unit, digits=4)} that come at the most"
            )
            found.append(Finding("warning", place, text))
        elif busy > job.described.warning:
            text = f"{stage.name} is busy {format_percent(busy, 1)} of the time at the highest load"
            found.append(Finding("warning", place, text))
        at_once = _at_once_on_a_node(stage, site)
        if at_once is not None and at_once > site.groups[str(stage.described.nodes)].hardware.vcpus:
            text = (
                f"{stage.name} serves {at_once:,} requests at once on a node of"
                f" {site.groups[str(stage.described.nodes)].hardware.vcpus:,} vCPUs; if they"
                " compute, they slow each other down: say the vcpus of a replica"
            )
            found.append(Finding("warning", place, text))
        start, longest = stage.described.cold_start, stage.described.timeout
        if start is not None and longest is not None and longest < mean(start):
            text = (
                f"{stage.name} waits {format_duration(longest)} at the most, and"
                f" {format_duration(mean(start))} for a cold start, in which no request gives up"
            )
            found.append(Finding("warning", place, text))
    wish = job.latency
    if wish is not None and wish.percentage < 1:
        text = (
            f"percentile is {wish.percentage:g}, of {wish.percentage:g} % of the requests; for"
            f" {format_percentile(100 * wish.percentage)} write {100 * wish.percentage:g}"
        )
        found.append(Finding("warning", "objectives.latency", text))
    for case in job.cases:
        if not case.survives:
            text = f"with {case.what} down it can't serve its highest load"
            found.append(Finding("warning", place, text))
    found += (Finding("note", place, text) for text in _uneven(job, site))
    return tuple(found)


def _uneven(job: EndpointJob, site: Site) -> Iterator[str]:
    """Where it counts as down though it depends on which nodes or zones are."""
    least = "so that it is available at least as often as is said"
    for group in _groups(job.described):
        needed = _nodes_needed(job, group, site)
        if job.serves_highest_load and not _any_nodes(job, group, site, needed):
            down = format_count(needed.of - needed.up + 1, "nodes")
            yield (
                f"which nodes of {group} are down makes a difference to its replicas there; any"
                f" {down} down count as an outage, {least}"
            )
    if job.serves_highest_load and not zones_are_exact(_zones_needed(job, site)):
        yield f"which zones are down makes a difference to it; the worst count, {least}"


def _any_nodes(job: EndpointJob, group: str, site: Site, needed: Needed) -> bool:
    """Whether it is up with so many nodes of a group whichever they are, and with no fewer."""
    count = site.groups[group].described.count
    stages = [
        (spread(*one), is_exact(*one))
        for one in (
            (stage.replicas, job.units_needed(stage), count)
            for stage in job.stages
            if stage.described.nodes == group
        )
    ]
    if any(one == needed and one.up == one.of and exact for one, exact in stages):
        return True  # one that needs all of them
    return all(exact and (one == needed or one.up == one.of) for one, exact in stages)


def _calibrated(job: EndpointJob, values: Mapping[Key, Samples]) -> dict[str, Given]:
    """Times of service with the mean and the variation that were measured."""
    found: dict[str, Given] = {}
    for stage in job.stages:
        key = Key(f"{job.name}.{stage.name}", Measure.SERVICE_TIME)
        times = values.get(key)
        if times is None or stage.batch is not None or not times.mean() > 0:
            continue
        scv = float(times.var() / times.mean() ** 2)
        scv = 0.0 if scv < _LEAST_SCV else float(f"{scv:.4g}")
        described = {"distribution": "two-moments", "mean": f"{times.mean():.6g} s", "scv": scv}
        given = stage.described.model_fields_set & {"model", "rate"}
        found |= {f"stages.{stage.name}.{one}": Given(None, key) for one in sorted(given)}
        found[f"stages.{stage.name}.service"] = Given(described, key)
    return found


def _assumed(job: EndpointJob) -> dict[Key, Any]:
    return {
        Key(f"{job.name}.{stage.name}", Measure.SERVICE_TIME): stage.service
        for stage in job.stages
        if stage.batch is None
    }


def _overloaded(job: EndpointJob) -> bool:
    return bool(job.law.unstable) and job.law.exact


def _bare(job: EndpointJob) -> EndpointJob:
    return replace(job, beside=False)


def _alike(job: EndpointJob) -> Likeness:
    """Its requests know nothing of failures and prices.

    With fewer servers nobody is answered sooner, unless that is so because others were refused or
    gave up. Batches, cold starts and what follows the load may go either way; of other stages
    beside those, servers beyond which nobody waits make no difference.
    """
    stages = [(one, one.described) for one in job.stages]
    loses = any(one.limited for one, _ in stages)
    sure = not loses or (job.loss is not None and job.loss <= _LITTLE_LOST)
    sure = sure and all(
        described.batch is None and described.scaling is None and described.cold_start is None
        for _, described in stages
    )
    bounded = tuple(one.servers for one, _ in stages if math.isfinite(one.capacity))
    shape = (
        job.described.requests,
        job.described.target,
        job.asked,
        [
            (one.name, one.service, one.batch, math.isfinite(one.capacity), _beside(described))
            for one, described in stages
        ],
        () if sure else tuple(_that_matter(job, one) for one in job.stages),
    )
    return Likeness(repr(shape), bounded if sure else ())


def _that_matter(job: EndpointJob, stage: SolvedStage) -> float:
    """Servers of a stage, or fewer with which nearly nobody waits even under the highest load."""
    from models.laws.queueing.markovian import erlang_c

    described = stage.described
    special = (stage.batch, described.scaling, described.cold_start)
    steady = job.described.requests.trace is None and all(one is None for one in special)
    load = job.highest_rate * mean(stage.service)
    if not steady or not math.isfinite(stage.capacity) or stage.limited:
        return stage.servers if math.isfinite(stage.capacity) else math.inf
    enough = range(math.floor(load) + 1, stage.servers)
    return next((n for n in enough if erlang_c(n, load) <= _HARDLY), stage.servers)


def _beside(stage: Stage) -> tuple[tuple[str, Any], ...]:
    """What a stage says beside its place and its numbers."""
    numbers = {"replicas", "concurrency", "function", "nodes"}
    return tuple((key, value) for key, value in stage if key not in numbers)


def _by_law(job: EndpointJob) -> dict[str, float]:
    """Times by the law, where it leaves nothing out and the load is steady; and what is served."""
    from models.parts.workloads.endpoint_laws import response, steady_response

    found = {"arrival_rate": job.mean_rate, "highest_rate": job.highest_rate}
    if not any(one.limited for one in job.stages):  # in the long run what comes is answered
        found["throughput"] = min(job.mean_rate, job.capacity)
    if math.isfinite(job.capacity):
        found["capacity"] = job.capacity
    if job.highest_load is not None and math.isfinite(job.highest_load):
        found["highest_load"] = job.highest_load
    mean = steady_response(job)
    if mean is None:
        return found
    found |= dict.fromkeys(("law_response", "response", "response_time"), mean.mean)
    for percentage in (50, 95, 99):
        time = response(job, job.law, percentage)
        if time is not None:
            names = ("p", "time_p", "response_time_p")
            found |= {f"{name}{percentage}": time for name in names}
    return found


def _laws(job: EndpointJob) -> tuple[LawUsed, ...]:
    times = ("response", "law_response", "response_time", "time", "waiting_time", "highest_load")
    beside = "" if job.whole else "; the times are simulated, which leaves nothing out"
    return (
        LawUsed(
            (*times, "within_target", "loss", "utilization"),
            f"Queueing network: {job.law.law}{beside}.",
            "docs/queueing.md names the source of each",
        ),
        LawUsed(("capacity", "utilization"), "", "", "utilization"),
    )


def _frameworks(workload: Endpoint) -> tuple[str, str]:
    managed = {
        "function": "managed functions",
        "gateway": "managed gateways",
        "sagemaker": "managed model servers",
        "fargate": "managed containers",
        "ai_service": "AI services",
    }
    found = [what for key, what in managed.items() if _any_stage(workload, key)]
    if _any_stage(workload, "nodes"):
        found.insert(0, "replicas of stages")
    by_service = {one.ai_service for one in workload.stages.values() if one.ai_service is not None}
    return ", ".join(f"of {one}" for one in sorted(by_service)), ", ".join(found)


def _is_finished(workload: Endpoint) -> bool:
    """A service answers by itself, and what stands before it holds nothing of one's own."""
    own = ("nodes", "sagemaker", "fargate")
    functions = [one.function for one in workload.stages.values() if one.function is not None]
    return (
        _any_stage(workload, "ai_service")
        and not any(_any_stage(workload, key) for key in own)
        and all(one.code is None and one.image is None for one in functions)
    )


def _any_stage(workload: Endpoint, key: str) -> bool:
    return any(getattr(stage, key) is not None for stage in workload.stages.values())


_FACTORS: Mapping[Factor, tuple[str, ...]] = {
    Factor.PROCESSORS: (
        "stages.*.service",
        "stages.*.rate",
        "stages.*.batch.per_customer",
        "stages.*.batch.least_per_customer",
    ),
    Factor.LOAD: ("requests.rate", "requests.by_hour"),
}

KIND = WorkloadKind(
    description=Endpoint,
    uncontained=_uncontained,
    mode=DeploymentMode.MODEL_SERVER,
    frameworks=_frameworks,
    finished=_is_finished,
    completes=_never,
    alone=False,
    serves=True,
    slowed=True,
    groups=_groups,
    faults=_faults,
    uses=_uses,
    solve=_solve,
    assumptions=_assumptions,
    findings=_findings,
    cost_lines=_cost_lines,
    components=_components,
    files=_files,
    calibrated=_calibrated,
    assumed=_assumed,
    replicas=_replicas,
    scales=_scales,
    least_share=_least_share,
    asks=_asks,
    nodes_needed=_nodes_needed,
    zones_needed=_zones_needed,
    overloaded=_overloaded,
    bare=_bare,
    gateway=_gateway,
    apart=True,
    alike=_alike,
    by_law=_by_law,
    laws=_laws,
    factors=_FACTORS,
)
