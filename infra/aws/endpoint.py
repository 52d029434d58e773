"""Endpoints on AWS: which of their stages are built, and in which order they must stand."""

import math
from collections.abc import Mapping
from typing import Any, Never

import pulumi

from infra.aws.function import Function, FunctionArguments, code_of
from infra.aws.http_api import HttpApi, HttpApiArguments
from infra.aws.node_group import NodeGroup
from infra.aws.policies import Grant
from infra.aws.site import Site
from infra.builders import Builder, BuiltWorkload, Place, Plan
from models.parts.workloads.endpoint import Endpoint
from models.parts.workloads.endpoint_job import EndpointJob
from models.parts.workloads.workload_kind import SolvedWorkload


class FunctionEndpoint(BuiltWorkload[Grant, NodeGroup]):
    """A function behind an HTTP API."""

    def __init__(
        self,
        name: str,
        job: EndpointJob,
        function: FunctionArguments,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build it.

        Arguments:
            name: of the workload.
            job: the endpoint.
            function: that answers.
            opts: of the component.
        """
        super().__init__("windtunnel:aws:FunctionEndpoint", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        gateway = job.stages[0]
        answers = Function(f"{name}-{function.stage}", function, inside)
        api = HttpApi(
            name,
            HttpApiArguments(
                function.stack,
                gateway.described.authorizer,
                answers,
                function.description.timeout,
                gateway.capacity if math.isfinite(gateway.capacity) else job.capacity,
            ),
            inside,
        )
        self._name, self._api = name, api
        self.register_outputs({"url": api.url})

    def outputs(self) -> Mapping[str, Mapping[str, pulumi.Output[Any]]]:
        return {
            "endpoints": {self._name: self._api.url},
            "endpoint_arns": {self._name: self._api.callable},
        }


def _plan(name: str, part: SolvedWorkload, place: Place) -> Plan[Site, FunctionEndpoint, Never]:
    endpoint: Endpoint = part.described
    if _left(endpoint) is not None:
        return Plan()
    _, (stage, described) = endpoint.stages.items()
    assert described.function is not None  # nothing is left of the endpoint
    path = f"workloads.{name}.stages.{stage}.function"
    code = code_of(path, described.function)
    handler = described.function.handler
    arguments = FunctionArguments(place.stack.name, stage, described.function, code, handler)
    return Plan(lambda site: FunctionEndpoint(name, part.answer, arguments))


def _left(endpoint: Endpoint) -> str | None:
    """What of an endpoint is not built; None where all of it is."""
    stages = list(endpoint.stages.values())
    behind_api = stages[0].gateway == "http-api"
    if behind_api and len(stages) == 2 and stages[1].function is not None:
        return None
    return (
        "of an endpoint only a function behind `gateway: http-api` is started; its node groups and"
        " stores are built, and what runs on them is yours to start"
    )


BUILDER = Builder(_plan, left=_left)
