"""Stages of an endpoint that a cloud runs by itself: what they can't be, and what they cost."""

import math
from collections.abc import Iterator
from dataclasses import replace

from models.catalog.price_unit import read_price_unit
from models.catalog.provider_record import Billed, Cloud
from models.catalog.providers import CLOUDS
from models.description.quantities import HOUR, format_duration, format_scaled
from models.description.stack import Stack
from models.parts.billing import billed_line
from models.parts.site import Site
from models.parts.stores.object_store import ObjectStore
from models.parts.workloads.endpoint import Endpoint, Stage
from models.parts.workloads.endpoint_containers import fargate_faults
from models.parts.workloads.endpoint_job import EndpointJob
from models.parts.workloads.endpoint_managed import Function, ModelServer
from models.parts.workloads.endpoint_network import SolvedStage
from models.prediction import CostLine
from models.queueing.distributions import mean
from models.reading.check_names import reference
from models.reading.faults import Fault, PathInFile

_PLACES = ("function", "gateway", "sagemaker", "fargate", "ai_service")  # of a stage on no nodes
_GB = 1e9
_MANY = {1e3: "thousand", 1e6: "million"}  # requests that a price is for
# A record of the access log as it is built: eight fields in JSON with their names, and 26 bytes
# that are counted beside them. It has no less than half of that, and hardly more than twice.
_RECORD, _RECORDS_BETWEEN = 300.0, (0.5, 2.0)


def managed_faults(path: PathInFile, stage: Stage, stack: Stack) -> Iterator[Fault]:
    """What no cloud, or not that of a stack, can run by itself.

    Arguments:
        path: of the stage.
        stage: the description, of no node group.
        stack: that it belongs to.
    """
    [key] = [one for one in _PLACES if getattr(stage, one) is not None]
    sold_by = CLOUDS.get(stack.cloud)
    if sold_by is None:
        yield Fault((*path, key), "is only for a cloud", "name a node group with 'nodes'")
    elif stage.function is not None:
        yield from _function_faults(path, stage, stage.function, sold_by)
    elif stage.sagemaker is not None:
        yield from _server_faults((*path, key), stage.sagemaker, stack, sold_by)
    elif stage.fargate is not None and sold_by.tasks is None:
        text, hint = f"is no service of {sold_by.title}", "name a node group with 'nodes'"
        yield Fault((*path, key), text, hint)
    elif stage.fargate is not None:
        yield from fargate_faults((*path, key), stage.fargate)
    elif stage.ai_service is not None and stage.ai_service not in sold_by.ai_services:
        yield Fault((*path, key), f"'{stage.ai_service}' is no service of {sold_by.title}")


def waiting_faults(path: PathInFile, workload: Endpoint, stack: Stack) -> Iterator[Fault]:
    """Stages behind a gateway that usually take longer than it waits for an answer.

    Arguments:
        path: of the endpoint.
        workload: the description.
        stack: that it belongs to.
    """
    sold_by, stages = CLOUDS.get(stack.cloud), iter(workload.stages.items())
    _, gateway = next(stages)
    waits = sold_by.gateway_waits.get(gateway.gateway or "", math.inf) if sold_by else math.inf
    for name, stage in stages:
        time = 0.0 if stage.service is None else mean(stage.service)
        if time >= waits:
            text = f"takes {format_duration(time)}, and the gateway waits {format_duration(waits)}"
            hint = "name `gateway: application-load-balancer` and what stands behind it"
            yield Fault((*path, "stages", name, "service"), text, hint)


def _server_faults(
    path: PathInFile, server: ModelServer, stack: Stack, sold_by: Cloud
) -> Iterator[Fault]:
    service = sold_by.models
    if service is None:
        text, hint = f"is no service of {sold_by.title}", "name a node group with 'nodes'"
        yield Fault(path, text, hint)
        return
    if not server.instance.startswith(service.prefix):
        text = f"'{server.instance}' is no instance of {service.name}"
        hint = f"did you mean '{service.prefix}{server.instance}'?"
        yield Fault((*path, "instance"), text, hint)
    if server.artifact is not None:
        of, store = (*path, "artifact", "store"), server.artifact.store
        yield from reference(of, store, stack.storage, "store")
        found = stack.storage.get(store)
        if found is not None and not isinstance(found, ObjectStore):
            yield Fault(of, f"'{store}' is no object store, from which models are read")


def _function_faults(
    path: PathInFile, stage: Stage, function: Function, sold_by: Cloud
) -> Iterator[Fault]:
    if sold_by.function_memory is not None:
        least, most = sold_by.function_memory
        if not least <= function.memory <= most:
            sizes = f"{format_scaled(least, 'B')} to {format_scaled(most, 'B')}"
            text = f"is {format_scaled(function.memory, 'B')}; a function of {sold_by.title} has"
            yield Fault((*path, "function", "memory"), f"{text} {sizes}")
    time = None if stage.service is None else mean(stage.service)
    longest = format_duration(sold_by.function_time)
    if time is not None and time > sold_by.function_time:
        text = f"takes {format_duration(time)}; a function of {sold_by.title} may run {longest}"
        yield Fault((*path, "service"), text, "name a node group with 'nodes' for longer work")
    elif function.timeout > sold_by.function_time:
        text = f"is {format_duration(function.timeout)}; a function of {sold_by.title} may run"
        yield Fault((*path, "function", "timeout"), f"{text} {longest}")
    elif time is not None and time > function.timeout:
        text = f"takes {format_duration(time)}, and the function is ended after"
        hint = "give it a longer function.timeout"
        yield Fault((*path, "service"), f"{text} {format_duration(function.timeout)}", hint)


def stage_lines(stage: SolvedStage, job: EndpointJob, site: Site) -> Iterator[CostLine]:
    """What a managed stage is billed by the hour; nothing for one on nodes.

    Arguments:
        stage: of the endpoint.
        job: the endpoint.
        site: that it runs on.
    """
    resource, an_hour = f"{job.name} {stage.name}", job.mean_rate * HOUR
    stack, facts = site.stack, site.facts
    described: Stage = stage.described
    sold_by = CLOUDS.get(stack.cloud)
    if described.function is not None:
        used = an_hour * _held(stage, job) * described.function.memory / _GB
        requests = sold_by.function_requests if sold_by else None
        duration = sold_by.function_duration if sold_by else None
        unit, rate = "million requests/h", an_hour / 1e6
        yield billed_line(resource, "function requests", rate, unit, requests, stack, facts)
        yield billed_line(resource, "function duration", used, "GB-s/h", duration, stack, facts)
    elif described.sagemaker is not None:
        service = sold_by.models if sold_by else None
        instance = described.sagemaker.instance
        hourly = Billed(service.name, instance, "USD/h") if service else None
        count = _mean_replicas(stage, job)
        yield billed_line(resource, instance, count, "instances", hourly, stack, facts)
    elif described.fargate is not None and sold_by is not None and sold_by.tasks is not None:
        tasks, (vcpu, memory) = _mean_replicas(stage, job), sold_by.tasks
        vcpus, held = tasks * described.fargate.vcpus, tasks * described.fargate.gibibytes
        yield billed_line(resource, "vCPUs of tasks", vcpus, "vCPUs", vcpu, stack, facts)
        yield billed_line(resource, "memory of tasks", held, "GiB", memory, stack, facts)
    elif described.ai_service is not None:
        call = sold_by.ai_services.get(described.ai_service) if sold_by else None
        unit = f"{read_price_unit(call.unit).counted}s/h" if call else "calls/h"
        yield billed_line(resource, described.ai_service, an_hour, unit, call, stack, facts)
    elif described.gateway is not None:
        billed = sold_by.gateways.get(described.gateway) if sold_by else None
        counted = read_price_unit(billed.unit).requests if billed is not None else None
        quantity, unit = 1.0, "gateways"
        if counted is not None:
            quantity, unit = an_hour / counted, f"{_MANY[counted]} requests/h"
        yield billed_line(resource, described.gateway, quantity, unit, billed, stack, facts)
        addresses = sold_by.gateway_addresses.get(described.gateway) if sold_by else None
        if addresses is not None and stage is job.stages[0]:  # those behind it are private
            zones, item = max(1, len(stack.zones)), "public IPv4 addresses"
            yield billed_line(resource, item, zones, "addresses", addresses, stack, facts)
        if sold_by is not None and sold_by.access_logs is not None and counted is not None:
            size, logs = an_hour * _RECORD / _GB, sold_by.access_logs
            line = billed_line(resource, "access log, estimated", size, "GB/h", logs, stack, facts)
            low, high = _RECORDS_BETWEEN
            yield replace(line, low=low, high=high)


def _held(stage: SolvedStage, job: EndpointJob) -> float:
    """Mean time that a function runs for a request, s: it waits for the service that it calls."""
    position = job.stages.index(stage)
    called = job.stages[position + 1 : position + 2]
    waits = sum(
        _response(one, job)
        for one in called
        if one.described.sagemaker is not None or one.described.ai_service is not None
    )
    return mean(stage.service) + waits


def _response(stage: SolvedStage, job: EndpointJob) -> float:
    """Mean response of a stage by the law, s; without waiting where none knows it."""
    known = (one.response_time for one in job.law.stations if one.station == stage.name)
    found = next((one.mean for one in known if one is not None), None)
    return mean(stage.service) if found is None else found


def _mean_replicas(stage: SolvedStage, job: EndpointJob) -> float:
    """Replicas that are there on average; where they follow the load, as their target settles."""
    scaling = stage.described.scaling
    if scaling is None:
        return stage.replicas
    rates = job.described.requests.by_hour or (job.mean_rate,)
    found = [scaling.replicas_for(rate / stage.of_replica) for rate in rates]
    return math.fsum(found) / len(found)
