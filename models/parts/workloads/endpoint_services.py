"""Stages of an endpoint that a cloud runs by itself: what they can't be, and what they cost."""

from collections.abc import Iterator
from dataclasses import replace

from models.catalog.price_unit import read_price_unit
from models.catalog.provider_record import Cloud
from models.catalog.providers import CLOUDS
from models.description.quantities import HOUR, format_duration, format_scaled
from models.parts.billing import billed_line
from models.parts.site import Site
from models.parts.workloads.endpoint import Stage
from models.parts.workloads.endpoint_job import EndpointJob
from models.parts.workloads.endpoint_managed import Function
from models.parts.workloads.endpoint_network import SolvedStage
from models.prediction import CostLine
from models.queueing.distributions import mean
from models.reading.faults import Fault, PathInFile

_GB = 1e9
_MANY = {1e3: "thousand", 1e6: "million"}  # requests that a price is for
# A record of the access log as it is built: eight fields in JSON with their names, and 26 bytes
# that are counted beside them. It has no less than half of that, and hardly more than twice.
_RECORD, _RECORDS_BETWEEN = 300.0, (0.5, 2.0)


def function_faults(
    path: PathInFile, stage: Stage, function: Function, sold_by: Cloud
) -> Iterator[Fault]:
    """What no function of a provider can be.

    Arguments:
        path: of the stage.
        stage: the description.
        function: of it.
        sold_by: the provider.
    """
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
        used = an_hour * mean(stage.service) * described.function.memory / _GB
        requests = sold_by.function_requests if sold_by else None
        duration = sold_by.function_duration if sold_by else None
        unit, rate = "million requests/h", an_hour / 1e6
        yield billed_line(resource, "function requests", rate, unit, requests, stack, facts)
        yield billed_line(resource, "function duration", used, "GB-s/h", duration, stack, facts)
    elif described.gateway is not None:
        billed = sold_by.gateways.get(described.gateway) if sold_by else None
        counted = read_price_unit(billed.unit).requests if billed is not None else None
        quantity, unit = 1.0, "gateways"
        if counted is not None:
            quantity, unit = an_hour / counted, f"{_MANY[counted]} requests/h"
        yield billed_line(resource, described.gateway, quantity, unit, billed, stack, facts)
        if sold_by is not None and sold_by.access_logs is not None and counted is not None:
            size, logs = an_hour * _RECORD / _GB, sold_by.access_logs
            line = billed_line(resource, "access log, estimated", size, "GB/h", logs, stack, facts)
            low, high = _RECORDS_BETWEEN
            yield replace(line, low=low, high=high)
